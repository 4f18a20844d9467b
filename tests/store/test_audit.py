"""What was altered after it was published is found, and two editions are compared by their manifests alone."""

import json
import shutil

import pytest
from fake_edition import A, B, C, publish
from typer.testing import CliRunner

from gis.base.errors import UsageError
from gis.cli.app import app
from gis.store import audit
from gis.store import edition as shelf
from gis.store.place import prepare


@pytest.fixture
def out(tmp_path):
    for name in (A, B, C):
        publish(tmp_path, name)
    return tmp_path


def faults(out):
    return [(one.link.edition, fault.en) for one in audit.verify(out) for fault in one.faults]


def link(out, name):
    return next((out / "history").glob(f"*{name}.json"))


def rewrite(path):
    path.write_text(path.read_text("utf-8") + " ", "utf-8")


TAMPERED = {
    "a page": (lambda out: rewrite(out / C / "water.html"), C, "water.html was altered"),
    "a table": (lambda out: rewrite(out / C / "tables" / "figures.csv"), C, "tables/figures.csv was altered"),
    "a table removed": (lambda out: (out / C / "tables" / "figures.csv").unlink(), C, "tables/figures.csv is gone"),
    "a page added": (lambda out: (out / C / "x.html").write_text("x"), C, "x.html was not published"),
    "the manifest": (lambda out: rewrite(out / C / "manifest.json"), C, "manifest.json was altered"),
    "a link": (lambda out: rewrite(link(out, A)), B, "that one was altered or is missing"),
    "a link removed": (lambda out: link(out, B).unlink(), C, "link 2 is missing"),
    "a link that is no JSON": (lambda out: link(out, B).write_text("{"), B, "cannot be read"),
    "the newest link": (lambda out: rewrite(link(out, C)), C, "does not print the hash of the newest link"),
    "the index": (lambda out: (out / "index.html").write_text("x"), C, "does not print the hash of the newest link"),
}  # fmt: skip


def test_what_was_published_and_left_alone_holds(out):
    assert faults(out) == []
    assert [one.files for one in audit.verify(out)] == [0, 2, 2]


@pytest.mark.parametrize("what", TAMPERED)
def test_what_was_altered_is_named(out, what):
    tamper, edition, told = TAMPERED[what]
    tamper(out)
    assert any(edition == name and told in fault for name, fault in faults(out)), faults(out)


def test_pages_of_an_old_edition_may_go_and_its_link_still_holds(out):
    shutil.rmtree(out / B)
    assert faults(out) == []


def test_a_folder_without_a_history_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no edition was published"):
        audit.verify(tmp_path)


def _published(out, name, figures, inputs, **more):
    prepare(out)
    manifest = {"edition": name, "figures": figures, "inputs": inputs, "stamps": {"note": name}, **more}
    shelf.publish(out, name, {"a.html": name}, manifest, lambda folder: None, lambda link: link.sha256)


def test_two_editions_are_compared_by_figure_and_by_what_they_were_made_of(tmp_path):
    nan = json.loads("NaN")
    _published(
        tmp_path, A, {"same": 1.0, "none": nan, "went": 2.0, "moved": 3.0}, {"samples": {"a.csv": "1", "b.csv": "1"}},
        standards=[{"id": "gb3838-2002", "to": None}], versions={"gis": "0.2.0"}, parameters={"public": False},
    )  # fmt: skip
    _published(
        tmp_path, B, {"same": 1.0, "none": nan, "came": 4.0, "moved": 5.0}, {"samples": {"a.csv": "2", "b.csv": "1"}},
        standards=[{"id": "gb3838-2002", "to": "2026-01-01"}], versions={"gis": "0.2.0"}, parameters={"public": True},
    )  # fmt: skip
    found = audit.difference(tmp_path, "1", B)
    assert found.figures == [("came", None, 4.0), ("moved", 3.0, 5.0), ("went", 2.0, None)]
    assert found.causes == {
        "inputs": ["samples: a.csv"], "standards": ["gb3838-2002"], "parameters": ["public"], "versions": [],
    }  # fmt: skip
    with pytest.raises(UsageError, match="no edition"):
        audit.difference(tmp_path, A, "9")


def test_the_commands_say_it(out):
    def gis_command(*words):
        return CliRunner().invoke(app, [str(word) for word in words])

    assert gis_command("verify", "--out", out).exit_code == 0
    rewrite(out / C / "water.html")
    said = gis_command("verify", "--out", out)
    assert (said.exit_code, "water.html was altered" in said.output) == (1, True)
    assert "0 figures differ" in gis_command("diff", A, B, "--out", out).output
