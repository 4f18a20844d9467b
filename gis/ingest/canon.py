"""One raw part of a file → rows of its canonical table, cell by cell."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.base.tables import TABLES, conform, empty
from gis.ingest.heads import NEEDED, Match, Taken
from gis.ingest.measures import canonical_unit, factor
from gis.ingest.model import Options, Raw
from gis.ingest.sheet_shape import records
from gis.ingest.values import chosen, is_missing, moments, numbers, texts, words

WORD_LISTS = {"published_class": "water_class", "target_class": "water_class"}
ANY_SIGN = frozenset(("water_temp", "lon", "lat", "value", "quantity"))
MUST_BE_KNOWN = frozenset((("ledger_events", "event"), ("water_bank", "kind")))
SUSPECT = "读不懂，按空值 · not understood, taken as empty"
BELOW = "未检出，按检出限一半参与计算 (环办监测函〔2020〕82号第7条) · below the limit, half of it is used"
NO_LIMIT = "未检出且未注明检出限，不参与评价 · not detected, no limit stated, not rated"
MARK_REASONS = {"missing": "缺测 · missing", "suspect": SUSPECT}
FIXES = {
    "time": "写成 2021-01-05 08:00；只有年月日在标题中时用 --date · write it as 2021-01-05 08:00, or --date",
    "word": "改用可识别的词 · write one of the words known: ",
    "key": "补填该单元格 · fill in the cell",
    "number": "写成数字 · write a number",
}


@dataclass
class Rows:
    """Canonical columns of one raw part on its index, and what reading the cells showed."""

    columns: dict[str, pd.Series] = field(default_factory=dict)
    marks: list[pd.DataFrame] = field(default_factory=list)
    bad: dict[str, tuple[pd.Series, str]] = field(default_factory=dict)
    findings: list[tuple[str, str]] = field(default_factory=list)


def canonical(raw: Raw, match: Match, options: Options, source: str) -> Rows:
    """Read every taken column of a raw part.

    Parameters
    ----------
    raw
        Shape (n,).
    match
        Where each canonical column comes from.
    options
        `constants` fill columns that are absent and cells that are empty.
    source
        The name of the source in marks.

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
            _number(rows, name, cells, taken, (raw, options, source))
        elif kind in "dt":
            rows.columns[name] = _times(rows, name, cells, kind, (raw, match))
        elif kind == "b":
            _word(rows, name, cells, "bool", options)
            rows.columns[name] = rows.columns[name].map({"true": True, "false": False}).astype("boolean")
        elif words(name, options.kind):
            _word(rows, name, cells, name, options)
        else:
            rows.columns[name] = texts(cells)
    _from_title(rows, raw, options)
    for name, value in options.constants.items():
        have = rows.columns.get(name)
        fill = pd.Series([value] * len(raw.frame), index=raw.frame.index, dtype="object")
        rows.columns[name] = fill if have is None else have.astype("object").where(have.notna(), fill)
    return rows


def faults(rows: Rows, raw: Raw, options: Options, source: str) -> pd.DataFrame:
    """Give the rejects: rows without a cell that they need, one row each, index of `raw.frame` in `at`."""
    index = raw.frame.index
    reasons = pd.DataFrame(index=index, columns=["field", "text", "reason", "fix"], dtype="object")
    for group in NEEDED.get(options.kind, ()):
        have = np.zeros(len(index), dtype=bool)
        for name in group:
            if name in rows.columns:
                have |= rows.columns[name].notna().to_numpy()
        name = next((one for one in group if one in rows.columns), group[0])
        lacking = ~have & reasons["reason"].isna().to_numpy()
        if not lacking.any():
            continue
        zh, en = TABLES[options.kind][name].zh, TABLES[options.kind][name].en
        cells, fix = rows.bad.get(name, (pd.Series(None, index=index, dtype="object"), FIXES["key"]))
        found = cells[lacking].map(lambda cell: None if is_missing(cell) else str(cell))
        written = found.notna().to_numpy()
        reasons.loc[lacking, "field"] = name
        reasons.loc[lacking, "text"] = found.to_numpy()
        reasons.loc[lacking, "reason"] = np.where(
            written, f"{zh}读不懂 · {en} is not understood", f"{zh}为空 · {en} is empty"
        )
        reasons.loc[lacking, "fix"] = np.where(written, fix, FIXES["key"])
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


def points(rows: Rows, frame: pd.DataFrame) -> gpd.GeoDataFrame | None:
    """Make points of the columns lon and lat (degrees, EPSG:4490), None where a row has not both."""
    if "lon" not in rows.columns or "lat" not in rows.columns:
        return None
    lon, lat = rows.columns["lon"].to_numpy("float64"), rows.columns["lat"].to_numpy("float64")
    shapes = gpd.points_from_xy(lon, lat)
    both = np.isfinite(lon) & np.isfinite(lat)
    return gpd.GeoDataFrame(
        index=frame.index, geometry=gpd.GeoSeries(shapes, index=frame.index).where(both), crs="EPSG:4490"
    )


