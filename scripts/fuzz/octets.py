"""Changes of bytes that know nothing of the format."""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Callable
from pathlib import Path

MOST_EDITS = 12


def inside(path: Path, rng: random.Random) -> Path:
    """Choose the file whose bytes change: a member of a .gdb, a companion of a shapefile."""
    if path.is_dir():
        return rng.choice(sorted(one for one in path.iterdir() if one.is_file()))
    if path.suffix == ".shp":
        return rng.choice(
            [one for one in sorted(path.parent.glob(f"{path.stem}.*")) if one.suffix != ".gpkg"]
        )
    return path


def changed(path: Path, rng: random.Random, change: Callable[[bytearray], bytes | bytearray]) -> None:
    """Change the bytes of a file, or of a file that belongs to it."""
    target = inside(path, rng)
    target.write_bytes(change(bytearray(target.read_bytes())))


def flip(path: Path, rng: random.Random, *_: object) -> None:
    """Change single bytes."""

    def change(data: bytearray) -> bytearray:
        for _ in range(rng.randint(1, MOST_EDITS)):
            data[rng.randrange(len(data))] = rng.choice((0, 0xFF, 0x7F, 0x80, rng.randrange(256)))
        return data

    changed(path, rng, change)


def cut(path: Path, rng: random.Random, *_: object) -> None:
    """Cut the end off."""
    changed(path, rng, lambda data: data[: rng.randrange(len(data) + 1)])


def insert(path: Path, rng: random.Random, *_: object) -> None:
    """Put foreign bytes in between."""

    def change(data: bytearray) -> bytearray:
        at = rng.randrange(len(data) + 1)
        return data[:at] + rng.randbytes(rng.choice((1, 2, 16, 300))) + data[at:]

    changed(path, rng, change)


def zero(path: Path, rng: random.Random, *_: object) -> None:
    """Write zeros over a range."""

    def change(data: bytearray) -> bytearray:
        at, size = rng.randrange(len(data)), rng.choice((1, 8, 64, 1000))
        data[at : at + size] = bytes(len(data[at : at + size]))
        return data

    changed(path, rng, change)


def repeat(path: Path, rng: random.Random, *_: object) -> None:
    """Write a range several times."""

    def change(data: bytearray) -> bytearray:
        at, size = rng.randrange(len(data)), rng.choice((1, 8, 64, 1000))
        return data[:at] + data[at : at + size] * rng.choice((2, 3, 50)) + data[at + size :]

    changed(path, rng, change)


def splice(path: Path, rng: random.Random, others: list[Path], _canary: str) -> None:
    """Join the start of a file to the end of another."""
    other = inside(rng.choice(others), rng).read_bytes()

    def change(data: bytearray) -> bytes:
        return bytes(data[: rng.randrange(len(data) + 1)]) + other[rng.randrange(len(other) + 1) :]

    changed(path, rng, change)


def another(path: Path, rng: random.Random, others: list[Path], _canary: str) -> None:
    """Put another file in its place, under its name."""
    other = inside(rng.choice(others), rng).read_bytes()
    changed(path, rng, lambda _: other)


def noise(path: Path, rng: random.Random, *_: object) -> None:
    """Put random bytes in its place."""
    changed(path, rng, lambda data: rng.randbytes(rng.choice((0, 1, 20, len(data)))))


def numbers(path: Path, rng: random.Random, *_: object) -> None:
    """Write a count or an offset that cannot be, where heads of containers hold theirs."""

    def change(data: bytearray) -> bytearray:
        at = rng.randrange(max(min(len(data), 200), 1))
        form = rng.choice(("<H", ">H", "<I", ">I", "<Q", ">Q", "<d"))
        value = (
            rng.choice((0, 1, 0x7FFF, 0xFFFF))
            if form[1] == "H"
            else rng.choice((0, 1, 0x7FFFFFFF, 0xFFFFFFFF))
        )
        put = struct.pack(form, float(value) if form[1] == "d" else value)
        data[at : at + len(put)] = put
        return data

    changed(path, rng, change)


def points_elsewhere(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Write a text that tells a driver to read another file."""
    layer = f'<OGRVRTLayer name="x"><SrcDataSource>{canary}</SrcDataSource></OGRVRTLayer>'
    vrt = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    raster = (
        '<VRTDataset rasterXSize="8" rasterYSize="8"><VRTRasterBand dataType="Byte" band="1"><SimpleSource>'
        f'<SourceFilename relativeToVRT="1">{canary}</SourceFilename></SimpleSource></VRTRasterBand></VRTDataset>'
    )
    entity = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY xxe SYSTEM "{canary}">]><x>&xxe;</x>'
    crs = {"type": "link", "properties": {"href": canary}}
    linked = json.dumps({"type": "FeatureCollection", "crs": crs, "features": []})
    text = rng.choice((vrt, raster, entity, linked, f"CSV:{canary}", f"/vsizip/{canary}", canary))
    changed(path, rng, lambda _: text.encode())
