"""Control lines of a desk made disjoint, and the ground they touch said once."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gis.base.messages import Message
from gis.base.units import to_mu
from gis.cli.console import say
from gis.cli.wording import word
from gis.engine import Threads
from gis.standards import Edition

MOST = 3


def parted(lines: gpd.GeoDataFrame, edition: Edition) -> gpd.GeoDataFrame:
    """Give each spot of ground to one line of its type and edition, and say which lines overlapped."""
    from gis.land.disjoint import disjoint

    made = disjoint(lines, edition, Threads())
    _say(lines, made.overlaps)
    return made.lines


def say_overlaps(layer: gpd.GeoDataFrame, edition: Edition) -> None:
    """Say which polygons of a layer without kinds overlap; sums count their ground once anyway."""
    from gis.land.disjoint import disjoint

    plain = layer.assign(line_type="", edition=None, effective_from=pd.NaT, category=None)
    _say(layer, disjoint(plain, edition, Threads()).overlaps)


def touched(pieces: gpd.GeoDataFrame, edition: Edition) -> list[Message]:
    """Say how much ground of each type of line is touched, each spot once, and in how many pieces."""
    from gis.land.area import round_parcels
    from gis.land.conflicts import conflict_area

    areas = conflict_area(pieces[pieces["judging"]], edition)
    areas["area_m2"] = round_parcels(areas["area_m2"], edition)
    sums = areas.groupby("line_type")[["area_m2", "n"]].sum()
    return [
        Message(
            "{word}：{mu:,.2f} 亩，{n:,} 处，同一地面只计一次",
            "{kind}: {mu:,.2f} 亩 in {n:,} pieces, the same ground once",
            word=word("line_type", kind), kind=kind, mu=float(to_mu(row["area_m2"])), n=int(row["n"]),
        )
        for kind, row in sums.iterrows()
    ]  # fmt: skip


def _say(lines: gpd.GeoDataFrame, overlaps: pd.DataFrame) -> None:
    from gis.land.disjoint import told

    messages = [message for _, _, message in told(lines, overlaps)]
    for message in messages[:MOST]:
        say(message, "yellow")
    if len(messages) > MOST:
        area = float(to_mu(overlaps["area_m2"].iloc[MOST:].sum()))
        more = Message(
            "另有 {n:,} 处重叠，共 {mu:,.2f} 亩", "{n:,} more overlaps, {mu:,.2f} 亩 in all",
            n=len(overlaps) - MOST, mu=area,
        )  # fmt: skip
        say(more, "yellow")
