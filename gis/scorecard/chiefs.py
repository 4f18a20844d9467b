"""Who is in charge of a place: the river chief of a section (河长), the station chief of a station (点位长)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from gis.base.messages import listed
from gis.base.tables import Tables


@dataclass(frozen=True)
class Chiefs:
    """People by the id and by the name of their place."""

    sections: dict[str, str]
    stations: dict[str, str]
    county_stations: Sequence[str]

    def of_section(self, id_: Any, name: Any) -> str | None:
        """Give the river chief of a section."""
        return self.sections.get(str(id_)) or self.sections.get(str(name))

    def of_station(self, id_: Any, name: Any) -> str | None:
        """Give the chief of a station."""
        return self.stations.get(str(id_)) or self.stations.get(str(name))

    def of_county(self) -> str | None:
        """Give the chiefs of the stations that stand for the county; of all where it names none."""
        names = self.county_stations or list(self.stations)
        found = [self.stations[name] for name in names if name in self.stations]
        return together(found)


def together(people: Iterable[str | None]) -> str | None:
    """Name people, each once: one as the lists have it, several as a stored list; None where there is none."""
    named = [*dict.fromkeys(one for one in people if one)]
    return listed(named).stored if len(named) > 1 else "".join(named) or None


def chiefs(tables: Tables, as_of: dt.date, county_stations: Sequence[str]) -> Chiefs:
    """Read the people from the lists: of a section the newest list in force on `as_of` counts."""
    sections = pd.DataFrame(tables.get("sections", pd.DataFrame()))
    if len(sections):
        began = sections["valid_from"].isna() | (sections["valid_from"] <= pd.Timestamp(as_of))
        sections = sections[began].sort_values("valid_from", kind="stable", na_position="first")
    stations = pd.DataFrame(tables.get("stations", pd.DataFrame()))
    return Chiefs(
        _people(sections, "section_id", "river_chief"),
        _people(stations, "station_id", "station_chief"),
        list(county_stations),
    )


def _people(rows: pd.DataFrame, id_: str, person: str) -> dict[str, str]:
    if not len(rows) or person not in rows:
        return {}
    known = rows[rows[person].notna()]
    return {
        str(key): str(who)
        for column in ("name", id_)
        for key, who in zip(known[column], known[person], strict=True)
        if not pd.isna(key)
    }
