"""Pieces of parcels in control lines: the fast way gives the plain answer, and pieces prove to add up."""

import gzip
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from unittest import mock

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from gis import standards
from gis.base.errors import CrsError, GeometryError, ProofError
from gis.engine import Threads
from gis.land.area import legal_area, to_degrees, to_plane
from gis.land.meet import meet, prove
from gis.land.overlay import overlay
from tests import zoo

EDITION = standards.load().get("area-2008-32")
ENGINE = Threads(2)


def parcels(*shapes, crs="EPSG:4490"):
    ids = [f"P{number}" for number in range(1, len(shapes) + 1)]
    return gpd.GeoDataFrame({"parcel_id": ids}, geometry=list(shapes), crs=crs)


def lines(*shapes, kind="red_line"):
    ids = [f"L{number}" for number in range(1, len(shapes) + 1)]
    frame = {"line_id": ids, "line_type": kind, "name": [f"line {one}" for one in ids]}
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs="EPSG:4490")


def cut(ground, drawn):
    return overlay(ground, drawn, ENGINE, EDITION)


def messy(rng, reach, vertices, centre):
    """A valid polygon of many odd corners, some on whole metres so that sides and corners coincide."""
    turn = np.sort(rng.uniform(0, 2 * np.pi, vertices))
    star = np.column_stack([np.cos(turn), np.sin(turn)]) * (reach * rng.uniform(0.2, 1, vertices))[:, None]
    star += centre
    if rng.random() < 0.5:
        star = np.round(star)
    return shapely.make_valid(shapely.Polygon(star))


def areal(shape):
    parts = shapely.get_parts(shape)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


@given(st.integers(0, 2**32))
def test_the_fast_way_is_the_plain_intersection(seed):
    rng = np.random.default_rng(seed)
    ground = [messy(rng, 15, rng.integers(4, 14), rng.uniform(0, 100, 2)) for _ in range(40)]
    drawn = [messy(rng, 60, vertices, rng.uniform(0, 100, 2)) for vertices in (8, 30, 400, 900)]
    ground, drawn = (np.array([areal(one) for one in shapes], dtype=object) for shapes in (ground, drawn))
    met = meet(ground, drawn, ENGINE)
    fast = np.zeros((len(ground), len(drawn)))
    fast[met.parcel, met.line] = shapely.area(met.shape)
    plain = shapely.area(shapely.intersection(ground[:, None], drawn[None, :]))
    assert fast == pytest.approx(plain, rel=1e-9, abs=1e-9)
    touching = shapely.intersects(ground[:, None], drawn[None, :])
    assert set(zip(met.parcel.tolist(), met.line.tolist(), strict=True)) == set(
        zip(*np.nonzero(touching), strict=True)
    )
    _, residual = prove(ground, met, ENGINE)
    assert np.abs(residual).max() < 1e-6


@given(st.integers(0, 2**32), st.integers(1, 19))
def test_parts_of_the_parcels_give_together_what_the_whole_gives(seed, at):
    rng = np.random.default_rng(seed)
    ground = np.array([areal(messy(rng, 15, 9, rng.uniform(0, 100, 2))) for _ in range(20)], dtype=object)
    drawn = np.array([areal(messy(rng, 60, 400, rng.uniform(0, 100, 2))) for _ in range(3)], dtype=object)
    whole = np.bincount(*sums(meet(ground, drawn, ENGINE)), minlength=20)
    halves = [
        np.bincount(*sums(meet(one, drawn, ENGINE)), minlength=len(one)) for one in (ground[:at], ground[at:])
    ]
    assert np.concatenate(halves) == pytest.approx(whole, rel=1e-12)


@given(st.integers(0, 2**32))
def test_the_overlay_gives_the_plain_intersection_in_the_plane_of_the_zone(seed):
    """Also where a parcel far from every side of a large line is never brought to the plane."""
    rng = np.random.default_rng(seed)
    centre = np.array([120.75, 31.65])
    at = centre + rng.uniform(-0.004, 0.004, (60, 2))
    ground = parcels(*(areal(messy_degrees(rng, 0.0004, 9, one)) for one in at))
    drawn = lines(*(areal(messy_degrees(rng, 0.006, many, centre)) for many in (12, 500)))
    found = cut(ground, drawn)
    flat, big = to_plane(ground.geometry.to_numpy()), to_plane(drawn.geometry.to_numpy())
    shared = shapely.intersection(flat[:, None], big[None, :])
    area = legal_area(gpd.GeoSeries(to_degrees(shared.ravel(), 40), crs=4490), EDITION).to_numpy()
    mine = np.zeros(shared.shape)
    numbers = found.pieces["line_id"].str[1:].astype(int) - 1
    mine[found.pieces["parcel"], numbers] = found.pieces["area_m2"]
    assert mine.ravel() == pytest.approx(np.where(area < 0.005, 0, area), rel=1e-9, abs=1e-6)
    with mock.patch("gis.land.overlay.PORTION", 7):
        portions = cut(ground, drawn)
    assert_frame_equal(ordered(portions.pieces), ordered(found.pieces))
    assert_frame_equal(portions.proof, found.proof)
    assert ordered(portions.contacts).equals(ordered(found.contacts))


