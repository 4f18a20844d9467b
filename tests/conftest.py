"""One sample county, written and run once for all workers, then only read."""

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"

os.environ.setdefault("GIS_LANG", "en")  # tests/base/test_messages.py asks for both

settings.register_profile("dev", max_examples=25, deadline=None)
settings.register_profile(
    "ci", max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "full", max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
FULL = "full"
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "dev")
settings.load_profile(PROFILE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave what is heavy to the full suite."""
    if PROFILE != FULL:
        for item in items:
            if item.get_closest_marker(FULL):
                item.add_marker(pytest.mark.skip(reason="in scripts/test.py --full"))


@dataclass(frozen=True)
class SampleRun:
    """Where the sample county and its published edition stand."""

    layers: Path
    out: Path

    @property
    def edition(self) -> Path:
        return next(self.out.glob("*/manifest.json")).parent

    @property
    def tables(self) -> list[Path]:
        """The tables of the edition as CSV, the long ones packed."""
        return sorted((self.edition / "tables").glob("*.csv*"))

    def table(self, name: str, **how: Any) -> pd.DataFrame:
        """Read one of them."""
        return pd.read_csv(next(path for path in self.tables if path.name.partition(".")[0] == name), **how)


def once(folder: Path, make: Callable[[Path], None], patience: float = 300) -> Path:
    """Make `folder` in one worker while the others wait for it."""
    done, failed = folder / "done", folder / "failed"
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        deadline = time.monotonic() + patience
        while not done.exists():
            if failed.exists() or time.monotonic() > deadline:
                pytest.fail(f"another worker could not make {folder.name}")
            time.sleep(0.2)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder


@pytest.fixture(scope="session")
def shared() -> Path:
    """Real data that nobody here made; the test is skipped where it is absent."""
    if not SHARED.exists():
        pytest.skip("../shared/data is not here")
    return SHARED


@pytest.fixture(scope="session")
def sample_layers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped catalogue with the sample's files, read only."""

    def make(folder: Path) -> None:
        from gis import sample

        shutil.copytree(ROOT / "layers", folder / "layers", ignore=shutil.ignore_patterns("data"))
        sample.write(folder / "layers")

    base = tmp_path_factory.getbasetemp()
    shelf = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return once(shelf / "sample-county", make) / "layers"


@pytest.fixture(scope="session")
def sample_run(sample_layers: Path) -> SampleRun:
    """The sample county, run once; read only."""

    def make(folder: Path) -> None:
        from gis import pipeline

        pipeline.run(sample_layers, folder / "maps")

    return SampleRun(sample_layers, once(sample_layers.parents[1] / "sample-run", make) / "maps")
