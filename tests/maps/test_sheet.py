"""A map sheet read back: its ratio measured, its legend counted, its text taken out of the PDF, nothing cut off."""

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from dataclasses import replace

import fake_book
import geopandas as gpd
import numpy as np
import pytest
import shapely
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from pyproj import Transformer

from gis.base.errors import FileError, UsageError
from gis.base.messages import speaking
from gis.catalogue.model import Words
from gis.look import Mark
from gis.maps.layers import BASE, Picture
from gis.maps.sheet import Ask, cut, found, letters_of, pdf, pdf_file, sheet, svg
from gis.maps.sheet.drawing import Group, Label, Path, each, seen, width_of, wrapped
from gis.maps.sheet.ground import ground_of, pictured, ratio_of, rows_of, styles
from gis.maps.sheet.view import PRESETS

NS = "{http://www.w3.org/2000/svg}"
DAY = "2026-11-29"
STRANGE = "<script>alert(1)</script>\u202e=cmd()|'&\"" + "很长的名称" * 60


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


@pytest.fixture(scope="module")
def public():
    return fake_book.make(public=True)


def drawn(book, preset="planner", lang="zh", **ask):
    with speaking(lang):
        return sheet(book, Ask(preset, DAY, **ask))


def group(made, name):
    return next((one for one in made.items if one.id == name), None)


def texts(made, name):
    return [one.text for one in each(group(made, name).items) if isinstance(one, Label)]


def layer(made, id_):
    return next(one for one in group(made, "map").items if one.id == f"layer-{id_}")


def blocky(path, letters, *, rights=0):
    """Write a TrueType font whose letters are all the same block, half as wide where they are ASCII."""
    pen = TTGlyphPen(None)
    for at, spot in enumerate([(50, 0), (50, 700), (450, 700), (450, 0)]):
        (pen.lineTo if at else pen.moveTo)(spot)
    pen.closePath()
    names = {ord(one): f"u{ord(one):x}" for one in letters}
    order = [".notdef", *names.values()]
    made = FontBuilder(1000, isTTF=True)
    made.setupGlyphOrder(order)
    made.setupCharacterMap(names)
    made.setupGlyf(dict.fromkeys(order, pen.glyph()))
    made.setupHorizontalMetrics(
        {".notdef": (500, 0), **{names[ord(one)]: (500 if one.isascii() else 1000, 0) for one in letters}}
    )
    made.setupHorizontalHeader(ascent=800, descent=-200)
    made.setupNameTable({"familyName": "Blocky", "styleName": "Regular", "psName": "Blocky"})
    made.setupOS2(fsType=rights)
    made.setupPost()
    made.save(path)
    return path


def read_pdf(data, tmp_path, *options):
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not here")
    (tmp_path / "x.pdf").write_bytes(data)
    done = subprocess.run(["pdftotext", *options, tmp_path / "x.pdf", "-"], capture_output=True, check=True)
    assert not done.stderr, done.stderr
    return done.stdout.decode()


EVERY = [(preset, lang, paper) for preset in PRESETS for lang, paper in (("zh", "A4"), ("en", "A3"))]


@pytest.mark.parametrize(("preset", "lang", "paper"), EVERY)
def test_nothing_lies_outside_the_paper_and_no_name_outside_the_map(book, preset, lang, paper):
    made = drawn(book, preset, lang, paper=paper)
    assert sorted((made.width, made.height)) == {"A4": [210, 297], "A3": [297, 420]}[paper]
    for one in each(made.items):
        if isinstance(one, Path):
            points = np.concatenate([*one.rings])
            low, high = points.min(axis=0), points.max(axis=0)
        else:
            wide = min(width_of(one.text, one.size), one.room or np.inf)
            left = one.x - {"start": 0, "middle": wide / 2, "end": wide}[one.anchor]
            low, high = (left, one.y - one.size), (left + wide, one.y + one.size * 0.3)
        assert min(low) >= 0, one
        assert high[0] <= made.width, one
        assert high[1] <= made.height, one
    frame = group(made, "frame").items[0].rings[0]
    for name in [one for one in each(group(made, "map-names").items) if isinstance(one, Label)]:
        assert frame[:, 0].min() < name.x < frame[:, 0].max()


