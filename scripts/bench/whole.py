"""A whole run of a large county: processor's seconds, peak memory, files and MB, beside those of another commit."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from bench.race import KILOBYTES_A_GIGABYTE
from bench.seeded import county

ROOT = Path(__file__).resolve().parents[2]
FILE = "bench.toml"
LAYERS = """
[[layer]]
id = "many_parcels"
kind = "parcels"
title = { zh = "大量地块", en = "Many parcels" }
files = ["data/many_parcels.gpkg"]
group = "land"
about = { source = "bench" }

[[layer]]
id = "many_fields"
kind = "control_lines"
line_type = "basic_farmland"
title = { zh = "大量图斑", en = "Many fields" }
files = ["data/many_fields.gpkg"]
group = "lines"
constants = { effective_from = 2017-10-31 }
about = { source = "bench" }

[[rule]]
id = "many_in_basic_farmland"
subject = "many_parcels"
line = "basic_farmland"
verdict = "forbidden"
severity = "high"
clause = "bench"
"""


class Whole(NamedTuple):
    """What one run cost and wrote."""

    cpu: float
    peak_gb: float
    files: int
    mb: float


def bench(parcels: int, fields: int, beside: str | None) -> None:
    """Run the sample with so many further parcels and fields, by this code and by that of a commit."""
    print(f"\ngis run: the sample's five years, {parcels:,} parcels and {fields:,} fields more")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        now = _run(ROOT, Path(name), parcels, fields)
        _say("this code", now)
        if beside is None:
            return
        with worktree(beside, Path(name) / "code") as code:
            before = _run(code, Path(name), parcels, fields)
        _say(beside, before)
        ratios = [one / other for one, other in zip(now, before, strict=True)]
        print("  this / {}: {:.2f} x  {:.2f} x  {:.2f} x  {:.2f} x".format(beside, *ratios))


def _say(name: str, one: Whole) -> None:
    print(
        f"  {name}: {one.cpu:.1f} s of processor, peak {one.peak_gb:.2f} GB, {one.files:,} files of {one.mb:,.0f} MB",
        flush=True,
    )


@contextmanager
def worktree(commit: str, folder: Path) -> Iterator[Path]:
    """Give the code of a commit in a folder, for as long as it is needed."""
    git = ["git", "-C", str(ROOT), "worktree"]
    subprocess.run([*git, "add", "--detach", "--quiet", str(folder), commit], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*git, "remove", "--force", str(folder)], check=True)


def _run(code: Path, scratch: Path, parcels: int, fields: int) -> Whole:
    """Run the code of a folder over its own catalogue and sample, and what is added to them."""
    folder = Path(tempfile.mkdtemp(dir=scratch))
    layers, out = folder / "layers", folder / "out"
    shutil.copytree(code / "layers", layers, ignore=shutil.ignore_patterns("data"))
    _gis(code, "sample", "--layers", str(layers))
    drawn = county(parcels, fields)
    (layers / FILE).write_text(LAYERS, encoding="utf-8")
    drawn.parcels.to_file(layers / "data" / "many_parcels.gpkg")
    drawn.farmland.to_file(layers / "data" / "many_fields.gpkg")
    cpu, peak = _gis(code, "run", "--layers", str(layers), "--out", str(out))
    sizes = [path.stat().st_size for path in out.rglob("*") if path.is_file() and ".work" not in path.parts]
    return Whole(cpu, peak, len(sizes), sum(sizes) / 1e6)


def _gis(code: Path, *words: str) -> tuple[float, float]:
    """Run a command of the code of a folder; give the processor's seconds and the peak memory in GB."""
    process = subprocess.Popen(
        [sys.executable, "-m", "gis", *words], cwd=code, env={**os.environ, "PYTHONPATH": str(code)},
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, process.args)
    return used.ru_utime + used.ru_stime, used.ru_maxrss / KILOBYTES_A_GIGABYTE
