"""Every workbook is read back: those of an edition and the printed ledger say in each cell what their frames have."""

import importlib
from pathlib import Path

import fake_book
import pytest
from books_back import wrong_in_ledger, wrong_in_table
from cli.test_land_ledger import desk

from gis.base.tables import spoken
from gis.store import ledger_book, write

TABLES = ("figures", "targets", "alerts")


@pytest.mark.parametrize("name", TABLES)
def test_every_cell_of_a_workbook_of_the_edition_is_that_of_its_table(sample_run, name):
    frame = sample_run.table(name, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    assert wrong_in_table(sample_run.edition / "tables" / f"{name}.xlsx", frame) == []


@pytest.fixture
def ledgers(monkeypatch) -> list:
    """What each printed ledger is made of."""
    kept, true = [], ledger_book.write_ledger
    monkeypatch.setattr(ledger_book, "write_ledger", lambda one, path: kept.append(one) or true(one, path))
    return kept


def _desk(gis, folder: Path) -> None:
    desk(folder)
    words = ["land", "ledger", "地块_2021.xlsx", "地块_2022.xlsx"]
    made = gis(*words, "--events", "事件_2021.xlsx", "--events", "事件_2022.xlsx", "-o", "台账.xlsx")
    assert made.exit_code == 0, made.output


def test_every_cell_of_a_printed_ledger_is_that_of_its_frames(gis, tmp_path, ledgers):
    _desk(gis, tmp_path)
    assert wrong_in_ledger(tmp_path / "台账.xlsx", ledgers[-1]) == []


def test_every_cell_of_the_printed_ledger_of_the_sample_is_that_of_its_frames(gis, sample_layers, ledgers):
    data = sample_layers / "data"
    made = gis("land", "ledger", *sorted(data.glob("更新地块_*.shp")), "--events", data / "更新台账.xlsx",
               "--layers", sample_layers, "-o", "台账.xlsx")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert wrong_in_ledger(Path("台账.xlsx"), ledgers[-1]) == []


LEDGER_MUTANTS = {
    "an area more": ("cell", lambda true: lambda sheet, row, at, value, *form: true(
        sheet, row, at, value + 1 if isinstance(value, float) else value, *form
    )),
    "a column further": ("cell", lambda true: lambda sheet, row, at, *rest: true(sheet, row, at + 1, *rest)),
    "a subtotal of others": ("_subtotal", lambda true: lambda sheet, row, rows, word, some, forms: true(
        sheet, row, rows, word, some.iloc[1:], forms
    )),
    "sums of another year": ("_sums", lambda true: lambda sheet, frame, *rest, **how: true(
        sheet, frame.iloc[:, [0, *range(len(frame.columns) - 1, 0, -1)]].set_axis(frame.columns, axis=1), *rest, **how
    )),
    "another head": ("_head", lambda true: lambda name: true("before_mu" if name == "area_mu" else name)),
}  # fmt: skip


@pytest.mark.parametrize("mutant", LEDGER_MUTANTS)
def test_a_wrong_cell_of_a_printed_ledger_is_found(gis, tmp_path, ledgers, monkeypatch, mutant):
    name, change = LEDGER_MUTANTS[mutant]
    monkeypatch.setattr(ledger_book, name, change(getattr(ledger_book, name)))
    _desk(gis, tmp_path)
    assert wrong_in_ledger(tmp_path / "台账.xlsx", ledgers[-1])


def _unit(told):
    return told._replace(unit="m²") if told.name == "value" else told


TABLE_MUTANTS = {
    "": ("_cells", lambda true: true),
    "a row further down": ("_cells", lambda true: lambda values: [*true(values)[1:], *true(values)[:1]]),
    "rounded": ("_cells", lambda true: lambda values: [
        round(one, 2) if isinstance(one, float) else one for one in true(values)
    ]),
    "columns swapped": ("spoken", lambda true: lambda plain: true(
        plain.assign(value=plain["coverage"], coverage=plain["value"]) if "coverage" in plain else plain
    )),
    "another unit": ("described", lambda true: lambda name, table="": _unit(true(name, table))),
}  # fmt: skip


@pytest.mark.parametrize("mutant", TABLE_MUTANTS)
def test_a_wrong_cell_of_a_workbook_of_an_edition_is_found(tmp_path, monkeypatch, mutant):
    figures = fake_book.make().figures
    name, change = TABLE_MUTANTS[mutant]
    module = importlib.import_module("gis.store.write")
    monkeypatch.setattr(module, name, change(getattr(module, name)))
    write.write(figures, tmp_path / "figures.xlsx", title="figures")
    assert bool(wrong_in_table(tmp_path / "figures.xlsx", spoken(figures))) == bool(mutant)
