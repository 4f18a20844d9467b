"""Files, folders and patterns as given on a command line → the files to read."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from gis.base.address import is_address
from gis.base.errors import FileError
from gis.base.messages import listed
from gis.catalogue.files import natural
from gis.ingest.archive import data_sets, is_companion, is_database, refuse
from gis.ingest.readers import format_of
from gis.ingest.refusals import refusal

SIGNS = re.compile(r"[*?\[]")
PACKED = frozenset((".zip",))


class Files(NamedTuple):
    """The files to read, each once, and the names of those in a folder or a pattern that are none."""

    paths: list[Path]
    skipped: list[str]


def files_of(arguments: Sequence[Path | str]) -> Files:
    """Give the files that arguments stand for.

    Parameters
    ----------
    arguments
        Files, which are taken as they are; folders, which stand for all data in them and below; patterns
        (`*.shp`, `**/水质*.xlsx`), since the shells of Windows leave them as they are. A File Geodatabase
        is a file.

    Returns
    -------
    files
        In the order of the arguments, those of one as a person sorts them (2 before 10).

    Raises
    ------
    FileError
        An address, a file that is not there, a pattern or a folder with nothing to read in it.
    FormatError
        A file named by itself is in a format to be exported first.
    """
    paths: list[Path] = []
    skipped: list[str] = []
    for one in arguments:
        found, left = _expanded(one)
        paths += found
        skipped += left
    once: dict[str, Path] = {}
    for path in paths:
        once.setdefault(os.path.realpath(path), path)
    return Files(list(once.values()), list(dict.fromkeys(skipped)))


def _expanded(argument: Path | str) -> tuple[list[Path], list[str]]:
    path = Path(argument)
    if path.is_dir() and not is_database(path):
        return _readable(data_sets(path), str(argument), path)
    if is_address(path) or path.exists() or not SIGNS.search(str(argument)):
        refuse(path)
        return [path], []
    found = [Path(one) for one in glob.glob(str(argument), recursive=True)]  # noqa: PTH207  absolute ones too
    folders = [one for one in found if one.is_dir() and not is_database(one)]
    files = [one for one in found if one not in folders]
    inside = {found for folder in files if folder.is_dir() for found in folder.iterdir()}
    below = [one for folder in folders for one in data_sets(folder)]
    every = list(dict.fromkeys([*(one for one in files if one not in inside), *below]))
    return _readable(every, str(argument), Path())


def _readable(found: Sequence[Path], argument: str, folder: Path) -> tuple[list[Path], list[str]]:
    """Part what is read from what is not; lock files and hidden files of programs are not even named."""
    there = [one for one in found if not one.name.startswith(("~$", ".")) and not is_companion(one)]
    good = [one for one in there if one.suffix.lower() in PACKED or format_of(one) is not None]
    names = {one: one.relative_to(folder).as_posix() if folder.parts else one.as_posix() for one in there}
    left = [name for one, name in names.items() if one not in good]
    if not good:
        raise refusal(FileError, "nothing_readable", argument, found=listed(left, most=10))
    return sorted(good, key=lambda one: natural(one.as_posix())), left
