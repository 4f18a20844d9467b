"""Every table of the sample's pages is read back: no cell may show another number than its frame has."""

import datetime as dt
import functools
import importlib
import json
import re
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path

import fake_book
import pandas as pd
import pytest
from composed import Facts, composed
from read_back import Shown, columns_of, faults, layers_of, lists_of, tables_of

from gis.base.messages import MARK
from gis.catalogue import load
from gis.maps.atlas import PAGES

# Heads of cells that no column alone says, by table, and who holds them.
UNREAD = {
    "alerts": "新增 责任人（河长、点位长）",  # a tag; who is not listed: test_alerts_panel.py
    "tasks": "计量 领域", "towns": "指标 结论", "trend": "指标 单位 2021 2022 2023 2024 2025（累计）",
    "town-areas": "上年（同期） 亩均税收(万元) 位次 增减(亩) 年度 计入图斑 计入面积(亩)",  # test_town_pages.py
    "town-sections": "2024_类别 2025（累计）_类别", "town-tasks": "上年完成",
    "sources": "图层 文件 日期 来源", "renewal-pace": "目标", "ledger": "状态 计入年度",
    "changed-parcels": "乡镇(街道)",
    "air-budget": "判断 后期控制要求 目标值 至今", "section-chances": "判断 回测方式 抽样次数",
    "air-chances": "判断 回测方式 抽样次数", "outlook": "判断 后期均值控制要求 指标 目标",
    "air-items": "评价", "air-spells": "说明", "air-changes": "说明", "air-rose": "来风方向",
    "air-index": "不达标项目 首要项目",
    "stations": "参加全市评价 点位长 说明", "pieces": "判定 按最新版本", "slivers": "判定 按最新版本",
    "features": "法律依据 版本 要素", "conflicts": "乡镇(街道) 盘活类型", "tax-left-out": "",
    "compared": "与目标差距 判定 定类因子 本期较此期 说明", "trends": "季节性M-K趋势 秩相关趋势", "samples": "标记",
    "source-limits": "判定", "lakes": "点位", "network": "上游断面 下游断面 相邻断面",
    "glance": "今年判定 判断 后期均值控制要求 本月定类因子 较上年同月 较上月",
    "reaches_year": "上游断面 下游断面 定类因子 时期 相邻断面 说明",
    "reaches_month": "上游断面 下游断面 定类因子 时期 相邻断面 说明",
    "sections_year": "河流/湖库各判", "sections_month": "河流/湖库各判", "evidence": "记录",
    "records": "与公布比较 审核状态", "now": "今年判定", "rule": "例外",
}  # fmt: skip
NOT_PUBLISHED = {"tax-left-out"}  # names of payers
LISTS = ("section_periods_facts", "sections_facts", "section_network_facts", "record", "rule", "now")
CODES = dict.fromkeys(("period", "place", "place_code", "land_use_before", "land_use_after"), str)


@pytest.fixture(scope="module")
def pages(sample_run) -> dict[str, str]:
    files = {"index": sample_run.out / "index.html"}
    for file in sorted(sample_run.edition.rglob("*.html")):
        files[file.relative_to(sample_run.edition).with_suffix("").as_posix()] = file
    return {name: file.read_text(encoding="utf-8") for name, file in files.items()}


@pytest.fixture(scope="module")
def frames(sample_run) -> dict[str, pd.DataFrame]:
    names = [path.name.partition(".")[0] for path in sample_run.tables]
    published = {name: sample_run.table(name, low_memory=False, dtype=CODES) for name in names}
    published["evidence"] = _evidence(sample_run.edition / "tables" / "answers.sqlite")
    days = json.loads((sample_run.edition / "manifest.json").read_text("utf-8"))["as_of_by_subject"]
    as_of = dt.date.fromisoformat(days["land"])
    return composed(published, Facts.of(load(sample_run.layers), as_of))


