"""Kill whole runs, run two at once, fill the disk, damage the workspace: nothing may be lost, the next run works.

    python scripts/kills.py --kills 60 --seed 1

After every accident the folder is read without any code of `gis`: each link of the index and of the pages it
points at has its target, every file of the edition is the one its manifest lists, the history is one chain, and
the index prints its newest link. Then the next run must succeed and show the value that its data gives.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from environment import ROOT, python
from small_county import FIGURE, county, mean_of, vary

PATIENCE = 300
SIZES = (1_000, 30_000, 120_000, 400_000)
READERS = {
    ("scorecard",): (0,), ("check",): (0,), ("trace", FIGURE): (0,), ("alerts",): (0, 1), ("run",): (2,),
}  # fmt: skip


class Trial:
    """A county, the folder it publishes in, and what went wrong so far."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.layers, self.out = county(folder / "layers"), folder / "out"
        self.chance = random.Random(seed)  # noqa: S311  moments of kills, no secret
        self.edition = 0
        self.rows: list[tuple[int, int]] = []
        self.seconds = 0.0

    def command(self, *words: str) -> list[str]:
        """Give a command of `gis` on the county."""
        return [str(python()), "-m", "gis", *words, "--layers", str(self.layers), "--out", str(self.out)]

    def start(self, *words: str, **how: object) -> subprocess.Popen[str]:
        """Start a command in a group of its own."""
        return subprocess.Popen(
            self.command(*(words or ("run",))), cwd=ROOT, text=True, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **how,  # type: ignore[call-overload]
        )  # fmt: skip

    def change(self) -> None:
        """Change the data, so that another edition is due."""
        self.edition += 1
        vary(self.layers, self.edition)

    def next_run(self) -> list[str]:
        """Run undisturbed; say what is wrong with what it shows."""
        text, code = finish(self.start())
        if code:
            return [f"the next run ended with {code}: {text[-400:]}"]
        return [*problems(self.out), *self.value()]

    def value(self) -> list[str]:
        """Say whether the edition shown holds the figure that the data gives."""
        shown, expected = manifest_shown(self.out)["figures"][FIGURE], mean_of(self.edition)
        return [] if abs(shown - expected) < 1e-6 else [f"shows {shown}, not {expected}"]  # noqa: PLR2004

    @contextmanager
    def judged(self, what: str) -> Iterator[list[list[str]]]:
        """Collect the faults of several accidents of a kind as one row of the table."""
        begun, times = time.monotonic(), []
        try:
            yield times
        finally:  # hours of kills that somebody stops still say what they found
            for at, faults in enumerate(times):
                for fault in faults:
                    print(f"  {what}, {at + 1}: {fault}")
            sound = sum(not faults for faults in times)
            self.rows.append((len(times), sound))
            print(
                f"{what:34} {sound:3} of {len(times):3} held  {time.monotonic() - begun:6.0f} s", flush=True
            )


def finish(process: subprocess.Popen[str]) -> tuple[str, int]:
    """Wait for a command and give what it printed and its code; a traceback counts as code 99."""
    text, _ = process.communicate(timeout=PATIENCE)
    return text, 99 if "Traceback (most recent call last)" in text else process.returncode


