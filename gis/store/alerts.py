"""Which alerts were acknowledged last: their ids only, in the workspace, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gis.base.errors import FileError
from gis.store.edition import WORK
from gis.store.write import write_text

FILE = "alerts.json"


def seen(out: Path) -> frozenset[str]:
    """Give the ids of the alerts acknowledged last; none before the first time, so that all are new.

    Raises
    ------
    FileError
        The file is not what `acknowledge` wrote.
    """
    path = out / WORK / FILE
    if not path.exists():
        return frozenset()
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["seen"]
    except (ValueError, KeyError, TypeError):
        raise FileError(
            "is not a list of alerts", file=str(path), fix="delete it: all alerts are new again"
        ) from None
    return frozenset(map(str, found))


def acknowledge(out: Path, ids: Iterable[str]) -> None:
    """Remember these alerts in place of those before: one that ends and comes back is new again."""
    write_text(json.dumps({"seen": sorted(set(ids))}, ensure_ascii=False, indent=1), out / WORK / FILE)
