/*
 * The twin, as tests drive it. It is a model of the machine with everything
 * that the kernel's security rests on: RAM with hostile content, a page-table
 * walker of its own, a TLB that forgets nothing unasked, user memory that can
 * fault and change, programs that try things. docs/TWIN.md says what it cannot see.
 *
 * A test starts with twin_reset. Code that may panic, stop the machine or break
 * a rule runs inside twin_call (or twin_boot, which runs the whole kernel).
 */
#ifndef HAL_HOST_TWIN_H
#define HAL_HOST_TWIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "hal/address.h"
#include "hal/boot.h"
#include "hal/context.h"
#include "hal/cpu.h"
#include "lib/compiler.h"

/* Where things lie in the modelled RAM. The image stands for the kernel's own memory: here only its tables are real. */
#define TWIN_RAM_BASE 0x40000000UL
#define TWIN_RAM_SIZE_DEFAULT 0x8000000UL
#define TWIN_RAM_SIZE_MIN 0x2000000UL
#define TWIN_RAM_SIZE_MAX 0x200000000UL
#define TWIN_IMAGE_BASE 0x40200000UL
#define TWIN_IMAGE_SIZE 0x100000UL
#define TWIN_UART_BASE 0x9000000UL
#define TWIN_DISTRIBUTOR_BASE 0x8000000UL   /* of a GICv2 */
#define TWIN_CPU_INTERFACE_BASE 0x8010000UL /* of a GICv2 */

/* Interrupts (INTIDs): the virtual timer's PPI 11, the UART's SPI 1. */
#define TWIN_TIMER_INTERRUPT 27
#define TWIN_UART_INTERRUPT 33

/* What the counter starts at: high enough that careless arithmetic on it overflows. */
#define TWIN_FIRST_TICK (1UL << 55)
#define TWIN_FREQUENCY_DEFAULT 62500000UL

/* The byte that fills RAM which nobody has written: as a descriptor it is valid, as a length huge, as an address wrong.
 */
#define TWIN_FILL 0xa7

/* Which CPU is modelled: one without PAN, PAC or E0PD; one with all that QEMU's max has; and the first one again, but
 * with ASIDs of 8 bits, of which there soon are no more; and the second one with tags of memory, which however do not
 * work (hal_tags_start). */
enum twin_cpu { TWIN_CPU_A72, TWIN_CPU_MAX, TWIN_CPU_ASID8, TWIN_CPU_MTE };

/* The machine to model. All zeros means the defaults. What is pointed at must live until the next twin_reset. */
struct twin_options {
	uint64_t ram_size; /* bytes, a multiple of 2 MiB; 0 for 128 MiB */
	enum twin_cpu cpu;
	enum hal_psci_conduit conduit;
	const char *command_line;   /* /chosen bootargs; NULL for none */
	const uint8_t *device_tree; /* replaces the twin's own tree, as it is; NULL for none */
	size_t device_tree_size;
	const uint8_t *archive; /* the built-in boot archive */
	size_t archive_size;
	const uint8_t *initrd; /* another archive, which lies in RAM and is named by /chosen; NULL for none */
	size_t initrd_size;
	uint64_t frequency; /* of the counter, in Hz; 0 means the default, unless has_frequency is set */
	bool has_frequency;
	bool no_input;	    /* the tree names no interrupt for the UART */
	bool no_controller; /* what answers where the tree has a GIC is none */
	bool echo;	    /* the console goes to stdout as well */
};

/* Makes a fresh machine: RAM, tables, TLB, scripts, console, knobs. NULL for the defaults. */
void twin_reset(const struct twin_options *options);

/* Why a call into the kernel ended. */
enum twin_end {
	TWIN_RETURNED,	 /* the function returned */
	TWIN_POWER_OFF,	 /* hal_power_off */
	TWIN_STOPPED,	 /* hal_stop: after a panic or a boot that failed */
	TWIN_SCRIPT_END, /* a program was entered that has no steps left */
	TWIN_ABORTED,	 /* the rule that twin_expect_abort named was broken */
};

/* Runs function(argument) until it returns or the machine ends. */
enum twin_end twin_call(void (*function)(void *argument), void *argument);

/* Runs the whole kernel, from kernel_main. Never TWIN_RETURNED. */
enum twin_end twin_boot(void);

