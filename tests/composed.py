"""Frames that a table of a page is put together from, made anew of the published tables, without the page's code."""

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd

from gis.base.messages import shown
from gis.catalogue import Catalogue

Frames = Mapping[str, pd.DataFrame]
SHOWN = {"accepted": "验收", "disposed": "处置", "recorded": "入库", "reversed": "核减"}
IMAGES = {"supported": "影像支持申报", "not_supported": "影像不支持申报", "unclear": "影像无法判断"}
MEASURES = {
    "pm25": "PM2.5", "pm10": "PM10", "so2": "SO2", "no2": "NO2", "co": "CO", "o3_8h": "O3-8h",
    "good_day_rate": "优良率（%）",
}  # fmt: skip
LINES = {
    "red_line": "生态保护红线", "basic_farmland": "永久基本农田", "growth_boundary": "城镇开发边界",
    "control_area": "生态空间管控区域",
}  # fmt: skip


FEW = {"basic_farmland"}  # lines of a layer that few may know: no page names one


class Facts(NamedTuple):
    """What of a county its tables do not say: its code, the names of its places by code, the day of its land."""

    adcode: str
    names: dict[str, str]
    as_of: dt.date

    @classmethod
    def of(cls, catalogue: Catalogue, as_of: dt.date) -> "Facts":
        county = catalogue.county
        return cls(county.adcode, {one.code: one.name.zh for one in (*county.towns, *county.zones)}, as_of)


def composed(frames: Frames, facts: Facts) -> dict[str, pd.DataFrame]:
    """Give the frames with those that pages put together from several of them."""
    wanted = {
        "areas_by_town": (_areas_by_town, ("figures", "ledger")),
        "counted_towns": (_counted_towns, ("figures",)),
        "town_tasks": (_town_tasks, ("actions_by_town",)),
        "tax_with_growth": (_tax, ("tax_by_place", "figures")),
        "water_ranked": (_ranked, ("water_index",)),
        "image_verdicts": (_image_verdicts, ("figures",)),
        "new_built": (_new_built, ("figures",)),
        "uncounted_events": (_uncounted, ("undated", "unmatched_events")),
        "changed": (_changed, ("counted", "ledger_events")),
        "changes": (_changes, ("counted", "ledger_events", "figures")),
        "air_changes_beside": (_air_changes, ("air_changes",)),
        "air_index": (_air_index, ("air_composite",)),
        "glance": (_glance, ("section_periods", "sections")),
        "features_met": (_features_met, ("parcels", "control_lines")),
        "section_newest": (_section_newest, ("section_periods",)),
        "section_listed": (_section_listed, ("sections",)),
        "section_neighbours": (_section_neighbours, ("section_network",)),
    }
    made = {
        name: make(frames, facts)
        for name, (make, needs) in wanted.items()
        if any(one in frames for one in needs)
    }
    if "targets" in frames:
        targets = frames["targets"]
        made["targets"] = targets.assign(beyond=targets["value"] - targets["expected"])
    if "pieces" in frames:
        pieces = frames["pieces"]
        made["pieces"] = pieces.assign(
            line_name=pieces["line_name"].mask(pieces["line_type"].isin(FEW)),
            conflict=pieces["line_type"].astype("str") + "-" + pieces["parcel_id"].astype("str"),
        )
    return {**frames, **made}


def _figure(frames: Frames, indicator: str, period: str, place: str) -> float | None:
    found = frames["figures"]
    here = found[found["indicator"].eq(indicator) & found["period"].eq(period) & found["place"].eq(place)]
    return None if here["value"].isna().all() else float(here["value"].dropna().iloc[0])


def _areas_by_town(frames: Frames, facts: Facts) -> pd.DataFrame:
    figures = frames["figures"]
    areas = figures[figures["indicator"].eq("land.renewed_area") & figures["period"].str.fullmatch(r"\d{4}")]
    towns = {code: name for code, name in facts.names.items() if code in set(areas["place"])}
    wide = areas.pivot_table(index="place", columns="period", values="value", sort=False)
    wide = wide.reindex([facts.adcode, *towns]).dropna(how="all")
    wide["sum"] = wide.sum(axis=1)
    ledger = frames.get("ledger", pd.DataFrame(columns=["place"]))
    lost = ledger[ledger["place"].eq("unknown") & ledger["year"].notna()] if len(ledger) else ledger
    wide = wide.assign(name=wide.index.map({facts.adcode: "全市合计", **towns}))
    if len(lost) and lost["counted_mu"].notna().any():
        known = lost.groupby(lost["year"].astype(int).astype(str))["counted_mu"].sum()
        wide.loc["unknown"] = {
            **known.reindex(wide.columns, fill_value=0.0),
            "sum": known.sum(),
            "name": "未知",
        }
    return wide.reset_index(drop=True)


