"""Records of water from any files, and the list of their sections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.cli import desk
from gis.cli.console import say
from gis.cli.reading import Reading, answers_of

if TYPE_CHECKING:
    import pandas as pd

    from gis.ingest import Ingested


def monitored(
    files: Sequence[Path], sections: Path | None, how: Reading, **more: Any
) -> tuple[Ingested, pd.DataFrame]:
    """Read records and the list of sections; a doubtful name of a section is settled or asked about.

    Records without a method get one where their times tell it, and that is said.

    Raises
    ------
    Question
        A record may be of a section of the list, or of a station, and nobody said so.
    """
    from gis.base.tables import empty
    from gis.water.doubtful_names import settled, unlisted
    from gis.water.methods import recognised, with_methods

    found = desk.read(files, "samples", how, **more)
    listed = (
        empty("sections")
        if sections is None
        else desk.read(sections, "sections", Reading(answer=how.answer, suspects=how.suspects)).table
    )
    answers = answers_of(how.answer)
    named = settled(found.table, listed, answers)
    table = with_methods(named, answers, asks=not more.get("every_reading"))
    for told in (recognised(named, table), unlisted(named, listed)):
        if told:
            say(told, "yellow")
    return replace(found, table=table), listed
