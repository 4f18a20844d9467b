"""两期比对 is read back: workbook, page and console say in each cell what the comparison and its layers have."""

import dataclasses
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely
from books_back import says
from read_back import tables_of

from gis import standards
from gis.base.columns import described
from gis.cli import line_sheets
from gis.desk import compare as desk
from gis.land.compare import compare
from gis.maps.pages import desk as page
from gis.store.printed import Heading

EAST, NORTH = 40_571_000, 3_503_000
CHANGES = {"gained": ("增加", "gained"), "lost": ("减少", "lost"), "kept": ("保留", "kept")}
EQUATIONS = {
    "kept + lost = before": "保留 + 减少 = 前期", "kept + gained = after": "保留 + 增加 = 后期",
    "kept of before = kept of after": "前期保留 = 后期保留", "towns = all": "各乡镇之和 = 全部",
}  # fmt: skip
YES_NO = {True: ("是", "yes"), False: ("否", "no")}
NO_TOWN, SUM = ("乡镇界外", "in no town"), "合计"
MU = 2000 / 3
LINE = ["line_before", "line_after", "town"]


def box(x: float, width: float) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH, EAST + x + width, NORTH + 500)


class Named(NamedTuple):
    """Shapes with the name that each has."""

    shapes: gpd.GeoSeries
    names: list[str]

    def over(self, shape: shapely.Polygon) -> list[str]:
        """What of it lies under a shape, the most ground first."""
        share = self.shapes.intersection(shape).area / shape.area
        found = [(part, name) for part, name in zip(share, self.names, strict=True) if part > 0.001]
        return list(dict.fromkeys(name for _, name in sorted(found, key=lambda one: -one[0])))


@dataclasses.dataclass(frozen=True)
class Layers:
    """Two editions of lines, one of them named in only one edition, one with a strip of 0.4 m, and the towns."""

    before: Named
    after: Named
    towns: Named


def named(boxes: dict[str, tuple[float, float]]) -> Named:
    return Named(gpd.GeoSeries([box(*one) for one in boxes.values()], crs="EPSG:4528"), [*boxes])


LAYERS = Layers(
    named({"甲线": (0, 1000), "H2": (2000, 500), "丙线": (3000, 100)}),
    named({"甲线": (100, 1050), "乙线": (2000, 400), "H4": (3000, 100.4)}),
    named({"梅李镇": (-100, 600), "海虞镇": (500, 900)}),
)


@pytest.fixture
def words(tmp_path: Path) -> list[str]:
    ids = {"甲线": "H1", "乙线": "H3", "丙线": "H4"}
    for name, one in (("前", LAYERS.before), ("后", LAYERS.after)):
        table = {
            "HXBM": [ids.get(told, told) for told in one.names],
            "HXMC": [told if told in ids else None for told in one.names],
        }
        gpd.GeoDataFrame(table, geometry=one.shapes).to_file(tmp_path / f"{name}.gpkg", layer="STBHHX")
    table = {"行政区划代码": ["320581101", "320581102"], "名称": LAYERS.towns.names, "级别": ["乡镇"] * 2}
    gpd.GeoDataFrame(table, geometry=LAYERS.towns.shapes).to_file(tmp_path / "乡镇.gpkg")
    return ["land", "compare", "前.gpkg", "后.gpkg", "--towns", "乡镇.gpkg"]


@pytest.fixture
def made(monkeypatch) -> list:
    """What was compared."""
    kept, true = [], desk.compared
    monkeypatch.setattr(desk, "compared", lambda *told: kept.append(true(*told)) or kept[-1])
    return kept


@pytest.fixture(scope="module")
def compared() -> tuple[Any, line_sheets.Editions]:
    """The comparison of the layers, and the layers as they are given on."""
    tables = [gpd.GeoDataFrame({"name": one.names}, geometry=one.shapes).to_crs(4490).assign(source_row=1)
              for one in (LAYERS.before, LAYERS.after, LAYERS.towns)]  # fmt: skip
    tables[2]["place_code"] = ["320581101", "320581102"]
    edition = standards.load().in_force("parcel_area", pd.Timestamp("2025-01-01").date())
    return compare(tables[0], tables[1], edition, tables[2]), line_sheets.Editions(*tables)


