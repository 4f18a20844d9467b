"""The commands as a person types them in a folder of files."""

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from gis.cli.app import app


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def asked(*words: object) -> tuple[int, str, pd.DataFrame]:
        result = CliRunner().invoke(app, [*map(str, words), "-o", "out.csv", "--force"])
        made = (
            pd.read_csv("out.csv") if result.exit_code == 0 and Path("out.csv").exists() else pd.DataFrame()
        )
        return result.exit_code, result.output, made

    return asked
