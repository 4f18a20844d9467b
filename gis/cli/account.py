"""How files were read: what must be seen first, what was taken and what not, and that the rows add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from gis.base.messages import Message, Text, listed, of_text
from gis.cli.console import aside, detailed, keep, remember, say, show
from gis.cli.phrases import TEXTS, phrase
from gis.desk.wording import kind_word

if TYPE_CHECKING:
    import pandas as pd

    from gis.ingest import Ingested

PARTS = {
    "rows_kept": ("保留", "kept"),
    "rows_equal": ("只计一次", "counted once"),
    "rows_superseded": ("被取代", "superseded"),
    "rows_set_aside": ("非记录", "set aside"),
    "rows_quarantined": ("隔离", "quarantined"),
}
LOGGED = TEXTS.parts("logged")
LOG_COLUMNS = {
    "heads": ["head", "use", "column", "unit", "how", "source"],
    "findings": ["message", "source"],
    "repairs": ["source", "source_row", "problem", "area_before_m2", "area_after_m2"],
    "superseded": ["source", "source_row", "key", "by_source", "by_source_row"],
    "rejects": ["source", "source_row", "field", "text", "reason", "fix"],
}
MOST_TEXTS, ALIKE, MOST_HEADS = 4, 3, 12


def tell(found: Ingested, names: str) -> None:
    """Print at once what must be seen first, and below the answer how files were read; remember both for -o."""
    from gis.desk.intake import FIRST, told

    rest = [*told(found.findings[~found.findings["code"].isin(FIRST)], _most())]
    first = say_first(found.findings, found.rejects)
    keep(found)
    remember(first, [*_taken(found, names), *rest, balance(found.sources)])
    with aside():
        _tell(found, names, rest)


def say_first(findings: pd.DataFrame, rejects: pd.DataFrame | None = None) -> list[Text]:
    """Print what may count and was not taken, heads, cells or rows, and the units that only the size told."""
    from gis.desk.intake import seen_first

    lines = seen_first(findings, rejects, _most())
    for line in lines:
        say(Message("注意  {line}", "NOTE  {line}", line=line), "bold yellow")
    return lines


def suspected(findings: pd.DataFrame, rejects: pd.DataFrame | None = None) -> list[str]:
    """Give what looks as if it counted and was not taken: heads and cells, and the rows of files of a desk."""
    from gis.desk.intake import DOUBTS, quarantined_rows

    cells = findings.loc[findings["code"].isin(DOUBTS), "message"].tolist()
    return [*cells, *(row.stored for row in quarantined_rows(rejects))]


def balance(sources: pd.DataFrame) -> Message:
    """Say that the rows, or the cells where a row holds several values, add up, and how many records they make."""
    from gis.base.tables import BALANCE, KEPT

    sums = {name: int(sources[name].sum()) for name in (*BALANCE, "records")}
    kept, made = sums[KEPT], sums["records"]
    records = Message("（{n:,} 条记录）", " ({n:,} records)", n=made) if kept != made else ""
    there = [name for name in PARTS if name == KEPT or sums[name]]
    zh, en = (
        " + ".join(f"{PARTS[name][at]} {{{name}:,}}{'{records}' * (name == KEPT)}" for name in there)
        for at in (0, 1)
    )
    return Message(
        f"读取 {{rows_read:,}} = {zh}", f"read {{rows_read:,}} = {en}", **{**sums, "records": records}
    )


def _taken(found: Ingested, names: str) -> list[Message]:
    taken = found.taken.drop_duplicates("column")
    heads = " · ".join(f"{row.column} = {row.head}" for row in taken.itertuples())
    return [
        phrase("read_as", names=names, kind=kind_word(found.kind)),
        Message("采用  {heads}", "took  {heads}", heads=heads),
        *_not_taken(found.heads),
    ]


def _not_taken(heads: pd.DataFrame) -> Iterator[Message]:
    """List the heads that were not taken; one that is known of an official table with its meaning."""
    from gis.ingest.head_log import KNOWN, TAKEN

    rest = heads[heads["use"] != TAKEN].drop_duplicates("head")
    names = [
        Message("{head}（{how}）", "{head} ({how})", head=row.head, how=row.how)
        if row.use == KNOWN
        else str(row.head)
        for row in rest.itertuples()
    ]
    if not names:
        return
    told = listed(names, most=None if detailed() else MOST_HEADS)
    yield Message("未用  {heads}", "left  {heads}", heads=told)


def _tell(found: Ingested, names: str, findings: Sequence[Text]) -> None:
    """Print what was taken, the findings, the counts, and the first rows repaired, replaced or rejected."""
    from gis.ingest.balance import set_aside

    first, *lines = _taken(found, names)
    say(first)
    for line in lines:
        say(line, "dim")
    for finding in findings:
        say(Message("发现  {line}", "found {line}", line=finding), "yellow")
    sources = found.sources.dropna(subset=["encoding", "encoding_reason"])
    for encoding, reason in dict.fromkeys(zip(sources["encoding"], sources["encoding_reason"], strict=True)):
        say(phrase("encoding_told", encoding=encoding, reason=of_text(reason)), "dim")
    say(balance(found.sources))
    idle = set_aside(found.rejects)
    if idle.any():
        texts = listed(found.rejects.loc[idle, "text"].dropna().unique(), most=MOST_TEXTS)
        say(phrase("no_records", n=int(idle.sum()), texts=texts), "dim")
    for log, title in LOGGED.items():
        rows = found.rejects[~idle] if log == "rejects" else getattr(found, log)
        if len(rows):
            show(rows, title, LOG_COLUMNS[log], most=10)


def _most() -> int | None:
    """Give how many findings of a kind are shown: all with -v."""
    return None if detailed() else ALIKE
