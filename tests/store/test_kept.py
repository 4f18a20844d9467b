"""What a step made is given again only where all it was made of stayed, and as it was made."""

import geopandas as gpd
import pandas as pd
import pytest
from damage import DAMAGE

from gis.base.tables import Assessment, conform
from gis.store.kept import Kept, of_frame

PARCELS = gpd.GeoDataFrame(
    {"name": ["甲", None], "kind": pd.Categorical(["b", "a"], ["b", "c", "a"])},
    geometry=gpd.points_from_xy([120.7, 120.8], [31.6, 31.7]),
    crs="EPSG:4490",
)
SAMPLES = pd.DataFrame({"value": [1.5, None], "n": pd.array([1, None], "Int64")})


class Step:
    """A step that reads the parcels alone and counts how often it is taken."""

    def __init__(self):
        self.taken = 0

    def __call__(self, read):
        self.taken += 1
        rows = pd.DataFrame(
            {
                "figure_id": ["land.n.2021.1"],
                "table": ["parcels"],
                "source": ["a"],
                "part": [float(len(read["parcels"]))],
            }
        )
        made = {"ledger": read["parcels"].assign(at=range(len(read["parcels"])))}
        return Assessment(made, evidence=conform(rows, "evidence"), lineage={"ledger": read.notes.read})


def given(folder, step, said="land", code="code", **tables):
    whole = {"parcels": PARCELS, "samples": SAMPLES} | tables
    kept = Kept(folder, code)
    made = kept(said, whole, lambda name: frozenset({name}), step)
    kept.sweep()
    return made


def same(one, other):
    assert one.lineage == other.lineage
    for name in ("figures", "evidence"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True)
    assert one.tables.keys() == other.tables.keys()
    for name, frame in one.tables.items():
        assert type(frame) is type(other.tables[name])
        assert frame.crs == other.tables[name].crs
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(other.tables[name]), check_exact=True)


def test_a_step_is_not_taken_again_and_gives_the_same(tmp_path):
    step = Step()
    first = given(tmp_path, step)
    same(given(tmp_path, step), first)
    assert step.taken == 1
    same(given(None, Step()), first)


def test_what_a_step_does_not_read_moves_nothing(tmp_path):
    step = Step()
    given(tmp_path, step)
    given(tmp_path, step, samples=SAMPLES.assign(value=9.0))
    assert step.taken == 1


@pytest.mark.parametrize(
    "change",
    [
        {"parcels": PARCELS.assign(name="乙")},
        {"parcels": PARCELS.set_geometry(PARCELS.geometry.translate(1e-9))},
        {"parcels": PARCELS[::-1]},
        {"parcels": PARCELS.assign(kind=PARCELS["kind"].cat.set_categories(["a", "b"]))},
        {"parcels": PARCELS.assign(kind=PARCELS["kind"].cat.as_ordered())},
        {"samples": SAMPLES[:0]},
        {"tax": SAMPLES},
        {"said": "land another day"},
        {"code": "another code"},
    ],
    ids=str,
)
def test_a_change_of_anything_that_counts_takes_the_step_again(tmp_path, change):
    step = Step()
    given(tmp_path, step)
    made = given(tmp_path, step, **change)
    assert step.taken == 2
    same(made, given(None, Step(), **change))
    assert len([*tmp_path.iterdir()]) == 1  # what nobody gave in this run is gone


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize("file", ["frames.json", "ledger.parquet", "evidence.parquet"])
def test_a_damaged_entry_changes_no_answer(tmp_path, damage, file):
    step = Step()
    first = given(tmp_path, step)
    damage(next(tmp_path.glob(f"*/{file}")))
    same(given(tmp_path, step), first)
    assert step.taken == 2
    same(given(tmp_path, step), first)
    assert step.taken == 2


def test_an_entry_half_written_by_a_killed_run_is_not_read_and_goes(tmp_path):
    step = Step()
    first = given(tmp_path, step)
    whole = next(tmp_path.iterdir())
    (tmp_path / "building-x").mkdir()
    half = whole.rename(tmp_path / "building-x" / whole.name)
    next(half.glob("ledger.parquet")).unlink()
    same(given(tmp_path, step), first)
    assert [one.name for one in tmp_path.iterdir()] == [whole.name]


def test_cells_that_no_file_holds_are_made_each_time(tmp_path):
    step = Step()
    odd = PARCELS.assign(name=pd.Series([complex(1), "a"], dtype="object"))
    for _ in range(2):
        assert len(given(tmp_path, step, parcels=odd).tables["ledger"]) == 2
    assert step.taken == 2


def test_frames_hash_by_their_cells_and_not_by_what_lies_under_a_missing_one():
    masked = pd.array([1, 2], "Int64")
    masked[1] = pd.NA
    assert of_frame(pd.DataFrame({"n": masked})) == of_frame(SAMPLES[["n"]])
    parts = pd.concat([pd.DataFrame({"name": ["甲"]}), pd.DataFrame({"name": ["乙"]})], ignore_index=True)
    assert of_frame(parts) == of_frame(pd.DataFrame({"name": ["甲", "乙"]}))