def _evidence(answers: Path) -> pd.DataFrame:
    """Give the rows behind each figure; one that is a figure itself is named by its id."""
    with closing(sqlite3.connect(answers)) as opened:
        ids = [one for (one,) in opened.execute("select figure_id from figures order by id")]
        blocks = opened.execute("select packed from blocks where name = 'sources' order by at").fetchall()
        sources = [row for (packed,) in blocks for row in json.loads(zlib.decompress(packed))]
        rows = [
            (ids[figure], *(sources[source][1:3] if made_of is None else (ids[made_of], None)), part)
            for figure, packed in opened.execute("select figure, packed from evidence order by figure")
            for part, source, made_of in zip(*json.loads(zlib.decompress(packed)), strict=True)
        ]
    return pd.DataFrame(rows, columns=["figure_id", "source", "source_row", "part"])


@pytest.fixture(scope="module")
def towns(sample_run) -> dict[str, str]:
    return {town.code: town.name.zh for town in load(sample_run.layers).county.towns}


def _wrong(
    pages: Mapping[str, str], frames: Mapping[str, pd.DataFrame], towns: Mapping[str, str]
) -> Iterator[str]:
    for text in pages.values():
        for shown in _tables(text):
            yield from faults(shown, frames, towns)


def _tables(text: str) -> list[Shown]:
    """Every table of a page: those written in it, its lists of facts, and those that its workspace draws."""
    return [*tables_of(text), *lists_of(text), *layers_of(text)]


def test_every_number_of_a_table_is_that_of_its_frame(pages, frames, towns):
    assert not list(_wrong(pages, frames, towns))[:5]


def test_a_column_that_nobody_reads_back_is_named(pages, frames):
    unread = {
        (table, head)
        for text in pages.values()
        for shown in _tables(text)
        if (table := _kind(shown.id)) not in NOT_PUBLISHED
        for head in {*shown.heads} - columns_of(shown, frames)
    }
    named = {(table, head.replace("_", " ")) for table, heads in UNREAD.items() for head in heads.split()}
    assert unread - named == set()


def _kind(table: str) -> str:
    first = table.partition("-")[0]
    return first if first in ("evidence", *LISTS) else table.partition("-20")[0]


def test_method_tables_and_their_words_stand_on_the_method_page_alone(pages):
    tables = {"area-proof", "cwqi", "surface-checks", "section-chances", "air-chances"}
    tables |= {"water-outlook-reliability", "air-budget-reliability"}
    assert {one.id for one in tables_of(pages["method"])} == tables
    rest = {name: text for name, text in pages.items() if name != "method"}
    for name, text in rest.items():
        assert not tables & {one.id for one in tables_of(text)}, name
        assert not [word for word in ("气候态", "种子", "命中", "Brier") if word in text], name
    linked = {one for text in rest.values() for one in re.findall(r'method\.html#([\w-]+)"', text)}
    assert tables - {"water-outlook-reliability", "air-budget-reliability"} <= linked


def test_no_note_reaches_a_reader_in_its_stored_form(pages, sample_run):
    texts = {
        **pages,
        **{table.name: pd.read_csv(table, low_memory=False).to_csv() for table in sample_run.tables},
    }
    assert [name for name, text in texts.items() if MARK in text] == []


def _other(wrong: Mapping[tuple[str, str], str]):
    """Give `shown` with the values of other columns below the heads of some, by table and column."""

    def change(true):
        def shown(book, table, names, /, **cells):
            made = true(book, table, names, **cells)
            other = {name: wrong[table, name] for name in names.split() if (table, name) in wrong}
            told = {name: true(book, table, one)[0] for name, one in other.items()}
            return [one._replace(cell=told[one.name].cell) if one.name in told else one for one in made]

        return shown

    return change


def _as(table: str, name: str, **changed: object):
    """Give `cell_of` with another description of a column: decimals, unit of its cells."""
    return lambda true: (
        lambda book, of, told: true(
            book, of, told._replace(**changed) if (of, told.name) == (table, name) else told
        )
    )


def _shifted(true):
    """Give `drawn` with the cells of a column a row further down."""

    def wrong(id_, title, shown, rows, *held):
        listed = list(rows)
        moved = [listed[-1], *listed[:-1]] if listed else []
        at = {id(row): other for row, other in zip(listed, moved, strict=True)}
        last = next((one for one in reversed(shown) if one.right and one.name), None)
        changed = [
            one if one is not last else one._replace(cell=lambda row, one=one: one.cell(at[id(row)]))
            for one in shown
        ]
        return true(id_, title, changed, listed, *held)

    return wrong


