# ruff: noqa: DTZ001  times are Beijing time without a zone
import datetime as dt
import math
import time

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.ingest.angles import degrees
from gis.ingest.moments import clock, moment, moments
from gis.ingest.published import cell_text
from gis.ingest.readings import in_unit, several
from gis.ingest.sheet_shape import is_no_record
from gis.ingest.values import chosen, number, numbers, texts


@pytest.mark.parametrize(
    "text", ["<0.025", "0.025L", "＜0.025", "未检出(0.025)", "未检出（0.025）", "ND(0.025)", " < 0.025 "]
)
def test_82hao_point_7_below_a_stated_limit_is_half_of_it(text):
    assert number(text) == (0.0125, "non_detect", 0.025)


@pytest.mark.parametrize("text", ["未检出", "ND", "n.d."])
def test_not_detected_without_a_limit_is_not_rated_and_never_zero(text):
    found = number(text)
    assert math.isnan(found.value)
    assert found.mark == "non_detect"


@pytest.mark.parametrize("text", ["-", "--", "—", "/", "*", "-;", "NA"])
def test_signs_for_nothing_are_missing(text):
    assert number(text).mark == "missing"


def test_a_blank_cell_is_null_without_a_mark():
    assert [number(cell).mark for cell in ("", " ", None, float("nan"))] == [None] * 4


@pytest.mark.parametrize("text", ["1.2.3", "5,,1", "见附件", "1,23", "<0", "1e999"])
def test_what_is_no_number_is_suspect(text):
    assert number(text).mark == "suspect"


@pytest.mark.parametrize(
    ("text", "value"),
    [("１２．５", 12.5), ("1,234.5", 1234.5), ("2.4×10^3", 2400.0), (" 7 ", 7.0), (0.5, 0.5)],
)
def test_numbers_as_people_write_them(text, value):
    assert number(text).value == pytest.approx(value)


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e12, max_value=1e12))
def test_every_number_is_read_back(value):
    assert number(repr(value)).value == value


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_every_limit_is_read_back(limit):
    for text in (f"<{limit!r}", f"{limit!r}L", f"未检出({limit!r})"):
        assert number(text) == (limit / 2, "non_detect", limit)


@given(
    st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2099, 12, 31)).map(
        lambda t: t.replace(second=0, microsecond=0)
    )
)
def test_every_time_is_read_back(time):
    for form in (
        "%Y-%m-%d %H:%M",
        "%Y年%m月%d日 %H:%M",
        "%Y.%m.%d %H:%M:%S",
        "%Y/%m/%d %H:%M",
        "%Y-%m-%dT%H%M",
        "%Y%m%d%H%M",
    ):
        assert moment(time.strftime(form)) == time


@pytest.mark.parametrize(
    "text",
    [
        "2021年1月5日",
        "2021年1月5日（二次）",
        "2021年元月5日",
        "'2021-1-5",
        "21.1.5",
        "21/01/05",
        "2021.1.5",
        "20210105",
        44201,
        "44201",
        "2021/01/05",
        dt.date(2021, 1, 5),
    ],
)
def test_dates_as_offices_write_them(text):
    assert moment(text) == dt.datetime(2021, 1, 5)


def test_hour_24_is_midnight_of_the_next_day():
    assert moment("2021-12-31 24:00") == dt.datetime(2022, 1, 1)


def test_a_time_without_a_year_needs_a_reference():
    assert moment("04-01 12:00") is None
    assert moment("04-01 12:00", dt.date(2021, 1, 1), 1) == dt.datetime(2021, 4, 1, 12)


def test_a_time_before_new_year_belongs_to_the_old_year():
    assert moment("12-31 20:00", dt.date(2026, 1, 1)) == dt.datetime(2025, 12, 31, 20)


def test_a_time_without_a_year_is_not_far_ahead_of_the_day_its_file_was_made():
    assert moment("5月3日 8:00", dt.date(2025, 11, 30)) == dt.datetime(2025, 5, 3, 8)
    assert moment("1月2日", dt.date(2025, 12, 31)) == dt.datetime(2026, 1, 2)