def pieces(rows: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """What each piece is called in both languages, and how large it is."""
    out = []
    for row in gpd.GeoDataFrame(rows).to_crs(4528).to_dict("records"):
        change, shape = row["change"], row["geometry"]
        lines = [[] if change == lacks else one.over(shape)
                 for lacks, one in (("gained", LAYERS.before), ("lost", LAYERS.after))]  # fmt: skip
        towns = [(name, name) for name in LAYERS.towns.over(shape)]
        held = LAYERS.towns.shapes.intersection(shape).area.sum() / shape.area
        told = [*([(one, one) for one in line] for line in lines), towns + [NO_TOWN] * bool(held < 0.999)]
        texts = [("、".join(zh for zh, _ in one), ", ".join(en for _, en in one)) for one in told]
        out.append({
            "change": CHANGES[change], **dict(zip(LINE, texts, strict=True)), "area_mu": row["area_m2"] / MU,
            "area_m2": row["area_m2"], "width_m": row["width_m"], "sliver": YES_NO[bool(row["sliver"])],
        })  # fmt: skip
    return out


def _in_chinese(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"number": at} | {name: cell[0] if isinstance(cell, tuple) else cell for name, cell in row.items()}
        for at, row in enumerate(rows, start=1)
    ]


def by_town(made) -> list[dict[str, Any]]:
    sums = ["before", "gained", "lost", "after", "change"]
    names = [*LAYERS.towns.names, NO_TOWN[0]]
    rows = [{"town": name, **{f"{one}_mu": row[f"{one}_m2"] / MU for one in sums}, "not_reduced": row["not_reduced"]}
            for name, row in zip(names, made.by_town.to_dict("records"), strict=True)]  # fmt: skip
    whole = made.verdict.iloc[0]
    gained, lost = (sum(row[name] for row in rows) for name in ("gained_mu", "lost_mu"))
    rows.append({"town": SUM, "before_mu": whole["area_before_m2"] / MU, "gained_mu": gained, "lost_mu": lost,
                 "after_mu": whole["area_after_m2"] / MU, "change_mu": whole["change_m2"] / MU,
                 "not_reduced": whole["not_reduced"]})  # fmt: skip
    return [row | {"not_reduced": YES_NO[bool(row["not_reduced"])][0]} for row in rows]


def wrong_in_book(path: Path, made) -> list[str]:
    proof = [{"equation": EQUATIONS[row["equation"]], "parts": row["parts"], "residual": 1e6 * row["max_residual_m2"]}
             for row in made.proof.to_dict("records")]  # fmt: skip
    sheets = {
        "两期比对": _in_chinese(pieces(pd.concat([made.gained, made.lost]))), "按乡镇": by_town(made),
        "保留": _in_chinese(pieces(made.kept)), "面积证明": proof,
    }  # fmt: skip
    book, out = openpyxl.load_workbook(path), []
    for name, wanted in sheets.items():
        heads, *found = [*book[name].iter_rows(min_row=3, values_only=True)]
        known = [described(column, "compare_sheet").zh for column in wanted[0]]
        out += [] if [one for one in heads if one] == known else [f"{name}: {heads}"]
        rows = [
            row[: len(known)] for row in found if isinstance(row[0], int) or (row[0] and row[0] != "制表人：")
        ]
        out += [] if len(rows) == len(wanted) else [f"{name}: {len(rows)} rows, not {len(wanted)}"]
        out += [
            f"{name}: {cell!r} is {value!r}"
            for cells, row in zip(rows, wanted, strict=False)
            for cell, value in zip(cells, row.values(), strict=True)
            if not says(cell, value)
        ]
    return out


