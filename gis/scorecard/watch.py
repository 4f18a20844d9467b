"""What is watched: sections by class, target and outlook; the budget of the air; silent stations."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from gis.base.figures import Finding, finding, rows_of
from gis.base.messages import Message, listed, of_text, restored
from gis.base.named import id_or_name
from gis.base.stored_words import numeral
from gis.base.tables import TABLES, Tables
from gis.catalogue.model import Catalogue
from gis.scorecard.chiefs import Chiefs, together
from gis.scorecard.phrases import phrase
from gis.standards import Editions

Reason = tuple[str, Message, float]  # kind of alert, words, limit
LIMITS = "surface_water_limits"
AUTOMATIC, LAST_MONTH, TARGET, ALL = "automatic", "last_month", "target", "all"
CLASS = "water.section_class"
MISSED, TO_CHECK = "missed", "to_check"
MONTH_HOURS = 30 * 24
MEASURED = {
    table: [name for name, column in TABLES[table].items() if column.kind == "f"]
    for table in ("samples", "air_hours", "air_days")
}
HOUR = 3600
NEVER = Message("从无读数", "never had a reading")
KINDS = {"air": Message("空气站", "air stations"), "water": Message("水质自动站", "automatic water stations")}
SO_FAR = Message("未满月", "the month still runs")


@dataclass(frozen=True)
class Case:
    """One thing to be alerted of.

    Attributes
    ----------
    since
        What tells this case from a later one of the same kind and place: a period, or the last reading.
    made
        The figure of `value` where no subject makes it already.
    figure_id
        Of the figure that `value` is; the rows behind it are those of the alert.
    kinds
        Of all reasons, where it has several; one more reason makes another alert.
    """

    kind: str
    place: str
    name: str
    since: str
    said: Message
    person: str | None
    value: float | None
    limit: float | None
    unit: str
    figure_id: str
    made: Finding | None = None
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scene:
    """What is looked at: tables of all subjects, thresholds, editions, people and the day."""

    tables: Tables
    catalogue: Catalogue
    editions: Editions
    as_of: dt.date
    chiefs: Chiefs

    def table(self, name: str) -> pd.DataFrame:
        """Give a table, empty where there is none."""
        return pd.DataFrame(self.tables.get(name, pd.DataFrame()))


def cases(scene: Scene) -> Iterator[Case]:
    """Look for everything that the county watches, in the order of `[alerts]`."""
    watched = scene.catalogue.alerts
    yield from _sections(scene)
    yield from _budget(scene)
    if watched.air_silent_hours is not None:
        yield from _silent(scene, "air", _air_readings(scene), watched.air_silent_hours)
    if watched.water_silent_hours is not None:
        yield from _silent(scene, "water", _water_readings(scene), watched.water_silent_hours)


def _months(scene: Scene) -> pd.DataFrame:
    """Give each section's newest month with a class, unless it is older than last month."""
    found = scene.table("section_periods")
    if not len(found):
        return found
    first = (pd.Timestamp(scene.as_of).to_period("M") - 1).strftime("%YM%m")
    rows = found[found["period_kind"].eq("month") & found["water_class"].notna() & (found["period"] >= first)]
    return rows.sort_values("period").drop_duplicates(["section_id", "name"], keep="last")


def _sections(scene: Scene) -> Iterator[Case]:
    """Give one case a section: its newest month with all that is wrong with it, and what its class hangs on."""
    lost = {} if not scene.catalogue.alerts.out_of_reach else {one.place: one for one in _out_of_reach(scene)}
    months = _months(scene)
    before = _classes_before(scene, months)
    for row in months.to_dict("records"):
        place = id_or_name(row)
        reasons = [*_below(scene, row), *_dropped(scene, row, before.get((place, row["period"])))]
        if not reasons:
            continue
        if place in lost:
            case = lost.pop(place)
            reasons.append((case.kind, case.said, float(case.limit or 0)))
        yield _section_case(scene, row, reasons)
    for case in lost.values():
        yield replace(case, said=listed([case.name, case.said], " ", " "))


