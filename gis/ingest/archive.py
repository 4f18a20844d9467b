"""Zip files from offices, and formats that must be exported first."""

from __future__ import annotations

import re
import shutil
import zipfile
import zlib
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from gis.base.address import address_of, is_address
from gis.base.errors import EncodingError, FileError, FormatError
from gis.base.messages import Message
from gis.base.package_files import toml_of
from gis.base.text import in_file_name
from gis.ingest.encoding import text_encoding
from gis.ingest.guard import CATALOGUE, check_place
from gis.ingest.refusals import refusal

UNPACKABLE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError,
)  # fmt: skip
MAX_BYTES, MAX_MEMBERS = 4 * 2**30, 20_000
LEAST_BYTES, MAX_RATIO = 2**28, 200  # texts and tables of offices pack to a tenth, at most to a hundredth
UTF8_FLAG = 0x800
ENCRYPTED_FLAG = 0x1
UNIX_LINK, UNIX_TYPE = 0o120000, 0o170000
VECTOR = Message("GeoPackage（.gpkg）或带 .prj 的 Shapefile", "GeoPackage (.gpkg) or Shapefile with its .prj")
EXPORT_INSTEAD = {
    suffix: Message(form["zh"], form["en"], vector=VECTOR)
    for form in toml_of("catalogue/exports.toml")["format"]
    for suffix in form["suffixes"]
}
GIVE_FILES = Message("自行解压后给出文件", "unpack it yourself and give the files")
SIDECARS = frozenset(
    (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".fix", ".xml", ".tfw", ".ovr", ".aux",
     ".gpkg-wal", ".gpkg-shm", ".gpkg-journal")
)  # fmt: skip
LEFTOVERS = ("__MACOSX/", ".DS_Store", "Thumbs.db")
DEEPEST = 3
_OF_DATABASE = re.compile(r"(?:a[0-9a-f]{8}\..+|gdb|timestamps)", re.IGNORECASE)


def refuse(path: Path | str) -> None:
    """Refuse addresses and formats that are not read here; return quietly for all others.

    Raises
    ------
    UsageError
        An address of a database that holds a password, or is not of the form.
    FileError
        An address of the web, a GDAL virtual name (`/vsi…`), a file that is not there, or no file: a pipe, a
        device, a folder that is no File Geodatabase.
    FormatError
        A format to be exported first; the fix says to what.
    """
    if is_address(path):
        address_of(path)
        return
    name = str(path)
    posix = name.replace("\\", "/")
    if "://" in posix or posix.lower().startswith(("/vsi", "http:/", "https:/", "ftp:/", "s3:/")):
        raise refusal(FileError, "address", name)
    suffix = Path(name).suffix.lower()
    if suffix in EXPORT_INSTEAD:
        raise refusal(
            FormatError, "format_not_read", Path(name).name, fix=EXPORT_INSTEAD[suffix], suffix=suffix
        )
    if not Path(name).exists():
        raise refusal(FileError, "no_such_file", name)
    check_place(Path(name))


def members(path: Path, into: Path) -> list[Path]:
    """Unpack a zip and give the data sets in it; names in GBK are read as they were written.

    Parameters
    ----------
    path
        The zip.
    into
        An empty folder of ours; nothing is written outside it.

    Returns
    -------
    paths
        Data sets under `into`, sorted by name: a File Geodatabase is one path, the companions of a
        Shapefile (.dbf, .prj …) and office leftovers are not listed. A zip in the zip is opened too:
        its members stand in a folder of its name.

    Raises
    ------
    FileError
        Not a zip, a password, a member that leaves the folder, zips in zips in zips, or more than 4 GiB,
        200 times its own size, or 20,000 members, those of inner zips among them.
    """
    most = min(MAX_BYTES, max(LEAST_BYTES, MAX_RATIO * path.stat().st_size))
    left = _unpack(path, path.name, into, (MAX_MEMBERS, most))
    for depth in range(1, DEEPEST + 1):
        inner = sorted(one for one in into.rglob("*") if one.is_file() and one.suffix.lower() == ".zip")
        if inner and depth == DEEPEST:
            deepest = inner[0].relative_to(into).as_posix()
            raise refusal(FileError, "zip_nested", path, found=deepest, fix=GIVE_FILES)
        for one in inner:
            packed = one.rename(one.with_name(f"{one.name}.packed"))
            left = _unpack(packed, f"{path.name}/{one.relative_to(into).as_posix()}", one, left)
            packed.unlink()
    for folder in [into, *(one for one in into.rglob("*") if one.is_dir())]:
        _suffixed(folder, path.stem if folder == into else folder.name)
    return data_sets(into)