@pytest.mark.parametrize("preset", PRESETS)
def test_what_is_drawn_is_as_large_as_the_ratio_says(book, preset):
    root = ET.fromstring(svg(drawn(book, preset)))
    assert root.get("width") == f"{root.get('viewBox').split()[2]}mm"
    border = next(one for one in root.iter(f"{NS}g") if one.get("id") == "layer-base_county")
    numbers = re.findall(r"[\d.]+", border.find(f"{NS}path").get("d"))
    points = np.array(numbers, dtype=float).reshape(-1, 2)
    west, south, east, north = book.catalogue.county.extent
    to_zone = Transformer.from_crs(4490, 4549, always_xy=True)
    known = np.array([to_zone.transform(*spot) for spot in ((east, south), (west, north))])
    paper = np.array([points[(points @ way).argmax()] for way in ((1, 1), (-1, -1))])
    metres, millimetres = (np.hypot(*(one[0] - one[1])) for one in (known, paper))
    told = next(one.text for one in root.iter(f"{NS}text") if (one.text or "").startswith("1:"))
    ratio = int(told[2:].replace(",", ""))
    assert metres * 1000 / millimetres == pytest.approx(ratio, rel=0.001)
    assert ratio in [one * 10**power for one in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8) for power in range(7)]


def test_a_picture_lies_where_its_degrees_are_and_the_legend_has_the_classes_that_are_seen(book, tmp_path):
    made = drawn(book)
    frame = group(made, "frame").items[0].rings[0]
    box = (*frame.min(axis=0), *frame.max(axis=0))
    west, south, east, north = book.catalogue.county.extent
    marks = tuple(
        Mark(name, name, name, line="#000000", fill=fill)
        for name, fill in (("wood", "#106010"), ("town", "#C01010"), ("none", "#0000C0"))
    )
    shot = np.full((80, 100, 4), (0x10, 0x60, 0x10, 255), "uint8")
    shot[40, 30] = (0xC0, 0x10, 0x10, 255)
    picture = Picture("cover", ("地表", "Cover"), BASE, ((2020, shot), (2024, shot)), (west, south, east, north),
                      marks, ("注", "note"))  # fmt: skip
    to_zone = Transformer.from_crs(4490, 4549, always_xy=True)
    east_m, north_m = to_zone.transform((west + east) / 2, (south + north) / 2)
    ground = ground_of((east_m - 3e4, north_m - 3e4, east_m + 3e4, north_m + 3e4), 40, box)
    image, kept = pictured(picture.of(2023), ground)
    assert [one.key for one in kept.marks] == ["wood", "town"]
    assert kept.title == ("地表 · 2020", "Cover · 2020")
    assert picture.of(2019) is None
    red = np.argwhere(image.pixels[..., 0] == 0xC0).mean(axis=0) + 0.5
    paper = red[::-1] / image.pixels.shape[1::-1] * (box[2] - box[0], box[3] - box[1]) + box[:2]
    spot = to_zone.transform(west + 30.5 / 100 * (east - west), north - 40.5 / 80 * (north - south))
    assert paper == pytest.approx(ground.on_paper(np.array([spot]))[0], abs=0.3)
    assert (image.pixels[0, 0] == 0).all(), "outside of the picture nothing is drawn"
    told = [one.text for one in rows_of([], [kept, replace(kept, title=("", "Cover · 2024"), side="right")])]
    assert told == ["Base map", "Cover · 2020", "Cover · 2024", "wood", "town", "note"]
    made = replace(made, items=(*made.items, Group("picture", (image,))))
    (shown,) = ET.fromstring(svg(made)).iter(f"{NS}image")
    assert shown.get("href").startswith("data:image/png;base64,")
    face = blocky(tmp_path / "f.ttf", {*letters_of(made), *pdf_file.PROBE, " "})
    read_pdf(data := pdf(made, cut(face, letters_of(made))), tmp_path)
    assert data.count(b"/SMask") == 1