/*
 * Copies of a machine, to start many runs from one state. twin_snapshot keeps the machine and the kernel as they are,
 * instead of what an earlier one kept; a driver may call it before it gives a step, or says that there is none.
 * twin_restore brings all of that back: RAM, tables, TLB, registers, time, interrupts, console, which driver plays
 * which program, `kernel` and `kernel_facts`. What drivers and events remember is theirs. It costs what changed, and
 * not what RAM there is. After either ASan reports who reaches for RAM by a pointer from before: hal_phys_to_ptr and
 * ram_bytes give it anew. Not for machines with an initrd, for the kernel keeps a pointer to that one.
 *
 * twin_resume lets the kernel go on: with the program that ran, or with the next turn if none did. Never TWIN_RETURNED.
 */
void twin_snapshot(void);
void twin_restore(void);
enum twin_end twin_resume(void);

/* What kernel_main is given. Valid until the next twin_reset. */
const struct boot_info *twin_boot_info(void);

/* Everything written to the console since the last twin_reset, NUL-terminated. */
const char *twin_console(void);
size_t twin_console_size(void);

/*
 * A rule of the machine was broken (docs/TWIN.md lists them): prints rule and reason, and aborts the process. If
 * twin_expect_abort named this very rule, the running twin_call ends with TWIN_ABORTED instead, once.
 */
K_NORETURN K_PRINTF(2, 3) void twin_abort(const char *rule, const char *format, ...);
void twin_expect_abort(const char *rule);

/*
 * Programs. The twin asks a driver what a program does next. A program is known by its root table: the first one that
 * is entered gets the driver that was added first, and so on; it keeps the driver until its root table is cleared.
 * When all that were added are used up, every further program gets the driver of twin_every_program; a program without
 * a driver aborts.
 */
enum twin_step_kind {
	TWIN_SVC,		  /* svc #immediate, with x8 = number and x0 to x5 = arguments */
	TWIN_LOAD,		  /* loads `size` bytes (1 to 8) at `address` into x0 */
	TWIN_STORE,		  /* stores the low `size` bytes of `value` at `address` */
	TWIN_BRANCH,		  /* goes to `address` */
	TWIN_MOVE,		  /* sets register `target` to `value`: 0 to 30, or one of those below */
	TWIN_UNDEFINED,		  /* an undefined instruction */
	TWIN_TRAP,		  /* whatever else traps: kind, esr and far as given, `value` in SPSR_EL1 */
	TWIN_SPIN,		  /* spins until an interrupt comes */
	TWIN_PASS,		  /* computes for `value` ticks, however often it is interrupted meanwhile */
	TWIN_FP_LOAD,		  /* sets both halves of the SIMD register V`target` to `value` */
	TWIN_FP_STORE,		  /* sets x0 to the low half of V`target` */
	TWIN_READ_THREAD_POINTER, /* sets x0 to TPIDR_EL0 */
};

#define TWIN_REGISTER_SP 31
#define TWIN_REGISTER_FLAGS 32		/* PSTATE, of which a program can change the condition flags, bits [31:28] */
#define TWIN_REGISTER_THREAD_POINTER 33 /* TPIDR_EL0 */

struct twin_step {
	enum twin_step_kind kind;
	uint16_t immediate;
	uint64_t number;
	uint64_t arguments[6];
	uint64_t address;
	uint64_t value;
	unsigned size;
	unsigned target;
	struct hal_trap trap;
	uint64_t at; /* the instruction's address: fetched there, and the program goes on behind it. 0: where the
			program stands */
	const uint64_t *registers;   /* x0 to x30, set before the step; NULL: as they are */
	void (*before)(void *owner); /* called before the step; may be NULL */
	void *owner;
};

/* Fills in the next step of a program that stands at `context`, about to run the instruction `word`. False when it has
 * none left: then the machine ends with TWIN_SCRIPT_END. */
typedef bool twin_driver(void *owner, const struct hal_context *context, uint32_t word, struct twin_step *step);
void twin_program(twin_driver *driver, void *owner);
void twin_every_program(twin_driver *driver, void *owner);

/* A driver that plays a list of steps, wherever the program stands. */
struct twin_script {
	const struct twin_step *steps;
	size_t count;
	struct hal_context *results; /* `count` of them: the registers after each step. NULL if nobody asks */
	size_t next;		     /* steps begun so far */
	size_t recorded;	     /* steps after which the program went on; results are valid below this */
	uint64_t home;		     /* where steps are played; the twin's own */
};
twin_driver twin_script_driver;

