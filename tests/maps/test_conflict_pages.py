"""One page a conflict: to read, to print, to trace; and the way to it from the planner's page."""

import base64
import io
import re
from dataclasses import replace

import fake_book
import numpy as np
import pandas as pd
import pytest
from PIL import Image
from shapely.geometry import box
from unpacked import specs, unpack

from gis.base import pictures
from gis.base.errors import UsageError
from gis.base.pictures import COUNTY, NOTHING, Picture
from gis.maps.pages import conflict, planner
from gis.maps.pages.pictures import HEIGHT, WIDTH, Window


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


@pytest.fixture(scope="module")
def pages(book):
    return conflict.render(book)


RED = "conflicts/CS-2021-0000-red_line.html"
FARMLAND = "conflicts/CS-2022-0001-basic_farmland.html"


def with_pieces(book, **columns):
    return replace(book, tables={**book.tables, "pieces": book.tables["pieces"].assign(**columns)})


def test_every_conflict_has_a_page_and_slivers_and_touches_without_conflict_none(book, pages):
    control, boundary = (
        "conflicts/CS-2023-0002-control_area.html",
        "conflicts/CS-2024-0003-growth_boundary.html",
    )
    assert sorted(pages) == [RED, FARMLAND, control], "the piece outside the growth boundary is a sliver"
    severity = ["high", "none", None, "low"]
    assert sorted(conflict.render(with_pieces(book, severity=severity, sliver=False))) == [RED, boundary]


def test_an_edition_has_the_pages_of_the_gravest_and_says_how_the_others_come(book, monkeypatch):
    assert "gis land conflict" not in planner.render(book)
    monkeypatch.setattr(conflict, "PAGES", 2)
    grave = with_pieces(
        book, severity=["medium", "high", "low", "high"], sliver=False, area_mu=[9.0, 1.0, 9.0, 2.0]
    )
    assert [*conflict.render(grave)] == [FARMLAND, "conflicts/CS-2024-0003-growth_boundary.html"]
    assert {parcel for parcel, _ in conflict.addresses(grave)} == {"CS-2022-0001", "CS-2024-0003"}
    assert "其余 2 处需要时生成：gis land conflict" in planner.render(grave)


def test_the_page_of_a_conflict_alone_links_nothing_and_says_the_same(book, pages):
    alone = conflict.page_of(book, "CS-2022-0001")
    assert "<nav" in pages[FARMLAND]
    assert alone == re.sub("<nav.*?</nav>", "", pages[FARMLAND])


@pytest.mark.parametrize(
    ("parcel", "line", "found"),
    [("CS-2099-0000", None, "no conflict"), ("CS-2021-0000", "basic_farmland", "red_line")],
)
def test_a_conflict_that_is_none_is_refused_with_those_there_are(book, parcel, line, found):
    with pytest.raises(UsageError) as caught:
        conflict.page_of(book, parcel, line)
    assert found in caught.value.message()


def test_the_planner_links_every_page_from_its_table_and_its_popups(book, pages):
    told = {one["id"]: unpack(one["packed"])["columns"]["k"] for one in specs(planner.render(book))
            if one["id"] in ("parcels", "conflicts")}  # fmt: skip
    for rows in told.values():
        assert {verdict[3] for row in rows for verdict in row or () if verdict[3]} == set(pages)


def test_a_page_says_verdict_area_share_clause_record_and_sources(pages):
    text = pages[FARMLAND]
    assert "涉及·禁止：图斑 CS-2022-0001 有 1.60 亩（占地块 10.0%）在永久基本农田内。" in text
    assert "1.60 mu (10.0%) of parcel CS-2022-0001 in the permanent basic farmland." in text
    assert "自然资发〔2022〕142号" in text
    assert "<dd>地块1</dd>" in text
    assert "data/renewal_parcels.gpkg" in text
    assert "data/red_lines.gpkg" not in text
    assert "违法。" in text.split("不等于")[1][:4]


def test_a_page_loads_nothing_runs_no_map_script_and_stays_small(pages):
    for text in pages.values():
        assert "L.map" not in text
        assert len(text) < 60_000
        assert text.count('class="extract"') == 1


def test_a_page_is_stamped_for_its_own_line_only(pages):
    assert "示例数据 / Sample data" in pages[RED]
    assert re.search(r"<b>内部资料</b>.*?永久基本农田", pages[FARMLAND].split("<main")[0])
    assert "永久基本农田" not in pages[RED].split("<main")[0]