def test_the_mu_of_a_town_stand_by_its_name(book):
    made = drawn(book, "land", "en")
    areas = [float(one[:-3].replace(",", "")) for one in texts(made, "map-names") if one.endswith(" mu")]
    assert sum(areas) == pytest.approx(sum(
        float(one.split(" · ")[1][:-3].replace(",", "")) for one in texts(made, "legend")[: len(areas)]
        if " · " in one and one.endswith(" mu")
    ), abs=1)  # fmt: skip


def test_the_scale_bar_is_as_long_as_it_says(book):
    made = drawn(book)
    bar = [one for one in group(made, "scale").items if isinstance(one, Path) and one.closed][:4]
    long = max(one.rings[0][:, 0].max() for one in bar) - min(one.rings[0][:, 0].min() for one in bar)
    told = next(one for one in texts(made, "scale") if one.endswith("km"))
    assert long * made.ratio / 1e6 == pytest.approx(float(told.removesuffix(" km")))


def test_the_finest_round_ratio_that_fits_is_taken():
    assert ratio_of((0, 0, 20_000, 10_000), 200, 150) == 100_000
    assert ratio_of((0, 0, 20_001, 10_000), 200, 150) == 125_000
    assert ratio_of((0, 0, 10, 10_000), 200, 150) == 80_000


def test_the_legend_lists_what_is_drawn_and_how_many(book):
    made = drawn(book)
    told = texts(made, "legend")
    parcels = book.tables["parcels"]
    states = parcels["state"].fillna("no_data").value_counts()
    shared = book.tables["overlaps"]
    loser = shared["parcel_id"].where(shared["parcel_id"] != shared["counted_for"], shared["other_id"])
    off = parcels["parcel_id"].map(shared["area_m2"].groupby(loser).sum()).fillna(0.0) * 3 / 2000
    own = parcels["area_legal_mu"] - off  # ground of two parcels is of one of them
    words = {"认定": "identified", "批准": "approved", "入库": "recorded", "无数据": "no_data"}
    for word, state in words.items():
        count = told[told.index(word) + 1]
        area = own[parcels["state"].fillna("no_data") == state].sum()
        assert count == f"{states[state]} · {area:,.0f} 亩"
    assert "处置" not in told, "no parcel has this state"
    drawn_parcels = [one for one in layer(made, "parcels").items if isinstance(one, Path)]
    assert len(drawn_parcels) == len(parcels)
    shown = {one.id for one in group(made, "map").items if one.items}
    assert shown == {f"layer-{one}" for one in (
        "base_towns", "base_county", "base_waters", "control_areas", "growth_boundary", "basic_farmland", "red_lines",
        "parcels", "conflicts",
    )}  # fmt: skip


def test_a_town_is_drawn_alone_and_counted_alone(book):
    parcels, boundaries = book.tables["parcels"], book.tables["boundaries"].set_index("name").geometry
    middle = shapely.centroid(boundaries[parcels["town"]].to_numpy())
    parcels = parcels.set_geometry(gpd.GeoSeries(shapely.buffer(middle, 0.002), crs=4490))
    book = replace(book, tables={**book.tables, "parcels": parcels})
    name = book.catalogue.county.towns[6].name
    own = parcels[parcels["town"] == name.zh]
    made = drawn(book, town=name.en)
    assert name.zh in made.title
    assert len([one for one in layer(made, "parcels").items if isinstance(one, Path)]) == len(own)
    told = texts(made, "legend")
    counts = [int(one.split(" · ")[0]) for one in told if re.fullmatch(r"\d+ · [\d.,]+ 亩", one)]
    assert sum(counts) == len(own)
    lines = told[told.index("三条控制线与管控区域") : told.index("更新地块")]
    assert not any("亩" in one for one in lines), (
        "亩 of a line that reaches beyond the town are not the town's"
    )


def test_a_year_shows_its_parcels_and_what_of_them_touches(book):
    made = drawn(book, year=2023)
    parcels = book.tables["parcels"]
    own = parcels[parcels["plan_year"] == 2023]
    assert len([one for one in layer(made, "parcels").items if isinstance(one, Path)]) == len(own)
    pieces = book.tables["pieces"]
    touching = pieces[pieces["parcel_id"].isin(own["parcel_id"]) & ~pieces["sliver"]]
    assert len(layer(made, "conflicts").items) == len(touching) == 1
    assert any(one.startswith("2023 年") for one in texts(made, "title"))


