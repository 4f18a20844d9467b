"""A second reader of packed shapes, in Python: what a page carries can be read back and compared."""

import json
import re
import sqlite3
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from gis.maps.packing import ALPHABET, GRID_BITS, HOLE, LINE, POINT, SHELL

LETTER = {letter: at for at, letter in enumerate(ALPHABET)}
NUMBERS = ("number", "float")
ADDED = re.compile(r"gisShapes\.board\(map_county\)\.add\((?=\{)")
PACKED = re.compile(r'"packed":"([^"]*)"')


def words(page: str) -> str:
    """Everything that a page says: its own text and that of the layers packed in it."""
    inside = [json.dumps(unpack(text)["columns"], ensure_ascii=False) for text in PACKED.findall(page)]
    return "\n".join([PACKED.sub('""', page), *inside])


def text_of(path: Path) -> str:
    """Give all that a file says, a workbook, a database or a table opened, and its bytes."""
    raw = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as parts:
            return "".join(parts.read(name).decode("utf-8", "replace") for name in parts.namelist())
    if path.suffix in (".gpkg", ".sqlite"):
        with sqlite3.connect(path) as base:
            tables = [one for (one,) in base.execute("select name from sqlite_master where type = 'table'")]
            rows = [row for one in tables for row in base.execute(f'select * from "{one}"')]
        return raw + "".join(opened(cell) for row in rows for cell in row)
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as pack:
            (inner,) = pack.namelist()
            beside = path.with_name(f"unpacked-{inner}")
            beside.write_bytes(pack.read(inner))
        text = text_of(beside)
        beside.unlink()
        return text
    if path.suffix == ".parquet":
        return raw + pd.read_parquet(path).map(str).to_csv()
    if path.suffix == ".html":
        return spelled(words(raw))
    return raw + json.dumps(json.loads(raw), ensure_ascii=False) if path.suffix == ".json" else spelled(raw)


def opened(cell: object) -> str:
    """Give a cell as text, also one that is packed."""
    packed = isinstance(cell, bytes) and cell[:1] == b"\x78"
    return zlib.decompress(cell).decode("utf-8") if packed else str(cell)


def spelled(text: str) -> str:
    """Write what a script of a page escapes as it is read."""
    return re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)


def unpack(text: str) -> dict:
    """Shapes as [kind, [(lon, lat), …]] strings, columns as lists of values."""
    letters = np.array([LETTER[one] for one in text.encode("ascii")], dtype=np.uint64).reshape(-1, 5)
    given = (letters * 85 ** np.arange(5, dtype=np.uint64)).sum(axis=1).astype("<u4").tobytes()
    size, packed = struct.unpack("<II", given[:8])
    raw = zlib.decompress(given[8 : 8 + packed], wbits=-15)
    assert len(raw) == size
    start = 4 + int.from_bytes(raw[:4], "little")
    head, blocks = json.loads(raw[4:start]), raw[start:]
    columns = {name: _column(told, blocks, head["n"]) for name, told in head["columns"].items()}
    digits = {
        name: told.get("digits", 0) for name, told in head["columns"].items() if told["kind"] in NUMBERS
    }
    return {"n": head["n"], "shapes": _shapes(head, blocks), "columns": columns, "digits": digits}


def specs(page: str) -> list[dict]:
    """What the layers of a page are told, in the order of the page."""
    reader = json.JSONDecoder()
    return [reader.raw_decode(page, found.end())[0] for found in ADDED.finditer(page)]


def _whole(blocks: bytes, block: list[int], n: int) -> np.ndarray:
    if len(block) == 1:
        return np.full(n, block[0], dtype=np.int64)
    at, planes = block
    octets = np.frombuffer(blocks, dtype=np.uint8, count=planes * n, offset=at).reshape(planes, n)
    return (octets.astype(np.int64) * 256 ** np.arange(planes)[:, None]).sum(axis=0)


def _signed(values: np.ndarray) -> np.ndarray:
    return np.where(values % 2, -(values + 1) // 2, values // 2)


def _column(told: dict, blocks: bytes, n: int) -> list:
    if told["kind"] == "code":
        octets = np.frombuffer(blocks, dtype=np.uint8, count=told["width"] * n, offset=told["at"])
        return [bytes(one).decode("ascii") for one in octets.reshape(told["width"], n).T]
    if told["kind"] == "float":
        octets = np.frombuffer(blocks, dtype=np.uint8, count=8 * n, offset=told["at"]).reshape(8, n)
        return np.ascontiguousarray(octets.T).view("<f8").ravel().tolist()
    numbers = _whole(blocks, told["block"], n)
    if told["kind"] == "text":
        return [told["entries"][at - 1] if at else None for at in numbers]
    scale = 10 ** told["digits"]
    return [int(one) / scale if at else None for at, one in zip(numbers, _signed(numbers - 1), strict=True)]


def _shapes(head: dict, blocks: bytes) -> list:
    told, n = head["shape"], head["n"]
    sizes = _whole(blocks, told["per_string"], told["strings"])
    counts, kinds = sizes // 4, sizes % 4
    degrees = []
    first = np.cumsum(counts) - counts
    for axis in "xy":
        starts = np.cumsum(_signed(_whole(blocks, told[f"{axis}_starts"], told["strings"])))
        moves = _signed(_whole(blocks, told[axis], told["corners"] - told["strings"]))
        steps = np.insert(moves, first - np.arange(len(first)), 0)
        for begin, count, origin in zip(first, counts, starts, strict=True):
            steps[begin : begin + count] = np.cumsum(steps[begin : begin + count]) + origin
        degrees.append(steps / 2**GRID_BITS)
    lon = (degrees[0] - 0.5) * 360
    lat = np.degrees(2 * np.arctan(np.exp((0.5 - degrees[1]) * 2 * np.pi)) - np.pi / 2)
    corners = np.split(np.column_stack([lon, lat]), np.cumsum(counts)[:-1]) if len(counts) else []
    strings = [[(POINT, LINE, SHELL, HOLE)[kind], one] for kind, one in zip(kinds, corners, strict=True)]
    ends = np.cumsum(_whole(blocks, told["per_shape"], told["shapes"]))
    shapes = [strings[end - own : end] for end, own in zip(ends, np.diff(ends, prepend=0), strict=True)]
    return shapes if told["of"] is None else [shapes[at] for at in _whole(blocks, told["of"], n)]
