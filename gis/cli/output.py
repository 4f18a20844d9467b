"""Where `-o` may write: never onto what the command reads, onto any other file only when somebody says so."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from gis.base.address import address_of, is_address
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.cli.phrases import refusal

OUTPUT, OWN = "output", frozenset(("output", "out", "layers"))
SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg", ".qpj", ".qix", ".sbn", ".sbx", ".shp.xml")
WILD = frozenset("*?[")
ANOTHER = Message("-o 另写一个文件名", "-o with another name")
Force = Annotated[bool, typer.Option("--force", help="Replace the file that -o names.")]


def require_writable(said: Mapping[str, Any], suffixes: tuple[str, ...], *, force: bool) -> None:
    """Refuse an output that is no file to write, or one that somebody would miss.

    Parameters
    ----------
    said
        The arguments of the command by name; whatever names a file there is read by it.
    suffixes
        Endings of what the command writes.
    force
        Another file that stands there may go; what the command reads never.

    Raises
    ------
    UsageError
        It is a folder, of another ending, read by the command, of the county's data, or stands already.
    """
    _require_no_secret(said)
    output = said.get(OUTPUT)
    if output is None:
        return
    if is_address(output):
        _require_free(output, said, force=force)
        return
    fix = Message("文件名以 {endings} 结尾", "a name that ends in {endings}", endings=", ".join(suffixes))
    if output.is_dir():
        raise refusal(UsageError, "output_is_folder", str(output), fix=fix)
    if output.suffix.lower() not in suffixes:
        raise refusal(UsageError, "output_format", fix=fix, name=output.name)
    if any(_is_read(output, path) for path in _read_paths(said)):
        raise refusal(UsageError, "output_is_input", str(output), fix=ANOTHER)
    if _is_of_county(output, said.get("layers")):
        raise refusal(UsageError, "output_is_data", str(output), fix=ANOTHER)
    if output.exists() and not force and not _agreed(output):
        raise refusal(UsageError, "output_exists", str(output))


def _require_no_secret(said: Mapping[str, Any]) -> None:
    """Refuse an address with a password, wherever it stands, and one where a folder must be."""
    for name, value in said.items():
        for text in filter(is_address, _texts(value)):
            address_of(text)
            if name in OWN - {OUTPUT}:
                raise refusal(UsageError, "folder_is_address", name=name)


def _require_free(output: Path, said: Mapping[str, Any], *, force: bool) -> None:
    """Refuse a table that the command reads, or that stands already."""
    from gis.store.postgis import stands

    read = [address_of(text) for name in said.keys() - OWN for text in filter(is_address, _texts(said[name]))]
    if address_of(output) in read:
        raise refusal(UsageError, "output_is_input", output.name, fix=ANOTHER)
    if stands(output) and not force and not _agreed(output):
        raise refusal(UsageError, "output_exists", output.name)


def _read_paths(said: Mapping[str, Any]) -> Iterator[Path]:
    """Give every path that an argument names and that is there: FILE, FILE:LAYER, FILE:LAYER=KIND, a glob."""
    for name, value in said.items():
        if name not in OWN:
            for text in _texts(value):
                for path in _paths_in(text):
                    yield from _parts(path)


def _texts(value: Any) -> list[str]:
    many = value if isinstance(value, (list, tuple)) else [value]
    return [str(one) for one in many if isinstance(one, (str, Path))]


def _paths_in(text: str) -> Iterator[Path]:
    named = text.rpartition("=")[0]
    for one in (text, named, text.rpartition(":")[0], named.rpartition(":")[0]):
        if one:
            path = Path(one)
            yield path
            if WILD & set(path.name):
                yield from path.parent.glob(path.name)


def _parts(path: Path) -> Iterable[Path]:
    """Give the files that a path stands for: a shapefile comes with its companions."""
    if path.suffix.lower() in SIDECARS:
        return [path, *(path.with_suffix(suffix) for suffix in SIDECARS)]
    return [path]


def _is_read(output: Path, path: Path) -> bool:
    """Tell whether the output is that file, a link to it, or lies in that folder (.gdb)."""
    from gis.store.place import lies_in

    try:
        if path.is_dir():
            return lies_in(output, path)
        return path.exists() and output.exists() and output.samefile(path)
    except (OSError, ValueError):
        return False


def _is_of_county(output: Path, layers: Path | None) -> bool:
    from gis.catalogue import load
    from gis.store.place import lies_in

    if layers is None or not lies_in(output, layers):
        return False
    if lies_in(output, layers / "data") or not (layers / "county.toml").exists():
        return True
    within = output.resolve().relative_to(layers.resolve())
    entries = load(layers, check_files=False).layers
    return any(within.match(pattern) for entry in entries for pattern in entry.files)


def _agreed(output: Path) -> bool:
    """Ask on a terminal; elsewhere nobody can answer."""
    if not _at_a_terminal():
        return False
    question = Message("{name} 已存在，替换它吗？", "{name} exists already; replace it?", name=output.name)
    return typer.confirm(str(question), err=True)


def _at_a_terminal() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()
