"""Drawings (DXF): closed figures with their texts, arcs, layers and open lines."""

from pathlib import Path

import numpy as np
import pytest

from gis.base.errors import CrsError, FileError, FormatError, Question
from gis.base.messages import shown
from gis.catalogue.model import Answer
from gis.ingest import guess_kind
from tests.ingest.forms import EAST, LABEL, NORTH, SQUARE, areas, read


def polyline(layer, points, *, closed=True, bulges=(), at=(EAST, NORTH)):
    lines = [
        "0",
        "LWPOLYLINE",
        "100",
        "AcDbEntity",
        "8",
        layer,
        "100",
        "AcDbPolyline",
        "90",
        str(len(points)),
    ]
    lines += ["70", "1" if closed else "0"]
    for number, (x, y) in enumerate(points):
        lines += ["10", repr(float(at[0] + x)), "20", repr(float(at[1] + y))]
        lines += ["42", str(bulges[number])] if bulges else []
    return lines


def box(layer, x=0, y=0, size=100, **how):
    return polyline(layer, [(x, y), (x + size, y), (x + size, y + size), (x, y + size)], **how)


def text(x, y, written, layer=LABEL):
    return ["0", "TEXT", "100", "AcDbEntity", "8", layer, "100", "AcDbText", "10", str(EAST + x), "20",
            str(NORTH + y), "30", "0", "40", "2", "1", written]  # fmt: skip


def circle(layer, x, y, radius):
    return ["0", "CIRCLE", "100", "AcDbEntity", "8", layer, "100", "AcDbCircle", "10", str(EAST + x), "20",
            str(NORTH + y), "30", "0", "40", str(radius)]  # fmt: skip


def line(layer, start, end):
    ends = ["10", str(EAST + start[0]), "20", str(NORTH + start[1]), "30", "0"]
    ends += ["11", str(EAST + end[0]), "21", str(NORTH + end[1]), "31", "0"]
    return ["0", "LINE", "100", "AcDbEntity", "8", layer, "100", "AcDbLine", *ends]


def hatch(layer, *rings):
    lines = [
        "0",
        "HATCH",
        "100",
        "AcDbEntity",
        "8",
        layer,
        "100",
        "AcDbHatch",
        "10",
        "0",
        "20",
        "0",
        "30",
        "0",
    ]
    lines += ["210", "0", "220", "0", "230", "1", "2", "SOLID", "70", "1", "71", "0", "91", str(len(rings))]
    for number, ring in enumerate(rings):
        lines += ["92", "2" if number else "3", "72", "0", "73", "1", "93", str(len(ring))]
        lines += [one for x, y in ring for one in ("10", str(EAST + x), "20", str(NORTH + y))]
        lines += ["97", "0"]
    return [*lines, "75", "0", "76", "1", "98", "0"]


def drawing(folder: Path, *entities, codec="gb18030", layers=()) -> Path:
    lines = []
    if layers:
        lines += ["0", "SECTION", "2", "TABLES", "0", "TABLE", "2", "LAYER", "70", str(len(layers))]
        lines += [
            one for name, colour in layers for one in ("0", "LAYER", "2", name, "70", "0", "62", str(colour))
        ]
        lines += ["0", "ENDTAB", "0", "ENDSEC"]
    lines += [
        "0",
        "SECTION",
        "2",
        "ENTITIES",
        *[one for entity in entities for one in entity],
        "0",
        "ENDSEC",
        "0",
        "EOF",
    ]
    path = folder / "地块.dxf"
    path.write_bytes(("\n".join(lines) + "\n").encode(codec))
    return path


@pytest.mark.parametrize("codec", ["gb18030", "utf-8", "utf-16"])
def test_texts_in_a_figure_are_its_number_and_its_area(tmp_path, codec):
    path = drawing(
        tmp_path,
        box("JZD"), text(50, 50, "梅李-1"), text(50, 40, "面积：1.0000公顷"),
        box("JZD", 200), text(250, 50, "梅李-2"), text(250, 40, "15.00亩"), codec=codec,
    )  # fmt: skip
    found = read(path)
    assert found.table["parcel_id"].tolist() == ["梅李-1", "梅李-2"]
    assert found.table["area_declared_mu"].tolist() == pytest.approx([15, 15])
    assert areas(found) == [10_000, 10_000]
    assert guess_kind(path) == "parcels"


