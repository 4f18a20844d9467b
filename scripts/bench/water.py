"""The water bench: ten million hourly records classified and summarised, against the same row by row."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench import records
from bench.race import Run
from bench.rowwise import class_judge
from bench.volume import Peer, Stage, race

LIMITS = "surface_water_limits"
AS_OF = dt.date(2025, 12, 31)
VERDICT = ["water_class", "deciding_indicators", "main_pollutants"]
MONTH = ["section_id", "period"]
CLASSES = range(7)  # 0 = not rated
MONTHS = 12


def bench(rows: int) -> None:
    """Run a tenth and all of the rows without and with suspect flags, then the peer on a sample of them."""
    stages = [Stage("classes, months, periods", summarise), Stage("the same with suspect flags", flagged)]
    with tempfile.TemporaryDirectory(prefix="bench-water-") as name:
        race(
            Path(name),
            "water",
            rows,
            stages,
            Peer("gis.water.classify", ours),
            [Peer("DataFrame.apply(axis=1)", rowwise)],
        )


def summarise(paths: list[Path], workers: int) -> Run:
    """Classify every record and judge every section's months, by files, `workers` at a time."""
    return _run(paths, workers, suspects=False)


def flagged(paths: list[Path], workers: int) -> Run:
    """Do the same with the suspect values flagged, and each month judged with and without them."""
    return _run(paths, workers, suspects=True)


def _run(paths: list[Path], workers: int, *, suspects: bool) -> Run:
    from gis import standards
    from gis.engine import Threads
    from gis.water.months import joined
    from gis.water.periods import periods
    from gis.water.sections import keyed_sections

    editions, engine = standards.load(), Threads(workers)
    listed = keyed_sections(_listed(len(paths)))

    def run() -> pd.DataFrame:
        parts = engine.map(lambda path: _part(path, listed, editions, suspects=suspects), paths)
        summed = engine.combine([one for one, _ in parts], joined)
        judged = periods(summed, listed, editions, AS_OF, ("provincial",))
        counts = pd.concat([one for _, one in parts], ignore_index=True)
        months = judged[judged["period_kind"] == "month"].merge(counts, on=MONTH, how="left")
        return months.sort_values(MONTH, ignore_index=True)

    return run


def _listed(paths: int) -> pd.DataFrame:
    from gis.base.tables import conform

    return conform(records.sections(paths).assign(source="bench", source_row=1), "sections")


def _part(path: Path, listed: pd.DataFrame, editions: Any, *, suspects: bool) -> tuple[Any, pd.DataFrame]:
    from gis.engine import Threads
    from gis.water.classes import classify
    from gis.water.flags import SUSPECTS, flags
    from gis.water.months import months_of
    from gis.water.periods import EVALUATION
    from gis.water.sections import keys_of, kinds_of
    from gis.water.suspects import Doubts

    samples, here = _samples(path), Threads(1)
    samples["key"] = keys_of(samples, listed)
    judged = classify(samples, editions.in_force(LIMITS, AS_OF), kinds_of(samples["key"], listed))
    doubts = Doubts.none()
    if suspects:
        rules = editions.in_force(SUSPECTS, AS_OF)
        found = flags(samples, doubts.non_detects, rules, here)
        doubts = doubts._replace(suspects=found[["at", "indicator"]])
    months = months_of(samples, doubts, editions.in_force(EVALUATION, AS_OF), here)
    return months, _counts(samples, judged["water_class"])


def _counts(samples: pd.DataFrame, found: pd.Series) -> pd.DataFrame:
    """Count the records of each class by section and month."""
    section, sections = pd.factorize(samples["section_id"])
    month = samples["month"].to_numpy("int64") - 1
    place = (section * MONTHS + month) * len(CLASSES) + found.to_numpy("int64", na_value=0)
    shape = (len(sections) * MONTHS, len(CLASSES))
    counts = np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape)
    periods = [f"{AS_OF.year}M{one:02d}" for one in range(1, MONTHS + 1)]
    by = {"section_id": sections.repeat(MONTHS), "period": periods * len(sections)}
    return pd.DataFrame(by | {f"records_{one}": counts[:, one] for one in CLASSES})


def _samples(path: Path) -> pd.DataFrame:
    samples = pd.read_parquet(path)
    dates = samples["sampled_at"].dt
    return samples.assign(year=dates.year.astype("int64"), month=dates.month.astype("int64"))


def ours(sample: Path) -> Run:
    """Classify a sample of records, which are there already."""
    from gis import standards
    from gis.water.classes import classify

    rows, edition = _with_kinds(sample), standards.load().in_force(LIMITS, AS_OF)
    return lambda: classify(rows, edition, rows["water_kind"])[VERDICT]


def rowwise(sample: Path) -> Run:
    """Classify the same records with `apply(axis=1)`."""
    from gis import standards

    rows = _with_kinds(sample)
    judge = class_judge(standards.load().in_force(LIMITS, AS_OF), list(rows))
    return lambda: rows.apply(judge, axis=1, result_type="expand").set_axis(VERDICT, axis=1)


def _with_kinds(sample: Path) -> pd.DataFrame:
    from gis.base.tables import conform

    rows = conform(pd.read_parquet(sample), "samples")
    return rows.assign(
        water_kind=rows["section_id"].map(records.sections(1).set_index("section_id")["water_kind"])
    )