def test_the_exception_of_the_rule_stands_on_the_page(book):
    text = conflict.render(with_pieces(book, rule_id="renewal_in_basic_farmland"))[FARMLAND]
    assert "有批准文号的历史遗留用地：批准文号已填则为“涉及·历史遗留”" in text


def test_verdict_then_and_now_stand_beside_each_other_with_the_date(book):
    told = with_pieces(
        book, edition="2018版", judging=True, judged_on=pd.Timestamp(2020, 5, 1), judged_by="in_force",
        area_now_m2=200.0, verdict_now="forbidden",
    )  # fmt: skip
    text = conflict.render(told)[RED]
    assert "<td>2018版</td>" in text
    assert "<td>2020-05-01</td>" in text
    assert "涉及·禁止 0.30 亩" in text


def test_a_parcel_that_only_the_newest_edition_touches_says_so(book):
    told = with_pieces(
        book, edition="2023版", judging=False, judged_on=pd.NaT, judged_by="no_approval_date", verdict=None,
        area_now_m2=200.0, verdict_now="review",
    )  # fmt: skip
    text = conflict.render(told)[RED]
    assert "当时未涉及：图斑 CS-2021-0000" in text
    assert "无批准日期，按最新版本" in text


def test_names_are_safe_and_differ_even_where_ids_collide(book):
    pieces, parcels = book.tables["pieces"].copy(), book.tables["parcels"].copy()
    for table in (pieces, parcels):
        table.loc[[0, 1], "parcel_id"] = ["../a/b", "..\\A/b"]
    pieces["line_type"] = "red_line"
    pieces["severity"] = ["high", "high", "none", None]
    names = list(conflict.render(replace(book, tables={**book.tables, "pieces": pieces, "parcels": parcels})))
    assert len(names) == len({name.lower() for name in names}) == 2
    assert all(re.fullmatch(r"conflicts/[^/\\]+\.html", name) for name in names)


def test_hostile_text_is_escaped(book):
    name = fake_book.HOSTILE
    text = conflict.render(with_pieces(book, line_name=name, clause=name, line_id=name))[RED]
    assert "<img src=x" not in text
    assert "<script>window.hacked" not in text