def _classes_before(scene: Scene, months: pd.DataFrame) -> dict[tuple[str, str], int]:
    """Give the class of the month before, by place and month."""
    changes = scene.table("section_changes")
    if not len(changes) or not len(months):
        return {}
    rows = changes[changes["compared_with"].eq(LAST_MONTH) & changes["period_kind"].eq("month")]
    return {(id_or_name(row), row["period"]): int(row["class_before"]) for row in rows.to_dict("records")}


def _below(scene: Scene, row: Mapping[Any, Any]) -> Iterator[Reason]:
    """Say that a month is worse than its target, or that this is to be checked."""
    if not scene.catalogue.alerts.below_target or pd.isna(row["target_class"]):
        return
    goal, limit = _sign(scene, row["target_class"]), float(row["target_class"])
    if row["attainment"] == MISSED:
        yield "below_target", Message("劣于目标{goal}类", "worse than its target {goal}", goal=goal), limit
    elif row["attainment"] == TO_CHECK:
        told = phrase("reason_with_target", why=restored(row["to_check"]), goal=goal)
        yield "below_target", told, limit


def _dropped(scene: Scene, row: Mapping[Any, Any], before: int | None) -> Iterator[Reason]:
    least = scene.catalogue.alerts.classes_dropped
    if least is not None and before is not None and row["water_class"] - before >= least:
        sign = _sign(scene, before)
        yield (
            "class_dropped",
            Message("上月为{before}类", "last month {before}", before=sign),
            float(before),
        )


def _told(scene: Scene, row: Mapping[Any, Any], reasons: list[Reason]) -> Message:
    """Say of a section in a month its class, all reasons, what decides the class and what it hangs on."""
    hangs = None if pd.isna(row["hangs_on"]) else restored(row["hangs_on"])
    return phrase(
        "alert_of_section", name=row["name"], month=_month(row), now=_sign(scene, row["water_class"]),
        why=listed([one for _, one, _ in reasons], "，", ", "),
        deciding=of_text(str(row["deciding_indicators"])),
        hangs=(hangs and Message("；类别取决于：{hangs}", "; the class hangs on: {hangs}", hangs=hangs)) or "",
    )  # fmt: skip


def _section_case(scene: Scene, row: Mapping[Any, Any], reasons: list[Reason]) -> Case:
    (kind, _, limit), kinds = reasons[0], tuple(kind for kind, _, _ in reasons)
    place, value, behind = id_or_name(row), float(row["water_class"]), _records(scene, row)
    made = finding(
        CLASS, row["period"], place, value, n=len(behind), edition=str(row["edition"]),
        evidence=[rows_of("samples", behind)],
        note=SO_FAR.stored if row["provisional"] else None,
    )  # fmt: skip
    return Case(
        kind, place, row["name"], row["period"], _told(scene, row, reasons),
        scene.chiefs.of_section(row["section_id"], row["name"]), value, limit, "类",
        made.figure["figure_id"], made, kinds,
    )  # fmt: skip


def _records(scene: Scene, row: Mapping[Any, Any]) -> pd.DataFrame:
    samples = scene.table("samples")
    own = samples["section_id"].eq(row["section_id"]) if not pd.isna(row["section_id"]) else False
    named = samples["section_id"].isna() & samples["section"].eq(row["name"])
    here = samples["sampled_at"].dt.strftime("%YM%m").eq(row["period"])
    return samples[(own | named).fillna(value=False) & here]


def _out_of_reach(scene: Scene) -> Iterator[Case]:
    found = scene.table("water_outlook")
    if not len(found):
        return
    lost = found[found["goal"].eq(TARGET) & found["possible"].eq(other=False) & found["months_left"].gt(0)]
    worst = lost[lost["indicator"] != ALL]
    for _, rows in worst.groupby(["section_id", "name"], dropna=False, sort=False):
        row: Any = rows.iloc[0].to_dict()
        place, goal = id_or_name(row), _sign(scene, row["goal_class"])
        means = listed(list(map(_so_far, rows.to_dict("records"))))
        told = phrase("class_out_of_reach", year=row["period"], goal=goal, means=means)
        yield Case(
            "out_of_reach", place, row["name"], row["period"], told,
            scene.chiefs.of_section(row["section_id"], row["name"]), row["mean_so_far"],
            row["limit"], TABLES["samples"][row["indicator"]].unit or "", f"{CLASS}.{row['period']}.{place}",
        )  # fmt: skip


