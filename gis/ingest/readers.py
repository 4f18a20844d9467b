"""The readers of files, one line each: a new format is a function and its line in `FORMATS`."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from gis.base.address import is_address
from gis.base.errors import FileError, FormatError
from gis.base.messages import listed
from gis.ingest.archive import EXPORT_INSTEAD, is_database, members, refuse
from gis.ingest.dxf import read_dxf
from gis.ingest.geodatabase import read_geodatabase
from gis.ingest.kml import read_kml, read_kmz
from gis.ingest.model import Options, Raw, finding
from gis.ingest.points import is_points, read_points
from gis.ingest.postgis import read_postgis
from gis.ingest.published import is_published
from gis.ingest.refusals import refusal
from gis.ingest.shapes import NEEDED
from gis.ingest.sheet import SHEET_SUFFIXES, read_sheet
from gis.ingest.vector import VECTOR_SUFFIXES, read_vector


class Format(NamedTuple):
    """A format that is read.

    Attributes
    ----------
    suffixes
        Of the file's name, lower case, without a .gz behind; `ADDRESS` of an address.
    read
        Gives a `Raw` for each sheet or layer as it stands.
    shapes
        It always holds shapes: of the members of a zip such a one goes before tables.
    is_one
        Whether a file with such a name is really one.
    """

    suffixes: frozenset[str]
    read: Callable[[Path, Options], list[Raw]]
    shapes: bool
    is_one: Callable[[Path], bool] = Path.is_file


def _is_points(path: Path) -> bool:
    return path.is_file() and is_points(path)


def _is_published(path: Path) -> bool:
    return path.name.lower().endswith(".gz") or (path.is_file() and is_published(path.read_bytes()))


def _read_points(path: Path, options: Options) -> list[Raw]:
    return [read_points(path, options)]


ADDRESS = "postgresql:"
FORMATS: tuple[Format, ...] = (
    Format(frozenset((ADDRESS,)), read_postgis, True, is_address),
    Format(frozenset((".gdb", "")), read_geodatabase, True, is_database),
    Format(frozenset((".txt",)), _read_points, True, _is_points),
    Format(frozenset((".dxf",)), read_dxf, True),
    Format(frozenset((".kml",)), read_kml, True),
    Format(frozenset((".kmz",)), read_kmz, True),
    Format(frozenset((".json",)), read_sheet, False, _is_published),
    Format(SHEET_SUFFIXES, read_sheet, False),
    Format(VECTOR_SUFFIXES - {".dbf"}, read_vector, True),
    Format(frozenset((".dbf",)), read_vector, False),
)


def format_of(path: Path) -> Format | None:
    """Give the format that the name and the first bytes of a file call for, or None."""
    suffix = ADDRESS if is_address(path) else Path(path.name.lower().removesuffix(".gz")).suffix
    if path.is_dir() and is_database(path):
        suffix = ".gdb"
    return next((one for one in FORMATS if suffix in one.suffixes and one.is_one(path)), None)


def raws_of(path: Path, options: Options) -> list[Raw]:
    """Read the parts of a file as they stand, with the reader that its name and first bytes call for.

    Parameters
    ----------
    path
        A file, a File Geodatabase (a folder, its suffix may be lost), a .zip of such (a zip in it is
        opened too), or the address of a table.
    options
        `part` selects a sheet, a layer, or a member of a zip by its name or stem.

    Raises
    ------
    FileError, FormatError, EncodingError
        The file cannot be read; the message says what to do.
    """
    refuse(path)
    if path.suffix.lower() == ".zip" and path.is_file():
        with unpacked(path, options) as (found, names, untaken):
            raws = [
                _renamed(raw, path, names[one])
                for one in found
                for raw in _member(one, names[one], path, options)
            ]
        return _told(raws, untaken) if raws else _nothing_in(path, names, options)
    known = format_of(path)
    return known.read(path, options) if known else read_vector(path, options)


@contextmanager
def unpacked(path: Path, options: Options) -> Iterator[tuple[list[Path], dict[Path, str], list[str]]]:
    """Unpack a zip for a while and choose the members that hold what is wanted.

    Returns
    -------
    chosen, names, untaken
        Files with shapes where there are any and the kind has shapes, else tables; the name of every
        member; the names of those not chosen.
    """
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        into = Path(scratch)
        found = members(path, into)
        names = {one: one.relative_to(into).as_posix() for one in found}
        chosen = _chosen(found, names, options)
        yield chosen, names, [names[one] for one in found if one not in chosen]


def _chosen(found: Sequence[Path], names: dict[Path, str], options: Options) -> list[Path]:
    formats = {one: form for one in found if (form := format_of(one)) is not None}
    if options.part is not None:
        named = [one for one in formats if options.part in (names[one], one.stem)]
        inside = [one for one in formats if options.part.startswith(f"{names[one]}/")]
        return named or inside or [one for one in formats if formats[one].read is read_geodatabase
                                   or one.suffix.lower() == ".gpkg"]  # fmt: skip
    shaped = [one for one, form in formats.items() if form.shapes]
    tables = [one for one, form in formats.items() if not form.shapes and not is_note(one)]
    wants_shapes = options.kind in NEEDED or options.kind == "features"
    return (shaped or tables) if wants_shapes else (tables or shaped)


def is_note(path: Path) -> bool:
    """Tell a text of sentences beside the data (说明.txt, readme.txt) from a table: its lines have no columns."""
    if path.suffix.lower() != ".txt":
        return False
    lines = [line for line in path.read_bytes()[:4096].replace(b"\0", b"").splitlines() if line.strip()]
    counts = [max(line.count(sign) for sign in (b",", b"\t", b";", b"|")) for line in lines]
    return len(lines) < 2 or sorted(counts)[len(counts) // 2] < 1  # noqa: PLR2004  a head and a row


def _member(path: Path, name: str, bundle: Path, options: Options) -> list[Raw]:
    part = options.part
    if part is not None:
        part = None if part in (name, path.stem) else part.removeprefix(f"{name}/")
    try:
        return raws_of(path, replace(options, part=part))
    except FileError as error:
        if error.file == path.name:
            error.file = f"{bundle.name}/{name}"
        raise


def _renamed(raw: Raw, path: Path, member: str) -> Raw:
    part = f"{member}/{raw.part}" if raw.part else member
    rejects = raw.rejects.assign(source=f"{path.name}#{part}")
    return replace(raw, path=path, part=part, rejects=rejects, title=raw.title)


def _told(raws: list[Raw], untaken: Sequence[str]) -> list[Raw]:
    if not untaken:
        return raws
    skipped = finding("member_skipped", names=listed(untaken))
    first = raws[0]
    return [replace(first, findings=(skipped, *first.findings)), *raws[1:]]


def _nothing_in(path: Path, names: dict[Path, str], options: Options) -> list[Raw]:
    held = listed(names.values())
    if options.part is not None:
        raise refusal(FileError, "zip_no_part", path, found=held, part=options.part)
    export = next((one for one in names if one.suffix.lower() in EXPORT_INSTEAD), None)
    if export is not None:
        fix = EXPORT_INSTEAD[export.suffix.lower()]
        raise refusal(FormatError, "zip_export", path, found=held, fix=fix, name=names[export])
    raise refusal(FileError, "zip_no_layer", path, found=held)
