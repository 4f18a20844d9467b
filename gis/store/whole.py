"""A file appears whole or not at all: written under a temporary name beside its place, put there by one rename."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gis.base.errors import FileError, UsageError
from gis.base.messages import Message

SUFFIXES = (".csv", ".xlsx", ".gpkg", ".parquet", ".html")  # of the tables that are written


def atomically(path: Path, writer: Callable[[Path], object]) -> None:
    """Let `writer` fill a temporary name beside `path`, then put it in place by one rename.

    Raises
    ------
    UsageError
        The file that stands there is open in another program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".writing-") as folder:
        target = Path(folder) / path.name
        writer(target)
        try:
            target.replace(path)
        except PermissionError as error:
            raise UsageError(
                Message("文件无法替换", "the file cannot be replaced"),
                file=path.name,
                found=str(error),
                fix=Message(
                    "先在 Excel 或 QGIS 中关闭该文件，再运行一次", "close it in Excel or QGIS and run again"
                ),
            ) from None


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
    return FileError(
        Message("文件没有完整写出", "the file could not be written whole"),
        file=path.name,
        found=found,
        fix=Message(
            "检查磁盘空间和权限，再运行一次", "check the space on the disk and the rights, then run again"
        ),
    )
