"""Count the section-months of published hours whose class depends on the decimals that means are judged by.

    python scripts/water_rounding.py FOLDER

FOLDER holds `cnemc_water_hourly_*.csv.gz` and `cnemc_sections_inferred_type.csv`. Months of at least
20 days with a reading are judged by the decimals of 环办监测函〔2020〕82号 and by finer ones, pH through
H⁺, and by finer ones with the arithmetic mean of pH, as before.
"""

from __future__ import annotations

import gzip
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from gis import standards
from gis.engine import Threads
from gis.ingest import Options, read_files
from gis.water.classes import classify
from gis.water.judging import judge
from gis.water.limits import limits_of
from gis.water.means import COUNTS, INDICATORS
from gis.water.methods import with_methods
from gis.water.months import months_of
from gis.water.periods import EVALUATION
from gis.water.rounding import STATISTICS, rounded_means
from gis.water.suspects import Doubts

LEAST_DAYS = 20
KINDS = {"河流": "river", "湖库": "lake"}
LEAD, FINER = "sw-statistics-2020-82", "sw-statistics-finer"


def records(folder: Path) -> pd.DataFrame:
    """Read the hours; a section is a name in a province."""
    with TemporaryDirectory() as place:
        paths = [Path(place) / one.stem for one in sorted(folder.glob("cnemc_water_hourly_*.csv.gz"))]
        for path in paths:
            path.write_bytes(gzip.decompress((folder / f"{path.name}.gz").read_bytes()))
        found = read_files(paths, Options(kind="samples", layer="hours"))
    samples = with_methods(found.table.assign(section_id=found.own["省份"] + found.table["section"]), {})
    samples = samples[samples["sampled_at"].notna()].reset_index(drop=True)
    dates = samples["sampled_at"].dt
    return samples.assign(key=samples["section_id"], year=dates.year, month=dates.month)


def months_judged(samples: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """Give the months of enough days with their class by both decimals, and by the arithmetic mean of pH."""
    editions = standards.load()
    last = samples["sampled_at"].max().date()
    rules = editions.in_force(EVALUATION, last)
    means = months_of(samples, Doubts.none(), rules, Threads()).counted
    means = means[(means["n_days"] >= LEAST_DAYS) & means[INDICATORS].notna().any(axis=1)].reset_index(
        drop=True
    )
    about = means.assign(
        water_kind=means["key"].map(kinds), target_class=pd.NA, x_items=pd.NA, judged_on=pd.Timestamp(last)
    )
    judged = judge(about, Doubts.none().non_detects, editions.force(STATISTICS, LEAD))
    day = samples["sampled_at"].dt.normalize()
    ph = samples.groupby(["key", "year", "month", day])["ph"].mean().groupby(level=[0, 1, 2]).mean()
    before = about.assign(ph=ph.reindex(pd.MultiIndex.from_frame(about[["key", "year", "month"]])).to_numpy())
    before = before.assign(**{COUNTS["ph"]: 2})
    rounded = rounded_means(before, editions.get(FINER).data["rounding"])
    limits = editions.family("surface_water_limits")[-1]
    return judged.assign(water_class_before=classify(rounded, limits, rounded["water_kind"])["water_class"])


def counted(judged: pd.DataFrame, beside: str, good: int) -> str:
    """Say how many months change class, to the better, to the worse and across the last good class."""
    known = judged[["water_class", beside]].notna().all(axis=1)
    lead, other = (judged.loc[known, name].to_numpy("int64") for name in ("water_class", beside))
    better, worse, across = lead < other, lead > other, (lead <= good) != (other <= good)
    changed = np.count_nonzero(better) + np.count_nonzero(worse)
    return (
        f"{changed} of {len(lead):,} section-months differ: {np.count_nonzero(better)} better, "
        f"{np.count_nonzero(worse)} worse, {np.count_nonzero(across)} across Ⅲ/Ⅳ"
    )


def main(folder: Path) -> None:
    """Print the counts."""
    listed = pd.read_csv(folder / "cnemc_sections_inferred_type.csv")
    kinds = listed["inferred_type"].map(KINDS).set_axis(listed["省份"] + listed["断面名称"])
    judged = months_judged(records(folder), kinds)
    good = int(limits_of(standards.load().family("surface_water_limits")[-1]).rules["good_class"])
    print(
        "82号 against finer decimals, pH arithmetic (as before):", counted(judged, "water_class_before", good)
    )
    print(
        "82号 against finer decimals, pH through H⁺:            ", counted(judged, "water_class_other", good)
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
