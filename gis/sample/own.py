"""Which files of a data folder the sample wrote itself: those may be replaced, anybody else's never."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from gis.base.errors import UsageError
from gis.base.hashing import of_all, of_file
from gis.base.messages import Message, listed

RECORD, HALF = ".sample.json", ".writing-"
BESIDE = frozenset(("readme.md", ".gitkeep", ".gitignore", ".ds_store", "thumbs.db", "desktop.ini", RECORD))
NAMED = 6


def require_own(data: Path, made: Mapping[str, str], readme: str) -> None:
    """Refuse a data folder where a file would be lost, or where the sample would mix with real data.

    Parameters
    ----------
    made
        File name → hash of what is about to be written; what equals it, or what an earlier call recorded,
        is the sample's own.
    readme
        The file that marks a folder of the sample: beside it other files may stand.

    Raises
    ------
    UsageError
        Files stand there that the sample did not write.
    """
    recorded = _recorded(data)
    there = [path for path in data.iterdir() if not _is_beside(path.name)]
    lost = [
        path.name
        for path in there
        if path.name in made and hash_of(path) not in (made[path.name], recorded.get(path.name))
    ]
    lost += [path.name for path in there if path.suffix == ".cpg" and f"{path.stem}.shp" in made]
    is_sample = bool(recorded) or (data / readme).exists()
    mixed = [] if is_sample else [path.name for path in there if path.name not in made]
    names = sorted({*lost, *mixed})
    if names:
        raise UsageError(
            Message(
                "数据文件夹里有不是示例写的文件，不覆盖，也不与示例数据混放",
                "the data folder holds files that the sample did not write; they are not replaced or mixed with it",
            ),
            file=str(data),
            found=listed(names, most=NAMED),
            fix=Message(
                "把这些文件移到别处（旧的示例可删除）再运行，或用 --layers 另选文件夹",
                "move them elsewhere (an old sample may be deleted), or --layers with another folder",
            ),
        )


def record(data: Path, names: Iterable[str]) -> None:
    """Remember what the sample wrote, so that it may replace it the next time."""
    known = {name: hash_of(data / name) for name in names}
    half = data / f"{HALF}record"
    half.write_text(json.dumps(known, ensure_ascii=False, indent=1), encoding="utf-8")
    half.replace(data / RECORD)


def hash_of(path: Path) -> str:
    """SHA-256 of a file, or of the members of a .gdb."""
    if not path.is_dir():
        return of_file(path)
    parts = sorted(one for one in path.rglob("*") if one.is_file())
    return of_all(f"{one.relative_to(path).as_posix()} {of_file(one)}" for one in parts)


def _is_beside(name: str) -> bool:
    return name.casefold() in BESIDE or name.startswith(HALF)


def _recorded(data: Path) -> dict[str, str]:
    try:
        known = json.loads((data / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}
