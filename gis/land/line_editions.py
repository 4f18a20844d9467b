"""Parcels judged by the edition of a control line in force on their approval date, and by the newest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.tables import in_order, rows_at
from gis.base.units import to_mu
from gis.catalogue.model import Rule
from gis.engine import Engine, Partition
from gis.land.conflicts import conflicts, ground, own_area
from gis.land.events import position_of
from gis.land.overlay import Overlay, overlay
from gis.land.partition import members, neighbours, pruned
from gis.standards.editions import Edition

IN_FORCE, NO_DATE, NO_EDITION = "in_force", "no_approval_date", "no_edition_on_that_date"
WHY = np.array([IN_FORCE, NO_DATE, NO_EDITION], dtype=object)
NOT_JUDGED = "edition_missing"
NO_CONFLICT = "none"
FIRST_DAY = pd.Timestamp("1900-01-01")
KEYS = ["line_type", "parcel"]
UNIT = 1e-6  # m²; sums of it are the same in any order


class _Choice(NamedTuple):
    """The editions of one type of line: their names from old to new, and the one of each parcel."""

    names: list[str]
    which: npt.NDArray[np.intp]
    why: npt.NDArray[np.object_]


def judged(
    parcels: gpd.GeoDataFrame,
    lines: gpd.GeoDataFrame,
    approved: pd.Series,
    rules: Sequence[Rule],
    engine: Engine,
    edition: Edition,
    subject: str | None = "renewal_parcels",
) -> Overlay:
    """Cut and judge each parcel by the edition of each line in force on its approval date.

    Parameters
    ----------
    parcels, lines
        As `overlay` takes them; lines of one type and `edition` (else `effective_from`) are one
        edition, rows with neither belong to every edition of their type.
    approved
        parcel_id → approval date. Without one the newest edition judges; where no edition in the data
        was in force yet, none does (verdict edition_missing, no severity). `judged_by` says so.

    Returns
    -------
    overlay
        pieces, by parcel, as `conflicts` gives them, and own_m2 and own_mu (`own_area`: they add up to the ground,
        each spot once), approval_no, edition, judged_on, judged_by (in_force,
        no_approval_date, no_edition_on_that_date), area_now_m2 (the parcel's ground in the newest
        edition of that type, each spot once) and verdict_now (by it; null where it does not touch).
        Ground of a parcel that only the newest edition touches has `judging` false and no verdict.
        Contacts and proof carry their edition; the proof also what the pieces, slivers aside, add up
        to (pieces_mu) and the ground they lie on, each spot of a parcel once (ground_mu).

    Raises
    ------
    CrsError, GeometryError, ProofError
        As `overlay`.
    """
    at = position_of(parcels["parcel_id"], pd.Series(approved.index))
    dates = pd.Series(approved.array.take(at, allow_fill=True)).astype("datetime64[us]")
    rows = parcels.assign(judged_on=dates.array).reset_index(drop=True)
    work = partial(_judged, lines=lines, rules=rules, edition=edition, subject=subject)
    parts = ({"parcels": rows_at(rows, rows.index[of])} for of in members(neighbours(rows, engine)))
    return engine.combine(engine.spread(work, parts), _joined)


def _judged(
    part: Partition, engine: Engine, *, lines: gpd.GeoDataFrame, rules: Sequence[Rule], edition: Edition,
    subject: str | None,
) -> Overlay:  # fmt: skip
    """Cut and judge the parcels of one partition; `parcel` is their label, the proof has sums in `UNIT`."""
    labels, parcels = part["parcels"].index.to_numpy(), part["parcels"].reset_index(drop=True)
    lines, dates = pruned(lines, parcels.geometry.to_numpy()), parcels["judged_on"]
    names = edition_names(lines)
    chosen = {str(kind): _chosen(rows, names[rows.index], dates) for kind, rows in lines.groupby("line_type")}
    last = {kind: one.names[-1] for kind, one in chosen.items()}
    now = _named(overlay(parcels, newest(lines), engine, edition), last)
    older = [
        _named(_moved(overlay(parcels.iloc[which].reset_index(drop=True), rows, engine, edition), which),
               {kind: name})
        for kind, name, which, rows in _replaced(lines, names, chosen)
    ]  # fmt: skip
    today, grounds = _ruled(now.pieces, parcels, rules, subject, edition)
    before = [_ruled(one.pieces, parcels, rules, subject, edition)[0] for one in older if len(one.pieces)]
    pieces = _beside(today, before, chosen)
    pieces = _told(pieces, parcels, dates, chosen, grounds.set_index(KEYS)["area_m2"])
    every = [now, *older]
    proof = _with_sums(pd.concat([one.proof for one in every], ignore_index=True), [today, *before])
    contacts = pd.concat([one.contacts for one in every], ignore_index=True)
    return _moved(Overlay(pieces, contacts, proof), labels)


def _joined(parts: list[Overlay]) -> Overlay:
    """Put the pieces of all partitions in the order of their parcels, and add up the proof."""
    pieces, contacts = (
        in_order([frame.set_index("parcel", drop=False) for frame in frames])
        for frames in ([one.pieces for one in parts], [one.contacts for one in parts])
    )
    proof = pd.concat([one.proof for one in parts]).groupby(
        ["line_type", "edition"], as_index=False, dropna=False
    )
    sums = proof.agg({"parcels": "sum", "max_residual_m2": "max", "pieces": "sum", "ground": "sum"})
    mu = {f"{name}_mu": to_mu(sums.pop(name) * UNIT) for name in ("pieces", "ground")}
    return Overlay(pieces, contacts, sums.assign(**mu))


def _ruled(
    pieces: gpd.GeoDataFrame,
    parcels: pd.DataFrame,
    rules: Sequence[Rule],
    subject: str | None,
    edition: Edition,
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Judge the pieces of one edition; give them with the ground that each adds, and the ground of each parcel."""
    ruled = conflicts(pieces, parcels, rules, subject)
    grounds = ground(ruled, edition)
    own = own_area(ruled, grounds, edition)
    return ruled.assign(own_m2=own, own_mu=to_mu(own)), grounds