def _so_far(row: Mapping[Any, Any]) -> Message:
    """Say the mean so far of an indicator and the limit that the year can no longer keep."""
    column = TABLES["samples"][row["indicator"]]
    mean, limit = (f"{row[name]:.4g} {column.unit or ''}".strip() for name in ("mean_so_far", "limit"))
    return phrase("mean_so_far", zh=column.zh, en=column.en, mean=mean, limit=limit)


def _budget(scene: Scene) -> Iterator[Case]:
    found = scene.table("air_budget")
    if not len(found):
        return
    county, watched = scene.catalogue.county, scene.catalogue.alerts
    least, above = watched.bad_days_left, watched.pm25_above_path
    for row in found[found["judged"].fillna(value=False)].to_dict("records"):
        year, days = int(row["year"]), row["bad_days_left"]
        place, chief = (county.adcode, county.name.zh, str(year)), scene.chiefs.of_county()
        if least is not None and row["goal"] == "good_days" and days < least:
            goal, left = row["good_rate_target"], row["days_left"]
            told = phrase("bad_days_left", year=year, days=days, left=left, goal=goal)
            figure = f"air.bad_days_left.{year}.{county.adcode}"
            yield Case("budget_low", *place, told, chief, float(days), float(least), "天", figure)
        if above is not None and row["goal"] == "pm25" and row["pm25_mean"] > row["pm25_path"] + above:
            mean, path = float(row["pm25_mean"]), float(row["pm25_path"])
            told = phrase("pm25_above_path", year=year, mean=mean, path=path, goal=row["pm25_target"])
            figure = f"air.pm25_mean.{year}.{county.adcode}"
            yield Case("pm25_above_path", *place, told, chief, mean, path, "µg/m³", figure)


def _air_readings(scene: Scene) -> pd.DataFrame:
    """Give the last reading of every air station: end of its hour, or of its day; never is null."""
    listed = scene.table("stations")
    frames = []
    for table, column, whole in (("air_hours", "time", 0), ("air_days", "date", 1)):
        rows = scene.table(table)
        if len(rows):
            read = rows[rows[[name for name in MEASURED[table] if name in rows]].notna().any(axis=1)]
            frames.append(read.assign(at=read[column] + pd.Timedelta(days=whole), table=table))
    if len(listed):
        frames.append(listed.assign(station=listed["name"], at=pd.Timestamp("NaT"), table="stations"))
    if not frames:
        return pd.DataFrame()
    columns = ["station_id", "station", "at", "table", "source", "source_row"]
    rows = pd.concat([frame[columns] for frame in frames], ignore_index=True)
    return _last(rows.rename(columns={"station_id": "id", "station": "name"}), listed, "station_id", scene)


def _water_readings(scene: Scene) -> pd.DataFrame:
    """Give the last reading of every section that has automatic records."""
    samples = scene.table("samples")
    if not len(samples):
        return samples
    automatic = samples["method"].eq(AUTOMATIC).fillna(value=False)
    read = samples[automatic & samples[MEASURED["samples"]].notna().any(axis=1)]
    rows = read.assign(id=read["section_id"], name=read["section"], at=read["sampled_at"], table="samples")
    return _last(rows, scene.table("sections"), "section_id", scene)


