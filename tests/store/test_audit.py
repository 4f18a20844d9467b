"""What was altered after it was published is found, and two editions are compared by their manifests alone."""

import hashlib
import json
import shutil

import pytest
from fake_edition import A, B, C, publish
from typer.testing import CliRunner

from gis.base.errors import UsageError
from gis.base.hashing import of_file
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


def turn(path):
    """Turn one byte in the middle of a file into another letter."""
    content = bytearray(path.read_bytes())
    at = len(content) // 2
    content[at] = ord("z" if content[at] != ord("z") else "y")
    path.write_bytes(bytes(content))


def swap(one, other):
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


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
    "a byte of a page": (lambda out: turn(out / C / "water.html"), C, "water.html was altered"),
    "a byte of a table": (lambda out: turn(out / C / "tables" / "figures.csv"), C, "tables/figures.csv was altered"),
    "a byte of the manifest": (lambda out: turn(out / C / "manifest.json"), C, "manifest.json was altered"),
    "a byte of a link": (lambda out: turn(link(out, B)), C, "that one was altered or is missing"),
    "two links swapped": (lambda out: swap(link(out, A), link(out, B)), B, "is not the link it is named for"),
    "two links renamed": (lambda out: (link(out, B).rename(out / "history" / "x"), link(out, C).rename(
        out / "history" / f"00002-{C}.json"), (out / "history" / "x").rename(out / "history" / f"00003-{B}.json")),
        B, "is not the link it is named for"),
    "a link under another name": (lambda out: link(out, B).rename(out / "history" / "00002-2021-12-31-0000000d.json"),
        "2021-12-31-0000000d", "is not the link it is named for"),
    "a file added to the history": (lambda out: (out / "history" / "x.json").write_text("{}"), C,
        "history/x.json was not published"),
    "an edition added": (lambda out: shutil.copytree(out / C, out / "2021-12-31-0000000d"), C,
        "2021-12-31-0000000d was not published"),
    "a link added": (lambda out: shutil.copy(link(out, C), out / "history" / f"00004-{A}.json"), A,
        "is not the link it is named for"),
    "files of a link that are none": (lambda out: link(out, C).write_text(
        link(out, C).read_text("utf-8").replace('"files": {', '"files": [], "sm3": 3, "x": {'), "utf-8"), C,
        "manifest.json was altered"),
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


def chained(out, name, **more):
    prepare(out)
    shelf.publish(
        out,
        name,
        {"a.html": name},
        {"edition": name, **more},
        lambda folder: None,
        lambda link: link.sha256,
        sm3=True,
    )


def test_a_county_that_asks_has_sm3_beside_and_each_is_checked(tmp_path, monkeypatch):
    chained(tmp_path, A)
    chained(tmp_path, B)
    manifest = json.loads(link(tmp_path, B).read_text("utf-8"))
    pages = hashlib.new("sm3", (tmp_path / B / "a.html").read_bytes()).hexdigest()
    assert manifest["sm3"] == {
        "previous": hashlib.new("sm3", link(tmp_path, A).read_bytes()).hexdigest(), "files": {"a.html": pages}
    }  # fmt: skip
    assert faults(tmp_path) == []
    said = CliRunner().invoke(app, ["--lang", "en", "verify", "--out", str(tmp_path)]).output
    assert hashlib.new("sm3", link(tmp_path, B).read_bytes()).hexdigest() in said
    monkeypatch.setattr(
        audit, "of_file", lambda path, kind="sha256": "0" if kind == "sm3" else of_file(path, kind)
    )
    assert {fault for _, fault in faults(tmp_path) if "a.html" in fault} == {"a.html was altered"}
    assert any("that one was altered" in fault for _, fault in faults(tmp_path))


def test_sm3_of_the_standard_is_what_is_computed(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")  # GB/T 32905, example 1
    expected = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert of_file(tmp_path / "a", "sm3") == expected


def test_a_python_without_sm3_says_so(tmp_path, monkeypatch):
    chained(tmp_path, A)

    def new(kind, *_):
        raise ValueError(f"unsupported hash type {kind}")

    monkeypatch.setattr("gis.base.hashing.hashlib.new", new)
    with pytest.raises(UsageError, match="cannot compute SM3"):
        audit.require("sm3")


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
        standards=[{"id": "gb3838-2002", "to": None}], versions={"gis": "0.2.0", "code": "1"},
        parameters={"public": False}, rules={"targets.toml": "1", "county.toml": "1"},
    )  # fmt: skip
    _published(
        tmp_path, B, {"same": 1.0, "none": nan, "came": 4.0, "moved": 5.0}, {"samples": {"a.csv": "2", "b.csv": "1"}},
        standards=[{"id": "gb3838-2002", "to": "2026-01-01"}], versions={"gis": "0.2.0", "code": "2"},
        parameters={"public": True}, rules={"targets.toml": "2", "county.toml": "1"},
    )  # fmt: skip
    found = audit.difference(tmp_path, "1", B)
    assert found.figures == [("came", None, 4.0), ("moved", 3.0, 5.0), ("went", 2.0, None)]
    assert found.causes == {
        "inputs": ["samples: a.csv"], "standards": ["gb3838-2002"], "parameters": ["public"], "versions": ["code"],
        "rules": ["targets.toml"],
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