@pytest.mark.parametrize(
    "text", ["2021-02-30", "见附件", "2021-13-01", "*", "2021年1月5日（均值）", "12.5.24"]
)
def test_what_is_no_date_is_none(text):
    assert moment(text) is None


@given(st.text(max_size=12))
def test_no_text_breaks_the_reading(text):
    read, at = number(text), moment(text, dt.date(2021, 1, 1))
    assert read is not None
    assert at is None or 1 <= at.month <= 12


def test_columns_keep_their_index():
    cells = pd.Series(["1", "<2", None], index=[7, 3, 9])
    assert numbers(cells).mark.tolist() == [None, "non_detect", None]
    none = pd.Series(None, index=cells.index, dtype="object")
    assert list(moments(cells, none).index) == [7, 3, 9]


def test_water_classes_in_roman_arabic_and_words():
    found, strange = chosen(pd.Series(["Ⅰ", "III", "3", "劣Ⅴ", "劣V类", "-1", "--", "好"]), "water_class")
    assert found[:5].tolist() == ["1", "3", "3", "6", "6"]
    assert found[5:7].isna().all()
    assert strange.tolist() == [False] * 7 + [True]


def test_codes_that_excel_made_numbers_stay_codes():
    assert texts(pd.Series([320581001.0, "  a ", "--"], dtype="object")).tolist()[:2] == ["320581001", "a"]


@pytest.mark.parametrize(
    "cell",
    [
        10**400,
        "9" * 5000,
        "9" * 100_000,
        "1e999",
        -1e300,
        1e15,
        ">1e999",
        "<1e999",
        "1x10^" + "9" * 50,
        "1e308x10^300",
    ],
)
def test_a_number_that_no_amount_can_be_is_no_number(cell):
    found = number(cell)
    assert math.isnan(found.value)
    assert found.mark == "suspect"


@pytest.mark.parametrize(
    "unit",
    ["(", "1,", "1,111,", " ", "年", "1月", "国考断面", "-", "<", "title='", "POLYGON((0 0,", "2021年"],
)
@pytest.mark.parametrize("end", ["", "x", ")"])
def test_a_cell_of_any_length_is_read_at_once(unit, end):
    cell = unit * (40_000 // len(unit)) + end
    start = time.perf_counter()
    for read in (number, degrees, clock, moment, is_no_record, cell_text, lambda text: in_unit(text, "亩")):
        read(cell)
    assert time.perf_counter() - start < 1


@pytest.mark.parametrize(
    "text",
    [
        "0.08(L)", "0.08（L）", "低于0.08", "<DL0.08", "<DL 0.08", "0.08L*", "0.08(未检出)", "小于检出限0.08", "<0.08L",
        "0.08ND", "低于检出限0.08", "0.08以下", "检出限以下(0.08)", "L0.08", "0.08 U", "ND<0.08", "未检出，检出限0.08",
        "〈0.08", "≦0.08", "未检出【0.08】", "ND/0.08", "<0.08 *", "未检出(MDL=0.08)", "不大于0.08", "<．08",
        "<8.0×10⁻²",
    ],
)  # fmt: skip
def test_82hao_point_7_a_limit_is_known_however_a_laboratory_spells_it(text):
    assert number(text) == (0.04, "non_detect", 0.08)


@pytest.mark.parametrize(
    "text",
    ["<25 μg/L", "25Lμg/L", "未检出(<25µg/L)", "＜0.025 mg/L", "0.025mg/L(L)", "未检出，检出限为0.025mg/L"],
)
def test_a_limit_with_its_own_unit_is_converted(text):
    assert number(text).mark == "suspect"
    assert in_unit(text, "mg/L") == (pytest.approx(0.0125), "non_detect", pytest.approx(0.025))


@pytest.mark.parametrize(
    "text", ["≤DL", "BDL", "<检出限", "低于方法检出限", "检出限以下", "未检出(L)", "ND(L)"]
)
def test_below_a_limit_that_is_not_stated_is_not_rated(text):
    assert number(text).mark == "non_detect"
    assert math.isnan(number(text).value)


@pytest.mark.parametrize(
    "text", ["l2.5", "l.2", "2.l", "0.0l", "<0", "<-0.5", "检出限0.025", "<0.3 0.4", "10³"]
)
def test_a_mistyped_number_is_no_limit(text):
    assert number(text).mark == "suspect"


@pytest.mark.parametrize(
    "text",
    ["18\n20", "18\r\n20", "5 6", "0.3/0.4", "7.2~7.5", "7.2-7.5", "18、20", "18，20", "120 135", "120，135",
     "120\u00a0135", "120 135 128", "18;20", "0.3\n5", "5至6", "123 456.78"],
)  # fmt: skip
def test_two_readings_are_never_joined(text):
    assert number(text).mark == "suspect"
    assert in_unit(text, "mg/L").mark == "suspect"
    assert several(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 234.5", 1234.5), ("1\u202f234", 1234), ("123\u00a0456.78", 123456.78), ("1 234 567", 1234567),
        ("1 005", 1005), ("0. 35", 0.35), ("0.\n35", 0.35), ("1，234", 1234), ("\u202d0.35\u202c", 0.35),
        ("0.35\u200b", 0.35),
        ("\ufeff7.2", 7.2), ("0\u00ad.35", 0.35), ("7.2\u2060", 7.2), ("7.2\ufe0f", 7.2), ("\u3000７．２\u3000", 7.2),
        ("−5", -5), ("–5", -5), ('="0.35"', 0.35), ("'0.35", 0.35), ("0.35。", 0.35), ("0。35", 0.35), ("0,35", 0.35),
        ("1.2×10-3", 0.0012), ("1.2*10^3", 1200), ("2.4×10³", 2400), ("2.4 × 10 ⁴", 24000), ("1.2E-3", 0.0012),
        ("1.2X10⁻³", 0.0012),
    ],
)  # fmt: skip
def test_what_is_seen_as_one_number_is_one(text, value):
    assert number(text) == (pytest.approx(value), None, pytest.approx(math.nan, nan_ok=True))


