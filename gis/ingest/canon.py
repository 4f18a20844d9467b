"""One raw part of a file → rows of its canonical table, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.base.geo import STORED
from gis.base.tables import TABLES, conform, empty
from gis.ingest.amounts import SUSPECT, Mark, amounts
from gis.ingest.axes import HALF_TURN
from gis.ingest.heads import NEEDED, Match, Taken
from gis.ingest.model import Options, Raw
from gis.ingest.named_items import named_items
from gis.ingest.sheet_shape import date_in, records
from gis.ingest.times import FIRST_DAY, times
from gis.ingest.values import chosen, is_missing, texts, words

X_ITEMS = "x_items"
WORD_LISTS = {"published_class": "water_class", "target_class": "water_class"}
SECTION = frozenset(("section", "section_id"))
STATION = frozenset(("station", "station_id"))
AIR = ("air_hours", "air_days")
MOST_CO_MG = 60.0
MUST_BE_KNOWN = frozenset((("ledger_events", "event"), ("water_bank", "kind")))
FIXES = {
    "time": "写成 2021-01-05 08:00；只有年月日在标题中时用 --date · write it as 2021-01-05 08:00, or --date",
    "year": "用 --date 说出年份，如 --date 2026-02-04 · say the year: --date 2026-02-04",
    "word": "改用可识别的词 · write one of the words known: ",
    "key": "补填该单元格 · fill in the cell",
    "number": "写成数字 · write a number",
    "odd": f"早于 {FIRST_DAY} 或远在将来，核对日期 · before {FIRST_DAY} or far in the future, check the date",
}


@dataclass
class Rows:
    """Canonical columns of one raw part on its index, and what reading the cells showed."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)
    bad: dict[str, tuple[pd.Series, str]] = field(default_factory=dict)
    odd: dict[str, pd.Series] = field(default_factory=dict)
    findings: list[tuple[str, str]] = field(default_factory=list)


def canonical(raw: Raw, match: Match, options: Options) -> Rows:
    """Read every taken column of a raw part.

    Parameters
    ----------
    raw
        Shape (n,).
    match
        Where each canonical column comes from.
    options
        `constants` fill columns that are absent and cells that are empty.

    Returns
    -------
    rows
        Columns on the index of `raw.frame`, in the canonical units; marks for samples.
    """
    rows = Rows()
    for name, taken in match.columns.items():
        if name.startswith("_"):
            continue
        cells = _cells(raw.frame, taken)
        kind = TABLES[options.kind][name].kind
        if kind in "fi":
            _number(rows, name, cells, taken, (raw, options))
        elif kind in "dt":
            _time(rows, name, raw, match, options.kind)
        elif kind == "b":
            _word(rows, name, cells, "bool", options)
            rows.columns[name] = rows.columns[name].map({"true": True, "false": False}).astype("boolean")
        elif words(name, options.kind):
            _word(rows, name, cells, name, options)
        else:
            _text(rows, name, cells)
    for name, instead in (("time", "_day"), ("sampled_at", "_month")):
        if name in TABLES[options.kind] and name not in match.columns and instead in match.columns:
            _time(rows, name, raw, match, options.kind)
    _from_title(rows, raw, options)
    for name, value in options.constants.items():
        have = rows.columns.get(name)
        fill = pd.Series([value] * len(raw.frame), index=raw.frame.index, dtype="object")
        rows.columns[name] = fill if have is None else have.astype("object").where(have.notna(), fill)
    return rows


def faults(rows: Rows, raw: Raw, options: Options, source: str) -> pd.DataFrame:
    """Give the rejects: rows without a cell that they need or with a date that cannot be.

    Returns
    -------
    rejects
        One row each, the first reason; index of `raw.frame` in the column `at`.
    """
    reasons = _reasons(rows, options.kind, raw.frame.index)
    bad = reasons[reasons["reason"].notna()]
    if bad.empty:
        return empty("rejects").assign(at=pd.Series(dtype="int64"))
    own = pd.DataFrame(raw.frame.loc[bad.index]).drop(columns="geometry", errors="ignore")
    return conform(
        bad.assign(
            layer=options.layer, source=source, source_row=raw.rows.loc[bad.index].to_numpy(),
            record=records(own), at=bad.index,
        ).reset_index(drop=True),
        "rejects",
    )  # fmt: skip


