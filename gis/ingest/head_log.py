"""What became of every head of a file: taken, known and not needed, suspect, or something else."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from gis.base.messages import Message
from gis.base.tables import SOURCE_COLUMNS, TABLES
from gis.catalogue.questions import answered, layout_of
from gis.ingest.findings import Findings
from gis.ingest.heads import TIMES, Match, plain, recognised, take_apart
from gis.ingest.keys import VERTICALS
from gis.ingest.layout_labels import measured as indicators
from gis.ingest.measures import is_share, is_unit
from gis.ingest.model import Options, Raw
from gis.ingest.moments import moment
from gis.ingest.official import official
from gis.ingest.values import is_missing, numbers, words

TAKEN, KNOWN, SUSPECT, OTHER = "taken", "known", "suspect", "other"
LOOKED_AT, MOST = 200, 0.8
COUNTERS = frozenset(
    map(plain, ("序号", "no", "no.", "编号", "id", "序", "#", "年", "月", "日", "时", "index", "unnamed"))
)
AREA, DATE, STATE, TOWN, NUMBER, ITEM, UNIT, TWICE = (
    "area", "date", "state", "town", "number", "item", "unit", "twice",
)  # fmt: skip
REASONS = {
    AREA: Message("像面积", "looks like an area"),
    DATE: Message("像日期", "looks like a date"),
    STATE: Message("像状态", "looks like a state"),
    TOWN: Message("像乡镇", "looks like a town"),
    NUMBER: Message("像编号或文号", "looks like a number of something"),
    ITEM: Message("像监测项目或数值", "looks like something measured"),
    UNIT: Message("像单位", "looks like a unit"),
    TWICE: Message("与已采用的一列同名而数值不同", "means the same as a column taken, with other values"),
}
NAMES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (AREA, re.compile(r"面积|亩|公顷|平方米|[a-z]mj$|^mj$|area|acreage")),
    (DATE, re.compile(r"日期|时间|年月|年度$|年份$|月份$|[a-z](?:rq|sj)$|date|time$")),
    (STATE, re.compile(r"状态|是否|验收|核减|进展|进度|阶段|环节|办结|入库|state$|status")),
    (TOWN, re.compile(r"乡镇|街道|镇街|所属镇|所在镇|^镇$|town|板块")),
    (NUMBER, re.compile(r"编号|编码|文号|批文|[a-z](?:bh|wh)$")),
)
ROLES: dict[str, tuple[str, ...]] = {
    AREA: ("_mu", "_m2"), DATE: ("_on", "date", "time", "sampled_at", "opened", "closed", "started", "finished"),
    STATE: ("event", "status", "_on", "closed", "audited", "kind"), TOWN: ("town",), NUMBER: ("_id", "_no"),
    ITEM: (), UNIT: ("_mu", "_m2", "unit"),
}  # fmt: skip
APART = {TAKEN: "layout", SUSPECT: ITEM}
FINDING = "columns_unused"
QUESTION, IGNORE = "head", "ignore"
HOW_TO_ZH = (
    '。采用：--column 字段={h0}；确不计入：--answer "head:{h0}=ignore"，长期写在 layers/*.toml 该图层下：'
    'answers."head:{h0}" = {{ value = "ignore", layout = "{layout}", date = …, by = "…" }}'
)
HOW_TO_EN = (
    '. To use one: --column COLUMN={h0}; where it does not count: --answer "head:{h0}=ignore",'
    " once for good in its layer in layers/*.toml:"
    ' answers."head:{h0}" = {{ value = "ignore", layout = "{layout}", date = …, by = "…" }}'
)

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
    log = _every(found, laid, match, options.kind, further)
    layout = layout_of(one["head"] for one in log)
    for one in log:
        key = f"{QUESTION}:{one['head']}"
        if one["use"] == SUSPECT and answered(options.answers, key, layout) == IGNORE:
            one.update(use=OTHER, how="answer")
    return log


def _every(found: Raw, laid: Raw, match: Match, kind: str, further: Mapping[str, str]) -> Log:
    used = _used(match, further)
    others = {head: name for name, all_ in match.others.items() for head in all_}
    stood = [str(one) for one in found.frame.columns if one != "geometry"]
    made = [str(one) for one in laid.frame.columns if one != "geometry" and one not in found.frame]
    log: Log = [
        {"head": head, "use": use, "column": None, "unit": None, "how": APART.get(use)}
        for head, use in found.apart
    ]
    for head in [*stood, *made]:
        gone = head not in laid.frame and recognised(head, kind)
        if gone:
            used.setdefault(head, {"column": gone, "unit": None, "how": "layout"})
        if head in used:
            log.append({"head": head, "use": TAKEN, **used[head]})
            continue
        raw = found if head in found.frame else laid
        use, how = _unused(raw, head, kind, match, others.get(head))
        log.append({"head": head, "use": use, "column": others.get(head), "unit": None, "how": how})
    return log


def suspects(log: pd.DataFrame) -> pd.DataFrame:
    """Give the heads that look as if they counted and were not taken."""
    return log[log["use"] == SUSPECT]


def told(log: Log) -> Findings:
    """Tell of the heads that look as if they counted and were not taken, in one finding."""
    doubted = [one for one in log if one["use"] == SUSPECT]
    if not doubted:
        return []
    values = {f"h{at}": one["head"] for at, one in enumerate(doubted)}
    values |= {f"r{at}": REASONS[one["how"]] for at, one in enumerate(doubted)}
    values |= {"layout": layout_of(one["head"] for one in log)}
    zh = "、".join(f"{{h{at}}}（{{r{at}}}）" for at in range(len(doubted)))
    en = ", ".join(f"{{h{at}}} ({{r{at}}})" for at in range(len(doubted)))
    return [
        (
            FINDING,
            Message(
                f"有表头像是要计入而未采用：{zh}{HOW_TO_ZH}",
                f"heads that look as if they counted, not used: {en}{HOW_TO_EN}",
                **values,
            ).stored,
        )
    ]


def _used(match: Match, further: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    used: dict[str, dict[str, Any]] = {}
    for name, one in match.columns.items():
        for head in (one.head, one.rounded, one.by_row):
            if head is not None:
                used.setdefault(head, {"column": name, "unit": one.unit, "how": one.how})
        for head, unit in one.more:
            used.setdefault(head, {"column": name, "unit": unit, "how": one.how})
        if name in TIMES or name.startswith("_"):
            for head in match.others.get(name, ()):
                used.setdefault(head, {"column": name, "unit": None, "how": "alias"})
    for head, item in further.items():
        used.setdefault(head, {"column": item, "unit": None, "how": "item"})
    return used


def _unused(raw: Raw, head: str, kind: str, match: Match, column: str | None) -> tuple[str, str | None]:
    if _is_ours(head, kind) or plain(head) in COUNTERS or (head.startswith("列") and head[1:].isdigit()):
        return OTHER, None
    cells = raw.frame[head]
    known = official(head)
    if column is not None and is_share(take_apart(head).unit or ""):
        return KNOWN, "%"
    if head in VERTICALS and kind == "samples":
        return KNOWN, "垂线"
    if column is not None and known is None:
        return (OTHER, None) if _same(cells, raw.frame[match.columns[column].head]) else (SUSPECT, TWICE)
    if known is not None:
        return KNOWN, known.meaning
    looks = next((what for what, of in NAMES if of.search(plain(head)) and _has_role(kind, what)), None)
    looks = looks or _by_values(cells, kind)
    filled = cells.head(LOOKED_AT).map(lambda cell: not is_missing(cell)).any()
    return (SUSPECT, looks) if looks and filled else (OTHER, None)


@cache
def _computed() -> frozenset[str]:
    return frozenset(
        plain(word) for name, one in TABLES["computed"].items() for word in (name, one.zh, one.en)
    )


def _is_ours(head: str, kind: str) -> bool:
    return head in TABLES[kind] or head in SOURCE_COLUMNS or plain(head) in _computed()


def _same(cells: pd.Series, taken: pd.Series) -> bool:
    both = pd.DataFrame({"a": cells, "b": taken}).head(LOOKED_AT)
    filled = ~both["a"].map(is_missing)
    one, other = (both[name].astype(str).map(plain, na_action="ignore") for name in ("a", "b"))
    return bool((one == other)[filled].all())


def _has_role(kind: str, what: str) -> bool:
    return any(name.endswith(ROLES[what]) for name in TABLES[kind])


def _by_values(cells: pd.Series, kind: str) -> str | None:
    looked = cells.head(LOOKED_AT)
    filled = [cell for cell in looked if not is_missing(cell)]
    measured = indicators(kind)
    if measured and filled and _is_item(filled, len(looked), kind):
        return ITEM
    texts = [cell for cell in filled if isinstance(cell, str)]
    if not texts or 2 * len(texts) < len(filled):
        return None
    tests: tuple[tuple[str, Callable[[Any], bool]], ...] = (
        (UNIT, is_unit),
        (STATE, lambda cell: not measured and plain(cell) in _states()),
        (TOWN, lambda cell: cell.strip().endswith(("镇", "街道", "乡"))),
        (DATE, lambda cell: moment(cell) is not None),
    )
    return next((what for what, holds in tests if _has_role(kind, what) and _most(texts, holds)), None)


def _is_item(filled: Sequence[Any], size: int, kind: str) -> bool:
    number = np.isfinite(numbers(pd.Series(filled, dtype="object")).value)
    return bool(2 * number.sum() > size) or _most(
        filled, lambda cell: recognised(cell, kind) in indicators(kind)
    )


@cache
def _states() -> frozenset[str]:
    return frozenset(map(plain, words("event", "")))


def _most(cells: Sequence[Any], holds: Callable[[Any], bool]) -> bool:
    distinct = list(dict.fromkeys(cells))
    return bool(distinct) and sum(map(holds, distinct)) >= MOST * len(distinct)
