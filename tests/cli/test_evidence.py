"""What a verb of the desk writes says what its numbers rest on: sheet 依据, block 依据, down to file and row."""

import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import rasterio
import shapely
from affine import Affine
from read_back import tables_of

from gis.base.columns import titles
from gis.base.messages import shown
from gis.base.own_sheets import about_the_book
from gis.base.units import unit_words
from gis.cli import evidence
from gis.ingest.balance import set_aside

SPACES = re.compile(r"\s+")
EAST, NORTH = 40_571_000, 3_503_000
ENGLISH, CHINESE = ([*titles("basis", one).values()] for one in ("en", "zh"))


def sheet(path, name="evidence", heads=ENGLISH):
    """The rows of the sheet, by the canonical names of its columns."""
    book = openpyxl.load_workbook(path)
    rows = list(book[name if name in book.sheetnames else "依据"].iter_rows(values_only=True))
    assert list(rows[0][: len(heads)]) == heads
    return pd.DataFrame([row[: len(heads)] for row in rows[1:]], columns=list(titles("basis")))


def wrong(found, basis):
    """Name each number and row of a basis of which a cell of the sheet says something else, and each too many."""
    wanted = []
    for at, one in enumerate(basis.numbers, start=1):
        name, how = str(shown(one.name)).strip(), str(shown(one.how))
        unit = unit_words(one.unit)[1]
        wanted.append((at, "number", name, one.value, unit, how, one.texts, None, None, None))
        for row in one.rows.to_dict("records"):
            file, sign, sheet_ = str(row["source"]).partition("#")
            line = None if pd.isna(row["source_row"]) else int(row["source_row"])
            wanted.append((at, "row", "", row["part"], "", "", "", file, sheet_ if sign else None, line))
    told = found[found["part"].isin(["number", "row"])].astype("object")
    told = told.where(told.notna(), None).sort_values(["part", "number"], kind="stable")
    wanted.sort(key=lambda one: (one[1], one[0]))
    pairs = zip(wanted, told.itertuples(index=False), strict=True)
    return [f"{cells} is {one}" for one, cells in pairs if not _says(cells, one)]


def _says(cells, one):
    at, part, name, value, unit, how, texts, file, sheet_, line = one
    same = (cells.number, cells.part, cells.unit or "", cells.texts or "") == (at, part, unit, texts)
    same &= (cells.file, cells.sheet, cells.first, cells.last) == (file, sheet_, line, line)
    same &= (cells.about or "").startswith(name) and (cells.how or "").startswith(how)
    return same and (
        (pd.isna(value) and cells.value is None) or cells.value == pytest.approx(value, rel=1e-12, abs=0)
    )


@pytest.fixture
def bases(monkeypatch):
    """What each sheet is made of."""
    kept, true = [], evidence.lines
    monkeypatch.setattr(evidence, "lines", lambda basis, **how: kept.append(basis) or true(basis, **how))
    return kept


@pytest.fixture
def behind(monkeypatch):
    """What each sheet says beside its numbers: how files were read, and the arguments of the command."""
    kept = {"read": [], "said": []}
    for name, into in (("read_so_far", "read"), ("options_said", "said")):
        true = getattr(evidence, name)
        monkeypatch.setattr(evidence, name, lambda true=true, into=into: kept[into].append(true()) or true())
    return kept


def wrong_settings(found, basis, said):
    """Name each setting and argument of which the sheet says something else, and each too many."""
    told = found.loc[found["part"] == "setting", ["about", "how"]].itertuples(index=False, name=None)
    wanted = [(str(shown(name)), str(shown(value))) for name, value in basis.settings.items()]
    return {*told} ^ {*wanted, *said.items()}


def wrong_left_out(found, reads):
    """Name each row that does not count of which the sheet says something else, and each too many."""
    wanted = [
        (part, cells[0], cells[1], *place(row["source"]), int(row["source_row"]))
        for one in reads
        for part, row, cells in _left_out(one)
    ]
    told = found[found["part"].isin(["superseded", "set aside", "quarantined"])]
    assert (told["first"] == told["last"]).all()
    lines = told[["part", "about", "how", "file", "sheet", "first"]].astype("object")
    rows = lines.where(lines.notna(), "").itertuples(index=False, name=None)
    return {*rows} ^ {tuple(cell or "" for cell in row) for row in wanted}


def _left_out(read):
    for row in read.superseded.to_dict("records"):
        yield "superseded", row, (row["key"], f"replaced by {row['by_source']} row {row['by_source_row']}")
    for idle, row in zip(set_aside(read.rejects), read.rejects.to_dict("records"), strict=True):
        text = "" if pd.isna(row["text"]) else row["text"]
        yield "set aside" if idle else "quarantined", row, (text, shown(row["reason"]))


