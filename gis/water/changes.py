"""Two periods compared (环办〔2011〕22号 三): sections by steps of their grade, the county by its shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from gis.base.calendar import before
from gis.base.messages import Message
from gis.standards.editions import Edition

BASELINE = "baseline_year"
COLUMNS = [
    "section_id", "name", "period", "period_kind", "compared_with", "period_before", "class_before", "class_now",
    "change", "word", "provisional", "note",
]  # fmt: skip
SHARES = [
    "period", "period_kind", "compared_with", "period_before", "good_share_before", "good_share",
    "worse_share_before", "worse_share", "share_change", "change", "word", "provisional",
]  # fmt: skip
OTHER_EDITION = Message("两期依据的标准版本不同", "the two periods are judged by different editions").stored
OTHER_SET = Message("两期评价指标不同", "the two periods are rated by different indicators").stored


def section_changes(section_periods: pd.DataFrame, rules: Edition, baseline_year: int | None) -> pd.DataFrame:
    """Compare each section with last month, the same month or months last year, and the baseline year.

    Parameters
    ----------
    section_periods
        From `periods`, with `key`.
    rules
        The evaluation: `[grade]` and `[change]`.
    baseline_year
        From the catalogue's county; None where none is declared.

    Returns
    -------
    section_changes
        COLUMNS, a row a section, period and comparison where both periods have a class. change: same,
        better, much_better, worse, much_worse by the steps of the grade (优 … 重度污染), never of the class.
    """
    rows = section_periods[section_periods["water_class"].notna()]
    known = rows[["key", "period", "water_class", "edition", "evaluated_by"]]
    pairs = compared(rows, baseline_year).merge(
        known, left_on=["key", "period_before"], right_on=["key", "period"], suffixes=("", "_then")
    )
    now, then = pairs["water_class"].astype("int64"), pairs["water_class_then"].astype("int64")
    ranks = _grades(rules.data["grade"])
    steps = then.map(ranks) - now.map(ranks)
    much = rules.data["change"]["much"]
    change = np.select(
        [steps >= much, steps > 0, steps <= -much, steps < 0],
        ["much_better", "better", "much_worse", "worse"],
        "same",
    )
    notes = np.select(
        [pairs["edition"] != pairs["edition_then"], pairs["evaluated_by"] != pairs["evaluated_by_then"]],
        [OTHER_EDITION, OTHER_SET],
        "",
    )
    return pairs.assign(
        class_now=now.astype("Int64"),
        class_before=then.astype("Int64"),
        change=change,
        word=_words(change, rules),
        note=pd.Series(notes, pairs.index).replace("", None).astype("str"),
    )[COLUMNS]


def share_changes(water_rates: pd.DataFrame, rules: Edition, baseline_year: int | None) -> pd.DataFrame:
    """Compare the county's shares: ΔG − ΔD, G the share of Ⅰ–Ⅲ and D that of 劣Ⅴ, in percentage points.

    Returns
    -------
    water_rate_changes
        SHARES, a row a period and comparison where both periods have shares.
    """
    rows = water_rates[water_rates["good_share"].notna()]
    known = rows[["period", "good_share", "worse_share"]].rename(columns={"period": "period_before"})
    pairs = compared(rows, baseline_year).merge(known, on="period_before", suffixes=("", "_before"))
    decimals = rules.data["rounding"]["rates"] + 1
    better, worse = (pairs[f"{share}_share"] - pairs[f"{share}_share_before"] for share in ("good", "worse"))
    moved = (better - worse).round(decimals)
    some, much = (rules.data["change_of_shares"][one] for one in ("some", "much"))
    change = np.select(
        [moved > much, moved > some, moved < -much, moved < -some],
        ["much_better", "better", "much_worse", "worse"],
        "same",
    )
    return pairs.assign(share_change=moved, change=change, word=_words(change, rules))[SHARES]


def compared(rows: pd.DataFrame, baseline_year: int | None) -> pd.DataFrame:
    """Repeat rows for every period they are compared with.

    Parameters
    ----------
    rows
        With period and period_kind.

    Returns
    -------
    pairs
        The rows with compared_with and period_before. A month is compared with the last month and the
        same month last year, January-to-month with the same months last year; it and the year with the
        baseline year.
    """
    listed = rows[["period", "period_kind"]].drop_duplicates()
    pairs = [
        {"period": period, "compared_with": how, "period_before": earlier}
        for period, kind in listed.itertuples(index=False)
        for how, earlier in _before(str(period), str(kind), baseline_year)
    ]
    columns = ["period", "compared_with", "period_before"]
    return rows.merge(pd.DataFrame(pairs, columns=columns).astype("str"), on="period")


def _before(period: str, kind: str, baseline_year: int | None) -> list[tuple[str, str]]:
    compared = (
        kind in ("cumulative", "year") and baseline_year is not None and int(period[:4]) > baseline_year
    )
    return [*before(period, kind), *([(BASELINE, f"{baseline_year}{period[4:]}")] if compared else [])]


def _grades(grade: Mapping[str, Mapping[str, str]]) -> dict[int, int]:
    words = list(dict.fromkeys(word["zh"] for word in grade.values()))
    return {int(key): words.index(word["zh"]) for key, word in grade.items()}


def _words(change: np.ndarray[Any, Any], rules: Edition) -> list[str]:
    words = rules.data["change"]["words"]
    told = {one: Message(word["zh"], word["en"]).stored for one, word in words.items()}
    return [told[one] for one in change]
