"""The generated pages leave nothing out, and what the written ones let a reader copy is accepted."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

import gis
from gis import catalogue, standards
from gis.base.figures import indicators
from gis.catalogue.load import MODELS
from scripts.docs_parts import catalogue as keys
from scripts.docs_parts import notebook, reference
from scripts.docs_parts.table import markdown

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
TOML = re.compile(r"^```toml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def generated():
    return reference.pages()


def test_every_key_of_the_catalogue_stands_with_its_meaning():
    page = keys.page()
    for found in MODELS.values():
        for name, field in found.model_fields.items():
            row = next(line for line in page.splitlines() if line.startswith(f"| `{field.alias or name}`"))
            assert re.search(r"[\u4e00-\u9fff]", row.split("|")[-2]), row


def test_a_key_without_a_meaning_is_an_error(monkeypatch):
    class Silent(keys.model.Model):
        silent: str

    monkeypatch.setattr(keys, "MODELS", {"silent": Silent})
    with pytest.raises(KeyError, match="silent"):
        keys.page()


def test_the_pages_name_all_there_is(generated):
    api = generated["reference/api.md"]
    assert [one for one in gis.__all__ if f".{one}\n" not in api] == []
    listed = generated["reference/indicators.md"]
    assert [one for one in indicators() if f"| `{one}` |" not in listed] == []
    texts = generated["reference/standards.md"]
    assert [one.id for one in standards.load().all if f"{{#{one.id}}}" not in texts] == []
    commands = generated["reference/commands.md"]
    assert commands.count("Usage: gis ") == commands.count("\n## gis ") > 20


def test_every_page_stands_in_the_navigation_once(generated):
    settings = tomllib.loads((DOCS / "zensical.toml").read_text("utf-8"))
    named = sorted(pages(settings["project"]["nav"]))
    written = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    notebooks = {path.relative_to(DOCS).with_suffix(".md").as_posix() for path in DOCS.rglob("*.ipynb")}
    assert named == sorted({*written, *notebooks, *generated, "reference/catalogue.md"})


def pages(entries):
    for entry in entries:
        for inner in entry.values():
            yield from [inner] if isinstance(inner, str) else pages(inner)


def test_what_the_page_on_adding_shows_is_a_catalogue(tmp_path):
    folder = tmp_path / "layers"
    shutil.copytree(ROOT / "layers", folder, ignore=shutil.ignore_patterns("data"))
    blocks = TOML.findall((DOCS / "extend.md").read_text("utf-8"))
    assert len(blocks) >= 5
    of_county = [one for one in blocks if one.lstrip().startswith("[county.")]
    with (folder / "county.toml").open("a", encoding="utf-8") as stream:
        stream.write("\n" + "\n".join(of_county))
    more = [one for one in blocks if one not in of_county]
    (folder / "more.toml").write_text("\n".join(more), encoding="utf-8")
    read = catalogue.load(folder, check_files=False)
    assert {"bus_stops", "payers", "patches"} <= {one.id for one in read.layers}
    assert "pm25_2025" in {one.id for one in read.targets}


def test_a_cell_holds_a_bar_and_a_break_as_text():
    assert markdown(["甲"], [["a|b\nc"]]) == "| 甲 |\n| --- |\n| a\\|b c |\n"


def test_a_notebook_becomes_its_text_its_code_and_what_it_printed():
    page = notebook.page(DOCS / "notebooks" / "parcels.ipynb")
    assert page.startswith("# 地块")
    assert "[下载这个笔记本](parcels.ipynb)" in page
    assert "````text\nnp.float64(1563.37)\n````" in page
