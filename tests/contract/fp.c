/* hal_fp_save and hal_fp_load, and the thread pointer: what a program has in the CPU beyond its context (hal/user.h).
 */
#include "core/cpu/registers.h"
#include "hal/user.h"
#include "lib/memory.h"
#include "tests/contract/a64.h"
#include "tests/contract/contract.h"
#include "tests/contract/space.h"

#define ASID 2

/* FPCR: rounding towards zero, and flush to zero. FPSR: QC and all cumulative exceptions (Arm ARM C5.2.8, C5.2.10). */
#define FPCR 0x01c00000
#define FPSR 0x0800009f

static struct hal_fp_state loaded;
static struct hal_fp_state saved;

/* Every half of every register has a value of its own. */
static void fill(struct hal_fp_state *state, uint64_t seed)
{
	for (uint64_t i = 0; i < 32; i++) {
		state->v[i][0] = seed + 0x0101010101010101 * (2 * i + 1);
		state->v[i][1] = ~seed + 0x0101010101010101 * (2 * i + 2);
	}
	state->fpcr = FPCR;
	state->fpsr = FPSR;
}

static void check_saved(uint64_t fpcr, uint64_t fpsr)
{
	k_memset(&saved, 0xee, sizeof(saved));
	hal_fp_save(&saved);
	for (size_t i = 0; i < 32; i++) {
		CHECK_EQUAL(saved.v[i][0], loaded.v[i][0]);
		CHECK_EQUAL(saved.v[i][1], loaded.v[i][1]);
	}
	CHECK_EQUAL(saved.fpcr, fpcr);
	CHECK_EQUAL(saved.fpsr, fpsr);
}

static void check_round_trip(void)
{
	for (uint64_t seed = 0; seed < 3; seed++) {
		fill(&loaded, seed << 56 | seed);
		hal_fp_load(&loaded);
		check_saved(FPCR, FPSR);
		check_saved(FPCR, FPSR);
	}
	k_memset(&loaded, 0, sizeof(loaded));
	hal_fp_load(&loaded);
	check_saved(0, 0);
}

/* Neither a program that does not use them, nor the kernel, nor a while without access changes them. */
static void check_kept(const struct address_space *space)
{
	fill(&loaded, 0x1234);
	hal_fp_load(&loaded);
	hal_fp_access_set(cpu_registers_cpacr(false));
	CHECK_EQUAL(space_start(space).esr, 0x56000000);
	hal_fp_access_set(cpu_registers_cpacr(true));
	check_saved(FPCR, FPSR);
}

static void check_thread_pointer(const struct address_space *space)
{
	static const uint64_t values[] = {UINT64_MAX, 0x123456789abcdef0, 1, 0};

	for (size_t i = 0; i < K_ARRAY_SIZE(values); i++) {
		hal_thread_pointer_set(values[i]);
		CHECK_EQUAL(hal_thread_pointer(), values[i]);
		CHECK_EQUAL(space_start(space).esr, 0x56000000);
		CHECK_EQUAL(hal_thread_pointer(), values[i]);
	}
}

void contract_fp(void)
{
	static const uint32_t call[] = {A64_SVC(0)};
	struct address_space space;

	space_make(&space, ASID, call, 1);
	hal_fp_access_set(cpu_registers_cpacr(true));
	check_round_trip();
	check_kept(&space);
	k_memset(&loaded, 0, sizeof(loaded));
	hal_fp_load(&loaded);
	hal_fp_access_set(cpu_registers_cpacr(false));
	check_thread_pointer(&space);
	space_end(&space);
}
