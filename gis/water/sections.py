"""The dated list of sections: which are listed on a day, and which record belongs to which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from gis.base.named import placed
from gis.base.tables import stacked
from gis.water.limits import LAKE, RIVER
from gis.water.spelling import BLANKS, spelled

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


PLACE = ["section_id", "section", "water_body"]
FORMER = r"[、,，;；/\s]+"
_IN_NAME = r"[(（](?:原名?|曾用名|旧称|又名)[:：]?([^()（）]+)[)）]"  # 示例新桥（原示例老桥）


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
        section of the national and the provincial list is one), else its name; with the water body
        behind it where sections of several waters bear it.
    """
    name, body = plain(sections["name"]), plain(sections["water_body"])
    identity = (name + BODY + body).fillna(name + BODY + sections["section_id"].fillna(""))
    first = sections["section_id"].groupby(identity, sort=False).transform("first").astype("str")
    key = first.fillna(sections["section_id"]).fillna(_apart(name, body))
    return sections.assign(key=key, plain_name=name)


def _apart(name: pd.Series, body: pd.Series) -> pd.Series:
    """Put the water behind a name that places on several waters bear."""
    several = body.groupby(name).transform("nunique") > 1
    return name.where(~several | body.isna(), name + "（" + body + "）")


def keys_of(samples: pd.DataFrame, sections: pd.DataFrame) -> pd.Series:
    """Give each record the key of its section: by section_id, else by name, else its own id or name.

    Parameters
    ----------
    sections
        From `keyed_sections`.

    Notes
    -----
    A name that several sections bear joins the one of its water, and none where the record names no
    water. A former name (曾用名), a usual spelling and the water before the name (浒浦塘张桥) join where
    just one section bears them.
    """
    place, places = different(samples)
    return pd.Series(matched(places, sections)["key"].array.take(place), samples.index)


def matched(places: pd.DataFrame, sections: pd.DataFrame) -> pd.DataFrame:
    """Find the section of each place, a row of `places`.

    Parameters
    ----------
    places
        section_id, section, water_body of records, each once.

    Returns
    -------
    found
        key, and how it was found: id, water, name, inside (示例大桥（示例河）), former, spelling, whole (the
        water before the name); null where it is on no list and keeps its own id or name.
    """
    name, body = plain(places["section"]), plain(places["water_body"])
    ways = {"id": places["section_id"].map(_once(sections, sections["section_id"]))}
    waters = plain(sections["water_body"])
    ways["water"] = (name + BODY + body).map(_once(sections, sections["plain_name"] + BODY + waters))
    ways["name"] = name.map(_once(sections, sections["plain_name"]))
    ways["inside"] = _flat(name).map(_once(sections, _flat(sections["plain_name"] + "(" + waters + ")")))
    former_names = sections["former_names"].fillna("") + "、" + _former_in(sections["plain_name"])
    former = sections.assign(former=former_names.str.split(FORMER, regex=True))
    former = former.explode("former", ignore_index=True)
    ways["former"] = name.map(_once(former, plain(former["former"].astype("str"))))
    spelt = name.map(spelled, na_action="ignore")
    for way, names in (("spelling", sections["plain_name"]), ("whole", waters + sections["plain_name"])):
        ways[way] = spelt.map(_once(sections, names.map(spelled, na_action="ignore")))
    elsewhere = _elsewhere(name, body)
    for way in ("name", "inside", "former", "spelling", "whole"):
        ways[way] = ways[way].where(~elsewhere)
    key, how = (pd.Series(None, places.index, dtype="object") for _ in range(2))
    for way, found in ways.items():
        new = key.isna() & found.notna()
        key, how = key.where(~new, found), how.where(~new, way)
    own = places["section_id"].fillna(_apart(name, body))
    return pd.DataFrame({"key": key.where(key.notna(), own).astype("str"), "how": how})


def _flat(names: pd.Series) -> pd.Series:
    """Spell brackets in one way."""
    return names.str.normalize("NFKC")


