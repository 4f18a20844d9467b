"""The cases beside the project: office files with their right values, kind by kind as the tool reaches them."""

import importlib.util
import sys
import tomllib
from pathlib import Path

import pytest

CASES = Path(__file__).parents[2] / "shared" / "cases"
ALWAYS = ("hostile", "input-untouched", "record-count", "geometry-safety", "overlap", "network")
FULL = (
    "automatic-data", "containers", "counting", "dates", "datum", "encoding", "format-meaning", "formats", "identity",
    "invisible-characters", "layout", "state-column", "units", "water-kind",
)  # fmt: skip
REACHED = (*ALWAYS, *FULL)


def _listed():
    if not CASES.exists():
        return []
    return tomllib.loads((CASES / "cases.toml").read_text(encoding="utf-8"))["case"]


def _runner():
    spec = importlib.util.spec_from_file_location("cases_run", CASES / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _of_kind(kind, cases):
    """Make one class a kind, so that the workers share the kinds between them."""

    @pytest.mark.real
    @pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])
    def test_holds(self, case, monkeypatch):
        monkeypatch.delenv("GIS_LANG", raising=False)
        why, _ = _runner().run_case(case, CASES, [sys.executable, "-m", "gis"], keep=False)
        assert why is None

    return type(f"TestCasesOf{kind.title().replace('-', '')}", (), {"test_holds": test_holds})


for _kind in REACHED:
    if _cases := [case for case in _listed() if case["kind"] == _kind]:
        _made = _of_kind(_kind, _cases)
        _made = _made if _kind in ALWAYS else pytest.mark.full(_made)
        globals()[_made.__name__] = _made


@pytest.mark.real
def test_every_kind_reached_has_a_case():
    if not CASES.exists():
        pytest.skip("../shared/cases is not here")
    assert set(REACHED) <= {case["kind"] for case in _listed()}
