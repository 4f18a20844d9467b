"""Content hashes of files and of our own source, remembered by size and time of change."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from gis.base.address import is_address
from gis.base.errors import UsageError
from gis.base.hashing import of_bytes, of_file, of_path
from gis.store.place import clear
from gis.store.whole import write_text


def of_source(folder: Path, rooms: Iterable[str] = ("",)) -> str:
    """SHA-256 of a package's source and data files, so that new code makes new results.

    Parameters
    ----------
    rooms
        Names of the folders in it that count; all of it by default.
    """
    digest = hashlib.sha256()
    for path in sorted(path for room in rooms for path in (folder / room).rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


class Hashes:
    """Content hashes of files; a file with the same size and time of change is not read again.

    Parameters
    ----------
    memory
        The file that remembers them; one that is damaged is as none. None remembers nothing.
    """

    def __init__(self, memory: Path | None) -> None:
        self.memory = memory
        self.known: dict[str, list[object]] = {} if memory is None else _remembered(memory)

    def of(self, path: Path) -> str:
        """SHA-256 over the files that `path` stands for, names included when there are several, or over a table."""
        if is_address(path):
            from gis.ingest.postgis import hash_of

            return hash_of(path)
        return of_path(path, self._of_file)

    def _of_file(self, path: Path) -> str:
        stat = path.stat()
        mark: list[object] = [stat.st_size, stat.st_mtime_ns]
        known = self.known.get(str(path))
        if known and known[:2] == mark:
            return str(known[2])
        self.known[str(path)] = [*mark, of_file(path)]
        return str(self.known[str(path)][2])

    def save(self) -> None:
        """Remember the hashes for the next run, where the folder takes a file."""
        if self.memory is None:
            return
        sealed = {"files": self.known, "sha256": _seal(self.known)}
        with suppress(OSError, UsageError):
            if self.memory.is_dir():
                clear(self.memory)
            write_text(json.dumps(sealed, ensure_ascii=False), self.memory)


def _remembered(memory: Path) -> dict[str, list[object]]:
    try:
        sealed = json.loads(memory.read_text(encoding="utf-8"))
        known: dict[str, list[object]] = sealed["files"]
        return known if sealed["sha256"] == _seal(known) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _seal(known: object) -> str:
    return of_bytes(json.dumps(known, ensure_ascii=False).encode())
