"""Events of a ledger and the parcels they name: joined where one is meant, asked about where that is in doubt."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.errors import Choice, ColumnError
from gis.base.messages import Message, at_row, listed
from gis.catalogue.model import Answer
from gis.catalogue.questions import ask
from gis.land.phrases import phrase, refusal

ZEROS = re.compile(r"(?<!\d)0+(?=\d)")
DECIMAL = re.compile(r"^(\d+)\.0+$")  # a number that a program wrote as 101.0
DASHES = re.compile(r"[\u2010-\u2015\u2212]+")
TOLD_APART = re.compile(r"[#@].*$", re.DOTALL)
LEAVE, SAME = "leave", "same"
SHOWN = 5


def linked(
    events: pd.DataFrame, parcels: pd.DataFrame, answers: Mapping[str, Answer]
) -> tuple[pd.DataFrame, tuple[tuple[str, str], ...]]:
    """Give each event the id of the parcel it means.

    Parameters
    ----------
    events
        Canonical `ledger_events`.
    parcels
        Canonical `parcels`; ids that stood several times in a file carry #row or @project.
    answers
        Of the questions that this asks.

    Returns
    -------
    events, findings
        Ids that differ from a parcel's by width, case, dashes or blanks only are that parcel's, and told.

    Raises
    ------
    Question
        Ids that lack the leading zeros of the parcels' ids, and an id that several parcels share.
    ColumnError
        No event names any of the parcels: nothing would count.
    """
    ids = parcels["parcel_id"].dropna().astype(str).unique()
    lost = events["parcel_id"].notna() & ~events["parcel_id"].isin(ids)
    if not lost.any() or not len(ids):
        return events, ()
    wanted = events["parcel_id"][lost].astype(str)
    found, findings = wanted.map(_spelled).map(_once(pd.Series(ids), _spelled)).astype("object"), []
    if found.notna().any():
        findings.append(_told(wanted[found.notna()], found.dropna()))
    zeros = _without_zeros(events, wanted[found.isna()], ids, answers)
    found = found.where(found.notna(), zeros.reindex(found.index))
    for id_ in wanted[found.isna()].unique():
        several = [one for one in ids if one != id_ and TOLD_APART.sub("", one) == id_]
        if several and (answer := _which(events[events["parcel_id"] == id_], id_, several, answers)) != LEAVE:
            found = found.where(wanted != id_, answer)
    known = found.dropna()
    if known.empty and not _any_like(events["parcel_id"].dropna(), ids):
        raise _none_meant(events, ids)
    return events.assign(parcel_id=events["parcel_id"].where(~events.index.isin(known.index), known)), tuple(
        findings
    )


def _any_like(wanted: pd.Series, ids: npt.NDArray[np.object_]) -> bool:
    likely = {_bare(TOLD_APART.sub("", one)) for one in ids}
    return bool(wanted.astype(str).map(_bare).isin(likely).any())


def _none_meant(events: pd.DataFrame, ids: npt.NDArray[np.object_]) -> ColumnError:
    return refusal(
        ColumnError, "no_event_matches", str(events["source"].iloc[0]).partition("#")[0],
        events=listed(events["parcel_id"].dropna().astype(str).unique(), most=SHOWN),
        parcels=listed(ids, most=SHOWN),
    )  # fmt: skip


def _spelled(id_: str) -> str:
    flat = DASHES.sub("-", unicodedata.normalize("NFKC", id_))
    return DECIMAL.sub(r"\1", "".join(flat.split()).casefold())


def _bare(id_: str) -> str:
    return ZEROS.sub("", _spelled(id_))


def _once(ids: pd.Series, spelling: Callable[[str], str]) -> dict[str, str]:
    """Give the id by its spelling, of the spellings that just one id has."""
    spelled = ids.map(spelling)
    return dict(
        zip(spelled[~spelled.duplicated(keep=False)], ids[~spelled.duplicated(keep=False)], strict=True)
    )


def _told(written: pd.Series, meant: pd.Series) -> tuple[str, str]:
    known = dict(zip(written, meant, strict=True))
    pairs = listed((f"{one} = {other}" for one, other in known.items()), most=SHOWN)
    return "id_spelling", phrase("joined_by_spelling", pairs=pairs).stored


def _without_zeros(
    events: pd.DataFrame, wanted: pd.Series, ids: npt.NDArray[np.object_], answers: Mapping[str, Answer]
) -> pd.Series:
    """Join ids that lost their leading zeros, where a person says so."""
    found = wanted.map(_bare).map(_once(pd.Series(ids), _bare)).astype("object")
    pairs = dict(zip(wanted[found.notna()], found.dropna(), strict=True))
    if not pairs:
        return found
    rows = tuple(
        f"{at_row(*events.loc[at, ['source', 'source_row']])} {wanted[at]} → {found[at]}"
        for at in found.dropna().index[:2]
    )
    what = phrase(
        "zeros_lost",
        n=int(found.notna().sum()),
        pairs=listed((f"{one} = {other}" for one, other in pairs.items()), most=SHOWN),
    )
    choices = [
        Choice(SAME, Message("补上 0，就是这些图斑", "they are these parcels"), rows),
        Choice(LEAVE, Message("是别的图斑，不计入", "they are others and count nothing")),
    ]
    file = str(listed(dict.fromkeys(events.loc[wanted.index, "source"])))
    answer = ask(answers, "zeros:图斑编号", what, choices, file=file, heads=["parcel_id", "event", "date"])
    return found if answer == SAME else found.where(found.isna(), None)


def _which(events: pd.DataFrame, id_: str, several: list[str], answers: Mapping[str, Answer]) -> str:
    what = phrase("id_of_several", id_=id_, n=len(several), ids=listed(several, most=SHOWN))
    choices = [Choice(one, Message("计入 {id_}", "it is of {id_}", id_=one)) for one in several]
    choices.append(Choice(LEAVE, Message("不计入", "it counts nothing")))
    first = events.iloc[0]
    return ask(
        answers, f"parcel:{id_}", what, choices,
        file=at_row(first["source"], first["source_row"]), heads=["parcel_id", "event", "date"],
    )  # fmt: skip
