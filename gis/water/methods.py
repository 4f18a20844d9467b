"""Whether records without a method are automatic: told by how often and how evenly they come."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message, at_row
from gis.catalogue.model import Answer
from gis.catalogue.questions import ask
from gis.water.means import AUTOMATIC
from gis.water.phrases import phrase
from gis.water.sections import PLACE, different

MANUAL, UNCLEAR, FEW, SELDOM = "manual", "unclear", "few", "seldom"
QUESTION = "method"
DENSE, OFTEN, SEVERAL = 8, 4, 2  # readings a day
EVEN, COVERED, SCATTERED = 0.9, 0.8, 0.5  # share of readings on one minute, of the days of the span
ENOUGH_DAYS, SOME = 10, 3
NIGHT = [1, 2, 3, 4, 5, 22, 23]  # hours at which nobody takes samples
CELL = r"![A-Z]+$"  # of a table that is turned round each column is a source
LABORATORY = [
    "codcr", "bod5", "copper", "zinc", "fluoride", "selenium", "arsenic", "mercury", "cadmium", "chromium6", "lead",
    "cyanide", "volatile_phenol", "petroleum", "anionic_surfactant", "sulfide", "fecal_coliform", "transparency",
]  # fmt: skip
Places = npt.NDArray[np.int64]


def with_methods(samples: pd.DataFrame, answers: Mapping[str, Answer], *, asks: bool = True) -> pd.DataFrame:
    """Give the records of which nobody says the method one, where their times tell it.

    A station measures many times a day, or once on nearly every day, at the same minute of the hour; a
    published row says the state of its station. A section's records of one source are judged together;
    where they are too few to tell they follow the others of the section, then most of the source.

    Parameters
    ----------
    samples
        Canonical records; those with a method stay as they are.
    answers
        `method` → automatic or manual: of all records without a method.
    asks
        Whether to ask where the times do not tell and the means depend on it; else such records stay
        without a method and count as manual.

    Returns
    -------
    samples
        The same rows; `method` is automatic where recognised, else as it was.

    Raises
    ------
    Question
        The times do not tell, the means depend on it, and nobody answered.
    """
    samples = _said_elsewhere(samples)
    open_ = samples["method"].isna() & samples["sampled_at"].notna()
    if not open_.any():
        return samples
    said = answers.get(QUESTION)
    if said is not None and said.value in (AUTOMATIC, MANUAL):
        return samples.assign(method=samples["method"].mask(open_, said.value))
    rows = samples[open_]
    kinds = _of_rows(rows)
    unclear = kinds == UNCLEAR
    if asks and unclear.any() and _matters(rows[unclear]):
        kinds[unclear] = _asked(rows[unclear], answers)
    found = pd.Series(np.isin(kinds, [AUTOMATIC]), rows.index)
    return samples.assign(
        method=samples["method"].mask(found.reindex(samples.index, fill_value=False), AUTOMATIC)
    )


def _said_elsewhere(samples: pd.DataFrame) -> pd.DataFrame:
    """Take the method from the column of the origin, where offices write it too."""
    said = samples["method"].isna() & samples["data_origin"].isin([AUTOMATIC, MANUAL])
    if not said.any():
        return samples
    return samples.assign(method=samples["method"].mask(said, samples["data_origin"]))


def recognised(before: pd.DataFrame, after: pd.DataFrame) -> Message | None:
    """Say how many records were recognised as automatic; None where none was."""
    new = before["method"].isna() & after["method"].eq(AUTOMATIC).fillna(value=False)
    if not new.any():
        return None
    return phrase(
        "taken_for_automatic", n=int(new.sum()), sections=after.loc[new, PLACE].drop_duplicates().shape[0]
    )


def _of_rows(rows: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Give each record automatic, manual, unclear, few (too few to tell) or seldom (at even times, on few days)."""
    place, _ = different(rows)
    sheets = rows["source"].astype("str").str.replace(CELL, "", regex=True)
    source = pd.factorize(sheets, use_na_sentinel=False)[0].astype("int64")
    both = pd.factorize(place * (source.max() + 1) + source)[0].astype("int64")
    laboratory = _laboratory(rows, both)
    times = rows["sampled_at"].to_numpy().astype("datetime64[m]").astype("int64")
    counted = ~laboratory
    kinds = _kinds(both, times, counted)[both]
    wider = _kinds(place, times, counted)[place]
    kinds = np.where(kinds == FEW, wider, kinds)
    kinds[rows["station_state"].notna().to_numpy()] = AUTOMATIC
    kinds[laboratory] = MANUAL
    return _with_most(kinds, source, times)


