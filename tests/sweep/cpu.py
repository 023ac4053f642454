"""What a CPU has, from its identification registers, which the image prints (Arm ARM D17.2)."""

from __future__ import annotations

from typing import Dict, Iterator

# Features that the rules say nothing about, as no CPU that is swept has them: register, lowest bit, name.
NO_RULES = (
    ("pfr0", 44, "FEAT_AMUv1"),
    ("pfr1", 44, "FEAT_GCS"),
    ("isar0", 24, "FEAT_TME"),
    ("isar1", 60, "FEAT_LS64"),
)


class Cpu:
    def __init__(self, registers: Dict[str, int]) -> None:
        self.registers = registers
        self.ids = self._field("mmfr2", 36) == 1  # FEAT_IDST
        self.rndr = self._field("isar0", 60) >= 1
        self.flag_manipulation = self._field("isar0", 52)  # 1: FEAT_FlagM, 2: FEAT_FlagM2 as well
        self.cache_persistence = self._field("isar1", 0)  # 1: FEAT_DPB, 2: FEAT_DPB2 as well
        self.prediction_restriction = self._field("isar1", 40)  # 1: FEAT_SPECRES, 2: FEAT_SPECRES2 as well
        self.wfxt = self._field("isar2", 0) >= 1
        self.hbc = self._field("isar2", 20) >= 1
        self.xs = self._field("isar1", 56) >= 1
        self.sb = self._field("isar1", 36) >= 1
        self.dit = self._field("pfr0", 48) >= 1
        self.sve = self._field("pfr0", 32) >= 1
        self.sme = self._field("pfr1", 24) >= 1
        self.ssbs = self._field("pfr1", 4) >= 2  # PSTATE.SSBS, and instructions for it
        self.mte = self._field("pfr1", 8) >= 1
        # FEAT_CSV2_2, or FEAT_CSV2_1p2
        self.scxtnum = self._field("pfr0", 56) >= 2 or (
            self._field("pfr0", 56) == 1 and self._field("pfr1", 32) >= 2
        )
        self.pmu = self._field("dfr0", 8) not in (0, 15)
        self.counters = registers.get("pmcr", 0) >> 11 & 31  # PMCR_EL0.N
        self.ecv = self._field("mmfr0", 60) >= 1
        # FEAT_PAuth: APA and API, or APA3; 4 and more of them is FEAT_FPAC.
        pac = max(self._field("isar1", 4), self._field("isar1", 8), self._field("isar2", 12))
        self.pac, self.fpac = pac >= 1, pac >= 4

    def _field(self, register: str, low: int) -> int:
        return self.registers[register] >> low & 15

    def without_rules(self) -> Iterator[str]:
        for register, low, name in NO_RULES:
            if self._field(register, low) != 0:
                yield name