def _with_sums(proof: pd.DataFrame, ruled: list[gpd.GeoDataFrame]) -> pd.DataFrame:
    keys = ["line_type", "edition"]
    rows = pd.concat([pd.DataFrame(one[[*keys, "sliver", "area_m2", "own_m2"]]) for one in ruled])
    whole = (rows[["area_m2", "own_m2"]] / UNIT).round().astype("int64")
    sums = whole.groupby([rows[key].where(~rows["sliver"]) for key in keys]).sum()
    found = sums.reindex(pd.MultiIndex.from_frame(proof[keys]), fill_value=0).to_numpy()
    return proof.assign(pieces=found[:, 0], ground=found[:, 1])


def in_headline(pieces: pd.DataFrame) -> pd.Series:
    """Tell which pieces are conflicts as sums and headlines count them.

    Left out are pieces of a parcel approved before every edition in the data, ground that only the
    newest edition touches, and what a rule calls no conflict (severity none).
    """
    judged = pieces["judging"].astype("bool") & (pieces["judged_by"] != NO_EDITION)
    return judged & pieces["severity"].ne(NO_CONFLICT).fillna(True)


def approvals(events: pd.DataFrame, as_of: dt.date) -> pd.Series:
    """Give parcel_id → its first approval date up to `as_of`, of events in their order (`events_of`)."""
    known = events[(events["event"] == "approved") & (events["date"] <= pd.Timestamp(as_of))]
    return known.dropna(subset=["parcel_id"]).drop_duplicates("parcel_id").set_index("parcel_id")["date"]


