"""What it means that a parcel touches a control line: the rule, its verdict and its clause."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from gis.catalogue.model import Rule, Sliver

COLUMNS = ("rule_id", "verdict", "severity", "clause")


def conflicts(
    pieces: pd.DataFrame,
    parcels: pd.DataFrame,
    rules: Sequence[Rule],
    subject: str | None = "renewal_parcels",
) -> pd.DataFrame:
    """Judge each piece by the rule of the subject and its line.

    Parameters
    ----------
    pieces
        As `overlay` gives them: parcel is the position in `parcels`.
    parcels
        Holds the field that a rule's `unless` names, such as approval_no.
    rules
        The county's rules; without one for subject and line, areas stand without a verdict.
    subject
        A rule's subject; None gives no verdict.

    Returns
    -------
    judged
        `pieces` with rule_id, verdict, severity, clause (null without a rule) and sliver: smaller
        than the rule's area or narrower than its width.
    """
    out = pieces.assign(**{name: pd.Series(pd.NA, index=pieces.index, dtype="str") for name in COLUMNS})
    out["sliver"] = _small(out, Sliver())
    for rule in rules:
        at = out["line_type"] == rule.line if rule.subject == subject else pd.Series(False, index=out.index)
        if not at.any():
            continue
        out.loc[at, list(COLUMNS)] = [rule.id, str(rule.verdict), str(rule.severity), rule.clause]
        out.loc[at, "sliver"] = _small(out[at], rule.sliver)
        if rule.unless is not None and rule.unless.field in parcels:
            filled = parcels[rule.unless.field].notna().to_numpy()[out["parcel"].astype("int64")]
            out.loc[at & filled, "verdict"] = str(rule.unless.verdict)
    return out


def _small(pieces: pd.DataFrame, sliver: Sliver) -> pd.Series:
    return (pieces["area_m2"] < sliver.area_m2) | (pieces["width_m"] < sliver.width_m)