def _reasons(rows: Rows, kind: str, index: pd.Index) -> pd.DataFrame:
    reasons = pd.DataFrame(index=index, columns=["field", "text", "reason", "fix"], dtype="object")
    for group in NEEDED.get(kind, ()):
        have = np.zeros(len(index), dtype=bool)
        for name in group:
            if name in rows.columns:
                have |= rows.columns[name].notna().to_numpy()
        name = next((one for one in group if one in rows.columns), group[0])
        lacking = ~have & reasons["reason"].isna().to_numpy()
        if not lacking.any():
            continue
        title = TABLES[kind][name]
        cells, fix = rows.bad.get(name, (pd.Series(None, index=index, dtype="object"), FIXES["key"]))
        found = cells[lacking].map(lambda cell: None if is_missing(cell) else str(cell))
        written = found.notna().to_numpy()
        reasons.loc[lacking, "field"] = name
        reasons.loc[lacking, "text"] = found.to_numpy()
        reasons.loc[lacking, "reason"] = np.where(
            written,
            f"{title.zh}读不懂 · {title.en} is not understood",
            f"{title.zh}为空 · {title.en} is empty",
        )
        reasons.loc[lacking, "fix"] = np.where(written, fix, FIXES["key"])
    for name, odd in rows.odd.items():
        title, late = TABLES[kind][name], odd.to_numpy() & reasons["reason"].isna().to_numpy()
        reasons.loc[late, "field"] = name
        reasons.loc[late, "text"] = rows.columns[name][late].astype(str).to_numpy()
        reasons.loc[late, "reason"] = f"{title.zh}不合理 · {title.en} is not plausible"
        reasons.loc[late, "fix"] = FIXES["odd"]
    return reasons


def points(rows: Rows, frame: pd.DataFrame, crs: str | None = None) -> gpd.GeoDataFrame | None:
    """Make points of the columns lon and lat, None where a row has not both.

    Degrees are EPSG:4490; `crs` is that of metres in these columns.
    """
    if "lon" not in rows.columns or "lat" not in rows.columns:
        return None
    lon, lat = rows.columns["lon"].to_numpy("float64"), rows.columns["lat"].to_numpy("float64")
    shapes = gpd.points_from_xy(lon, lat)
    both = np.isfinite(lon) & np.isfinite(lat)
    metres = crs is not None and both.any() and np.median(np.abs(lon[both])) > HALF_TURN
    return gpd.GeoDataFrame(
        index=frame.index,
        geometry=gpd.GeoSeries(shapes, index=frame.index).where(both),
        crs=crs if metres else STORED,
    )


def _cells(frame: pd.DataFrame, taken: Taken) -> pd.Series:
    cells = frame[taken.head].astype("object")
    if taken.rounded is None:
        return cells
    blank = cells.isna() | (cells.astype(str).str.strip() == "")
    return cells.where(~blank, frame[taken.rounded].astype("object"))


def _number(rows: Rows, name: str, cells: pd.Series, taken: Taken, where: tuple[Raw, Options]) -> None:
    raw, options = where
    if name in WORD_LISTS:
        _word(rows, name, cells, WORD_LISTS[name], options)
        rows.columns[name] = pd.to_numeric(rows.columns[name], errors="coerce").astype("Int64")
        return
    read = amounts(name, cells, taken, options.kind)
    if name == "co" and taken.unit is None and _median(read.found) > MOST_CO_MG:
        read = amounts(name, cells, taken._replace(unit="µg/m³"), options.kind)
        message = (
            f"“{taken.head}”没有单位，中位数大于 {MOST_CO_MG:g}，按 µg/m³ 读取"
            f" · {taken.head} has no unit; half of it is above {MOST_CO_MG:g}, so it is read as µg/m³"
        )
        rows.findings.append(("unit_assumed", message))
    rows.columns[name] = pd.Series(read.found, index=cells.index)
    suspect = [one for one in read.marks if one.mark == "suspect"]
    if suspect:
        rows.bad[name] = (cells, FIXES["number"])
        at = raw.rows.iloc[suspect[0].at]
        message = f"{taken.head}: {len(suspect)} 格{SUSPECT} ({suspect[0].text}, row {at})"
        rows.findings.append(("suspect_cells", message))
    if len(read.converted):
        example = cells.iloc[read.converted[0]]
        message = (
            f"{taken.head}: {len(read.converted)} 格自带单位，已换算 · cells with their own unit ({example})"
        )
        rows.findings.append(("unit_in_cell", message))
    if options.kind == "samples":
        rows.marks += read.marks


