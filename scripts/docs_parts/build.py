"""Write the generated pages beside the written ones, build the site strictly, and let it search from file://."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import catalogue, notebook, reference

ROOT = Path(__file__).resolve().parents[2]
DOCS, WORK = ROOT / "docs", ROOT / "build" / "docs"
PAGES, SITE = WORK / "pages", WORK / "built"
COPIED = ("*.md", "*.png", "*.ipynb", "*.py", "*.css")
FETCHED = re.compile(
    r"""<(?:script|img|iframe)[^>]+src=["']?(?:https?:)?//|<link[^>]+stylesheet[^>]+(?:https?:)?//"""
)
SEARCH = Path("assets", "javascripts", "search-from-file.js")
FROM_FILE = """// A page opened from file:// may not start a worker of another file: the worker's text stands here.
if (location.protocol === "file:") {
  const text = %s;
  window.Worker = class extends Worker {
    constructor() { super(URL.createObjectURL(new Blob([text], { type: "text/javascript" }))); }
  };
}
"""


def main(out: Path) -> int:
    """Build into `out`; 0 when every link leads somewhere and no page wants the network."""
    if refused(out):
        print(f"{out} holds other things; give a new or an empty folder", file=sys.stderr)
        return 2
    sources()
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "-f", "zensical.toml"]
    done = subprocess.run(command, cwd=WORK, capture_output=True, text=True, encoding="utf-8", check=False)
    faults = [] if done.returncode == 0 and "Warning:" not in done.stderr else [done.stdout + done.stderr]
    if not faults:
        searchable(SITE)
        faults = [f"{page.relative_to(SITE)} fetches {found}" for page in SITE.rglob("*.html")
                  for found in FETCHED.findall(page.read_text("utf-8"))]  # fmt: skip
    if faults:
        print("\n".join(faults), file=sys.stderr)
        return 1
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(SITE, out)
    print(f"{len([*out.rglob('*.html')])} pages: open {out / 'index.html'}")
    return 0


def refused(out: Path) -> bool:
    """Tell a folder that holds other things than an earlier site."""
    return out.exists() and any(out.iterdir()) and not (out / SEARCH).exists()


def sources() -> None:
    """Lay out what is built: the written pages, the generated ones, the theme and its settings."""
    shutil.rmtree(WORK / "pages", ignore_errors=True)
    for pattern in COPIED:
        for path in DOCS.rglob(pattern):
            _write(path.relative_to(DOCS), path.read_bytes())
    shutil.copytree(DOCS / "theme", WORK / "theme", dirs_exist_ok=True)
    shutil.copyfile(DOCS / "zensical.toml", WORK / "zensical.toml")
    generated = {
        **reference.pages(), "reference/catalogue.md": catalogue.page(),
        **{f"notebooks/{path.stem}.md": notebook.page(path) for path in sorted(DOCS.rglob("*.ipynb"))},
    }  # fmt: skip
    for name, text in generated.items():
        _write(Path(name), text.encode())


def searchable(site: Path) -> None:
    """Put the text of the search's worker into a script of its own, which every page loads."""
    worker = next((site / "assets" / "javascripts" / "workers").glob("search.*.js"))
    (site / SEARCH).write_text(FROM_FILE % json.dumps(worker.read_text("utf-8")), encoding="utf-8")


def _write(name: Path, content: bytes) -> None:
    path = PAGES / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
