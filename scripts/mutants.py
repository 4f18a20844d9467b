"""Change the code of a room by one operator, number or name at a time and see whether its own tests notice.

    pip install mutmut
    python scripts/mutants.py class --most 60 --seed 1

Works in a copy of the project. What no test noticed is shown as a change; scripts/mutants.md judges those.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from environment import ROOT

ROOMS = {
    "area": ("gis/land/area.py", ("tests/land/test_area.py", "tests/clauses/test_land.py")),
    "class": ("gis/water/classes.py", ("tests/water/test_classes.py", "tests/clauses/test_water.py")),
    "aqi": ("gis/air/aqi.py", ("tests/air/test_aqi.py", "tests/clauses/test_air.py")),
    "ledger": ("gis/land/counting.py", ("tests/land/test_ledger.py", "tests/clauses/test_land.py")),
    "overlay": ("gis/land/overlay.py", ("tests/land/test_overlay.py",)),
    "cells": (
        "gis/base/columns.py",
        ("tests/base", "tests/house/test_words.py", "tests/cli/test_tables_read_back.py"),
    ),
}
COPIED = ("gis", "tests", "layers", "scripts", "pyproject.toml")
NONE = "none"  # a name that no mutant has: mutmut then writes all and runs none
SURVIVED, UNTRIED = 0, 33


def copied(folder: Path, room: str) -> None:
    """Copy the project into a folder and tell mutmut what to change and which tests may notice."""
    for name in COPIED:
        one = ROOT / name
        if one.is_dir():
            shutil.copytree(one, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(one, folder / name)
    file, tests = ROOMS[room]
    told = {
        "source_paths": ["gis"], "only_mutate": [file], "also_copy": ["layers", "scripts"],
        "pytest_add_cli_args": ["-p", "no:xdist", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": [*tests], "timeout_constant": 60.0,
    }  # fmt: skip
    lines = "".join(f"{key} = {json.dumps(value)}\n" for key, value in told.items())
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as project:
        project.write(f"\n[tool.mutmut]\n{lines}")


def mutmut(folder: Path, *words: str, **how: object) -> subprocess.CompletedProcess[str]:
    """Run mutmut in the copy, with the examples of hypothesis that are always the same."""
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "ci"}
    environment.pop("PYTHONPATH", None)
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=folder, env=environment, text=True, check=False, **how)  # type: ignore[call-overload]


def codes(folder: Path, room: str) -> dict[str, int | None]:
    """Give what became of each mutant: name → exit code of its tests, None where it was not run."""
    about = folder / "mutants" / f"{ROOMS[room][0]}.meta"
    if not about.exists():
        sys.exit("mutmut wrote no mutants; is it installed?")
    return json.loads(about.read_text("utf-8"))["exit_code_by_key"]


def main() -> int:
    """Run the mutants of one room; 1 when one survived."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("room", choices=ROOMS)
    words.add_argument("--most", type=int, help="so many of them, drawn by the seed")
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="gis-mutants-") as name:
        folder = Path(name)
        copied(folder, asked.room)
        mutmut(folder, "run", "--max-children", "1", NONE, capture_output=True)
        every = sorted(codes(folder, asked.room))
        drawn = random.Random(asked.seed).sample(every, min(asked.most or len(every), len(every)))  # noqa: S311
        mutmut(folder, "run", *drawn, stdout=subprocess.DEVNULL)
        found = {name: code for name, code in codes(folder, asked.room).items() if name in drawn}
        survived = [name for name, code in found.items() if code in (SURVIVED, UNTRIED)]
        print(
            f"{asked.room}: {len(found)} of {len(every)} run, {len(survived)} unnoticed; {Counter(found.values())}"
        )
        for one in survived:
            print(mutmut(folder, "show", one, stdout=subprocess.PIPE).stdout, flush=True)
    return 1 if survived else 0


if __name__ == "__main__":
    sys.exit(main())