def sha256(path: Path) -> str:
    """Hash a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def chain(out: Path) -> tuple[list[dict[str, object]], list[str]]:
    """Read the history and check that each link names the hash of the one before."""
    faults, links, before = [], [], None
    for number, path in enumerate(sorted((out / "history").glob("*")), start=1):
        link = json.loads(path.read_text("utf-8"))
        if link["link"] != number or link["previous"] != before:
            faults.append(f"history/{path.name} does not follow the link before")
        before = sha256(path)
        links.append({"edition": link["edition"], "sha256": before})
    return links, faults


def manifest_shown(out: Path) -> dict[str, dict[str, float]]:
    """Give the manifest of the edition that the index points at."""
    text = (out / "index.html").read_text("utf-8")
    edition = re.search(r'href="(\d{4}-\d\d-\d\d-[0-9a-f]{8})/', text)
    found: dict[str, dict[str, float]] = json.loads(
        (out / (edition[1] if edition else "?") / "manifest.json").read_text("utf-8")
    )
    return found


def problems(out: Path) -> list[str]:
    """Say what is wrong with a folder of editions, reading nothing but its files."""
    links, faults = chain(out) if (out / "history").exists() else ([], [])
    index = out / "index.html"
    if not index.exists():
        return faults if len(links) <= 1 else [*faults, "no index, yet a history"]
    text = index.read_text("utf-8")
    shown = manifest_shown(out)
    folder = out / str(shown["edition"])
    if sha256(folder / "manifest.json") not in text:
        faults.append("the index does not print the link of its edition")
    if sha256(folder / "manifest.json") not in [link["sha256"] for link in links]:
        faults.append("the edition shown is no link of the history")
    faults += [
        f"{name} is not what the manifest lists"
        for name, expected in shown["files"].items()
        if not (folder / name).is_file() or sha256(folder / name) != str(expected)
    ]
    return faults + dead_links(index, out)


def dead_links(index: Path, out: Path) -> list[str]:
    """Follow every link from the index to pages and tables inside the folder."""
    faults, todo, known = [], [index], {index}
    while todo:
        page = todo.pop()
        for target in re.findall(r'(?:href|src)="([^"#?]+)', page.read_text("utf-8")):
            path = (page.parent / unquote(html.unescape(target))).resolve()
            if re.match(r"[a-z]+:", target) or path in known or not path.is_relative_to(out.resolve()):
                continue
            known.add(path)
            if not path.is_file():
                faults.append(f"{page.name} links to {target}, which is not there")
            elif path.suffix == ".html":
                todo.append(path)
    return faults


def killed(trial: Trial, kills: int, signals: list[signal.Signals], what: str) -> None:
    """Kill runs: every second one at any moment, the others while the edition is written."""
    with trial.judged(what) as times:
        for at in range(kills):
            trial.change()
            process = trial.start()
            begun = time.monotonic()
            if at % 2:
                wait_for_building(trial.out, process)
                time.sleep(trial.chance.uniform(0, 0.35 * trial.seconds))
            else:
                time.sleep(max(trial.chance.uniform(0, trial.seconds) - (time.monotonic() - begun), 0))
            if process.poll() is None:
                os.killpg(process.pid, signals[at % len(signals)])
            process.communicate(timeout=PATIENCE)
            times.append([*problems(trial.out), *trial.next_run()])


def wait_for_building(out: Path, process: subprocess.Popen[str]) -> None:
    """Wait until a run begins to write its edition, or ends."""
    while process.poll() is None and not list((out / ".work").glob("building-*")):
        time.sleep(0.005)


def two_at_once(trial: Trial) -> None:
    """Start two runs, and a run with the verbs that only read."""
    with trial.judged("two runs at once") as times:
        for _ in range(2):
            trial.change()
            faults = [
                f"ended with {code}: {text[-300:]}"
                for text, code in at_once(trial, ("run",), ("run",))
                if code
            ]
            times.append([*faults, *problems(trial.out), *trial.value(), *trial.next_run()])
    with trial.judged("a run beside readers") as times:
        for verb in (("scorecard",), ("check",), ("trace", FIGURE)):
            trial.change()
            faults = [
                f"ended with {code}: {text[-300:]}" for text, code in at_once(trial, ("run",), verb) if code
            ]
            times.append([*faults, *problems(trial.out), *trial.value()])


def at_once(trial: Trial, *commands: tuple[str, ...]) -> list[tuple[str, int]]:
    """Run commands at the same time."""
    return [finish(process) for process in [trial.start(*words) for words in commands]]


def disk_full(trial: Trial) -> None:
    """Let files end at a size, and, where a small disk can be mounted, fill it."""
    with trial.judged("files cut at a size") as times:
        for size in SIZES:
            trial.change()

            def limit(most: int = size) -> None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

            text, code = finish(trial.start(preexec_fn=limit))
            allowed = (2,) if size < largest(trial.out) else (0, 2)
            faults = [] if code in allowed else [f"ended with {code}: {text[-300:]}"]
            times.append([*faults, *problems(trial.out), *trial.next_run()])
    small_disk(trial)


def largest(out: Path) -> int:
    """Give the size of the largest file of the edition shown."""
    folder = out / str(manifest_shown(out)["edition"])
    return max(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def small_disk(trial: Trial) -> None:
    """Fill a disk of a few megabytes while a run writes to it."""
    disk = trial.out.parent / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(disk)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        print("a full disk, a share that is only read: no disk can be mounted here, left out")
        return
    before, trial.out = trial.out, disk / "out"
    try:
        with trial.judged("a full disk") as times:
            times.append(trial.next_run())
            for free in (0, 60_000, 500_000, 1_500_000):
                trial.change()
                space = shutil.disk_usage(disk).free
                (disk / "filler").write_bytes(b"0" * max(space - free, 0))
                text, code = finish(trial.start())
                faults = [] if code in (0, 2) else [f"ended with {code}: {text[-300:]}"]
                faults += problems(trial.out)
                (disk / "filler").unlink()
                times.append([*faults, *trial.next_run()])
            trial.change()
        read_only(trial, disk)
    finally:
        trial.out = before
        subprocess.run(["umount", "-l", str(disk)], check=False)


def read_only(trial: Trial, disk: Path) -> None:
    """Read from a share that takes no file: the verbs that read work and leave nothing."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with trial.judged("a share that is only read") as times:
        for verb, codes in READERS.items():
            text, code = finish(trial.start(*verb))
            times.append([] if code in codes else [f"{verb[0]} ended with {code}: {text[-300:]}"])
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


