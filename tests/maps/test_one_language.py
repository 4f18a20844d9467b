"""A page speaks one language: its English leaves only names of places, people, documents and the quoted plan."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pandas as pd
import pytest
from unpacked import specs, unpack

from gis import standards
from gis.base.columns import SHOWN, TABLES, described
from gis.base.package_files import toml_of
from gis.catalogue import load

CHINESE = re.compile(r"[\u4e00-\u9fff]")
IN_ENGLISH = re.compile(r'<(span|tspan) class="en"[^>]*>.*?</\1>', re.DOTALL)
IN_CHINESE = re.compile(r'<(span|tspan) class="zh"[^>]*>.*?</\1>', re.DOTALL)
LEFT_OUT = re.compile(r"<(script|style)\b.*?</\1>|<title>.*?</title>", re.DOTALL)
SWITCHED = re.compile(r'<title data-en="([^"]*)">[^<]*</title>|data-en="([^"]*)"')
FIGURE = re.compile(r"[a-z_]+\.[a-z_0-9]+\.\S+")  # the id of a figure, with what it is of as the data say it
STAMP = (
    "示例数据 / Sample data",
    "中文",
    "中文, switch to Chinese",
    "示例数据",
)  # in both languages for who gets the page; the switch itself
NAMES = (  # columns that hold names of places, people and documents, as files have them
    "name", "town", "zone", "section", "station", "water", "water_body", "lake", "line_name", "receiving_water",
    "station_chief", "river_chief", "person", "owner", "owner_unit", "recorded_by", "payer",
    "document", "document_no", "approval_no", "contract_no", "supervision_no", "permit_no", "identified_no",
    "cleared_no", "disposed_no", "accepted_no", "recorded_no", "reversed_no", "target_document", "sentence", "word",
    "bound", "clause", "source", "file", "layer", "upstream", "downstream", "neighbours", "former_names", "rows",
    "batch", "state_written", "land_use_before", "land_use_after", "remark", "x_items", "flow", "item", "text",
    "feature_id", "set_for", "place",
)  # fmt: skip
SIGNS = re.compile(r"[\W\d_A-Za-zⅠ-Ⅻⅰ-ⅻ年月日第号条款至等]+")


@pytest.fixture(scope="module")
def names(sample_run) -> set[str]:
    """Every name that the data, the catalogue and the standards give."""
    catalogue = load(sample_run.layers)
    found = {
        text
        for one in standards.load().all
        for text in (one.standard, one.name.zh, one.name.en, one.clause or "")
    }
    for layer in catalogue.layers:
        found |= {layer.about.legal_basis or "", layer.about.known_to or ""}
    found |= {rule.clause for rule in catalogue.rules}
    found |= {one.name.zh for one in (*catalogue.county.towns, *catalogue.county.zones, catalogue.county)}
    for path in (sample_run.edition / "tables").glob("*.csv"):
        head = pd.read_csv(path, nrows=0).columns
        for name in {*NAMES} & {*head}:
            found |= {*pd.read_csv(path, usecols=[name], dtype="str")[name].dropna()}
    return {part for text in found for part in SIGNS.split(str(text)) if CHINESE.search(part)}


def english(page: str) -> Iterator[str]:
    """Give what an English reader of a page sees: its texts, its titles and hints, the rows of its workspace."""
    for told in SWITCHED.findall(page):
        yield unescape("".join(told))
    seen = IN_CHINESE.sub("", SWITCHED.sub("", LEFT_OUT.sub("", page)))
    yield from (unescape(text).strip() for text in re.findall(r">([^<]+)<", seen))
    for spec in specs(page):
        yield from (str(pair[1]) for pair in (spec["head"], spec["state"], *spec["fields"], spec["name"]))
        for cells in unpack(spec["packed"])["columns"].values():
            yield from (text for cell in cells for text in _english(cell))


def _english(cell: object) -> list[str]:
    """Give the English of a cell of a workspace: of a pair, of a verdict with its clause, or the value itself."""
    if not isinstance(cell, list):
        return [str(cell)]
    if cell and isinstance(cell[0], list):
        return [str(text) for verdict in cell for text in verdict[1:3]]
    return [str(text) for text in cell[1:2]]


def chinese_left(page: str, names: set[str]) -> set[str]:
    """Name what stays in Chinese and is no name."""
    texts = {
        text
        for text in english(page)
        if CHINESE.search(text) and text not in STAMP and not FIGURE.fullmatch(text)
    }
    plain = {text: re.sub("“[^”]*”", "", text) for text in texts}
    parts = {
        (text, part) for text, told in plain.items() for part in SIGNS.split(told) if CHINESE.search(part)
    }
    known = sorted(names, key=len, reverse=True)
    return {text for text, part in parts if part not in names and not _is_of(part, known)}


def _is_of(part: str, names: list[str]) -> bool:
    """Tell whether a text is put together of names."""
    for name in names:
        part = part.replace(name, "")
    return not CHINESE.search(part)


def test_english_leaves_only_names_and_quotes_in_chinese(sample_run, names):
    pages = [sample_run.out / "index.html", *sample_run.edition.rglob("*.html")]
    left: dict[str, Path] = {}
    for path in pages:
        left |= dict.fromkeys(chinese_left(path.read_text("utf-8"), names), path.name)
    assert left == {}


def test_a_word_left_in_chinese_is_found(sample_run, names):
    page = (sample_run.edition / "water.html").read_text("utf-8")
    zh, en = described("attainment_rate").head
    assert f'<span class="en" lang="en">{en}</span>' in page
    assert chinese_left(page.replace(f'lang="en">{en}<', f'lang="en">{zh}<'), names) == {zh}


def codes_left(page: str, codes: set[str]) -> set[str]:
    """Name the texts of a page's Chinese that are a code, alone or beside its title."""
    texts = re.findall(r">([^<]+)<", IN_ENGLISH.sub("", LEFT_OUT.sub("", page)))
    return {text.strip() for text in texts if {part.strip() for part in unescape(text).split("·")} & codes}


@pytest.fixture(scope="module")
def codes() -> set[str]:
    """The codes that tables store and no reader knows."""
    known = {**toml_of("base/codes.toml"), **toml_of("catalogue/words.toml")}
    return {code for words in known.values() for code in words if re.fullmatch("[a-z]+[a-z_]{4,}", code)}


def test_no_code_is_left_in_the_chinese_of_a_page(sample_run, codes):
    pages = [sample_run.out / "index.html", *sample_run.edition.rglob("*.html")]
    left: dict[str, Path] = {}
    for path in pages:
        left |= dict.fromkeys(codes_left(path.read_text("utf-8"), codes), path.name)
    assert left == {}


def test_a_code_left_in_chinese_is_found(codes):
    assert codes_left("<td>green_space</td><td>unclear·影像判定</td><td>清淤</td>", codes) == {
        "green_space",
        "unclear·影像判定",
    }


def test_every_described_column_has_both_titles():
    told = [one for columns in (*TABLES.values(), *SHOWN.values()) for one in columns.values()]
    assert [one.name for one in told if not one.zh or not one.en or CHINESE.search(one.en)] == []
