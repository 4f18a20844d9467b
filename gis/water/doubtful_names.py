"""Names of records that may be a section of the list: asked about, never guessed."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher
from typing import Any

import pandas as pd

from gis.base.errors import Choice
from gis.base.messages import Message, at_row, listed
from gis.catalogue.model import Answer
from gis.catalogue.questions import ask
from gis.water.phrases import phrase
from gis.water.sections import PLACE, keyed_sections, matched
from gis.water.spelling import spelled

NEAR = 0.6
SHORT = 2
MOST_NAMED = 5
OWN = "own"


def settled(samples: pd.DataFrame, sections: pd.DataFrame, answers: Mapping[str, Answer]) -> pd.DataFrame:
    """Give records the section that was answered for a doubtful name, or ask.

    A name is doubtful where several sections of the list bear it and the record names no water, and
    where it is on no list while a near name on the list has no record in the same months.

    Parameters
    ----------
    samples, sections
        Canonical tables.
    answers
        `section:NAME` → the key of a section, or "own" for a section of its own.

    Raises
    ------
    Question
        Nobody answered it.
    """
    if not len(sections) or not len(samples):
        return samples
    listed = keyed_sections(sections)
    places = samples.drop_duplicates(PLACE).reset_index(drop=True)
    found = matched(places[PLACE], listed)
    months = _months(samples, places, found) if found["how"].isna().any() else {}
    ids = {}
    for at in found.index[found["how"].isna()]:
        name = places.loc[at, "section"]
        if pd.isna(name) or pd.notna(places.loc[at, "section_id"]):
            continue
        silent = _silent(listed, months, found.loc[at, "key"])
        likely = _likely(str(name), places.loc[at, "water_body"], listed, silent)
        if likely and (key := _asked(places.loc[at], likely, answers)) != OWN:
            ids[name] = key
    if not ids:
        return samples
    names = samples["section"].map(ids)
    return samples.assign(
        section=samples["section"].where(names.isna(), names.map(listed.set_index("key")["name"].to_dict())),
        section_id=samples["section_id"].where(names.isna(), names),
    )


def _months(samples: pd.DataFrame, places: pd.DataFrame, found: pd.DataFrame) -> dict[str, set[int]]:
    """Give the months of which each section has records, counted from year 0."""
    named = samples[PLACE].merge(places[PLACE].assign(key=found["key"]), on=PLACE, how="left")
    times = samples["sampled_at"].dt
    month = (times.year * 12 + times.month).to_numpy()
    seen = pd.DataFrame({"key": named["key"].to_numpy(), "month": month}).drop_duplicates().dropna()
    return {str(key): set(found) for key, found in seen.groupby("key")["month"]}


def _silent(listed: pd.DataFrame, months: Mapping[str, set[int]], key: str) -> pd.DataFrame:
    """Give the sections of the list that have no record in the months of a name on no list."""
    own = months.get(key, set())
    return listed[[not own & months.get(one, set()) for one in listed["key"]]].dropna(subset=["name"])


def _likely(name: str, body: Any, listed: pd.DataFrame, silent: pd.DataFrame) -> dict[str, str]:
    """Give the sections that a name may mean: key → how a person calls it."""
    called = listed["name"].astype(str) + ("（" + listed["water_body"].astype("str") + "）").fillna("")
    same = listed["name"].map(spelled, na_action="ignore") == spelled(name)
    if same.any() and pd.isna(body):
        return dict(zip(listed["key"][same], called[same], strict=True))
    near = silent["name"].map(lambda one: is_near(spelled(one), spelled(name))).astype(bool)
    return dict(zip(silent["key"][near], called.loc[silent.index][near], strict=True))


def is_near(listed: str, name: str) -> bool:
    """Tell whether a name may be a slip of another one: 张乔 for 张桥, 浒浦塘张桥 for 张桥; 李桥 is not.

    Names of two signs must share the first one: so many end in 桥 and 闸.
    """
    if min(len(listed), len(name)) < SHORT:
        return False
    if len(listed) == len(name) == SHORT:
        return listed[0] == name[0]
    longer, shorter = (name, listed) if len(name) > len(listed) else (listed, name)
    return longer.endswith(shorter) or SequenceMatcher(None, listed, name).ratio() >= NEAR


def unlisted(samples: pd.DataFrame, sections: pd.DataFrame) -> Message | None:
    """Say which sections of the records are on no list, and so in no rate."""
    if not len(sections) or not len(samples):
        return None
    places = samples.drop_duplicates(PLACE)
    found = matched(places[PLACE].reset_index(drop=True), keyed_sections(sections))
    names = sorted({str(key) for key in found["key"][found["how"].isna()]})
    if not names:
        return None
    shown = listed(names, most=MOST_NAMED)
    return phrase("unlisted_sections", n=len(names), names=shown)


def _asked(place: pd.Series, likely: dict[str, str], answers: Mapping[str, Answer]) -> str:
    name = str(place["section"])
    choices = [
        Choice(str(key), Message("就是名单上的 {name}", "it is {name} of the list", name=called))
        for key, called in likely.items()
    ]
    choices.append(Choice(OWN, Message("是另一个断面", "it is another section")))
    what = phrase("near_names", name=name, near=listed(likely.values()))
    return ask(
        answers, f"section:{name}", what, choices, file=at_row(place["source"], place["source_row"]),
        heads=PLACE,
    )  # fmt: skip
