"""The dated list of sections: which are listed on a day, and which record belongs to which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.named import placed
from gis.water.limits import LAKE, RIVER

LISTED = [
    "key",
    "section_id",
    "name",
    "water_body",
    "water_kind",
    "level",
    "target_class",
    "x_items",
    "source",
    "source_row",
]
BODY = "\x1f"


def keyed_sections(sections: pd.DataFrame) -> pd.DataFrame:
    """Give every row of the list the key of its section: one key for one section in several lists.

    Parameters
    ----------
    sections
        Canonical table `sections`.

    Returns
    -------
    sections
        The same rows with `key`: the section_id first met for its name and water body (so that a
        section of the national and the provincial list is one), else its name.
    """
    name, body = plain(sections["name"]), plain(sections["water_body"])
    identity = (name + BODY + body).fillna(name + BODY + sections["section_id"].fillna(""))
    first = sections["section_id"].groupby(identity, sort=False).transform("first").astype("str")
    return sections.assign(key=first.fillna(sections["section_id"]).fillna(name), plain_name=name)


def keys_of(samples: pd.DataFrame, sections: pd.DataFrame) -> pd.Series:
    """Give each record the key of its section: by section_id, else by name, else its own id or name.

    Parameters
    ----------
    sections
        From `keyed_sections`.

    Notes
    -----
    A name that several sections bear joins none of them.
    """
    place, places = _different(samples)
    with_id = sections.dropna(subset=["section_id", "key"]).drop_duplicates("section_id")
    by_id = places["section_id"].map(with_id.set_index("section_id")["key"]).astype("str")
    named = sections.drop_duplicates(["plain_name", "key"]).dropna(subset=["plain_name"])
    named = named[~named["plain_name"].duplicated(keep=False)]
    name = plain(places["section"])
    by_name = name.map(named.set_index("plain_name")["key"]).astype("str")
    found = by_id.fillna(by_name).fillna(places["section_id"]).fillna(name)
    return pd.Series(found.array.take(place), samples.index)


def _different(samples: pd.DataFrame) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Give each record the place of its id and name in the list of the different ones."""
    ids, names = (pd.factorize(samples[one], use_na_sentinel=False)[0] for one in ("section_id", "section"))
    place, first = pd.factorize(ids * (names.max(initial=0) + 1) + names)
    rows = np.zeros(len(first), dtype=np.int64)
    rows[place[::-1]] = np.arange(len(samples))[::-1]
    return place, samples[["section_id", "section"]].iloc[rows].reset_index(drop=True)


def plain(names: pd.Series) -> pd.Series:
    """Take every blank out of a name, half width or full; an empty name is missing."""
    bare = names.str.replace(r"[\s\u3000]+", "", regex=True)
    return bare.mask(bare == "")


def listed_on(sections: pd.DataFrame, days: pd.Series, levels: Sequence[str]) -> pd.DataFrame:
    """Give the list in force on each day, every section once.

    Parameters
    ----------
    sections
        From `keyed_sections`.
    days
        Any days.
    levels
        The assessed levels, the highest first.

    Returns
    -------
    lists
        `day` and the columns LISTED; of several rows of a section the newest gives the target, the
        highest assessed level is its level, and one id stands for it in every list.
    """
    rank = {level: at for at, level in enumerate(levels)}
    rows = sections.assign(rank=sections["level"].map(rank).fillna(len(rank)))
    pairs = rows.merge(pd.DataFrame({"day": pd.DatetimeIndex(days).unique()}), how="cross")
    began = pairs["valid_from"].isna() | (pairs["valid_from"] <= pairs["day"])
    lasts = pairs["valid_to"].isna() | (pairs["valid_to"] >= pairs["day"])
    pairs = pairs[began & lasts & pairs["key"].notna()]
    highest = pairs.sort_values("rank", kind="stable").drop_duplicates(["day", "key"])[
        ["day", "key", "level"]
    ]
    newest = pairs.sort_values("valid_from", kind="stable", na_position="first").drop_duplicates(
        ["day", "key"], keep="last"
    )
    found = newest.drop(columns="level").merge(highest, on=["day", "key"], how="left")
    found["section_id"] = found["key"].where(found["section_id"].notna())
    return found.reindex(columns=["day", *LISTED])


def x_items_of(samples: pd.DataFrame, sections: pd.DataFrame) -> pd.Series:
    """Give the X items that the list in force on the day of each record names for its section; null if none."""
    found = pd.Series(None, samples.index, dtype="object")
    named = sections[sections["x_items"].notna() & sections["key"].notna()]
    days = samples["sampled_at"].dt.normalize()
    first, last = named["valid_from"].fillna(days.min()), named["valid_to"].fillna(days.max())
    for key, text, start, end in zip(named["key"], named["x_items"], first, last, strict=True):
        found[(samples["key"] == key) & days.between(start, end)] = text
    return found


def kind_of(sections: pd.DataFrame) -> pd.Series:
    """Give the last known kind of water by key: river or lake; unknown ones are left out."""
    known = sections[sections["water_kind"].isin([RIVER, LAKE])]
    ordered = known.sort_values("valid_from", kind="stable", na_position="first")
    return ordered.drop_duplicates("key", keep="last").set_index("key")["water_kind"]


def kinds_of(keys: pd.Series, sections: pd.DataFrame) -> pd.Series:
    """Give river or lake of each key, null where it is not known."""
    codes, found = pd.factorize(keys, use_na_sentinel=False)
    kinds = kind_of(sections).reindex(found).astype("object")
    return pd.Series(placed(list(kinds.where(kinds.notna(), None)), codes), keys.index)
