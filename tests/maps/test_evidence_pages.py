"""Evidence from every number of the scorecard: rows of the trace, bounded, without records that may not be shown."""

import math
import re
from dataclasses import replace
from html import unescape
from urllib.parse import unquote

import fake_book
import pandas as pd
import pytest

from gis.base.figures import assessment, figures_of, finding, rows_of
from gis.catalogue.model import Words
from gis.maps.page import number
from gis.maps.pages import evidence, index

CODE = fake_book.CODE
AREA, COUNT, TAX = (
    f"land.{one}.2025.{CODE}" for one in ("renewed_area", "renewal_parcels", "double_agreement_rate")
)


@pytest.fixture(scope="module")
def book():
    """A figure of twelve parcels, one of two rows of the ledger that few may know, one made of the first figure."""
    made = fake_book.make()
    parcels, sample = made.tables["parcels"], made.tables["counted"]
    ledger = pd.DataFrame(
        {
            "parcel_id": ["甲", "乙"],
            "source": "data/台账.xlsx",
            "source_row": [4, 5],
            "layer": "renewal_ledger",
        }
    )
    found = assessment({}, [
        finding("land.renewed_area", "2025", CODE, 1234.5678, n=12, clause="第2条", edition="area-2008-32",
                evidence=[rows_of("parcels", parcels.head(12), parcels["area_legal_mu"].head(12))]),
        finding("land.renewal_parcels", "2025", CODE, 2, evidence=[rows_of("ledger_events", ledger)]),
        finding("land.double_agreement_rate", "2025", CODE, 50.0, evidence=[figures_of([AREA], [1234.5678])]),
    ])  # fmt: skip
    assert sample is not None
    figures = made.figures[~made.figures["figure_id"].isin([AREA, COUNT, TAX])]
    return replace(
        made, tables={**made.tables, "ledger_events": ledger}, evidence=found.evidence,
        figures=pd.concat([figures, found.figures], ignore_index=True),
    )  # fmt: skip


@pytest.fixture(scope="module")
def pages(book):
    return evidence.render(book)


def proof(pages, figure_id):
    page = pages[f"evidence/{figure_id.partition('.')[0]}.html"]
    return re.search(rf'<section class="proof" id="{re.escape(figure_id)}">.*?</section>', page, re.DOTALL)[0]


def cells(part):
    rows = re.findall(r"<tr>(<td.*?)</tr>", part)
    return [
        [unescape(re.sub(r"<[^>]+>", "", one)) for one in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in rows
    ]


def test_a_figure_has_its_formula_clause_and_first_rows_and_says_how_many_there_are(book, pages):
    part, parcels = proof(pages, AREA), book.tables["parcels"]
    listed = cells(part)
    assert len(listed) == evidence.ROWS
    for (source, line, share, record), row in zip(listed, parcels.itertuples(), strict=False):
        assert (source, line, share) == (row.source, str(row.source_row), number(row.area_legal_mu, 4))
        assert row.parcel_id in record
    assert "共 12 行，列出 8<" in part
    assert 'data-at="planner parcels:0"' in part, "a parcel leads to its place on the map"
    assert "tables/parcels.csv" in part
    assert "第2条" in part
    assert "1,234.57" in part


def test_records_that_few_may_know_stay_out_and_the_page_says_so(pages):
    known = proof(pages, COUNT)
    assert [one[:2] for one in cells(known)] == [["data/台账.xlsx", "4"], ["data/台账.xlsx", "5"]]
    assert "甲" not in known
    assert known.count("记录不上页、不下载（知悉范围：自然资源和规划部门）") == 1
    assert "href" not in known, "not the whole table"
    assert "data-at" not in known, "nor its place on a map"


def test_a_figure_made_of_figures_leads_to_them(pages):
    part = proof(pages, TAX)
    assert f'href="../{evidence.address(AREA)}"' in part
    assert cells(part) == [[AREA, "", "1,234.5678", "= 1,234.5678"]]


def test_every_id_on_a_card_is_a_place_on_a_page(book, pages):
    page = index.render(book)
    ids = [unescape(one) for one in re.findall(r'<p class="id">(.*?)</p>', page)]
    places = {
        unescape(one) for text in pages.values() for one in re.findall(r'class="proof" id="([^"]*)"', text)
    }
    known = set(book.figures["figure_id"])
    assert ids
    assert {one for one in ids if one in known} <= places
    assert f'data-evidence="{book.edition}/evidence/"' in page
    for one in places:
        name, _, anchor = evidence.address(one).partition("#")
        assert unquote(anchor) == one
        assert f'id="{one}"' in unescape(pages[name])


def test_a_parcel_is_drawn_in_its_proportions_and_one_that_few_may_know_is_not(book, pages):
    part = proof(pages, AREA)
    drawn = re.findall(r'<span data-at="planner parcels:(\d+)"><svg [^>]*width="(\d+)" height="(\d+)"', part)
    assert len(drawn) == evidence.ROWS
    for row, wide, high in drawn:
        west, south, east, north = book.tables["parcels"].geometry.iloc[int(row)].bounds
        true = (east - west) * math.cos(math.radians((south + north) / 2)) / (north - south)
        assert (int(wide) - 2) / (int(high) - 2) == pytest.approx(true, abs=0.03)
        assert int(wide) <= 86
        assert int(high) <= 62
    few = {"known_to": Words(zh="甲", en="one")}
    layers = tuple(
        one.model_copy(update={"about": one.about.model_copy(update=few)}) if one.kind == "parcels" else one
        for one in book.catalogue.layers
    )
    told = replace(book, catalogue=book.catalogue.model_copy(update={"layers": layers}))
    assert "<svg" not in proof(evidence.render(told), AREA)
