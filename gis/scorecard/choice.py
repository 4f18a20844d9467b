"""Which figure a target is judged by: the one under the edition that the target names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.base.figures import indicator
from gis.base.messages import Message
from gis.base.units import plain_unit
from gis.catalogue import Target
from gis.scorecard.phrases import phrase
from gis.standards import Editions, ids_of

NOT_COMPARED = phrase("not_compared")


class Figures:
    """Figures by id; one without a value is as good as none."""

    def __init__(self, figures: pd.DataFrame) -> None:
        self._rows: dict[str, Any] = {row["figure_id"]: row for row in figures.to_dict("records")}

    def get(self, id_: str) -> dict[str, Any] | None:
        """Give the figure of an id, or None where it is missing or has no value."""
        row = self._rows.get(id_)
        return row if row is not None and pd.notna(row["value"]) else None


@dataclass(frozen=True)
class Chosen:
    """The figure a target is judged by, and the one under the edition in force if that is another.

    Attributes
    ----------
    id
        Of the figure that is wanted, whether it is there or not.
    figure
        A row of `figures`; None where there is no data.
    edition
        What it is judged under.
    """

    id: str
    figure: dict[str, Any] | None
    edition: str
    in_force: dict[str, Any] | None = None
    note: Message | None = None


def choose(target: Target, id_: str, editions: Editions, figures: Figures) -> Chosen:
    """Choose the figure of a target.

    A figure that was judged under another edition of the family than the target names gives way to
    the one with the edition behind its id, and stands beside it; without that one there is no data.
    Where an edition is forced for the whole series, its figure comes first.

    Parameters
    ----------
    id_
        `indicator.period.place`.
    """
    family = indicator(target.measured_by).family
    wanted = target.editions.get(family) if family else None
    forced = f"{id_}.{editions.forced.get(family or '')}"
    own = forced if figures.get(forced) else id_
    plain = figures.get(own)
    used = text(plain["edition"]) if plain else ""
    if plain and not _same_unit(target, plain):
        other = Message("数值单位为{unit}，不可比", "measured in {unit}, not comparable", unit=plain["unit"])
        return Chosen(own, None, used, note=other)
    if family is None or wanted is None:
        return Chosen(own, plain, used)
    for found_id in (own, id_):
        found = figures.get(found_id)
        if found and _of_family(text(found["edition"]), family, editions) in ([], [wanted]):
            return Chosen(found_id, found, wanted, plain if found_id != own else None)
    special = figures.get(f"{id_}.{wanted}")
    if special is None and plain is None:
        return Chosen(id_, None, wanted)
    none = Message("没有按 {wanted} 评价的数值", "no figure under {wanted}", wanted=wanted)
    note = None if special else none
    return Chosen(f"{id_}.{wanted}", special, wanted, plain, note)


def same_months(
    target: Target, chosen: Chosen, id_: str, editions: Editions, figures: Figures
) -> tuple[float | None, Message | None]:
    """Give the value of the same months last year, and why it is left out where it is.

    Values under different editions of a standard are never set beside each other.

    Parameters
    ----------
    id_
        `indicator.YYYYCmm.place` of the year before.
    """
    found = figures.get(f"{id_}.{chosen.edition}") or figures.get(id_)
    if found is None:
        return None, None
    family = indicator(target.measured_by).family
    now = _of_family(chosen.edition, family, editions)
    before = _of_family(text(found["edition"]), family, editions)
    return (None, NOT_COMPARED) if now and before and now != before else (found["value"], None)


def text(cell: Any) -> str:
    """Give a cell as text; missing is empty."""
    return "" if pd.isna(cell) else str(cell)


def _of_family(used: str, family: str | None, editions: Editions) -> list[str]:
    known = {edition.id for edition in editions.all if edition.family == family}
    return [id_ for id_ in ids_of(used) if id_ in known]


def _same_unit(target: Target, figure: dict[str, Any]) -> bool:
    if indicator(target.measured_by).unit:
        return True
    unit, wanted = (plain_unit(text(unit)) for unit in (figure["unit"], target.goal.unit))
    return not unit or unit == wanted