def _swapped(one, other):
    """Give `headed` with the values of two columns changed for each other."""

    def change(true):
        def headed(table, values):
            if one in values and other in values:
                values = {**values, one: values[other], other: values[one]}
            return true(table, values)

        return headed

    return change


def _times(name, times):
    """Give `headed` with the numbers of a column multiplied."""
    return lambda true: (
        lambda table, values: true(
            table, {one: column * times if one == name else column for one, column in values.items()}
        )
    )


MAPS = "gis.maps"
MUTANTS: dict[str, tuple[str, str, Callable[[Callable], Callable]]] = {
    "legal for declared": ("page", "shown", _other({("ledger", "area_declared_mu"): "area_legal_mu"})),
    "columns swapped": ("pages.land", "headed", _swapped("area_mu", "claimed_mu")),
    "sign turned": ("pages.land", "headed", _times("difference_mu", -1)),
    "share not in percent": ("pages.planner", "headed", _times("share", 0.01)),
    "kept for quarantined": ("page", "shown", _other({("sources", "rows_quarantined"): "rows_kept"})),
    "listed for at target": ("page", "shown", _other({("water_rates", "n_at_target"): "n_listed"})),
    "a row further down": ("page", "drawn", _shifted),
    "m² for 亩": ("pages.planner", "headed", _times("area_mu", 2000 / 3)),
    "a reading of another item": ("pages.air", "headed", _times("pm25", 1.1)),
    "yuan for 万元": ("page", "cell_of", _as("tax_by_place", "tax_yuan", show="0")),
    "valid days for good": ("page", "shown", _other({("air_periods", "good_days"): "valid_days"})),
    "a row left out": (
        "pages.planner", "_pieces", lambda true: lambda book: true(book).iloc[1:].reset_index(drop=True),
    ),
    "another code": ("page", "words_of", lambda true: lambda column, table="": {
        code: ("核减", "reversed") if code == "accepted" else words for code, words in true(column, table).items()
    }),
    "a day later": ("page", "moment", lambda true: lambda value: true(value + pd.Timedelta(days=1))),
    "legal for declared in a record": (
        "pages.conflict", "shown", _other({("parcels", "area_declared_mu"): "area_legal_mu"}),
    ),
    "document for river chief": ("pages.section", "shown", _other({("sections", "river_chief"): "target_document"})),
    "a fact left out": ("pages.section", "facts", lambda true: lambda id_, told, row: true(id_, told[1:], row)),
    "facts of another row": ("pages.conflict", "facts", lambda true: lambda id_, told, row: true(
        id_, told, {**row, "plan_year": 2000}
    )),
    "the class of another section": ("pages.waters", "_numeral", lambda true: lambda row, marks: true(
        {**row, "water_class": 1}, marks
    )),
}  # fmt: skip


@functools.cache
def _book():
    return fake_book.make()


def _found() -> Iterator[str]:
    """Read the hand-made county's pages back, each as soon as it is drawn."""
    book = _book()
    frames = {**book.tables, "targets": book.targets, "sources": book.sources, "figures": book.figures}
    frames = composed(frames, Facts.of(book.catalogue, book.days.get("land", book.as_of)))
    towns = {town.code: town.name.zh for town in book.catalogue.county.towns}
    for name, subject, render in (*PAGES[1:], PAGES[0]):  # the dearest last
        made = render(book.of(subject))
        yield from _wrong(made if isinstance(made, dict) else {name: made}, frames, towns)


@pytest.fixture(scope="module")
def unchanged() -> set[str]:
    """Tell what stands already: the ledger, taxes and figures of the hand-made county do not fit each other."""
    found = set(_found())
    assert {re.split("[ :]", one)[0] for one in found} <= {"by-town", "counted_towns", "ledger", "tax"}
    return found


@pytest.mark.parametrize(
    "mutant",
    [one if at % 4 == 0 else pytest.param(one, marks=pytest.mark.full) for at, one in enumerate(MUTANTS)],
)
def test_a_wrong_number_put_in_by_hand_is_found(mutant, unchanged, monkeypatch):
    module, name, change = MUTANTS[mutant]
    where = f"{MAPS}.{module}"
    true = getattr(importlib.import_module(where), name)
    monkeypatch.setattr(f"{where}.{name}", change(true))
    assert any(one not in unchanged for one in _found())
