"""Run one contestant in a fresh process: its seconds, its peak memory, its answer."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Run = Callable[[], Any]
KILOBYTES_A_GIGABYTE = 1024 * 1024
LIMIT_S = 900
ROUNDS = 3
ENOUGH_S = 20.0  # no further round after so many seconds
SHOWN = 0.02  # of the wall clock: processor time below it was spent in another process


class NotAvailableError(Exception):
    """A peer that is not installed here; the text says why."""


@dataclass(frozen=True)
class Lap:
    """One contestant; `seconds` is the best round, None with `why` where it could not run.

    `cpu` are the processor's seconds of that round, all threads together.
    """

    name: str
    seconds: float | None
    peak_gb: float = 0.0
    answer: Any = None
    why: str = ""
    cpu: float = 0.0


def lap(name: str, make: Callable[..., Run], *inputs: Any, rounds: int = 1) -> Lap:
    """Load and prepare outside the clock (`make`), then time what it returns, in a process of its own.

    The best round of `rounds` counts; a slow contestant has no further one after 20 s.
    """
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_one, args=(theirs, make, inputs, rounds))
    process.start()
    theirs.close()
    try:
        if not ours.poll(LIMIT_S):
            return Lap(name, None, why=f"stopped after {LIMIT_S} s")
        seconds, cpu, peak, answer, why = ours.recv()
    except EOFError:
        return Lap(name, None, why="the process died")
    finally:
        process.terminate()
        process.join()
    return Lap(name, seconds, peak, answer, why, cpu)


def _one(out: Any, make: Callable[..., Run], inputs: tuple[Any, ...], rounds: int) -> None:
    try:
        run = make(*inputs)
        laps: list[tuple[float, float]] = []
        while len(laps) < rounds and sum(one for one, _ in laps) < ENOUGH_S:
            start, busy = time.perf_counter(), time.process_time()
            answer = run()
            laps.append((time.perf_counter() - start, time.process_time() - busy))
        answer = answer() if callable(answer) else answer
        peak = peak_kb() / KILOBYTES_A_GIGABYTE
        out.send((*min(laps), peak, answer, ""))
    except NotAvailableError as error:
        out.send((None, 0.0, 0.0, None, f"not available: {error}"))
    except Exception as error:  # noqa: BLE001  a peer may fail in any way
        out.send((None, 0.0, 0.0, None, f"failed: {error} {traceback.format_exc(limit=-1)[-200:]}"))


def peak_kb() -> int:
    """Give the peak of this process; `ru_maxrss` of a spawned one starts at that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(row.split()[1]) for row in status.read_text().splitlines() if row.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def table(title: str, laps: list[Lap], *ours: str) -> None:
    """Print seconds, the processor's seconds, how many times each of `ours`, and peak memory."""
    base = [next(one.seconds for one in laps if one.name == name) for name in ours]
    print(f"\n{title}")
    for one in laps:
        if one.seconds is None:
            print(f"  {one.name:34} {one.why}")
            continue
        times = "  ".join(f"{one.seconds / it:7.1f} x" if it else "        -" for it in base)
        busy = f"{one.cpu:7.2f}" if one.cpu > SHOWN * one.seconds else "      -"
        print(f"  {one.name:34} {one.seconds:8.2f} s {busy} s  {times}  {one.peak_gb:5.2f} GB", flush=True)
