"""Publish a run as one edition: whole or not at all, the index is the only name ever replaced.

`<out>/index.html` points at `<out>/<edition>/`; `<out>/history/<edition>.json` keeps every manifest,
each with the hash of the one before; `<out>/.work/` may be deleted at any time.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gis.base.errors import UsageError
from gis.base.hashing import of_bytes
from gis.store.write import write_text

WORK, HISTORY, INDEX, MANIFEST = ".work", "history", "index.html", "manifest.json"
BUILDING = "building-"


def stands(out: Path, edition: str) -> bool:
    """Tell whether `edition` stands whole in `out` and the index points at it."""
    index = out / INDEX
    if not (out / edition / MANIFEST).exists() or not index.exists():
        return False
    return edition in index.read_text(encoding="utf-8")


def publish(
    out: Path,
    edition: str,
    pages: Mapping[str, str],
    manifest: dict[str, Any],
    tables: Callable[[Path], None],
) -> Path:
    """Write an edition under a temporary name, rename it, then point the index at it.

    Parameters
    ----------
    pages
        File name → HTML; `index.html` goes to `out`, the others into the edition.
    tables
        Writes tables and quarantine files into the folder it is given.

    Returns
    -------
    index
        The path of the page to open.

    Raises
    ------
    UsageError
        A file of the edition is open in another program.
    """
    work = out / WORK
    work.mkdir(parents=True, exist_ok=True)
    before = _newest(out)
    with tempfile.TemporaryDirectory(dir=work, prefix=BUILDING) as folder:
        building = Path(folder) / edition
        building.mkdir()
        for name, page in pages.items():
            if name != INDEX:
                write_text(page, building / name)
        tables(building)
        chained = {**manifest, "previous": of_bytes(before.read_bytes()) if before else None}
        text = json.dumps(chained, ensure_ascii=False, indent=1, default=str)
        write_text(text, building / MANIFEST)
        _replace(building, out / edition)
        write_text(text, out / HISTORY / f"{edition}.json")
    write_text(pages[INDEX], out / INDEX)
    _forget(out, keep={edition, before.stem if before else edition})
    return out / INDEX


def _newest(out: Path) -> Path | None:
    return max((out / HISTORY).glob("*.json"), key=lambda one: one.stat().st_mtime_ns, default=None)


def _replace(building: Path, place: Path) -> None:
    try:
        if place.exists():
            shutil.rmtree(place)
        building.rename(place)
    except PermissionError as error:
        raise UsageError(
            "the edition cannot be replaced",
            file=place.name,
            found=str(error),
            fix="close its files and run again",
        ) from None


def _forget(out: Path, keep: set[str]) -> None:
    for manifest in out.glob(f"*/{MANIFEST}"):
        if manifest.parent.name not in keep:
            shutil.rmtree(manifest.parent, ignore_errors=True)
    for half in (out / WORK).glob(f"{BUILDING}*"):
        shutil.rmtree(half, ignore_errors=True)
