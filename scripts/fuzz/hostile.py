"""Cells that have hurt readers before; some name a foreign file."""

from __future__ import annotations

NOTHING = (
    "", " ", "\u3000", "\u200b", "\ufeff", "\x00", "\r\n", '"', "'", ",", "-", "--", "null", "None", "true", "NaN",
    "nan", None,
)  # fmt: skip
FORMULAS = (
    "=cmd|' /C calc'!A0", "＝1+1", "+1", "@x", "<script>alert(1)</script>", "]]>", "&xxe;", '\x1e["a","b"]', "{n:,}",
    "{", "%s", "😀", "\ud83d", "𠮷",
)  # fmt: skip
NUMBERS = (
    "inf", "-inf", "1e999", "-1e999", "1e308", "9" * 100, "9" * 5000, "9" * 100_000, "0x10", "1_000", "1,2,3",
    "1,234,567.8", "１２３", "٣", "²", "①", "5L", "<", "<0", "<1e999", "<" + "9" * 5000, ">1e999",
    "1x10^999999999",     "1×10⁻⁴", "1x10^" + "9" * 5000,
    "未检出", "ND", "0.025L", "Ⅲ", "劣Ⅴ", "-999", "999", 0, -1, 1, 1e308, -1e308, 1e-320,
    float("nan"), float("inf"), 10**20, 10**400, True, 2**31, 2**63, 44201.25,
)  # fmt: skip
TIMES = (
    "0000-00-00", "9999-12-31", "2021-02-30", "2021-13-01", "1899-12-31", "10000-01-01", "24:00", "2021-01-05 24:00:00",
    "2021-01-05T00:00:00+99:99", "9999-12-31T23:00:00-12:00", "0001-01-01T00:00:00+14:00", "20210105", "44201",
    "44201.5",     "99999.9", "二〇二一年一月", "上午",
)  # fmt: skip
LONG = (
    "a" * 40_000, "(" * 3000, "1" + "," * 3000, "1," * 3000, "1," + "111," * 3000 + "x", " " * 30_000 + "x",
    "年" * 3000, "1月" * 2000, "合计" * 2000, "-" * 30_000, "国考" * 3000 + "x", "2021年" * 3000, "1" * 29 + ":" * 3000,
)  # fmt: skip
SHAPES = (
    "POLYGON EMPTY", "POLYGON((0 0,1 1,1 0,0 0))", "POLYGON((1e999 0,1 1,1 0,1e999 0))", "SRID=4490;POINT(120 31)",
    "SRID=99999999999999999999;POINT(1 1)", "GEOMETRYCOLLECTION(POINT(1 1))", "POLYGON((" + "0 0," * 9000,
)  # fmt: skip


def hostile(canary: str) -> tuple[object, ...]:
    """Give all of them, with the name of the file that must not be read."""
    named = (f'=HYPERLINK("{canary}")', f"/vsicurl/http://127.0.0.1:9/{canary}", canary, f"../{canary}")
    return (*NOTHING, *FORMULAS, *NUMBERS, *TIMES, *LONG, *SHAPES, *named)
