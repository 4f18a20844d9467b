"""Write a table by the suffix of its name: .csv, .xlsx, .gpkg, .parquet, packed .csv.zip; whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio
import xlsxwriter
from pyogrio.errors import DataLayerError, DataSourceError
from xlsxwriter.exceptions import XlsxFileError

from gis.base.address import is_address
from gis.base.columns import SHOWN, described, titles
from gis.base.errors import UsageError
from gis.base.messages import Message
from gis.base.tables import spoken
from gis.base.text import PACKED, in_cell
from gis.store import postgis
from gis.store.phrases import refusal
from gis.store.whole import SUFFIXES, atomically, not_whole, writing
from gis.store.workspace import storable

EXCEL_ROWS = 1_048_575
ROWS_AT_ONCE, LINE_END = 50_000, "\r\n"
FIELDS = Message("字段", "fields")
Frames = Mapping[str, pd.DataFrame]
PLAIN = ("float64", "int64", "Int64", "bool", "boolean")
FIRST_WIDE_LETTER = 0x2E80
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "nan_inf_to_errors": True}


def write(
    frame: pd.DataFrame,
    path: Path,
    *,
    title: str,
    stamps: Mapping[str, str] | None = None,
    sheets: Mapping[str, pd.DataFrame] | None = None,
) -> None:
    """Write `frame` to `path`; the format follows the suffix, an address is a table of a database.

    Parameters
    ----------
    frame
        Columns in the order to be written; a geometry becomes WKT in CSV and XLSX.
    title
        Name of the sheet or layer.
    stamps
        Notes that every row must carry (sample data, 内部资料): column → text.
    sheets
        Further sheets of an .xlsx by name; other formats leave them out. An .xlsx ends with a sheet
        that explains each column known by name.

    Raises
    ------
    UsageError
        The suffix is not one of `SUFFIXES`, or the table is too long for Excel.
    """
    stamped = frame.assign(**dict(stamps)) if stamps else frame
    if is_address(path):
        postgis.write_table(_spelled(stamped), path, title)
        return
    plain = path.with_suffix("") if path.suffix == PACKED else path
    writer = _WRITERS.get(plain.suffix.lower())
    if writer is None:
        raise refusal(UsageError, "no_such_format", name=path.name, endings=", ".join(SUFFIXES))
    further = {name: one.assign(**dict(stamps or {})) for name, one in (sheets or {}).items() if len(one)}
    frames = {title: stamped, **further}
    atomically(path, lambda target: writer(frames, target))


def flat(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a plain table: geometry as WKT, the rest as it is."""
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return pd.DataFrame(frame)
    name = frame.active_geometry_name
    wkt = frame.geometry.to_wkt(rounding_precision=8)
    return pd.DataFrame(frame.drop(columns=name)).assign(**{f"{name}_wkt": wkt})


def fields_of(names: Iterable[str], table: str = "computed") -> pd.DataFrame:
    """Explain columns: title in Chinese and English and unit of each that is canonical or computed.

    Where several tables have a column of a name, the words of `table` are taken. Columns of `shown.fields`.
    """
    known = [one for name in dict.fromkeys(names) if (one := described(name, table)).zh != name]
    rows = [(one.name, one.zh, one.en, one.unit or None) for one in known]
    return pd.DataFrame(rows, columns=list(SHOWN["fields"]), dtype="str")


def _csv(frames: Frames, target: Path) -> None:
    """Write as `DataFrame.to_csv` does, each distinct cell spelled out once."""
    plain = spoken(storable(flat(next(iter(frames.values())))))
    columns = [_coded(plain.iloc[:, at]) for at in range(len(plain.columns))]
    columns[-1:] = [_ending(*one, alone=len(columns) == 1) for one in columns[-1:]]
    head = ",".join(_quoted(in_cell(name)) for name in plain.columns)
    with target.open("wb") as sink:
        sink.write(f"{head}{LINE_END}".encode("utf-8-sig"))
        for start in range(0, len(plain), ROWS_AT_ONCE):
            cells = [texts.take(codes[start : start + ROWS_AT_ONCE]) for codes, texts in columns]
            sink.write(_lines(cells))


def _lines(columns: Sequence[pa.Array]) -> pa.Buffer:
    """Put the cells of a row together to a line, the line end being that of the last cell."""
    comma = pa.scalar(",", pa.large_string())
    lines = pc.binary_join_element_wise(*columns, comma, null_handling="replace", null_replacement="")
    (_, offsets, texts), first = lines.buffers(), lines.offset
    bounds = np.frombuffer(offsets, np.int64)
    return texts[bounds[first] : bounds[first + len(lines)]]


def _ending(codes: pa.Array, texts: pa.Array, *, alone: bool) -> tuple[pa.Array, pa.Array]:
    """Put the line end behind each text of the last column; an empty one that stands alone is quoted.

    A line of one empty cell would else be an empty line.
    """
    nothing = '""' if alone else ""
    ended = [f"{text or nothing}{LINE_END}" for text in [*texts.to_pylist(), ""]]
    return pc.fill_null(codes, len(texts)), pa.array(ended, pa.large_string())


