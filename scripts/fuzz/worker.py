"""Run one case in a fresh folder, in process, and say what went wrong."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import random
import resource
import shutil
import signal
import time
import traceback
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

from fuzz.corpus import Seed
from fuzz.mutate import mutate

MOST_SECONDS = 10.0
MOST_MEMORY = 2**30
ROOM = 6 * 2**30
CANARY, WORD = "机密.csv", "CANARY7c1f"
BESIDE = ("parcels.gpkg", "lines.gpkg", "events.xlsx", "sections.xlsx", "samples.csv", "cover.tif")
ONCE = ("sheet merges", "xml", "xml more", "gz bomb")  # openpyxl takes a minute to open what they leave
FAULTS = (
    "traceback", "unforeseen", "slow", "memory", "canary", "input", "balance", "crash",
)  # fmt: skip


@dataclass
class Outcome:
    """What one case did; `faults` are of FAULTS, each with a line that tells it."""

    case: int
    label: str
    mutation: str = ""
    command: str = ""
    code: int | None = None
    seconds: float = 0.0
    grown: int = 0
    faults: dict[str, str] = field(default_factory=dict)


def serve(pipe: Connection, corpus: Path, seeds: list[Seed], scratch: Path) -> None:
    """Run the cases that come through a pipe until None comes."""
    warnings.simplefilter("ignore")
    watch = Watch()
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_size("VmSize") + ROOM, resource.RLIM_INFINITY))
    while (case := pipe.recv()) is not None:
        pipe.send(_run(case, corpus, seeds, scratch, watch))


class Watch(logging.Handler):
    """Counts the exceptions nobody foresaw and the balances that do not close."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        from gis.ingest import read

        self.unforeseen: list[str] = []
        self.open: list[str] = []
        logging.getLogger("gis").addHandler(self)
        together = read.together

        def watched(*args: object, **kwargs: object) -> object:
            found = together(*args, **kwargs)
            self.open += unbalanced(found)
            return found

        read.together = watched

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the exception that was logged."""
        error = record.exc_info[1] if record.exc_info else None
        self.unforeseen.append(told(error) if error else record.getMessage())

    def clear(self) -> None:
        """Forget what was seen."""
        self.unforeseen, self.open = [], []


def told(error: BaseException) -> str:
    """Give an exception in one line, with the last line of ours that it passed."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [one for one in frames if "/gis/" in one.filename and "site-packages" not in one.filename]
    place = f"{Path(ours[-1].filename).name}:{ours[-1].lineno} {ours[-1].name}" if ours else "?"
    return f"{type(error).__name__} in {place}: {str(error)[:150]}"


def unbalanced(found: object) -> list[str]:
    """Name the sources whose rows read are not the sum of what became of them, and lists that hold more or fewer."""
    from gis.base.tables import BALANCE, LEFT, READ
    from gis.ingest.balance import ONCE, set_aside

    counts, gone, rejects = found.sources, found.superseded, found.rejects  # type: ignore[attr-defined]
    off = counts[counts[READ] != counts[list(BALANCE[1:])].sum(axis=1)]
    lines = [f"{row['source']}: {row[list(BALANCE)].to_dict()}" for _, row in off.iterrows()]
    once, aside = gone["reason"].isin(ONCE), set_aside(rejects)
    listed = {"rows_equal": once.sum(), "rows_superseded": (~once).sum(), "rows_set_aside": aside.sum()}
    lines += [
        f"{name} is {int(counts[name].sum())}, {n} are listed"
        for name, n in listed.items()
        if counts[name].sum() < n
    ]
    if int(counts[list(LEFT)].sum().sum()) < len(gone) + len(rejects):
        lines.append(f"{len(gone)} and {len(rejects)} rows are listed, fewer are counted")
    made = len(found.own)  # type: ignore[attr-defined]
    if int(counts["records"].sum()) > made:
        lines.append(f"records is {int(counts['records'].sum())}, the table has {made}")
    return lines


def _run(case: int, corpus: Path, seeds: list[Seed], scratch: Path, watch: Watch) -> Outcome:
    rng = random.Random(case)  # noqa: S311  reproducible, not secret
    seed = rng.choice(seeds)
    folder = scratch / f"case-{case}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    target = _copied(corpus, folder, seed)
    outcome = Outcome(case, seed.label)
    others = [corpus / one.name for one in seeds if not (corpus / one.name).is_dir()]
    outcome.mutation = mutate(target, rng, others, CANARY)
    if rng.random() < 0.25 and outcome.mutation not in ONCE:  # noqa: PLR2004  a quarter has two changes
        outcome.mutation += " + " + mutate(target, rng, others, CANARY)
    words = [str(word).format(seed.name) for word in rng.choice(seed.commands)]
    outcome.command = " ".join(words)
    os.environ["GIS_LANG"] = rng.choice(("zh", "en"))
    canary = _canary(folder)
    inputs = _hashes(folder)
    watch.clear()
    _invoke(words, folder, outcome, watch)
    _inspect(folder, canary, inputs, outcome)
    if not outcome.faults:
        shutil.rmtree(folder, ignore_errors=True)
    return outcome


