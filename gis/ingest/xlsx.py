"""The parts of an .xlsx → the cells of its sheets in one pass, and what their looks say."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from xml.parsers import expat

from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900, from_excel, from_ISO8601

from gis.base.messages import Message
from gis.ingest.characters import visible
from gis.ingest.xlsx_parts import (
    DAMAGED,
    HELD_FREELY,
    MOST_BYTES,
    MOST_HELD,
    MOST_TIMES,
    TOO_LARGE,
    TOO_MUCH,
    Book,
    DamagedError,
    Limit,
    Styles,
    chunks_of,
    local,
    parse,
    plain_name,
    relations,
    unescaped,
)  # fmt: skip
from gis.ingest.xlsx_rows import OddError, Values, batches, plain_rows
from gis.ingest.xlsx_styles import as_raised, is_on, notes_of, styles_of, texts_of

MOST_PARTS, MOST_SHEETS = 20_000, 400
MOST_ROWS, MOST_COLUMNS = 2**20, 2**14  # of Excel itself
LONGEST_NUMBER, LONGEST_WHOLE = 300, 40
HELD_A_CELL = 40
_XML_BLANKS = " \t\r\n"
_PLACED = rb"\s(?:[^<>/]*?\s)??r=[^<>/]*+"  # without its place, what follows would move
_EMPTY = re.compile(rb"(?:<(?:\w+:)?c" + _PLACED + rb"(?:/>|>\s*+</(?:\w+:)?c>)\s*+)++")
_EMPTY_ROWS = re.compile(rb"(?:<(?:\w+:)?row" + _PLACED + rb"(?:/>|>\s*+</(?:\w+:)?row>)\s*+)++")
_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")
NO_BOOK = Message("压缩包里没有工作簿", "the archive holds no workbook")
MANY = Message("部件或工作表太多", "has too many parts or sheets")


Area = tuple[int, int, int, int]


@dataclass
class Sheet:
    """The cells of one sheet that hold something, and what stands beside them.

    Attributes
    ----------
    rows
        Row from 1 → (column from 1, value), as written.
    areas
        Merged areas: left, top, right, bottom, from 1.
    uncomputed
        Places of formulas whose result was not saved.
    hidden_rows, hidden_columns
        From 1; a filter hides rows too.
    struck
        Row → columns of the cells that are struck out.
    corrected
        Places of texts of which a part is struck out; `rows` holds the rest.
    unshown
        Places of numbers that their format shows as nothing; a zero among them is not in `rows`.
    notes
        Place → what a comment on it says.
    unstyled
        The styles of the workbook are no XML: dates, formats and what is struck out are not known.
    """

    name: str
    visible: bool = True
    rows: dict[int, list[tuple[int, Any]]] = field(default_factory=dict)
    areas: list[Area] = field(default_factory=list)
    uncomputed: list[str] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    struck: dict[int, list[int]] = field(default_factory=dict)
    corrected: list[str] = field(default_factory=list)
    unshown: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    unstyled: bool = False


def sheets_of(data: bytes, wanted: str | None = None) -> Iterator[Sheet]:
    """Read the sheets of an .xlsx one by one; of a hidden one the name only, unless it is the one wanted.

    Raises
    ------
    DamagedError
        No workbook, damaged, with XML entities, or past a limit.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            yield from _sheets(archive, len(data), wanted)
    except DAMAGED as error:
        raise DamagedError(Message("{why}", "{why}", why=str(error) or type(error).__name__)) from error


def _sheets(archive: zipfile.ZipFile, size: int, wanted: str | None) -> Iterator[Sheet]:
    names = archive.namelist()
    if len(names) > MOST_PARTS:
        raise DamagedError(MANY)
    held = min(MOST_HELD, HELD_FREELY + MOST_TIMES * size)
    book = Book(
        archive, {plain_name(name): name for name in names}, Limit(MOST_BYTES, TOO_LARGE), Limit(held, TOO_MUCH),
        [], Styles(), CALENDAR_WINDOWS_1900,
    )  # fmt: skip
    main = _main_part(book)
    listed, epoch = _listed(book, main)
    beside = relations(book, main)
    book = _with_texts_and_styles(book._replace(epoch=epoch), beside)
    if sum(state == "visible" for _, state, _ in listed) > MOST_SHEETS:
        raise DamagedError(MANY)
    for name, state, relation in listed:
        kind, part = beside.get(relation, ("", ""))
        if kind != "worksheet" or part not in book.parts:
            continue
        read = state == "visible" or name == wanted
        yield _cells(book, part, name) if read else Sheet(name, visible=False)


def _main_part(book: Book) -> str:
    found = relations(book, "")
    main = next((part for kind, part in found.values() if kind == "officedocument"), "xl/workbook.xml")
    if main not in book.parts:
        raise DamagedError(NO_BOOK)
    return main


