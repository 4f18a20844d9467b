"""A notebook as a page: its text, its code, and what it printed when it was last run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FENCE = "````"


def page(path: Path) -> str:
    """Give the page of a notebook, with a link to the notebook itself."""
    title, *rest = _parts(json.loads(path.read_text("utf-8")))
    return "\n".join((title, f"\n[下载这个笔记本]({path.name})，用 Jupyter 打开。\n", *rest))


def _parts(notebook: dict[str, Any]) -> Iterator[str]:
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            yield text + "\n"
            continue
        yield f"{FENCE}python\n{text}\n{FENCE}\n"
        if said := printed(cell):
            yield f"{FENCE}text\n{said}\n{FENCE}\n"


def printed(cell: dict[str, Any]) -> str:
    """Give what a cell of code printed and returned, as text."""
    texts = (one.get("text") or one.get("data", {}).get("text/plain", "") for one in cell["outputs"])
    return "\n".join("".join(text).rstrip() for text in texts)
