"""Which alerts were acknowledged last: their ids only, in the workspace, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from gis.base.errors import UsageError
from gis.store.place import WORK, workspace_of
from gis.store.whole import write_text

FILE = "alerts.json"


def seen(out: Path) -> frozenset[str]:
    """Give the ids of the alerts acknowledged last; all are new the first time, or where that list is damaged."""
    try:
        found = json.loads((out / WORK / FILE).read_text(encoding="utf-8"))["seen"]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    return frozenset(map(str, found)) if isinstance(found, list) else frozenset()


def acknowledge(out: Path, ids: Iterable[str]) -> bool:
    """Remember these alerts in place of those before: one that ends and comes back is new again.

    Returns
    -------
    remembered
        False where the folder takes no file, or is not ours.
    """
    work = workspace_of(out)
    if work is None:
        return False
    text = json.dumps({"seen": sorted(set(ids))}, ensure_ascii=False, indent=1)
    try:
        write_text(text, work / FILE)
    except (OSError, UsageError):
        return False
    return True
