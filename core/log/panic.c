#include "core/log/panic.h"

#include <stdarg.h>
#include <stddef.h>

#include "core/kernel.h"
#include "core/trap/syndrome.h"
#include "hal/cpu.h"
#include "lib/format.h"
#include "lib/fortify.h"

static void print_registers(const struct hal_fault *fault)
{
	unsigned ec = syndrome_class(fault->esr);

	log_line("  vector=%s class=%s ec=0x%02x iss=0x%x", fault->vector, syndrome_class_name(ec), ec,
		 syndrome_iss(fault->esr));
	if (syndrome_far_is_valid(fault->esr)) {
		log_line("  far=0x%016" K_PRIx64, fault->far);
	}
	log_line("  pc=0x%016" K_PRIx64 " pstate=0x%08" K_PRIx64 " sp=0x%016" K_PRIx64 "%s", fault->pc, fault->pstate,
		 fault->sp, fault->sp_is_valid ? "" : " (outside every stack)");
	for (size_t i = 0; i + 1 < K_ARRAY_SIZE(fault->x); i += 2) {
		log_line("  x%zu=0x%016" K_PRIx64 " x%zu=0x%016" K_PRIx64, i, fault->x[i], i + 1, fault->x[i + 1]);
	}
	log_line("  x30=0x%016" K_PRIx64, fault->x[30]);
}

static void print_backtrace(const struct hal_fault *fault)
{
	uint64_t offsets[HAL_BACKTRACE_MAX];
	size_t count = hal_backtrace(fault, offsets, K_ARRAY_SIZE(offsets));

	log_line("  backtrace, as offsets into the image (ninja symbolize):");
	for (size_t i = 0; i < count; i++) {
		log_line("  #%zu +0x%" K_PRIx64, i, offsets[i]);
	}
}

/* What lib found in a copy (lib/fortify.h). */
void k_fortify_failed(void)
{
	panic("fortify", "a copy is larger than the object that it goes to or comes from");
}

/* A second panic says so, once, and stops; a third, in printing just that, only stops. */
static void guard_recursion(void)
{
	if (kernel.stopping) {
		hal_stop();
	}
	if (kernel.panicking) {
		kernel.stopping = true;
		log_verdict("KPANIC[nested] a panic failed");
		log_verdict("KPANIC[halted]");
		hal_stop();
	}
	kernel.panicking = true;
}

K_NORETURN K_PRINTF(3, 0) static void give_up(const struct hal_fault *fault, const char *tag, const char *format,
					      va_list arguments)
{
	char reason[LOG_LINE_MAX];

	guard_recursion();
	(void)k_format_list(reason, sizeof(reason), format, arguments);
	log_verdict("KPANIC[%s] %s", tag, reason);
	if (fault != NULL) {
		print_registers(fault);
	}
	print_backtrace(fault);
	log_verdict("KPANIC[halted]");
	hal_stop();
}

void panic(const char *tag, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	give_up(NULL, tag, format, arguments);
}

void panic_fault(const struct hal_fault *fault, const char *tag, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	give_up(fault, tag, format, arguments);
}

void boot_fail(const char *tag, const char *format, ...)
{
	char reason[LOG_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	(void)k_format_list(reason, sizeof(reason), format, arguments);
	va_end(arguments);
	log_verdict("BOOTFAIL[%s] %s", tag, reason);
	hal_stop();
}