def wrong_in_page(text: str, made) -> list[str]:
    (table,) = (one for one in tables_of(text) if one.id == "result-table")
    wanted = pieces(made.pieces)
    known = [described(column).zh for column in wanted[0]]
    out = [] if [*table.heads] == known else [f"{table.heads}"]
    out += [] if len(table.rows) == len(wanted) else [f"{len(table.rows)} rows, not {len(wanted)}"]
    for cells, row in zip(table.rows, wanted, strict=False):
        for cell, value in zip(cells.values(), row.values(), strict=True):
            if isinstance(value, tuple):
                same = (str(cell), cell.en) == value
            else:
                number = pd.to_numeric(str(cell).replace(",", ""), errors="coerce")
                same = number == pytest.approx(value, abs=6e-5)
            out += [] if same else [f"{cell} is {value}"]
    return out


def test_every_cell_of_the_workbook_and_the_page_is_that_of_the_comparison(gis, words, made):
    for name in ("变化.xlsx", "变化.html"):
        result = gis(*words, "-o", name)
        assert result.exit_code == 0, result.output
    assert {one["change"][1] for one in pieces(made[-1].pieces)} == {*CHANGES}
    assert wrong_in_book(Path("变化.xlsx"), made[-1]) == []
    assert wrong_in_page(Path("变化.html").read_text("utf-8"), made[-1]) == []


def _other(name: str, change):
    return lambda true: lambda *told: (rows := true(*told)).assign(**{name: change(rows)})


WRONG = {
    "m² for 亩": ("_changes", _other("area_mu", lambda rows: rows["area_m2"])),
    "the line of the other edition": ("_changes", _other("line_before", lambda rows: rows["line_after"])),
    "the town of another piece": ("_changes", _other("town", lambda rows: [*rows["town"][::-1]])),
    "lost for gained": ("_changes", _other("change", lambda rows: [*rows["change"][:-1], "减少"])),
    "a sliver that is none": ("_changes", _other("sliver", lambda rows: ~rows["sliver"].astype("bool"))),
    "a piece left out": ("_changes", lambda true: lambda *told: true(*told).iloc[1:].reset_index(drop=True)),
}
IN_BOOK = {
    "before for after": ("_towns", _other("before_mu", lambda rows: rows["after_mu"])),
    "sign turned": ("_towns", _other("change_mu", lambda rows: -rows["change_mu"])),
    "reduced for not reduced": ("_towns", _other("not_reduced", lambda rows: [*rows["not_reduced"][:-1], "是"])),
    "m² for mm²": ("_equations", _other("residual", lambda rows: rows["residual"] / 1e6)),
    "a number further": ("_numbered", _other("number", lambda rows: rows["number"] + 1)),
}  # fmt: skip


@pytest.mark.parametrize("mutant", ["", *WRONG, *IN_BOOK])
def test_a_wrong_cell_of_the_workbook_is_found(compared, tmp_path, monkeypatch, mutant):
    if mutant:
        name, change = (WRONG | IN_BOOK)[mutant]
        monkeypatch.setattr(line_sheets, name, change(getattr(line_sheets, name)))
    line_sheets.write_changes(*compared, Heading("变化", ""), [], tmp_path / "o.xlsx")
    assert bool(wrong_in_book(tmp_path / "o.xlsx", compared[0])) == bool(mutant)


ON_PAGE = {
    "rounded": ("_cell", lambda true: lambda value: true(round(value) if isinstance(value, float) else value)),
    "the other verdict": ("YES_NO", lambda true: true[::-1]),
    "a column further": ("_value", lambda true: lambda name, row: true(
        name, dict(zip(row, [*row.values()][1:], strict=False))
    )),
}  # fmt: skip


@pytest.mark.parametrize("mutant", ["", *[one for one in WRONG if one != "a piece left out"], *ON_PAGE])
def test_a_wrong_cell_of_the_page_is_found(compared, monkeypatch, mutant):
    if mutant:
        module, (name, change) = (line_sheets, WRONG[mutant]) if mutant in WRONG else (page, ON_PAGE[mutant])
        monkeypatch.setattr(module, name, change(getattr(module, name)))
    text = page.render("变化", line_sheets.changed(*compared))
    assert bool(wrong_in_page(text, compared[0])) == bool(mutant)