@pytest.mark.parametrize(
    ("preset", "lang", "said"), [("water", "zh", "2019 年没有可画的数据"), ("land", "en", "nothing of 2019")]
)
def test_a_year_without_data_is_refused(book, preset, lang, said):
    with speaking(lang), pytest.raises(UsageError) as told:
        sheet(book, Ask(preset, DAY, year=2019))
    with speaking(lang):
        assert said in told.value.message()


def test_what_there_is_not_is_refused_by_name(book):
    for ask in ({"preset": "map"}, {"preset": "air", "paper": "A5"}):
        with pytest.raises(UsageError, match=r"A5|map"):
            Ask(made_on=DAY, **ask)
    with pytest.raises(UsageError, match="Nowhere"):
        sheet(book, Ask("air", DAY, town="Nowhere"))
    with pytest.raises(UsageError, match="no data has shapes"):
        sheet(fake_book.make(only=("sections",)), Ask("land", DAY))


def test_a_sheet_of_restricted_layers_says_so_and_has_a_grid(book):
    made = drawn(book)
    assert texts(made, "stamps") == ["内部资料", "示例数据"]
    below = " ".join(texts(made, "title"))
    assert "永久基本农田" in below
    assert "知悉范围" in below
    assert "内部用图" in texts(made, "scale")
    assert [one for one in texts(made, "grid-numbers") if one.startswith("40")]
    assert "第 40 带" in "".join(texts(made, "foot"))
    assert "CGCS2000" in "".join(texts(made, "foot"))


def test_a_public_sheet_has_no_withheld_layer_no_grid_and_no_claim_to_be_reviewed(public):
    made = drawn(public)
    whole = svg(made)
    assert group(made, "grid-lines") is None
    assert group(made, "grid-numbers") is None
    assert "坐标网" not in whole
    assert "layer-basic_farmland" not in whole
    assert "永久基本农田" not in texts(made, "legend")
    assert "永久基本农田" in " ".join(texts(made, "title")), "what it lacks is said"
    assert texts(made, "stamps") == ["示例数据"]
    assert "未经地图审核，不得公开使用" in texts(made, "scale")
    assert "审图号：苏S（2026）001号" in texts(drawn(public, review_no="苏S（2026）001号"), "scale")


def test_cases_of_households_have_no_name_on_paper(book):
    made = drawn(book, "land")
    cases = book.tables["farmland_cases"]["name"].dropna() if "farmland_cases" in book.tables else []
    assert not {seen(one) for one in cases} & {*texts(made, "map-names")}
    assert {"海虞子站"} <= {*texts(drawn(book, "air"), "map-names")}


def test_grey_print_tells_parcels_lines_and_classes_apart(book):
    from gis.maps.pages import planner

    (parcels,) = planner.parcels(book, planner._pieces(book))
    kinds = [(tile.kind if tile else None, mark.dash) for mark, tile in styles(parcels).values()]
    assert len({*kinds}) == len(kinds)
    lines = [styles(one)[one.entries[0].mark.key] for one in planner._lines(book)]
    assert len({(tile.kind if tile else None) for _, tile in lines}) == len(lines)
    made = drawn(book, "water")
    signs = [one.text for one in each(group(made, "map").items) if isinstance(one, Label)]
    assert {"Ⅰ", "Ⅱ", "Ⅲ"} <= {*signs}, "each section shows its class as a numeral"


def strange(book):
    county = book.catalogue.county
    towns = tuple(one.model_copy(update={"name": Words(zh=one.name.zh, en=STRANGE)}) for one in county.towns)
    named = county.model_copy(update={"name": Words(zh=STRANGE, en=STRANGE), "towns": towns})
    return replace(book, catalogue=book.catalogue.model_copy(update={"county": named}))


@pytest.mark.parametrize("preset", PRESETS)
def test_a_hostile_name_stays_text_and_a_long_one_stays_on_the_paper(book, preset):
    made = drawn(strange(book), preset)
    root = ET.fromstring(svg(made))
    assert not [
        one
        for one in root.iter()
        if one.tag.removeprefix(NS) in ("script", "img", "a", "image", "use", "style")
    ]
    assert "<script>alert(1)</script>=cmd()" in root.find(f"{NS}title").text
    assert "\u202e" not in svg(made)
    assert "href" not in svg(made)
    for one in each(group(made, "title").items):
        assert one.x + width_of(one.text, one.size) <= made.width - 8
    assert texts(made, "title")[1].endswith("…")


