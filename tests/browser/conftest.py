"""One Chromium, every request recorded and all but files and data refused."""

import os
import shutil
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest
from workspace_on_page import page_of_rows

REQUIRED = os.environ.get("GIS_REQUIRE_BROWSER") == "1"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Visit:
    """A page that was opened, what it asked for, and what went wrong in it."""

    def __init__(self, context, address: str) -> None:
        self.requests: list[str] = []
        self.faults: list[str] = []
        context.route("**/*", self._route)
        self.page = context.new_page()
        self.page.on(
            "console",
            lambda told: self.faults.append(told.text) if told.type in ("error", "warning") else None,
        )
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.goto(address)
        self.page.wait_for_load_state("load")

    def _route(self, route) -> None:
        address = route.request.url
        if address.startswith(("file:", "data:", "about:")):
            route.continue_()
        else:
            self.requests.append(address)
            route.abort()


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A browser; without one the test is skipped, or fails where GIS_REQUIRE_BROWSER=1."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        sync_playwright = None
    if sync_playwright is None or CHROMIUM is None:
        if REQUIRED:
            pytest.fail("GIS_REQUIRE_BROWSER=1, but there is no Chromium or no playwright")
        pytest.skip("no Chromium or no playwright")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core; without its package the test is skipped, or fails where GIS_REQUIRE_BROWSER=1."""
    found = find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        if REQUIRED:
            pytest.fail("GIS_REQUIRE_BROWSER=1, but there is no axe-playwright-python")
        pytest.skip("no axe-playwright-python")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def squares_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages of the county of squares: index.html and one edition beside it."""
    import fake_book

    from gis import maps

    folder, book = tmp_path_factory.mktemp("pages"), fake_book.make()
    for name, text in maps.render(book).items():
        place = folder / name if name == "index.html" else folder / book.edition / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session", params=["squares", pytest.param("sample", marks=pytest.mark.full)])
def pages_dir(request: pytest.FixtureRequest) -> Path:
    """The pages that every check opens: those of the squares, in the full suite those of a run of the sample too."""
    if request.param == "squares":
        return request.getfixturevalue("squares_dir")
    return request.getfixturevalue("sample_run").out


def address_of(folder: Path, name: str) -> str:
    """The address of a page of a run."""
    if name == "index":
        return (folder / "index.html").resolve().as_uri()
    return next(folder.glob(f"*/{name}.html")).resolve().as_uri()


@pytest.fixture
def visit(chromium, request: pytest.FixtureRequest) -> Iterator[object]:
    """Open a page by its name, in a fresh context without a network."""
    contexts = []

    def open_page(name: str, folder: Path | None = None) -> Visit:
        folder = folder or request.getfixturevalue("pages_dir")
        context = chromium.new_context(viewport={"width": 1366, "height": 820})
        contexts.append(context)
        return Visit(context, address_of(folder, name))

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def sample(visit, request):
    return lambda name: visit(name, request.getfixturevalue("sample_run").out)


@pytest.fixture(scope="module")
def tables(sample_run):
    return partial(sample_run.table, low_memory=False)


@pytest.fixture
def opened(chromium, tmp_path):
    """Open a workspace of one layer of our own."""
    pages = []

    def open_rows(frame, fields=(), **more):
        text = page_of_rows(frame, fields, **more)
        place = tmp_path / "rows.html"
        place.write_text(text, encoding="utf-8")
        page = chromium.new_page(viewport={"width": 1400, "height": 900})
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.goto(place.as_uri())
        pages.append(page)
        return page

    yield open_rows
    for page in pages:
        assert page.faults == []
        page.close()
