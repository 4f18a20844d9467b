"""`gis standards` and `gis standards verify`."""

import pandas as pd
import pytest

from gis import standards
from gis.base.hashing import of_bytes

PRINT = b"%PDF-1.7 the text"


@pytest.fixture
def county(tmp_path):
    """A county with an edition of its own, whose official print is known."""
    folder = tmp_path / "layers" / "standards"
    folder.mkdir(parents=True)
    (folder / "own-2024.toml").write_text(
        '[meta]\nfamily = "own"\nstandard = "市文〔2024〕1号"\ntitle = { zh = "办法", en = "Rules" }\n'
        "from = 2024-01-01\nto = 2025-06-30\n"
        f'official = {{ address = "https://x/1.pdf", sha256 = "{of_bytes(PRINT)}" }}\n',
        encoding="utf-8",
    )
    return tmp_path / "layers"


def test_every_edition_is_listed_with_what_is_known_of_it(gis, county):
    told = gis("standards", "--layers", county, "--as-of", "2025-12-31", "-o", "依据.xlsx")
    assert told.exit_code == 0, told.output
    assert "texts on 2025-12-31" in told.stdout
    rows = pd.read_excel("依据.xlsx").set_index("edition")
    assert set(rows.index) == {one.id for one in standards.load([county / "standards"]).all}
    assert (rows.loc["hj633-2012", "in_force"], rows.loc["hj633-2026", "in_force"]) == ("yes", "no")
    assert rows.loc["own-2024", "in_force"] == "no"
    assert rows.loc["hj633-2026", "sha256"].startswith("a71ff69e")
    assert rows.loc["hj633-2026", "address"].startswith("https://www.mee.gov.cn/")
    assert len(pd.read_excel("依据.xlsx", sheet_name="unsure")) == rows["unsure"].sum()


def test_what_is_unsure_is_listed_with_v(gis):
    assert "※ HJ 663-2026: text not seen" in gis("standards", "-v").stdout


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (PRINT, 0, "is the official print of 市文〔2024〕1号"),
        (PRINT + b" ", 1, "is none of the official prints"),
    ],
)
def test_a_file_is_verified_by_its_hash(gis, county, tmp_path, content, code, words):
    (tmp_path / "a.pdf").write_bytes(content)
    told = gis("standards", "verify", tmp_path / "a.pdf", "--layers", county)
    assert (told.exit_code, words in told.output) == (code, True), told.output


def test_a_file_that_is_not_there_is_an_error(gis):
    told = gis("standards", "verify", "no.pdf")
    assert told.exit_code == 2
    assert "there is no such file" in told.stderr