def place(source):
    file, _, sheet_ = str(source).partition("#")
    return file, sheet_


def wrong_ranges(table, basis):
    """Name the rows behind each number and file that the ranges of a page say otherwise."""
    told = {
        (row["编号"], row["文件"], row["所在表"]): (
            float(row["采用值"].replace(",", "")), _rows_of(row["怎样得出"]), float(row["起行"]), float(row["止行"])
        )
        for row in table.rows
        if row["项"] == "rows"
    }  # fmt: skip
    wanted = {
        (str(at), *place(source)): (len(rows), {*rows["source_row"]}, *rows["source_row"].agg(["min", "max"]))
        for at, one in enumerate(basis.numbers, start=1)
        for source, rows in one.rows.dropna(subset=["source_row"]).groupby("source")
    }  # fmt: skip
    return {key for key in told.keys() | wanted.keys() if not _same(told.get(key), wanted.get(key))}


def _rows_of(text):
    """Give the rows that a text of ranges names, and whether it names more."""
    spans = re.findall(r"(\d+)(?:–(\d+))?", text)
    return {row for first, last in spans for row in range(int(first), int(last or first) + 1)}, "…" in text


def _same(told, wanted):
    if told is None or wanted is None:
        return False
    (n, (rows, more), *ends), (size, behind, *limits) = told, wanted
    return (n, ends) == (size, limits) and (rows < behind if more else rows == behind)


def parts(frame, number, part="row"):
    return frame[(frame["number"] == number) & (frame["part"] == part)]