def _cells(frame: pd.DataFrame, taken: Taken) -> pd.Series:
    cells = frame[taken.head].astype("object")
    if taken.rounded is None:
        return cells
    blank = cells.isna() | (cells.astype(str).str.strip() == "")
    return cells.where(~blank, frame[taken.rounded].astype("object"))


def _number(rows: Rows, name: str, cells: pd.Series, taken: Taken, where: tuple[Raw, Options, str]) -> None:
    raw, options, source = where
    if TABLES[options.kind][name].kind == "i" and name in WORD_LISTS:
        _word(rows, name, cells, WORD_LISTS[name], options)
        rows.columns[name] = pd.to_numeric(rows.columns[name], errors="coerce").astype("Int64")
        return
    if TABLES[options.kind][name].kind == "i":
        cells = cells.map(
            lambda cell: (
                cell.strip().removesuffix("年度").removesuffix("年") if isinstance(cell, str) else cell
            )
        )
    read = numbers(cells)
    into = canonical_unit(options.kind, name)
    times = factor(taken.unit, into) if taken.unit and into is not None else None
    below_zero = (read["value"] < 0) & (name not in ANY_SIGN)
    broken = (read["value"] % 1 != 0) & read["value"].notna() & (TABLES[options.kind][name].kind == "i")
    if options.kind != "samples":
        broken |= read["mark"].eq("non_detect")
    if (below_zero | broken).any():
        read.loc[below_zero | broken, ["value", "limit"]] = np.nan
        read.loc[below_zero | broken, "mark"] = "suspect"
    if times is not None and times != 1:
        read[["value", "limit"]] *= times
    rows.columns[name] = read["value"]
    marked = read[read["mark"].notna()]
    suspect = marked.index[marked["mark"] == "suspect"]
    if len(suspect):
        rows.bad[name] = (cells, FIXES["number"])
        example = str(cells[suspect[0]])
        message = f"{taken.head}: {len(suspect)} 格{SUSPECT} ({example}, row {raw.rows[suspect[0]]})"
        rows.findings.append(("suspect_cells", message))
    if options.kind == "samples" and len(marked):
        rows.marks.append(_marks(name, marked, cells, raw, source))


def _marks(name: str, marked: pd.DataFrame, cells: pd.Series, raw: Raw, source: str) -> pd.DataFrame:
    reasons = marked["mark"].map(MARK_REASONS)
    below = marked["mark"] == "non_detect"
    limited = marked["limit"].notna()
    reasons = reasons.mask(below & limited, BELOW).mask(below & ~limited, NO_LIMIT)
    return pd.DataFrame(
        {
            "source": source, "source_row": raw.rows.loc[marked.index], "indicator": name,
            "mark": marked["mark"], "text": cells[marked.index].astype(str),
            "detection_limit": marked["limit"], "reason": reasons,
        },
        index=marked.index,
    )  # fmt: skip


def _times(rows: Rows, name: str, cells: pd.Series, kind: str, where: tuple[Raw, Match]) -> pd.Series:
    raw, match = where
    references, parts = pd.Series(raw.date, index=cells.index, dtype="object"), raw.date_parts
    told = "title or name"
    if "_year" in match.columns:
        years = numbers(raw.frame[match.columns["_year"].head])["value"]
        found = years.map(lambda year: dt.date(int(year), 1, 1) if 1900 <= year <= 2200 else None)  # noqa: PLR2004
        references, parts, told = found.astype("object"), 1, match.columns["_year"].head
    elif "_file_date" in match.columns:
        days = moments(raw.frame[match.columns["_file_date"].head], references)
        references, parts = days.dt.date.astype("object"), 3
        told = match.columns["_file_date"].head
    read = moments(cells, references, parts)
    alone = moments(cells, pd.Series(None, index=cells.index, dtype="object"))
    lent = int((read.notna() & alone.isna()).sum())
    if lent:
        message = f"{name}: {lent:,} 行的年份取自 {told} · the year of {lent:,} rows comes from {told}"
        rows.findings.append(("year_elsewhere", message))
    wrong = read.isna() & ~cells.map(is_missing).astype(bool)
    if wrong.any():
        rows.bad[name] = (cells, FIXES["time"])
        message = f"{name}: {int(wrong.sum())} 格不是日期 · cells are no dates ({cells[wrong].iloc[0]})"
        rows.findings.append(("suspect_cells", message))
    return read.dt.normalize() if kind == "d" else read


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


def _from_title(rows: Rows, raw: Raw, options: Options) -> None:
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


def given(raw: Raw, options: Options) -> list[str]:
    """List the canonical columns that constants, a title or a name supply."""
    names: list[Any] = list(options.constants)
    if raw.date is not None:
        names += ["year"] if options.kind in ("tax", "statistics") else []
        dated = options.kind in ("samples", "air_days") and raw.date_parts > 1
        names += [{"samples": "sampled_at", "air_days": "date"}[options.kind]] if dated else []
    return names
