"""Run one contestant in a fresh process: its seconds, its peak memory, its answer."""

from __future__ import annotations

import multiprocessing
import resource
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Run = Callable[[], Any]
KILOBYTES_A_GIGABYTE = 1024 * 1024
LIMIT_S = 900


class NotAvailableError(Exception):
    """A peer that is not installed here; the text says why."""


@dataclass(frozen=True)
class Lap:
    """One contestant; `seconds` is the best round, `cpu` its processor time; None with `why` where it could not run."""

    name: str
    seconds: float | None
    peak_gb: float = 0.0
    answer: Any = None
    why: str = ""
    cpu: float = 0.0


def lap(name: str, make: Callable[..., Run], *inputs: Any, rounds: int = 1) -> Lap:
    """Load and prepare outside the clock (`make`), then time what it returns, in a process of its own."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_one, args=(theirs, make, inputs, rounds))
    process.start()
    theirs.close()
    try:
        if not ours.poll(LIMIT_S):
            return Lap(name, None, why=f"stopped after {LIMIT_S} s")
        seconds, peak, answer, why, cpu = ours.recv()
    except EOFError:
        return Lap(name, None, why="the process died")
    finally:
        process.terminate()
        process.join()
    return Lap(name, seconds, peak, answer, why, cpu)


def _one(out: Any, make: Callable[..., Run], inputs: tuple[Any, ...], rounds: int) -> None:
    try:
        run = make(*inputs)
        best = cpu = float("inf")
        for _ in range(rounds):
            start, used = time.perf_counter(), time.process_time()
            answer = run()
            best, cpu = min(best, time.perf_counter() - start), min(cpu, time.process_time() - used)
        answer = answer() if callable(answer) else answer
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILOBYTES_A_GIGABYTE
        out.send((best, peak, answer, "", cpu))
    except NotAvailableError as error:
        out.send((None, 0.0, None, f"not available: {error}", 0.0))
    except Exception as error:  # noqa: BLE001  a peer may fail in any way
        out.send((None, 0.0, None, f"failed: {error} {traceback.format_exc(limit=-1)[-200:]}", 0.0))


def table(title: str, laps: list[Lap], first: str) -> None:
    """Print seconds, the ratio to `first`, and peak memory."""
    ours = next(one for one in laps if one.name == first)
    print(f"\n{title}")
    for one in laps:
        if one.seconds is None or ours.seconds is None:
            print(f"  {one.name:34} {one.why}")
        else:
            print(
                f"  {one.name:34} {one.seconds:8.2f} s  {one.seconds / ours.seconds:7.1f} x  {one.peak_gb:5.2f} GB"
            )