def ordered(pairs):
    return pd.DataFrame(pairs).sort_values(["parcel", "line_id"], ignore_index=True)


def messy_degrees(rng, reach, vertices, centre):
    turn = np.sort(rng.uniform(0, 2 * np.pi, vertices))
    star = np.column_stack([np.cos(turn), np.sin(turn)]) * (reach * rng.uniform(0.5, 1, vertices))[:, None]
    return shapely.make_valid(shapely.Polygon(star + centre))


def sums(met):
    return met.parcel, shapely.area(met.shape)


def cases(folder):
    """Pairs of areas and their intersection as the JTS suite states it."""
    for path in sorted(folder.glob("*.xml.gz")):
        for case in ET.fromstring(gzip.decompress(path.read_bytes())).iter("case"):
            told = {one.tag: re.sub(r"\s+", " ", one.text or "").strip() for one in case if one.tag in "ab"}
            for op in case.iter("op"):
                if op.get("name") in {"intersection", "intersectionNG"} and {"a", "b"} <= told.keys():
                    yield told["a"], told["b"], re.sub(r"\s+", " ", op.text or "").strip()


@pytest.mark.real
def test_the_fast_way_gives_what_the_jts_cases_state(shared):
    seen = 0
    for texts in cases(shared / "overlay"):
        one, other, stated = (shapely.from_wkt(text) for text in texts)
        if not all(
            shapely.get_dimensions(shape) == 2 and shape.area and shape.is_valid for shape in (one, other)
        ):
            continue
        dense = shapely.segmentize(other, other.length / 400)
        for line in (other, dense):
            met = meet(np.array([one], dtype=object), np.array([line], dtype=object), ENGINE)
            assert shapely.area(met.shape).sum() == pytest.approx(stated.area, rel=1e-9)
        seen += 1
    assert seen >= 8


def test_a_parcel_half_in_a_line_gives_its_half():
    found = cut(parcels(zoo.box()), lines(zoo.box(0.5, -1, 3)))
    (piece,) = found.pieces.itertuples()
    assert (piece.parcel_id, piece.line_id, piece.line_type, piece.line_name) == (
        "P1",
        "L1",
        "red_line",
        "line L1",
    )
    assert piece.share == pytest.approx(0.5, abs=1e-6)
    assert piece.area_m2 == pytest.approx(legal_area(parcels(zoo.box()).geometry, EDITION)[0] / 2, abs=0.01)
    assert piece.area_mu == pytest.approx(piece.area_m2 * 3 / 2000)
    half, high = 0.0005 * 94_700, 0.001 * 110_900
    assert piece.width_m == pytest.approx(half * high / (half + high), rel=0.01)
    assert found.proof.to_numpy().tolist() == [["red_line", 1, pytest.approx(0, abs=1e-5)]]


def test_the_conflict_with_the_growth_boundary_is_the_part_outside():
    ground = parcels(zoo.box(), zoo.box(2), zoo.box(0.25, 0.25, 0.5), zoo.box(0.75))
    pieces = cut(ground, lines(zoo.box(size=1), zoo.box(9), kind="growth_boundary")).pieces.set_index(
        "parcel_id"
    )
    assert pieces["share"].to_dict() == {
        "P2": pytest.approx(1, abs=1e-9),
        "P4": pytest.approx(0.75, abs=1e-6),
    }
    assert pieces["line_type"].unique().tolist() == ["growth_boundary"]


def test_boundaries_of_growth_count_together():
    drawn = lines(zoo.box(-1, -1, 2), zoo.box(1, -1, 2), kind="growth_boundary")
    found = cut(parcels(zoo.box(0.5, -0.5)), drawn)
    assert found.pieces.empty, "the parcel lies in both together"


def test_touching_without_area_is_a_contact_and_no_piece():
    found = cut(parcels(zoo.box(), zoo.box(0, 1)), lines(zoo.box(1), zoo.box(5)))
    assert found.pieces.empty
    assert found.contacts[["parcel_id", "line_id"]].to_numpy().tolist() == [["P1", "L1"], ["P2", "L1"]]


def test_two_lines_of_a_type_over_the_same_ground_prove_it_once():
    found = cut(parcels(zoo.box()), lines(zoo.box(0.5), zoo.box(0.25)))
    assert found.pieces["share"].tolist() == [pytest.approx(0.5, abs=1e-6), pytest.approx(0.75, abs=1e-6)]
    assert found.proof["max_residual_m2"].tolist() == [pytest.approx(0, abs=1e-5)]


