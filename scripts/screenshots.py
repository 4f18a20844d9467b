"""Take the README's pictures from the sample's pages: `.venv` python scripts/screenshots.py [MAPS] [DOCS]."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
SHOTS = {"scorecard": "index.html", "planner": "planner.html", "water": "water.html"}
YEAR = "2021"
MOST_BYTES = 200_000
WIDTH = 1000


def main(maps: Path, docs: Path) -> None:
    """Open each page in Chromium and keep a small picture of its first screen."""
    docs.mkdir(parents=True, exist_ok=True)
    edition = max(maps.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime).parent
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        for name, file in SHOTS.items():
            place = maps / file if file == "index.html" else edition / file
            page.goto(place.resolve().as_uri())
            if name == "scorecard":
                page.get_by_role("button", name=YEAR).first.click()
            page.wait_for_timeout(1200)
            raw = docs / f"{name}.raw.png"
            page.screenshot(path=raw)
            _shrink(raw, docs / f"{name}.png")
        browser.close()


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
    given = [Path(one) for one in sys.argv[1:]]
    main(*(given + [ROOT / "maps", ROOT / "docs"][len(given) :]))
