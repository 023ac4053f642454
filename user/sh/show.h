/*
 * Tables of what the kernel tells about itself.
 */
#ifndef USER_SH_SHOW_H
#define USER_SH_SHOW_H

void show_programs(void);
void show_processes(void);
void show_memory(void);
void show_limits(void);

#endif
