"""Every table of the console, and of a workbook, is read back: a cell says what its frame has under that head."""

from typing import Any

import pandas as pd
import pytest

from gis.base.calendar import period_words
from gis.base.columns import described
from gis.base.messages import LANGUAGES, shown, speaking
from gis.base.stored_words import words_of
from gis.base.units import unit_words
from gis.cli import console
from gis.desk import wording

COMMANDS = {
    "area": lambda files: ("land", "area", files["rectangle"]),
    "classes": lambda files: ("water", "classify", files["records"], "--sections", files["sections"]),
    "months": lambda files: ("water", "assess", files["records"], "--sections", files["sections"]),
    "aqi": lambda files: ("air", "aqi", files["days"]),
    "compare": lambda files: (
        "land",
        "compare",
        files["editions"][0],
        files["editions"][1],
        "--towns",
        files["towns"],
    ),
}
NUMERALS = ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅴ", "劣Ⅴ", ">Ⅴ")


@pytest.fixture
def files(rectangle, records, sections, days, editions, towns) -> dict[str, Any]:
    return {
        "rectangle": rectangle, "records": records, "sections": sections, "days": days, "editions": editions,
        "towns": towns,
    }  # fmt: skip


@pytest.fixture
def printed(monkeypatch) -> list[tuple[pd.DataFrame, dict[str, list[str]]]]:
    """Keep each table that is printed with the cells printed of it."""
    kept: list[tuple[pd.DataFrame, dict[str, list[str]]]] = []
    columns, block = console._columns, console._print_block

    def read(table, most):
        kept.append((pd.DataFrame(table), {}))
        return columns(table, most)

    def write(title, cells, numbers, names):
        kept[-1][1].update({name: list(cells[name]) for name in names})
        block(title, cells, numbers, names)

    monkeypatch.setattr(console, "_columns", read)
    monkeypatch.setattr(console, "_print_block", write)
    return kept


def wrong(kept: list[tuple[pd.DataFrame, dict[str, list[str]]]]) -> list[str]:
    return [
        f"{name}: {cell} is {value}"
        for frame, cells in kept
        for name, told in cells.items()
        for cell, value in zip(told, frame[name], strict=False)
        if not _says(cell, value, name)
    ]


def _says(cell: str, value: Any, name: str) -> bool:
    if pd.isna(value):
        return cell == "–"
    if type(value).__name__ in wording.BOOLEANS:
        return cell in (("是", "yes") if bool(value) else ("否", "no"))
    if name in wording.CLASSES:
        return cell in (NUMERALS[int(value) - 1], NUMERALS[-1] if int(value) == len(NUMERALS) - 1 else "")
    if isinstance(value, int | float):
        cell, share, _ = cell.replace(",", "").partition(" %")
        value = 100 * value if share else value
        return abs(float(cell) - value) <= 0.5 * 10.0 ** -len(cell.partition(".")[2]) + 1e-9
    if isinstance(value, pd.Timestamp):
        return cell.startswith(f"{value:%Y-%m-%d}")
    text = str(value)
    told = {text, *words_of(name, "alerts" if name == "kind" else "").get(text, ()), *unit_words(text)}
    told |= {str(shown(text, language)) for language in LANGUAGES}
    return cell in told | ({period_words(text)[0]} if name == "period" else set()) | {_in_english(name, text)}


def _in_english(name: str, text: str) -> str:
    with speaking("en"):
        return str(wording.word(name, text))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("command", COMMANDS)
def test_every_cell_of_a_console_is_that_of_its_frame(gis, files, printed, command, language):
    result = gis("--lang", language, *COMMANDS[command](files), "-v")
    assert result.exit_code in (0, 1), result.output
    assert printed
    assert wrong(printed) == []
    with speaking(language):
        for name in {name for _, cells in printed for name in cells}:
            assert wording.head(name) == (described(name).zh if language == "zh" else name)


def test_a_wrong_cell_of_a_console_is_found(gis, files, printed, monkeypatch):
    true = console._cell
    monkeypatch.setattr(
        console,
        "_cell",
        lambda column, value: true(column, value + 1 if column == "area_legal_mu" else value),
    )
    gis("land", "area", files["rectangle"], "-v")
    assert wrong(printed)


@pytest.mark.parametrize(
    "command", [one for one in COMMANDS if one != "compare"]
)  # test_compare_read_back.py
def test_a_workbook_has_the_cells_of_the_table_and_explains_each_head(gis, files, command):
    words = COMMANDS[command](files)
    assert gis(*words, "-o", "o.xlsx").exit_code in (0, 1)
    assert gis(*words, "-o", "o.csv").exit_code in (0, 1)
    book = pd.read_excel("o.xlsx", sheet_name=None)
    sheet, table = next(iter(book.values())), pd.read_csv("o.csv")
    assert list(sheet.columns) == list(table.columns)
    for name in table:
        both = [[_plain(value) for value in one[name]] for one in (sheet, table)]
        assert both[0] == pytest.approx(both[1], rel=1e-9) if _are_numbers(both[1]) else both[0] == both[1], (
            name
        )
    fields = next(one for name, one in book.items() if name.startswith(("字段", "fields")))
    with speaking("zh"):
        for name, zh, en in fields.iloc[:, :3].itertuples(index=False):
            assert (zh, en) == (described(name, "computed").zh, described(name, "computed").en)


def _plain(value: Any) -> Any:
    if pd.isna(value):
        return None
    if type(value).__name__ in wording.BOOLEANS:
        return float(value)
    return str(value)[:10] if isinstance(value, pd.Timestamp) or str(value)[4:5] == "-" else value


def _are_numbers(values: list[Any]) -> bool:
    return all(isinstance(one, int | float) for one in values)