def _last(rows: pd.DataFrame, listed: pd.DataFrame, id_: str, scene: Scene) -> pd.DataFrame:
    """Keep the last reading of each place up to the day; its key is its id, else that of its name, else its name."""
    known = listed.dropna(subset=[id_, "name"]) if len(listed) else pd.DataFrame(columns=[id_, "name"])
    ids = known.drop_duplicates("name").set_index("name")[id_]
    names = known.drop_duplicates(id_, keep="last").set_index(id_)["name"]
    key = rows["id"].astype("object").fillna(rows["name"].map(ids)).fillna(rows["name"])
    keyed = rows.assign(key=key, name=rows["name"].astype("object").fillna(key.map(names)).fillna(key))
    until = pd.Timestamp(scene.as_of) + pd.Timedelta(days=1)
    keyed = keyed[keyed["key"].notna() & ~(keyed["at"] > until)]
    ordered = keyed.sort_values("at", kind="stable", na_position="first").drop_duplicates("key", keep="last")
    return ordered.sort_values("key", kind="stable")


def _silent(scene: Scene, subject: str, last: pd.DataFrame, least: float) -> Iterator[Case]:
    """Compare with the newest reading of the network on the day of `as_of`, else with the end of that day."""
    if not len(last) or last["at"].isna().all():
        return
    newest, today = last["at"].max(), pd.Timestamp(scene.as_of)
    reference = newest if newest > today else today + pd.Timedelta(days=1)
    hours = (reference - last["at"]).dt.total_seconds() / HOUR
    if len(last) > 1 and hours.min() >= MONTH_HOURS:
        yield _network_silent(scene, subject, last, least)
        return
    for index, row in last[hours.isna() | (hours >= least)].iterrows():
        value = None if pd.isna(hours[index]) else float(hours[index])
        name = str(row["name"])
        since = "never" if value is None else f"{row['at']:%Y-%m-%dT%H:%M}"
        told = NEVER if value is None else phrase("silent_station", hours=value, at=row["at"])
        evidence = [rows_of(row["table"], last.loc[[index]])]
        made = finding(
            f"{subject}.silent_hours", f"{scene.as_of}", str(row["key"]), value, n=1, evidence=evidence
        )
        who = scene.chiefs.of_station if subject == "air" else scene.chiefs.of_section
        yield Case(
            f"{subject}_station_silent", str(row["key"]), name, since,
            Message("{kind}{name}{told}", "{name}: {told}", kind=KINDS[subject], name=name, told=told),
            who(row["key"], name), value, least, "小时", made.figure["figure_id"], made,
        )  # fmt: skip


def _network_silent(scene: Scene, subject: str, last: pd.DataFrame, least: float) -> Case:
    """Give the one case of a network of which no station has had a reading for a month."""
    county, newest = scene.catalogue.county, last["at"].max()
    value = float((pd.Timestamp(scene.as_of) + pd.Timedelta(days=1) - newest).total_seconds() / HOUR)
    rows = [rows_of(str(table), own) for table, own in last.groupby("table")]
    made = finding(
        f"{subject}.silent_hours", f"{scene.as_of}", county.adcode, value, n=len(last), evidence=rows
    )
    names = listed(last["name"].astype(str).tolist())
    told = phrase("all_silent", kind=KINDS[subject], n=len(last), days=value / 24, at=newest, names=names)
    return Case(
        f"{subject}_network_silent", county.adcode, county.name.zh, f"{newest:%Y-%m-%dT%H:%M}", told,
        scene.chiefs.of_county() if subject == "air" else _chiefs(scene, last), value, least, "小时",
        made.figure["figure_id"], made,
    )  # fmt: skip


def _chiefs(scene: Scene, last: pd.DataFrame) -> str | None:
    places = zip(last["key"], last["name"], strict=True)
    return together(scene.chiefs.of_section(key, name) for key, name in places)


def _month(row: Mapping[Any, Any]) -> Message:
    month = pd.Period(row["period"].replace("M", "-"))
    running = Message("（未满月）", " so far") if row["provisional"] else ""
    return Message("{m.year} 年 {m.month} 月{running}", "{m}{running}", m=month, running=running)


def _sign(scene: Scene, code: Any) -> Message:
    numerals: list[str] = scene.editions.in_force(LIMITS, scene.as_of).data["evaluation"]["numerals"]
    return numeral(numerals[int(code) - 1])
