"""The files of a layer: found by name or glob, and never outside the county's folder."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from pathlib import Path, PurePosixPath, PureWindowsPath

from gis.base.address import is_address, name_in
from gis.base.errors import CatalogueError
from gis.base.messages import Message
from gis.catalogue.model import Catalogue, Layer
from gis.catalogue.phrases import refusal


def layer_files(layer: Layer, folder: Path) -> list[Path]:
    """Find the files of a layer, each once, sorted as a person sorts them (2 before 10).

    Parameters
    ----------
    layer
        `files` holds names or globs relative to `folder`, or addresses of tables.
    folder
        The county's folder (`layers/`).

    Returns
    -------
    paths
        Under `folder`, or addresses; empty where nothing matches. A File Geodatabase is one path.

    Raises
    ------
    CatalogueError
        A name or what it links to lies outside the folder, or is an address.
    """
    found: set[Path] = set()
    for pattern in layer.files:
        found.update(matches(pattern, folder))
    return sorted(found, key=lambda path: natural(name_in(path, folder)))


def matches(pattern: str, folder: Path) -> list[Path]:
    """Find what one name or glob of `files` stands for; the address of a table stands for itself.

    Raises
    ------
    CatalogueError
        The name leaves the folder (`..`, absolute, a link to elsewhere) or is an address.
    """
    if is_address(pattern):
        return [Path(pattern)]
    if reason := leaves_folder(pattern):
        raise refusal(CatalogueError, "leaves_folder", name=pattern, reason=reason)
    exact = folder / pattern
    try:
        paths = [exact] if exact.exists() or exact.is_symlink() else sorted(folder.glob(pattern))
    except ValueError as error:
        raise refusal(CatalogueError, "no_name", name=pattern, error=error) from None
    home = folder.resolve()
    for path in paths:
        parts = [path, *path.rglob("*")] if path.is_dir() else [path]
        if not all(part.resolve().is_relative_to(home) for part in parts):
            name = path.relative_to(folder).as_posix()
            raise refusal(CatalogueError, "links_outside", name=name, pattern=pattern)
    return [path for path in paths if path.exists()]


def leaves_folder(pattern: str) -> Message | None:
    """Say why a name of `files` may not be used, or None where it may."""
    if not PurePosixPath(pattern).parts:
        return Message("没有名字", "has no name")
    if "://" in pattern or pattern.lower().startswith(("/vsi", "http:", "https:", "ftp:")):
        return Message("是网址；只读文件夹里的文件", "is an address; only files of the folder are read")
    if PurePosixPath(pattern).is_absolute() or PureWindowsPath(pattern).drive or pattern.startswith("\\"):
        return Message("是绝对路径；只读文件夹里的文件", "is absolute; only files of the folder are read")
    if ".." in re.split(r"[\\/]", pattern):
        return Message("用“..”离开了文件夹", 'leaves the folder by ".."')
    if "\\" in pattern:
        return Message(r"含有“\”；文件夹之间写“/”", r'has a "\"; write "/" between folders')
    return None


def oldest_and_newest(
    catalogue: Catalogue, kind: str, withheld: Collection[str], day: dt.date
) -> list[Layer]:
    """Give the first and the last layer of a kind by date, up to a day; one alone stands for both."""
    dated = [(one.date or one.about.date or dt.date.min, one) for one in catalogue.of_kind(kind)]
    known = [(on, one) for on, one in dated if one.id not in withheld and on <= day]
    ordered = [one for _, one in sorted(known, key=lambda pair: pair[0])]
    return ordered if len(ordered) == 1 else [*ordered[:1], *ordered[-1:]]


def natural(name: str) -> list[tuple[int, str]]:
    """Give the key by which a person sorts names: 2 before 10."""
    parts = re.split(r"(\d+)", name)
    return [(int(part), "") if part.isascii() and part.isdigit() else (0, part) for part in parts]
