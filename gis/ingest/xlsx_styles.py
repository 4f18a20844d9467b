"""Texts, styles and comments of an .xlsx: what is struck out, raised, a date, or shown by its format."""

from __future__ import annotations

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from gis.ingest.characters import beside, visible
from gis.ingest.number_formats import shown_by
from gis.ingest.xlsx_parts import Book, Styles, Text, chunks_of, counted, local, parse, unescaped

MOST_NOTES, LONGEST_FORMAT = 1000, 300


def texts_of(book: Book, part: str) -> list[Text]:
    """Read the texts of the workbook; of one that is struck out in part, the rest."""
    found: list[Text] = []
    runs: list[str] = []
    gone: list[str] = []
    spoken, inside, struck, raised = [False], [False], [False], [""]

    def start(tag: str, given: dict[str, str]) -> None:
        name = local(tag)
        spoken[0] = spoken[0] or name == "rPh"
        inside[0] = name == "t"
        if name in ("r", "si", "rPh"):
            struck[0], raised[0] = False, ""
        elif name == "vertAlign":
            raised[0] = given.get("val", "")
        elif name in ("strike", "dstrike"):
            struck[0] = is_on(given.get("val", "1"))

    def end(tag: str) -> None:
        name = local(tag)
        inside[0] = False
        if name == "rPh":
            spoken[0] = False
        elif name == "si":
            found.append(_whole("".join(runs), "".join(gone)))
            runs.clear()
            gone.clear()

    def text(piece: str) -> None:
        if inside[0] and not spoken[0]:
            place = gone if struck[0] else runs
            place.append(as_raised(place, piece, raised[0]))

    parse(counted(chunks_of(book, part), book.held), start, end, text)
    return found


def _whole(rest: str, gone: str) -> Text:
    shown = visible(unescaped(rest))
    if gone and not shown.strip():
        return Text(visible(unescaped(gone)), "all")
    return Text(shown, "part" if gone.strip() else "")


def as_raised(before: list[str], piece: str, how: str) -> str:
    """Write digits raised or lowered behind a digit as such signs."""
    if how not in ("superscript", "subscript"):
        return piece
    return beside("".join(before), piece, lowered=how == "subscript")


def is_on(text: str) -> bool:
    """Read a yes or no of Open XML."""
    return text.strip().lower() not in ("0", "false", "off")


def styles_of(book: Book, part: str) -> Styles:
    """Find what the styles of cells mean."""
    formats: dict[str, str] = {str(at): code for at, code in BUILTIN_FORMATS.items()}
    used: list[tuple[str, str]] = []
    fonts: list[bool] = []
    within = [""]

    def start(tag: str, given: dict[str, str]) -> None:
        name = local(tag)
        if name in ("cellXfs", "cellStyleXfs", "fonts", "dxfs"):
            within[0] = name
        elif name == "numFmt" and within[0] != "dxfs":
            formats[given.get("numFmtId", "")] = given.get("formatCode", "")
        elif name == "font" and within[0] == "fonts":
            fonts.append(False)
        elif name == "strike" and within[0] == "fonts" and fonts:
            fonts[-1] = is_on(given.get("val", "1"))
        elif name == "xf" and within[0] == "cellXfs":
            used.append((given.get("numFmtId", "0"), given.get("fontId", "0")))

    parse(counted(chunks_of(book, part), book.held), start)
    dated = {at for at, code in formats.items() if code and is_date_format(code[:LONGEST_FORMAT])}
    lasting = {at for at in dated if is_timedelta_format(formats[at][:LONGEST_FORMAT])}
    shown = {at: by for at, code in formats.items() if at not in dated and (by := shown_by(code)) is not None}
    struck = {str(at) for at, is_struck in enumerate(fonts) if is_struck}
    return Styles(
        frozenset(str(at) for at, (form, _) in enumerate(used) if form in dated),
        frozenset(str(at) for at, (form, _) in enumerate(used) if form in lasting),
        {str(at): shown[form] for at, (form, _) in enumerate(used) if form in shown},
        frozenset(str(at) for at, (_, font) in enumerate(used) if font in struck),
    )


def notes_of(book: Book, part: str) -> dict[str, str]:
    """Give the comments of a sheet by the place they stand on."""
    found: dict[str, str] = {}
    place, inside = [""], [False]

    def start(tag: str, given: dict[str, str]) -> None:
        name = local(tag)
        if name == "comment":
            place[0] = given.get("ref", "")
        inside[0] = name == "t" and len(found) < MOST_NOTES

    def end(_tag: str) -> None:
        inside[0] = False

    def text(piece: str) -> None:
        if inside[0]:
            found[place[0]] = found.get(place[0], "") + piece

    parse(counted(chunks_of(book, part), book.held), start, end, text)
    return {at: visible(note).strip() for at, note in found.items()}
