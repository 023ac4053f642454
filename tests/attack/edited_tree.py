"""A copy of the sources in which parts are taken away: to show what each mitigation stops (mutations.py), and what all
of them cost (tests/bench/price.py). The kernel's own sources have no switch that turns one off."""

from __future__ import annotations

import shutil
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator, List, Sequence, Tuple

LEFT_OUT = {"build", ".git", "build.ninja", "__pycache__"}


class EditError(Exception):
    pass


@dataclass(frozen=True)
class Edit:
    """In this file `old`, which must be there exactly once, becomes `new`."""

    file: str
    old: str
    new: str


def files_of(root: Path) -> List[Path]:
    """All files of the sources, as paths from the root."""
    found: List[Path] = []
    for path in sorted(root.iterdir()):
        if path.name in LEFT_OUT:
            continue
        if path.is_dir():
            found += [Path(path.name) / name for name in files_of(path)]
        else:
            found.append(Path(path.name))
    return found


def write_if_changed(path: Path, content: bytes) -> None:
    """What stays as it is keeps its time, and is not compiled again."""
    if not path.is_file() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


class EditedTree:
    """The copy lies in `folder`, with a build folder of its own. `options` are for CMake."""

    def __init__(self, root: Path, folder: Path, cmake: str, options: Sequence[str]) -> None:
        self.sources = folder / "sources"
        self.build_folder = folder / "build"
        self._cmake = cmake
        self._copy(root)
        self._run([cmake, "-S", str(self.sources), "-B", str(self.build_folder), "-G", "Ninja", *options])

    def _copy(self, root: Path) -> None:
        names = files_of(root)
        if self.sources.is_dir():
            for name in set(files_of(self.sources)).difference(names):
                (self.sources / name).unlink()
        for name in names:
            write_if_changed(self.sources / name, (root / name).read_bytes())
            shutil.copymode(root / name, self.sources / name)

    def _run(self, command: Sequence[str]) -> str:
        result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if result.returncode != 0:
            raise EditError(result.stdout[-4000:])
        return result.stdout

    def build(self, targets: Sequence[str], jobs: int = 1) -> None:
        """Raises EditError with the end of what the build printed, if it fails."""
        self._run([self._cmake, "--build", str(self.build_folder), "-j", str(jobs), "--target", *targets])

    @contextmanager
    def edited(self, edits: Sequence[Edit]) -> Iterator[None]:
        """The copy with these edits, one after another; without them again at the end."""
        before: List[Tuple[Path, bytes]] = []
        try:
            for edit in edits:
                path = self.sources / edit.file
                content = path.read_bytes()
                old = edit.old.encode()
                if content.count(old) != 1:
                    raise EditError(f"{edit.file} has this {content.count(old)} times, not once: {edit.old}")
                before.append((path, content))
                path.write_bytes(content.replace(old, edit.new.encode()))
            yield
        finally:
            for path, content in reversed(before):
                path.write_bytes(content)
