"""The site builds strictly, opens without a network and finds Chinese words; its notebooks print what they show."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def docs(*words, root=ROOT):
    """Call scripts/docs.py with this interpreter's packages."""
    command = [sys.executable, root / "scripts" / "docs.py", *words]
    return subprocess.run([*map(str, command)], capture_output=True, text=True, encoding="utf-8", check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("docs") / "site"
    done = docs("-o", out)
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def outputs(path):
    """Give the code of each cell with what it printed, as lines without blanks at their ends."""
    return [
        (
            "".join(cell["source"]),
            [line.rstrip() for one in cell["outputs"] for line in said(one).splitlines()],
        )
        for cell in json.loads(path.read_text("utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def said(output):
    return "".join(output.get("text") or output.get("data", {}).get("text/plain", ""))


@pytest.mark.full
def test_notebooks_print_what_they_show(county):
    done = docs("--notebooks", county)
    assert done.returncode == 0, done.stdout + done.stderr
    for path in sorted((ROOT / "docs" / "notebooks").glob("*.ipynb")):
        assert outputs(county / "docs" / "notebooks" / path.name) == outputs(path)


@pytest.mark.full
def test_every_page_stands_in_the_site_and_fetches_nothing(site):
    written = {path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.md")}
    written |= {path.relative_to(ROOT / "docs").with_suffix(".html") for path in ROOT.glob("docs/**/*.ipynb")}
    pages = {path.relative_to(site) for path in site.rglob("*.html")}
    assert written < pages
    assert {"api", "catalogue", "commands", "heads", "indicators", "standards"} == {
        page.stem for page in pages if page.parts[0] == "reference"
    }


@pytest.mark.full
@pytest.mark.parametrize(
    ("word", "page"),
    [("隔离", "forms.html"), ("达标率", "howto/environment.html"), ("counting_event", "catalogue")],
)
def test_a_word_is_found_and_leads_to_its_page(site, chromium, word, page):
    with chromium.new_context(offline=True) as context:
        tab = context.new_page()
        asked, errors = [], []
        tab.on("request", lambda one: asked.append(one.url))
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto((site / "index.html").as_uri())
        tab.locator(".md-search__button").click()
        tab.keyboard.type(word)
        tab.locator(f"dialog a[href*='{page}']").first.click()
        tab.wait_for_url(f"**{page}*")
        assert word in tab.locator("article").inner_text()
        assert [one for one in asked if not one.startswith(("file:", "blob:", "data:"))] == []
        assert errors == []


@pytest.mark.full
@pytest.mark.parametrize("width", [1400, 390])
def test_no_page_is_wider_than_its_window(site, chromium, width):
    with chromium.new_context(offline=True, viewport={"width": width, "height": 900}) as context:
        tab = context.new_page()
        for page in sorted(site.rglob("*.html")):
            tab.goto(page.as_uri())
            assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), page


@pytest.mark.full
@pytest.mark.parametrize(
    "fault", ["[x](nowhere.md)", "[x](forms.md#nowhere)", '<img src="https://example.com/x.png">']
)
def test_a_link_to_nowhere_and_a_thing_of_the_network_end_the_build(site, fault, tmp_path):
    copy = tmp_path / "copy"
    for name in ("docs", "scripts", "gis"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copyfile(ROOT / "requirements-docs.lock", copy / "requirements-docs.lock")
    (copy / ".venv-docs").symlink_to(ROOT / ".venv-docs")
    with (copy / "docs" / "tour.md").open("a", encoding="utf-8") as page:
        page.write(f"\n{fault}\n")
    done = docs("-o", tmp_path / "out", root=copy)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "tour" in done.stderr


def test_a_folder_that_holds_other_things_is_left_alone(tmp_path):
    from scripts.docs_parts.build import refused

    assert not refused(tmp_path / "new")
    (tmp_path / "mine.txt").touch()
    assert refused(tmp_path)
