"""Every table of the sample's pages is read back: no cell may show another number than its frame has."""

import datetime as dt
import functools
import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping

import fake_book
import pandas as pd
import pytest
from composed import Facts, composed
from read_back import Shown, columns_of, faults, layers_of, tables_of

from gis import maps
from gis.base.messages import MARK
from gis.catalogue import load
from gis.maps.pages import columns

CODES = {"period": str, "place": str, "place_code": str}


@pytest.fixture(scope="module")
def pages(sample_run) -> dict[str, str]:
    files = {"index": sample_run.out / "index.html"}
    for file in sorted(sample_run.edition.rglob("*.html")):
        files[file.relative_to(sample_run.edition).with_suffix("").as_posix()] = file
    return {name: file.read_text(encoding="utf-8") for name, file in files.items()}


@pytest.fixture(scope="module")
def frames(sample_run) -> dict[str, pd.DataFrame]:
    names = [path.name.partition(".")[0] for path in sample_run.tables]
    published = {name: sample_run.table(name, low_memory=False, dtype=CODES) for name in names}
    days = json.loads((sample_run.edition / "manifest.json").read_text("utf-8"))["as_of_by_subject"]
    as_of = dt.date.fromisoformat(days["land"])
    return composed(published, Facts.of(load(sample_run.layers), as_of))


@pytest.fixture(scope="module")
def towns(sample_run) -> list[str]:
    return [town.code for town in load(sample_run.layers).county.towns]


def _wrong(pages: Mapping[str, str], frames: Mapping[str, pd.DataFrame], towns: list[str]) -> Iterator[str]:
    for text in pages.values():
        for shown in _tables(text):
            yield from faults(shown, frames, towns)


def _tables(text: str) -> list[Shown]:
    """Every table of a page: those written in it, and those that its workspace draws."""
    return [*tables_of(text), *layers_of(text)]


def test_every_number_of_a_table_is_that_of_its_frame(pages, frames, towns):
    assert not list(_wrong(pages, frames, towns))[:5]


def test_a_table_that_nobody_reads_back_is_named(pages):
    unread = {
        shown.id for text in pages.values() for shown in _tables(text) if shown.right - columns_of(shown.id)
    }
    assert unread <= {"trend", "town-areas"}  # of several figures a row: test_trend.py and test_town_pages.py


def test_method_tables_and_their_words_stand_on_the_method_page_alone(pages):
    tables = {"area-proof", "cwqi", "surface-checks", "section-chances", "air-chances"}
    tables |= {"water-outlook-reliability", "air-budget-reliability"}
    assert {one.id for one in tables_of(pages["method"])} == tables
    rest = {name: text for name, text in pages.items() if name != "method"}
    for name, text in rest.items():
        assert not tables & {one.id for one in tables_of(text)}, name
        assert not [word for word in ("气候态", "种子", "命中", "Brier") if word in text], name
    linked = {one for text in rest.values() for one in re.findall(r'method\.html#([\w-]+)"', text)}
    assert tables - {"water-outlook-reliability", "air-budget-reliability"} <= linked


def test_no_note_reaches_a_reader_in_its_stored_form(pages, sample_run):
    texts = {
        **pages,
        **{table.name: pd.read_csv(table, low_memory=False).to_csv() for table in sample_run.tables},
    }
    assert [name for name, text in texts.items() if MARK in text] == []


def _amount(change: Callable[[str, int, float], tuple[str, int, float]]):
    """Give `amount` with another column, number of digits or divisor."""
    true = columns.amount

    def wrong(head, name, digits=2, per=1.0):
        return true(head, *change(name, digits, per))

    return wrong


def _named(names: Mapping[str, str]):
    return _amount(lambda name, digits, per: (names.get(name, name), digits, per))


def _shifted(true):
    """Give `drawn` with the cells of a column a row further down."""

    def wrong(id_, title, shown, rows):
        listed = list(rows)
        moved = [listed[-1], *listed[:-1]] if listed else []
        at = {id(row): other for row, other in zip(listed, moved, strict=True)}
        last = next((one for one in reversed(shown) if one.right and one.name), None)
        changed = [
            one if one is not last else replace_cell(one, lambda row, one=one: one.cell(at[id(row)]))
            for one in shown
        ]
        return true(id_, title, changed, listed)

    return wrong


def _swapped(true, one, other):
    """Give the heads of columns with two of them changed for each other."""
    return {**true, one: true[other], other: true[one]}


def _changed(true, head, times):
    """Give `Popup` with the numbers under a head multiplied."""

    def wrong(title, fields=(), **more):
        return true(
            title, [(name, column * times if name[0] == head else column) for name, column in fields], **more
        )

    return wrong


def replace_cell(column, cell):
    return column._replace(cell=cell)


MUTANTS: dict[str, tuple[str, str, Callable[[Callable], Callable]]] = {
    "legal for declared": ("land_tables", "amount", lambda _: _named({"area_declared_mu": "area_legal_mu"})),
    "columns swapped": ("land_layers", "COUNTED", lambda true: _swapped(true, "area_mu", "claimed_mu")),
    "sign turned": ("land_layers", "Popup", lambda true: _changed(true, "差(亩)", -1)),
    "share not in percent": ("planner", "PERCENT", lambda _: 1),
    "kept for quarantined": ("index", "amount", lambda _: _named({"rows_quarantined": "rows_kept"})),
    "listed for at target": ("water", "amount", lambda _: _named({"n_at_target": "n_listed"})),
    "a row further down": ("land_tables", "drawn", _shifted),
    "m² for 亩": ("planner", "Popup", lambda true: _changed(true, "面积(亩)", 2000 / 3)),
    "a reading of another item": ("air", "Popup", lambda true: _changed(true, "PM2.5", 1.1)),
    "yuan for 万元": (
        "land_tables", "amount",
        lambda _: _amount(lambda name, digits, per: (name, digits, 1.0 if name == "tax_yuan" else per)),
    ),
    "valid days for good": ("air", "amount", lambda _: _named({"good_days": "valid_days"})),
    "a row left out": (
        "planner", "_pieces", lambda true: lambda book: true(book).iloc[1:].reset_index(drop=True),
    ),
}  # fmt: skip


@functools.cache
def _book():
    return fake_book.make()


def _found() -> set[str]:
    book = _book()
    frames = {**book.tables, "targets": book.targets, "sources": book.sources, "figures": book.figures}
    frames = composed(frames, Facts.of(book.catalogue, book.days.get("land", book.as_of)))
    towns = [town.code for town in book.catalogue.county.towns]
    pages = {name.removesuffix(".html"): page for name, page in maps.render(book).items()}
    return set(_wrong(pages, frames, towns))


@pytest.fixture(scope="module")
def unchanged() -> set[str]:
    """Tell what stands already: the ledger, taxes and figures of the hand-made county do not fit each other."""
    found = _found()
    assert {re.split("[ :]", one)[0] for one in found} <= {"by-town", "counted_towns", "ledger", "tax"}
    return found


@pytest.mark.parametrize("mutant", MUTANTS)
def test_a_wrong_number_put_in_by_hand_is_found(mutant, unchanged, monkeypatch):
    module, name, change = MUTANTS[mutant]
    where = f"gis.maps.pages.{module}"
    true = getattr(importlib.import_module(where), name)
    monkeypatch.setattr(f"{where}.{name}", change(true))
    assert _found() - unchanged
