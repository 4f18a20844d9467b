import re
from dataclasses import replace

import fake_book
import pandas as pd
import pytest
from unpacked import specs, unpack, words

from gis import maps
from gis.catalogue.model import in_both

LEFT_OUT = re.compile(r'<p class="stamp left-out">.*?</p>', re.DOTALL)
SECRETS = ("YN-SECRET-1", "PAYER-SECRET-2", "LEDGER-SECRET-3")


def _with_secrets() -> dict[str, pd.DataFrame]:
    tables = fake_book.make().tables
    lines = tables["control_lines"].copy()
    lines.loc[lines["layer"] == "basic_farmland", "line_id"] = SECRETS[0]
    ledger = pd.DataFrame(
        {"parcel_id": ["CS-2025-0001"], "event": ["recorded"], "date": [pd.Timestamp(2025, 7, 1)],
         "area_mu": [7.77], "document_no": [SECRETS[2]], "layer": ["renewal_ledger"]}
    )  # fmt: skip
    left = pd.DataFrame(
        {"year": [2024], "payer": [SECRETS[1]], "town": ["梅李镇"], "tax_yuan": [1e6], "land_mu": [2.0],
         "reason": ["无占地"], "source": ["data/工业企业税收.xlsx"], "source_row": [3]}
    )  # fmt: skip
    counted = tables["counted"].assign(document_no=SECRETS[2])
    return {
        **tables,
        "control_lines": lines,
        "ledger_events": ledger,
        "tax_left_out": left,
        "counted": counted,
    }


@pytest.fixture(scope="module")
def public():
    """The book as the pipeline makes it with --public: no row of a layer that is not public, nor made of one."""
    book = fake_book.make(public=True)
    tables = _with_secrets()
    pieces, lines = tables["pieces"], tables["control_lines"]
    made_of_them = {"ledger_events", "counted", "unmatched_events", "tax_by_place", "tax_left_out"}
    kept = {name: table for name, table in tables.items() if name not in made_of_them}
    kept["pieces"] = pieces[pieces["line_type"] != "basic_farmland"]
    kept["control_lines"] = lines[~lines["layer"].isin(book.withheld)]
    sources = book.sources[~book.sources["layer"].isin(book.withheld)]
    return replace(book, tables=kept, sources=sources)


def test_the_secrets_of_the_test_are_on_the_pages_of_the_whole_edition():
    book = fake_book.known_to_all(replace(fake_book.make(), tables=_with_secrets()))
    text = "".join(words(page) for page in maps.render(book).values())
    assert all(secret in text for secret in SECRETS)


def test_records_that_few_may_know_are_on_no_page_and_in_no_download_and_each_page_says_so():
    tables = _with_secrets()
    tables["pieces"] = tables["pieces"].assign(
        line_id=SECRETS[0], line_name=SECRETS[0], line_type="basic_farmland"
    )
    pages = maps.render(replace(fake_book.make(), tables=tables))
    for name, page in pages.items():
        assert not [one for one in SECRETS if one in words(page)], name
    (farmland,) = (one for one in specs(pages["planner.html"]) if one["id"] == "basic_farmland")
    assert not farmland["listed"]
    assert not farmland["files"]
    assert len(unpack(farmland["packed"])["columns"]["s"]) == 1, "it is drawn all the same"
    for name in ("planner.html", "land.html", *(one for one in pages if "basic_farmland" in one)):
        assert "记录不上页、不下载（知悉范围：" in pages[name], name


def test_a_public_page_says_nothing_of_what_was_left_out_but_its_name(public):
    layers = [layer for layer in public.catalogue.layers if layer.id in public.withheld]
    told = {*SECRETS, *(f'"id":"{layer.id}"' for layer in layers)}
    for layer in layers:
        told |= {
            layer.title.zh,
            layer.title.en,
            in_both(layer.about.unsure).zh,
            in_both(layer.about.unsure).en,
        } - {""}
    told |= {rule.note.zh for rule in public.catalogue.rules if rule.line == "basic_farmland" and rule.note}
    for name, page in maps.render(public).items():
        assert name.startswith("conflicts/") or LEFT_OUT.search(page), name
        rest = LEFT_OUT.sub("", words(page))
        assert [one for one in told if one in rest] == [], name