def _listed(book: Book, main: str) -> tuple[list[tuple[str, str, str]], Any]:
    """Give name, state and relation of each sheet, and the day that dates count from."""
    found: list[tuple[str, str, str]] = []
    epochs = [CALENDAR_WINDOWS_1900]

    def start(tag: str, given: dict[str, str]) -> None:
        if local(tag) == "sheet":
            relation = next((value for key, value in given.items() if local(key) == "id"), "")
            found.append((given.get("name", ""), given.get("state", "visible"), relation))
        elif local(tag) == "workbookPr" and given.get("date1904", "0").lower() in ("1", "true", "on"):
            epochs.append(CALENDAR_MAC_1904)

    parse(chunks_of(book, main), start)
    return found, epochs[-1]


def _with_texts_and_styles(book: Book, beside: dict[str, tuple[str, str]]) -> Book:
    parts = {kind: part for kind, part in beside.values() if part in book.parts}
    texts = texts_of(book, parts["sharedstrings"]) if "sharedstrings" in parts else []
    try:
        styles = styles_of(book, parts["styles"]) if "styles" in parts else Styles()
    except expat.ExpatError:
        styles = Styles(broken=True)
    return book._replace(texts=texts, styles=styles)


class _Cells:
    """Takes the cells of a sheet as the parser meets them."""

    def __init__(self, book: Book, sheet: Sheet) -> None:
        self.book, self.sheet = book, sheet
        self.raised = ""
        self.may_strike = bool(book.styles.struck) or any(text.struck for text in book.texts)
        self.row = self.column = 0
        self.row_text = ""
        self.given: dict[str, str] = {}
        self.pieces: list[str] = []
        self.gone: list[str] = []  # what is struck out of a text that stands in the sheet itself
        self.inside = self.spoken = self.formula = self.hides_rows = self.strikes = False
        self.starts = {
            "c": self._cell, "v": self._text, "t": self._text, "f": self._formula, "row": self._row,
            "rPh": self._spoken, "mergeCell": self._merged, "col": self._columns, "sheetFormatPr": self._defaults,
            "r": self._run, "strike": self._strike, "vertAlign": self._align,
        }  # fmt: skip
        self.ends = {"c": self._value, "v": self._text_ends, "t": self._text_ends, "rPh": self._spoken_ends}

    def start(self, tag: str, given: dict[str, str]) -> None:
        """Begin an element."""
        if take := self.starts.get(tag) or (":" in tag and self.starts.get(local(tag))):
            take(given)

    def end(self, tag: str) -> None:
        """End an element."""
        if take := self.ends.get(tag) or (":" in tag and self.ends.get(local(tag))):
            take()

    def text(self, piece: str) -> None:
        """Take a piece of text."""
        if self.inside:
            place = self.gone if self.strikes else self.pieces
            place.append(as_raised(place, piece, self.raised))

    def _row(self, given: dict[str, str]) -> None:
        self.row = _within(int(float(given["r"])), MOST_ROWS) if "r" in given else self.row + 1
        self.column, self.row_text = 0, str(self.row)
        hidden = given.get("hidden")
        if (self.hides_rows if hidden is None else is_on(hidden)) or given.get("ht") == "0":
            self.sheet.hidden_rows.add(self.row)

    def _defaults(self, given: dict[str, str]) -> None:
        self.hides_rows = is_on(given.get("zeroHeight", "0"))

    def _columns(self, given: dict[str, str]) -> None:
        if is_on(given.get("hidden", "0")) or given.get("width") == "0":
            first, last = int(given.get("min", "1")), int(given.get("max", "1"))
            self.sheet.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))

    def _cell(self, given: dict[str, str]) -> None:
        self.given, self.formula, self.inside = given, False, False
        self.pieces, self.gone, self.strikes, self.raised = [], [], False, ""
        place = given.get("r")
        if place is None:
            self.column = _within(self.column + 1, MOST_COLUMNS)
        elif column := _COLUMNS.get(place.removesuffix(self.row_text)):
            self.column = column
        else:
            self.row, self.column = _place(place)

    def _text(self, _given: dict[str, str]) -> None:
        self.inside = not self.spoken

    def _run(self, _given: dict[str, str]) -> None:
        self.strikes, self.raised = False, ""

    def _align(self, given: dict[str, str]) -> None:
        self.raised = given.get("val", "")

    def _strike(self, given: dict[str, str]) -> None:
        self.strikes = is_on(given.get("val", "1"))

    def _text_ends(self) -> None:
        self.inside = False

    def _spoken(self, _given: dict[str, str]) -> None:
        self.spoken = True

    def _spoken_ends(self) -> None:
        self.spoken = False

    def _formula(self, _given: dict[str, str]) -> None:
        self.formula = True

    def _merged(self, given: dict[str, str]) -> None:
        if area := _area(given.get("ref", "")):
            self.sheet.areas.append(area)

    def _value(self) -> None:
        text = "".join(self.pieces).strip(_XML_BLANKS)
        struck = ""
        if self.gone and (gone := "".join(self.gone).strip(_XML_BLANKS)):
            text, struck = (text, "part") if text else (gone, "all")
        kind = self.given.get("t", "n")
        if not text:
            if self.formula and kind != "str":
                self.sheet.uncomputed.append(f"{letters(self.column)}{self.row}")
            return
        style = self.given.get("s", "0")
        value = _value(self.book, kind, text, style)
        if isinstance(value, str):
            if style in self.book.styles.shown and kind == "n" and not value:
                self.sheet.unshown.append(f"{letters(self.column)}{self.row}")
                value = _number(text) or ""
            if isinstance(value, str) and not value.strip():
                return
            self.book.held.take(len(text))
        if self.may_strike or struck:
            self._struck(self.book.texts[int(text)].struck if kind == "s" else struck, style)
        self.sheet.rows.setdefault(self.row, []).append((self.column, value))

    def plain(self, kind: str, text: str, style: str) -> Any:
        """Give the value of a cell that is neither struck out nor hidden by its format; None of an empty one."""
        text = text.strip(_XML_BLANKS)
        if not text:
            return None
        styles = self.book.styles
        if (
            style in styles.shown
            or style in styles.struck
            or (kind == "s" and self.book.texts[int(text)].struck)
        ):
            raise OddError
        value = _value(self.book, kind, text, style)
        self.book.held.take(len(text))
        return None if isinstance(value, str) and not value.strip() else value

    def _struck(self, struck: str, style: str) -> None:
        if struck == "part":
            self.sheet.corrected.append(f"{letters(self.column)}{self.row}")
        elif struck or style in self.book.styles.struck:
            self.sheet.struck.setdefault(self.row, []).append(self.column)


