"""The public face: frames or files in, the same frame with our columns behind it out, and what was found beside it.

Heads may be Chinese or English, with or without units, as in a file; a GeoDataFrame may be in any CRS that a
file may have. What a frame gives is what the file of that frame gives, and what the command of that name prints.

Every source is a frame, a file, a folder or pattern, a list of files, or what `read` gave. `**said` says what
the first source does not say itself: `columns` {canonical: head or (head, unit)}, `crs`, `date`, `encoding`,
`part` (layer or sheet), `head_row`, `constants` {canonical: value}; `answers` {key: value} answer the questions
about any source. What another source does not say is said in `read`, whose result is a source:
`ledger(parcels, read(events, "ledger_events", columns={"parcel_id": "宗地"}))`.

What is wrong is a `GisError` with place, what was found and the fix, what is in doubt a `Question` with its `key` and
`choices`; what was left out is a `LeftOutWarning`. Texts are in the language of `GIS_LANG`, zh or en.
"""

from gis.api.county import figures, read, run, sheet, trace
from gis.api.land import area, compare, conflicts, cover, ledger
from gis.api.monitoring import air_budget, air_periods, aqi, water_class, water_outlook, water_periods
from gis.base.errors import GisError, Question
from gis.desk.results import LeftOutWarning
from gis.desk.sources import Result

__all__ = [
    "GisError",
    "LeftOutWarning",
    "Question",
    "Result",
    "air_budget",
    "air_periods",
    "aqi",
    "area",
    "compare",
    "conflicts",
    "cover",
    "figures",
    "ledger",
    "read",
    "run",
    "sheet",
    "trace",
    "water_class",
    "water_outlook",
    "water_periods",
]
