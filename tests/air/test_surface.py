import geopandas as gpd
import numpy as np
import pytest
import shapely
from pykrige.ok import OrdinaryKriging
from shapely.geometry import Point, box

from gis import standards
from gis.air.surface import grid_of, surface, town_means
from gis.air.surface_tables import cells, grid_and_values, surface_tables
from gis.base.errors import UsageError

RULES = standards.load().get("air-practice").data["surface"]
COUNTY = box(120.60, 31.60, 120.80, 31.70)


def stations_of(places, values):
    names = [f"站{at}" for at in range(len(places))]
    frame = gpd.GeoDataFrame({"name": names, "value": values}, geometry=[Point(xy) for xy in places])
    return frame.set_crs("EPSG:4490")


def four(values=(20.0, 30.0, 30.0, 40.0)):
    return stations_of([(120.62, 31.62), (120.62, 31.68), (120.78, 31.62), (120.78, 31.68)], list(values))


def test_inverse_distance_is_the_weighted_mean_of_the_stations():
    made = surface(four(), COUNTY, "idw", RULES)
    x, y = made.grid.centres()
    at = np.unravel_index(
        np.nanargmax(np.where(np.isnan(made.array), np.nan, -np.abs(x - x.mean()))), x.shape
    )
    places = shapely.get_coordinates(four().to_crs(made.grid.epsg).geometry.to_numpy())
    distance = np.hypot(places[:, 0] - x[at], places[:, 1] - y[at])
    expected = np.average([20.0, 30.0, 30.0, 40.0], weights=distance**-2.0)
    assert made.array[at] == pytest.approx(expected)


def test_a_cell_at_a_station_has_its_value_and_none_outside_the_county():
    made = surface(four(), COUNTY, "idw", RULES, cell_m=100)
    assert np.nanmin(made.array) == pytest.approx(20.0, abs=0.1)
    assert np.isnan(made.array).any()
    x, y = made.grid.centres()
    inside = gpd.GeoSeries([COUNTY], crs="EPSG:4490").to_crs(made.grid.epsg).iloc[0]
    assert (np.isfinite(made.array) == shapely.contains_xy(inside, x, y)).all()


def test_the_check_leaves_each_station_out_in_its_turn():
    two = stations_of([(120.65, 31.65), (120.75, 31.65), (120.70, 31.65)], [20.0, 40.0, 90.0])
    checks = surface(two, COUNTY, "idw", RULES).checks.set_index("name")
    assert checks.loc["站2", "estimated"] == pytest.approx(30.0, abs=0.02)  # halfway between 20 and 40
    assert checks.loc["站2", "error"] == pytest.approx(-60.0, abs=0.02)
    made = surface(two, COUNTY, "idw", RULES)
    assert made.rmse == pytest.approx(np.sqrt((made.checks["error"] ** 2).mean()))


def test_kriging_is_refused_under_the_declared_number_of_stations_and_not_replaced():
    with pytest.raises(UsageError) as caught:
        surface(four(), COUNTY, "kriging", RULES)
    assert "kriging needs 10 stations with a value" in caught.value.message()
    assert "4 stations" in caught.value.message()
    assert "--method idw" in caught.value.message()


def test_stations_without_a_value_do_not_count():
    with pytest.raises(UsageError, match="idw needs 3 stations"):
        surface(four([20.0, 30.0, np.nan, np.nan]), COUNTY, "idw", RULES)


def test_kriging_gives_back_the_stations_and_follows_a_slope():
    xs, ys = np.meshgrid(np.linspace(120.61, 120.79, 5), np.linspace(31.61, 31.69, 4))
    slope = 20 + 100 * (xs.ravel() - 120.6)
    many = stations_of(list(zip(xs.ravel(), ys.ravel(), strict=True)), slope)
    made = surface(many, COUNTY, "kriging", RULES)
    places = shapely.get_coordinates(many.to_crs(made.grid.epsg).geometry.to_numpy())
    model = OrdinaryKriging(*places.T, slope, variogram_model="spherical", pseudo_inv=True)
    x, y = made.grid.centres()
    at = np.argwhere(np.isfinite(made.array))[len(x) * 7]
    other, _ = model.execute("points", [x[tuple(at)]], [y[tuple(at)]])
    assert made.array[tuple(at)] == pytest.approx(float(other[0]))
    assert made.rmse < np.std(slope)


