#include "core/cpu/features.h"

#include "core/log/log.h"
#include "lib/bits.h"

/* ID_AA64MMFR0_EL1.PARange, Arm ARM D17.2.64; larger encodings need LPA, which this kernel does not use. */
static unsigned physical_bits(uint64_t pa_range)
{
	static const uint8_t bits[] = {32, 36, 40, 42, 44, 48};

	return pa_range < K_ARRAY_SIZE(bits) ? bits[pa_range] : 48;
}

void cpu_features_decode(struct cpu_features *features, const struct hal_id_registers *registers)
{
	features->physical_bits = physical_bits(bits_get(registers->mmfr0, 3, 0));
	features->asid16 = bits_get(registers->mmfr0, 7, 4) == 2;
	features->pan = bits_get(registers->mmfr1, 23, 20) != 0;
	features->epan = bits_get(registers->mmfr1, 23, 20) >= 3;
	features->uao = bits_get(registers->mmfr2, 7, 4) != 0;
	/* APA and API of ISAR1, APA3 of ISAR2: three algorithms, one feature. */
	features->pac_address = bits_get(registers->isar1, 11, 4) != 0 || bits_get(registers->isar2, 15, 12) != 0;
	features->bti = bits_get(registers->pfr1, 3, 0) != 0;
	features->e0pd = bits_get(registers->mmfr2, 63, 60) != 0;
	features->rng = bits_get(registers->isar0, 63, 60) != 0;
	features->iesb = bits_get(registers->mmfr2, 15, 12) != 0;
	features->dit = bits_get(registers->pfr0, 51, 48) != 0;
	features->ssbs = bits_get(registers->pfr1, 7, 4) != 0;
	features->ssbs2 = bits_get(registers->pfr1, 7, 4) >= 2;
	features->mte = bits_get(registers->pfr1, 11, 8) >= 2;
	/* PMUVer: 0 is none, 15 an implementation's own. */
	features->pmu = bits_get(registers->dfr0, 11, 8) != 0 && bits_get(registers->dfr0, 11, 8) != 15;
	features->amu = bits_get(registers->pfr0, 47, 44) != 0;
}

static const char *mark(bool present)
{
	return present ? "yes" : "no";
}

void cpu_features_log(const struct cpu_features *features)
{
	log_verbose("CPU: %u-bit physical addresses, %u-bit ASIDs", features->physical_bits,
		    features->asid16 ? 16U : 8U);
	log_verbose("CPU features: PAN %s, PAC %s, BTI %s, E0PD %s, RNG %s, MTE %s", mark(features->pan),
		    mark(features->pac_address), mark(features->bti), mark(features->e0pd), mark(features->rng),
		    mark(features->mte));
}
