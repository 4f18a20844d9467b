"""The public face: frames or files in, the same frame with our columns behind it out, and what was found beside it.

Heads may be Chinese or English, with or without units, as in a file; a GeoDataFrame may be in any CRS that a
file may have. What a frame gives is what the file of that frame gives.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from gis import standards
from gis.base.errors import UsageError
from gis.base.last_day import last_date
from gis.base.messages import Message
from gis.catalogue import Catalogue, County
from gis.catalogue.model import Words
from gis.engine import Threads
from gis.ingest import Ingested
from gis.sources import LeftOutWarning as LeftOutWarning
from gis.sources import Result, Source, answers_of, beside_own, clock_of, ingested, result_of

WORLD = (-180.0, -90.0, 180.0, 90.0)
AREAS = (
    "area_legal_m2",
    "area_legal_mu",
    "area_planar_m2",
    "area_declared_mu",
    "difference_mu",
    "area_check",
)
COUNTED = ("place", "state", "area_legal_m2", "area_legal_mu", "counted_on", "counted_year", "counted_mu")


def read(source: Source, kind: str | None = None, **said: Any) -> Result:
    """Read a file or a frame into its canonical table.

    Parameters
    ----------
    source
        A path, or a frame of shape (n, m).
    kind
        parcels, samples, air_hours, air_days, control_lines …; found for a file, needed for a frame.
    said
        `columns` {canonical: head or (head, unit)}, `crs`, `date`, `answers` {key: value}, `encoding`,
        `part`, `constants`: what the file does not say itself.

    Returns
    -------
    result
        `frame` is the canonical table, geometry in EPSG:4490.

    Raises
    ------
    GisError
        The source cannot be read; the message names what was found and the fix.
    Question
        Two ways to read give different numbers: answer it with `answers`.

    Examples
    --------
    >>> found = read(pd.DataFrame({"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "氨氮(μg/L)": [1400]}), "samples")
    >>> found.frame["nh3n"].tolist(), found.taken["nh3n"]
    ([1.4], '氨氮(μg/L)')
    """
    found = ingested(source, kind, said)
    return beside_own(found, found.table, source)


def area(parcels: Source, *, as_of: dt.date | None = None, **said: Any) -> Result:
    """Measure the legal ellipsoidal area of polygons (国土调查办发〔2008〕32号).

    Parameters
    ----------
    parcels
        Polygons in any CRS. A declared area, if there is one, is compared.
    as_of
        The day whose edition of the method counts; today when None.

    Returns
    -------
    result
        `frame` has area_legal_m2 (m², two decimals), area_legal_mu (亩), area_planar_m2, and where an area
        is declared difference_mu and area_check (agree, check, reject).

    Examples
    --------
    >>> import shapely
    >>> plots = gpd.GeoDataFrame({"图斑编号": ["A"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_000, 3_503_000, 40_571_100, 3_503_100)])
    >>> area(plots).frame["area_legal_m2"].tolist()
    [9998.76]
    """
    measured, found, edition = _measured(parcels, said, as_of)
    columns = [name for name in AREAS if name in measured and measured[name].notna().any()]
    return beside_own(found, measured[columns], parcels, [edition.id])


def ledger(
    parcels: Source, events: Source | None = None, *, as_of: dt.date | None = None, **said: Any
) -> Result:
    """Count the 亩 of each parcel that stands accepted, each spot of ground once, in the year of its acceptance.

    Parameters
    ----------
    parcels
        Polygons, or a table with declared or accepted areas, with dates (验收日期) or without.
    events
        A long table: 图斑编号, 事项, 日期 and more.
    as_of
        Later events do not count; the last date of the data when None.

    Returns
    -------
    result
        `frame` has state, counted_on, counted_year and counted_mu; `tables["pivot"]` adds them up by place,
        category, state and year, `tables["unmatched"]` holds events without a parcel.

    Raises
    ------
    ColumnError
        Neither geometry nor an area is there.

    Examples
    --------
    >>> rows = {"图斑编号": ["A", "B"], "面积(亩)": [12.5, 8], "验收日期": ["2025-03-01", None]}
    >>> ledger(pd.DataFrame(rows)).frame["counted_mu"].sum()
    np.float64(12.5)
    """
    from gis.land.area import measure
    from gis.land.events import events_of
    from gis.land.ledger import ledger as count
    from gis.land.links import linked
    from gis.land.paper import is_paper, on_ground_or_paper, unmeasured

    found = ingested(parcels, "parcels", said)
    listed = None if events is None else ingested(events, "ledger_events", {}).table
    if listed is not None:
        listed, _ = linked(listed, found.table, answers_of(said))
    day = as_of or last_date({"ledger_events": events_of(found.table, listed)})
    edition = standards.load().in_force("parcel_area", day)
    measured = gpd.GeoDataFrame(measure(found.table, edition))
    book = count(on_ground_or_paper(measured, listed), listed, edition, day)
    book = unmeasured(book) if is_paper(measured) else book
    added = book.parcels[[name for name in COUNTED if name in book.parcels]]
    tables = {"pivot": book.pivot, "unmatched": book.unmatched, "overlaps": book.overlaps}
    return replace(beside_own(found, added, parcels, [edition.id]), tables=tables)


def conflicts(
    parcels: Source,
    lines: Source | Mapping[str, Source],
    *,
    line_type: str | None = None,
    as_of: dt.date | None = None,
    **said: Any,
) -> Result:
    """Cut parcels with control lines; for the growth boundary the piece is the part outside.

    Parameters
    ----------
    lines
        Polygons of one kind, or {line_type: polygons}.
    line_type
        red_line, basic_farmland, growth_boundary or control_area, where `lines` do not say it.

    Returns
    -------
    result
        `frame` has a row a parcel, with touched_m2 and touched_mu of all kinds, each spot of ground once; `tables`
        holds `pieces` (parcel_id, line_type, area_m2, area_mu, share, geometry), `contacts` and the `proof`
        that the pieces and the rest are the parcel.

    Examples
    --------
    >>> import shapely
    >>> plot = gpd.GeoDataFrame({"图斑编号": ["A"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_000, 3_503_000, 40_571_100, 3_503_100)])
    >>> line = gpd.GeoDataFrame({"名称": ["R"]}, crs=4528,
    ...     geometry=[shapely.box(40_571_050, 3_503_000, 40_571_300, 3_503_100)])
    >>> conflicts(plot, line, line_type="red_line").frame["touched_m2"].round(1).tolist()
    [4999.4]
    """
    from gis.land.disjoint import disjoint, own_area
    from gis.land.line_editions import approvals, judged

    measured, found, edition = _measured(parcels, said, as_of)
    kinds = lines if isinstance(lines, Mapping) else {line_type: lines}
    read_lines = [
        ingested(one, "control_lines", {"constants": {"line_type": kind}} if kind else {}).table
        for kind, one in kinds.items()
    ]
    known = gpd.GeoDataFrame(pd.concat(read_lines, ignore_index=True), crs=read_lines[0].crs)
    day = as_of or dt.datetime.now().astimezone().date()
    known = known[~(known["effective_from"] > pd.Timestamp(day))].reset_index(drop=True)
    known = disjoint(known, edition, Threads()).lines
    cut = judged(measured, known, approvals(measured, None, day), [], Threads(), edition, None)
    real = cut.pieces[~cut.pieces["sliver"].astype(bool)]
    alike = real.assign(name="", line_type="", edition=None, effective_from=pd.NaT, category=None)
    own = own_area(gpd.GeoDataFrame(alike), edition, Threads()).groupby(real["parcel"]).sum()
    touched = own.reindex(range(len(measured))).fillna(0.0).set_axis(measured.index)
    from gis.base.units import to_mu

    added = pd.DataFrame({"touched_m2": touched, "touched_mu": to_mu(touched)})
    tables = {"pieces": cut.pieces, "contacts": cut.contacts, "proof": cut.proof}
    return replace(beside_own(found, added, parcels, [edition.id]), tables=tables)


def water_class(
    samples: Source, sections: Source | None = None, *, edition: str | None = None, **said: Any
) -> Result:
    """Rate each record by GB 3838-2002 表1: class, deciding indicators, 超标倍数.

    Parameters
    ----------
    samples
        Records with section, date and indicators (氨氮(mg/L) …).
    sections
        The list of sections, which says river or lake; where nobody does, both classes are given.

    Returns
    -------
    result
        `frame` has water_class (1–6, 6 is 劣Ⅴ), deciding_indicators, main_pollutants, class_as_river,
        class_as_lake, suspect and edition.

    Raises
    ------
    ColumnError
        No indicator was recognised.

    Examples
    --------
    >>> rows = {"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "DO": [8.0], "氨氮": [1.4]}
    >>> water_class(pd.DataFrame(rows)).frame[["water_class", "deciding_indicators"]].values.tolist()
    [[4, '氨氮']]
    """
    from gis.water.records import LIMITS, rated_records
    from gis.water.sections import keyed_sections, keys_of, kinds_of, with_stated

    found, listed = _monitored(samples, sections, said, every_reading=True)
    known = keyed_sections(listed)
    records = found.table.assign(key=keys_of(found.table, known))
    known = with_stated(known, records)
    added, _ = rated_records(
        records, kinds_of(records["key"], known), found.marks, _forced(LIMITS, edition), Threads()
    )
    return beside_own(found, added, samples, added["edition"].dropna().unique())


def water_periods(
    samples: Source, sections: Source | None = None, *, as_of: dt.date | None = None, **said: Any
) -> Result:
    """Assess each section by week, month, quarter, half-year, 1–N月累计 and year (环办〔2011〕22号).

    Returns
    -------
    result
        `frame` has a row a section and period: means, water_class, target_class, attainment; `tables` holds
        what else was made, such as `water_rates`.

    Examples
    --------
    >>> rows = {"断面名称": ["张桥"], "采样日期": ["2025-03-01"], "水体类型": ["河流"], "氨氮": [1.4], "总磷": [0.1]}
    >>> made = water_periods(pd.DataFrame(rows)).frame
    >>> made.loc[made["period"] == "2025M03", "water_class"].tolist()
    [4]
    """
    from gis import water

    found, listed = _monitored(samples, sections, said)
    tables = {
        "samples": found.table, "sample_marks": found.marks, "source_items": found.source_items,
        "sections": listed,
    }  # fmt: skip
    made = water.assess(tables, _county(), standards.load(), as_of or last_date(tables), Threads())
    return result_of(found, made.tables, "section_periods")


def aqi(records: Source, *, kind: str | None = None, edition: str | None = None, **said: Any) -> Result:
    """Give AQI, primary pollutants and category of each hour or day, by the edition of HJ 633 in force.

    Parameters
    ----------
    records
        Hours (time) or days (date) of stations, µg/m³ and CO in mg/m³ unless the heads say otherwise.
    kind
        air_hours or air_days; told by the columns when None.

    Returns
    -------
    result
        `frame` has the sub-indices, aqi, primary_pollutants, category, aqi_level and edition.

    Examples
    --------
    >>> rows = {"站点": ["示例站"], "日期": ["2025-03-01"], "PM2.5": [80], "PM10": [120], "SO2": [10], "NO2": [40],
    ...     "CO": [0.9], "O3-8h": [90]}
    >>> aqi(pd.DataFrame(rows)).frame[["aqi", "category"]].values.tolist()
    [[107, '轻度污染']]
    """
    from gis.air import aqi as judge

    found = ingested(records, kind or clock_of(records), said | {"every_reading": True})
    rate = judge.hourly if found.kind == "air_hours" else judge.daily
    added = rate(found.table, _forced("aqi", edition))
    return beside_own(found, added, records, added["edition"].dropna().unique())


def air_periods(
    records: Source,
    *,
    kind: str | None = None,
    stations: Iterable[str] = (),
    as_of: dt.date | None = None,
    **said: Any,
) -> Result:
    """Assess months, 1–N月累计 and years of the city: good days, PM2.5, coverage (HJ 663).

    Parameters
    ----------
    stations
        The stations that count, by name or code; all when empty.

    Returns
    -------
    result
        `frame` has a row a period; `tables` holds what else was made, such as `air_city_days`.

    Examples
    --------
    >>> rows = {"站点": ["示例站"], "日期": ["2025-03-01"], "PM2.5": [80], "PM10": [120], "SO2": [10], "NO2": [40],
    ...     "CO": [0.9], "O3-8h": [90]}
    >>> made = air_periods(pd.DataFrame(rows)).frame
    >>> made.loc[made["period"] == "2025M03", "good_days"].tolist()
    [0]
    """
    from gis import air

    found = ingested(records, kind or clock_of(records), said)
    tables = {found.kind: found.table}
    county = _county(air_stations=tuple(stations))
    made = air.assess(tables, county, standards.load(), as_of or last_date(tables), Threads())
    return result_of(found, made.tables, "air_periods")


def run(layers: str | Path, out: str | Path, **more: Any) -> Path:
    """Do everything for the county described in `layers` and publish one edition in `out`.

    Parameters
    ----------
    more
        `as_of`, `public`, `forced`: as `gis run` takes them.

    Returns
    -------
    index
        The page to open.
    """
    from gis import pipeline

    return pipeline.run(Path(layers), Path(out), **more)[0]


def figures(layers: str | Path, out: str | Path) -> pd.DataFrame:
    """Give every figure of the edition that stands in `out`, indexed by id.

    Raises
    ------
    UsageError
        No edition of these layers stands there.
    """
    from gis.store.answers import records

    return pd.DataFrame(records(_standing(layers, out), "figures")).set_index("figure_id")


def trace(figure: str, layers: str | Path, out: str | Path) -> pd.DataFrame:
    """Follow a figure of the standing edition to the rows behind it: file, row, record.

    Raises
    ------
    UsageError
        No edition stands, or none of its figures has this id.
    """
    from gis.store.answers import trace as follow

    return pd.DataFrame(follow(figure, _standing(layers, out)).rows)


def _measured(
    parcels: Source, said: Mapping[str, Any], as_of: dt.date | None
) -> tuple[gpd.GeoDataFrame, Ingested, standards.Edition]:
    from gis.land.area import measure

    found = ingested(parcels, "parcels", said)
    if found.table.geometry.isna().all():
        raise UsageError(
            Message("没有一行有面，无法量算", "no row has a polygon, so nothing can be measured"),
            fix=Message("给 GeoDataFrame 或图层文件", "give a GeoDataFrame or the file of a layer"),
        )
    day = as_of or dt.datetime.now().astimezone().date()
    edition = standards.load().in_force("parcel_area", day)
    return gpd.GeoDataFrame(measure(found.table, edition)), found, edition


def _monitored(
    samples: Source, sections: Source | None, said: Mapping[str, Any], *, every_reading: bool = False
) -> tuple[Ingested, pd.DataFrame]:
    from gis.base.tables import empty
    from gis.water.doubtful_names import settled
    from gis.water.methods import with_methods

    found = ingested(samples, "samples", {**said, "every_reading": every_reading})
    listed = empty("sections") if sections is None else ingested(sections, "sections", {}).table
    known = answers_of(said)
    table = with_methods(settled(found.table, listed, known), known, asks=not every_reading)
    return replace(found, table=table), listed


def _forced(family: str, edition: str | None) -> standards.Editions:
    known = standards.load()
    return known if edition is None else known.force(family, edition)


def _county(**known: Any) -> Catalogue:
    place = County(
        adcode="000000", name=Words(zh="", en=""), extent=WORLD, plan_years=(dt.MINYEAR, dt.MAXYEAR), **known
    )
    return Catalogue(folder=Path(), county=place, layers=())


def _standing(layers: str | Path, out: str | Path) -> Any:
    from gis.store.standing import standing

    found = standing(Path(out), Path(layers), None, ())
    if found is None:
        raise UsageError(
            Message("这里没有这个县的版本", "no edition of this county stands here"), file=str(out),
            fix=Message("先 gis.run(layers, out)", "gis.run(layers, out) makes one"),
        )  # fmt: skip
    return found.answers
