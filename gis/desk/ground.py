"""Control lines made disjoint, and the ground they touch said once."""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.base.messages import Message
from gis.base.units import to_mu
from gis.catalogue import Rule
from gis.desk.phrases import phrase
from gis.desk.wording import word
from gis.engine import Threads
from gis.standards import Edition

MOST = 3


def parted(lines: gpd.GeoDataFrame, edition: Edition) -> tuple[gpd.GeoDataFrame, list[Message]]:
    """Give each spot of ground to one line of its type and edition, and say which lines overlapped."""
    from gis.land.disjoint import disjoint

    made = disjoint(lines, edition, Threads())
    return made.lines, _overlaps(lines, made.overlaps)


def overlaps(layer: gpd.GeoDataFrame, edition: Edition) -> list[Message]:
    """Say which polygons of a layer without kinds overlap; sums count their ground once anyway."""
    from gis.land.disjoint import disjoint

    plain = layer.assign(line_type="", edition=None, effective_from=pd.NaT, category=None)
    return _overlaps(layer, disjoint(plain, edition, Threads()).overlaps)


def touched(pieces: gpd.GeoDataFrame, edition: Edition) -> list[Message]:
    """Say how much ground of each type of line is touched, each spot once, and in how many pieces.

    With several types the union of all stands behind them; then what is not judged, for the edition at
    approval is missing, and what is no conflict by the rules: neither counts.
    """
    from gis.land.conflicts import conflict_area
    from gis.land.line_editions import in_headline

    counts = gpd.GeoDataFrame(pieces[in_headline(pieces)])
    areas = conflict_area(counts, edition)
    notes = [
        phrase(
            "touched_by_kind", word=_side(str(kind)), kind=kind, mu=_mu(rows["area_m2"], edition),
            n=int(rows["n"].sum()),
        )
        for kind, rows in areas.groupby("line_type")
    ]  # fmt: skip
    notes = notes or [Message("没有地块涉及控制线", "no parcel meets a line")]
    if len(notes) > 1:
        whole = conflict_area(gpd.GeoDataFrame(counts.assign(line_type="all")), edition)
        notes.insert(0, phrase("touched_in_all", mu=_mu(whole["area_m2"], edition), n=len(whole)))
    return [*notes, *_left_out(pieces, edition)]


def _left_out(pieces: gpd.GeoDataFrame, edition: Edition) -> list[Message]:
    from gis.land.conflicts import conflict_area
    from gis.land.line_editions import NO_CONFLICT, NO_EDITION

    lost = pieces["judged_by"] == NO_EDITION
    fine = pieces["judging"].astype("bool") & ~lost & (pieces["severity"] == NO_CONFLICT)
    notes = []
    for rows, zh, en in (
        (lost, "批准时版本缺，未判定，不计入", "not judged, the edition at approval is missing: not counted"),
        (
            fine,
            "按规则不属冲突（复垦为农用地等），不计入",
            "no conflict by the rules (reclaimed to farmland …): not counted",
        ),
    ):
        areas = conflict_area(gpd.GeoDataFrame(pieces[rows].assign(line_type="all")), edition)
        if len(areas):
            told = Message(zh, en)
            notes.append(
                phrase(
                    "touched_left_out", n=int(areas["n"].sum()), mu=_mu(areas["area_m2"], edition), told=told
                )
            )
    return notes


def unsaid(
    pieces: pd.DataFrame, parcels: pd.DataFrame, rules: Sequence[Rule], subject: str | None
) -> list[Message]:
    """Say how many touched parcels a rule on their category left to the general one, for want of 现地类."""
    from gis.land.conflicts import meant

    found: set[int] = set()
    for rule in rules:
        if rule.subject == subject and rule.categories and rule.land_use_after:
            of_category = meant(rule.model_copy(update={"land_use_after": ()}), parcels)
            bare = parcels["land_use_after"].isna().to_numpy()
            touched = set(pieces.loc[pieces["line_type"] == rule.line, "parcel"].astype("int64"))
            found |= touched & set(np.flatnonzero(of_category & bare).tolist())
    if not found:
        return []
    return [phrase("no_land_use_after", n=len(found))]


def _mu(area: pd.Series, edition: Edition) -> float:
    from gis.land.area import round_parcels

    return float(to_mu(round_parcels(area, edition).sum()))


def _side(kind: str) -> Message:
    """Name a type of line; a piece of the growth boundary lies outside it."""
    from gis.land.overlay import OUTSIDE

    outside = Message("{word}外", "{kind}", word=word("line_type", kind), kind=kind)
    return (
        outside if kind == OUTSIDE else Message("{word}", "{kind}", word=word("line_type", kind), kind=kind)
    )


def _overlaps(lines: gpd.GeoDataFrame, overlaps: pd.DataFrame) -> list[Message]:
    from gis.land.disjoint import told

    messages = [message for _, _, message in told(lines, overlaps)]
    if len(messages) <= MOST:
        return messages
    area = float(to_mu(overlaps["area_m2"].iloc[MOST:].sum()))
    return [*messages[:MOST], phrase("more_overlaps", n=len(overlaps) - MOST, mu=area)]
