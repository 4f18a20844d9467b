"""Make the kit for a network that is closed: locked wheels, an installer that needs Python alone, 安装说明.

    python scripts/kit.py --platform win_amd64 --python 3.12 -o 套件

A package index is needed here and nowhere afterwards. Every wheel is of requirements.lock, by its hash.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from email.parser import Parser
from pathlib import Path
from string import Template

from environment import ROOT, VENV, python, ready
from kit_parts.sbom import sbom

PARTS = Path(__file__).parent / "kit_parts"
LOCK = ROOT / "requirements.lock"
MOST = 300_000_000
PLATFORMS = {
    "win_amd64": ("win_amd64",),
    "manylinux_x86_64": (
        *(f"manylinux_2_{minor}_x86_64" for minor in range(28, 16, -1)),
        "manylinux2014_x86_64",
        "manylinux_2_12_x86_64",
        "manylinux2010_x86_64",
        "manylinux_2_5_x86_64",
    ),
    "manylinux_aarch64": (
        *(f"manylinux_2_{minor}_aarch64" for minor in range(28, 16, -1)),
        "manylinux2014_aarch64",
    ),
}
PYTHONS = ("3.11", "3.12", "3.13")
OURS = "changshu-monitor"
VERBS = {
    "监测": "monitor",
    "核对": "check",
    "台账": "ledger",
    "套合": "conflicts",
    "水质": "water",
    "空气": "air",
}
TRIES = 8


def main() -> int:
    """Make the kit; 1 where it is too heavy, 2 where its wheels cannot be had."""
    asked = _arguments()
    folder: Path = asked.output.absolute()
    if folder.exists() and any(folder.iterdir()):
        print(f"{folder} holds something: name a new or an empty folder", file=sys.stderr)
        return 2
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".kit-") as half:
        kit = Path(half) / "kit"
        wheels = kit / "app" / "wheels"
        wheels.mkdir(parents=True)
        try:
            _own_wheel(wheels)
            _locked_wheels(wheels, asked.platform, asked.python)
        except subprocess.CalledProcessError as error:
            print(f"the wheels cannot be had: {error}", file=sys.stderr)
            return 2
        _starters(kit, asked.platform, asked.python, asked.runtime)
        weight = sum(file.stat().st_size for file in kit.rglob("*") if file.is_file())
        runtime = asked.runtime.stat().st_size if asked.runtime else 0
        count = len(list(wheels.iterdir()))
        print(f"{asked.platform}, Python {asked.python}: {count} wheels, {(weight - runtime) / 1e6:.1f} MB")
        if weight - runtime > MOST:
            print(f"more than {MOST / 1e6:.0f} MB", file=sys.stderr)
            return 1
        if folder.exists():
            folder.rmdir()
        kit.replace(folder)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--platform", choices=PLATFORMS, required=True)
    parser.add_argument("--python", choices=PYTHONS, default="3.12")
    parser.add_argument(
        "--runtime", type=Path, help="a file with Python itself: the embeddable .zip, a .tar.gz"
    )
    parser.add_argument("-o", "--output", type=Path, required=True)
    asked = parser.parse_args()
    if asked.runtime is not None and not (asked.runtime.is_file() and _is_packed(asked.runtime.name)):
        parser.error(f"--runtime {asked.runtime}: a .zip or .tar.gz that is there")
    return asked


def _is_packed(name: str) -> bool:
    return name.endswith((".zip", ".tar.gz", ".tgz"))


def _own_wheel(into: Path) -> None:
    """Build the wheel of this project from a copy, so that nothing is left beside the code."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "source"
        shutil.copytree(ROOT / "gis", copy / "gis", ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(ROOT / "layers", copy / "layers", ignore=shutil.ignore_patterns("data"))
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE", "MANIFEST.in"):
            shutil.copyfile(ROOT / name, copy / name)
        _pip("wheel", "--no-deps", "--no-build-isolation", "-w", str(into), str(copy))


def _locked_wheels(into: Path, platform: str, version: str) -> None:
    """Fetch what the wheels there need, and what those need, until nothing lacks; each of the lock by its hash.

    What is needed is read from the wheels themselves with the markers of the platform they are for: pip
    itself would read them with those of the machine it runs on.
    """
    locked = _lock(_environment(platform, version))
    for _ in range(TRIES):
        there = {_plain(file.name.split("-")[0]) for file in into.iterdir()}
        lacking = sorted(_needed(into, _environment(platform, version)) - there)
        if not lacking:
            return
        unknown = [name for name in lacking if name not in locked]
        if unknown:
            sys.exit(f"requirements.lock has no {', '.join(unknown)}")
        with tempfile.TemporaryDirectory() as scratch:
            wanted = Path(scratch) / "wanted.txt"
            wanted.write_text("\n".join(locked[name] for name in lacking), encoding="utf-8")
            _pip(
                "download", "--no-deps", "--only-binary=:all:", "--require-hashes", "--implementation", "cp",
                "--python-version", version, *(f"--platform={tag}" for tag in PLATFORMS[platform]),
                "-d", str(into), "-r", str(wanted),
            )  # fmt: skip
    sys.exit("the wheels need more and more")


def _pip(*words: str) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "-q", "-q")
    subprocess.run([*pip, *words], check=True)


