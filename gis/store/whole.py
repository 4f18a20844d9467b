"""A file appears whole or not at all: written under a temporary name beside its place, put there by one rename."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.base.errors import FileError, UsageError
from gis.base.messages import Message
from gis.base.text import PACKED
from gis.store.phrases import phrase, refusal

SUFFIXES = (".csv", ".xlsx", ".gpkg", ".parquet", ".html")  # of the tables that are written
TRIES, PAUSE, MOST_BESIDE = 3, 0.1, 100
LONGEST, EXTENDED = 200, "\\\\?\\"  # a name of a temporary folder comes on top


def atomically(path: Path, writer: Callable[[Path], object]) -> None:
    """Let `writer` fill a temporary name beside `path`, then put it in place by one rename; `.zip` holds what it wrote.

    A file that another program holds is tried again for a moment; a table that stays held is left beside it under
    another name, so that nothing has to be worked out twice.

    Raises
    ------
    UsageError
        The file that stands there is open in another program; it names what was written beside.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=reachable(path.parent), prefix=".writing-", ignore_cleanup_errors=True
    ) as folder:
        target = Path(folder) / path.name
        if path.suffix == PACKED:
            writer(target.with_suffix(""))
            _pack(target.with_suffix(""), target)
        else:
            writer(target)
        try:
            _put(target, reachable(path))
        except PermissionError as error:
            raise _held(path, error, _beside(target, path)) from None


def _pack(plain: Path, target: Path) -> None:
    """Pack a file without its hour, so that equal files are equal packed."""
    told = zipfile.ZipInfo(plain.name)
    told.compress_type = zipfile.ZIP_DEFLATED
    with (
        zipfile.ZipFile(target, "w") as pack,
        plain.open("rb") as source,
        pack.open(told, "w", force_zip64=True) as sink,
    ):
        shutil.copyfileobj(source, sink)


def reachable(path: Path, *, windows: bool = os.name == "nt") -> Path:
    """Give a path as Windows takes it beyond 260 signs, a share's too; a short one, and elsewhere, as it is."""
    text = str(path) if not windows or path.drive else str(path.absolute())
    if not windows or len(text) < LONGEST or text.startswith(EXTENDED):
        return path
    return type(path)(f"{EXTENDED}UNC\\{text[2:]}" if text.startswith("\\\\") else f"{EXTENDED}{text}")


def _put(target: Path, path: Path) -> None:
    for _ in range(TRIES):
        try:
            target.replace(path)
        except PermissionError:  # a virus scanner or an indexer holds it for a moment
            time.sleep(PAUSE)
        else:
            return
    target.replace(path)


def _beside(target: Path, path: Path) -> Path | None:
    """Put a table beside the file that is held, under a name that is free; None where that is not to be had."""
    if path.suffix.lower() not in SUFFIXES or not path.is_file():
        return None
    names = (path.with_name(f"{path.stem}-{at}{path.suffix}") for at in range(2, MOST_BESIDE))
    free = next((one for one in names if not one.exists()), None)
    if free is None:
        return None
    try:
        target.replace(reachable(free))
    except OSError:
        return None
    return free


def _held(path: Path, error: PermissionError, beside: Path | None) -> UsageError:
    close = Message("先在 Excel 或 QGIS 中关闭该文件，再运行一次", "close it in Excel or QGIS and run again")
    there = phrase("written_beside", name=beside.name if beside else "", close=close)
    return refusal(
        UsageError, "file_not_replaced", path.name, found=str(error), fix=close if beside is None else there
    )


def write_text(text: str, path: Path) -> None:
    """Write a page or a manifest as UTF-8, whole or not at all."""
    atomically(path, lambda target: target.write_bytes(text.encode("utf-8")))


@contextmanager
def writing(path: Path, *faults: type[Exception]) -> Iterator[None]:
    """Turn what a library says of a full disk into an error that a person can mend.

    Raises
    ------
    FileError
        The library could not write the file.
    """
    try:
        yield
    except faults as error:
        raise not_whole(path, str(error)) from error


def not_whole(path: Path, found: str) -> FileError:
    """Give the error for a file that did not come onto the disk whole."""
    return refusal(FileError, "file_not_whole", path.name, found=found)
