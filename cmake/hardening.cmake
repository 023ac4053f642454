# How the image is compiled and linked: one target, no switch that turns a part off.
# What each flag defends against, and the test that shows it, is in docs/SECURITY.md.

add_library(panther_hardening INTERFACE)

# The machine. No FP or SIMD register in the kernel; no calls to atomics in a runtime library; the whole image within
# the 1 MiB that an ADR reaches.
target_compile_options(panther_hardening INTERFACE
	-march=armv8-a
	-mgeneral-regs-only
	$<$<COMPILE_LANGUAGE:C>:-mno-outline-atomics>
	$<$<COMPILE_LANGUAGE:C>:-mcmodel=tiny>
	-nostdlibinc
	-g)

target_compile_options(panther_hardening INTERFACE
	"$<$<COMPILE_LANGUAGE:C>:-O2;-fpie;-fvisibility=hidden;-fdirect-access-external-data>"
	"$<$<COMPILE_LANGUAGE:C>:-fno-jump-tables;-fno-optimize-sibling-calls>"
	# No frame above this, so that the kernel stack has a bound.
	"$<$<COMPILE_LANGUAGE:C>:-Wframe-larger-than=1024;-fstack-usage>"
	# Backtraces follow frame records.
	"$<$<COMPILE_LANGUAGE:C>:-fno-omit-frame-pointer;-momit-leaf-frame-pointer;-funwind-tables>"
	# No stale data: locals start as zero, and a function leaves none of its values in registers.
	"$<$<COMPILE_LANGUAGE:C>:-ftrivial-auto-var-init=zero;-fzero-call-used-regs=used-gpr>"
	# Return addresses: signed (PAC), kept twice (shadow call stack in x18), and behind a canary. The canary is what
	# TPIDR_EL1 points to; the driver of clang 19 knows SP_EL0 only, the compiler proper knows TPIDR_EL1 as well.
	"$<$<COMPILE_LANGUAGE:C>:-mbranch-protection=pac-ret+bti;-fsanitize=shadow-call-stack;-ffixed-x18>"
	"$<$<COMPILE_LANGUAGE:C>:-fstack-protector-strong;-mstack-protector-guard=sysreg>"
	"$<$<COMPILE_LANGUAGE:C>:SHELL:-Xclang -mstack-protector-guard-reg=tpidr_el1>"
	"$<$<COMPILE_LANGUAGE:C>:-mstack-protector-guard-offset=0>"
	# Indirect calls: landing pads (BTI, above) and a check of the function's type.
	"$<$<COMPILE_LANGUAGE:C>:-fsanitize=kcfi>"
	# Undefined behaviour ends in a BRK, which the kernel reports as a panic.
	"$<$<COMPILE_LANGUAGE:C>:-fsanitize=array-bounds,local-bounds,shift,signed-integer-overflow,integer-divide-by-zero>"
	"$<$<COMPILE_LANGUAGE:C>:-fsanitize=unreachable,return,vla-bound,bool,enum,builtin,returns-nonnull-attribute>"
	$<$<COMPILE_LANGUAGE:C>:-fsanitize-trap=all>)

target_link_options(panther_hardening INTERFACE
	LINKER:--fatal-warnings
	LINKER:--orphan-handling=error
	LINKER:--no-dynamic-linker
	LINKER:--pack-dyn-relocs=relr
	LINKER:--build-id=none
	LINKER:--icf=none
	LINKER:-pie
	LINKER:-z,noexecstack
	LINKER:-z,text
	LINKER:-z,max-page-size=4096
	LINKER:-z,bti-report=error)