def _laboratory(rows: pd.DataFrame, group: Places) -> npt.NDArray[np.bool_]:
    """Tell the few records of a series that hold what no station measures."""
    names = [name for name in LABORATORY if name in rows]
    held = rows[names].notna().any(axis=1).to_numpy()
    share = np.bincount(group, held) / np.maximum(np.bincount(group), 1)
    return held & (share[group] < SCATTERED)


def _kinds(group: Places, times: Places, counted: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Judge each group of records by its times, in minutes."""
    number = int(group.max()) + 1
    kinds = np.full(number, FEW, dtype=object)
    seen = pd.DataFrame({"group": group[counted], "at": times[counted]}).drop_duplicates()
    if not len(seen):
        return kinds
    day, minute = seen["at"] // 1440, seen["at"] % 60
    days = seen.groupby(["group", day.rename("day")]).size()
    by_day = days.groupby("group").agg(["median", "size"])
    ends = day.groupby(seen["group"]).agg(["min", "max"])
    most = seen.groupby(["group", minute.rename("minute")]).size().groupby("group").max()
    dated = (seen["at"] % 1440 == 0).groupby(seen["group"]).all()
    size = seen.groupby("group").size()
    night = (seen["at"] % 1440 // 60).isin(NIGHT).groupby(seen["group"]).any() & (size >= SOME)
    cover = by_day["size"] / (ends["max"] - ends["min"] + 1)
    kinds[by_day.index.to_numpy()] = _kind(by_day["median"], by_day["size"], most / size, cover, dated, night)
    return kinds


def _kind(
    a_day: pd.Series, days: pd.Series, even: pd.Series, cover: pd.Series, dated: pd.Series, night: pd.Series
) -> npt.NDArray[np.object_]:
    regular, lasting = even >= EVEN, (days >= ENOUGH_DAYS) & (cover >= COVERED)
    scattered = cover < SCATTERED
    tests = [
        (dated, np.where(days >= ENOUGH_DAYS, MANUAL, FEW)),
        ((a_day >= DENSE) | ((a_day >= OFTEN) & lasting), AUTOMATIC),
        (~regular & (days > 1), MANUAL),
        (regular & night, AUTOMATIC),
        ((a_day >= OFTEN) & ~scattered, AUTOMATIC),
        (lasting, AUTOMATIC),
        ((a_day < SEVERAL) & (days == 1), FEW),
        ((a_day < SEVERAL) | ((a_day < OFTEN) & scattered), SELDOM),
    ]
    conditions, values = zip(*tests, strict=True)
    return np.select([one.to_numpy() for one in conditions], list(values), UNCLEAR).astype(object)


def _with_most(kinds: npt.NDArray[np.object_], source: Places, times: Places) -> npt.NDArray[np.object_]:
    """Let what does not tell follow most records of its source that do, unless it has dates without times."""
    known = np.isin(kinds, [AUTOMATIC, MANUAL])
    share = np.bincount(source, kinds == AUTOMATIC) / np.maximum(np.bincount(source, known), 1)
    timed = times % 1440 != 0
    follows = np.isin(kinds, [UNCLEAR, FEW, SELDOM]) & (share[source] > SCATTERED) & timed
    return np.where(follows, AUTOMATIC, kinds)


def _matters(rows: pd.DataFrame) -> bool:
    """Tell whether days of a month weigh otherwise than its readings."""
    place, _ = different(rows)
    taken = rows["sampled_at"]
    by = [place, taken.dt.year, taken.dt.month]
    counts = rows.groupby([*by, taken.dt.day]).size()
    months = counts.groupby(level=[0, 1, 2])
    return bool((months.max() > months.min()).any())


def _asked(rows: pd.DataFrame, answers: Mapping[str, Answer]) -> str:
    first = rows.iloc[0]
    what = phrase("method_not_told", n=len(rows))
    listed = tuple(f"{one:%Y-%m-%d %H:%M}" for one in rows["sampled_at"].head(3))
    choices = [
        Choice(AUTOMATIC, Message("自动监测：先算日均值", "automatic: day means first"), listed),
        Choice(MANUAL, Message("手工监测：各次等权平均", "manual: every sample weighs the same")),
    ]
    where = at_row(first["source"], first["source_row"])
    return ask(answers, QUESTION, what, choices, file=where, heads=PLACE)
