"""Hours or days of air quality from any file, whichever its heads say."""

from __future__ import annotations

from pathlib import Path

from gis.base.errors import FormatError
from gis.cli import desk
from gis.ingest import Ingested, guess_kind

KINDS = ("air_hours", "air_days")


def air_records(file: Path, how: desk.Reading) -> Ingested:
    """Read a file of hours or days, whichever its heads say.

    Raises
    ------
    FormatError
        It holds no air records.
    """
    kind = guess_kind(file, (*KINDS, "samples", "parcels"), how.part) if not how.column else _said(file, how)
    if kind not in KINDS:
        raise FormatError(
            "holds no air records", file=file.name, found=kind, fix="hours need time, days need date"
        )
    return desk.read(file, kind, how)


def _said(file: Path, how: desk.Reading) -> str:
    roles = {text.partition("=")[0].strip() for text in how.column or ()}
    if roles & {"time", "o3"}:
        return "air_hours"
    return "air_days" if roles & {"date", "o3_8h"} else guess_kind(file, KINDS, how.part)
