"""What two land cover layers say in a run: a verdict a parcel, new built-up ground inside lines, and their figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

import geopandas as gpd
import pandas as pd

from gis.base.figures import Finding, finding, rows_of
from gis.base.tables import Tables
from gis.engine import Engine
from gis.land.landcover import declared, patches, shares, verdicts
from gis.standards.editions import Edition

IMAGE = "land_cover_evidence"
VERDICTS = ("supported", "not_supported", "unclear")
KEPT = ["parcel_id", "name", "town", "category", "area_declared_mu", "source", "source_row"]
KEYS = ["line_type", "line_id"]


def image_parcels(parcels: pd.DataFrame, tables: Tables, edition: Edition) -> pd.DataFrame:
    """Say of each parcel what land cover before and after shows of it, and whether that supports it.

    Parameters
    ----------
    parcels
        In the order of the positions of `tables`.
    tables
        land_cover_changes (parcel, before, after, area_m2) and land_cover_seen (pixels, valid_share).
    edition
        Of the family `land_cover_evidence`.

    Returns
    -------
    parcels
        Who it is, declared (renewal, reclamation), image_verdict, image_reason, the columns of
        `shares`, valid_share and pixels; its source.
    """
    rows = parcels.reset_index(drop=True)
    seen = shares(tables["land_cover_changes"], len(rows), edition)
    seen = seen.assign(**tables["land_cover_seen"].reset_index(drop=True))
    kind = declared(rows["category"], edition)
    judged = verdicts(seen, kind, edition).assign(declared=kind)
    return pd.concat([pd.DataFrame(rows[KEPT]), judged, seen], axis=1)


def image_patches(
    tables: Tables, lines: gpd.GeoDataFrame, towns: gpd.GeoDataFrame | None, engine: Engine, area: Edition,
    edition: Edition,
) -> gpd.GeoDataFrame:  # fmt: skip
    """Give new built-up ground inside red lines and farmland, as `patches`, with the row of the line."""
    found = patches(tables["land_cover_built"].geometry, lines, towns, engine, area, edition)
    origin = pd.DataFrame(lines[[*KEYS, "source", "source_row"]]).drop_duplicates(KEYS)
    return found.merge(origin, on=KEYS, how="left")


def image_figures(
    made: Mapping[str, pd.DataFrame], county: str, as_of: dt.date, edition: Edition
) -> Iterator[Finding]:
    """Count the parcels of each verdict, and the patches and their 亩 by type of line, as of the year.

    Parameters
    ----------
    made
        land_cover_parcels and, where there are lines, land_cover_patches.
    """
    judged, found = made["land_cover_parcels"], made.get("land_cover_patches")
    year, n = str(as_of.year), int(judged["image_verdict"].notna().sum())
    for verdict in VERDICTS:
        rows = judged[judged["image_verdict"] == verdict]
        yield finding(f"land.image_parcels.{verdict}", year, county, len(rows), n=n, edition=edition.id,
                      clause=edition.cited, evidence=[rows_of("parcels", rows, 1.0)])  # fmt: skip
    if found is None:
        return
    for kind in edition.data["patches"]["lines"]:
        rows = found[found["line_type"] == kind]
        for name, value, part in (
            ("patches", len(rows), pd.Series(1.0, index=rows.index)),
            ("area", float(rows["area_mu"].sum()), rows["area_mu"]),
        ):
            yield finding(f"land.new_built_{name}.{kind}", year, county, value, n=len(rows), edition=edition.id,
                          clause=edition.cited, evidence=[rows_of("control_lines", rows, part)])  # fmt: skip
