"""One seeded change of a file: of its bytes, its members, its fields or its structure."""

from __future__ import annotations

import gzip
import io
import random
from collections.abc import Callable
from pathlib import Path

from fuzz import layers, octets, parts, sheets, texts

TEXTS = frozenset((".csv", ".tsv", ".txt", ".json", ".geojson", ".dxf", ".kml"))
ZIPS = frozenset((".xlsx", ".zip", ".kmz"))


def mutate(path: Path, rng: random.Random, others: list[Path], canary: str) -> str:
    """Change a file in place and say how."""
    choices = _choices(path)
    name = rng.choice(sorted(choices))
    try:
        choices[name](path, rng, others, canary)
    except Exception as error:  # noqa: BLE001  a mutation that cannot be made is none
        return f"{name} not made ({type(error).__name__})"
    return name


Change = Callable[[Path, random.Random, list[Path], str], None]


def _choices(path: Path) -> dict[str, Change]:
    suffix = path.suffix.lower()
    found: dict[str, Change] = {
        "nothing": lambda *_: None, "flip bytes": octets.flip, "cut": octets.cut, "insert bytes": octets.insert,
        "zero a range": octets.zero, "repeat a range": octets.repeat, "splice": octets.splice,
        "another file": octets.another, "numbers in the head": octets.numbers, "random bytes": octets.noise,
        "points elsewhere": octets.points_elsewhere,
    }  # fmt: skip
    if suffix in TEXTS:
        found |= {
            "cell": texts.cells, "cells": texts.cells, "text cell": texts.cells, "odd encoding": texts.recode,
            "lines": texts.whole_lines, "delimiter": texts.delimiter, "long line": texts.long_line,
            "nulls": texts.nulls,
        }  # fmt: skip
    if suffix in (".json", ".geojson"):
        found |= {"json": texts.json_value, "json more": texts.json_value, "deep json": texts.deep}
    if suffix == ".gz":
        found |= {"inside gz": _in_gz, "inside gz again": _in_gz, "gz bomb": _gz_bomb}
    if suffix in ZIPS:
        found |= {
            "member": parts.member, "member lost": parts.member_lost, "member added": parts.member_added,
            "xml": parts.xml_of_a_part, "xml more": parts.xml_of_a_part,
        }  # fmt: skip
    if suffix == ".xlsx":
        found |= {
            "sheet cell": sheets.sheet_cells, "sheet cells": sheets.sheet_cells, "sheet shape": sheets.sheet_shape,
            "sheet merges": sheets.sheet_merges, "sheets": sheets.whole_sheets, "far cell": sheets.far_cell,
        }  # fmt: skip
    if suffix in layers.DRIVERS:
        found |= {
            "geometry": layers.geometries, "geometries": layers.geometries, "field": layers.fields,
            "fields": layers.fields, "crs": layers.other_crs,
        }  # fmt: skip
    return found


def _in_gz(path: Path, rng: random.Random, others: list[Path], canary: str) -> None:
    inside = path.with_suffix("")
    inside.write_bytes(gzip.decompress(path.read_bytes()))
    mutate(inside, rng, others, canary)
    path.write_bytes(gzip.compress(inside.read_bytes()))
    inside.unlink()


def _gz_bomb(path: Path, rng: random.Random, *_: object) -> None:
    sink = io.BytesIO()
    with gzip.GzipFile(fileobj=sink, mode="wb", compresslevel=1) as out:
        for _ in range(rng.choice((64, 600))):
            out.write(rng.choice((b"\0", b"1,", b"\n", b"x")) * 2**20)
    path.write_bytes(path.read_bytes() + sink.getvalue())
