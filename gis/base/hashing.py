"""The content of a layer's path as one SHA-256; of one file also as SM3 (GB/T 32905), where a county asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

from gis.base.errors import UsageError
from gis.base.phrases import refusal

CHUNK = 1 << 20
SHA256, SM3 = "sha256", "sm3"
WORLD = frozenset((".tif", ".tiff"))
BESIDE = {".gpkg": ("-wal", "-journal")} | dict.fromkeys(WORLD, (".aux.xml", ".ovr", ".msk"))


def of_bytes(data: bytes) -> str:
    """SHA-256 of bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def of_all(hashes: Iterable[str]) -> str:
    """One hash of several texts, in their order."""
    return of_bytes("\n".join(hashes).encode())


def require(kind: str) -> None:
    """Refuse a hash that this Python's OpenSSL has not got.

    Raises
    ------
    UsageError
        It has not got it.
    """
    try:
        hashlib.new(kind)
    except ValueError as error:
        raise refusal(UsageError, "no_such_hash", kind=kind.upper(), found=str(error)) from None


def of_file(path: Path, kind: str = SHA256) -> str:
    """SHA-256 or SM3 of one file, read in pieces."""
    digest = hashlib.new(kind)
    with path.open("rb") as stream:
        while block := stream.read(CHUNK):
            digest.update(block)
    return digest.hexdigest()


def of_path(path: Path, of_one: Callable[[Path], str] = of_file) -> str:
    """SHA-256 over the files that `path` stands for, names included when there are several."""
    parts = parts_of(path)
    if len(parts) == 1:
        return of_one(parts[0])
    return of_all(f"{part.name} {of_one(part)}" for part in parts)


def parts_of(path: Path) -> list[Path]:
    """List the files that a layer's path stands for: members of a .gdb, what lies beside a shapefile or raster."""
    if path.is_dir():
        return sorted(one for one in path.rglob("*") if one.is_file() and one.suffix != ".lock")
    if path.suffix.lower() == ".shp":
        return sorted(one for one in path.parent.glob(f"{_literal(path.stem)}.*") if one.is_file())
    beside = [path.with_name(path.name + end) for end in BESIDE.get(path.suffix.lower(), ())]
    if path.suffix.lower() in WORLD:
        beside += [path.with_suffix(end) for end in (".tfw", ".TFW", ".tifw")]
    return [path, *sorted(one for one in beside if one.is_file())]


def _literal(stem: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in stem)
