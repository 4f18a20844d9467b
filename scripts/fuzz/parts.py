"""Changes of the members of a zip and of the XML in a workbook."""

from __future__ import annotations

import random
import zipfile
from collections.abc import Callable
from pathlib import Path

from fuzz.hostile import hostile
from fuzz.octets import cut, flip, insert, inside, points_elsewhere, repeat, zero


def _rezip(
    path: Path, change: Callable[[str, bytes], tuple[str, bytes] | None], more: dict[str, bytes] | None = None
) -> None:
    with zipfile.ZipFile(path) as bundle:
        members = [(info.filename, bundle.read(info)) for info in bundle.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, data in members:
            if (kept := change(name, data)) is not None:
                bundle.writestr(*kept)
        for name, data in (more or {}).items():
            bundle.writestr(name, data)


def _chosen(path: Path, rng: random.Random) -> str:
    with zipfile.ZipFile(path) as bundle:
        names = bundle.namelist()
    sheets = [name for name in names if "sheet" in name or name.endswith((".shp", ".dbf"))]
    return rng.choice(sheets if sheets and rng.random() < 0.6 else names)  # noqa: PLR2004  a little over half


def member(path: Path, rng: random.Random, others: list[Path], canary: str) -> None:
    """Change the bytes of a member."""
    wanted, scratch = _chosen(path, rng), path.with_suffix(".member")

    def change(name: str, data: bytes) -> tuple[str, bytes]:
        if name != wanted:
            return name, data
        scratch.write_bytes(data)
        rng.choice((flip, cut, insert, zero, repeat, points_elsewhere))(scratch, rng, others, canary)
        data = scratch.read_bytes()
        scratch.unlink()
        return name, data

    _rezip(path, change)


def member_lost(path: Path, rng: random.Random, *_: object) -> None:
    """Leave a member out."""
    wanted = _chosen(path, rng)
    _rezip(path, lambda name, data: None if name == wanted else (name, data))


def member_added(path: Path, rng: random.Random, others: list[Path], canary: str) -> None:
    """Add a member that leaves its folder, is large, or has an odd name."""
    name = rng.choice(
        (
            f"../{canary}",
            "/etc/x",
            "a/../../b.csv",
            "__MACOSX/._x",
            "空.csv",
            "x" * 300 + ".csv",
            "con.csv",
            "in.zip",
            "xl/x.xml",
        )
    )
    data = rng.choice((b"", b"\0" * 2**24, inside(rng.choice(others), rng).read_bytes()))
    _rezip(path, lambda name, data: (name, data), {name: data})


def xml_of_a_part(path: Path, rng: random.Random, _others: list[Path], canary: str) -> None:
    """Change the XML of a part: entities, places, types, dimensions, merges."""
    wanted = _chosen(path, rng)
    bomb = '<!DOCTYPE z [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + at)} "{("&" + chr(97 + at) + ";") * 10}">' for at in range(9)
    )
    outside = f'<!DOCTYPE x [<!ENTITY xxe SYSTEM "{canary}">]>'
    area = rng.choice(("A1:XFD1048576", "B2:A1", "A1", "x", "A2:A1048576", "A0:B0"))
    kind = rng.choice(("d", "n", "b", "e", "str", "inlineStr", "x"))
    row = rng.choice(("-", "0", "99999999", "1e9", "x", "10485"))
    old, new = rng.choice((
        ("?>", f"?>{outside}"), ("?>", f"?>{bomb}]>"), ("<v>", "<v>&xxe;"), ("<t>", "<t>&j;"),
        ('r="A', f'r="{rng.choice(("XFD", "AAAA", "", "0"))}'), ('t="s"', f't="{kind}"'),
        ("<v>", f"<v>{rng.choice(hostile(canary))}"), ('<row r="', f'<row r="{row}'),
        ("<dimension ref=", f'<dimension ref="A1:XFD{rng.choice((9, 1048576, 0))}" x='),
        ("</sheetData>", f'</sheetData><mergeCells><mergeCell ref="{area}"/></mergeCells>'),
        (' s="', f' s="{rng.choice(("999", "-1", "x", ""))}'),
        ('encoding="UTF-8"', f'encoding="{rng.choice(("GBK", "UTF-16", "utf-7", "x", "latin-1"))}"'),
    ))  # fmt: skip
    times = rng.choice((1, -1))

    def put(name: str, data: bytes) -> tuple[str, bytes]:
        if name != wanted:
            return name, data
        return name, data.replace(old.encode(), new.encode("utf-8", "surrogatepass"), times)

    _rezip(path, put)