def newest(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Keep the newest edition of each type of line, and the rows that belong to every edition."""
    names = edition_names(lines)
    none = pd.Series([], dtype="datetime64[us]")
    last = {
        str(kind): _chosen(rows, names[rows.index], none).names[-1]
        for kind, rows in lines.groupby("line_type")
    }
    return lines[names.isin([""]) | (names == lines["line_type"].map(last))]


def edition_names(lines: pd.DataFrame) -> pd.Series:
    """Name the edition of each control line: `edition`, else `effective_from`, else ""."""
    word = lines["edition"].astype("str").str.strip()
    day = lines["effective_from"].dt.strftime("%Y-%m-%d").astype("str")
    return word.where(word.notna() & (word != ""), day).fillna("")


def _chosen(rows: pd.DataFrame, names: pd.Series, dates: pd.Series) -> _Choice:
    """Choose the edition of each parcel: the last to begin by its date, else the newest."""
    start = rows["effective_from"].fillna(FIRST_DAY).groupby(names).min()
    order = start.drop("", errors="ignore").to_frame("start").rename_axis("name").reset_index()
    order = order.sort_values(["start", "name"], ignore_index=True)
    if order.empty:
        return _Choice([""], np.zeros(len(dates), "intp"), _why(dates, np.zeros(len(dates), "intp")))
    at = order["start"].to_numpy().searchsorted(dates.fillna(FIRST_DAY).to_numpy(), side="right") - 1
    why = _why(dates, at)
    return _Choice(order["name"].tolist(), np.where(why == IN_FORCE, at, len(order) - 1), why)


def _why(dates: pd.Series, at: npt.NDArray[np.intp]) -> npt.NDArray[np.object_]:
    return WHY[np.where(dates.isna(), 1, np.where(at < 0, 2, 0))]


def _replaced(
    lines: gpd.GeoDataFrame, names: pd.Series, chosen: dict[str, _Choice]
) -> Iterator[tuple[str, str, npt.NDArray[np.intp], gpd.GeoDataFrame]]:
    """Give each replaced edition that some parcel is judged by: type, name, those parcels, its lines."""
    for kind, choice in chosen.items():
        own = lines["line_type"] == kind
        for position, name in enumerate(choice.names[:-1]):
            which = np.flatnonzero(choice.which == position)
            if len(which):
                yield kind, name, which, lines[own & names.isin([name, ""])]


def _named(cut: Overlay, names: dict[str, str]) -> Overlay:
    return Overlay(*(one.assign(edition=one["line_type"].map(names).astype("str")) for one in cut))


def _moved(cut: Overlay, which: npt.NDArray[np.intp]) -> Overlay:
    """Bring the positions of some parcels back to those of all."""
    pieces, contacts = (
        one.assign(parcel=which[one["parcel"].to_numpy(dtype="int64")]) for one in (cut.pieces, cut.contacts)
    )
    return Overlay(pieces, contacts, cut.proof)


def _beside(
    today: gpd.GeoDataFrame, before: list[pd.DataFrame], chosen: dict[str, _Choice]
) -> gpd.GeoDataFrame:
    """Put the pieces that judge, and those that only the newest edition has, in one frame."""
    judges = np.zeros(len(today), dtype=bool)
    for kind, choice in chosen.items():
        at = (today["line_type"] == kind).to_numpy()
        judges[at] = choice.which[today.loc[at, "parcel"].to_numpy(dtype="int64")] == len(choice.names) - 1
    if not before:
        return today.assign(judging=judges)
    old = pd.concat(before, ignore_index=True)
    touched = pd.MultiIndex.from_frame(old.loc[~old["sliver"], KEYS])
    alone = ~judges & ~pd.MultiIndex.from_frame(today[KEYS]).isin(touched)
    kept = today.assign(judging=judges)[judges | alone]
    return gpd.GeoDataFrame(pd.concat([kept, old.assign(judging=True)], ignore_index=True), crs=today.crs)


def _told(
    pieces: gpd.GeoDataFrame,
    parcels: pd.DataFrame,
    dates: pd.Series,
    chosen: dict[str, _Choice],
    now: pd.Series,
) -> gpd.GeoDataFrame:
    """Say of each piece by which edition and date it is judged, and what the newest edition says."""
    out = pieces.reset_index(drop=True)
    at = out["parcel"].to_numpy(dtype="int64")
    why = pd.Series(pd.NA, index=out.index, dtype="str")
    newest = pd.Series(data=False, index=out.index)
    for kind, choice in chosen.items():
        mine = (out["line_type"] == kind).to_numpy()
        why[mine] = choice.why[at[mine]]
        newest[mine] = out.loc[mine, "edition"] == choice.names[-1]
    area = now.reindex(pd.MultiIndex.from_frame(out[KEYS])).fillna(0.0).to_numpy()
    verdict = out["verdict"]
    numbers = parcels["approval_no"] if "approval_no" in parcels else pd.Series(pd.NA, index=parcels.index)
    lost = (why == NO_EDITION).fillna(False)
    out.loc[lost, ["rule_id", "severity", "clause"]] = pd.NA
    return out.assign(
        judged_on=dates.to_numpy()[at],
        judged_by=why,
        approval_no=numbers.astype("str").to_numpy()[at],
        verdict=verdict.where(out["judging"]).mask(lost, NOT_JUDGED),
        area_now_m2=area,
        verdict_now=verdict.where(newest | (area > 0)),
    )
