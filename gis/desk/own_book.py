"""The 台账 that `gis land ledger -o` wrote, read again: what it counted counts, and adds to the same total."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import Any
from zipfile import ZipFile, is_zipfile

import pandas as pd

from gis.desk.intake import taken_in
from gis.desk.phrases import phrase
from gis.desk.sources import Read

INDEX, NAMES, MOST = "xl/workbook.xml", re.compile(r'<(?:\w+:)?sheet [^>]*?name="([^"]*)"'), 1_000_000
REGISTER, DETAIL = "台账", "计入明细"
IGNORED = ("椭球面积", "计入面积", "备案号")
STATES = ("认定", "批准", "清理")
AREAS = ("area_declared_mu", "accepted_area_mu")
WHOLE_EVENTS = ("accepted", "reversed", "supplied", "disposed")
READ = phrase("own_ledger")


def own_file(source: object) -> Path | None:
    """Give the one file of a source where it is a 台账 that this tool wrote, by the names of its sheets."""
    from gis.ingest.xlsx_parts import DAMAGED

    (only, *others) = source if isinstance(source, list | tuple) and source else [source]
    if others or not isinstance(only, str | PathLike):
        return None
    file = Path(only)
    if file.suffix.lower() != ".xlsx" or not is_zipfile(file):
        return None
    try:
        with ZipFile(file) as book, book.open(INDEX) as sheets:
            names = set(NAMES.findall(sheets.read(MOST).decode(errors="replace")))
    except DAMAGED:  # the reader says what is wrong with it
        return None
    return file if {REGISTER, DETAIL} <= names else None


def read(file: Path, said: Mapping[str, Any]) -> tuple[Read, pd.DataFrame]:
    """Read the parcels of the first sheet without their areas, and what each counted, as events."""
    answers = dict(said.get("answers") or {})
    settled = {
        **{f"head:{head}": "ignore" for head in IGNORED},
        **{f"state:{word}": "accepted" for word in STATES},
    }
    register = taken_in(file, "parcels", {**said, "part": REGISTER, "answers": {**answers, **settled}})
    bare = {f"{event}_{what}": None for event in WHOLE_EVENTS for what in ("on", "no")}
    table = register.found.table
    table = table.drop(columns=[name for name in bare if name in table])
    table = table.assign(**{name: float("nan") for name in AREAS})
    events = taken_in(file, "ledger_events", {"part": DETAIL, "answers": answers})
    own = replace(register.found, table=table)
    return register._replace(found=own, notes=(*register.notes, READ)), events.found.table
