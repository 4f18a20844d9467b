"""File Geodatabases whose folder has lost its suffix: GDAL knows one only by the name."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from gis.ingest.model import Options, Raw
from gis.ingest.vector import layers_of, read_vector

SUFFIX = ".gdb"


def read_geodatabase(path: Path, options: Options) -> list[Raw]:
    """Read every layer of a File Geodatabase, as `read_vector` does.

    Parameters
    ----------
    path
        Its folder, with or without the suffix .gdb; nothing is written into it.
    """
    with _named(path) as database:
        return [
            replace(raw, path=path, rejects=raw.rejects.assign(source=f"{path.name}#{raw.part}"))
            for raw in read_vector(database, options)
        ]


def layers_of_geodatabase(path: Path) -> list[str]:
    """List the layers, as `layers_of` does."""
    with _named(path) as database:
        return layers_of(database)


@contextmanager
def _named(path: Path) -> Iterator[Path]:
    """Give the folder under a name with the suffix: itself, or links in a folder of ours, else a copy."""
    if path.suffix.lower() == SUFFIX:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        folder = Path(scratch) / f"{path.name}{SUFFIX}"
        folder.mkdir()
        for one in path.iterdir():
            if one.is_file() and one.suffix.lower() != ".lock":
                _linked(one, folder / one.name)
        yield folder


def _linked(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
