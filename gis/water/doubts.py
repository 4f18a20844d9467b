"""What the verdict of a period hangs on, and where two lawful ways of counting leave it to be checked (待核)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import Message, joined, listed, ready
from gis.base.stored_words import numeral
from gis.standards.editions import Edition, Editions
from gis.water.limits import LIMITS
from gis.water.phrases import phrase

MET, MISSED, TO_CHECK = "met", "missed", "to_check"
OTHERS = [
    "water_class_all", "water_class_unflagged", "water_class_nothing", "water_class_whole", "water_class_unrounded",
    "water_class_other", "water_class_five", "water_class_highest",
]  # fmt: skip


def with_doubts(rows: pd.DataFrame, editions: Editions, rules: Edition) -> pd.DataFrame:
    """Say of each period which way of counting would change its class, and what becomes of the verdict.

    Parameters
    ----------
    rows
        Judged periods with the classes of OTHERS, target_class, at_target, validity, n_flagged, n_days.
    editions
        Name the ways of rounding; the limits their classes.
    rules
        The evaluation: the valid days that a month of automatic data needs.

    Returns
    -------
    rows
        With at_target_counted (at_target by the class that counts, as rates count it), attainment (met,
        missed or to_check; null without a target), to_check (why, with both classes), hangs_on (everything
        that the class hangs on); at_target is null where it is to be checked.

    Notes
    -----
    To be checked is a class that another way of rounding puts on the other side of the target or of Ⅲ, and
    one that the five items of the plan would change where nobody names the X items of the section.
    """
    numerals: list[str] = _limits(editions)["numerals"]
    good = good_class(editions)
    doubtful = _may_differ(rows)
    checks, hangs = (pd.Series(None, rows.index, dtype="object") for _ in range(2))
    for at, row in zip(rows.index[doubtful], rows[doubtful].to_dict("records"), strict=True):
        causes = dict(_causes(row, numerals, editions))
        if not pd.isna(row["validity"]):
            causes["days"] = _short(row, rules.data["valid_month"]["automatic_days"])
        if causes:
            hangs[at] = joined(causes.values())
        names = [name for name in ("other", "five", "above") if name in causes and _checked(name, row, good)]
        if names:
            why = listed([causes[name] for name in names], "；", "; ")
            checks[at] = Message("待核：{why}", "to be checked: {why}", why=why).stored
    met = rows["at_target"].astype("boolean")
    open_ = checks.notna() & met.notna()
    words = met.map({True: MET, False: MISSED}, na_action="ignore").astype("object").mask(open_, TO_CHECK)
    return rows.assign(
        at_target_counted=met, at_target=met.mask(open_), attainment=words.astype("str"),
        to_check=checks.astype("str"), hangs_on=hangs.astype("str"),
    )  # fmt: skip


def good_class(editions: Editions) -> int:
    """Give the last class that counts as good (Ⅲ)."""
    return int(_limits(editions)["good_class"])


def _limits(editions: Editions) -> Mapping[str, Any]:
    forced = editions.forced.get(LIMITS)
    edition = editions.get(forced) if forced else editions.family(LIMITS)[-1]
    return dict(edition.data["evaluation"])


def _may_differ(rows: pd.DataFrame) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Tell the rows with a class that another way of counting changes, or with too few valid days."""
    own = rows["water_class"].to_numpy("float64", na_value=np.nan)
    found = rows["validity"].notna().to_numpy()
    for name in OTHERS:
        other = rows[name].to_numpy("float64", na_value=np.nan)
        found = found | (np.isfinite(other) & (other != own)) | (rows["n_flagged"].gt(0) & np.isnan(other))
    return np.asarray(found & np.isfinite(own), dtype=bool)


def _causes(row: Mapping[Any, Any], numerals: list[str], editions: Editions) -> Iterator[tuple[str, Message]]:
    """Give what the class of a period hangs on, each with the class that it would be else."""
    own = row["water_class"]

    def sign(code: Any) -> Message:
        return Message("{n}类", "{n}", n=numeral(numerals[int(code) - 1])) if not pd.isna(code) else _NO_CLASS

    def other(name: str) -> bool:
        return not pd.isna(row[name]) and row[name] != own

    if row["n_flagged"] and not _same(row["water_class_all"], row["water_class_unflagged"]):
        yield "flagged", phrase(
            "flagged_values", n=row["n_flagged"], all=sign(row["water_class_all"]),
            unflagged=sign(row["water_class_unflagged"]),
        )  # fmt: skip
    if other("water_class_unrounded"):
        unrounded = sign(row["water_class_unrounded"])
        yield (
            "unrounded",
            Message("修约：未修约为{other}", "rounding: class {other} un-rounded", other=unrounded),
        )
    if other("water_class_other"):
        lead, beside = (_way(row[name], editions) for name in ("statistics", "statistics_other"))
        yield "other", phrase(
            "class_by_another", lead=lead, own=sign(own), beside=beside,
            other=sign(row["water_class_other"]),
        )  # fmt: skip
    if other("water_class_nothing") or other("water_class_whole"):
        yield "half", phrase(
            "half_limit_classes", low=sign(row["water_class_nothing"]),
            high=sign(row["water_class_whole"]),
        )  # fmt: skip
    if other("water_class_highest"):
        yield "above", phrase("not_better_than", own=sign(own))
    if other("water_class_five"):
        yield "five", phrase("without_x_items", own=sign(own), five=sign(row["water_class_five"]))


_NO_CLASS = Message("无类别", "none")


def _same(first: Any, second: Any) -> bool:
    nothing = pd.isna(first), pd.isna(second)
    return all(nothing) if any(nothing) else bool(first == second)


def _short(row: Mapping[Any, Any], least: int) -> Message:
    if row["period_kind"] == "month":
        return phrase("few_automatic_days", n=row["n_days"], least=least)
    return phrase("few_days_in_months", months=listed(row["short_months"].split(",")))


def _way(id_: str, editions: Editions) -> Message:
    return ready(**editions.get(id_).data["words"])


def _checked(cause: str, row: Mapping[Any, Any], good: int) -> bool:
    """Tell whether a cause leaves the verdict to be checked: across the target or Ⅲ; the five items always."""
    if cause in ("five", "above"):
        return True
    goals = [good] if pd.isna(row["target_class"]) else [good, int(row["target_class"])]
    return any((row["water_class"] <= goal) != (row["water_class_other"] <= goal) for goal in goals)
