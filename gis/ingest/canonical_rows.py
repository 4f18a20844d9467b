"""One sheet or layer of a file → rows of its canonical table and the logs of reading it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import geopandas as gpd
import pandas as pd

from gis.base.errors import ColumnError
from gis.base.tables import SOURCE_COLUMNS, TABLES, empty, rows_at
from gis.ingest.acceptance import STATE, by_state
from gis.ingest.balance import left
from gis.ingest.canon import canonical, faults, given, marks
from gis.ingest.column_units import with_units
from gis.ingest.complements import SOURCE_COLUMN
from gis.ingest.crs import Placed, place
from gis.ingest.head_log import TAKEN, Log, head_log
from gis.ingest.head_log import told as told_heads
from gis.ingest.heads import Match, match, missing, nothing_measured, refuse_missing
from gis.ingest.layout_labels import MEASURED
from gis.ingest.layout_labels import measured as indicators
from gis.ingest.layout_sheet import rearranged, refuse_period
from gis.ingest.model import CELLS, Options, Raw, finding, read_of
from gis.ingest.point_table import gathered
from gis.ingest.repair import repair
from gis.ingest.sheet_points import in_degrees, points
from gis.ingest.source_items import heads_of, source_items
from gis.ingest.spelled import with_shapes
from gis.ingest.sum_rows import sum_rows


@dataclass(frozen=True)
class Part:
    """One sheet or layer read.

    Attributes
    ----------
    table, own
        Rows kept so far and their own columns, on one index.
    frames, lines
        Logs by canonical table, as frames and as single rows.
    """

    table: pd.DataFrame
    own: pd.DataFrame
    frames: dict[str, list[pd.DataFrame]]
    lines: dict[str, list[dict[str, Any]]]


def part_of(raw: Raw, options: Options, source: str, file: str, digest: str) -> Part:
    """Bring one sheet or layer to its canonical table.

    Parameters
    ----------
    source, file, digest
        Names of the part and of its file in the logs, and the file's SHA-256.

    Raises
    ------
    ColumnError
        A needed column was not recognised.
    CrsError
        The CRS is missing or contradicts the coordinates.
    """
    found, raw = raw, with_shapes(gathered(rearranged(raw, options), options), options)
    heads = [str(head) for head in raw.frame.columns if head != "geometry"]
    taken, further = _matched(raw, heads, options, source)
    rows = canonical(raw, taken, options)
    bad = _with_totals(faults(rows, raw, options, source), rows.columns, raw, options, source)
    index = raw.frame.index.difference(pd.Index(bad["at"]))
    table = pd.DataFrame(rows.columns, index=raw.frame.index)
    table = _at_cells(table.assign(source=source, source_row=raw.rows), raw)
    shaped, told_of_points = _shapes(raw, rows, taken, options)
    placed: Placed | None = None
    table, bad = _with_counts(table, table.index, raw), _with_counts(bad, bad["at"], raw)
    rejects, repairs = [raw.rejects, bad.drop(columns="at")], empty("repairs")
    if shaped is not None:
        frame = gpd.GeoDataFrame(table, geometry=shaped.geometry, crs=shaped.crs).loc[index]
        table, placed, lost, repairs = _placed(frame, raw, options, source)
        table = in_degrees(table) if told_of_points else table
        rejects = [*(_counted(one, raw) for one in lost), *rejects]
    else:
        table = rows_at(table, index)
    log = head_log(found, raw, taken, options, further)
    findings = [*raw.findings, *taken.findings, *rows.findings, *told_of_points]
    findings += placed.findings if placed else ()
    if options.kind == "parcels":
        unused = pd.DataFrame(raw.frame[_free(heads, taken, options.kind)])
        table, of_state, log = _as_states_say(table, unused, log, options, source)
        findings += of_state
    findings = [*told_heads(log), *findings]
    items, told_of_items = source_items(raw, further, source)
    findings += told_of_items
    own = pd.DataFrame(rows_at(raw.frame, table.index)).drop(columns="geometry", errors="ignore")
    if options.keep_unknown:
        free = [head for head in _free(heads, taken, options.kind) if head not in further]
        table = table.join(own[free])
    rejects = [one.assign(source=source, layer=options.layer) for one in rejects if len(one)]
    told = _at_cells(marks(rows, raw, source), raw)
    frames = {
        "rejects": [one.drop(columns=CELLS, errors="ignore") for one in rejects], "repairs": [repairs],
        "sample_marks": [told[told.index.isin(table.index)]],
        "source_items": [_at_cells(items[items.index.isin(table.index)], raw)],
    }  # fmt: skip
    about = {
        "file": file, "part": raw.part or None, "sha256": digest, "rows_read": read_of(raw), **left(rejects),
    }  # fmt: skip
    columns = [
        {"column": name, "head": one.head, "unit": one.unit, "how": one.how}
        for name, one in taken.columns.items()
    ]
    lines = {
        "sources": [about | _read_as(raw, placed)],
        "findings": _told(findings),
        "taken": columns,
        "heads": log,
    }
    return Part(table, own, frames, _of(source, options.layer, lines))


def _with_totals(
    bad: pd.DataFrame, columns: dict[str, pd.Series], raw: Raw, options: Options, source: str
) -> pd.DataFrame:
    """Add the rows that are sums of others to those that make no record."""
    if options.kind != "parcels":
        return bad
    totals = sum_rows(columns, raw, options, source)
    return pd.concat([bad[~bad["at"].isin(totals["at"])], totals], ignore_index=True) if len(totals) else bad


def _at_cells(frame: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    if raw.columns is None:
        return frame
    return frame.assign(**{SOURCE_COLUMN: raw.columns.reindex(frame.index).to_numpy()})


def _with_counts(frame: pd.DataFrame, at: pd.Index | pd.Series, raw: Raw) -> pd.DataFrame:
    """Tell of each record how many rows or cells it takes, where one takes several."""
    return frame if raw.cells is None else frame.assign(**{CELLS: raw.cells.reindex(at).to_numpy()})


def _counted(lost: pd.DataFrame, raw: Raw) -> pd.DataFrame:
    """Count the rows (points) that each shape was made of, where one was made of several."""
    if raw.cells is None:
        return lost
    cells = pd.Series(raw.cells.to_numpy(), index=raw.rows.astype("Int64").to_numpy())
    return lost.assign(**{CELLS: cells.reindex(lost["source_row"].to_numpy()).to_numpy()})


def _matched(raw: Raw, heads: list[str], options: Options, source: str) -> tuple[Match, dict[str, str]]:
    """Match the heads to columns, and the further ones of a table of samples to items of sources."""
    kind = options.kind
    taken = with_units(raw, match(heads, options, source), options, source)
    further = heads_of(raw, _used(taken)) if kind == "samples" else {}
    if (measured := indicators(kind)) and not further and not measured & taken.columns.keys():
        raise nothing_measured(heads, kind, source)
    if lacking := missing(taken, kind, given(raw, options)):
        if kind in MEASURED:
            refuse_period(raw, kind)
        raise refuse_missing(lacking, heads, kind, source)
    return taken, further


def _used(taken: Match) -> frozenset[str]:
    return frozenset(str(head) for one in taken.columns.values() for head in (one.head, one.rounded))


def _as_states_say(
    table: pd.DataFrame, unused: pd.DataFrame, log: Log, options: Options, source: str
) -> tuple[pd.DataFrame, list[tuple[str, str]], Log]:
    """Give parcels an id where they have none, and take them at their word on their own state."""
    table, found = _numbered(table)
    table, of_state, heads = by_state(table, unused.loc[table.index], options, source)
    told = [line | ({"use": TAKEN, "column": STATE} if line["head"] in heads else {}) for line in log]
    return table, [*found, *of_state], told


def _free(heads: Sequence[str], taken: Match, kind: str) -> list[str]:
    used = _used(taken)
    return [one for one in heads if one not in used and one not in TABLES[kind] and one not in SOURCE_COLUMNS]


def _read_as(raw: Raw, placed: Placed | None) -> dict[str, Any]:
    own = placed if _has_shapes(raw) else None
    return {
        "reader": raw.reader, "encoding": raw.encoding, "encoding_reason": raw.encoding_reason,
        "crs_found": own.crs_found if own else None, "crs_used": own.crs_used if own else None,
    }  # fmt: skip


def _has_shapes(raw: Raw) -> bool:
    return isinstance(raw.frame, gpd.GeoDataFrame)


def _shapes(
    raw: Raw, rows: Any, taken: Match, options: Options
) -> tuple[gpd.GeoDataFrame | None, list[tuple[str, str]]]:
    if "geometry" not in TABLES[options.kind]:
        return None, []
    if isinstance(raw.frame, gpd.GeoDataFrame):
        return raw.frame, []
    return points(rows, raw, taken, options) or (None, [])


def _placed(
    frame: gpd.GeoDataFrame, raw: Raw, options: Options, source: str
) -> tuple[gpd.GeoDataFrame, Placed, list[pd.DataFrame], pd.DataFrame]:
    frame["layer"] = options.layer
    spoken = options if _has_shapes(raw) else replace(options, crs=None)
    placed = place(frame, raw, spoken)
    mended, repairs, lost = repair(placed.frame, source)
    return mended.drop(columns="layer"), placed, [placed.rejects, lost], repairs


def _numbered(table: pd.DataFrame) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    lacking = table["parcel_id"].isna() if "parcel_id" in table else pd.Series(True, index=table.index)
    if not lacking.any():
        return table, []
    names = "#" + table["source_row"].astype(str)
    have = table["parcel_id"].astype("object") if "parcel_id" in table else names
    told = finding("no_parcel_id", n=int(lacking.sum()))
    return table.assign(parcel_id=have.where(~lacking, names)), [told]


def _told(findings: Iterable[tuple[str, str]]) -> Log:
    return [{"code": code, "message": text} for code, text in findings]


def _of(source: str, layer: str, logs: dict[str, Log]) -> dict[str, Log]:
    """Name layer and source in every line of logs."""
    about = {"layer": layer, "source": source}
    return {name: [about | line for line in lines] for name, lines in logs.items()}


def skipped(raw: Raw, error: ColumnError, options: Options, file: str) -> Part:
    """Tell of a sheet beside others that lacks a needed column; it gives no rows."""
    lacks = finding("sheet_skipped.lacks_column", sheet=raw.part, what=error.what)
    told = _of(f"{file}#{raw.part}", options.layer, {"findings": _told([lacks])})
    return Part(pd.DataFrame(), pd.DataFrame(), {}, told)