@pytest.mark.parametrize("text", ["12*", "约12", "12左右", "12↑", "12（超标）", "12±0.5", "≈12"])
def test_a_sign_beside_a_number_is_kept_as_a_mark(text):
    assert number(text)[:2] == (12.0, "flagged")


def test_a_number_sign_is_a_mark_among_numbers_and_a_name_elsewhere():
    assert number("12#").mark == "suspect"
    assert in_unit("12#", "mg/L")[:2] == (12.0, "flagged")


@pytest.mark.parametrize("text", ["12H", "0.35(无效)", "0.35(剔除)", "12 A", "(12)", "作废12"])
def test_a_number_that_may_not_count_is_suspect(text):
    assert number(text).mark == "suspect"


@pytest.mark.parametrize("text", ["溢出", "超量程", "超出量程"])
def test_above_a_range_without_a_bound_has_no_value(text):
    assert number(text).mark == "above_range"
    assert math.isnan(number(text).value)


def test_a_comma_that_may_part_decimals_or_thousands_is_no_number():
    assert numbers(pd.Series(["0,35", "1,234"])).mark.tolist() == [None, "suspect"]
    assert numbers(pd.Series(["0.35", "1,234"])).mark.tolist() == [None, None]


@pytest.mark.parametrize(
    "text",
    ["31°38′24″N", "31度38分24秒", "31.38.24", "N31°38′24″", "北纬31°38′24″", "31:38:24", "31 38 24", "31-38-24",
     "31º38´24\"", "31°38'24''", "31° 38' 24” N", "31.64N", "N31.64", "31°38.4′", "31°38′24〞"],
)  # fmt: skip
def test_angles_in_degrees_minutes_and_seconds(text):
    assert degrees(text) == pytest.approx(31.64)


@pytest.mark.parametrize("text", ["31°60′00″", "31:38", "见图", "31.38", "300 100 100"])
def test_what_is_no_angle_is_none(text):
    assert math.isnan(degrees(text))


def test_names_join_whatever_signs_nobody_sees():
    found, strange = chosen(pd.Series(["Ⅱ\u200b类", "\ufeff劣Ⅴ"]), "water_class")
    assert found.tolist() == ["2", "6"]
    assert not strange.any()
    assert texts(pd.Series(["示例桥\u200b", "\u202a示例桥"], dtype="object")).tolist() == ["示例桥"] * 2
