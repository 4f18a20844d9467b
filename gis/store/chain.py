"""The history of a folder of editions: one manifest a link, each naming the hash of the one before.

`history/00003-<edition>.json` is the third link. Files are only ever added; what a link was is the
SHA-256 of its file, which `sha256sum` gives too. Links of before the numbers (`<edition>.json`) come first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.base.hashing import of_file

HISTORY = "history"
NAME = re.compile(r"(?:(\d{5,})-)?(\d{4}-\d{2}-\d{2}-[0-9a-f]{8})\.json")


@dataclass(frozen=True)
class Link:
    """One publication of an edition; `sha256` is that of the manifest's file."""

    number: int
    edition: str
    sha256: str


def chain(out: Path) -> list[Link]:
    """Give the links of a folder in their order, the newest last; none where nothing was published."""
    numbered: list[Link] = []
    older: dict[str, tuple[str, object]] = {}
    for path in _files(out):
        found = NAME.fullmatch(path.name)
        if found is None:
            continue
        number, edition = found.groups()
        sha256 = of_file(path)
        if number is None:
            older[sha256] = (edition, manifest_of(path).get("previous"))
        else:
            numbered.append(Link(int(number), edition, sha256))
    before = {sha256: previous for sha256, (_, previous) in older.items()}
    ordered = sorted(older, key=lambda sha256: (_depth(sha256, before), older[sha256][0]))
    first = [Link(at, older[sha256][0], sha256) for at, sha256 in enumerate(ordered, start=1)]
    return [*first, *sorted(numbered, key=lambda link: (link.number, link.edition))]


def manifest_of(path: Path) -> dict[str, Any]:
    """Read a manifest; one that cannot be read says nothing."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def next_number(links: list[Link]) -> int:
    """Give the number of the link to come."""
    return links[-1].number + 1 if links else 1


def name_of(number: int, edition: str) -> str:
    """Give the name of a link's file."""
    return f"{number:05d}-{edition}.json"


def _files(out: Path) -> list[Path]:
    folder = out / HISTORY
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.is_file() and not path.is_symlink())


def _depth(sha256: str, before: Mapping[str, object]) -> int:
    """Count the links before one; each names the hash of another, so there is no round."""
    depth, previous = 0, before[sha256]
    while isinstance(previous, str) and previous in before:
        depth, previous = depth + 1, before[previous]
    return depth
