"""The library as one uses geopandas: parcels of a shapefile, a red line, a sheet of readings.

python docs/examples/newcomer.py
"""

import tempfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
from shapely.geometry import box

import gis

EAST, NORTH = 40_571_000, 3_503_000  # EPSG:4528, metres with the number of the zone in front


def main() -> None:
    """Measure, cut and rate, say what was taken, and explain a figure down to the rows of the file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "地块.shp"
        gpd.GeoDataFrame(
            {"图斑编号": ["CS-1", "CS-2"], "面积(亩)": [15.0, 30.0]},
            geometry=[
                box(EAST, NORTH, EAST + 100, NORTH + 100),
                box(EAST + 300, NORTH, EAST + 400, NORTH + 100),
            ],
            crs=4528,
        ).to_file(file, encoding="gb18030")

        plots = gis.area(file)
        print(plots.frame[["图斑编号", "area_legal_mu", "area_check"]])
        print("taken:", dict(plots.taken), "edition:", plots.editions)

        total = plots.figures.loc["mu"]
        print(
            f"{total['name']} {total['value']:.2f} {total['unit']} = {total['formula']}, of {total['made_of']}"
        )
        print(plots.figures.loc["total", ["value", "unit", "formula", "texts"]])
        print(plots.trace("mu")[["source", "source_row", "part"]])

        red_line = gpd.GeoDataFrame(
            {"名称": ["示例红线"]}, geometry=[box(EAST + 60, NORTH, EAST + 350, NORTH + 50)], crs=4528
        )
        touched = gis.conflicts(gpd.read_file(file), red_line, line_type="red_line")
        print(touched.frame[["图斑编号", "touched_mu"]])

    readings = pd.DataFrame(
        {
            "断面名称": ["示例桥", "示例桥"],
            "采样日期": ["2025-03-01", "2025-04-01"],
            "水体类型": ["河流", "河流"],
            "DO (mg/L)": [8.1, 4.2],
            "NH3-N (μg/L)": [400, 1400],
        }
    )
    rated = gis.water_class(readings)
    print(rated.frame[["采样日期", "water_class", "deciding_indicators"]])
    print("\n".join(rated.notes))


if __name__ == "__main__":
    main()