def _environment(platform: str, version: str) -> dict[str, str]:
    """Give the values of the markers on the machine that the kit is for."""
    windows = platform.startswith("win")
    return {
        "implementation_name": "cpython", "implementation_version": f"{version}.0", "platform_python_implementation":
        "CPython", "python_version": version, "python_full_version": f"{version}.0", "platform_release": "",
        "platform_version": "", "os_name": "nt" if windows else "posix",
        "sys_platform": "win32" if windows else "linux", "platform_system": "Windows" if windows else "Linux",
        "platform_machine": "AMD64" if windows else platform.removeprefix("manylinux_"), "extra": "",
    }  # fmt: skip


def _lock(environment: Mapping[str, str]) -> dict[str, str]:
    """Give each entry of the lock that holds on a machine, with its hashes, by the plain name."""
    from packaging.requirements import Requirement

    text = LOCK.read_text(encoding="utf-8").replace("\\\n", " ")
    found = {}
    for line in text.splitlines():
        said = line.split("--hash")[0].strip()
        if not said or said.startswith(("#", "-")):
            continue
        one = Requirement(said)
        if one.marker is None or one.marker.evaluate(dict(environment)):
            hashes = " ".join(re.findall(r"--hash=\S+", line))
            found[_plain(one.name)] = f"{one.name}{one.specifier} {hashes}"
    return found


def _needed(wheels: Path, environment: Mapping[str, str]) -> set[str]:
    from packaging.requirements import Requirement

    needed = set()
    for file in wheels.iterdir():
        for text in _metadata(file).get_all("Requires-Dist") or ():
            one = Requirement(text)
            if one.marker is None or one.marker.evaluate(dict(environment)):
                needed.add(_plain(one.name))
    return needed


def _metadata(wheel: Path):  # noqa: ANN202  a message of the standard library
    with zipfile.ZipFile(wheel) as packed:
        name = next(
            one for one in packed.namelist() if one.endswith(".dist-info/METADATA") and one.count("/") == 1
        )
        return Parser().parsestr(packed.read(name).decode("utf-8"))


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _starters(kit: Path, platform: str, version: str, runtime: Path | None) -> None:
    """Lay the installer, the starters, 安装说明 and the list of parts (SBOM) beside the wheels."""
    app = kit / "app"
    for name in ("install.py", "start.py"):
        shutil.copyfile(PARTS / name, app / name)
    if runtime is not None:
        (app / "runtime").mkdir()
        shutil.copyfile(runtime, app / "runtime" / runtime.name)
    sums = {file.name: _sha256(file) for file in sorted((app / "wheels").iterdir())}
    about = {
        "platform": platform,
        "python": version,
        "runtime": runtime.name if runtime else None,
        "wheels": sums,
    }
    (app / "kit.json").write_text(json.dumps(about, ensure_ascii=False, indent=1), encoding="utf-8")
    parts = [(_metadata(app / "wheels" / name), sha256) for name, sha256 in sums.items()]
    listed = sbom(parts, OURS, {"platform": platform, "python": version})
    (app / "sbom.cdx.json").write_text(json.dumps(listed, ensure_ascii=False, indent=1), encoding="utf-8")
    windows = platform.startswith("win")
    for name, verb in {"安装": "install", **VERBS}.items():
        script = PARTS / (("install" if verb == "install" else "verb") + (".cmd" if windows else ".sh"))
        text = Template(script.read_text(encoding="utf-8")).substitute(VERB=verb, PYTHON=version)
        target = kit / f"{name}{script.suffix}"
        _starter(target, text, windows=windows)
    _guide(kit, about, windows=windows)


def _starter(target: Path, text: str, *, windows: bool) -> None:
    """Write a starter: for Windows ASCII with its line ends, so that no code page can misread it."""
    if windows:
        target.write_bytes(text.replace("\n", "\r\n").encode("ascii"))
    else:
        target.write_bytes(text.encode("ascii"))
        target.chmod(0o755)


def _guide(kit: Path, about: Mapping[str, object], *, windows: bool) -> None:
    text = Template((PARTS / "guide.html").read_text(encoding="utf-8"))
    own = next(name for name in about["wheels"] if name.startswith("changshu_monitor"))
    said = text.substitute(
        VERSION=own.split("-")[1], PLATFORM=html.escape(str(about["platform"])), PYTHON=about["python"],
        ENDING="cmd" if windows else "sh", RUNTIME="已在套件中" if about["runtime"] else "不在套件中，用本机的",
        COUNT=len(about["wheels"]),
    )  # fmt: skip
    (kit / "安装说明.html").write_text(said, encoding="utf-8")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as source:
        for block in _blocks(source):
            digest.update(block)
    return digest.hexdigest()


def _blocks(source) -> Iterator[bytes]:  # noqa: ANN001  an open file
    while block := source.read(1 << 20):
        yield block


if __name__ == "__main__":
    if Path(sys.prefix) != VENV:  # the environment as it stands: one that others work in is not made anew
        interpreter = python() if python().exists() else ready()
        sys.exit(subprocess.run([str(interpreter), __file__, *sys.argv[1:]], check=False).returncode)
    sys.exit(main())
