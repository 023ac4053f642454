#ifndef BENCH_SPIN_H
#define BENCH_SPIN_H

_Noreturn void spin(void);

#endif