/* A driver that runs the program's own instructions, as far as it knows them (interpreter.c lists them). No owner. */
twin_driver twin_interpreter;

/*
 * Another CPU for EL0 than the one that plays steps (hal_host/unicorn has one). It runs the live program from `context`
 * on, lets time pass, and returns whether that trapped; if not it is called again, and a pending interrupt is taken
 * before. What it caches is void when another space is live or twin.invalidations (hal_host/state.h) has changed.
 */
typedef bool twin_engine(struct hal_context *context, struct hal_trap *trap);
void twin_use_engine(twin_engine *engine);

/* User memory as the twin's tests see it: past all rights, through the tables of `space`. False if it is not mapped. */
bool twin_user_read(const struct hal_space *space, uint64_t address, void *destination, size_t size);
bool twin_user_write(const struct hal_space *space, uint64_t address, const void *source, size_t size);
/* The space that hal_user_run or hal_space_enter entered last. */
const struct hal_space *twin_live_space(void);

/* The next user copy faults at its byte `byte`, as if the page there had gone. */
void twin_fault_copy(size_t byte);
/* What a program reads or the kernel copies in changes right after (another CPU could do that). The kernel itself must
 * not notice: reading one user byte twice within one trap aborts ("double-fetch"). */
void twin_change_after_fetch(bool enabled);

/*
 * What the kernel copies to programs: `watcher` is called after each copy that wrote at least a byte, within the trap
 * in which the kernel made it. For a call that had to wait that is a later one than that of its SVC. NULL: nobody
 * watches. Writing one user byte twice within one trap aborts ("double-store").
 */
struct twin_store {
	const struct hal_space *space; /* the live one */
	uint64_t address;
	size_t size;	/* bytes that were to be copied */
	size_t written; /* bytes that were: fewer if one could not be written */
};
typedef void twin_store_watcher(void *owner, const struct twin_store *store);
void twin_watch_stores(twin_store_watcher *watcher, void *owner);

/* The last fault of a user copy: what FAR_EL1 and the fault status code would say. */
struct twin_copy_fault {
	bool happened;
	uint64_t far;
	uint8_t status;
};
struct twin_copy_fault twin_last_copy_fault(void);

/*
 * Time. It stands still unless something here, a step of a program or hal_wait_for_interrupt lets it pass. It passes
 * from event to event: each `event` is called once, when its moment has come; it may do what the world outside does
 * (type, raise an interrupt) and ask for further events.
 */
void twin_advance(uint64_t ticks);
typedef void twin_event(void *owner);
void twin_at(uint64_t ticks_from_now, twin_event *event, void *owner);
/* What each step of a program takes from now on; 0 after twin_reset. */
void twin_step_ticks(uint64_t ticks);

/* Interrupts, beside the timer's and the UART's own. Any number below HAL_INTERRUPT_LIMIT is pending while it is
 * raised, whatever the kernel thinks it has dealt with. */
void twin_interrupt_raise(uint32_t number);
void twin_interrupt_lower(uint32_t number);
/* The next program that is entered is interrupted, or the next wait ends, and the next claim finds nothing. */
void twin_interrupt_spurious(void);
/* What the kernel has asked for. */
bool twin_interrupt_is_enabled(uint32_t number);
uint64_t twin_timer_deadline(void);

/* Console input. The UART has room for 16 bytes; what comes when it is full is lost. Noise is bytes that came in error.
 */
#define TWIN_UART_ROOM 16
void twin_console_type(const void *bytes, size_t size);
void twin_console_noise(size_t count);

/* Oracles: abort ("oracle") if a mapping is writable and executable; if EL0 reaches the image, a page table or another
 * half; if the image has an alias. The one for the kernel's half aborts ("registers") if SCTLR_EL1, TCR_EL1 or MAIR_EL1
 * is no longer what hal_cpu_protect found right. */
void twin_check_kernel_half(void);
void twin_check_space(const struct hal_space *space);
/* The same for all that changed since the last call: the descriptors that were written, in the kernel's half and in the
 * spaces that were entered, and what is below them; spaces that are entered for the first time, whole. */
void twin_check_changes(void);

#endif
