"""Run the tests with Python 3.11 to 3.13, and once with the oldest dependencies that pyproject.toml states.

    python scripts/pythons.py              # every interpreter that is at hand, tests of figures and commands
    python scripts/pythons.py tests/water  # further arguments go to pytest
    python scripts/pythons.py 3.13 oldest tests/clauses  # that one, and the oldest dependencies with the first at hand

Each environment stands in a folder for temporary files and goes afterwards; `.venv` is left alone.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from environment import ROOT

VERSIONS = ("3.11", "3.12", "3.13")
OLDEST, ABSENT = "oldest", "not at hand"
TESTS = ("tests/base", "tests/clauses", "tests/cli", "tests/air", "tests/water", "tests/land")
BOUND = re.compile(r"^([A-Za-z0-9_.\-]+)(==|>=)([0-9][^,;\s]*)")


def main() -> int:
    """Test with each; 1 where a test failed, 2 where no interpreter is at hand."""
    chosen = [one for one in sys.argv[1:] if one in (*VERSIONS, OLDEST)] or [*VERSIONS, OLDEST]
    tests = [one for one in sys.argv[1:] if one not in chosen] or [
        one for one in TESTS if (ROOT / one).is_dir()
    ]
    there = {version: found for version in VERSIONS if (found := _interpreter(version)) is not None}
    told: dict[str, str] = {}
    for version in VERSIONS:
        if version in chosen:
            locked = ["--require-hashes", "-r", str(ROOT / "requirements.lock")]
            told[version] = _tested(there[version], locked, tests) if version in there else ABSENT
    if OLDEST in chosen and there:
        version, interpreter = next(iter(there.items()))
        told[f"{version}, oldest dependencies"] = _tested(interpreter, [*_oldest(), *_test_tools()], tests)
    print("\n".join(f"Python {name}: {how}" for name, how in told.items()))
    if all(how == ABSENT for how in told.values()):
        return 2
    return int(any(how not in ("passed", ABSENT) for how in told.values()))


def _interpreter(version: str) -> str | None:
    """Find an interpreter that answers with its version: a name on the path may be a shim of none."""
    names = [
        f"python{version}",
        *sorted(map(str, Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))),
    ]
    for name in names:
        found = shutil.which(name)
        if found is None:
            continue
        said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        if said.returncode == 0 and said.stdout.startswith(f"Python {version}."):
            return found
    return None


def _tested(interpreter: str, packages: list[str], tests: list[str]) -> str:
    with tempfile.TemporaryDirectory(prefix="gis-python-") as folder:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        python = str(Path(folder) / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        pip = [python, "-m", "pip", "--disable-pip-version-check", "-q", "install"]
        if subprocess.run([*pip, *packages], cwd=ROOT, check=False).returncode:
            return "the dependencies cannot be installed"
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
        }  # not installed: that would write beside the code
        tested = [python, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *tests]
        done = subprocess.run(tested, cwd=ROOT, env=environment, check=False)
        return "passed" if done.returncode == 0 else f"pytest left with {done.returncode}"


def _project() -> dict[str, list[str]]:
    with (ROOT / "pyproject.toml").open("rb") as source:
        project = tomllib.load(source)["project"]
    return {"dependencies": project["dependencies"], "test": project["optional-dependencies"]["test"]}


def _oldest() -> list[str]:
    """Give each dependency at the oldest version that is stated: `numpy>=2` is `numpy==2.*` at its first."""
    bounds = [BOUND.match(one) for one in _project()["dependencies"]]
    return [f"{one[1]}=={_full(one[3])}" for one in bounds if one is not None]


def _full(version: str) -> str:
    """Write a version whole: 2 is 2.0.0; pip takes 2.0 and 2.0.0 for one."""
    return version if version.count(".") > 1 else ".".join([*version.split("."), "0", "0"][:3])


def _test_tools() -> list[str]:
    return _project()["test"]


if __name__ == "__main__":
    sys.exit(main())
