"""Check the probabilities of the outlook against simulated sections and against four real years of a station.

    python scripts/outlook_check.py SEED... [--station FILE] [--out docs/outlook_check.md]

Each seed draws 400 sections in every setting for the end of each month, February to November. Each is told the
probability of its year then, and its year is gone on with 100 times. In every tenth of at least 100 forecasts of
the seeds together, of a setting and of all settings, the share that came true must lie within 0.07 of what was
told, and the Brier score below that of climatology; else the script ends with 1. Settings of strong drift, which
four or five years cannot tell, are shown with what they miss and count among all together only. FILE holds hours of one
station (`prsa_*_hourly_*.csv.gz`).
"""

from __future__ import annotations

import argparse
import gzip
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis import air, standards
from gis.air.chances import DAYS, judged_good, year_values
from gis.air.chances import Course as Days
from gis.base.forecast import generator, never_sure, reliability, share, skill
from gis.catalogue import Catalogue, County
from gis.catalogue.model import Dust, Words
from gis.engine import Threads
from gis.water.chances import Bounds, Course, chances, year_means

Floats = npt.NDArray[np.float64]
MONTHS, FIRST = 12, 2
SECTIONS, ENDINGS, DRAWS = 400, 100, 1000
LEAST, WITHIN, TENTHS = 100, 0.07, 10
MARCH, STEP = 3, 5
EDITIONS = standards.load().force_all(("hj633-2012", "hj663-2013", "gb3095-2012"))
RULES = next(one for one in standards.load().all if one.family == "outlook").data


class Setting(NamedTuple):
    """A population of sections, of log month means.

    Attributes
    ----------
    years
        Past years that a section has.
    month, level
        Standard deviations of a month and of a year's level.
    memory
        Correlation of a month with the one before.
    drift, walk, step
        Change of the level a year, standard deviation of a random one, and of one sudden change.
    tails
        Whether months are Student's with 3 degrees of freedom.
    gaps
        Share of months without data.
    items
        Indicators, judged together.
    spread
        Limits lie up to so far, log, from the mean.
    strong
        Whether the drift is too strong for four or five years to tell.
    """

    name: str
    years: int = 4
    month: float = 0.3
    level: float = 0.1
    memory: float = 0.0
    drift: float = 0.0
    walk: float = 0.0
    step: float = 0.0
    tails: bool = False
    gaps: float = 0.0
    items: int = 1
    spread: float = 0.3
    strong: bool = False


SETTINGS = (
    Setting("平稳，各月独立 · stationary, independent months", years=5, level=0.0),
    Setting("平稳，各年水平不同 · stationary, years differ", level=0.15),
    Setting("只有三年 · three years only", years=3),
    Setting("十年 · ten years", years=10),
    Setting("自相关 0.6 · autocorrelated 0.6", level=0.0, memory=0.6),
    Setting("自相关 0.9 · autocorrelated 0.9", level=0.0, memory=0.9),
    Setting("每年升 4 % · rising 4 % a year", drift=0.04),
    Setting("每年降 4 % · falling 4 % a year", drift=-0.04),
    Setting("水平游走 · wandering level", level=0.0, walk=0.12),
    Setting("一次突变 · one sudden change", level=0.05, step=0.25),
    Setting("重尾 · heavy tails", month=0.35, tails=True),
    Setting("缺四分之一的月 · a quarter of the months missing", gaps=0.25),
    Setting("三项同时 · three indicators together", items=3),
    Setting("限值很近 · limits close by", spread=0.2),
    Setting("每年升 5 %，五年 · rising 5 % a year, five years", years=5, drift=0.05, strong=True),
    Setting("每年降 5 %，五年 · falling 5 % a year, five years", years=5, drift=-0.05, strong=True),
    Setting("每年升 8 % · rising 8 % a year", drift=0.08, strong=True),
    Setting("每年降 8 % · falling 8 % a year", drift=-0.08, strong=True),
    Setting("每年升 8 %，五年 · rising 8 % a year, five years", years=5, drift=0.08, strong=True),
    Setting("每年降 8 %，五年 · falling 8 % a year, five years", years=5, drift=-0.08, strong=True),
)


class Sections(NamedTuple):
    """Simulated sections: month means of past years and of this one, limits, and year means of its endings.

    `cut` is the number of months that are over, one a section.
    """

    past: Floats
    now: Floats
    cut: npt.NDArray[np.int64]
    limits: Floats
    endings: Floats


