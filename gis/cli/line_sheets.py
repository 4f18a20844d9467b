"""涉及控制线清单 and 两期比对 as an office prints them: Chinese heads, lines and towns by name, no codes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis import look, standards
from gis.base.columns import described
from gis.base.messages import Message, Text, listed, of_text, shown
from gis.base.stored_words import word_of
from gis.base.units import to_mu
from gis.ingest.heads import aliases, take_apart
from gis.land.compare import BEYOND
from gis.land.conflicts import conflict_area
from gis.land.line_editions import IN_FORCE, NO_CONFLICT, NO_EDITION, in_headline
from gis.land.overlay import OUTSIDE
from gis.store.printed import Heading, Listing, write_listings

if TYPE_CHECKING:
    from gis.land.compare import Comparison
    from gis.standards import Edition

TOUCHED, COMPARED = "touch_sheet", "compare_sheet"
PARTLY = 99.99  # what a share that is not the whole shows at most
YES, NO = "是", "否"
LEAST_SHARE = 0.001
MEANINGS = {
    "touched": "控制线的类别；“内”为落入线内的部分，“外”为位于线外的部分（城镇开发边界）",
    "share": "该部分占图斑椭球面积的百分比；整宗才显示 100.00",
    "area_mu": "该部分的椭球面积",
    "own_mu": "扣除同类控制线中已列在前面的同一地面；小计、合计为并集面积",
    "verdict": "按县的规则（--subject）；“涉及”只说明图形关系，不等于违法",
    "judged_by": "批准之日已生效的版本；没有批准日期的按最新版本",
    "sliver": "小于 1 m² 或窄于规则的宽度，列出而不计",
    "not_reduced": "后期面积不小于前期面积（按 0.01 m²）",
}


class Touch(NamedTuple):
    """What 涉及控制线清单 is made of."""

    pieces: gpd.GeoDataFrame
    parcels: pd.DataFrame
    town: pd.Series
    proof: pd.DataFrame
    contacts: pd.DataFrame
    edition: Edition


def write_touches(
    touch: Touch, heading: Heading, notes: Sequence[str], path: Path, basis: Listing | None = None
) -> None:
    """Write 涉及控制线清单: what counts, what is not judged, what is no conflict, sums by town, the proof."""
    pieces = touch.pieces
    counts = in_headline(pieces) & ~pieces["sliver"]
    lost = (pieces["judged_by"] == NO_EDITION) & ~pieces["sliver"]
    fine = pieces["judging"] & ~lost & (pieces["severity"] == NO_CONFLICT) & ~pieces["sliver"]
    later = ~pieces["judging"] & ~pieces["sliver"]
    listings = [
        _counted(touch, pieces[counts]),
        *(
            Listing(name, _headed(_rows(touch, pieces[rows])))
            for name, rows in (
                ("未判定", lost), ("不属冲突", fine), ("仅现行版本涉及", later), ("碎屑面", pieces["sliver"]),
            )
            if rows.any()
        ),
        _by_town(touch, pieces[counts]),
        Listing("面积证明", _headed(_proof(touch.proof))),
        *([Listing("相接", _headed(_contacts(touch)))] if len(touch.contacts) else []),
    ]  # fmt: skip
    write_listings(listings, heading, notes, path, _meanings(), basis)


def _counted(touch: Touch, pieces: gpd.GeoDataFrame) -> Listing:
    """List the pieces by line, the ground of each line below its pieces and that of all below everything."""
    parts: list[pd.DataFrame] = []
    sums: list[int] = []
    row = 0
    for kind, some in pieces.groupby("line_type", sort=False):
        rows = _rows(touch, gpd.GeoDataFrame(some), start=row - len(sums))
        parts += [rows, _sum(rows, f"{_line(str(kind))[0]} 小计", _union(touch, gpd.GeoDataFrame(some)))]
        row += len(rows) + 1
        sums.append(row - 1)
    empty = _rows(touch, pieces.iloc[:0])
    whole = _union(touch, gpd.GeoDataFrame(pieces.assign(line_type="all")))
    parts.append(_sum(parts[0] if parts else empty, "合计（各类控制线的并集）", whole))
    listed = pd.concat([one.astype(object) for one in parts], ignore_index=True)
    return Listing("涉及控制线清单", _headed(listed), [*sums, len(listed) - 1], signed=True)


def _headed(rows: pd.DataFrame, table: str = TOUCHED) -> pd.DataFrame:
    """Put the words of the printed list above its columns."""
    return rows.set_axis([described(str(name), table).zh for name in rows.columns], axis=1)


def _union(touch: Touch, pieces: gpd.GeoDataFrame) -> float:
    return float(to_mu(conflict_area(pieces, touch.edition)["area_m2"].sum())) if len(pieces) else 0.0


def _sum(like: pd.DataFrame, word: str, mu: float) -> pd.DataFrame:
    out = pd.DataFrame({head: [None] for head in like.columns}, dtype="object")
    return out.assign(parcel_id=word, own_mu=mu)


def _rows(touch: Touch, pieces: gpd.GeoDataFrame, start: int = 0) -> pd.DataFrame:
    at = pieces["parcel"].to_numpy(dtype="int64")
    parcels = touch.parcels.iloc[at]
    outside = (pieces["line_type"] == OUTSIDE).to_numpy()
    words = _words()
    named = pieces["line_name"].astype("object").mask(outside, None)
    return pd.DataFrame({
        "number": np.arange(start + 1, start + len(pieces) + 1),
        "parcel_id": pieces["parcel_id"].to_numpy(dtype="object"),
        "name": parcels["name"].to_numpy(dtype="object") if "name" in parcels else None,
        "town": touch.town.iloc[at].to_numpy(dtype="object"),
        "category": parcels["category"].to_numpy(dtype="object"),
        "land_use_after": parcels["land_use_after"].to_numpy(dtype="object"),
        "touched": ["".join(_line(kind)) for kind in pieces["line_type"]],
        "line_name": named.to_numpy(dtype="object"),
        "line_id": pieces["line_id"].astype("object").mask(outside, None).to_numpy(dtype="object"),
        "area_mu": pieces["area_mu"].to_numpy(dtype="float64"),
        "own_mu": pieces["own_mu"].to_numpy(dtype="float64"),
        "share": _percent(pieces["share"].to_numpy(dtype="float64")),
        "verdict": [words.get(one, one) if pd.notna(one) else None for one in pieces["verdict"]],
        "severity": [_severities().get(one, one) if pd.notna(one) else None for one in pieces["severity"]],
        "clause": pieces["clause"].to_numpy(dtype="object"),
        "approval_no": pieces["approval_no"].to_numpy(dtype="object"),
        "judged_on": pd.to_datetime(pieces["judged_on"]).to_numpy(),
        "judged_by": [
            word_of(why, "judged_by")[0] + (f"（{edition}）" if why == IN_FORCE and edition else "")
            for why, edition in zip(pieces["judged_by"], pieces["edition"], strict=True)
        ],
    })  # fmt: skip


def _percent(share: np.ndarray) -> np.ndarray:
    """Give shares in percent; only a whole parcel shows 100.00."""
    return np.where(share < 1.0, np.minimum(100.0 * share, PARTLY), 100.0)


def _by_town(touch: Touch, pieces: gpd.GeoDataFrame) -> Listing:
    """Sum parcels and ground by town and line; the towns of a line add to its ground."""
    areas = conflict_area(pieces, touch.edition)
    town = touch.town.iloc[areas["parcel"].astype("int64")].to_numpy(dtype="object")
    areas = areas.assign(town=town, line=["".join(_line(kind)) for kind in areas["line_type"]])
    rows = []
    for name, some in areas.groupby("town", sort=True):
        for line, mine in some.groupby("line", sort=False):
            rows.append((name, line, len(mine), float(to_mu(mine["area_m2"].sum()))))
    listed = pd.DataFrame(rows, columns=["town", "touched", "parcels", "area_mu"])
    return Listing("按乡镇", _headed(listed))


def _proof(proof: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "line_type": [_line(kind)[0] for kind in proof["line_type"]],
        "edition": proof["edition"].to_numpy(dtype="object"),
        "checked": proof["parcels"].to_numpy(), "residual": proof["max_residual_m2"].to_numpy() * 1e6,
        "pieces_mu": proof["pieces_mu"].to_numpy(), "ground_mu": proof["ground_mu"].to_numpy(),
    })  # fmt: skip


def _contacts(touch: Touch) -> pd.DataFrame:
    rows = touch.contacts
    return pd.DataFrame({
        "parcel_id": rows["parcel_id"].to_numpy(dtype="object"),
        "town": touch.town.iloc[rows["parcel"].astype("int64")].to_numpy(dtype="object"),
        "line_type": [_line(kind)[0] for kind in rows["line_type"]],
        "line_name": rows["line_name"].to_numpy(dtype="object"),
        "line_id": rows["line_id"].to_numpy(dtype="object"),
    })  # fmt: skip


class Editions(NamedTuple):
    """The two editions that are compared, by the layers and towns they were read from."""

    before: gpd.GeoDataFrame
    after: gpd.GeoDataFrame
    towns: gpd.GeoDataFrame | None


def write_changes(
    made: Comparison,
    given: Editions,
    heading: Heading,
    notes: Sequence[str],
    path: Path,
    basis: Listing | None = None,
) -> None:
    """Write 两期比对: gained and lost ground with its line and town, what stayed, sums by town, the proof."""
    changed = pd.concat([_changes(made.gained, given), _changes(made.lost, given)], ignore_index=True)
    listings = [
        Listing("两期比对", _headed(_numbered(_in_chinese(changed)), COMPARED), signed=True),
        Listing("按乡镇", _headed(_towns(made.by_town, made.verdict), COMPARED)),
        Listing("保留", _headed(_numbered(_in_chinese(_changes(made.kept, given))), COMPARED)),
        Listing("面积证明", _headed(_equations(made.proof), COMPARED)),
    ]
    write_listings(listings, heading, notes, path, _meanings(), basis)


def changed(made: Comparison, given: Editions) -> gpd.GeoDataFrame:
    """Give every piece with its change, line and town in words, stored in both languages."""
    parts = [_changes(one, given) for one in (made.gained, made.lost, made.kept)]
    return gpd.GeoDataFrame(
        pd.concat(parts, ignore_index=True), geometry=made.pieces.geometry, crs=made.pieces.crs
    )


def _in_chinese(rows: pd.DataFrame) -> pd.DataFrame:
    words = {True: YES, False: NO}
    return rows.map(lambda cell: shown(words.get(cell, cell) if isinstance(cell, bool) else cell, "zh"))


def _numbered(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(number=np.arange(1, len(rows) + 1))[["number", *rows.columns]]


def _changes(pieces: gpd.GeoDataFrame, given: Editions) -> pd.DataFrame:
    shapes = pieces.geometry.to_numpy()
    kind = pieces["change"].iloc[0] if len(pieces) else "kept"
    old = None if kind == "gained" else given.before
    new = None if kind == "lost" else given.after
    out = {
        "change": [Message(*word_of(one, "change")).stored for one in pieces["change"]],
        "line_before": _over(shapes, old, ("name", "line_id", "feature_id")),
        "line_after": _over(shapes, new, ("name", "line_id", "feature_id")),
        "town": _over(shapes, given.towns, ("name",), BEYOND) if given.towns is not None else None,
        "area_mu": pieces["area_mu"].to_numpy(dtype="float64"),
        "area_m2": pieces["area_m2"].to_numpy(dtype="float64"),
        "width_m": pieces["width_m"].to_numpy(dtype="float64"),
        "sliver": pieces["sliver"].to_numpy(),
    }
    rows = pd.DataFrame(out, index=range(len(pieces)))
    return rows.drop(columns="town") if given.towns is None else rows


def _over(
    shapes: np.ndarray, layer: gpd.GeoDataFrame | None, names: Sequence[str], none: Message | None = None
) -> list[str | None]:
    """Name what of a layer lies under each shape, the most ground first, as a stored list."""
    out = [none.stored if none else None] * len(shapes)
    if layer is None or not len(layer):
        return out
    words = _named(layer, names)
    grounds = layer.geometry.to_numpy()
    at, under = shapely.STRtree(grounds).query(shapes, predicate="intersects")
    share = shapely.area(shapely.intersection(shapes[at], grounds[under])) / shapely.area(shapes)[at]
    found = pd.DataFrame({"at": at, "word": words.to_numpy(dtype="object")[under], "share": share})
    found = found[found["share"] > LEAST_SHARE].sort_values(["at", "share"], ascending=[True, False])
    for position in found["at"].unique().tolist():
        some = found[found["at"] == position]
        told: list[Text] = list(dict.fromkeys(map(of_text, some["word"].dropna())))
        if none and some["share"].sum() < 1 - LEAST_SHARE:
            told.append(none)
        out[position] = listed(told).stored
    return out


def _named(layer: pd.DataFrame, names: Sequence[str]) -> pd.Series:
    """Give the name of each row of a layer, else its id, else its row in the file; heads as of control lines."""
    known = aliases("control_lines")
    roles = {
        head: known[key][0]
        for head in map(str, layer.columns)
        for key in take_apart(head).keys[:1]
        if key in known
    }
    out = pd.Series(None, index=layer.index, dtype="object")
    for name in (
        *names,
        *(head for role in ("name", "line_id") for head, one in roles.items() if one == role),
    ):
        if name in layer:
            out = out.fillna(
                layer[name].astype("object").map(lambda cell: None if pd.isna(cell) else str(cell))
            )
    rows = [Message("第 {n} 行", "row {n}", n=row).stored for row in layer["source_row"]]
    return out.fillna(pd.Series(rows, index=layer.index, dtype="object"))


def _towns(by_town: pd.DataFrame, verdict: pd.DataFrame) -> pd.DataFrame:
    names = [of_text(name).zh for name in by_town["name"]]
    rows = pd.DataFrame({
        "town": names,
        "before_mu": to_mu(by_town["before_m2"]), "gained_mu": to_mu(by_town["gained_m2"]),
        "lost_mu": to_mu(by_town["lost_m2"]), "after_mu": to_mu(by_town["after_m2"]),
        "change_mu": to_mu(by_town["change_m2"]), "not_reduced": [YES if one else NO for one in by_town["not_reduced"]],
    })  # fmt: skip
    if names == ["合计"]:
        return rows
    whole = verdict.iloc[0]
    gained, lost = rows["gained_mu"].sum(), rows["lost_mu"].sum()
    rows.loc[len(rows)] = [
        "合计", whole["area_before_mu"], gained, lost, whole["area_after_mu"], whole["change_mu"],
        YES if whole["not_reduced"] else NO,
    ]  # fmt: skip
    return rows


def _equations(proof: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame({
        "equation": [word_of(one, "equation")[0] for one in proof["equation"]], "parts": proof["parts"].to_numpy(),
        "residual": proof["max_residual_m2"].to_numpy() * 1e6,
    })  # fmt: skip


def _line(kind: str) -> tuple[str, str]:
    """Give the name of a kind of line, and on which side of it a piece lies."""
    known = look.marks(_colours(), "line").get(kind)
    return (known.zh if known else kind), ("外" if kind == OUTSIDE else "内")


def _words() -> Mapping[str, str]:
    return {key: zh for key, (zh, _) in look.verdict_words(_colours()).items()}


def _severities() -> Mapping[str, str]:
    return {key: mark.zh for key, mark in look.marks(_colours(), "severity").items()}


@cache
def _colours() -> Edition:
    known = standards.load()
    return look.colours(known, max(one.start for one in known.family(look.FAMILY)))


def _meanings() -> pd.DataFrame:
    heads = [described(name, TOUCHED).zh for name in MEANINGS]
    return _headed(pd.DataFrame({"head": heads, "meaning": MEANINGS.values()}), "meanings")
