"""Parts of a time that stand in several places (title, head, columns) → one time for each value."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.ingest.layout_bands import PART_ROLES, WHOLE_TIMES
from gis.ingest.layout_labels import LOWER, Column, counts_as, label
from gis.ingest.moments import NO_PARTS, Parts
from gis.ingest.values import is_missing

NEEDED = {"samples": LOWER[:2], "air_days": LOWER[:3], "air_hours": LOWER}
IN_HEADS = -1
HALF = 0.5
PADDED = {"year": 4, "month": 2, "day": 2, "hour": 2, "minute": 2, "second": 2}
SIGNS = {"month": "-", "day": "-", "hour": " ", "minute": ":", "second": ":"}


class Told(NamedTuple):
    """What one column, or all heads, tell of a time: parts, and bare numbers that may be one more part."""

    parts: frozenset[str]
    counts: tuple[int, ...] = ()


class Timing(NamedTuple):
    """Who tells which part of the time.

    Attributes
    ----------
    columns
        Columns that tell part of it, each with the part that its bare numbers are.
    heads
        The part that bare numbers of the heads are.
    outer
        The coarser parts, from titles and names.
    whole
        One column, or a title, tells all of it: it is read as it stands.
    year_lacking
        Nothing tells the year.
    """

    columns: Mapping[int, str | None]
    heads: str | None
    outer: Parts
    whole: bool
    year_lacking: bool


def told_by(look: Column, role: str | None, kind: str) -> Told:
    """Say what the cells of a column tell of a time."""
    every = [label(text, kind) for text in look.texts]
    labels = [one for one in every if one.timed] or every
    if role in PART_ROLES:
        part = PART_ROLES[role]
        more = {name for name in LOWER[: LOWER.index(part)] if _share(labels, name) > HALF}
        return Told(frozenset({part, *more}))
    counts = tuple(one.bare for one in labels if one.bare is not None)
    if counts and len(counts) * 2 > len(labels):
        return Told(frozenset(), counts)
    parts = {name for name in LOWER if _share(labels, name) > HALF}
    if "day" in parts:  # midnight all the way down is no hour: so Excel and databases write days
        parts = {*parts, "hour"} if any(one.parts.hour for one in labels) else parts - {"hour"}
    return Told(frozenset(parts))


def _share(labels: Sequence[Any], part: str) -> float:
    return sum(getattr(one.parts, part) is not None for one in labels) / max(len(labels), 1)


def timing(
    kind: str, columns: Mapping[int, Told], roles: Mapping[int, str | None], heads: Told, outer: Parts
) -> Timing | None:
    """Put together who tells which part of the time; None where one is lacking, told twice or in two ways."""
    sources = {**columns, **({IN_HEADS: heads} if heads.parts or heads.counts else {})}
    found = {
        tuple(sorted(resolved.items()))
        for order in itertools.permutations([at for at, one in sources.items() if one.counts])
        if (resolved := _resolved(sources, order, outer)) is not None
    }
    if len(found) != 1:
        return None
    counted = dict(next(iter(found)))
    by_source = {at: one.parts | ({counted[at]} if at in counted else set()) for at, one in sources.items()}
    in_heads = by_source.pop(IN_HEADS, frozenset())
    in_rows: frozenset[str] = frozenset().union(*by_source.values())
    told = in_heads | in_rows
    if in_heads & in_rows or (kind == "air_days" and "hour" in told):
        return None
    coarser = _coarser(outer, told)
    lacking = [part for part in NEEDED[kind] if part not in told | coarser]
    if lacking and lacking != ["year"]:
        return None
    named = {roles.get(at) for at in by_source}
    alone = len(by_source) == 1 and {*NEEDED[kind]} <= in_rows and named <= {*WHOLE_TIMES}
    paired = (
        bool(by_source) and named <= {*WHOLE_TIMES, "_clock"} and not counted and {"month", "day"} <= in_rows
    )
    called = not by_source and kind != "air_hours" and not lacking
    whole = not in_heads and (alone or paired or called)
    return Timing(
        {at: counted.get(at) or PART_ROLES.get(roles.get(at) or "") for at, parts in by_source.items() if parts},
        counted.get(IN_HEADS),
        NO_PARTS._replace(**{part: getattr(outer, part) for part in coarser}), whole, bool(lacking),
    )  # fmt: skip


def _resolved(sources: Mapping[int, Told], order: Sequence[int], outer: Parts) -> dict[int, str] | None:
    """Say what bare numbers are, one source after the other."""
    told: set[str] = set().union(*(one.parts for one in sources.values())) if sources else set()
    found: dict[int, str] = {}
    for at in order:
        lacking = [part for part in LOWER if part not in told | _coarser(outer, told)]
        part = counts_as(sources[at].counts, lacking)
        if part is None:
            return None
        told.add(part)
        found[at] = part
    return found


def _coarser(outer: Parts, told: set[str] | frozenset[str]) -> set[str]:
    """Give the parts of titles and names that count: those coarser than the finest that the table tells."""
    last = max((LOWER.index(part) for part in told), default=len(LOWER))
    return {part for part in LOWER[:last] if getattr(outer, part) is not None and part not in told}


def times_of(
    columns: Sequence[pd.Series], parts: Sequence[str | None], heads: Sequence[Parts], outer: Parts, kind: str
) -> npt.NDArray[np.object_]:
    """Spell the time of each row under each head, 2025-05-03 08:00, as far as it is told.

    Parameters
    ----------
    columns, parts
        Columns of the table that tell part of it, shape (n,), and the part that their bare numbers are.
    heads
        Of m different heads.

    Returns
    -------
    times
        Shape (n, m). Cells that are no time are spelled as they stand; None where a row tells none.
    """
    n = len(columns[0]) if columns else 1
    codes, rows = np.zeros(n, dtype="int64"), [((), NO_PARTS, True)]
    if columns:
        pairs = pd.MultiIndex.from_arrays([one.astype("object") for one in columns])
        codes, uniques = pairs.factorize(use_na_sentinel=False)
        rows = [_row(cells, parts, kind) for cells in uniques]
    spelled = np.empty((len(rows), len(heads)), dtype=object)
    for at, (cells, told, sound) in enumerate(rows):
        for by, head in enumerate(heads):
            whole = told.filled(head).filled(outer)
            spelled[at, by] = _spelled(whole) if sound else _as_it_stands(cells, head)
    return spelled[codes]


def _row(cells: Sequence[Any], parts: Sequence[str | None], kind: str) -> tuple[tuple[Any, ...], Parts, bool]:
    """Read the cells of one row; the second cell that tells a part does not count, one that tells none is unsound."""
    told = NO_PARTS
    for cell, part in zip(cells, parts, strict=True):
        one = label(cell, kind)
        read = one.parts if one.bare is None or part is None else NO_PARTS._replace(**{part: one.bare})
        if read == NO_PARTS or is_missing(cell):
            return tuple(cells), NO_PARTS, False
        told = told.filled(read)
    return tuple(cells), told, True


def _as_it_stands(cells: Sequence[Any], head: Parts) -> str | None:
    said = [str(cell) for cell in cells if not is_missing(cell)]
    return " ".join([*said, *([_spelled(head)] if head != NO_PARTS else [])]) if said else None


def _spelled(parts: Parts) -> str:
    text = ""
    for name, value in zip(Parts._fields, _even(parts), strict=True):
        if value is not None:
            text += f"{SIGNS.get(name, '') if text else ''}{value:0{PADDED[name]}d}"
    return text


def _even(parts: Parts) -> Iterator[int | None]:
    """Give the parts, an hour with its minutes; a part below one that is lacking is left out."""
    whole = True
    for name, value in zip(Parts._fields, parts, strict=True):
        shown = 0 if name == "minute" and value is None and parts.hour is not None else value
        whole = whole and (shown is not None or name == "second")
        yield shown if whole else None
