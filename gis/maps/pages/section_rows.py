"""Everything the tables know of each section, joined by one key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pandas as pd

from gis.base.stored_words import words_of
from gis.base.tables import conform, empty
from gis.base.text import file_names
from gis.maps.book import Book
from gis.maps.pages.cells import records
from gis.maps.pages.section_cells import BY_NAME, Row
from gis.water.sections import keyed_sections, keys_of, plain

FOLDER = "sections"
ROW = ["source", "source_row"]
MORE = {
    "outlook": "water_outlook",
    "trends": "water_trends",
    "changes": "section_changes",
    "network": "section_network",
    "sources": "source_limits",
    "states": "lake_states",
}


@dataclass(frozen=True)
class Section:
    """One section as its page shows it.

    Attributes
    ----------
    key
        Its id, or its name without blanks where it has none.
    stem
        Safe name of its files in `sections/`.
    listed
        Its newest row of the list of sections; empty where it is in none.
    periods
        Rows of `section_periods` by period.
    samples
        Its records, oldest first.
    limits, flags
        Shape of `samples`, a column an indicator: detection limit of a value below it; why a value is flagged.
    more
        Rows of further tables by the names of MORE; a table that is not there has none.
    """

    key: str
    name: str
    stem: str
    listed: Row
    periods: dict[str, Row]
    samples: pd.DataFrame
    limits: pd.DataFrame
    flags: pd.DataFrame
    more: dict[str, list[Row]] = field(default_factory=dict)

    @property
    def newest(self) -> Row:
        """Give its last row of `section_periods`: what the list says of it now."""
        return self.periods[max(self.periods)]


def addresses(book: Book) -> dict[str, str]:
    """Give the address of each section's page from a page of its edition: key → href."""
    return {key: f"{FOLDER}/{quote(stem)}.html" for key, stem in _stems(_periods(book)).items()}


def sections_of(book: Book) -> list[Section]:
    """Gather the sections that have a period, assessed levels first."""
    periods = _periods(book)
    if not len(periods):
        return []
    listed = keyed_sections(_table(book, "sections"))
    samples = _table(book, "samples")
    samples = samples.assign(key=_keys(samples, listed)).sort_values("sampled_at", kind="stable")
    limits = _wide(book.tables.get("sample_marks"), samples, "detection_limit")
    flags = _wide(book.tables.get("sample_flags"), samples, "reason")
    own = {str(key): rows for key, rows in samples.groupby("key")}
    by_period = {str(key): records(rows) for key, rows in periods.groupby("key")}
    newest = listed.sort_values("valid_from", kind="stable").drop_duplicates("key", keep="last")
    lists = {str(row["key"]): row for row in records(pd.DataFrame(newest))}
    more = {name: _grouped(book.tables.get(table)) for name, table in MORE.items()}
    found = []
    for key, stem in _stems(periods).items():
        rows = own.get(key, samples.iloc[:0])
        found.append(
            Section(
                key=key,
                name=str(by_period[key][-1]["name"]),
                stem=stem,
                listed=lists.get(key, {}),
                periods={str(row["period"]): row for row in by_period[key]},
                samples=rows,
                limits=limits.loc[rows.index],
                flags=flags.loc[rows.index],
                more={name: groups.get(key, []) for name, groups in more.items()},
            )
        )
    rank = {level: at for at, level in enumerate(words_of("level"))}
    return sorted(found, key=lambda one: (rank.get(str(one.newest.get("level")), len(rank)), one.key))


def _table(book: Book, name: str) -> pd.DataFrame:
    found = book.tables.get(name)
    return empty(name) if found is None else pd.DataFrame(conform(pd.DataFrame(found), name))


def _periods(book: Book) -> pd.DataFrame:
    found = book.tables.get("section_periods")
    if found is None or not len(found):
        return pd.DataFrame(columns=["key", "period"])
    rows = pd.DataFrame(found)
    return rows.assign(key=_own_key(rows)).dropna(subset=["key", "period"])


def _own_key(rows: pd.DataFrame) -> pd.Series:
    return rows["section_id"].astype("str").fillna(plain(rows["name"].astype("str")))


def _keys(samples: pd.DataFrame, listed: pd.DataFrame) -> pd.Series:
    return keys_of(samples, listed) if len(samples) else pd.Series(dtype="str")


def _stems(periods: pd.DataFrame) -> dict[str, str]:
    keys = sorted(periods["key"].unique())
    return dict(zip(keys, file_names(keys), strict=True))


def _grouped(found: pd.DataFrame | None) -> dict[str, list[Row]]:
    if found is None:
        return {}
    name = "section_id" if "section_id" in found else "place"
    groups: dict[str, list[Row]] = {}
    for row in records(pd.DataFrame(found)):
        groups.setdefault(str(row[name]), []).append(row)
    return groups


def _wide(long: pd.DataFrame | None, samples: pd.DataFrame, value: str) -> pd.DataFrame:
    """Turn marks or flags, a row a value, into a column an indicator beside the records."""
    if long is None or value not in long:
        return pd.DataFrame(index=samples.index)
    rows = pd.DataFrame(long).dropna(subset=[value]).drop_duplicates([*ROW, "indicator"])
    table: Any = rows.pivot_table(index=ROW, columns="indicator", values=value, aggfunc="first")
    wide = table.reindex(pd.MultiIndex.from_frame(samples[ROW])).set_axis(samples.index)
    return pd.DataFrame(wide.rename(columns=lambda name: BY_NAME.get(name, name)))
