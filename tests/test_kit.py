"""The kit for a closed network: whole for Windows, installed and run on Linux without a network."""

import json
import os
import platform
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.kit_parts.start import dropped, words

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))  # a script finds its neighbours there

import kit  # noqa: E402

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


def made(folder, platform, python, *more):
    """Make a kit, or skip where no index of packages is to be reached."""
    said = [sys.executable, str(ROOT / "scripts" / "kit.py"), "--platform", platform, "--python", python]
    done = subprocess.run([*said, "-o", str(folder), *more], capture_output=True, text=True, check=False)
    if done.returncode == 2 and "cannot be had" in done.stderr:
        pytest.skip("no index of packages is to be reached")
    assert done.returncode == 0, done.stderr
    return json.loads((folder / "app" / "kit.json").read_text("utf-8"))


def alone(folder, *words):
    """Run a starter in a namespace that has no network."""
    environment = {**os.environ, "GIS_NO_BROWSER": "1", "GIS_PYTHON": sys.executable, "GIS_LANG": "zh"}
    command = ["unshare", "-rn", *map(str, words)]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.full
@pytest.mark.skipif(
    platform.machine() != "x86_64" or not shutil.which("unshare"), reason="Linux x86_64 alone"
)
def test_the_kit_of_linux_installs_and_runs_the_sample_without_a_network(tmp_path):
    folder = tmp_path / "离线 套件"
    made(folder, "manylinux_x86_64", HERE)
    if alone(tmp_path, "true").returncode:
        pytest.skip("no namespace may be made here")
    installed = alone(tmp_path, folder / "安装.sh")
    assert installed.returncode == 0, installed.stdout + installed.stderr
    gis = ["sh", "-c", f'exec "$GIS_PYTHON" -X utf8 "{folder}/app/start.py" gis "$@"', "gis"]
    assert alone(tmp_path, *gis, "init", "示 例", "--sample").returncode == 0
    ran = alone(tmp_path, folder / "监测.sh", "示 例")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert list(folder.glob("县/*/maps/index.html"))
    assert alone(tmp_path, folder / "监测.sh").returncode == 0
    air = alone(tmp_path, folder / "空气.sh", tmp_path / "示 例" / "layers" / "data" / "空气日均值_2021.xlsx")
    assert air.returncode == 0, air.stdout + air.stderr
    assert list((folder / "结果").glob("空气日均值_2021_*.html"))
    wheel = next((folder / "app" / "wheels").glob("affine*"))
    wheel.write_bytes(wheel.read_bytes() + b" ")
    refused = alone(tmp_path, folder / "安装.sh")
    assert refused.returncode == 2
    assert wheel.name in refused.stdout


@pytest.mark.full
def test_the_kit_of_windows_is_whole(tmp_path):
    folder = tmp_path / "kit"
    about = made(folder, "win_amd64", "3.12")
    wheels = folder / "app" / "wheels"
    needed = kit._needed(wheels, kit._environment("win_amd64", "3.12"))
    assert needed <= {kit._plain(name.split("-")[0]) for name in about["wheels"]}
    assert "colorama" in needed
    assert all(name.endswith(("-win_amd64.whl", "-any.whl")) for name in about["wheels"])
    assert sum(one.stat().st_size for one in wheels.iterdir()) < kit.MOST
    starters = sorted(one.name for one in folder.glob("*.cmd"))
    assert starters == sorted(f"{name}.cmd" for name in ("安装", *kit.VERBS))
    for one in folder.glob("*.cmd"):
        data = one.read_bytes()
        assert data.isascii()
        assert data.count(b"\n") == data.count(b"\r\n") > 5
        assert b"$" not in data.replace(b"$env:", b"")
    guide = (folder / "安装说明.html").read_text("utf-8")
    assert "未试" in guide
    assert not re.search(r"\$[A-Z{]", guide)


@pytest.mark.full
def test_the_kit_of_aarch64_is_whole(tmp_path):
    about = made(tmp_path / "kit", "manylinux_aarch64", "3.12")
    needed = kit._needed(tmp_path / "kit" / "app" / "wheels", kit._environment("manylinux_aarch64", "3.12"))
    assert needed <= {kit._plain(name.split("-")[0]) for name in about["wheels"]}
    assert all(name.endswith(("_aarch64.whl", "-any.whl")) for name in about["wheels"])
    listed = json.loads((tmp_path / "kit" / "app" / "sbom.cdx.json").read_text("utf-8"))
    every = [listed["metadata"]["component"], *listed["components"]]
    assert {one["hashes"][0]["content"] for one in every} == set(about["wheels"].values())
    assert all("licenses" in one for one in every)


def test_the_lock_holds_what_windows_needs_beside():
    there = kit._lock(kit._environment("win_amd64", "3.12"))
    assert "colorama" in there
    assert "colorama" not in kit._lock(kit._environment("manylinux_x86_64", "3.12"))
    assert all("--hash=sha256:" in line for line in there.values())


@pytest.mark.parametrize(
    ("line", "arguments", "files"),
    [
        (r'C:\WINDOWS\system32\cmd.exe /c ""D:\监 测\监测.cmd" D:\a&b.xlsx "D:\甲 乙.shp""',
         "", [r"D:\a&b.xlsx", r"D:\甲 乙.shp"]),
        (r'C:\WINDOWS\system32\cmd.exe /c ""D:\监测.cmd" D:\100%!.csv"', r"D:\100", [r"D:\100%!.csv"]),
        (r'C:\WINDOWS\system32\cmd.exe /c ""D:\监测.cmd" "', "", []),
        (r'"C:\WINDOWS\system32\cmd.exe" ', r'"D:\甲 乙.shp" x.csv', [r"D:\甲 乙.shp", "x.csv"]),
        (r'C:\WINDOWS\system32\cmd.exe /c ""\\服务器\共享\监测.cmd" \\服务器\a.xlsx"', "", [r"\\服务器\a.xlsx"]),
    ],
)  # fmt: skip
def test_what_is_dropped_on_a_starter_of_windows_is_taken_whole(monkeypatch, line, arguments, files):
    monkeypatch.setenv("GIS_SCRIPT", "监测.cmd")
    monkeypatch.setenv("GIS_LINE", line)
    monkeypatch.setenv("GIS_ARGUMENTS", arguments)
    assert dropped() == files


def test_words_of_a_command_line():
    assert words('"a b" c') == ["a b", "c"]