@pytest.fixture
def desk(files: Path, tmp_path: Path) -> Path:
    """A copy of the files to write beside."""
    shutil.copytree(files, tmp_path, dirs_exist_ok=True)
    return tmp_path


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Files of every kind: parcels with events, lines, rasters, five years of water and two of air."""
    tmp_path = tmp_path_factory.mktemp("desk")
    table = {
        "图斑编号": ["P1", "P2", "P3"], "乡镇": ["梅李镇", "梅李镇", "海虞镇"], "盘活类型": ["低效用地"] * 3,
        "面积(亩)": [10, 20, 30], "验收日期": ["2024-05-01", "2025-03-01", None], "=1+1": ["=2", "x", "y"],
    }  # fmt: skip
    shapes = [shapely.box(EAST + x, NORTH, EAST + x + 100, NORTH + 100) for x in (0, 200, 400)]
    gpd.GeoDataFrame(table, geometry=shapes, crs="EPSG:4528").to_file(tmp_path / "地块.gpkg", driver="GPKG")
    later = [shapes[0], shapely.box(EAST + 200, NORTH, EAST + 260, NORTH + 100)]
    gpd.GeoDataFrame({"图斑编号": ["P1", "P2"]}, geometry=later, crs="EPSG:4528").to_file(
        tmp_path / "后期.gpkg"
    )
    line = gpd.GeoDataFrame({"HXBM": ["H1"], "HXMC": ["示例线"]}, crs="EPSG:4528",
                            geometry=[shapely.box(EAST + 50, NORTH - 9, EAST + 250, NORTH + 200)])  # fmt: skip
    line.to_file(tmp_path / "线.gpkg", layer="STBHHX", driver="GPKG")
    west, north = gpd.GeoSeries(shapes, crs="EPSG:4528").to_crs(4490).total_bounds[[0, 3]]
    for name, code in (("前.tif", 80), ("后.tif", 50)):
        cells, at = np.full((80, 80), code, "uint8"), Affine(1e-4, 0, west - 0.001, 0, -1e-4, north + 0.001)
        with rasterio.open(tmp_path / name, "w", driver="GTiff", width=80, height=80, count=1, dtype="uint8",
                           crs="EPSG:4490", transform=at) as out:  # fmt: skip
            out.write(cells, 1)
    water = [
        {"断面名称": name, "采样日期": f"{year}-{month:02d}-05", "溶解氧(mg/L)": 8.0, "高锰酸盐指数(mg/L)": 4.0,
         "氨氮(mg/L)": round(0.4 + 0.05 * (2025 - year) + 0.01 * month, 3), "总磷(mg/L)": 0.1, "总氮(mg/L)": 1.5,
         "叶绿素a(mg/L)": 0.02, "透明度(m)": 0.5}
        for year in range(2021, 2026) for month in range(1, 13) for name in ("张桥", "湖心")
    ]  # fmt: skip
    pd.DataFrame(water).to_excel(tmp_path / "水.xlsx", index=False)
    listed = {"断面名称": ["张桥", "湖心"], "水体类型": ["河流", "湖库"], "断面级别": ["国考", "省考"],
              "水质目标": ["Ⅲ", "Ⅲ"], "所在水体": ["望虞河", "昆承湖"], "乡镇": ["梅李镇", "海虞镇"]}  # fmt: skip
    pd.DataFrame(listed).to_excel(tmp_path / "断面.xlsx", index=False)
    days = pd.date_range("2024-01-01", "2025-10-31")
    air = [
        {"站点名称": name, "日期": f"{day:%Y-%m-%d}", "PM2.5(µg/m³)": 20 + 100 * (at % 40 == 0), "PM10(µg/m³)": 60,
         "SO2(µg/m³)": 8, "NO2(µg/m³)": 30, "CO(mg/m³)": 0.8, "O3-8h(µg/m³)": 90}
        for at, day in enumerate(days) for name in ("甲站", "乙站", "丙站", "丁站")
    ]  # fmt: skip
    pd.DataFrame(air).to_excel(tmp_path / "空气.xlsx", index=False)
    places = {"站点名称": ["甲站", "乙站", "丙站", "丁站"], "经度": [120.7, 120.8, 120.75, 120.76],
              "纬度": [31.6, 31.6, 31.7, 31.65]}  # fmt: skip
    pd.DataFrame(places).to_csv(tmp_path / "站点.csv", index=False)
    return tmp_path


AS_OF = ("--as-of", "2025-10-31")
VERBS = {
    "area": ("land", "area", "地块.gpkg"),
    "ledger": ("land", "ledger", "地块.gpkg", *AS_OF),
    "conflicts": ("land", "conflicts", "地块.gpkg", "--lines", "线.gpkg", *AS_OF),
    "compare": ("land", "compare", "地块.gpkg", "后期.gpkg"),
    "cover": ("land", "cover", "地块.gpkg", "--before", "前.tif", "--after", "后.tif", "--declared", "renewal"),
    "classify": ("water", "classify", "水.xlsx", "--sections", "断面.xlsx", *AS_OF),
    "assess water": ("water", "assess", "水.xlsx", "--sections", "断面.xlsx", *AS_OF),
    "lakes": ("water", "lakes", "水.xlsx", "--sections", "断面.xlsx", *AS_OF),
    "trend": ("water", "trend", "水.xlsx", *AS_OF),
    "index": ("water", "index", "水.xlsx", "--sections", "断面.xlsx", *AS_OF),
    "outlook": ("water", "outlook", "水.xlsx", "--sections", "断面.xlsx", "--section", "张桥", *AS_OF),
    "aqi": ("air", "aqi", "空气.xlsx", *AS_OF),
    "assess air": ("air", "assess", "空气.xlsx", *AS_OF),
    "budget": ("air", "budget", "空气.xlsx", "--good-rate", "81", "--pm25", "35", *AS_OF),
    "surface": ("air", "surface", "空气.xlsx", "--stations", "站点.csv", *AS_OF),
}  # fmt: skip


OFTEN = ("ledger", "assess water", "assess air")


@pytest.mark.parametrize(
    "verb", [one if one in OFTEN else pytest.param(one, marks=pytest.mark.full) for one in VERBS]
)
def test_every_workbook_names_formula_clause_settings_heads_and_rows(gis, desk, bases, behind, verb):
    result = gis(*VERBS[verb], "-o", "o.xlsx")
    assert result.exit_code == 0, result.output
    found = sheet(desk / "o.xlsx")
    assert wrong(found, bases[-1]) == []
    assert wrong_settings(found, bases[-1], behind["said"][-1]) == set()
    assert wrong_left_out(found, behind["read"][-1]) == set()
    numbers = found[found["part"] == "number"]
    assert len(numbers)
    assert numbers["how"].notna().all()
    assert numbers["texts"].notna().any()
    assert {"setting", "read", "head taken", "row"} <= set(found["part"])
    rows = found[found["part"] == "row"]
    assert rows[["number", "file", "first", "about"]].notna().all(axis=None)
    behind, made_of = set(rows["number"]), " ".join(numbers["how"])
    assert all(
        number in behind or "made of" in how
        for number, how in zip(numbers["number"], numbers["how"], strict=True)
    ), made_of
    if verb not in ("area", "compare", "cover"):
        assert (found["part"].eq("setting") & found["how"].str.contains("2025-10-31")).any()


MUTANTS = {
    "another number": ("_numbers", lambda row: {**row, "value": row["value"] * 2000 / 3}),
    "another unit": ("_numbers", lambda row: {**row, "unit": "m²"}),
    "another clause": ("_numbers", lambda row: {**row, "texts": f"{row['texts']}x"}),
    "the row above": ("_rows", lambda frame: frame.assign(first=frame["first"] - 1)),
    "the part of another row": ("_rows", lambda frame: frame.assign(value=[*frame["value"][::-1]])),
}


def first_and_in_full(mutants):
    first, *others = mutants
    return [first, *(pytest.param(one, marks=pytest.mark.full) for one in others)]


@pytest.mark.parametrize("mutant", first_and_in_full(MUTANTS))
def test_a_wrong_cell_of_the_sheet_is_found(gis, desk, bases, monkeypatch, mutant):
    name, change = MUTANTS[mutant]
    true = getattr(evidence, name)
    rows = name == "_rows"
    made = lambda *given: change(true(*given)) if rows else map(change, true(*given))  # noqa: E731  either kind
    monkeypatch.setattr(evidence, name, made)
    assert gis(*VERBS["ledger"], "-o", "o.xlsx").exit_code == 0
    assert wrong(sheet(desk / "o.xlsx"), bases[-1])


@pytest.mark.parametrize(
    "verb", [one if one in OFTEN else pytest.param(one, marks=pytest.mark.full) for one in VERBS]
)
def test_every_page_has_the_block_folded_at_its_foot_with_ranges_of_rows(gis, desk, bases, verb):
    result = gis(*VERBS[verb], "-o", "o.html")
    assert result.exit_code == 0, result.output
    page = (desk / "o.html").read_text("utf-8")
    block = page[page.index('<details class="rest evidence"') :]
    block = block[: block.index("</details>")]
    assert "<summary>" in block
    assert "open" not in block[: block.index(">")]
    assert re.search(r"rows \d+(–\d+)?", block)
    assert "条款和版本" in block
    (table,) = (one for one in tables_of(page) if one.id == "evidence")
    assert wrong_ranges(table, bases[-1]) == set()
    shown_ = [row for row in table.rows if row["项"] == "number"]
    for row, one in zip(shown_, bases[-1].numbers, strict=True):
        value, texts = row["采用值"].replace(",", ""), SPACES.sub("", row["条款和版本"])
        assert (row["内容"], row["计量"], texts) == (
            str(shown(one.name)).strip(), unit_words(one.unit)[1], SPACES.sub("", one.texts),
        )  # fmt: skip
        assert (value == "" and pd.isna(one.value)) or float(value) == pytest.approx(one.value, abs=6e-5)


def test_the_rows_of_a_number_add_up_to_it(gis, desk):
    for verb, part in (("area", 2), ("ledger", 1), ("ledger", 2), ("compare", 2), ("compare", 3)):
        gis(*VERBS[verb], "-o", "o.xlsx", "--force")
        found = sheet(desk / "o.xlsx")
        number = parts(found, part, "number").iloc[0]
        assert parts(found, part)["value"].sum() == pytest.approx(number["value"], abs=0.01), verb
    gis(*VERBS["conflicts"], "-o", "o.xlsx", "--force")
    found = sheet(desk / "o.xlsx")
    number = found[found["part"] == "number"].iloc[0]
    assert parts(found, number["number"])["value"].sum() == pytest.approx(number["value"], abs=0.01)
    gis(*VERBS["classify"], "-o", "o.xlsx", "--force")
    found = sheet(desk / "o.xlsx")
    for number in found[found["part"] == "number"].to_dict("records"):
        assert len(parts(found, number["number"])) == number["value"]


def test_a_ledger_reads_back_to_the_same_total_whatever_its_evidence_says(gis, desk):
    first = gis(*VERBS["ledger"], "-o", "台账.xlsx")
    assert "依据" in openpyxl.load_workbook("台账.xlsx").sheetnames
    again = gis("land", "ledger", "台账.xlsx", *AS_OF)
    assert again.exit_code == 0, again.output
    totals = [re.search(r"([\d,.]+) mu counted", one.stdout).group(1) for one in (first, again)]
    assert totals[0] == totals[1]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_any_workbook_reads_back_without_the_sheets_that_explain_it(gis, desk, lang):
    before = gis("--lang", lang, *VERBS["area"], "-o", "o.xlsx")
    assert before.exit_code == 0, before.output
    again = gis("--lang", "en", "land", "ledger", "o.xlsx", *AS_OF)
    assert again.exit_code == 0, again.output
    assert "read 3 = kept 3" in again.stdout


def test_it_is_chinese_or_english_and_a_csv_stays_plain(gis, desk):
    gis("--lang", "zh", *VERBS["area"], "-o", "o.xlsx")
    found = sheet(desk / "o.xlsx", "依据", CHINESE)
    assert {"数值", "设置", "读取", "行"} <= set(found["part"])
    gis(*VERBS["area"], "-o", "o.csv")
    assert "evidence" not in (desk / "o.csv").read_text("utf-8-sig")


PAPER = ("land", "ledger", "纸.xlsx", "--answer", "unit:面积=mu", *AS_OF, "-o")


@pytest.fixture
def paper(desk):
    """A list with a row of which the area is not known, and its sum."""
    rows = [
        ["A", "梅李镇", 10, "2025-01-01"],
        ["B", "海虞镇", "不详", "2025-02-01"],
        ["合计", None, 30, None],
        *([f"C{at}", "海虞镇", 5, "2025-02-01" if at != 4 else "2019-02-01"] for at in range(9)),
    ]
    pd.DataFrame(rows, columns=["图斑编号", "乡镇", "面积", "验收日期"]).to_excel("纸.xlsx", index=False)


LINE_MUTANTS = {
    "another setting": ("_settled", lambda line: {**line, "how": f"{line['how']}1"}),
    "another argument": ("_settled", lambda line: {**line, "about": "--as-off"}),
    "a row further": ("_left", lambda line: {**line, "first": line["first"] + 1, "last": line["last"] + 1}),
    "quarantined for set aside": ("_left", lambda line: {**line, "part": "quarantined"}),
    "another reason": ("_left", lambda line: {**line, "how": line["about"]}),
    "a row more": ("_ranges", lambda frame: frame.assign(value=frame["value"] + 1)),
    "another range": ("_ranges", lambda frame: frame.assign(how=frame["how"].str.replace("–", ", "))),
    "its last row": ("_ranges", lambda frame: frame.assign(last=frame["first"])),
}


@pytest.mark.parametrize("mutant", ["", *first_and_in_full(LINE_MUTANTS)])
def test_a_wrong_setting_left_out_row_or_range_is_found(gis, paper, bases, behind, monkeypatch, mutant):
    name, change = LINE_MUTANTS.get(mutant, ("_left", lambda line: line))
    true = getattr(evidence, name)
    whole = name == "_ranges"
    made = lambda *given: change(true(*given)) if whole else map(change, true(*given))  # noqa: E731  either kind
    monkeypatch.setattr(evidence, name, made)
    if not whole:
        assert gis(*PAPER, "o.xlsx").exit_code == 0
        found = sheet("o.xlsx")
        wrong_lines = wrong_settings(found, bases[-1], behind["said"][-1])
        assert bool(wrong_lines | wrong_left_out(found, behind["read"][-1])) == bool(mutant)
    if whole or not mutant:
        assert gis(*PAPER, "o.html").exit_code == 0
        (table,) = (one for one in tables_of(Path("o.html").read_text("utf-8")) if one.id == "evidence")
        assert bool(wrong_ranges(table, bases[-1])) == bool(mutant)


def test_what_was_answered_and_what_does_not_count_is_said_with_its_row(gis, paper):
    result = gis(*PAPER, "o.xlsx")
    assert result.exit_code == 0, result.output
    found = sheet("o.xlsx")
    answer = found[found["part"] == "answer"].iloc[0]
    assert answer["about"] == "unit:面积"
    assert answer["how"].startswith("mu (")
    gone = found[found["part"].isin(["set aside", "quarantined"])]
    assert 4 in gone["first"].tolist()
    assert "set aside 1" in found.loc[found["part"] == "read", "how"].iloc[0]
    rule = found[(found["part"] == "setting") & (found["about"] == "counting rule")]
    assert len(rule) == 1


def test_cells_of_files_are_no_formulas(gis, desk):
    gis(*VERBS["area"], "-o", "o.xlsx")
    cells = [cell for row in openpyxl.load_workbook("o.xlsx")["evidence"].iter_rows() for cell in row]
    assert any(cell.value == "=1+1" for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)


def test_only_a_workbook_of_this_tool_loses_its_notes():
    assert about_the_book(["数据", "说明"], [["图斑编号"], ["图斑编号", "面积"]]) == [False, False]
    assert about_the_book(["数据", "说明", "依据"], [["图斑编号"], ["说明"], CHINESE]) == [False, True, True]
