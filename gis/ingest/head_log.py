"""What became of every head of a file: taken, known and not needed, suspect, or something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import Message, listed
from gis.base.package_files import toml_of
from gis.base.tables import SOURCE_COLUMNS, TABLES
from gis.catalogue.questions import answered, layout_of
from gis.ingest.heads import TIMES, Match, plain, recognised, take_apart
from gis.ingest.keys import VERTICALS
from gis.ingest.layout_labels import measured as indicators
from gis.ingest.measures import is_share, is_unit
from gis.ingest.model import Findings, Options, Raw, finding
from gis.ingest.moments import moment
from gis.ingest.official import official
from gis.ingest.values import is_missing, numbers, words

TAKEN, KNOWN, SUSPECT, OTHER = "taken", "known", "suspect", "other"
LOOKED_AT, MOST = 200, 0.8
COUNTERS = frozenset(
    map(plain, ("序号", "no", "no.", "编号", "id", "序", "#", "年", "月", "日", "时", "index", "unnamed"))
)
ITEM = "item"
LOOKS = toml_of("catalogue/suspects.toml")
APART = {TAKEN: "layout", SUSPECT: ITEM}
QUESTION, IGNORE = "head", "ignore"
Log = list[dict[str, Any]]


def head_log(found: Raw, laid: Raw, match: Match, options: Options, further: Mapping[str, str]) -> Log:
    """Say of every head what became of it.

    Parameters
    ----------
    found
        Shape (n,), as it stood in the file; its first 200 rows are looked at.
    laid
        As it was laid out anew (a long table brought to one row for each record), or `found` itself.
    match
        The columns taken, with their units settled.
    options
        Kind of the table; an answer `head:NAME` = ignore says that a head need not count.
    further
        Heads taken as items of drinking-water sources: head → item.

    Returns
    -------
    log
        Rows of the canonical table `heads` without layer and source: use is taken (column, unit and
        how), known (of an official or usual table and not needed), suspect (looks as if it counted;
        `how` says as what) or other (`answer`, where a person says that it does not count).
    """
    used = _used(match, further)
    others = {head: name for name, heads in match.others.items() for head in heads}
    stood = [str(name) for name in found.frame.columns if name != "geometry"]
    made = [str(name) for name in laid.frame.columns if name != "geometry" and name not in found.frame]
    log = [_line(head, use, how=APART.get(use)) for head, use in found.apart]
    for head in [*stood, *made]:
        if head not in laid.frame and (column := recognised(head, options.kind)):
            used.setdefault(head, _line(head, TAKEN, column, how="layout"))
        if head in used:
            log.append(used[head])
            continue
        raw = found if head in found.frame else laid
        use, how = _unused(raw, head, options.kind, match, others.get(head))
        log.append(_line(head, use, others.get(head), how=how))
    layout = layout_of(line["head"] for line in log)
    for line in log:
        key = f"{QUESTION}:{line['head']}"
        if line["use"] == SUSPECT and answered(options.answers, key, layout) == IGNORE:
            line.update(use=OTHER, how="answer")
    return log


def _line(
    head: str, use: str, column: str | None = None, unit: str | None = None, how: str | None = None
) -> dict[str, Any]:
    return {"head": head, "use": use, "column": column, "unit": unit, "how": how}


def suspects(log: pd.DataFrame) -> pd.DataFrame:
    """Give the heads that look as if they counted and were not taken."""
    return log[log["use"] == SUSPECT]


def told(log: Log) -> Findings:
    """Tell of the heads that look as if they counted and were not taken, in one finding."""
    doubted = [line for line in log if line["use"] == SUSPECT]
    if not doubted:
        return []
    looks = [Message(LOOKS[line["how"]]["zh"], LOOKS[line["how"]]["en"]) for line in doubted]
    heads = [
        Message("{head}（{looks}）", "{head} ({looks})", head=line["head"], looks=what)
        for line, what in zip(doubted, looks, strict=True)
    ]
    layout = layout_of(line["head"] for line in log)
    return [finding("columns_unused", heads=listed(heads), first=doubted[0]["head"], layout=layout)]


def _used(match: Match, further: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    lines: Log = []
    for name, column in match.columns.items():
        own = [head for head in (column.head, column.rounded, column.by_row) if head is not None]
        lines += [_line(head, TAKEN, name, column.unit, column.how) for head in own]
        lines += [_line(head, TAKEN, name, unit, column.how) for head, unit in column.more]
        if name in TIMES or name.startswith("_"):
            lines += [_line(head, TAKEN, name, how="alias") for head in match.others.get(name, ())]
    lines += [_line(head, TAKEN, item, how="item") for head, item in further.items()]
    return {line["head"]: line for line in reversed(lines)}  # the first of a head counts


def _unused(raw: Raw, head: str, kind: str, match: Match, column: str | None) -> tuple[str, str | None]:
    nameless = plain(head) in COUNTERS or (head.startswith("列") and head[1:].isdigit())
    if nameless or head in TABLES[kind] or head in SOURCE_COLUMNS or plain(head) in _computed():
        return OTHER, None
    cells = raw.frame[head]
    known = official(head)
    if column is not None and is_share(take_apart(head).unit or ""):
        return KNOWN, "%"
    if head in VERTICALS and kind == "samples":
        return KNOWN, "垂线"
    if column is not None and known is None:
        return (OTHER, None) if _same(cells, raw.frame[match.columns[column].head]) else (SUSPECT, "twice")
    if known is not None:
        return KNOWN, known.meaning
    looks = next((what for what in LOOKS if _is_called(head, what) and _has_role(kind, what)), None)
    looks = looks or _by_values(cells, kind)
    filled = not cells.head(LOOKED_AT).map(is_missing).all()
    return (SUSPECT, looks) if looks and filled else (OTHER, None)


def _same(cells: pd.Series, taken: pd.Series) -> bool:
    both = pd.DataFrame({"a": cells, "b": taken}).head(LOOKED_AT)
    filled = ~both["a"].map(is_missing)
    one, other = (both[name].astype(str).map(plain, na_action="ignore") for name in ("a", "b"))
    return bool((one == other)[filled].all())


def _is_called(head: str, what: str) -> bool:
    return "head" in LOOKS[what] and re.search(LOOKS[what]["head"], plain(head)) is not None


def _has_role(kind: str, what: str) -> bool:
    return any(name.endswith(tuple(LOOKS[what]["columns"])) for name in TABLES[kind])


def _by_values(cells: pd.Series, kind: str) -> str | None:
    looked = cells.head(LOOKED_AT)
    filled = [cell for cell in looked if not is_missing(cell)]
    measured = indicators(kind)
    if measured and (
        2 * np.isfinite(numbers(pd.Series(filled, dtype="object")).value).sum() > len(looked)
        or _most(filled, lambda cell: recognised(cell, kind) in measured)
    ):
        return ITEM
    texts = [cell for cell in filled if isinstance(cell, str)]
    if not texts or 2 * len(texts) < len(filled):
        return None
    tests: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        ("unit", is_unit),
        ("state", lambda cell: not measured and plain(cell) in _states()),
        ("town", lambda cell: cell.strip().endswith(("镇", "街道", "乡"))),
        ("date", lambda cell: moment(cell) is not None),
    )
    return next((what for what, holds in tests if _has_role(kind, what) and _most(texts, holds)), None)


@cache
def _states() -> frozenset[str]:
    return frozenset(map(plain, words("event")))


@cache
def _computed() -> frozenset[str]:
    titles = [title for name, column in TABLES["computed"].items() for title in (name, column.zh, column.en)]
    return frozenset(map(plain, titles))


def _most(cells: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    distinct = list(dict.fromkeys(cells))
    return bool(distinct) and sum(map(holds, distinct)) >= MOST * len(distinct)