def _counted_towns(frames: Frames, facts: Facts) -> pd.DataFrame:
    """Give a row a town and year; where nothing was counted it is 0."""
    figures = frames["figures"]
    areas = figures[figures["indicator"].eq("land.renewed_area") & figures["period"].str.fullmatch(r"\d{4}")]
    wide = areas.pivot_table(index="place", columns="period", values="value").fillna(0.0)
    rows = [
        {"name": facts.names[code], "year": int(year), "value": value}
        for code, values in wide.to_dict("index").items()
        if code in facts.names and code != facts.adcode
        for year, value in values.items()
    ]
    return pd.DataFrame(rows, columns=["name", "year", "value"])


def _town_tasks(frames: Frames, facts: Facts) -> pd.DataFrame:
    """Put beside what a town finished of a kind in a year what it finished in the year before."""
    rows = frames["actions_by_town"]
    before = rows.assign(year=rows["year"] + 1)[["town", "kind", "year", "quantity_finished"]]
    return rows.merge(
        before.rename(columns={"quantity_finished": "finished_before"}),
        how="left",
        on=["town", "kind", "year"],
    )


def _tax(frames: Frames, facts: Facts) -> pd.DataFrame:
    found = frames.get("tax_by_place", pd.DataFrame())
    growth = [
        _figure(frames, "land.tax_per_mu_growth", str(row["year"]), str(row.get("place_code", facts.adcode)))
        for row in found.to_dict("records")
    ]
    return found.assign(growth=pd.Series(growth, found.index, dtype="float64"))


def _image_verdicts(frames: Frames, facts: Facts) -> pd.DataFrame:
    year = str(facts.as_of.year)
    return pd.DataFrame(
        [
            {"told": told, "count": _figure(frames, f"land.image_parcels.{key}", year, facts.adcode)}
            for key, told in IMAGES.items()
        ]
    )


def _new_built(frames: Frames, facts: Facts) -> pd.DataFrame:
    year = str(facts.as_of.year)
    rows = [
        {
            "told": told,
            "count": _figure(frames, f"land.new_built_patches.{key}", year, facts.adcode),
            "mu": _figure(frames, f"land.new_built_area.{key}", year, facts.adcode),
        }
        for key, told in LINES.items()
    ]
    return pd.DataFrame(rows).dropna(subset="count")


def _uncounted(frames: Frames, _: Facts) -> pd.DataFrame:
    why = ("unmatched_events", "undated")
    return pd.concat([frames[name].assign(reason=name) for name in why if name in frames])


def _events(frames: Frames) -> pd.DataFrame:
    counted, listed = frames.get("counted"), frames.get("ledger_events")
    parts = []
    if counted is not None:
        parts.append(
            counted[counted["event"].isin(["accepted", "disposed"] if listed is not None else SHOWN)]
        )
    if listed is not None:
        rows = listed[listed["event"].isin(["recorded", "reversed"])]
        parts.append(rows.drop_duplicates(["parcel_id", "event"]))
    found = pd.concat([one[["event", "parcel_id", "date", "area_mu"]] for one in parts], ignore_index=True)
    return found.assign(date=pd.to_datetime(found["date"]), status=found["event"].map(SHOWN))


def _until(events: pd.DataFrame, until: pd.Timestamp) -> pd.DataFrame:
    return events[events["date"].le(until) & events["date"].dt.year.eq(until.year)]


def _changed(frames: Frames, facts: Facts) -> pd.DataFrame:
    return _until(_events(frames), pd.Timestamp(facts.as_of))


