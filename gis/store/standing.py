"""The edition that stands in a folder: its answers, and whether the county's files are still those it was made of."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from gis.base.address import is_address
from gis.base.errors import GisError
from gis.base.hashing import of_file
from gis.store import answers
from gis.store.chain import chain, manifest_of
from gis.store.hashing import Hashes
from gis.store.place import WORK, workspace_of

COUNTY = "county.toml"
NOT_DATA = frozenset((".md", ".log"))


class Standing(NamedTuple):
    """The answers of an edition, what they are about, and the files of the county that changed since."""

    answers: sqlite3.Connection
    about: dict[str, Any]
    changed: list[str]


def standing(out: Path, layers: Path, as_of: str | None, forced: Iterable[str]) -> Standing | None:
    """Open the newest edition of a folder.

    Parameters
    ----------
    as_of
        The day that was asked for; any when None.
    forced
        Ids of the editions of standards that were asked for.

    Returns
    -------
    standing
        None where nothing stands whole, or it was made of another county, for another day, for the public, or by
        other editions.
    """
    links = chain(out) if workspace_of(out) is not None else []
    if not links:
        return None
    folder = out / links[-1].edition
    path, listed = folder / answers.NAME, manifest_of(folder / "manifest.json").get("files")
    if not path.is_file() or not isinstance(listed, dict) or of_file(path) != listed.get(answers.NAME):
        return None
    opened = answers.open_answers(path)
    about = answers.about(opened)
    asked = as_of in (None, about["as_of"]) and sorted(forced) == about["editions"] and not about["public"]
    changed = _changed(layers, about["files"], Hashes(out / WORK / "hashes.json"))
    if not asked or COUNTY in changed:
        opened.close()
        return None
    return Standing(opened, about, changed)


def files_of(layers: Path, inputs: Mapping[str, Mapping[str, str]], hashes: Hashes) -> dict[str, str]:
    """Give the county's files: the hash of what is read and of the catalogue, nothing for what only lies there."""
    known = {name: sha256 for files in inputs.values() for name, sha256 in files.items()}
    found = dict.fromkeys(_names(layers), "")
    found |= {name: hashes.of(layers / name) for name in found if name.endswith(".toml")}
    return dict(sorted({**found, **known}.items()))


def _changed(layers: Path, known: Mapping[str, str], hashes: Hashes) -> list[str]:
    new = [name for name in _names(layers) if name not in known]
    gone = [name for name in known if not is_address(name) and not (layers / name).exists()]
    other = [
        name
        for name, sha256 in known.items()
        if sha256 and name not in gone and _hash(layers, name, hashes) != sha256
    ]
    return sorted([*new, *gone, *other])


def _hash(layers: Path, name: str, hashes: Hashes) -> str | None:
    """Give the hash of a file or a table; None of a table that cannot be asked."""
    if not is_address(name):
        return hashes.of(layers / name)
    with suppress(GisError):
        return hashes.of(Path(name))
    return None


def _names(layers: Path) -> list[str]:
    """List the files under a county's folder, those left out that programs and people leave beside data."""
    found = (path.relative_to(layers) for path in layers.rglob("*") if path.is_file())
    return [
        one.as_posix()
        for one in found
        if one.suffix.lower() not in NOT_DATA and not any(part.startswith((".", "~$")) for part in one.parts)
    ]
