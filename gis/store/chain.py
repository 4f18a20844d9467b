"""The history of a folder of editions: one manifest a link, each naming the hash of the one before.

`history/00003-<edition>.json` is the third link. Files are only ever added; what a link was is the
SHA-256 of its file, which `sha256sum` gives too. Links of before the numbers (`<edition>.json`) come first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gis.base.hashing import of_file

HISTORY, UNNUMBERED = "history", -1
NAME = re.compile(r"(?:(\d{5,})-)?(\d{4}-\d{2}-\d{2}-[0-9a-f]{8})\.json")


@dataclass(frozen=True)
class Link:
    """One publication of an edition: the file of its manifest, and its hash."""

    number: int
    edition: str
    sha256: str
    path: Path


def chain(out: Path) -> list[Link]:
    """Give the links of a folder in their order, the newest last; none where nothing was published."""
    named = [(found, path) for path in _files(out) if (found := NAME.fullmatch(path.name))]
    links = [Link(int(found[1] or UNNUMBERED), found[2], of_file(path), path) for found, path in named]
    numbered = [link for link in links if link.number != UNNUMBERED]
    older = {link.sha256: link for link in links if link.number == UNNUMBERED}
    before = {sha256: manifest_of(link.path).get("previous") for sha256, link in older.items()}
    ordered = sorted(older.values(), key=lambda link: (_depth(link.sha256, before), link.edition))
    first = [replace(link, number=at) for at, link in enumerate(ordered, start=1)]
    return [*first, *sorted(numbered, key=lambda link: (link.number, link.edition))]


def strays(out: Path, links: list[Link]) -> list[Path]:
    """List what lies in the history and is no link, and folders that bear the name of an edition without one."""
    known, editions = {link.path for link in links}, {link.edition for link in links}
    named = [path for path in sorted(out.iterdir()) if path.is_dir() and NAME.fullmatch(f"{path.name}.json")]
    return [path for path in _files(out) if path not in known] + [
        path for path in named if path.name not in editions
    ]


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
