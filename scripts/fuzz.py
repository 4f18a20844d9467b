"""Mutate files of every format and layout and run the real verbs on them.

    python scripts/fuzz.py --cases 20000 --seed 1 [--jobs 2]
    python scripts/fuzz.py --only 10000017 [--keep]      # one case again, with its folder

Counts what must be 0: tracebacks, exceptions nobody foresaw, over 10 s, over 1 GB, a foreign file read, an input
changed, rows that no balance explains, a process that died. Exit 1 when any is not.
"""

from __future__ import annotations

import argparse
import multiprocessing
import shutil
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from fuzz import corpus  # noqa: E402
from fuzz.worker import FAULTS, Outcome, serve  # noqa: E402

A_SEED = 10_000_000
PATIENCE_S = 150
MOST_CASES = 200  # of one process: threads and arenas stay in its address space
MOST_GROWN = 2**28
FRESH = multiprocessing.get_context("spawn")


class Worker:
    """A process that runs cases one after the other, replaced when it hangs or dies."""

    def __init__(self, folder: Path, seeds: list[corpus.Seed], scratch: Path) -> None:
        self.about = (folder, seeds, scratch)
        self.case, self.since, self.served = 0, 0.0, 0
        self.pipe: Connection
        self.process: BaseProcess
        self._start()

    def _start(self) -> None:
        self.served = 0
        self.pipe, theirs = FRESH.Pipe()
        self.process = FRESH.Process(target=serve, args=(theirs, *self.about), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, case: int) -> None:
        """Start a case."""
        if self.served == MOST_CASES:
            self.stop()
            self._start()
        self.served += 1
        self.case, self.since = case, time.monotonic()
        self.pipe.send(case)

    def stop(self) -> None:
        """End the process in order."""
        self.pipe.send(None)
        self.process.join(5)
        self.process.kill()

    def answer(self) -> Outcome:
        """Take the outcome of the case; a process that has used much memory is worn out."""
        found: Outcome = self.pipe.recv()
        if found.grown > MOST_GROWN:
            self.served = MOST_CASES
        return found

    def replaced(self, fault: str) -> Outcome:
        """Give the outcome of a case that never ended, and start again."""
        self.process.kill()
        self.process.join()
        code = self.process.exitcode
        self._start()
        return Outcome(self.case, "?", faults={fault: f"no answer (exit {code}); --only {self.case}"})


def outcomes(cases: list[int], jobs: int, base: Path) -> Iterator[Outcome]:
    """Run cases in worker processes and give their outcomes as they come."""
    folder = base / "corpus"
    folder.mkdir()
    seeds = corpus.write(folder)
    workers = [Worker(folder, seeds, base / f"work{at}") for at in range(jobs)]
    waiting = iter(cases)
    busy = {worker.pipe: worker for worker in workers if _next(worker, waiting)}
    while busy:
        for pipe in wait(list(busy), timeout=1):
            worker = busy.pop(pipe)  # type: ignore[arg-type]
            try:
                yield worker.answer()
            except (EOFError, ConnectionError):
                yield worker.replaced("crash")
            if _next(worker, waiting):
                busy[worker.pipe] = worker
        for pipe, worker in list(busy.items()):
            if time.monotonic() - worker.since > PATIENCE_S:
                del busy[pipe]
                yield worker.replaced("slow")
                if _next(worker, waiting):
                    busy[worker.pipe] = worker
    for worker in workers:
        worker.stop()


def _next(worker: Worker, waiting: Iterator[int]) -> bool:
    case = next(waiting, None)
    if case is not None:
        worker.give(case)
    return case is not None


def table(found: list[Outcome]) -> None:
    """Print the counts by format and in total."""
    by: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        by[one.label].append(one)
    heads = ["cases", "exit 0", "exit 2", *FAULTS, "most s", "most MB"]
    print(f"{'':<16}" + "".join(f"{head:>11}" for head in heads))
    for label, ones in [*sorted(by.items()), ("all", found)]:
        codes = Counter(one.code for one in ones)
        faults = Counter(fault for one in ones for fault in one.faults)
        cells = [len(ones), codes[0], codes[2], *(faults[fault] for fault in FAULTS)]
        cells += [round(max((one.seconds for one in ones), default=0), 1)]
        cells += [round(max((one.grown for one in ones), default=0) / 2**20)]
        print(f"{label:<16}" + "".join(f"{cell:>11}" for cell in cells))


def main() -> int:
    """Read the words of the command line, run, print; not 0 when anything is wrong."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--cases", type=int, default=1000)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--only", type=int, nargs="+", help="these cases alone")
    words.add_argument("--keep", action="store_true", help="keep the folders of cases that failed")
    given = words.parse_args()
    cases = given.only or [given.seed * A_SEED + at for at in range(given.cases)]
    base = Path(tempfile.mkdtemp(prefix="gis-fuzz-"))
    start, found = time.monotonic(), []
    try:
        for one in outcomes(cases, min(given.jobs, len(cases)), base):
            found.append(one)
            if given.only:
                print(f"{one.case}  {one.label}  {one.mutation}  gis {one.command}  exit {one.code}")
            for fault, line in one.faults.items():
                print(
                    f"{fault:<11}{one.case}  {one.label}  [{one.mutation}]  gis {one.command}\n           {line}",
                    flush=True,
                )
    finally:
        if given.keep:
            print(f"kept  {base}")
        else:
            shutil.rmtree(base, ignore_errors=True)
    table(found)
    wrong = sum(bool(one.faults) for one in found)
    print(f"{len(found):,} cases in {time.monotonic() - start:,.0f} s: {wrong} with a fault")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
