"""A machine to boot, and the QEMU command line that makes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import List, Optional, Tuple


@dataclass(frozen=True)
class Machine:
    kernel: Path
    cpu: str = "cortex-a72"
    memory: str = "128M"
    options: Tuple[str, ...] = ()  # of -machine: "virtualization=on", "gic-version=3"
    cpus: int = 1
    append: str = ""
    initrd: Optional[Path] = None
    tree: Optional[Path] = None  # instead of the device tree that QEMU makes
    extra: Tuple[str, ...] = ()
    qemu: str = "qemu-system-aarch64"

    def command(self, nonce: Optional[int]) -> List[str]:
        """The command line. Without a nonce it is the one that people type: no network card is taken away either
        (its absence saves half of a boot's time)."""
        line = [self.qemu, "-machine", ",".join(("virt",) + self.options), "-cpu", self.cpu, "-m", self.memory]
        if self.cpus != 1:
            line += ["-smp", str(self.cpus)]
        line += ["-nographic", "-kernel", str(self.kernel)]
        if self.initrd is not None:
            line += ["-initrd", str(self.initrd)]
        if self.tree is not None:
            line += ["-dtb", str(self.tree)]
        words = self.append.split()
        if nonce is not None:
            words.append(f"nonce={nonce}")
            line += ["-nic", "none"]
        if words:
            line += ["-append", " ".join(words)]
        return line + list(self.extra)