def cut(path: Path) -> None:
    """Take away the end of a file."""
    path.write_bytes(path.read_bytes()[:-9])


def turn(path: Path) -> None:
    """Turn one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


def fill(path: Path) -> None:
    """Put a file in the place of whatever stands there."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    path.write_text("x")


def open_up(path: Path) -> None:
    """Put a folder in the place of a file."""
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "x").write_text("x")


def each(pattern: str, damage: Callable[[Path], object]) -> Callable[[Path], None]:
    """Damage everything in the workspace that a pattern names."""

    def every(work: Path) -> None:
        for path in sorted(work.glob(pattern)):
            damage(path)

    return every


DAMAGE: dict[str, Callable[[Path], object]] = {
    "hashes.json cut": each("hashes.json", cut),
    "hashes.json junk": each("hashes.json", lambda path: path.write_text("[1, {}]")),
    "hashes.json a folder": each("hashes.json", open_up),
    "parquet cut": each("layers/*/*.parquet", cut),
    "parquet with a bit turned": each("layers/*/*.parquet", turn),
    "parquet gone": each("layers/*/*.parquet", Path.unlink),
    "frames.json junk": each("layers/*/frames.json", lambda path: path.write_text('{"frames": 1}')),
    "frames.json a folder": each("layers/*/frames.json", open_up),
    "entries are files": each("layers/*", fill),
    "the shelf is a file": lambda work: fill(work / "layers"),
    "the workspace is a file": fill,
    "the workspace is gone": shutil.rmtree,
    "alerts.json junk": lambda work: (work / "alerts.json").write_text("{"),
    "the lock is a folder": lambda work: open_up(work / "lock"),
    "half-built rests": lambda work: (work / "building-x" / "y").mkdir(parents=True),
    "no rights": lambda work: work.chmod(0),
}


def damaged(trial: Trial) -> None:
    """Damage the workspace in every way; the run reads again what it needs."""
    with trial.judged("a damaged workspace") as times:
        for name, damage in DAMAGE.items():
            trial.change()
            damage(trial.out / ".work")
            times.append([f"{name}: {fault}" for fault in trial.next_run()])


def comes_back(trial: Trial) -> None:
    """Publish an edition, another one, and the first again."""
    with trial.judged("A, B and A again") as times:
        first = trial.edition
        trial.change()
        faults = trial.next_run()
        trial.edition = first
        vary(trial.layers, first)
        times.append([*faults, *trial.next_run()])
        trial.edition = first + 1


def main() -> int:
    """Try everything; 1 when anything was lost."""
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    words.add_argument("--kills", type=int, default=60)
    words.add_argument("--seed", type=int, default=1)
    asked = words.parse_args()
    with tempfile.TemporaryDirectory(prefix="gis-kills-") as folder:
        trial = Trial(Path(folder), asked.seed)
        with trial.judged("an undisturbed run") as times:
            begun = time.monotonic()
            times.append(trial.next_run())
            trial.seconds = time.monotonic() - begun
        killed(trial, asked.kills, [signal.SIGKILL], "runs killed")
        killed(trial, max(asked.kills // 10, 2), [signal.SIGTERM, signal.SIGINT], "runs told to stop")
        two_at_once(trial)
        disk_full(trial)
        damaged(trial)
        comes_back(trial)
        links, _ = chain(trial.out)
    total, sound = (sum(row[at] for row in trial.rows) for at in (0, 1))
    print(f"seed {asked.seed}: {sound} of {total} held; the chain has {len(links)} links")
    return int(sound != total)


if __name__ == "__main__":
    sys.exit(main())
