"""What is declared, what the bytes allow, and which of the two wins."""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.base.errors import EncodingError
from gis.base.messages import restored
from gis.ingest.encoding import dbf_encoding, dbf_heads, text_encoding
from gis.ingest.mixed_encoding import cell_text, field_name, mixed_text


def dbf(path: Path, names: list[bytes], rows: list[list[bytes]], width: int = 20, ldid: int = 0) -> Path:
    """A dBASE III table of text fields."""
    start, stride = 32 + 32 * len(names) + 1, 1 + width * len(names)
    head = struct.pack("<B3BIHH17xB2x", 3, 124, 1, 1, len(rows), start, stride, ldid)
    fields = b"".join(struct.pack("<11sc4xBB14x", name, b"C", width, 0) for name in names)
    body = b"".join(b" " + b"".join(cell.ljust(width)[:width] for cell in row) for row in rows)
    path.write_bytes(head + fields + b"\r" + body + b"\x1a")
    return path


TOWNS = ["虞山街道", "沙家浜镇", "古里镇"]


def table(folder: Path, codec: str, **more) -> Path:
    return dbf(folder / "a.dbf", ["乡镇".encode(codec)], [[town.encode(codec)] for town in TOWNS], **more)


@pytest.mark.parametrize(
    ("data", "codec"),
    [
        (b"a,b", "utf-8"),
        ("水质".encode("utf-8-sig"), "utf-8-sig"),
        ("水质".encode("utf-16"), "utf-16"),
        ("水质".encode(), "utf-8"),
        ("水质".encode("gbk"), "gb18030"),
    ],
)
def test_a_text_is_decoded_by_mark_then_utf8_then_gb18030(data, codec):
    assert text_encoding(data, "a.csv")[0] == codec


def test_bytes_that_fit_nothing_say_where():
    with pytest.raises(EncodingError, match="at byte 3"):
        text_encoding(b"abc\xff\xff\xff", "a.csv")


@given(st.text(st.characters(codec="gb18030", exclude_categories=["Cs"], exclude_characters="\0")))
def test_utf8_is_never_taken_for_gb18030(text):
    codec, _ = text_encoding(text.encode(), "a.csv")
    assert text.encode().decode(codec) in (text, text.removeprefix("\ufeff"))


@pytest.mark.parametrize(("codec", "expected"), [("gbk", "gb18030"), ("utf-8", "utf-8")])
def test_without_a_declaration_the_bytes_decide(tmp_path, codec, expected):
    choice = dbf_encoding(table(tmp_path, codec))
    assert (choice.codec, choice.contradiction) == (expected, None)
    assert "no .cpg, no LDID" in choice.reason


@pytest.mark.parametrize("ldid", [0x4D, 0x7A])
def test_the_ldid_of_gbk_is_believed_where_the_bytes_agree(tmp_path, ldid):
    choice = dbf_encoding(table(tmp_path, "gbk", ldid=ldid))
    assert choice.codec == "gb18030"
    assert f"LDID 0x{ldid:02X}" in choice.reason


@pytest.mark.parametrize(
    ("codec", "said", "expected"),
    [
        ("gbk", "UTF-8", "gb18030"),
        ("utf-8", "GBK", "utf-8"),
        ("gbk", "ISO-8859-1", "gb18030"),
        ("utf-8", "936", "utf-8"),
    ],
)
def test_a_cpg_that_contradicts_the_bytes_is_found_and_reported(tmp_path, codec, said, expected):
    path = table(tmp_path, codec)
    path.with_suffix(".cpg").write_text(said)
    choice = dbf_encoding(path)
    assert choice.codec == expected
    assert f".cpg {said} contradicts" in choice.contradiction


def test_a_ldid_that_contradicts_the_bytes_is_reported_too(tmp_path):
    assert "LDID 0x4D" in dbf_encoding(table(tmp_path, "utf-8", ldid=0x4D)).contradiction


def test_the_cpg_stands_before_the_ldid(tmp_path):
    path = table(tmp_path, "utf-8", ldid=0x4D)
    path.with_suffix(".CPG").write_text("utf8\n")
    choice = dbf_encoding(path)
    assert (choice.codec, choice.contradiction) == ("utf-8", None)


def test_an_override_wins_and_an_unknown_one_is_refused(tmp_path):
    path = table(tmp_path, "utf-8")
    assert dbf_encoding(path, "GBK").codec == "gb18030"
    with pytest.raises(EncodingError, match="no encoding that is known"):
        dbf_encoding(path, "中文")


@pytest.mark.parametrize(("codec", "expected"), [("gbk", "gb18030"), ("utf-8", "utf-8")])
def test_a_character_cut_at_the_end_of_a_field_is_allowed(tmp_path, codec, expected):
    path = dbf(tmp_path / "a.dbf", [b"NAME"], [["常熟经济技术开发区".encode(codec)]], width=11)
    assert dbf_encoding(path).codec == expected