def with_pictures(book, *codes, layers=("land_cover_before", "land_cover_after")):
    """The west of every window is of the first code, its east of the second, one pair a picture."""
    shown = tuple(
        Picture(layer, np.repeat([pair], pictures.HEIGHT, axis=0).repeat(pictures.WIDTH // 2, axis=1), 10.0)
        for layer, pair in zip(layers, codes, strict=True)
    )
    return replace(book, pictures=dict.fromkeys(book.tables["parcels"]["parcel_id"], shown))


def colours(text):
    """Colours of the west and the east of each picture of a page, clear is None."""
    found = []
    for data in re.findall(r'href="data:image/png;base64,([^"]+)"', text):
        image = Image.open(io.BytesIO(base64.b64decode(data)))
        assert image.size == (pictures.WIDTH, pictures.HEIGHT)
        ends = (image.convert("RGBA").getpixel((at, 9)) for at in (9, pictures.WIDTH - 9))
        found.append([None if clear == 0 else f"#{r:02X}{g:02X}{b:02X}" for r, g, b, clear in ends])
    return found


def test_before_and_after_stand_beside_each_other_with_date_legend_and_the_parcel(book):
    text = conflict.render(with_pictures(book, [40, 50], [50, NOTHING]))[RED]
    assert colours(text) == [["#F096FF", "#FA0000"], ["#FA0000", None]]
    told = text.split("前后影像")[1].split("</section>")[0]
    assert "土地覆盖（2020年） · 2020-12-31，像元约 10 m" in told
    assert "Land cover, 2025 · 2025-10-31, pixels of about 10 m" in told
    assert [told.count(word) for word in ("耕地", "建设用地", "林地", "Built-up")] == [1, 1, 0, 1]
    assert told.count('stroke-dasharray="5 4"') == 2 + 1, "the part that touches, on both and in the legend"
    assert len(text) < 60_000


def test_imagery_stands_above_land_cover_with_date_and_source_and_is_clear_without_data(book):
    pair = [0x123456, 0xFEDCBA], [0x0000FF, NOTHING]
    text = conflict.render(with_pictures(book, *pair, layers=("imagery_before", "imagery_after")))[RED]
    assert colours(text) == [["#123456", "#FEDCBA"], ["#0000FF", None]]
    told = text.split("航空或卫星影像")[1].split("</section>")[0]
    assert "影像（2020年） · 2020-12-31，像元约 10 m；来源：示例数据，由土地覆盖生成，非真实影像<" in told
    assert "Imagery, 2025 · 2025-10-31, pixels of about 10 m; source: sample data" in told
    assert "土地覆盖（2020年）、土地覆盖（2025年）在此处没有数据。" in text.split("航空或卫星影像")[1]


def test_a_picture_of_any_colours_stays_small(book):
    shape = (pictures.HEIGHT, pictures.WIDTH)
    noise = np.random.default_rng(1).integers(0, 1 << 24, shape, dtype="int32")
    shown = tuple(Picture(layer, noise, 0.5) for layer in ("imagery_before", "imagery_after"))
    text = conflict.render(replace(book, pictures={"CS-2021-0000": shown}))[RED]
    assert "像元约 0.50 m" in text
    assert len(text) < 60_000 + 2 * 4 / 3 * (pictures.WIDTH * pictures.HEIGHT + 2_000)


def test_a_class_the_catalogue_does_not_know_is_named_by_its_code_in_a_colour_of_its_own(book):
    text = conflict.render(with_pictures(book, [40, 7], [8, 7]))[RED]
    assert "类别 7" in text
    assert "class 8" in text
    (crop, seven), (eight, same) = colours(text)
    assert seven == same
    assert len({crop, seven, eight}) == 3


def test_a_withheld_raster_is_not_shown(book):
    hidden = replace(with_pictures(book, [40, 50], [50, 50]), withheld=("land_cover_after",))
    text = conflict.render(hidden)[RED]
    assert colours(text) == [["#F096FF", "#FA0000"]]
    assert "2025-10-31，像元" not in text


def test_an_internal_raster_stamps_the_page(book):
    layers = [
        one.model_copy(update={"about": one.about.model_copy(update={"confidentiality": "internal"})})
        if one.kind == "land_cover"
        else one
        for one in book.catalogue.layers
    ]
    told = replace(book, catalogue=book.catalogue.model_copy(update={"layers": tuple(layers)}))
    head = conflict.render(with_pictures(told, [40, 50], [50, 50]))[RED].split("<main")[0]
    assert re.search(r"<b>内部资料</b>.*?土地覆盖（2020年）", head)


def test_without_pictures_the_page_says_what_is_missing(book, pages):
    assert "土地覆盖（2020年）、土地覆盖（2025年）在此处没有数据。" in pages[RED]
    assert "影像（2020年）、影像（2025年）在此处没有数据。" in pages[RED]
    layers = tuple(one for one in book.catalogue.layers if one.kind != "imagery")
    without = replace(book, catalogue=book.catalogue.model_copy(update={"layers": layers}))
    assert "影像（2020年）" not in conflict.render(without)[RED]
    every = tuple(layer.id for layer in book.catalogue.layers)
    assert "目录中没有前后影像。" in conflict.render(replace(book, withheld=every))[RED]


def test_the_windows_asked_for_are_those_of_the_pages(book, pages):
    asked = conflict.windows(book)
    assert sorted(asked) == [COUNTY, "CS-2021-0000", "CS-2022-0001", "CS-2023-0002"]
    parcel = book.tables["parcels"].geometry.iloc[0]
    assert asked["CS-2021-0000"] == Window.round(parcel).bounds


def test_a_window_holds_its_parcel_with_room_and_keeps_metres():
    parcel = box(120.75, 31.65, 120.751, 31.651)
    window = Window.round(parcel)
    west, south, east, north = window.bounds
    assert west < 120.75 - 0.0003 and east > 120.751 + 0.0003  # noqa: PT018
    assert south < 31.65 - 0.0003 and north > 31.651 + 0.0003  # noqa: PT018
    corners = window._pixels(np.array([[120.75, 31.65], [120.751, 31.651]]))
    across, down = np.abs(corners[1] - corners[0]) / window.scale
    assert across == pytest.approx(94.8, rel=0.005)
    assert down == pytest.approx(110.9, rel=0.005)
    assert (window._pixels(np.array([[window.lon, window.lat]])) == [WIDTH / 2, HEIGHT / 2]).all()