def _cells(book: Book, part: str, name: str) -> Sheet:
    sheet = Sheet(name, unstyled=book.styles.broken)
    taking = _Cells(book, sheet)
    parse(_in_bulk(taking, chunks_of(book, part)), taking.start, taking.end, taking.text)
    for kind, other in relations(book, part).values():
        if kind == "comments" and other in book.parts:
            sheet.notes.update(notes_of(book, other))
    return sheet


def _in_bulk(taking: _Cells, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Take plain rows in bulk and leave the rest to the parser."""
    values = Values(taking.plain)
    for batch, whole in batches(chunks):
        rows = plain_rows(batch, values, _BYTES_COLUMNS) if whole and not taking.hides_rows else None
        if rows is None:
            odd = _without_empty(batch)
            taking.book.held.take(len(odd))
            yield odd
            continue
        for row, cells in rows:
            taking.book.held.take(HELD_A_CELL * len(cells))
            if cells:
                taking.sheet.rows.setdefault(_within(row, MOST_ROWS), []).extend(cells)
            taking.row = row


def _value(book: Book, kind: str, text: str, style: str) -> Any:
    if kind == "n":
        number = _number(text)
        if isinstance(number, str):
            return number
        if style in book.styles.dates:
            return _dated(book, number, style)
        shown = book.styles.shown.get(style)
        text_shown = shown(number) if shown is not None else None
        return number if text_shown is None else text_shown
    if kind == "s":
        at = int(text)
        if at < 0:
            raise IndexError(text)
        return book.texts[at].shown
    if kind == "b":
        return text in ("1", "true")
    return _iso(text) if kind == "d" else visible(unescaped(text))


def _number(text: str) -> int | float | str:
    """Read a number as it is stored; one that no number can hold stays a text, and is read as none."""
    if len(text) > LONGEST_NUMBER:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    if text.lstrip("-").isdigit() and len(text) <= LONGEST_WHOLE:
        return int(text)
    return value if abs(value) < float("inf") and "_" not in text else text


def _dated(book: Book, number: float, style: str) -> Any:
    try:
        return from_excel(number, book.epoch, timedelta=style in book.styles.durations)
    except (OverflowError, ValueError):
        return number


def _iso(text: str) -> Any:
    try:
        return from_ISO8601(text)
    except (ValueError, TypeError, OverflowError):
        return text


def letters(column: int) -> str:
    """Name a column as Excel does: 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


_COLUMNS = {letters(at): at for at in range(1, MOST_COLUMNS + 1)}
_BYTES_COLUMNS = {name.encode(): at for name, at in _COLUMNS.items()}


def _place(text: str) -> tuple[int, int]:
    found = _PLACE.fullmatch(text)
    if found is None:
        raise ValueError(f"no cell is called {text[:20]}")
    return _within(int(found[2]), MOST_ROWS), _COLUMNS[found[1].upper()]


def _within(at: int, most: int) -> int:
    if not 1 <= at <= most:
        raise ValueError(f"no sheet has a row or column {at}")
    return at


def _area(text: str) -> Area | None:
    first, _, last = text.partition(":")
    try:
        (top, left), (bottom, right) = _place(first), _place(last or first)
    except ValueError:
        return None
    return min(left, right), min(top, bottom), max(left, right), max(top, bottom)


def _without_empty(batch: bytes) -> bytes:
    """Leave out cells that hold nothing: a sheet may be formatted a million rows beyond its table."""
    return batch if b"<![CDATA[" in batch else _EMPTY_ROWS.sub(b"", _EMPTY.sub(b"", batch))
