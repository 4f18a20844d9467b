"""What a result of a desk rests on, down to file and row: the sheet 依据 of a workbook, the block 依据 of a page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from gis.base.columns import SHOWN
from gis.base.messages import SEPARATORS, Message, Text, listed, ready, restored, shown
from gis.base.record_words import record_words
from gis.base.tables import TABLES, Tables, stacked
from gis.base.units import unit_words
from gis.cli.account import PARTS, balance
from gis.cli.console import answers_said, options_said, read_so_far
from gis.cli.phrases import phrase
from gis.cli.reading import answers_of
from gis.desk.basis import Basis, Number
from gis.desk.wording import kind_word, word
from gis.ingest import Ingested
from gis.ingest.balance import set_aside
from gis.ingest.head_log import TAKEN
from gis.store.write import EXCEL_ROWS

HEADS = SHOWN["basis"]
NUMBER, ROW, ROWS = Message("数值", "number"), Message("行", "row"), Message("行数", "rows")
SETTING, ANSWER, FILE = Message("设置", "setting"), Message("答复", "answer"), Message("读取", "read")
TOOK, LEFT = Message("表头，已采用", "head taken"), Message("表头，未用", "head left")
GONE, ASIDE, OUT = (Message(*PARTS[f"rows_{one}"]) for one in ("superseded", "set_aside", "quarantined"))
MOST_ROWS, MOST_RANGES, FIXED = 900_000, 20, 10_000


def lines(basis: Basis, *, every_row: bool) -> pd.DataFrame:
    """Lay it out as one table: numbers, what was settled and read, then the rows.

    Parameters
    ----------
    every_row
        A line a row of a file, for a workbook; else, or where they are more than a sheet holds, ranges of
        rows. The columns are those of `shown.basis`.
    """
    places = {one.key: at for at, one in enumerate(basis.numbers, start=1)}
    head = [*_numbers(basis.numbers, places), *_settled(basis.settings)]
    read = read_so_far()
    head += [line for one in read for line in _read(one, every_row=every_row)]
    ranged = not every_row or sum(len(one.rows) for one in basis.numbers) > min(MOST_ROWS, EXCEL_ROWS - FIXED)
    frames = [pd.DataFrame(head, columns=list(HEADS))]
    for at, one in enumerate(basis.numbers, start=1):
        frames.append(_ranges(at, one) if ranged else _rows(at, one, basis.read))
    out = stacked(frames)
    kinds = {name: {"i": "Int64", "f": "float64"}[one.kind] for name, one in HEADS.items() if one.right}
    texts = {name: out[name].astype("object").where(out[name].notna(), None).astype("str")
             for name in HEADS if name not in kinds}  # fmt: skip
    return out.astype(kinds).assign(**texts)


def _numbers(numbers: Sequence[Number], places: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    for at, one in enumerate(numbers, start=1):
        how = [one.how] if one.how else []
        parts = [places[key] for key in one.made_of if key in places]
        if parts:
            many = listed(_spans(np.unique(parts)))
            how.append(Message("由编号 {many} 得出", "made of no. {many}", many=many))
        yield {
            "number": at, "part": str(NUMBER), "about": str(shown(one.name)).strip(), "value": one.value,
            "unit": str(ready(*unit_words(one.unit))), "how": str(listed(how, *SEPARATORS)), "texts": one.texts,
        }  # fmt: skip


def _settled(settings: Mapping[Text, Text]) -> Iterator[dict[str, Any]]:
    for name, value in chain(settings.items(), options_said().items()):
        yield {"part": str(SETTING), "about": str(shown(name)), "how": str(shown(value))}
    for key, answer in answers_of(answers_said()).items():
        told = phrase("answered_here", value=answer.value, by=answer.by or "–", date=answer.date)
        yield {"part": str(ANSWER), "about": key, "how": str(told)}


def _read(found: Ingested, *, every_row: bool) -> Iterator[dict[str, Any]]:
    for one in found.sources.to_dict("records"):
        file, sheet = _place(one["source"])
        rows = found.sources[found.sources["source"] == one["source"]]
        sha256 = one.get("sha256")
        told = [balance(rows), *([f"SHA-256 {sha256}"] if isinstance(sha256, str) else [])]
        yield {
            "part": str(FILE),
            "about": str(kind_word(found.kind)),
            "how": str(listed(told, *SEPARATORS)),
            "file": file,
            "sheet": sheet,
        }
    columns = TABLES.get(found.kind, {})
    for one in found.heads.drop_duplicates(["head", "use", "column", "unit"]).to_dict("records"):
        taken = one["use"] == TAKEN
        file, sheet = _place(one["source"])
        known = columns.get(str(one["column"]))
        how = str(word("how", shown(one["how"]))) if isinstance(one["how"], str) else ""
        column = (str(Message(known.zh, known.en)) if known else str(one["column"])) if taken else ""
        unit = str(ready(*unit_words(one["unit"]))) if taken and isinstance(one["unit"], str) else ""
        yield {
            "part": str(TOOK if taken else LEFT), "about": str(one["head"]), "unit": unit, "file": file, "sheet": sheet,
            "how": str(listed(filter(None, (column, how)), *SEPARATORS)),
        }  # fmt: skip
    yield from _left(found) if every_row else ()


def _left(found: Ingested) -> Iterator[dict[str, Any]]:
    """List the rows that do not count: replaced by a later one, no records, quarantined."""
    for one in found.superseded.to_dict("records"):
        told = phrase("replaced_by", file=one["by_source"], row=one["by_source_row"])
        yield _row_line(GONE, str(one["key"]), str(told), one)
    idle = set_aside(found.rejects)
    for no_record, one in zip(idle, found.rejects.to_dict("records"), strict=True):
        reason = restored(str(one["reason"])) or str(one["reason"])
        yield _row_line(
            ASIDE if no_record else OUT, "" if pd.isna(one["text"]) else str(one["text"]), str(reason), one
        )


def _row_line(part: Message, about: str, how: str, one: Mapping[Any, Any]) -> dict[str, Any]:
    file, sheet = _place(one["source"])
    row = None if pd.isna(one["source_row"]) else int(one["source_row"])
    return {
        "part": str(part),
        "about": about,
        "how": how,
        "file": file,
        "sheet": sheet,
        "first": row,
        "last": row,
    }


def _rows(at: int, one: Number, read: Tables) -> pd.DataFrame:
    rows = one.rows
    places = {source: _place(source) for source in rows["source"].unique()}
    return pd.DataFrame({
        "number": at, "part": str(ROW), "about": [str(one) for one in record_words(rows, read)],
        "value": pd.to_numeric(rows["part"]).to_numpy("float64", na_value=np.nan),
        "file": [places[source][0] for source in rows["source"]],
        "sheet": [places[source][1] for source in rows["source"]],
        "first": rows["source_row"].astype("Int64").to_numpy(), "last": rows["source_row"].astype("Int64").to_numpy(),
    }).reindex(columns=list(HEADS))  # fmt: skip


def _ranges(at: int, one: Number) -> pd.DataFrame:
    """Count the rows of a number by file and sheet, and give their ranges."""
    ranges = []
    for source, some in one.rows.groupby("source", sort=False):
        numbers = np.unique(some["source_row"].dropna().to_numpy("int64"))
        if not len(numbers):
            continue
        spans = _spans(numbers)
        file, sheet = _place(source)
        how = str(Message("第 {rows} 行", "rows {rows}", rows=listed(spans, most=MOST_RANGES)))
        ranges.append({"number": at, "part": str(ROWS), "value": float(len(some)), "how": how, "file": file,
                       "sheet": sheet, "first": int(numbers[0]), "last": int(numbers[-1])})  # fmt: skip
    return pd.DataFrame(ranges, columns=list(HEADS))


def _spans(numbers: np.ndarray) -> list[str]:
    """Write ascending numbers as ranges: 2–5, 9."""
    spans = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    return [f"{span[0]}–{span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans]


def _place(source: Any) -> tuple[str, str | None]:
    file, sign, sheet = str(source).partition("#")
    return file, sheet if sign else None