def simulate(setting: Setting, random: np.random.Generator, sections: int) -> Sections:
    """Draw so many sections of a setting for each month to tell the year at, and how the year may end."""
    years, items = setting.years + 1, setting.items
    cut = np.tile(np.arange(FIRST, MONTHS), sections)
    sections = len(cut)
    phase = random.random((sections, 1, 1, items))
    season = 0.3 * np.sin(2 * np.pi * (np.arange(MONTHS)[:, None] / MONTHS + phase))
    mean = season + _levels(setting, random, sections)
    start = np.zeros((sections, items))
    noise = _noise(setting, random, (sections, years * MONTHS, items), start).reshape(
        (*mean.shape[:2], MONTHS, items)
    )
    months = np.exp(mean + setting.month * noise)
    seen = np.where(random.random(months.shape) < setting.gaps, np.nan, months)
    before = np.repeat(noise[np.arange(sections), None, -1, cut - 1], ENDINGS, axis=1)
    ahead = _noise(setting, random, (sections, ENDINGS, MONTHS, items), before)
    place = (np.arange(MONTHS) - cut[:, None]).clip(min=0)[:, None, :, None]
    ahead = np.take_along_axis(ahead, place, axis=2)
    come = np.exp(mean[:, -1:] + setting.month * ahead)
    whole = np.where((np.arange(MONTHS) < cut[:, None])[:, None, :, None], seen[:, -1:], come)
    usual = np.exp(mean).mean(axis=(1, 2))
    low = -setting.spread if items == 1 else -setting.spread / 2
    limits = usual * np.exp(random.uniform(low, setting.spread, (sections, items)))
    return Sections(seen[:, :-1], seen[:, -1], cut, limits, share(np.moveaxis(whole, 2, 0)))


def _levels(setting: Setting, random: np.random.Generator, sections: int) -> Floats:
    years, items = setting.years + 1, setting.items
    shape = (sections, years, 1, items)
    step = np.arange(years)[:, None, None] >= random.integers(1, years, (sections, 1, 1, 1))
    size = setting.step * random.standard_normal((sections, 1, 1, items))
    return np.asarray(
        setting.level * random.standard_normal(shape)
        + setting.drift * (np.arange(years) - years)[:, None, None]
        + setting.walk * random.standard_normal(shape).cumsum(axis=1)
        + size * step
    )


def _noise(setting: Setting, random: np.random.Generator, shape: tuple[int, ...], start: Floats) -> Floats:
    """Draw months of unit variance along the last axis but one, each remembering the one before."""
    fresh = random.standard_t(3, shape) / np.sqrt(3) if setting.tails else random.standard_normal(shape)
    out, before = np.empty(shape), start
    for month in range(shape[-2]):
        before = setting.memory * before + np.sqrt(1 - setting.memory**2) * fresh[..., month, :]
        out[..., month, :] = before
    return out


class Told(NamedTuple):
    """What was told, the share of endings that came true, and what climatology tells."""

    told: Floats
    came: Floats
    climatology: Floats


def forecast(setting: Setting, seed: int, sections: int = SECTIONS) -> Told:
    """Tell every section of a setting its year, and let it come."""
    made = simulate(setting, generator(seed, setting.name), sections)
    rules = {**RULES, "draws": {**RULES["draws"], "number": DRAWS}}
    told = [_chance(made, at, rules, generator(seed, setting.name, at)) for at in range(len(made.cut))]
    came = (made.endings <= made.limits[:, None]).all(axis=-1).mean(axis=1)
    kept = (share(np.moveaxis(made.past, 2, 0)) <= made.limits[:, None]).all(axis=-1)
    return Told(np.array(told), came, kept.mean(axis=1))


def _chance(made: Sections, at: int, rules: Mapping[str, Any], random: np.random.Generator) -> float:
    limit = made.limits[at]
    course = Course(made.now[at], made.past[at], np.arange(made.cut[at], MONTHS))
    years = np.append(course.usable.sum(axis=0), len(course.past))
    bounds = Bounds(np.full(len(limit), -np.inf), limit)
    return float(chances(year_means(course, rules, random), bounds, years, rules)[-1])