def test_a_grid_stands_on_whole_cells_and_covers_the_county():
    grid = grid_of(COUNTY, 500)
    assert grid.west % 500 == grid.north % 500 == 0
    west, south, east, north = gpd.GeoSeries([COUNTY], crs="EPSG:4490").to_crs(grid.epsg).total_bounds
    assert grid.west <= west
    assert grid.north >= north
    assert grid.west + grid.width * 500 >= east
    assert grid.north - grid.height * 500 <= south
    with pytest.raises(UsageError, match="too large"):
        grid_of(COUNTY, 1, most_cells=1000)


def test_town_means_of_a_flat_surface_are_flat():
    towns = gpd.GeoDataFrame(
        {"place_code": ["1", "2"], "name": ["西", "东"]},
        geometry=[box(120.62, 31.62, 120.70, 31.68), box(120.70, 31.62, 120.78, 31.68)], crs="EPSG:4490",
    )  # fmt: skip
    flat = town_means(surface(four([30.0] * 4), COUNTY, "idw", RULES), towns)
    assert flat["mean"].tolist() == pytest.approx([30.0, 30.0])
    tilted = town_means(surface(four([20.0, 20.0, 40.0, 40.0]), COUNTY, "idw", RULES), towns)
    assert tilted["mean"].is_monotonic_increasing
    assert 20 < tilted["mean"].iloc[0] < 30 < tilted["mean"].iloc[1] < 40


def test_town_means_weigh_cells_by_the_part_inside():
    made = surface(four(), COUNTY, "idw", RULES)
    grid = made.grid
    towns = gpd.GeoDataFrame(
        {"place_code": ["1", "2", "3"], "name": ["西", "跨界", "外"]},
        geometry=[box(120.611, 31.612, 120.64, 31.65), Point(120.8, 31.7).buffer(0.03), box(121, 31, 121.1, 31.1)],
        crs="EPSG:4490",
    )  # fmt: skip
    x, y = grid.centres()
    half = grid.cell_m / 2
    drawn = towns.geometry.to_crs(grid.epsg)
    means = town_means(made, towns)
    for at in (0, 1):
        part = shapely.area(
            shapely.intersection(drawn[at], shapely.box(x - half, y - half, x + half, y + half))
        )
        part[np.isnan(made.array)] = 0
        met = made.array[part > 1e-3]
        assert means["mean"][at] == pytest.approx(
            (part * np.nan_to_num(made.array)).sum() / part.sum(), rel=1e-9
        )
        assert means.loc[at, ["lowest", "highest"]].tolist() == [met.min(), met.max()]
    assert means.loc[2, ["mean", "lowest", "highest"]].isna().all()
    assert town_means(made, towns.iloc[:0]).empty


def test_cells_give_the_surface_back():
    made = surface(four(), COUNTY, "idw", RULES)
    import pandas as pd

    grid, values = grid_and_values(pd.DataFrame([made.grid._asdict()]), cells(made))
    assert grid == made.grid
    np.testing.assert_array_equal(values, made.array)


def test_a_run_with_too_few_stations_says_so_and_makes_no_surface():
    places = four().rename(columns={"name": "station_id"}).assign(name=lambda rows: rows["station_id"])
    towns = gpd.GeoDataFrame({"level": ["county"], "name": ["县"]}, geometry=[COUNTY], crs="EPSG:4490")
    keys = {name: name for name in places["name"]}
    import pandas as pd

    made = surface_tables(
        {"stations": places, "boundaries": towns}, pd.Series({"站0": 20.0, "站1": 30.0}), "2024", keys,
        standards.load().get("air-practice"),
    )  # fmt: skip
    assert list(made) == ["air_surface"]
    assert "站点不足" in made["air_surface"]["note"].iloc[0]
