"""One case for each clause on land in the standards that the code implements; the id is the clause."""

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely

from gis import standards
from gis.engine import Threads
from gis.land.area import legal_area, measure

EDITION = standards.load().get("area-2008-32")
UNSPLIT = replace(EDITION, data={**EDITION.data, "method": {**EDITION.data["method"], "densify_over_m": 1e9}})
SHORT_SIDE = 200 / 3
TRAPEZOID = shapely.box(120.75, 31.50, 120.76, 31.51)
SMALL = shapely.box(571000, 3503000, 571100, 3503000 + SHORT_SIDE)
LARGE = shapely.box(571000, 3503000, 572000, 3503000 + 10 * SHORT_SIDE)
PENTAGON = shapely.Polygon([
    (571000, 3503000), (572310.5, 3503210.25), (572890.25, 3504105.5), (571640.75, 3504890), (570480.5, 3503920.75),
])  # fmt: skip


def placed(shape, crs=4549):
    return gpd.GeoSeries([shape], crs=crs).to_crs(4490)


def measured(shapes):
    return measure(gpd.GeoDataFrame(geometry=shapes), EDITION, Threads()).iloc[0]


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        pytest.param(placed(SMALL), 6665.83695, id="32-formula2-rectangle-10-mu"),
        pytest.param(placed(LARGE), 666582.63980, id="32-formula2-rectangle-1000-mu"),
        pytest.param(placed(PENTAGON), 2743343.46801, id="32-formula2-pentagon"),
    ],
)
def test_the_legal_area_of_the_vectors_in_full_precision(shape, area):
    assert legal_area(shape, EDITION)[0] == pytest.approx(area, abs=1e-5)


def test_the_trapezoid_between_two_parallels():
    """Its northern and southern sides follow the parallels only in the formula itself, unsplit."""
    assert legal_area(placed(TRAPEZOID, 4490), UNSPLIT)[0] == pytest.approx(1053312.43236, abs=1e-5)


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        pytest.param(placed(LARGE), 666582.677, id="32-survey-rounding-rectangle"),
        pytest.param(placed(PENTAGON), 2743343.46710, id="32-survey-rounding-pentagon"),
    ],
)
def test_survey_rounding_gives_the_area_of_the_survey_programs_to_the_cent(shape, area):
    found = legal_area(shape, EDITION, rounding="survey")[0]
    assert found == pytest.approx(area, abs=0.02)
    assert found == round(area, 2)


def test_the_vertices_alone_give_what_the_vector_says_they_give():
    assert legal_area(placed(PENTAGON), UNSPLIT)[0] == pytest.approx(2743314.21345, abs=1e-5)


def test_the_plane_area_of_the_pentagon():
    assert measured(placed(PENTAGON))["area_planar_m2"] == pytest.approx(2743690.8125, abs=1e-4)


def test_the_geodesic_area_of_the_rectangle():
    dense = shapely.segmentize(LARGE, 5.0)
    assert measured(placed(dense))["area_geodesic_m2"] == pytest.approx(666582.63980, abs=1e-3)


def test_coefficients_of_the_formula_for_cgcs2000():
    flattening = 1 / EDITION.data["ellipsoid"]["inv_f"]
    e2 = flattening * (2 - flattening)
    terms = EDITION.data["coefficient"]
    found = {
        name: sum(top / low * e2**power for power, (top, low) in enumerate(row))
        for name, row in terms.items()
    }
    assert found == pytest.approx({
        "A": 1.0033640898341927, "B": 0.0011241893819271072, "C": 1.6994594735188535e-06,
        "D": 2.717857845577432e-09, "E": 4.358419004834252e-12}, rel=1e-14)  # fmt: skip
