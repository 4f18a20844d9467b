"""Changes of cells, lines, signs and encodings of a text, and of values of a JSON."""

from __future__ import annotations

import json
import random
from pathlib import Path

from fuzz.hostile import hostile

CODECS = (
    "utf-8",
    "utf-8-sig",
    "gbk",
    "gb18030",
    "big5",
    "utf-16",
    "utf-16-le",
    "utf-32",
    "latin-1",
    "cp1252",
)


def _text(path: Path) -> tuple[str, str]:
    data = path.read_bytes()
    for codec in ("utf-8-sig", "gb18030", "latin-1"):
        try:
            return data.decode(codec), codec
        except UnicodeDecodeError:
            continue
    return "", "utf-8"


def _put(path: Path, text: str, codec: str) -> None:
    path.write_bytes(text.encode(codec, errors="surrogatepass" if codec.startswith("utf") else "replace"))


def _sign(path: Path) -> str:
    return "\t" if path.suffix == ".tsv" else ","


def cells(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Put hostile cells into lines."""
    text, codec = _text(path)
    lines = text.splitlines()
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(lines))
        cells = lines[at].split(_sign(path))
        cells[rng.randrange(len(cells))] = str(rng.choice(hostile(canary)))
        lines[at] = _sign(path).join(cells)
    _put(path, "\n".join(lines), codec)


def recode(path: Path, rng: random.Random, *_: object) -> None:
    """Write the text in an encoding that nobody expects."""
    text, _codec = _text(path)
    path.write_bytes(text.encode(rng.choice(CODECS), errors="replace"))


def whole_lines(path: Path, rng: random.Random, *_: object) -> None:
    """Swap, double, drop, cut and repeat lines."""
    text, codec = _text(path)
    lines = text.splitlines()
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(lines))
        other = rng.randrange(len(lines))
        how = rng.choice(("swap", "double", "drop", "short", "long", "blank", "heads", "many", "foot"))
        line = lines[at]
        if how == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        elif how == "drop" and len(lines) > 1:
            del lines[at]
        else:
            new = {
                "double": [line, line], "short": [line[: rng.randrange(len(line) + 1)]], "blank": ["", line],
                "long": [line + "," * 50 + "x"], "heads": [lines[0], line], "many": [line] * 3000,
                "foot": [line, "合计", "以上共3宗"],
            }.get(how, [line])  # fmt: skip
            lines[at : at + 1] = new
    _put(path, rng.choice(("\n", "\r\n", "\r")).join(lines), codec)


def delimiter(path: Path, rng: random.Random, *_: object) -> None:
    """Write another sign between the cells."""
    text, codec = _text(path)
    _put(path, text.replace(_sign(path), rng.choice((";", "|", "\t", "，", " ", ",,", '","', ":"))), codec)


def long_line(path: Path, rng: random.Random, *_: object) -> None:
    """Write a very long last line."""
    text, codec = _text(path)
    _put(
        path,
        text + rng.choice(("x", ",", '"', "9", "年", "{", "[")) * rng.choice((10_000, 300_000, 3_000_000)),
        codec,
    )


def nulls(path: Path, rng: random.Random, *_: object) -> None:
    """Put null characters in between."""
    text, codec = _text(path)
    at = rng.randrange(len(text) + 1)
    _put(path, text[:at] + "\0" * rng.choice((1, 50)) + text[at:], codec)


def json_value(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Put something else in the place of a value of a JSON."""
    page = json.loads(path.read_text("utf-8"))
    for _ in range(rng.randint(1, 4)):
        holder = page
        for _ in range(rng.randint(0, 6)):
            inner = [
                one
                for one in (holder.values() if isinstance(holder, dict) else holder)
                if isinstance(one, (dict, list)) and one
            ]
            if not inner:
                break
            holder = rng.choice(inner)
        key = rng.choice(list(holder)) if isinstance(holder, dict) else rng.randrange(len(holder))
        holder[key] = rng.choice((*hostile(canary)[-20:], None, [], {}, [None], {"a": 1}, "x", 5))
    path.write_text(json.dumps(page, ensure_ascii=False), "utf-8", errors="surrogatepass")


def deep(path: Path, rng: random.Random, *_: object) -> None:
    """Nest lists deeply."""
    text, deep = path.read_text("utf-8"), rng.choice((100, 2000, 200_000))
    at = text.find("[") + 1
    path.write_text(text[:at] + "[" * deep + "]" * deep + "," + text[at:], "utf-8")