def test_lines_are_broken_within_their_room_and_lose_nothing():
    text = "Permanent basic farmland（internal）永久基本农田，长期" + "x" * 50
    lines = wrapped(text, 2.5, 20)
    assert all(width_of(one, 2.5) <= 20 for one in lines if " " in one or len(one) < 24)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(("preset", "lang", "paper"), EVERY)
def test_the_text_of_the_pdf_is_that_of_the_sheet(book, preset, lang, paper, tmp_path):
    made = drawn(book, preset, lang, paper=paper)
    face = blocky(tmp_path / "f.ttf", {*letters_of(made), *pdf_file.PROBE, " "})
    data = pdf(made, cut(face, letters_of(made)))
    assert data == pdf(made, cut(face, letters_of(made)))
    assert data.count(b"/Type /Page ") == 1
    plain = "".join(read_pdf(data, tmp_path, "-raw").split())
    for one in each(made.items):
        if isinstance(one, Label):
            assert "".join(one.text.split()) in plain, one
    boxes = re.findall(
        r'xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)"',
        read_pdf(data, tmp_path, "-bbox"),
    )
    assert boxes
    for box in boxes:
        left, top, right, bottom = (float(one) / 72 * 25.4 for one in box)
        assert 0 <= left <= right <= made.width
        assert -1 <= top <= bottom <= made.height


def test_a_font_of_the_machine_is_cut_down_and_read_back(book, tmp_path):
    try:
        face = found()
    except FileError:
        pytest.skip("no Chinese font is here")
    made = drawn(book)
    part = cut(face, letters_of(made))
    assert part.absent == ()
    assert len(part.data) < 400_000 < face.stat().st_size
    plain = "".join(read_pdf(pdf(made, part), tmp_path, "-raw").split())
    for one in [*texts(made, "title"), *texts(made, "legend"), *texts(made, "scale"), *texts(made, "foot")]:
        assert "".join(one.split()) in plain
    assert all(
        part.width(one.text, one.size) <= width_of(one.text, one.size)
        for one in each(made.items)
        if isinstance(one, Label)
    )


def test_a_letter_that_the_font_lacks_is_told_and_stands_as_another(book, tmp_path):
    made = drawn(book)
    letters = {*letters_of(made), *pdf_file.PROBE, " "}
    part = cut(blocky(tmp_path / "f.ttf", letters - {"镇"} | {"〓"}), letters_of(made))
    assert part.absent == ("镇",)
    assert part.codes["镇"] not in {part.codes[one] for one in letters_of(made) - {"镇"}}
    assert "镇" not in read_pdf(pdf(made, part), tmp_path)


def test_without_a_font_the_tool_says_which_it_needs(monkeypatch, tmp_path):
    monkeypatch.setattr(pdf_file, "_of_the_machine", lambda: iter(()))
    for lang, said in (("zh", "本机没有找到"), ("en", "this machine has none")):
        with speaking(lang), pytest.raises(FileError) as told:
            found()
        with speaking(lang):
            assert all(one in told.value.message() for one in (said, "--font", "SimSun", ".svg"))
    latin = blocky(tmp_path / "latin.ttf", "Aa0 ")
    locked = blocky(tmp_path / "locked.ttf", f"{pdf_file.PROBE} ", rights=2)
    (tmp_path / "none.ttf").write_bytes(b"no font")
    for path, said in (
        (latin, "no Chinese letters"),
        (locked, "forbids"),
        (tmp_path / "none.ttf", "no font file"),
        (tmp_path / "x", "no font file"),
    ):
        with pytest.raises(FileError, match=said):
            found(path)


def test_groups_are_clipped_to_the_map(book):
    made = drawn(book)
    frame = group(made, "frame").items[0].rings[0]
    left, top = frame.min(axis=0)
    right, bottom = frame.max(axis=0)
    assert group(made, "map").clip == (left, top, right, bottom)
    assert isinstance(group(made, "map-names"), Group)