def test_a_head_in_chinese_alone_decides(tmp_path):
    path = dbf(tmp_path / "a.dbf", ["图斑编号".encode("gbk")], [[b"CS-1"]])
    assert dbf_encoding(path).codec == "gb18030"


def test_a_text_in_neither_encoding_is_refused(tmp_path):
    path = dbf(tmp_path / "a.dbf", [b"NAME"], [[b"\xff\xff\xff abc"]])
    with pytest.raises(EncodingError, match="neither UTF-8 nor GB18030"):
        dbf_encoding(path)


def test_french_in_its_declared_code_page_stays_french(tmp_path):
    path = dbf(
        tmp_path / "a.dbf", [b"NAME"], [["Forêt".encode("cp1252")], ["Prés".encode("cp1252")]], ldid=0x03
    )
    assert dbf_encoding(path).codec == "cp1252"


@given(
    st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=6),
    st.integers(1, 11),
)
def test_a_cut_head_loses_at_most_its_last_character(text, width):
    raw = text.encode("gbk")[:width]
    decoded, cut = field_name(raw, "gb18030")
    assert text.startswith(decoded)
    assert cut == (len(raw) % 2 == 1)


@pytest.mark.real
@pytest.mark.parametrize("name", ["dbf__gbk.dbf", "dbf__gb2312.dbf", "dbf__ldid__chinese.dbf"])
def test_real_gbk_tables_are_read_as_gb18030(shared, name):
    path = shared / "messy" / name
    choice = dbf_encoding(path)
    heads = dbf_heads(path)
    cell = path.read_bytes()[heads.start + 1 : heads.start + heads.stride]
    assert cell.decode(choice.codec).strip() in ("简体国语", "简体")


@pytest.mark.parametrize("town", ["支塘镇", "沙家浜镇", "浒浦", "辛庄"])
def test_a_cell_of_the_other_codec_is_decoded_by_its_own_bytes(town):
    assert cell_text(town.encode(), "gb18030") == (town, False, True)
    assert cell_text(town.encode("gbk"), "utf-8") == (town, False, True)
    assert cell_text(town.encode("gbk"), "gb18030").other is False
    assert cell_text(town.encode(), "utf-8").other is False


def test_the_text_that_looks_like_utf8_by_chance_stays_gbk():
    assert cell_text("联通".encode("gbk"), "gb18030").text == "联通"


@pytest.mark.parametrize(("most", "few", "named"), [("gbk", "utf-8", "UTF-8"), ("utf-8", "gbk", "GB18030")])
def test_lines_of_two_codecs_are_told_by_row(most, few, named):
    lines = ["编号,乡镇", "CS-1,梅李镇", "CS-2,支塘镇", "CS-3,海虞镇"]
    data = b"\r\n".join(line.encode(few if at == 2 else most) for at, line in enumerate(lines))
    text, _, reason = mixed_text(data)
    assert text == "\r\n".join(lines)
    assert f"row 3 is {named}" in str(restored(reason))


def test_a_cell_of_another_codec_within_a_line_is_found():
    data = "编号,乡镇\nCS-1,".encode("gbk") + "支塘镇".encode() + ",土地复垦\n".encode("gbk")
    assert mixed_text(data)[0] == "编号,乡镇\nCS-1,支塘镇,土地复垦\n"


def test_a_text_of_one_codec_is_not_mixed():
    assert mixed_text("编号,乡镇\nCS-1,浒浦\nCS-2,联通\n".encode("gbk")) is None


def test_a_table_of_two_codecs_takes_the_one_of_most_texts(tmp_path):
    path = dbf(
        tmp_path / "a.dbf", [b"TOWN"], [["梅李镇".encode()], ["海虞镇".encode()], ["支塘镇".encode("gbk")]]
    )
    assert dbf_encoding(path).codec == "utf-8"


def test_big5_is_not_taken_for_gb18030(tmp_path):
    text = "圖斑編號,鄉鎮,面積\nA1,支塘鎮,3\nA2,梅李鎮,5\n"
    assert text.encode("cp950").decode(text_encoding(text.encode("cp950"), "a.csv")[0]) == text
    path = dbf(
        tmp_path / "a.dbf", ["鄉鎮".encode("cp950")], [[one.encode("cp950")] for one in ("支塘鎮", "梅李鎮")]
    )
    assert dbf_encoding(path).codec == "cp950"
    assert text_encoding("乡镇,面积\n董浜镇,3\n".encode("gbk"), "a.csv")[0] == "gb18030"


def test_chinese_that_was_taken_for_latin_is_read_again():
    assert cell_text("Ã·ÀîÕò".encode(), "utf-8") == ("梅李镇", False, True)
    assert cell_text("Müller, Ångström".encode(), "utf-8").text == "Müller, Ångström"