def test_arcs_have_the_area_of_arcs(tmp_path):
    found = read(drawing(tmp_path, polyline("JZD", [(0, 0), (100, 0)], bulges=(1, 1))))
    assert areas(found) == pytest.approx([2500 * np.pi], abs=0.2)


@pytest.mark.parametrize(
    ("entities", "expected"),
    [
        ([box("JZD"), box("JZD", 20, 20, 10)], [9_900]),
        ([hatch("DK", SQUARE, [(20, 20), (40, 20), (40, 40), (20, 40)]), box("DK", 20, 20, 20)], [9_600]),
        ([box("JZD"), hatch("TC", SQUARE), box("JZD")], [10_000]),
        ([box("JZD"), circle("JZD", 0, 0, 0.5), circle("JZD", 100, 0, 0.5)], [10_000]),
        (
            [line("X", one, other) for one, other in zip(SQUARE, SQUARE[1:] + SQUARE[:1], strict=True)],
            [10_000],
        ),
        ([polyline("JZD", [*SQUARE, (0.004, 0)], closed=False)], [10_000]),
        ([box("JZD"), box("TK", -500, -500, 2000), box("房屋", 10, 10, 20)], [10_000]),
        ([polyline("JZD", SQUARE, at=(NORTH, EAST))], [10_000]),
    ],
)
def test_a_closed_line_is_one_parcel_however_it_is_drawn(tmp_path, entities, expected):
    assert areas(read(drawing(tmp_path, *entities))) == pytest.approx(expected, abs=1)


def test_what_was_left_out_of_a_drawing_is_named(tmp_path):
    found = read(
        drawing(tmp_path, box("JZD"), box("旧界线", 10), ["0", "REGION", "8", "JZD"], layers=[("旧界线", -7)])
    )
    told = found.findings.set_index("code")["message"]
    assert "旧界线" in shown(told["layers_not_taken"])
    assert "REGION" in shown(told["dxf_unread"])


def test_an_open_line_is_a_row_of_the_rejects_with_its_gap(tmp_path):
    found = read(
        drawing(
            tmp_path,
            box("JZD"),
            polyline("JZD", [(200, 0), (300, 0), (300, 100), (200, 100), (200, 3)], closed=False),
        )
    )
    assert areas(found) == [10_000]
    assert "3.000 m" in shown(found.rejects["reason"][0])


def test_figures_on_two_layers_are_asked_about_and_the_answer_holds(tmp_path):
    path = drawing(tmp_path, box("甲"), box("乙", 200))
    with pytest.raises(Question) as told:
        read(path)
    assert [one.value for one in told.value.choices] == ["甲", "乙", "甲、乙"]
    assert len(read(path, part="甲、乙").table) == 2
    assert len(read(path, answers={"layers": Answer(value="乙")}).table) == 1


def test_a_labelled_figure_inside_another_is_asked_about(tmp_path):
    path = drawing(tmp_path, box("JZD"), box("JZD", 20, 20, 30), text(70, 70, "CS-1"), text(25, 25, "CS-2"))
    with pytest.raises(Question):
        read(path)
    assert areas(read(path, answers={"nested": Answer(value="parcel")})) == [9_100, 900]
    assert areas(read(path, answers={"nested": Answer(value="hole")})) == [9_100]


@pytest.mark.parametrize(
    ("entities", "error", "says"),
    [
        ([box("JZD", at=(567_000, NORTH))], CrsError, "no coordinate system"),
        ([box("JZD"), box("JZD", at=(39_567_000, NORTH))], CrsError, "not of one zone"),
        ([box("JZD"), text(0, -50, "1980西安坐标系")], CrsError, "西安80"),
        ([["0", "REGION", "8", "JZD"]], FormatError, "REGION"),
        ([line("X", (0, 0), (5, 5))], FileError, "no closed figure"),
    ],
)
def test_a_drawing_that_cannot_be_used_says_why(tmp_path, entities, error, says):
    with pytest.raises(error, match=says):
        read(drawing(tmp_path, *entities))


@pytest.mark.parametrize(
    "data", [b"hello", b"AutoCAD Binary DXF\r\n\x1a\0", b"0\nSECTION\n2\nENTITIES\n0\nENDSEC\n"]
)
def test_a_broken_drawing_is_refused(tmp_path, data):
    (tmp_path / "a.dxf").write_bytes(data)
    with pytest.raises(FileError):
        read(tmp_path / "a.dxf")