def _unpack(path: Path, shown: str, into: Path, left: tuple[int, int]) -> tuple[int, int]:
    """Unpack one zip into a folder and give how many members and bytes may still come."""
    try:
        with zipfile.ZipFile(path) as bundle:
            infos = [info for info in bundle.infolist() if not _leftover(info.filename)]
            names = _names(shown, infos)
            left = _check(shown, infos, names, left)
            for info, name in zip(infos, names, strict=True):
                if not info.is_dir():
                    _extract(bundle, info, into / _inside(name))
    except UNPACKABLE as error:
        raise refusal(FileError, "zip_damaged", shown, found=str(error)) from error
    return left


def _suffixed(folder: Path, name: str) -> None:
    """Give the tables of a File Geodatabase that lost its folder or its suffix a folder with one."""
    if not (folder / CATALOGUE).is_file() or folder.suffix.lower() == ".gdb":
        return
    tables = [one for one in folder.iterdir() if one.is_file() and _OF_DATABASE.fullmatch(one.name)]
    database = folder / f"{in_file_name(name)}.gdb"
    database.mkdir()
    for one in tables:
        one.rename(database / one.name)


def data_sets(folder: Path) -> list[Path]:
    """List the data sets below a folder: files without their companions, a `.gdb` folder as one."""
    databases = sorted(found for found in folder.rglob("*") if is_database(found))
    inside = set(databases)
    files = [
        found
        for found in folder.rglob("*")
        if found.is_file() and not inside & set(found.parents) and not is_companion(found)
    ]
    return sorted((*databases, *files), key=lambda found: found.relative_to(folder).as_posix())


def is_database(folder: Path) -> bool:
    """Tell whether a folder is a File Geodatabase, by its suffix or by its first table."""
    return folder.is_dir() and (folder.suffix.lower() == ".gdb" or (folder / CATALOGUE).is_file())


def is_companion(file: Path) -> bool:
    """Tell a file that belongs to another data set: .dbf, .prj … of a Shapefile, world files."""
    suffix = file.suffix.lower()
    if suffix == ".dbf":
        return any(file.with_suffix(other).exists() for other in (".shp", ".SHP", ".Shp"))
    return suffix in SIDECARS


def _leftover(name: str) -> bool:
    return any(mark in name for mark in LEFTOVERS) or PurePosixPath(name).name.startswith("._")


def _names(shown: str, infos: list[zipfile.ZipInfo]) -> list[str]:
    raw = [_raw_name(info) for info in infos]
    untold = b"\n".join(name for name in raw if isinstance(name, bytes))
    try:
        codec = text_encoding(untold, shown)[0]
    except EncodingError as error:
        raise refusal(FileError, "zip_names", shown) from error
    return [name.decode(codec) if isinstance(name, bytes) else name for name in raw]


def _raw_name(info: zipfile.ZipInfo) -> str | bytes:
    if info.flag_bits & UTF8_FLAG:
        return info.filename
    try:
        return info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename


def _check(
    shown: str, infos: list[zipfile.ZipInfo], names: list[str], left: tuple[int, int]
) -> tuple[int, int]:
    total = sum(info.file_size for info in infos)
    if len(infos) > left[0] or total > left[1]:
        sizes: dict[str, Any] = {
            "members": left[0], "size": left[1] / 2**30, "many": len(infos), "gib": total / 2**30,
        }  # fmt: skip
        raise refusal(FileError, "zip_too_large", shown, fix=GIVE_FILES, **sizes)
    for info, name in zip(infos, names, strict=True):
        if _escapes(name) or (info.external_attr >> 16) & UNIX_TYPE == UNIX_LINK:
            raise refusal(FileError, "zip_escapes", shown, found=name)
        if info.flag_bits & ENCRYPTED_FLAG:
            raise refusal(FileError, "zip_password", shown, found=name, fix=GIVE_FILES)
    return left[0] - len(infos), left[1] - total


def _escapes(name: str) -> bool:
    posix = name.replace("\\", "/")
    return ".." in posix.split("/") or posix.startswith("/") or bool(PureWindowsPath(name).drive)


def _inside(name: str) -> Path:
    return Path(*(_safe(PurePosixPath(part)) for part in PurePosixPath(name.replace("\\", "/")).parts))


def _safe(part: PurePosixPath) -> str:
    suffix = part.suffix
    return in_file_name(part.stem) + (f".{in_file_name(suffix[1:])}" if suffix else "")


def _extract(bundle: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with bundle.open(info) as source, target.open("wb") as sink:
        shutil.copyfileobj(source, sink, 2**20)
