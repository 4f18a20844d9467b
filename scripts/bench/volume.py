"""A run over many hourly records: seconds, rows a second, peak memory and its growth, and peers on a sample of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from bench import records
from bench.race import Lap, Run, lap

SAMPLE = 100_000
WORKERS = 2
MICRO = 1e6
OWN_CLOCK = "seconds"  # of an answer that comes from another interpreter


class Peer(NamedTuple):
    """A way to judge the same records; `judge` makes the run over a file of some of them."""

    name: str
    judge: Callable[[Path], Run]


class Stage(NamedTuple):
    """A run over all files, made for their paths and a number of workers."""

    name: str
    run: Callable[[list[Path], int], Run]


def race(folder: Path, kind: str, rows: int, stages: list[Stage], ours: Peer, peers: list[Peer]) -> None:
    """Run the stages on a tenth and on all of the rows, then the peers on a sample; answers are compared first."""
    paths = records.files_of(folder, kind, rows)
    total = len(paths) * records.ROWS_A_FILE
    size = sum(path.stat().st_size for path in paths)
    print(
        f"\n{kind}: {total:,} hourly records in {len(paths)} Parquet files ({size / 1e6:,.0f} MB), {WORKERS} workers"
    )
    best = [_stage(one, paths) for one in stages]
    sample = folder / f"{kind}-sample.parquet"
    pd.read_parquet(paths[0]).sample(SAMPLE, random_state=records.SEED).to_parquet(sample)
    _peers(ours, peers, sample, next((one for one in best if one.seconds), None), total)


def _stage(stage: Stage, paths: list[Path]) -> Lap:
    few = paths[: max(len(paths) // 10, 1)]
    small = lap(stage.name, stage.run, few, WORKERS)
    whole = lap(stage.name, stage.run, paths, WORKERS)
    if whole.seconds is None or small.seconds is None:
        print(f"  {stage.name}: {whole.why or small.why}")
        return whole
    same = small.answer.equals(whole.answer[: len(small.answer)])
    print(
        f"  - the first {len(small.answer):,} rows of the result are {'the same' if same else 'NOT THE SAME'} in both"
    )
    for one, files in ((small, few), (whole, paths)):
        count = len(files) * records.ROWS_A_FILE
        line = f"  {stage.name:30} {count:11,} rows {one.seconds:7.2f} s ({one.cpu:.2f} s of processor)"
        print(f"{line} {count / one.seconds:11,.0f} rows/s  peak {one.peak_gb:.2f} GB")
    print(
        f"  - {len(paths) / len(few):.1f} times the rows take {whole.peak_gb / small.peak_gb:.2f} times the memory"
    )
    return whole


def _peers(ours: Peer, peers: list[Peer], sample: Path, run: Lap | None, total: int) -> None:
    mine = lap(ours.name, ours.judge, sample, rounds=3)
    theirs = [lap(one.name, one.judge, sample) for one in peers]
    for one in theirs:
        if one.answer is not None and mine.answer is not None:
            print(f"  - {one.name}: {_same(mine.answer, one.answer)}")
    print(
        f"  {SAMPLE:,} of these records judged alone: µs a row, and µs of processor; times ours; times the whole run"
    )
    for one in (mine, *theirs):
        if one.seconds is None or mine.seconds is None:
            print(f"  {one.name:38} {one.why}")
            continue
        seconds, cpu = one.answer.attrs.get(OWN_CLOCK, (one.seconds, one.cpu))
        line = f"  {one.name:30} {seconds / SAMPLE * MICRO:8.2f} µs {cpu / SAMPLE * MICRO:8.2f} µs"
        line += f" {seconds / mine.seconds:8.1f} x ({cpu / mine.cpu:.1f} x)"
        if run is not None and run.seconds:
            line += (
                f" {seconds / SAMPLE * total / run.seconds:8.1f} x ({cpu / SAMPLE * total / run.cpu:.1f} x)"
            )
        print(line)
    print("  in brackets: by processor time, which a busy machine does not change")


def _same(mine: pd.DataFrame, theirs: pd.DataFrame) -> str:
    equal = {name: int((_text(mine[name]) == _text(theirs[name])).sum()) for name in theirs}
    worst = min(equal.values())
    apart = "" if worst == len(theirs) else f" {equal}"
    return f"{', '.join(equal)}: equal in {worst:,} of {len(theirs):,} rows{apart}"


def _text(values: Any) -> pd.Series:
    plain = pd.Series(values).reset_index(drop=True)
    numbers = pd.to_numeric(plain, errors="coerce") if plain.dtype != "str" else None
    if numbers is not None and numbers.notna().sum() == plain.notna().sum():
        return numbers.astype("Float64").fillna(-1.0)
    return plain.astype("object").where(plain.notna(), "")