def _changes(frames: Frames, facts: Facts) -> pd.DataFrame:
    events, now = _events(frames), pd.Timestamp(facts.as_of)
    spans = [_until(events, now), _until(events, now - pd.DateOffset(years=1))]
    rows = []
    for event, told in SHOWN.items():
        if event != "disposed" or "disposed" in set(events["event"]):
            own = [span[span["event"].eq(event)] for span in spans]
            rows.append(
                (told, *(x for one in own for x in (one["parcel_id"].nunique(), one["area_mu"].sum())))
            )
    whole = (facts.as_of.month, facts.as_of.day) == (12, 31)
    periods = [f"{year}" if whole else f"{year}C{facts.as_of.month:02d}" for year in (now.year, now.year - 1)]
    net = ("land.renewal_parcels", "land.renewed_area")
    rows.append(("净计入", *(_figure(frames, name, one, facts.adcode) for one in periods for name in net)))
    made = pd.DataFrame(rows, columns=["status", "n", "mu", "n_before", "mu_before"])
    return made.assign(change_mu=made["mu"] - made["mu_before"])


def _air_index(frames: Frames, _: Facts) -> pd.DataFrame:
    found = frames["air_composite"]
    own = found[found["place_kind"].eq("county")]
    keys = ["period", "edition", "dust"]
    other = own[own["method"].eq("annex_c")].set_index(keys)["composite_index"]
    return own[own["method"].eq("ranking")].join(other.rename("annex_c"), on=keys)


def _air_changes(frames: Frames, _: Facts) -> pd.DataFrame:
    found = frames["air_changes"]
    newest = found[found["period"].eq(found.groupby("compared_with")["period"].transform("max"))]
    values = ["now", "change", "change_percent"]
    shown = newest[newest["measure"].isin(MEASURES)]
    wide = shown.pivot_table(index="measure", columns="compared_with", values=values, aggfunc="first")
    wide.columns = ["_".join(one) for one in wide.columns]
    return wide.assign(told=wide.index.map(MEASURES)).reset_index()


def _ranked(frames: Frames, _: Facts) -> pd.DataFrame:
    found = frames["water_index"]
    return found.assign(ranked=found["rank"].where(found["place_kind"].ne("county")))


def _features_met(frames: Frames, _: Facts) -> pd.DataFrame:
    known = [frames[name] for name in ("parcels", "control_lines") if name in frames]
    return pd.concat([one[["source", "source_row"]] for one in known], ignore_index=True)


def _glance(frames: Frames, facts: Facts) -> pd.DataFrame:
    """Give a row a section: its class this month and of the year so far."""
    periods, rows = frames["section_periods"], _section_listed(frames, facts)
    for name, period in (("now", f"{facts.as_of:%YM%m}"), ("so_far", f"{facts.as_of.year}")):
        known = periods[periods["period"].eq(period)].drop_duplicates("section_id").set_index("section_id")
        gap = known["gap_to_target"].where(known["gap_to_target"] > 0)
        told = {name: known["water_class"], f"gap_{name}": gap}
        rows = rows.assign(**{one: rows["section_id"].map(values) for one, values in told.items()})
    names = "section_id name level target_class river_chief now so_far gap_now gap_so_far"
    return rows[names.split()]


def _section_newest(frames: Frames, _: Facts) -> pd.DataFrame:
    return frames["section_periods"].sort_values("period").drop_duplicates("section_id", keep="last")


def _section_listed(frames: Frames, _: Facts) -> pd.DataFrame:
    ordered = frames["sections"].sort_values("valid_from", kind="stable")
    return ordered.drop_duplicates("section_id", keep="last")


def _section_neighbours(frames: Frames, _: Facts) -> pd.DataFrame:
    """Name the sections of the network; those of one water only where no direction of flow is known."""
    rows = frames["section_network"].drop_duplicates("section_id")
    names = dict(frames["section_periods"][["section_id", "name"]].itertuples(index=False))
    for one in ("upstream", "downstream", "neighbours"):
        ids = rows[one].map(lambda text: str(shown(text, "zh")).split("、"), na_action="ignore")
        named = ids.map(lambda some: "、".join(names.get(id_, id_) for id_ in some), na_action="ignore")
        rows = rows.assign(**{one: named.astype("object")})
    flows = rows["upstream"].notna() | rows["downstream"].notna()
    return rows.assign(neighbours=rows["neighbours"].mask(flows))
