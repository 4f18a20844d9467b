"""After a changed file a run judges again only what depends on it, and comes to what a run in a fresh folder does."""

import every_kind
import pandas as pd
import pytest

from gis import pipeline
from gis.catalogue import load

MONTH = "一号桥,2021-11-25,7.5,8.0,0.4,0.1,3.0,新月\n"


def judged(layers, work):
    """Judge with what is kept in a folder; give the book and the subjects that were judged anew."""
    taken = []
    steps = pipeline._steps(work)
    shelf = pipeline._shelf(work, writes=True)
    intake = pipeline._read(load(layers), (), shelf, steps, public=False, progress=pipeline.quiet)
    book = pipeline.judge(intake, None, lambda step, what: taken.append(what) if step == "assess" else None)
    steps.sweep()
    return book, taken


def same(one, other):
    assert one.edition == other.edition
    assert one.lineage == other.lineage
    assert one.tables.keys() == other.tables.keys()
    frames = [(one.tables[name], other.tables[name]) for name in one.tables]
    beside = ("figures", "evidence", "targets", "sources", "findings")
    frames += [(getattr(one, name), getattr(other, name)) for name in beside]
    for frame, fresh in frames:
        assert type(frame) is type(fresh)
        pd.testing.assert_frame_equal(pd.DataFrame(frame), pd.DataFrame(fresh), check_exact=True)


@pytest.mark.full
def test_a_new_month_of_water_moves_neither_land_nor_air_and_equals_a_fresh_run(tmp_path):
    layers = every_kind.county(tmp_path / "layers", {})
    first, taken = judged(layers, tmp_path / "kept")
    assert taken == ["land", "water", "air", "actions"]
    with (layers / "data" / every_kind.LAYERS["manual"][2]).open("a", encoding="utf-8") as file:
        file.write(MONTH)
    book, taken = judged(layers, tmp_path / "kept")
    assert "water" in taken
    assert {"land", "air"} & {*taken} == set()
    assert book.days["land"] == first.days["land"] < book.days["water"]
    fresh, _ = judged(layers, tmp_path / "fresh")
    same(book, fresh)
