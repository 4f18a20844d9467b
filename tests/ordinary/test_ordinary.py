"""Ordinary files of offices: each gives the right number, exit 0, and asks nothing."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from gis.cli.app import app
from tests.ordinary import air_files, land_files, line_files, water_files  # noqa: F401  they list their files
from tests.ordinary.making import FILES, Count, Said, Total, Values


def chosen(frame: pd.DataFrame, where: dict) -> pd.DataFrame:
    for column, value in where.items():
        frame = frame[frame[column].astype(str) == str(value)]
    return frame


def holds(one, frame: pd.DataFrame, said: str) -> None:
    match one:
        case Said(words):
            assert words in said
        case Count(n, where):
            assert len(chosen(frame, where)) == n
        case Total(column, value, where, tol):
            assert len(chosen(frame, where)), (where, frame)
            assert chosen(frame, where)[column].sum() == pytest.approx(value, abs=tol)
        case Values(column, values, where):
            assert chosen(frame, where)[column].dropna().tolist() == list(values)


@pytest.mark.parametrize("name", FILES)
def test_an_ordinary_file_gives_its_number_and_asks_nothing(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    asked = FILES[name](tmp_path)
    words = [str(word) for word in asked.words]
    out = Path("out.csv")
    result = CliRunner().invoke(app, [*words, "-o", str(out)] if asked.writes else words)
    assert result.exit_code == 0, result.output
    frame = pd.read_csv(out, low_memory=False) if asked.writes else pd.DataFrame()
    for one in asked.right:
        holds(one, frame, result.output)


def test_there_are_sixty_and_more():
    assert len(FILES) >= 60
