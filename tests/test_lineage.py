"""What rows of a layer reach carries its stamp; what is not public is nowhere in a public copy."""

import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import every_kind
import numpy as np
import pandas as pd
import pytest
from every_kind import LAYERS, RASTERS, title, word
from unpacked import text_of

from gis import maps, pipeline
from gis.base.lineage import Recorded, carried, recorded, stepped
from gis.base.tables import Assessment
from gis.publication import layers_of

HALVES = (sorted(LAYERS)[::2], sorted(LAYERS)[1::2])
HIDDEN = {"tax": ["企业名称", "税收(万元)"], "sections": ["河长"], "cases": ["名称"], "parcels": ["name"]}
TAX_OF_ONE = ("10005000", "10015000", "1000.5", "1001.5")
pytestmark = pytest.mark.slow


def stamps_in(path: Path, text: str) -> str:
    """Give the part of a file where its stamps stand; of a table the column, once a row is without it nothing."""
    if path.suffix == ".html":
        return text.split("<main")[0]
    if path.suffix == ".csv":
        frame = pd.read_csv(path)
        told = frame.get("confidentiality", pd.Series(dtype="str"))
        return str(told.iloc[0]) if len(told) and told.notna().all() else ""
    return text


def files(folder: Path) -> dict[Path, str]:
    return {path: text_of(path) for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    layers = every_kind.county(folder / "layers", dict.fromkeys(LAYERS, "内部"))
    _, book, intake = pipeline.run(layers, folder / "out")
    return folder / "out", book, intake


@pytest.fixture(scope="module")
def judged(whole):
    _, book, intake = whole
    base = pipeline.pictured(replace(pipeline.judge(intake, book.as_of), edition=book.edition))
    return base, intake, maps.drawn(base)


def test_every_file_that_a_row_reaches_carries_the_stamp_of_its_layer(whole):
    out, book, _ = whole
    told = files(out / book.edition) | {out / "index.html": text_of(out / "index.html")}
    reached = set()
    for path, text in told.items():
        for layer in (one for one in LAYERS if word(one) in text):
            reached.add(layer)
            assert path.suffix == ".sqlite" or title(layer) in stamps_in(path, text), (path.name, layer)
    assert reached == set(LAYERS) - set(RASTERS)


def test_the_answers_carry_the_stamp_of_every_layer_whose_rows_they_tell(whole):
    out, book, _ = whole
    path = out / book.edition / "tables" / "answers.sqlite"
    with sqlite3.connect(path) as base:
        stamps = base.execute("select json from about where name = 'stamps'").fetchone()[0]
    text = text_of(path)
    told = [layer for layer in LAYERS if word(layer) in text]
    assert told
    assert [layer for layer in told if title(layer) not in stamps] == []


def test_the_manifest_names_the_layers_of_every_table_and_page(whole):
    out, book, _ = whole
    lineage = json.loads((out / book.edition / "manifest.json").read_text("utf-8"))["lineage"]
    pages = {path.relative_to(out / book.edition).as_posix() for path in (out / book.edition).rglob("*.html")}
    assert {*pages, "index.html", *book.tables, "figures", "targets"} <= lineage.keys()
    assert lineage["tax_by_place"] == ["tax"]
    assert lineage["ledger"] == ["asked", "ledger", "parcels", "towns"]
    assert "tax" not in lineage["planner.html"]
    assert lineage["water_bank"] == ["bank"]


@pytest.mark.parametrize("secret", HALVES, ids=["one half", "other half"])
def test_a_public_copy_has_no_row_of_a_layer_and_no_column_that_is_not_public(secret, tmp_path):
    words = dict(zip(secret, ["内部", "秘密", "机密", "绝密"] * len(secret), strict=False))
    layers = every_kind.county(tmp_path / "layers", words, HIDDEN)
    _, book, _ = pipeline.run(layers, tmp_path / "out", public=True)
    assert set(book.withheld) == set(secret)
    forbidden = [*map(word, {*secret, *HIDDEN}), *TAX_OF_ONE]
    for path, text in files(tmp_path / "out").items():
        assert [one for one in forbidden if one in text] == [], path.relative_to(tmp_path)
    public = [layer for layer in LAYERS if layer not in {*secret, *HIDDEN, *RASTERS}]
    every = "".join(files(tmp_path / "out" / book.edition).values())
    assert [layer for layer in public if word(layer) not in every] == []


@pytest.mark.full
@pytest.mark.parametrize("layer", [one for one in LAYERS if one not in RASTERS])
def test_what_changes_with_the_rows_of_a_layer_is_said_to_be_made_of_it(layer, judged):
    """Rows of one layer are left out and its numbers changed: every table, figure and page that differs names it."""
    book, intake, (pages, lineage) = judged
    kind = LAYERS[layer][0]
    table = intake.tables[kind]
    own = table["layer"] == layer
    changed = table.copy()
    numbers = [name for name in table.select_dtypes("float64") if name not in ("longitude", "latitude")]
    changed.loc[own, numbers] = table.loc[own, numbers] * 1.07
    kept = changed[~own | (np.arange(len(table)) % 3 != 1)].reset_index(drop=True)
    other = pipeline.judge(replace(intake, tables={**intake.tables, kind: kept}), book.as_of)
    assert_named(layer, (book, pages, lineage), other)


@pytest.mark.full
@pytest.mark.parametrize("layer", sorted(RASTERS))
def test_what_changes_with_the_cells_of_a_raster_is_said_to_be_made_of_it(layer, judged, tmp_path):
    """A third of the cells of one raster become others: every table, figure, page and picture that differs names it."""
    book, _, (pages, lineage) = judged
    layers = every_kind.county(tmp_path / "layers", dict.fromkeys(LAYERS, "内部"))
    cells = np.full((80, 100), RASTERS[layer], "uint8")
    cells[:, ::3] = 90 - RASTERS[layer] if RASTERS[layer] in (40, 50) else RASTERS[layer] // 2
    every_kind.raster(layers, layer, cells)
    _, _, intake = pipeline.run(layers, tmp_path / "out")
    other = pipeline.judge(intake, book.as_of)
    assert assert_named(layer, (book, pages, lineage), other)


def assert_named(layer, before, other):
    """Find all that differs and see that it names the layer; give what it is."""
    book, pages, lineage = before
    other = pipeline.pictured(replace(other, edition=book.edition))
    found = set()
    for name in {*book.tables, *other.tables} - {"tasks"}:
        before, after = (one.tables.get(name, pd.DataFrame()) for one in (book, other))
        if not pd.DataFrame(before).astype("str").equals(pd.DataFrame(after).astype("str")):
            found.add(name)
            assert layer in layers_of(book, name) | layers_of(other, name), name
    for frame in ("figures", "targets"):
        before, after = (getattr(one, frame).astype("str") for one in (book, other))
        rows = pd.concat([before, after]).drop_duplicates(keep=False)
        prefix = "figures:" if frame == "figures" else "targets:"
        for one in rows["indicator"].unique():
            name = prefix + (one if frame == "figures" else one.partition(".")[0])
            found.add(name)
            assert layer in book.lineage.get(name, set()) | other.lineage.get(name, set()), name
    others, _ = maps.drawn(other)
    for name in pages.keys() & others.keys():
        found |= {name} if pages[name] != others[name] else set()
        assert pages[name] == others[name] or layer in lineage[name], name
    return found


def test_a_step_is_made_of_what_it_reads_and_of_nothing_else():
    tables = {name: pd.DataFrame({"a": [1]}) for name in ("one", "two", "three")}
    read = Recorded(tables, lambda name: frozenset({f"layer of {name}"}))
    made = stepped(read, lambda: Assessment({"sum": read["one"] + read.get("two")}), frozenset({"before"}))
    assert made.lineage == {"sum": {"layer of one", "layer of two", "before"}}
    assert read.notes.read == {"layer of one", "layer of two"}
    assert "four" not in read
    assert "three" in read
    assert "layer of three" in read.notes.read
    assert recorded(read) is read
    assert carried(made, {"more"}).lineage == made.lineage
