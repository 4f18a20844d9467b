"""What the number format of a cell shows beside the number."""

import pytest
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from gis.ingest.number_formats import shown_by

ACCOUNT = '_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ '
ACCOUNT_WHOLE = '_-* #,##0_-;\\-* #,##0_-;_-* "-"_-;_-@_-'


@pytest.mark.parametrize(
    ("code", "number", "text"),
    [
        ('0.00"L"', 0.06, "0.06L"), ("0.00\\L", 0.06, "0.06L"), ('0.00"(L)"', 0.06, "0.06(L)"),
        ('"<"0.00', 0.06, "<0.06"),
        ("<0.00", 0.06, "<0.06"), ('[<0.025]"<0.025";0.000', 0.01, "<0.025"),
        ('[红色][<0.06]"未检出";0.00', 0.01, "未检出"),
        ('[>20000]">20000";0', 24000, ">20000"), ('0.00;-0.00;"未检出"', 0, "未检出"),
        ('0.00;"<"0.00', -0.025, "<0.025"),
        ('"ND"', 0.1, "ND"), ('0;-0;"-"', 0, "-"), ("0.00;-0.00;;@", 0, ""), (";;;", 3, ""),
        ('0.0"mg/L"', 12.34, "12.34mg/L"), ('General"亩"', 12, "12亩"), ('G/通用格式"公顷"', 1.5, "1.5公顷"),
        ("0%", 0.25, "25%"), ("0.00%", 0.1234, "12.34%"), ('0.0"%"', 25, "25%"),
        ("000000", 1234, "001234"), ('"CS-"000', 7, "CS-007"), ('000"-"000', 123456, "123-456"),
        ('00":"00', 830, "08:30"),
        ('0!.0,"万"', 123456, "12.3456万"), ('0\\.0,"万元"', 123456, "12.3456万元"), ("0.0,", 123456, "123.456"),
        ('#"°"00"′"00"″"', 1204236, "120°42′36″"), ('#"°"00"′"00.0"″"', 313824.5, "31°38′24.5″"),
        ('"作废"0.0', 5, "作废5"),
    ],
)  # fmt: skip
def test_a_format_that_says_something_is_read_as_shown(code, number, text):
    assert shown_by(code)(number) == text


@pytest.mark.parametrize(
    "code",
    [
        "General", "0", "0.000", "#,##0.00_ ;[Red]-#,##0.00 ", "0.00_);(0.00)", ACCOUNT, ACCOUNT_WHOLE, "¥#,##0.00",
        "[$¥-804]#,##0.00", "0.00E+00", "# ?/?", "#\\ ##0", '0"个"', '0"年"', "[DBNum1]0", "@", "[红色]0.00", "0.00_L",
        '0.00"  "', "[>=100]0;[>=10]0.0;0.00", "", '"¥"0',
    ],
)  # fmt: skip
def test_a_format_that_rounds_groups_colours_or_counts_says_nothing(code):
    shown = shown_by(code)
    assert shown is None or [shown(number) for number in (0, 1, -2.5)] == [None] * 3


def test_of_the_formats_that_excel_has_itself_only_percent_says_something():
    saying = {code for code in BUILTIN_FORMATS.values() if not is_date_format(code) and shown_by(code)}
    assert saying == {"0%", "0.00%"}


def test_a_condition_that_does_not_hold_shows_the_number():
    assert shown_by('[<0.025]"<0.025";0.000')(0.5) is None
    assert shown_by('[=0]"ND";General')(3) is None