def _coded(column: pd.Series) -> tuple[pa.Array, pa.Array]:
    """Give the place of each cell among the distinct ones, and these as they are written."""
    codes, distinct = pd.factorize(column)
    if column.dtype == "str":
        texts = [_quoted(in_cell(text)) for text in distinct]
    elif column.dtype in PLAIN:
        texts = [str(value) for value in distinct.tolist()]
    else:
        written = pd.Series(distinct).to_frame().to_csv(header=False, index=False, lineterminator="\n")
        texts = written.splitlines()
    places = pa.array(codes.astype(np.int32), mask=codes < 0)
    return places, pa.array(texts, pa.large_string())


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def _parquet(frames: Frames, target: Path) -> None:
    spoken(storable(next(iter(frames.values())))).to_parquet(target, index=False)


def _spelled(frame: pd.DataFrame) -> pd.DataFrame:
    """Give a table with its codes in words, and its geometry as one."""
    plain = spoken(storable(frame))
    if not isinstance(frame, gpd.GeoDataFrame) or frame.active_geometry_name is None:
        return plain
    return gpd.GeoDataFrame(plain, geometry=frame.active_geometry_name, crs=frame.crs)


def _gpkg(frames: Frames, target: Path) -> None:
    title, frame = next(iter(frames.items()))
    placed = _spelled(frame)
    if not isinstance(placed, gpd.GeoDataFrame):
        raise refusal(UsageError, "no_geometry", target.name)
    with writing(target, DataSourceError, DataLayerError):
        placed.to_file(target, layer=title, driver="GPKG", engine="pyogrio")
        there = pyogrio.read_info(target, layer=title, force_feature_count=True)["features"]
    if there != len(frame):
        raise not_whole(target, f"{there:,} / {len(frame):,}")


def require_room(frames: Iterable[pd.DataFrame], most: int, path: Path, fix: Message) -> None:
    """Refuse tables of which one has more rows than a sheet of Excel takes."""
    longest = max(len(frame) for frame in frames)
    if longest > most:
        raise refusal(UsageError, "too_many_rows", path.name, fix=fix, n=longest)


def _xlsx(frames: Frames, target: Path) -> None:
    require_room(
        frames.values(), EXCEL_ROWS, target, Message("改写 .parquet 或 .csv", "write .parquet or .csv")
    )
    title = next(iter(frames))
    known = fields_of(str(name) for frame in frames.values() for name in frame.columns)
    fields = known.rename(columns=titles("fields"))
    with writing(target, XlsxFileError), xlsxwriter.Workbook(target, OPTIONS) as book:
        book.set_properties({"title": title})
        for name, frame in {**frames, str(FIELDS): fields}.items():
            if len(frame) or name == title:
                _sheet(book, name, spoken(storable(flat(frame))))


def _sheet(book: xlsxwriter.Workbook, title: str, plain: pd.DataFrame) -> None:
    sheet = book.add_worksheet(_sheet_name(title))
    head = book.add_format({"bold": True, "bg_color": "#EEF2F5", "bottom": 1})
    dates = book.add_format({"num_format": "yyyy-mm-dd"})
    times = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for position, name in enumerate(plain.columns):
        sheet.write_string(0, position, name, head)
        values = plain[name]
        form = _date_format(values, dates, times)
        sheet.set_column(position, position, _width(name, values), form)
        for row, value in enumerate(_cells(values), start=1):
            if value is not None:
                sheet.write(row, position, value, form)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(len(plain), 1), max(len(plain.columns) - 1, 0))
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.repeat_rows(0)
    sheet.set_footer("&L" + title.replace("&", "&&") + "&R&P / &N")


def _cells(values: pd.Series) -> list[object]:
    if values.dtype.kind == "M":
        return [None if pd.isna(one) else one.to_pydatetime() for one in values]
    plain = [one.item() if hasattr(one, "item") else one for one in values.tolist()]
    return [one if known else None for one, known in zip(plain, values.notna(), strict=True)]


def _date_format(values: pd.Series, dates: object, times: object) -> object | None:
    if values.dtype.kind != "M":
        return None
    found = values.dropna()
    return dates if (found == found.dt.normalize()).all() else times


def _width(name: str, values: pd.Series) -> float:
    letters = values.dropna().head(200).map(lambda value: letters_of(str(value)))
    return float(min(max([letters_of(name), *letters]) + 3, 48))


def letters_of(text: str) -> int:
    """Give the width of a text, a Chinese letter two wide."""
    return sum(2 if ord(letter) > FIRST_WIDE_LETTER else 1 for letter in text)


def _sheet_name(title: str) -> str:
    return "".join("_" if letter in "[]:*?/\\'" else letter for letter in title)[:31] or "table"


_WRITERS: dict[str, Callable[[Frames, Path], None]] = {
    ".csv": _csv,
    ".xlsx": _xlsx,
    ".gpkg": _gpkg,
    ".parquet": _parquet,
}