def test_each_parcel_is_cut_in_its_own_zone():
    """Shifted by whole zones, the same parcels and lines give the same pieces."""
    home, away = zoo.box(), shapely.box(123.75, 31.65, 123.751, 31.651)
    line = [shapely.box(lon + 0.0005, 31.64, lon + 0.01, 31.66) for lon in (120.75, 123.75)]
    pieces = cut(parcels(home, away), lines(*line)).pieces
    assert pieces["line_id"].tolist() == ["L1", "L2"]
    assert pieces["area_m2"].iloc[0] == pytest.approx(pieces["area_m2"].iloc[1], abs=1e-6)
    assert pieces["width_m"].iloc[0] == pytest.approx(pieces["width_m"].iloc[1], abs=1e-6)
    assert pieces["geometry"].iloc[1].bounds[0] == pytest.approx(123.7505, abs=1e-7)


def test_every_animal_is_cut_or_left_out():
    ground = parcels(*(zoo.VALID | zoo.COLLAPSED | zoo.NOTHING).values())
    found = cut(ground, lines(shapely.box(116, 30, 124, 33)))
    whole = legal_area(ground.geometry, EDITION)
    kept = found.pieces.set_index("parcel_id")["area_m2"]
    assert kept[kept > 1].to_dict() == {
        name: pytest.approx(area, abs=1e-4)
        for name, area in zip(ground["parcel_id"], whole, strict=True)
        if area > 1
    }
    assert set(found.pieces.geom_type) <= {"Polygon", "MultiPolygon"}
    assert found.proof["parcels"].tolist() == [len(zoo.VALID) + len(zoo.COLLAPSED)]


def test_nothing_to_cut_gives_empty_tables():
    for ground, drawn in (
        (parcels(), lines(zoo.box())),
        (parcels(zoo.box()), lines()),
        (parcels(None), lines(None)),
    ):
        found = cut(ground, drawn)
        assert found.pieces.empty
        assert found.contacts.empty
        assert {"parcel_id", "area_m2", "share", "width_m", "geometry"} <= set(found.pieces)


def test_a_bow_tie_is_refused_in_words():
    with pytest.raises(GeometryError) as caught:
        cut(parcels(zoo.INVALID["bow_tie"]), lines(zoo.box(0.25, 0.25, 0.5)))
    assert str(caught.value).startswith("a parcel or a control line crosses itself\n  found  ")
    assert str(caught.value).endswith(
        "fix    repair it first: gis check names it, reading a layer repairs it"
    )


def test_pieces_that_do_not_add_up_stop_the_run():
    strict = replace(EDITION, data={**EDITION.data, "proof": {"tolerance_m2": -1.0, "tolerance_per_m": 0.0}})
    with pytest.raises(ProofError) as caught:
        overlay(parcels(zoo.box()), lines(zoo.box(0.5)), ENGINE, strict)
    assert str(caught.value).startswith(
        "pieces inside red_line and the remainder do not add up to parcel P1\n  found"
    )


def test_a_plane_layer_is_refused():
    with pytest.raises(CrsError):
        cut(parcels(shapely.box(0, 0, 1, 1), crs="EPSG:4549"), lines(zoo.box()))


def test_few_lines_and_many_meet_the_same_parcels():
    """Boxes are compared one by one for few lines and by a tree for many; a far line never matters."""
    rng = np.random.default_rng(8)
    at = rng.uniform((120.7, 31.6), (120.72, 31.62), (60, 2))
    ground = parcels(*(shapely.box(x, y, x + 0.0007, y + 0.0007) for x, y in at))
    near = [shapely.box(120.70, 31.60, 120.706, 31.62), shapely.box(120.712, 31.601, 120.715, 31.612)]
    far = [shapely.box(121 + one / 100, 31, 121.001 + one / 100, 31.001) for one in range(80)]
    few, many = cut(ground, lines(*near)), cut(ground, lines(*near, *far))
    assert len(few.pieces) > 20
    assert few.pieces.drop(columns="geometry").equals(many.pieces.drop(columns="geometry"))
    whole = few.pieces[few.pieces["share"] > 1 - 1e-12]
    given = ground.geometry.to_numpy()[whole["parcel"]]
    assert len(whole) > 3
    assert shapely.equals_exact(whole.geometry.to_numpy(), given, 0.0).all()


@pytest.mark.parametrize("corners", [4, 60])
def test_a_line_inside_a_parcel_is_cut_out_though_no_side_crosses(corners):
    around, inner = (
        shapely.Point(120.7, 31.6).buffer(0.001),
        shapely.Point(120.7, 31.6).buffer(0.0004, corners),
    )
    found = cut(parcels(around), lines(inner))
    area = legal_area(gpd.GeoSeries([inner], crs=4490), EDITION).iloc[0]
    assert found.pieces["area_m2"].tolist() == pytest.approx([area], rel=1e-9)
