"""A disk that takes no more: an error with the file's name, and what stood there before."""

import gc

import geopandas as gpd
import numpy as np
import pytest
import shapely

from gis.base.errors import FileError
from gis.store.raster import write_geotiff
from gis.store.write import write

resource = pytest.importorskip("resource")
VALUES = np.random.default_rng(1).random((200, 200))
FRAME = gpd.GeoDataFrame(
    {"a": ["x" * 200] * 3000, "i": np.random.default_rng(1).random(3000)},
    geometry=shapely.points(np.random.default_rng(2).random((3000, 2))),
    crs=4490,
)


@pytest.fixture
def cut_at():
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _write(path):
    if path.suffix == ".tif":
        write_geotiff(VALUES, path, transform=(0.01, 0, 120, 0, -0.01, 32), epsg=4490, tags={"note": "x"})
    else:
        write(FRAME, path, title="表")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # what a library left open
@pytest.mark.parametrize("name", ["a.csv", "a.xlsx", "a.gpkg", "a.parquet", "a.tif"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.999])
def test_a_file_that_does_not_fit_is_an_error_and_the_old_one_stays(tmp_path, cut_at, name, share):
    _write(tmp_path / name)
    whole = (tmp_path / name).stat().st_size
    (tmp_path / name).write_text("old")
    cut_at(int(whole * share))
    if name == "a.gpkg" and share > 0.9:  # SQLite packs tighter than it needs to
        _write(tmp_path / name)
        assert len(gpd.read_file(tmp_path / name)) == len(FRAME)
    else:
        with pytest.raises((FileError, OSError), match=r"could not be written whole|File too large"):
            _write(tmp_path / name)
        assert (tmp_path / name).read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    gc.collect()
