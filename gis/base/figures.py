"""Figures and their evidence: how every number that is ever shown comes into being."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import FigureError
from gis.base.messages import Message
from gis.base.package_files import toml_of
from gis.base.phrases import refusal
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


class Behind(NamedTuple):
    """Rows behind a figure, as arrays: a small frame a figure would be most of what a figure costs.

    `source` and `source_row` may be of many more rows, which several figures share: `which` are those
    of this one, by position, each with its part; None: all of them.
    """

    table: str
    source: npt.NDArray[Any]
    source_row: npt.NDArray[Any]
    part: npt.NDArray[Any]
    which: npt.NDArray[Any] | None = None

    def at(self, positions: npt.NDArray[Any], part: npt.NDArray[Any] | float | None = None) -> Behind:
        """Give some of the rows, by position or mask, with their own parts."""
        which = np.flatnonzero(positions) if positions.dtype == bool else positions
        which = which if self.which is None else self.which[which]
        return self._replace(part=_parts(part, len(which)), which=which.astype("int32"))


class Finding(NamedTuple):
    """One figure (a row of `figures`) and the rows behind it."""

    figure: dict[str, Any]
    evidence: Sequence[Behind]


@cache
def indicators() -> dict[str, Indicator]:
    """Read every indicator, by id; an id may hold "*" for one word."""
    return {key: Indicator(key, **spec) for key, spec in toml_of("base/indicators.toml").items()}


@cache
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
    raise refusal(FigureError, "no_such_indicator", id_=id_, known=", ".join(known))


def finding(  # noqa: PLR0913  a figure has this many sides
    indicator_id: str,
    period: str,
    place: str,
    value: float | None,
    *,
    n: int | None = None,
    coverage: float | None = None,
    edition: str = "",
    clause: str | None = "",
    unit: str | None = None,
    suffix: str = "",
    note: str | None = None,
    evidence: Iterable[Behind] = (),
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
        From `rows_of` or `figures_of`.

    Raises
    ------
    FigureError
        The indicator is unknown.
    """
    known = indicator(indicator_id)
    figure = {
        "figure_id": figure_id(indicator_id, period, place, suffix),
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
        "formula": Message(known.formula["zh"], known.formula["en"]).stored,
        "note": note,
    }
    return Finding(figure, [*evidence])


def figure_id(*words: object) -> str:
    """Put the id of a figure together: indicator, period, place and, where it has one, its suffix."""
    return ".".join(str(word) for word in words if word)


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


def rows_of(table: str, rows: pd.DataFrame, part: pd.Series | float | None = None) -> Behind:
    """Evidence from ingested rows: `rows` carries source and source_row; `part` is aligned to it."""
    values = part.to_numpy("float64", na_value=np.nan) if isinstance(part, pd.Series) else part
    numbers = rows["source_row"].to_numpy("float64", na_value=np.nan)
    return Behind(table, rows["source"].to_numpy(), numbers, _parts(values, len(rows)))


def figures_of(ids: Iterable[str], parts: Iterable[float | None]) -> Behind:
    """Evidence from other figures: table is `figures`, source the figure's id; trace follows it."""
    source = np.array([*ids], dtype="object")
    return Behind("figures", source, np.full(len(source), np.nan), np.array([*parts], dtype="float64"))


def _parts(part: npt.NDArray[Any] | float | None, length: int) -> npt.NDArray[Any]:
    return part if isinstance(part, np.ndarray) else np.full(length, np.nan if part is None else part)


def evidence_of(pieces: Sequence[Behind]) -> pd.DataFrame:
    """Put rows behind a figure together: table, source, source_row and part."""
    if not pieces:
        return empty("evidence").drop(columns="figure_id")
    whole = {id(one.source): one for one in pieces}
    start = dict(
        zip(whole, np.cumsum([0, *(len(one.source) for one in whole.values())]).tolist(), strict=False)
    )
    at = np.concatenate([
        start[id(one.source)] + (np.arange(len(one.part)) if one.which is None else one.which) for one in pieces
    ])  # fmt: skip
    rows = np.concatenate([one.source_row for one in whole.values()])
    sources = _shared(np.concatenate([np.asarray(one.source, "object") for one in whole.values()]))
    return pd.DataFrame({
        "table": _shared([one.table for one in pieces]).repeat([len(one.part) for one in pieces]),
        "source": sources.take(at),
        "source_row": pd.array(rows, dtype="Int64").take(at),
        "part": np.concatenate([np.asarray(one.part, "float64") for one in pieces]),
    }, copy=False)  # fmt: skip


def _shared(cells: Sequence[str] | npt.NDArray[Any]) -> pd.Categorical:
    codes, words = pd.factorize(np.asarray(cells, dtype="object"))
    return pd.Categorical.from_codes(codes, pd.Index(words, dtype="str"))


def assessment(tables: dict[str, pd.DataFrame], findings: Iterable[Finding]) -> Assessment:
    """Put findings into the two frames that scorecard, pages and trace read."""
    found = list(findings)
    behind = evidence_of([piece for one in found for piece in one.evidence])
    ids = _shared([one.figure["figure_id"] for one in found])
    sizes = np.array([sum(len(piece.part) for piece in one.evidence) for one in found], dtype="int64")
    return Assessment(
        tables,
        conform(pd.DataFrame([one.figure for one in found]), "figures"),
        conform(pd.DataFrame({"figure_id": ids.repeat(sizes), **behind}, copy=False), "evidence"),
    )