def _former_in(names: pd.Series) -> pd.Series:
    """Give the former names that stand in brackets behind a name: 示例新桥（原示例老桥）."""
    return names.astype("str").str.extract(_IN_NAME, expand=False).fillna("")


def _elsewhere(name: pd.Series, body: pd.Series) -> pd.Series:
    """Tell which places share their name with another of the records on another water."""
    return (body.groupby(name).transform("nunique") > 1) & body.notna()


def _once(sections: pd.DataFrame, names: pd.Series) -> pd.Series:
    """Give the key by name, of the names that just one section bears."""
    known = pd.DataFrame({"name": names.to_numpy(), "key": sections["key"].to_numpy()})
    known = known.dropna().drop_duplicates()
    return known[~known["name"].duplicated(keep=False)].set_index("name")["key"]


def different(samples: pd.DataFrame) -> tuple[npt.NDArray[np.int64], pd.DataFrame]:
    """Give each record its place in the list of the different ones."""
    code = np.zeros(len(samples), dtype=np.int64)
    for name in PLACE:
        part, found = pd.factorize(samples[name], use_na_sentinel=False)
        code = pd.factorize(code * (len(found) + 1) + part)[0]
    place, first = pd.factorize(code)
    rows = np.zeros(len(first), dtype=np.int64)
    rows[place[::-1]] = np.arange(len(samples))[::-1]
    return place, samples[PLACE].iloc[rows].reset_index(drop=True)


def with_stated(sections: pd.DataFrame, samples: pd.DataFrame) -> pd.DataFrame:
    """Add the sections that no list names but whose records say river or lake themselves.

    Parameters
    ----------
    sections
        From `keyed_sections`.
    samples
        With `key`, section, water_body and water_kind.
    """
    said = samples[samples["water_kind"].isin([RIVER, LAKE])]
    known = kind_of(sections).index
    said = said[~said["key"].isin(known)].drop_duplicates("key", keep="last")
    if not len(said):
        return sections
    new = said[["key", "section_id", "section", "water_body", "water_kind", "source", "source_row"]]
    new = new.rename(columns={"section": "name"}).assign(plain_name=plain(new["section"]))
    listed = sections["key"].isin(new["key"])
    kinds = sections["key"].map(new.set_index("key")["water_kind"])
    sections = sections.assign(water_kind=sections["water_kind"].where(~listed, kinds))
    fresh = new[~new["key"].isin(sections["key"])].reindex(columns=sections.columns)
    return stacked([sections, fresh.astype(sections.dtypes.to_dict())]) if len(fresh) else sections


def plain(names: pd.Series) -> pd.Series:
    """Take every blank out of a name, half width or full; an empty name is missing."""
    bare = names.str.replace(BLANKS, "", regex=True)
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
    by = ["day", "key"]
    highest = pairs.sort_values("rank", kind="stable").drop_duplicates(by)[[*by, "level"]]
    found = newest(pairs, by).drop(columns="level").merge(highest, on=by, how="left")
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


def newest(rows: pd.DataFrame, by: Sequence[str] = ("key",)) -> pd.DataFrame:
    """Keep the row of each section that began last; one without a beginning is the oldest."""
    ordered = rows.sort_values("valid_from", kind="stable", na_position="first")
    return ordered.drop_duplicates(list(by), keep="last")


def kind_of(sections: pd.DataFrame) -> pd.Series:
    """Give the last known kind of water by key: river or lake; unknown ones are left out."""
    return newest(sections[sections["water_kind"].isin([RIVER, LAKE])]).set_index("key")["water_kind"]


def kinds_of(keys: pd.Series, sections: pd.DataFrame) -> pd.Series:
    """Give river or lake of each key, null where it is not known."""
    codes, found = pd.factorize(keys, use_na_sentinel=False)
    kinds = kind_of(sections).reindex(found).astype("object")
    return pd.Series(placed(list(kinds.where(kinds.notna(), None)), codes), keys.index)
