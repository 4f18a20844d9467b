"""Content hashes of what a layer is read from, remembered by size and time of change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

CHUNK = 1 << 20


def parts_of(path: Path) -> list[Path]:
    """List the files that a layer's path stands for: a .gdb's members, a shapefile's sidecars."""
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file() and one.suffix != ".lock")
    if path.suffix.lower() == ".shp":
        return sorted(one for one in path.parent.glob(f"{_literal(path.stem)}.*") if one.is_file())
    return [path]


def of_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def of_source(folder: Path) -> str:
    """SHA-256 of a package's source and data files, so that new code makes new results."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Hashes:
    """Content hashes of files; a file with the same size and time of change is not read again."""

    def __init__(self, memory: Path) -> None:
        self.memory = memory
        self.known: dict[str, list[object]] = {}
        if memory.exists():
            self.known = json.loads(memory.read_text(encoding="utf-8"))

    def of(self, path: Path) -> str:
        """SHA-256 over the files that `path` stands for, names included when there are several."""
        parts = parts_of(path)
        if len(parts) == 1:
            return self._of_file(parts[0])
        lines = [f"{part.name} {self._of_file(part)}" for part in parts]
        return of_bytes("\n".join(lines).encode())

    def _of_file(self, path: Path) -> str:
        stat = path.stat()
        mark: list[object] = [stat.st_size, stat.st_mtime_ns]
        known = self.known.get(str(path))
        if known and known[:2] == mark:
            return str(known[2])
        digest = hashlib.sha256()
        with path.open("rb") as stream:
            while block := stream.read(CHUNK):
                digest.update(block)
        self.known[str(path)] = [*mark, digest.hexdigest()]
        return digest.hexdigest()

    def save(self) -> None:
        """Remember the hashes for the next run."""
        self.memory.parent.mkdir(parents=True, exist_ok=True)
        self.memory.write_text(json.dumps(self.known), encoding="utf-8")


def of_all(hashes: Iterable[str]) -> str:
    """One hash of several, in their order."""
    return of_bytes("\n".join(hashes).encode())


def _literal(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
