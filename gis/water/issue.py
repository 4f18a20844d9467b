"""Whose data counts: what was handed out (国家下发, 省下发) before one's own (自测), and the higher audit status."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis.base.messages import Message
from gis.water.means import INDICATORS, MONTH
from gis.water.suspects import Doubts

ORIGIN, STATUS = "data_origin", "audit_status"
NATIONAL, PROVINCIAL, OWN = "national", "provincial", "own"
ISSUED = (NATIONAL, PROVINCIAL)
RAW, AUDITED, FINAL = "raw", "audited", "final"
RANK = {RAW: 0, AUDITED: 1, FINAL: 2}
FOR_REFERENCE = Message("自测，仅供参考", "own measurements, for reference only")


def audited_by_status(samples: pd.DataFrame) -> pd.DataFrame:
    """Tell by the audit status which records are audited, where nothing else tells it."""
    if not samples[STATUS].isin(list(RANK)).any():
        return samples
    told = samples[STATUS].map({RAW: False, AUDITED: True, FINAL: True}).astype("boolean")
    return samples.assign(audited=samples["audited"].astype("boolean").fillna(told))


def standing(samples: pd.DataFrame) -> pd.DataFrame:
    """Blank the values that no mean is made of; every record stays.

    Parameters
    ----------
    samples
        Canonical records with `key`, year and month, the later published last.

    Returns
    -------
    samples
        Of a reading that stands twice (same section, time, method and origin) only the one with the higher
        audit status, then the later, has values, where statuses differ at all. In a section and month with
        records that were handed out all others have none, and an indicator that the state handed out is not
        taken from the province.
    """
    gone = _lower(samples) | _own_beside_issued(samples)
    names = [name for name in INDICATORS if name in samples]
    if gone.any():
        samples = samples.assign(**{name: samples[name].mask(gone) for name in names})
    return _by_item(samples, names)


def counting(doubts: Doubts, samples: pd.DataFrame) -> Doubts:
    """Keep the doubts about values that count."""

    def kept(rows: pd.DataFrame) -> pd.DataFrame:
        here = np.ones(len(rows), dtype=bool)
        for name in rows["indicator"].unique():
            own = (rows["indicator"] == name).to_numpy()
            here[own] = samples[name].notna().to_numpy()[rows.loc[own, "at"].to_numpy("int64")]
        return rows[here]

    stands = samples[[name for name in INDICATORS if name in samples]].notna().any(axis=1)
    above = doubts.above[doubts.above["at"].isin(samples.index[stands])]
    return doubts._replace(non_detects=kept(doubts.non_detects), suspects=kept(doubts.suspects), above=above)


def _lower(samples: pd.DataFrame) -> pd.Series:
    """Tell the readings of which one with a higher audit status stands beside."""
    nothing = pd.Series(data=False, index=samples.index)
    if not samples[STATUS].isin([AUDITED, FINAL]).any():
        return nothing
    rank = samples[STATUS].map(RANK).fillna(0)
    by = [samples[name] for name in ("key", "sampled_at", "method", ORIGIN)]
    groups = rank.groupby(by, dropna=False)
    highest = groups.transform("max")
    again = pd.concat([*by, rank], axis=1).duplicated(keep="last")
    return (groups.transform("min") < highest) & ((rank < highest) | again)


def _own_beside_issued(samples: pd.DataFrame) -> pd.Series:
    issued = samples[ORIGIN].isin(ISSUED)
    if not issued.any():
        return issued
    return ~issued & issued.groupby([samples[name] for name in MONTH]).transform("any")


def _by_item(samples: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Blank what the province handed out of an indicator that the state did, in the same section and month."""
    national = samples[ORIGIN].eq(NATIONAL).fillna(value=False).to_numpy(bool)
    other = samples[ORIGIN].eq(PROVINCIAL).fillna(value=False).to_numpy(bool)
    if not (national.any() and other.any()):
        return samples
    held = samples[names].notna() & national[:, None]
    both = held.groupby([samples[name] for name in MONTH]).transform("any") & other[:, None]
    return samples.assign(**{name: samples[name].mask(both[name]) for name in names if both[name].any()})
