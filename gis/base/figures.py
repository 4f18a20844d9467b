"""Figures and their evidence: how every number that is ever shown comes into being."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import pandas as pd

from gis.base.errors import FigureError
from gis.base.tables import Assessment, conform, empty


@dataclass(frozen=True)
class Indicator:
    """What is measured: titles, unit, digits shown, nature and formula (`indicators.toml`)."""

    id: str
    title: dict[str, str]
    unit: str
    digits: int
    nature: str
    formula: dict[str, str]
    family: str | None = None
    judged_rounded: bool = False


class Finding(NamedTuple):
    """One figure (a row of `figures`) and the rows behind it (rows of `evidence`)."""

    figure: dict[str, Any]
    evidence: pd.DataFrame


@cache
def indicators() -> dict[str, Indicator]:
    """Read every indicator, by id; an id may hold "*" for one word."""
    text = files("gis.base").joinpath("indicators.toml").read_text(encoding="utf-8")
    return {key: Indicator(key, **spec) for key, spec in tomllib.loads(text).items()}


def indicator(id_: str) -> Indicator:
    """Find the indicator of an id such as `air.pm25_mean` or `actions.river_dredged.finished`.

    Raises
    ------
    FigureError
        No subject makes this indicator; the fix lists those there are.
    """
    known = indicators()
    if id_ in known:
        return known[id_]
    words = id_.count(".")
    for pattern, found in known.items():
        if "*" in pattern and pattern.count(".") == words and fnmatchcase(id_, pattern):
            return found
    raise FigureError(f'no subject makes an indicator "{id_}"', fix="one of " + ", ".join(known))


def finding(  # noqa: PLR0913  a figure has this many sides
    indicator_id: str,
    period: str,
    place: str,
    value: float | None,
    *,
    n: int | None = None,
    coverage: float | None = None,
    edition: str = "",
    clause: str = "",
    unit: str | None = None,
    suffix: str = "",
    note: str = "",
    evidence: Iterable[pd.DataFrame] = (),
) -> Finding:
    """Make one figure `indicator.period.place` and tie its evidence to it.

    Parameters
    ----------
    indicator_id
        An id of `indicators.toml`.
    period
        `2021`, `2021H1`, `2021Q1`, `2021M03`, `2021C06` (January to June) or `2021-03-05`.
    value
        Unrounded; None where there is no data.
    suffix
        The id of an edition, only where judged outside the edition's own dates.
    evidence
        Frames from `rows_of` or `figures_of`.

    Raises
    ------
    FigureError
        The indicator is unknown.
    """
    known = indicator(indicator_id)
    figure_id = ".".join(filter(None, (indicator_id, period, place, suffix)))
    figure = {
        "figure_id": figure_id,
        "indicator": indicator_id,
        "period": period,
        "place": place,
        "value": value,
        "digits": known.digits,
        "unit": known.unit if unit is None else unit,
        "n": n,
        "coverage": coverage,
        "edition": edition,
        "clause": clause,
        "formula": f"{known.formula['zh']} · {known.formula['en']}",
        "note": note,
    }
    frames = [frame for frame in evidence if len(frame)]
    rows = pd.concat(frames, ignore_index=True) if frames else empty("evidence")
    return Finding(figure, rows.assign(figure_id=figure_id))


def figure_ids(indicator_id: str, period: str, place: str, forced: Mapping[str, str]) -> list[str]:
    """List the ids a figure may have: under the edition forced for the whole series first, then its own.

    Parameters
    ----------
    forced
        Family of standards → id of an edition: `Editions.forced`.

    Raises
    ------
    FigureError
        The indicator is unknown.
    """
    plain = f"{indicator_id}.{period}.{place}"
    edition = forced.get(indicator(indicator_id).family or "")
    return [f"{plain}.{edition}", plain] if edition else [plain]


def rows_of(table: str, rows: pd.DataFrame, part: pd.Series | float | None = None) -> pd.DataFrame:
    """Evidence from ingested rows: `rows` carries source and source_row; `part` is aligned to it."""
    return pd.DataFrame(
        {
            "table": table,
            "source": rows["source"].to_numpy(),
            "source_row": rows["source_row"].to_numpy(),
            "part": part.to_numpy() if isinstance(part, pd.Series) else part,
        }
    )


def figures_of(ids: Iterable[str], parts: Iterable[float | None]) -> pd.DataFrame:
    """Evidence from other figures: table is `figures`, source the figure's id; trace follows it."""
    return pd.DataFrame({"table": "figures", "source": list(ids), "source_row": pd.NA, "part": list(parts)})


def assessment(tables: dict[str, pd.DataFrame], findings: Iterable[Finding]) -> Assessment:
    """Put findings into the two frames that scorecard, pages and trace read."""
    found = list(findings)
    frames = [one.evidence for one in found if len(one.evidence)]
    return Assessment(
        tables,
        conform(pd.DataFrame([one.figure for one in found]), "figures"),
        conform(pd.concat(frames, ignore_index=True), "evidence") if frames else empty("evidence"),
    )
