"""Files that another program holds, long paths, shares and a console in GBK, as far as Linux can show them."""

import os
import subprocess
import sys
from pathlib import Path, PureWindowsPath

import pandas as pd
import pytest

from gis.base.errors import UsageError
from gis.desk.lines import parsed
from gis.store.whole import EXTENDED, reachable
from gis.store.write import write

FRAME = pd.DataFrame({"a": [1, 2]})


@pytest.fixture
def held(tmp_path, monkeypatch):
    """Hold a file as Excel does on Windows: it cannot be replaced until it is let go."""
    file, tries, as_before = tmp_path / "台账.xlsx", [], Path.replace
    file.write_bytes(b"before")
    until = [10**6]

    def replace(self, target):
        if Path(target) == file:
            tries.append(target)
            if len(tries) <= until[0]:
                raise PermissionError(13, "in use", str(target))
        return as_before(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr("gis.store.whole.PAUSE", 0)
    return file, until


def test_what_excel_holds_stays_and_the_result_stands_beside(held, tmp_path):
    file, _ = held
    with pytest.raises(UsageError, match=r"台账-2\.xlsx"):
        write(FRAME, file, title="a")
    with pytest.raises(UsageError, match=r"台账-3\.xlsx"):
        write(FRAME, file, title="a")
    assert file.read_bytes() == b"before"
    assert list(pd.read_excel(tmp_path / "台账-2.xlsx")["a"]) == [1, 2]
    assert not list(tmp_path.glob(".writing-*"))


def test_what_is_held_for_a_moment_is_replaced(held, tmp_path):
    file, until = held
    until[0] = 2
    write(FRAME, file, title="a")
    assert list(pd.read_excel(file)["a"]) == [1, 2]
    assert [one.name for one in tmp_path.iterdir()] == [file.name]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("C:\\short\\台账.xlsx", "C:\\short\\台账.xlsx"),
        ("C:\\" + "长" * 220 + "\\台账.xlsx", EXTENDED + "C:\\" + "长" * 220 + "\\台账.xlsx"),
        ("\\\\服务器\\共享\\" + "长" * 220, EXTENDED + "UNC\\服务器\\共享\\" + "长" * 220),
        (EXTENDED + "C:\\" + "x" * 250, EXTENDED + "C:\\" + "x" * 250),
    ],
)
def test_long_paths_and_shares_of_windows(path, told):
    assert str(reachable(PureWindowsPath(path), windows=True)) == told


def test_elsewhere_a_path_stays_as_it_is(tmp_path):
    long = tmp_path / ("x" * 240)
    assert reachable(long, windows=False) is long
    write(FRAME, tmp_path / ("长" * 60) / ("名" * 60) / "表.csv", title="a")


@pytest.mark.parametrize("file", ["\\\\服务器\\共享\\三线.gdb", "D:\\数据\\三线.gdb"])
def test_the_colon_of_a_drive_and_a_share_belong_to_the_file(file):
    assert str(parsed(f"{file}:STBHHX=red_line")[0]) == file
    assert parsed(f"{file}:STBHHX=red_line")[1:] == ("STBHHX", "red_line")


def test_a_console_in_gbk_takes_what_gbk_lacks():
    code = "import gis.cli.console as c; c.say('断面 µg/m³ ③ ✓ \\U00020000'); c.note('Ⅲ类 \\u2713')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True,
        env={**os.environ, "PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
    )  # fmt: skip
    assert "断面" in done.stdout.decode("gbk")
    assert "Ⅲ类" in done.stderr.decode("gbk")
