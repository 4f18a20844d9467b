"""The project's own papers agree with each other and with the code."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
LONGEST_FILE = 600  # one thing may be so long; a longer one is two
MOST_EDGES_OF_MAPS = 115


def requirements() -> set[str]:
    return set(PROJECT["dependencies"]) | set(PROJECT["optional-dependencies"]["test"])


def test_environment_yml_names_what_pyproject_names():
    lines = (ROOT / "environment.yml").read_text("utf-8").splitlines()
    listed = {line.strip()[2:] for line in lines if line.strip().startswith("- ")}
    assert listed - {"conda-forge", "python>=3.11", "pip", "pip:", "-e ."} == requirements()
    assert f"python{PROJECT['requires-python']}" in listed


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("requirements.lock", requirements()),
        ("requirements-docs.lock", {*PROJECT["optional-dependencies"]["docs"]}),
    ],
)
def test_a_lock_pins_every_requirement_with_hashes_and_no_index(name, wanted):
    lock = (ROOT / name).read_text("utf-8")
    names = {re.split(r"[\[=<>]", one)[0] for one in wanted}
    pinned = set(re.findall(r"^([a-z0-9-]+)==", lock, re.MULTILINE))
    assert names <= pinned
    assert "://" not in lock
    blocks = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.MULTILINE)
    assert all("--hash=sha256:" in block for block in blocks if block.strip())


def test_the_locks_agree_where_both_pin():
    ours, docs = (
        dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))
        for name in ("requirements.lock", "requirements-docs.lock")
    )
    assert {name: docs[name] for name in {*ours} & {*docs}} == {
        name: ours[name] for name in {*ours} & {*docs}
    }


SOURCES = sorted(path for room in ("gis", "scripts", "tests") for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_is_longer_than_a_reader_bears(path):
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_FILE


def test_modules_of_pages_know_few_of_each_other():
    """Once 66 modules imported each other 340 times: what pages share stands below them, the rest in its page."""
    paths = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts): path
        for path in (ROOT / "gis/maps").rglob("*.py")
    }
    edges = {
        (name, f"{node.module}.{one.name}" if f"{node.module}.{one.name}" in paths else node.module)
        for name, path in paths.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("gis.maps.")
        for one in node.names
    }
    assert len(edges) <= MOST_EDGES_OF_MAPS


@pytest.mark.slow
def test_imports_go_one_way():
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_scripts_need_only_the_standard_library():
    for name in ("environment.py", "demo.py", "test.py"):
        text = (ROOT / "scripts" / name).read_text("utf-8")
        imports = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE)) - {"environment"}
        assert imports <= sys.stdlib_module_names


def test_a_command_starts_without_the_statistics_libraries():
    code = "import sys, gis.cli.app; print([n for n in ('scipy', 'pykrige', 'pymannkendall') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
