"""What nobody foresaw while a file is read: an error of its file, part and row, logged and with its cause."""

import logging

import openpyxl
import pytest

from gis.base.errors import FileError, UnforeseenError
from gis.ingest import Options, guess_kind, read_file
from gis.ingest.read import read_files
from gis.store.fault_log import write_log

SAMPLES = Options(kind="samples", layer="x")


@pytest.fixture
def records(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "1月"
    book.active.append(["断面名称", "采样日期", "氨氮"])
    for day in range(1, 29):
        book.active.append(["毒" if day == 17 else "甲", f"2021-01-{day:02d}", 0.3])
    book.save(tmp_path / "a.xlsx")
    return tmp_path / "a.xlsx"


def poisoned(monkeypatch, error):
    from gis.ingest import canonical_rows

    canonical = canonical_rows.canonical

    def fails(raw, *rest):
        if (raw.frame["断面名称"] == "毒").any():
            raise error
        return canonical(raw, *rest)

    monkeypatch.setattr(canonical_rows, "canonical", fails)


def test_it_names_file_part_and_row_and_keeps_its_cause(records, monkeypatch, caplog):
    poisoned(monkeypatch, ZeroDivisionError("/home/x: division by zero"))
    with caplog.at_level(logging.ERROR, "gis"), pytest.raises(UnforeseenError) as caught:
        read_file(records, SAMPLES)
    assert (caught.value.file, caught.value.row) == ("a.xlsx#1月", 18)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert "/home" not in str(caught.value)
    assert len(caplog.records) == 1


@pytest.mark.parametrize("read", [read_file, lambda path, options: read_files([path], options)])
def test_a_reader_that_fails_names_the_file(records, monkeypatch, read):
    monkeypatch.setattr("gis.ingest.read.raws_of", lambda *_: 1 / 0)
    with pytest.raises(UnforeseenError, match=r"a\.xlsx") as caught:
        read(records, SAMPLES)
    assert caught.value.row is None


def test_a_guess_that_fails_names_the_file(records, monkeypatch):
    monkeypatch.setattr("gis.ingest.guess._looks", lambda *_: 1 / 0)
    with pytest.raises(UnforeseenError, match=r"a\.xlsx"):
        guess_kind(records)


def test_errors_of_a_person_of_the_disk_and_of_the_memory_are_none(records, monkeypatch):
    for error, shown in (
        (FileError("odd"), FileError), (PermissionError(13, "denied"), PermissionError), (MemoryError(), FileError),
    ):  # fmt: skip
        with monkeypatch.context() as patched:
            poisoned(patched, error)
            with pytest.raises(shown) as caught:
                read_file(records, SAMPLES)
        assert not isinstance(caught.value, UnforeseenError)


def test_the_log_is_appended_where_it_can_be_written(tmp_path):
    error = UnforeseenError(ValueError("x"), file="a.csv")
    first = write_log(error, [tmp_path / "none", tmp_path])
    assert first is not None
    assert first.parent == tmp_path
    assert write_log(error, [tmp_path]) == first
    assert first.read_text("utf-8").count("ValueError: x") == 2
