"""A notebook as a page: its text, its code and what it printed; and the run that makes it print.

    python -m docs_parts.notebook FOLDER

runs each notebook of docs/notebooks as if it stood in FOLDER/docs/notebooks, beside FOLDER/layers and FOLDER/maps, and
writes it there with what it printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

NOTEBOOKS = Path(__file__).resolve().parents[2] / "docs" / "notebooks"
FENCE, PATIENCE = "````", 600


def page(path: Path) -> str:
    """Give the page of a notebook, with a link to the notebook itself."""
    title, *rest = _parts(json.loads(path.read_text("utf-8")))
    return "\n".join((title, f"[下载这个笔记本]({path.name})，用 Jupyter 打开。\n", *rest))


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


def run(path: Path, folder: Path) -> None:
    """Run a notebook in FOLDER/docs/notebooks and write it there; what cells say to stderr is no output."""
    import nbformat
    from nbclient import NotebookClient

    into = folder / "docs" / "notebooks"
    into.mkdir(parents=True, exist_ok=True)
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(notebook, timeout=PATIENCE, resources={"metadata": {"path": str(into)}}).execute()
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = [one for one in cell.outputs if one.get("name") != "stderr"]
            for one in cell.outputs:
                one.get("data", {}).pop("text/html", None)
    notebook.metadata.pop("language_info", None)
    text = json.dumps(notebook, ensure_ascii=False, indent=1)
    (into / path.name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    for one in sorted(NOTEBOOKS.glob("*.ipynb")):
        run(one, Path(sys.argv[1]).resolve())
