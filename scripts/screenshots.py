"""Take pictures of the sample's pages: `.venv` python scripts/screenshots.py [MAPS] [DOCS].

With `--all FOLDER` before them, of every page type in both languages and at three widths, to be looked at.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = {"scorecard": "index.html", "planner": "planner.html", "water": "water.html"}
KINDS = ("evidence", "towns", "sections", "conflicts")
WIDTHS = (1400, 1024, 390)
LANGUAGES = {"zh": "", "en": "#lang=en"}
YEAR = "2021"
MOST_BYTES = 200_000
WIDTH = 1000


def main(maps: Path, docs: Path, every: Path | None = None) -> None:
    """Open each page in Chromium and keep a picture of it: small ones for the README, or all of them."""
    edition = max(maps.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime).parent
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        if every is None:
            _readme(page, maps, edition, docs)
        else:
            for place in (maps / "index.html", *_types(edition)):
                _whole(page, place, every)
        browser.close()


def _readme(page: Page, maps: Path, edition: Path, docs: Path) -> None:
    docs.mkdir(parents=True, exist_ok=True)
    for name, file in SHOTS.items():
        place = maps / file if file == "index.html" else edition / file
        page.goto(place.resolve().as_uri())
        if name == "scorecard":
            page.get_by_role("button", name=YEAR).first.click()
        page.wait_for_timeout(1200)
        raw = docs / f"{name}.raw.png"
        page.screenshot(path=raw)
        _shrink(raw, docs / f"{name}.png")


def _types(edition: Path) -> Iterator[Path]:
    """Give the pages of an edition, and of many alike the first."""
    yield from sorted(edition.glob("*.html"))
    for kind in KINDS:
        yield from sorted((edition / kind).glob("*.html"))[:1]


def _whole(page: Page, place: Path, folder: Path) -> None:
    """Keep a page whole, or its first ten screens, in both languages and at every width."""
    kind = place.parent.name if place.parent.name in KINDS else place.stem
    folder.mkdir(parents=True, exist_ok=True)
    for language, fragment in LANGUAGES.items():
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            page.goto("about:blank")
            page.goto(place.resolve().as_uri() + fragment)
            page.wait_for_timeout(1200)
            tall = min(page.evaluate("document.documentElement.scrollHeight"), 9000)
            clip = {"x": 0, "y": 0, "width": width, "height": tall}
            page.screenshot(path=folder / f"{kind}-{language}-{width}.png", full_page=True, clip=clip)


def _shrink(raw: Path, target: Path) -> None:
    with Image.open(raw) as image:
        small = image.resize((WIDTH, image.height * WIDTH // image.width), Image.Resampling.LANCZOS)
        small.convert("P", palette=Image.Palette.ADAPTIVE, colors=255).save(target, optimize=True)
    raw.unlink()
    size = target.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{target.name} has {size:,} bytes; {MOST_BYTES:,} are allowed")
    print(f"{target.name}  {size:,} bytes")


if __name__ == "__main__":
    given = sys.argv[1:]
    into = Path(given[1]) if given[:1] == ["--all"] else None
    paths = [Path(one) for one in (given[2:] if into else given)]
    main(*(paths + [ROOT / "maps", ROOT / "docs"][len(paths) :]), into)