def brier(told: Floats, came: Floats) -> float:
    """Score forecasts of which each came true in a share of its endings."""
    return float((came * np.square(1 - told) + (1 - came) * np.square(told)).mean())


def faults(found: Told, least: int = LEAST, within: float = WITHIN) -> Iterator[str]:
    """Name the tenths in which too many or too few came true, and a Brier score that is not better."""
    for one in reliability(found.told, found.came):
        if one.n >= least and abs(one.came - one.told) > within:
            yield f"{one.told_from:.0%}–{one.told_to:.0%}: {one.came - one.told:+.3f}"
    own, trivial = brier(found.told, found.came), brier(found.climatology, found.came)
    if own >= trivial:
        yield f"Brier {own:.3f} ≥ {trivial:.3f}"


def _row(name: str, found: Told) -> str:
    bins = {round(TENTHS * one.told_from): one for one in reliability(found.told, found.came)}
    cells = [
        f"{100 * bins[at].told:.0f} → {100 * bins[at].came:.0f} ({bins[at].n})" if at in bins else "–"
        for at in range(TENTHS)
    ]
    scores = (brier(found.told, found.came), brier(found.climatology, found.came))
    wrong = "；".join(faults(found)) or "–"
    return f"| {name} | {' | '.join(cells)} | {scores[0]:.3f} | {scores[1]:.3f} | {wrong} |"


def simulated(seeds: Sequence[int]) -> tuple[str, int]:
    """Give the tables of each seed and of all of them together, and the number of faults of the last."""
    found = {seed: [forecast(setting, seed) for setting in SETTINGS] for seed in seeds}
    lines = [line for seed, own in found.items() for line in _table(f"种子 {seed} · seed {seed}", own)]
    pooled = [_together(one) for one in zip(*found.values(), strict=True)]
    lines += _table("各种子合计 · all seeds together", pooled)
    counted = [one for one, setting in zip(pooled, SETTINGS, strict=True) if not setting.strong]
    return "\n".join(lines), sum(len([*faults(one)]) for one in [*counted, _together(pooled)])


def _together(found: Sequence[Told]) -> Told:
    return Told(*(np.concatenate(one) for one in zip(*found, strict=True)))


def _table(title: str, found: Sequence[Told]) -> list[str]:
    tenths = " | ".join(f"{10 * at}–{10 * at + 10}" for at in range(TENTHS))
    rows = [_row(setting.name, one) for setting, one in zip(SETTINGS, found, strict=True)]
    return [
        f"\n### {title}\n",
        f"| setting | {tenths} | Brier | climatology | beyond 7 points |",
        f"|{'---|' * (TENTHS + 4)}",
        *rows,
        _row("全部 · all together", _together(found)),
    ]


def days_of(file: Path) -> pd.DataFrame:
    """Read the hours of a station and give its city days."""
    from gis.ingest import Options, read_files

    with TemporaryDirectory() as folder:
        plain = Path(folder) / file.name.removesuffix(".gz")
        data = file.read_bytes()
        plain.write_bytes(gzip.decompress(data) if file.suffix == ".gz" else data)
        hours = read_files([plain], Options(kind="air_hours", layer="hours")).table
    county = County(
        adcode="000000", name=Words(zh="", en=""), extent=(-180.0, -90.0, 180.0, 90.0), plan_years=(1, 9999)
    )
    last = hours["time"].max().date()
    catalogue = Catalogue(folder=Path(), county=county, layers=())
    made = air.assess({"air_hours": hours}, catalogue, EDITIONS, last, Threads())
    return made.tables["air_city_days"]


def years_of(days: pd.DataFrame) -> tuple[Floats, Floats, list[int]]:
    """Lay good days and PM2.5 out by years from March to February, shape (years, 366)."""
    first = days["date"].dt.year - (days["date"].dt.month < MARCH)
    days, first = (one[first.map(first.value_counts()) > DAYS / 2] for one in (days, first))
    good = judged_good(days, EDITIONS, Dust()).to_numpy("float64", na_value=np.nan)
    place = (days["date"] - pd.to_datetime(first.astype(str) + "-03-01")).dt.days.to_numpy()
    years = [int(one) for one in sorted(first.unique())]
    out = np.full((2, len(years), DAYS), np.nan)
    row = first.map(years.index).to_numpy()
    out[:, row, place] = [good, days["pm25"].to_numpy("float64")]
    return out[0], out[1], years


