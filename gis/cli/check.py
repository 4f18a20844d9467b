"""`gis check FILE...`: what would be read of files from a desk, kept, quarantined and repaired, and why."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from gis.base.address import stem_of
from gis.base.errors import GisError, UsageError
from gis.base.tables import empty
from gis.cli.account import suspected
from gis.cli.console import complain
from gis.cli.phrases import refusal
from gis.cli.reading import Reading
from gis.desk.intake import options_of
from gis.ingest import (
    KINDS,
    RASTER_KINDS,
    Ingested,
    files_of,
    guess_kind,
    line_type_of,
    parts_of,
    read_file,
    suspects,
)

LOGS = ("sources", "heads", "findings", "repairs", "superseded", "rejects")


def check(files: list[Path], how: Reading) -> tuple[dict[str, pd.DataFrame], bool]:
    """Read files without using them.

    Returns
    -------
    logs, sound
        The logs of the reading by name; whether every file could be read. A file that cannot is
        complained of and the others are read.

    Raises
    ------
    UsageError
        There is no such kind.
    """
    kind = how.kind
    if kind is not None and kind not in (*KINDS, *RASTER_KINDS):
        kinds = ", ".join((*KINDS, *RASTER_KINDS))
        raise refusal(UsageError, "no_such_kind", kind=kind, kinds=kinds)
    found: dict[str, list[pd.DataFrame]] = {name: [empty(name)] for name in LOGS}
    sound = True
    for given in files:
        try:
            paths = files_of([given]).paths
        except GisError as error:
            complain(error)
            sound = False
            continue
        for file in paths:
            try:
                for one in _read(file, how):
                    for name in LOGS:
                        found[name].append(getattr(one, name))
            except GisError as error:
                complain(error)
                sound = False
    return {name: pd.concat(frames, ignore_index=True) for name, frames in found.items()}, sound


def _read(file: Path, how: Reading) -> list[Ingested]:
    parts: list[str | None] = [how.part] if how.part else [*parts_of(file)] or [None]
    found = []
    for part in parts:
        holds = how.kind or guess_kind(file, part=part)
        asked = replace(how, part=part)
        line = {"line_type": line_type_of(part or file.name)} if holds == "control_lines" else {}
        known = {name: value for name, value in line.items() if value}
        one = read_file(file, options_of(holds, stem_of(file), asked.said(constants=known)))
        how.suspects.extend([*suspects(one.heads)["head"], *suspected(one.findings, one.rejects)])
        found.append(one)
    return found
