"""The 台账 that `gis land ledger -o` wrote, read again: what it counted counts, and adds to the same total."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZipFile, is_zipfile

from gis.base.messages import Message
from gis.cli.account import tell
from gis.cli.console import say
from gis.cli.reading import Reading, answers_of

if TYPE_CHECKING:
    import pandas as pd

    from gis.ingest import Ingested

INDEX, NAMES, MOST = "xl/workbook.xml", re.compile(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"'), 1_000_000
REGISTER, DETAIL = "台账", "计入明细"
IGNORED = ("椭球面积", "计入面积", "备案号")
STATES = ("认定", "批准", "清理")
AREAS = ("area_declared_mu", "accepted_area_mu")
WHOLE_EVENTS = ("accepted", "reversed", "supplied", "disposed")
READ = Message(
    "本工具写的台账：按“计入明细”计入，不再重算", "a ledger of this tool: what its 计入明细 counts is counted"
)


def is_own(files: Sequence[Path]) -> bool:
    """Tell whether the one file given is a 台账 that this tool wrote, by the names of its sheets."""
    from gis.ingest.xlsx_parts import DAMAGED

    if len(files) != 1 or files[0].suffix.lower() != ".xlsx" or not is_zipfile(files[0]):
        return False
    try:
        with ZipFile(files[0]) as book, book.open(INDEX) as sheets:
            names = set(NAMES.findall(sheets.read(MOST).decode(errors="replace")))
    except DAMAGED:  # the reader says what is wrong with it
        return False
    return {REGISTER, DETAIL} <= names


def read(file: Path, how: Reading) -> tuple[Ingested, pd.DataFrame]:
    """Read the parcels of the first sheet without their areas, and what each counted, as events."""
    from gis.ingest import read_files

    settled = [*(f"head:{head}=ignore" for head in IGNORED), *(f"state:{word}=accepted" for word in STATES)]
    ours = replace(how, part=REGISTER, answer=[*(how.answer or []), *settled])
    found = read_files([file], ours.options(file, "parcels"))
    tell(found, [file])
    say(READ, "bold")
    bare = {f"{event}_{what}": None for event in WHOLE_EVENTS for what in ("on", "no")}
    table = found.table.drop(columns=[name for name in bare if name in found.table])
    table = table.assign(**{name: float("nan") for name in AREAS})
    options = Reading(part=DETAIL, answer=how.answer).options(file, "ledger_events")
    events = read_files([file], replace(options, answers=answers_of(how.answer)))
    return replace(found, table=table), events.table