def _median(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if len(finite) else np.nan


def marks(rows: Rows, raw: Raw, source: str) -> pd.DataFrame:
    """List the cells of samples that are no plain numbers, columns of `sample_marks`, index of `raw.frame`."""
    at = [one.at for one in rows.marks]
    listed = pd.DataFrame(rows.marks, columns=list(Mark._fields), index=raw.frame.index[at])
    return listed.assign(source=source, source_row=raw.rows.iloc[at].to_numpy()).drop(columns="at")


def _time(rows: Rows, name: str, raw: Raw, match: Match, kind: str) -> None:
    read = times(name, raw, match, kind)
    rows.columns[name] = read.found
    rows.findings += read.findings
    if read.wrong.any():
        rows.bad[name] = (read.cells, FIXES["year" if read.yearless else "time"])
    if read.odd.any():
        rows.odd[name] = read.odd


def _word(rows: Rows, name: str, cells: pd.Series, words_of: str, options: Options) -> None:
    stored, strange = chosen(cells, words_of, options.kind)
    must = (options.kind, name) in MUST_BE_KNOWN or words_of in (
        "bool",
        "water_class",
        "line_type",
        "water_kind",
    )
    if strange.any():
        said = "、".join(dict.fromkeys(str(cell) for cell in cells[strange].unique()[:5]))
        outcome = "按空值 · taken as empty" if must else "照录 · kept as found"
        rows.findings.append(("unknown_words", f"{name}: 不认识 · not known: {said}; {outcome}"))
        known = "、".join(sorted(words(words_of, options.kind))[:12])
        rows.bad[name] = (cells, FIXES["word"] + known)
    rows.columns[name] = stored.where(~strange, None) if must else stored


def _text(rows: Rows, name: str, cells: pd.Series) -> None:
    rows.columns[name], told = named_items(cells) if name == X_ITEMS else (texts(cells), [])
    rows.findings += told


def _from_title(rows: Rows, raw: Raw, options: Options) -> None:
    if options.kind == "samples" and not SECTION & rows.columns.keys() and (section := section_of(raw)):
        rows.columns["section"] = pd.Series(section, index=raw.frame.index, dtype="object")
        rows.findings.append(
            (
                "section_elsewhere",
                f"断面“{section}”取自表名和标题 · the section comes from the sheet's name and title",
            )
        )
    if options.kind in AIR and not STATION & rows.columns.keys():
        station = raw.part if raw.part and not raw.part.lower().startswith("sheet") else raw.path.stem
        rows.columns["station"] = pd.Series(station, index=raw.frame.index, dtype="object")
        told = f"没有站点列，站点名取“{station}” · no station column; the sheet or file names the station"
        rows.findings.append(("station_elsewhere", told))
    if raw.date is None:
        return
    index = raw.frame.index
    name = {"samples": "sampled_at", "air_days": "date"}.get(options.kind)
    if name and name not in rows.columns and raw.date_parts > 1:
        rows.columns[name] = pd.Series(pd.Timestamp(raw.date).as_unit("us"), index=index)
        said = raw.date.isoformat()[: (0, 4, 7, 10)[raw.date_parts]]
        rows.findings.append(
            ("date_elsewhere", f"日期 {said} 取自标题、表名或文件名 · the date comes from a title or name")
        )
    if options.kind in ("tax", "statistics") and "year" not in rows.columns:
        rows.columns["year"] = pd.Series(raw.date.year, index=index)
        rows.findings.append(
            ("date_elsewhere", f"年度 {raw.date.year} 取自标题、表名或文件名 · the year comes from a name")
        )
    if options.kind == "sections" and "valid_from" not in rows.columns and raw.date_parts == 1:
        year = raw.date.year
        rows.columns["valid_from"] = pd.Series(pd.Timestamp(year, 1, 1).as_unit("us"), index=index)
        rows.columns["valid_to"] = pd.Series(pd.Timestamp(year, 12, 31).as_unit("us"), index=index)
        rows.findings.append(
            ("date_elsewhere", f"断面清单年度 {year} 取自表名 · the list's year comes from a name")
        )


def section_of(raw: Raw) -> str | None:
    """Give the name of a sheet that is of one section: it stands in the title too and is no date."""
    return (
        raw.part if raw.part and raw.part in raw.title and date_in(raw.part) == (None, None, None) else None
    )


def given(raw: Raw, options: Options) -> list[str]:
    """List the canonical columns that constants, a title or a name supply."""
    names: list[Any] = list(options.constants)
    names += ["section"] if options.kind == "samples" and section_of(raw) else []
    names += ["station"] if options.kind in AIR else []
    if raw.date is not None:
        names += ["year"] if options.kind in ("tax", "statistics") else []
        dated = options.kind in ("samples", "air_days") and raw.date_parts > 1
        names += [{"samples": "sampled_at", "air_days": "date"}[options.kind]] if dated else []
    return names
