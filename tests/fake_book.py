"""A county of squares with hand-made records: enough for every page, made without reading a file."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely.geometry import LineString, Point, Polygon, box

from gis import scorecard, standards
from gis.base.figures import assessment, finding
from gis.base.messages import enumerated
from gis.base.stored_words import stored_items
from gis.base.tables import conform, empty
from gis.catalogue import Catalogue, load
from gis.maps.book import Book

ROOT = Path(__file__).parents[1]
AS_OF = dt.date(2025, 10, 31)
HOSTILE = '<img src=x onerror="window.hacked=1">\'"</script><script>window.hacked=1</script>&amp;'
CODE = "320581"
STATES = ("identified", "approved", "cleared", "supplied", "accepted", "recorded", "reversed", None)


def listed_ids(*ids: str) -> str | None:
    return enumerated((one, one) for one in ids)


def frame(table: str, rows: list[dict[str, object]], layer: str) -> gpd.GeoDataFrame:
    made = pd.DataFrame(rows).assign(layer=layer, source=f"data/{layer}.gpkg")
    made["source_row"] = range(1, len(made) + 1)
    return conform(gpd.GeoDataFrame(made, geometry="geometry", crs="EPSG:4490"), table)


def known_to_all(book: Book) -> Book:
    """The same book, none of whose layers has a 知悉范围."""
    layers = [
        one.model_copy(update={"about": one.about.model_copy(update={"known_to": ""})})
        for one in book.catalogue.layers
    ]
    return replace(book, catalogue=book.catalogue.model_copy(update={"layers": tuple(layers)}))


def square(x: float, y: float, side: float = 0.004) -> Polygon:
    return box(x, y, x + side, y + side)


def town_squares(catalogue: Catalogue) -> list[Polygon]:
    west, south, east, north = catalogue.county.extent
    wide, high = (east - west) / 5, (north - south) / 3
    spots = [(at % 5, at // 5) for at in range(len(catalogue.county.towns))]
    return [
        box(west + x * wide, south + y * high, west + (x + 1) * wide, south + (y + 1) * high)
        for x, y in spots
    ]


def land_tables(catalogue: Catalogue) -> dict[str, pd.DataFrame]:
    towns = [town.name.zh for town in catalogue.county.towns]
    rng = np.random.default_rng(4)
    parcels = [
        {
            "parcel_id": f"CS-{2021 + at % 5}-{at:04d}",
            "name": HOSTILE if at == 0 else f"地块{at}",
            "town": towns[at % len(towns)],
            "category": "拆除重建",
            "plan_year": 2021 + at % 5,
            "area_declared_mu": 60.0 + at,
            "area_legal_mu": 60.2 + at,
            "difference_mu": -0.2,
            "within_tolerance": at != 3,
            "state": STATES[at % len(STATES)],
            "counted_on": pd.Timestamp(2021 + at % 5, 6, 1),
            "counted_mu": 60.2 + at,
            "geometry": square(120.57 + rng.random() * 0.44, 31.52 + rng.random() * 0.28, 0.003),
        }
        for at in range(60)
    ]
    lines = {
        "red_lines": ("red_line", box(120.68, 31.63, 120.75, 31.68)),
        "basic_farmland": ("basic_farmland", box(120.82, 31.56, 120.9, 31.62)),
        "growth_boundary": ("growth_boundary", box(120.64, 31.57, 120.93, 31.76)),
        "control_areas": ("control_area", box(120.78, 31.54, 120.86, 31.66)),
    }
    control = [
        frame("control_lines", [{"line_id": id_, "line_type": kind, "name": id_, "geometry": shape}], id_)
        for id_, (kind, shape) in lines.items()
    ]
    pieces = [
        {
            "parcel_id": parcels[at]["parcel_id"], "line_id": "red_lines", "line_type": kind, "line_name": "虞山",
            "area_m2": 400.0, "area_mu": 0.6 + at, "share": 0.1, "width_m": 4.0, "sliver": at == 3,
            "rule_id": "renewal_in_red_line", "verdict": verdict, "severity": severity,
            "clause": "自然资发〔2022〕142号",
            "geometry": parcels[at]["geometry"],
        }
        for at, (kind, verdict, severity) in enumerate(
            [("red_line", "review", "medium"), ("basic_farmland", "forbidden", "high"),
             ("control_area", "review", "medium"), ("growth_boundary", "review", "low")]
        )
    ]  # fmt: skip
    ledger = [
        {"place": town, "category": "拆除重建", "state": "accepted", "year": year, "parcels": 3,
         "area_legal_mu": 300.0, "area_declared_mu": 298.0, "counted_mu": 40.0 * at + 7 * (year - 2020)}
        for at, town in enumerate(towns[:-1]) for year in range(2021, 2026)
    ]  # fmt: skip
    tax = [{"place": town, "level": "town", "year": 2024, "tax_yuan": 3e8, "land_mu": 2000.0, "tax_per_mu": 150_000.0}
           for town in towns]  # fmt: skip
    counted = [
        {"parcel_id": f"CS-{year}-0001", "place": "320581101", "event": "accepted", "date": pd.Timestamp(year, 5, 6),
         "year": year, "claimed_mu": 50.0, "overlap_m2": 0.0, "area_mu": 40.0 if year == 2024 else 55.5,
         "declared_mu": 50.0, "document_no": "示例", "source": "data/更新台账.xlsx", "source_row": 9}
        for year in (2024, 2025)
    ]  # fmt: skip
    unmatched = [
        {"parcel_id": "CS-2023-9999", "event": "approved", "date": pd.Timestamp(2023, 1, 14), "area_mu": 32.5,
         "document_no": "示例", "source": "data/更新台账.xlsx", "source_row": 12}
    ]  # fmt: skip
    return {
        "counted": pd.DataFrame(counted),
        "unmatched_events": pd.DataFrame(unmatched),
        "area_proof": pd.DataFrame([{"line_type": "red_line", "parcels": 60, "max_residual_m2": 1.9e-8}]),
        "parcels": frame("parcels", parcels, "renewal_parcels"),
        "control_lines": gpd.GeoDataFrame(pd.concat(control, ignore_index=True), crs="EPSG:4490"),
        "pieces": gpd.GeoDataFrame(pieces, geometry="geometry", crs="EPSG:4490"),
        "ledger": pd.DataFrame(ledger),
        "tax_by_place": pd.DataFrame(tax),
        "overlaps": pd.DataFrame(
            [
                {
                    "parcel_id": "CS-2022-0001",
                    "other_id": "CS-2021-0000",
                    "area_m2": 812.5,
                    "counted_for": "CS-2021-0000",
                }
            ]
        ),
    }


def water_tables() -> dict[str, pd.DataFrame]:
    kinds, levels = ("river", "lake", None), ("national", "provincial", "municipal")
    sections = [
        {
            "section_id": f"CS-G-{at:02d}", "name": "昆承湖心" if at == 1 else f"断面{at}", "water_body": "昆承湖",
            "water_kind": kinds[at % 3], "level": levels[at % 3],
            "target_class": 3,
            "valid_from": pd.Timestamp(2021, 1, 1), "river_chief": "张三",
            "geometry": Point(120.6 + 0.05 * at, 31.54 + 0.03 * at),
        }
        for at in range(8)
    ]  # fmt: skip
    hostile = {"section_id": f"../{HOSTILE}", "name": HOSTILE, "water_kind": "river", "river_chief": HOSTILE}
    sections.append({**sections[0], **hostile, "target_document": HOSTILE, "geometry": Point(120.9, 31.7)})
    periods = [
        {
            **{key: one[key] for key in ("section_id", "name", "water_body", "water_kind", "level", "target_class")},
            "period": period, "period_kind": kind, "year": 2025, "n_samples": 9, "months_used": "1,2,3", "n_months": 3,
            "water_class": None if one["water_kind"] is None else at % 6 + 1, "class_as_river": 3, "class_as_lake": 4,
            "deciding_indicators": stored_items(["tp"]),
            "main_pollutants": stored_items(["tp"], ["(0.4)"]), "tp": 0.28, "gap_to_target": 0.4,
            "gap_indicator": "总磷",
            "at_target": None if one["water_kind"] is None else at % 6 + 1 <= 3,
            "provisional": kind == "year", "edition": "gb3838-2002",
        }
        for at, one in enumerate(sections)
        for period, kind in (("2025M10", "month"), ("2025", "year"))
    ]  # fmt: skip
    samples = [
        {"section_id": "CS-G-01", "section": "昆承湖心", "sampled_at": pd.Timestamp(2025, 10, 2), "published_class": 3,
         "audited": False, "water_class": 4, "published_differs": True, "tp": 0.06,
         "source": "data/自动站.csv", "source_row": 7}
    ]  # fmt: skip
    samples += [
        {"section_id": f"../{HOSTILE}", "section": HOSTILE, "sampled_at": pd.Timestamp(2025, at, 3), "tp": at / 40,
         "copper": 0.0005, "method": "manual", "water_class": 4, "source": HOSTILE, "source_row": at}
        for at in range(1, 11)
    ]  # fmt: skip
    marked = {"source": HOSTILE, "source_row": 2, "section_id": f"../{HOSTILE}", "section": HOSTILE}
    marks = [
        {**marked, "indicator": "copper", "mark": "non_detect", "detection_limit": 0.001, "reason": HOSTILE}
    ]
    flags = [
        {**marked, "indicator": "tp", "value": 0.05, "flag": "jump", "reason": f"突变{HOSTILE} · a jump"}
    ]
    rates = [
        {"period": str(year), "period_kind": "year", "n_listed": 15, "n_assessed": 15, "n_at_target": 14,
         "attainment_rate": 93.3, "good_share": 93.3, "worse_share": 0.0, "left_out": ""} for year in range(2021, 2026)
    ]  # fmt: skip
    waters = [
        {
            "water_id": "R1",
            "name": "常浒河",
            "water_kind": "river",
            "geometry": LineString([(120.74, 31.66), (120.9, 31.8)]),
        },
        {
            "water_id": "L1",
            "name": "昆承湖",
            "water_kind": "lake",
            "geometry": Point(120.77, 31.59).buffer(0.02),
        },
    ]
    outfalls = [{"outfall_id": "P1", "name": "一号口", "geometry": Point(120.8, 31.7)}]
    typed = pd.DataFrame(periods)
    typed["water_class"] = typed["water_class"].astype("Int64")
    typed["at_target"] = typed["at_target"].astype("boolean")
    return {
        "sections": frame("sections", sections, "sections"),
        "section_periods": typed,
        "samples": conform(pd.DataFrame(samples), "samples"),
        "sample_marks": conform(pd.DataFrame(marks), "sample_marks"),
        "sample_flags": pd.DataFrame(flags),
        **outlook_tables(sections),
        "water_rates": pd.DataFrame(rates),
        "waters": frame("waters", waters, "rivers"),
        "outfalls": frame("outfalls", outfalls, "outfalls"),
    }


def outlook_tables(sections: list[dict[str, object]]) -> dict[str, pd.DataFrame]:
    """What the rest of the year needs, trends, changes and neighbours, made by hand."""
    base = {
        "months_left": 2,
        "n_years": 4,
        "draws": 2000,
        "seed": 7,
        "hit_rate": 0.9,
        "brier": 0.08,
        "brier_climatology": 0.21,
        "backtest": "leave_one_out",
        "n_backtest": 40,
    }
    needs = [("tp", "target", 0.21449, 0.19, True, 0.83, 1), ("dissolved_oxygen", "target", 3.2111, 7.0, True, 0.93, 2),
             ("tp", "good", None, 0.19, False, None, 1), ("all", "target", None, None, True, 0.79, None)]  # fmt: skip
    outlook = [
        {"section_id": one["section_id"], "name": one["name"], "period": "2025", "indicator": key, "goal": goal,
         "goal_class": 3, "needed": needed, "mean_so_far": mean, "possible": possible, "probability": chance,
         "rank": rank, "binds": possible, "state": "at_risk" if possible else "lost",
         "note": HOSTILE, **base}
        for one in sections for key, goal, needed, mean, possible, chance, rank in needs
    ]  # fmt: skip
    trends = [
        {"section_id": "CS-G-01", "name": "昆承湖心", "indicator": "tp", "n": 5, "spearman_rs": -0.9,
         "spearman_limit": 0.9, "spearman_significant": True, "mk_slope": -0.012, "mk_low": -0.02, "mk_high": -0.004,
         "mk_p": 0.012, "mk_n": 58, "direction": "falling", "mk_direction": "falling", "meaning": "better",
         "note": None},
    ]  # fmt: skip
    changes = [
        {"section_id": "CS-G-01", "name": "昆承湖心", "period": "2025M10", "compared_with": "last_month",
         "period_before": "2025M09", "class_before": 3, "class_now": 2, "change": "better",
         "word": "有所好转 · somewhat better"},
    ]  # fmt: skip
    network = [
        {"section_id": "CS-G-01", "name": "昆承湖心", "distance_m": 12.4, "water": "昆承湖",
         "upstream": listed_ids("CS-G-00", f"../{HOSTILE}"), "downstream": listed_ids("CS-G-02", "不在名录"),
         "own_water": True, "neighbours": None, "note": None}
    ]  # fmt: skip
    made = {
        "water_outlook": outlook,
        "water_trends": trends,
        "section_changes": changes,
        "section_network": network,
    }
    return {name: pd.DataFrame(rows) for name, rows in made.items()}


def air_tables() -> dict[str, pd.DataFrame]:
    names = ("海虞子站", "兴福子站", "菱塘子站")
    stations = [
        {
            "station_id": f"A{at}",
            "name": name,
            "station_chief": "李四",
            "geometry": Point(120.7 + at / 10, 31.65),
        }
        for at, name in enumerate(names)
    ]
    dates = pd.date_range("2025-01-01", "2025-10-31")
    levels = [("优", 42), ("良", 88), ("轻度污染", 121), ("良", 75), ("优", 30), ("中度污染", 160)]
    city = pd.DataFrame(
        {
            "date": dates,
            "aqi": pd.array([levels[at % 6][1] for at in range(len(dates))], dtype="Int64"),
            "category": [levels[at % 6][0] for at in range(len(dates))],
        }
    )
    station = pd.concat(
        [
            city.tail(5).assign(station_key=f"A{at}", station=name, published_aqi=88, pm25=20.0)
            for at, name in enumerate(names)
        ],
        ignore_index=True,
    )
    periods = [
        {"period": period, "period_kind": kind, "year": 2025, "good_days": 230, "valid_days": 280,
         "good_day_rate": 82.1,
         "pm25_mean": 29.4, "coverage": 0.98, "provisional": kind == "year", "edition": "hj633-2012"}
        for period, kind in (("2025", "year"), ("2025C10", "cumulative"), ("2025M10", "month"))
    ]  # fmt: skip
    return {
        "stations": frame("stations", stations, "air_stations"),
        "air_city_days": city,
        "air_station_days": station.assign(
            source="data/air_days.xlsx", source_row=range(2, len(station) + 2)
        ),
        "air_periods": pd.DataFrame(periods),
    }


def figures_and_evidence() -> tuple[pd.DataFrame, pd.DataFrame]:
    values = {
        "land.renewed_area": 10412.35, "land.renewed_area_declared": 10388.1, "land.renewal_parcels": 312,
        "land.tax_per_mu": 14.61, "land.tax_per_mu_growth": 5.8, "land.double_agreement_rate": 97.2,
        "land.lines_mapped": 2, "land.farmland_cases_open": 41,
        "water.attainment_rate": 93.3333, "water.good_share": 93.3333,
        "air.good_day_rate": 84.1, "air.pm25_mean": 28.1, "actions.river_dredged.finished": 15,
        "actions.sewage_households.quantity_finished": 5121, "actions.old_industrial_zone.started": 1,
        "statistics.new_energy_bus_share.change": 11.2,
    }  # fmt: skip
    made = [
        finding(
            name, period, CODE, value, n=12, coverage=0.97, edition="gb3838-2002" if "water" in name else ""
        )
        for period in ("2021", "2022", "2023", "2024", "2025", "2024C10")
        for name, value in values.items()
    ]
    made += [finding("water.section_at_target", "2021", place, 1.0) for place in ("CS-G-01", "CS-S-02")]
    done = assessment({}, made)
    return done.figures, done.evidence


def make(*, public: bool = False, only: tuple[str, ...] | None = None) -> Book:
    """Make the book; `only` keeps the tables of these names."""
    catalogue = load(ROOT / "layers", check_files=False)
    editions = standards.load()
    towns = [
        {"place_code": town.code, "name": town.name.zh, "level": "town", "geometry": shape}
        for town, shape in zip(catalogue.county.towns, town_squares(catalogue), strict=True)
    ]
    county = [
        {"place_code": CODE, "name": "常熟市", "level": "county", "geometry": box(*catalogue.county.extent)}
    ]
    boundaries = pd.concat(
        [frame("boundaries", towns, "towns"), frame("boundaries", county, "county")], ignore_index=True
    )
    made = {"land": land_tables(catalogue), "water": water_tables(), "air": air_tables()}
    tables = {"boundaries": boundaries, **made["land"], **made["water"], **made["air"]}
    tables = {name: table for name, table in tables.items() if only is None or name in only}
    figures, evidence = figures_and_evidence() if only is None else (empty("figures"), empty("evidence"))
    sources = pd.DataFrame(
        [{"layer": layer.id, "file": layer.files[0], "rows_read": 10, "rows_kept": 9, "rows_equal": 0,
          "rows_superseded": 0, "rows_set_aside": 0, "rows_quarantined": 1, "records": 9}
         for layer in catalogue.layers]
    )  # fmt: skip
    withheld = (
        tuple(layer.id for layer in catalogue.layers if layer.about.confidentiality == "internal")
        if public
        else ()
    )
    return Book(
        catalogue=catalogue,
        editions=editions,
        tables=tables,
        figures=figures,
        evidence=evidence,
        targets=scorecard.judge(catalogue, editions, figures, AS_OF),
        sources=conform(sources, "sources"),
        findings=empty("findings"),
        as_of=AS_OF,
        edition="2025-10-31-abcdef12",
        years=(2021, 2022, 2023, 2024, 2025) if only is None else (),
        public=public,
        withheld=withheld,
        lineage=_lineage(catalogue, made, figures, withheld),
    )


def _lineage(
    catalogue: Catalogue,
    made: dict[str, dict[str, pd.DataFrame]],
    figures: pd.DataFrame,
    withheld: tuple[str, ...],
) -> dict[str, frozenset[str]]:
    """Say that what a subject made is of the layers of that subject."""
    groups = {"land": {"land", "lines"}, "water": {"water"}, "air": {"air"}}
    groups |= {subject: {"actions"} for subject in ("actions", "statistics")}
    layers = {
        subject: frozenset(one.id for one in catalogue.layers if one.group in among) - {*withheld}
        for subject, among in groups.items()
    }
    names = {name: subject for subject, tables in made.items() for name in tables}
    names |= {f"figures:{one}": one.partition(".")[0] for one in figures["indicator"].unique()}
    names |= {f"targets:{subject}": subject for subject in layers}
    return {name: layers[subject] for name, subject in names.items() if subject in layers}
