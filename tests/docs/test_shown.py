"""Every command that a page shows runs on the sample and says what the page says; so does its Python."""

import doctest
import warnings
from pathlib import Path

import pytest
from typer.testing import CliRunner

import gis
from gis.cli.app import app
from tests.docs.shown import Command, missing, steps_of

ROOT = Path(__file__).parents[2]
FIRST = [ROOT / "README.md", ROOT / "README.zh-CN.md"]
PAGES = [*FIRST, *sorted({*ROOT.glob("docs/**/*.md")} - {*FIRST})]
HEAVY = ("run", "sample")
ASKED = 2  # a question or an error, which a page may show
SESSION = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def ids(paths):
    return [path.relative_to(ROOT).as_posix() for path in paths]


def faults(page, *, heavy):
    """Type what the page shows, in its order; give where it fails or says something else."""
    known = {}
    for step in steps_of(page.read_text("utf-8")):
        if isinstance(step, str):
            yield from session(step, known)
        elif heavy or step.words[1] not in HEAVY:
            yield from command(step)


def command(step: Command):
    done = CliRunner().invoke(app, [*step.words[1:]])
    lost = missing(step.shown, done.output.splitlines())
    if lost or done.exit_code not in (0, 1, *([ASKED] if step.shown else [])):
        yield "\n".join((" ".join(step.words), *lost, "--- said", done.output, repr(done.exception)))


def session(text, known):
    said: list[str] = []
    program = doctest.DocTestParser().get_doctest(text, known, "page", None, 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", gis.LeftOutWarning)
        doctest.DocTestRunner(optionflags=SESSION).run(program, out=said.append, clear_globs=False)
    known.update(program.globs)
    yield from said


@pytest.mark.full
@pytest.mark.parametrize("page", FIRST, ids=ids(FIRST))
def test_the_first_pages_show_what_is_said(county, page):
    assert [*faults(page, heavy=False)] == []


@pytest.mark.full
@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_page_shows_what_is_said(county, page):
    assert [*faults(page, heavy=True)] == []


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_every_prompt_stands_in_a_block_that_is_tried(page):
    text = page.read_text("utf-8")
    tried = [step for step in steps_of(text) if isinstance(step, Command)]
    assert all(step.words[0] == "gis" for step in tried)
    prompts = [line for line in text.splitlines() if line.lstrip().startswith("$ ")]
    assert len(prompts) == len(tried)


@pytest.mark.parametrize(
    ("shown", "lost"),
    [
        (["甲", "丙"], ["甲", "丙"]),
        (["甲", "…", "丙"], []),
        (["丙", "…", "甲"], ["甲"]),
        (["乙 1 …"], []),
        (["乙 2 …"], ["乙 2 …"]),
        (["丁"], ["丁"]),
    ],
)
def test_lines_left_out_are_said_to_be(shown, lost):
    assert missing(shown, ["甲  ", "乙 1 2", "丙"]) == lost
