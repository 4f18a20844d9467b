"""Publish a run as one edition: whole or not at all, the index is the only name ever replaced.

`<out>/index.html` points at `<out>/<edition>/` and prints the newest link of the history;
`<out>/history/` keeps every manifest (`gis.store.chain`); `<out>/.work/` may be deleted at any time.
Of older editions only files that their manifest lists, unchanged, are removed.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from gis.base.errors import UsageError
from gis.base.hashing import SHA256, SM3, of_file
from gis.store.chain import HISTORY, Link, chain, manifest_of, name_of, next_number
from gis.store.phrases import refusal
from gis.store.place import INDEX, WORK, clear, free_name
from gis.store.whole import write_text

MANIFEST = "manifest.json"
BUILDING, ASIDE = "building-", "-aside"


def stands(out: Path, edition: str) -> bool:
    """Tell whether `edition` is the newest link, stands whole and unchanged in `out`, and the index points at it."""
    links = chain(out)
    if not links or links[-1].edition != edition or links[-1].sha256 not in index_text(out):
        return False
    with suppress(OSError, ValueError):
        listed = _listed(out / edition, links)
        return bool(listed) and all(
            of_file(out / edition / name) == sha256 for name, sha256 in listed.items()
        )
    return False


def index_text(out: Path) -> str:
    """Read the page that points at the newest edition; nothing where it cannot be read."""
    try:
        return (out / INDEX).read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def publish(
    out: Path,
    edition: str,
    pages: Mapping[str, str],
    manifest: dict[str, Any],
    tables: Callable[[Path], None],
    index: Callable[[Link], str],
    *,
    sm3: bool = False,
) -> Path:
    """Write an edition under a temporary name, add its link, rename it, then point the index at it.

    Whoever calls it is the only writer of `out`.

    Parameters
    ----------
    pages
        File name → HTML, in the folder of the edition.
    tables
        Writes tables and quarantine files into the folder it is given.
    index
        Gives the page of `out`, which prints the newest link.
    sm3
        Note the hashes of the files and of the link before as SM3 too.

    Returns
    -------
    index
        The path of the page to open.

    Raises
    ------
    UsageError
        A file of the edition is open in another program.
    """
    links = chain(out)
    previous = links[-1].sha256 if links else None
    shown = _shown(out, links)
    with tempfile.TemporaryDirectory(dir=out / WORK, prefix=BUILDING) as folder:
        building = Path(folder) / edition
        building.mkdir()
        for name, page in pages.items():
            write_text(page, building / name)
        tables(building)
        chained = {**manifest, "link": next_number(links), "previous": previous, "files": _files(building)}
        if sm3:
            before = of_file(links[-1].path, SM3) if links else None
            chained[SM3] = {"previous": before, "files": _files(building, SM3)}
        text = json.dumps(chained, ensure_ascii=False, indent=1, default=str)
        write_text(text, building / MANIFEST)
        entry, scorecard = Path(folder) / name_of(chained["link"], edition), Path(folder) / INDEX
        link = Link(chained["link"], edition, of_file(building / MANIFEST), out / HISTORY / entry.name)
        write_text(text, entry)
        write_text(index(link), scorecard)
        try:
            _show(out, building, entry, scorecard)
        except PermissionError as error:
            raise refusal(UsageError, "edition_not_replaced", edition, found=str(error)) from None
    before = next((link.edition for link in reversed(links) if link.edition != edition), None)
    _forget(out, [*links, link], keep={edition, shown, before})
    return out / INDEX


def sweep(work: Path) -> None:
    """Remove what a run that was killed had half built; only for the one writer."""
    for half in work.glob(f"{BUILDING}*"):
        with suppress(OSError):
            clear(half)


def _show(out: Path, building: Path, entry: Path, page: Path) -> None:
    """Put link, edition and index in place, in this order: a stop between them breaks no link of the index.

    The same edition of before steps aside; `_forget` removes what is ours of it.
    """
    (out / HISTORY).mkdir(exist_ok=True)
    entry.rename(out / HISTORY / entry.name)
    place = out / building.name
    if place.exists() or place.is_symlink():
        place.rename(free_name(out, f"{place.name}{ASIDE}"))
    building.rename(place)
    page.replace(out / INDEX)


def _files(folder: Path, kind: str = SHA256) -> dict[str, str]:
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): of_file(path, kind) for path in paths}


def _listed(folder: Path, links: list[Link]) -> dict[str, str]:
    """Give the files and hashes that an edition's own manifest lists, none where it is no link of the history."""
    path = folder / MANIFEST
    known = not folder.is_symlink() and not path.is_symlink() and path.is_file()
    if not known or of_file(path) not in {link.sha256 for link in links}:
        return {}
    listed = manifest_of(path).get("files")
    return {str(name): str(sha256) for name, sha256 in listed.items()} if isinstance(listed, dict) else {}


def _shown(out: Path, links: list[Link]) -> str | None:
    """Name the edition that the index points at."""
    text = index_text(out)
    return next((link.edition for link in reversed(links) if link.edition in text), None)


def _forget(out: Path, links: list[Link], keep: set[str | None]) -> None:
    for edition in {link.edition for link in links}:
        for folder in (*([] if edition in keep else [out / edition]), *out.glob(f"{edition}{ASIDE}*")):
            with suppress(OSError):
                _remove(folder, links)


def _remove(folder: Path, links: list[Link]) -> None:
    """Remove the files of an edition that stand as its manifest lists them, and the folders left empty.

    The manifest goes last, so that a removal that was stopped is taken up again.
    """
    listed = _listed(folder, links)
    if not listed:
        return
    for top, folders, names in os.walk(folder, topdown=False):
        here = Path(top)
        for name in names:
            path = here / name
            if _same(path, listed.get(path.relative_to(folder).as_posix())):
                path.unlink()
        for name in folders:
            _rmdir(here / name)
    (folder / MANIFEST).unlink()
    _rmdir(folder)


def _same(path: Path, sha256: str | None) -> bool:
    return sha256 is not None and not path.is_symlink() and path.is_file() and of_file(path) == sha256


def _rmdir(folder: Path) -> None:
    with suppress(OSError):  # somebody's file is in it
        folder.rmdir()