def _copied(corpus: Path, folder: Path, seed: Seed) -> Path:
    for name in {*BESIDE, seed.name}:
        source = corpus / name
        if source.is_dir():
            shutil.copytree(source, folder / name)
        elif source.exists():
            shutil.copyfile(source, folder / name)
    for companion in (".shx", ".dbf", ".prj"):
        beside = (corpus / seed.name).with_suffix(companion)
        if seed.name.endswith(".shp") and beside.exists():
            shutil.copyfile(beside, folder / beside.name)
    return folder / seed.name


def _canary(folder: Path) -> tuple[Path, os.stat_result]:
    path = folder / CANARY
    path.write_text(f"图斑编号,{WORD}\n{WORD},1\n", "utf-8")
    os.utime(path, (1_000_000_000, 1_500_000_000))
    return path, path.stat()


def _hashes(folder: Path) -> dict[Path, str]:
    files = (one for one in folder.rglob("*") if one.is_file() and one.name != CANARY)
    return {one: hashlib.sha256(one.read_bytes()).hexdigest() for one in files}


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _alarm(*_: object) -> None:
    raise TimeoutError("the time of a case is over")


def _invoke(words: list[str], folder: Path, outcome: Outcome, watch: Watch) -> None:
    from typer.testing import CliRunner

    from gis.cli.app import app

    _reset_peak()
    base, start = _size("VmRSS"), time.process_time()
    signal.signal(signal.SIGPROF, _alarm)
    signal.setitimer(signal.ITIMER_PROF, 2 * MOST_SECONDS)  # of the processor: others may be at work too
    with _inside(folder):
        try:
            result = CliRunner().invoke(app, words)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    outcome.seconds, outcome.grown = time.process_time() - start, max(_size("VmHWM") - base, 0)
    outcome.code = result.exit_code
    _judge(result.exception, outcome)
    if watch.unforeseen and watch.unforeseen[0].startswith("TimeoutError"):
        outcome.faults["slow"] = watch.unforeseen[0]
    elif watch.unforeseen:
        outcome.faults.setdefault("unforeseen", watch.unforeseen[0])
    if watch.open:
        outcome.faults["balance"] = watch.open[0]
    if WORD in result.output:
        outcome.faults["canary"] = "its word is in the output"
    if "Traceback (most recent" in result.output:
        outcome.faults.setdefault("traceback", "in the output")
    if outcome.seconds > MOST_SECONDS:
        outcome.faults["slow"] = f"{outcome.seconds:.1f} s"
    if outcome.grown > MOST_MEMORY:
        outcome.faults["memory"] = f"{outcome.grown / 2**20:,.0f} MB"


def _judge(error: BaseException | None, outcome: Outcome) -> None:
    if error is None or isinstance(error, SystemExit):
        return
    kind = (
        "slow"
        if isinstance(error, TimeoutError)
        else "memory"
        if isinstance(error, MemoryError)
        else "traceback"
    )
    outcome.faults[kind] = told(error)


def _inspect(
    folder: Path, canary: tuple[Path, os.stat_result], inputs: dict[Path, str], outcome: Outcome
) -> None:
    path, before = canary
    after = path.stat() if path.exists() else None
    if after is None or (after.st_atime_ns, after.st_mtime_ns) != (before.st_atime_ns, before.st_mtime_ns):
        outcome.faults["canary"] = "was read" if after else "is gone"
    now = _hashes(folder)
    changed = [one.name for one, digest in inputs.items() if now.get(one) != digest]
    if changed:
        outcome.faults["input"] = f"changed: {', '.join(changed)}"
    strange = [one for one in now if one not in inputs and not one.name.startswith(("out.", "gis-error"))]
    if strange:
        outcome.faults.setdefault("input", f"side files: {', '.join(one.name for one in strange)}")
    for one in now:
        if one not in inputs and WORD.encode() in one.read_bytes():
            outcome.faults["canary"] = f"its word is in {one.name}"


def _reset_peak() -> None:
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5", "ascii")


def _size(name: str) -> int:
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) * 1024
    return 0