def real(file: Path) -> str:
    """Tell each of the station's years from the others at the end of each month, and set what came beside."""
    good, pm25, years = years_of(days_of(file))
    rates, means = 100 * share(good.T), share(pm25.T)
    aims = [("PM2.5 ≤", one) for one in _round(means)] + [("优良率 ≥", one) for one in _round(rates)]
    lines, pooled = [], []
    for name, value in aims:
        held = means <= value if name.startswith("PM2.5") else rates >= value
        ends = " | ".join(_month(at) for at in range(1, MONTHS))
        lines += [f"\n#### {name} {value:g}\n", f"| 年（3 月起） | {ends} | 来了 · came |",
                  f"|{'---|' * 13}"]  # fmt: skip
        for at, year in enumerate(years):
            told = [_told(good, pm25, at, month, name, value) for month in range(1, MONTHS)]
            others = np.delete(held, at).mean()
            pooled += [(one, float(held[at]), float(others)) for one in told]
            cells = " | ".join(f"{100 * one:.0f}" for one in told)
            actual = means[at] if name.startswith("PM2.5") else rates[at]
            lines.append(f"| {year} | {cells} | {'是' if held[at] else '否'}（{actual:.1f}） |")
    told, came, trivial = (np.array(one) for one in zip(*pooled, strict=True))
    lines += [
        "\n#### 合计 · pooled\n",
        "| told % | n | told on average % | came true % |",
        "|---|---|---|---|",
    ]
    lines += [
        f"| {100 * one.told_from:.0f}–{100 * one.told_to:.0f} | {one.n} | {100 * one.told:.0f} | {100 * one.came:.0f} |"
        for one in reliability(told, came)
    ]
    lines.append(
        f"\nBrier {skill(told, came).brier:.3f}，气候态 · climatology {skill(trivial, came).brier:.3f}，n = {len(told)}"
    )
    return "\n".join(lines)


def _round(values: Floats) -> list[float]:
    """Choose the goals of every five units around the years' values."""
    return [float(one) for one in range(int(values.min() // STEP * STEP), int(values.max()) + 2 * STEP, STEP)]


def _month(at: int) -> str:
    return f"{(MARCH + at - 2) % MONTHS + 1} 月末"


def _told(good: Floats, pm25: Floats, at: int, month: int, name: str, value: float) -> float:
    first = pd.Timestamp(2013, MARCH, 1)
    day = (first + pd.DateOffset(months=month) - first).days
    whole = np.arange(DAYS - 1)
    others = np.delete(np.arange(len(good)), at)
    course = Days(good[at], pm25[at], good[None, others], np.zeros(DAYS, dtype="int64"), pm25[others],
                  whole[day:], whole[:day])  # fmt: skip
    rate, mean = year_values(course, RULES, generator(RULES["draws"]["seed"], "station", at, month))
    kept = mean <= value if name.startswith("PM2.5") else rate >= value
    return float(never_sure(np.array([kept.mean()]), len(others), RULES["level"]["shrink"])[0])


def main() -> int:
    """Run both and write the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seeds", type=int, nargs="+")
    parser.add_argument("--station", type=Path)
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    text, wrong = simulated(asked.seeds)
    if asked.station:
        station = real(asked.station)
        print(station)
        text += (
            f"\n\n## 一个真实站点的四年 · four real years of a station\n\n`{asked.station.name}`\n{station}"
        )
    if asked.out:
        asked.out.write_text(f"{HEAD.format(sections=SECTIONS, endings=ENDINGS)}{text}\n", encoding="utf-8")
    print(f"{wrong} faults")
    return 1 if wrong else 0


HEAD = """# 预测概率的检验 · how reliable the probabilities of the outlook are

`python scripts/outlook_check.py` 写出本页。每种情形在 2 至 11 月每个月末各预测 {sections} 个断面，再把这一年续算
{endings} 遍；每格为：平均所说 % → 应验 %（次数）。The method is in [outlook.md](outlook.md). A cell is: told on
average % → came true % (forecasts); at least 100 forecasts must lie within 7 points, and Brier below climatology's.
The last six settings are of strong drift: what they miss stands there and is no fault of the check, which is made
of all seeds together; of a single seed a tenth of 150 forecasts is off by 3 points by chance.

## 模拟 · simulated
"""


if __name__ == "__main__":
    sys.exit(main())
