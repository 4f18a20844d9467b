"""A reader's folder: the sample county and its edition, to work in."""

import shutil

import pytest

from tests.browser.conftest import chromium as chromium


@pytest.fixture
def county(sample_layers, sample_run, tmp_path, monkeypatch):
    """Stand in a folder with a copy of `layers/` and `maps/`, as a reader who ran the sample does, in Chinese."""
    shutil.copytree(sample_layers, tmp_path / "layers")
    shutil.copytree(sample_run.out, tmp_path / "maps")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIS_LANG", "zh")
    return tmp_path
