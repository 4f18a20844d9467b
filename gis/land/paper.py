"""The ledger of parcels on the ground, or on paper where no row has a polygon: areas as declared or accepted."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd

from gis.base.errors import ColumnError
from gis.base.units import to_m2
from gis.land import summary
from gis.land.events import events_of
from gis.land.ledger import Ledger
from gis.land.phrases import phrase

PAPER_DIGITS = 4
NO_AREA = phrase("no_area")
AREA_FIX = phrase("area_option")


def on_ground_or_paper(
    parcels: gpd.GeoDataFrame, listed: pd.DataFrame | None, *, needs_area: bool = True
) -> gpd.GeoDataFrame:
    """Give measured parcels as they are; without any polygon the declared area counts, or the accepted if more.

    Parameters
    ----------
    parcels, listed
        As `ledger` takes them.
    needs_area
        Refuse parcels without a polygon and without any area.

    Raises
    ------
    ColumnError
        Neither geometry nor any area is there: 0 亩 would be a figure that nobody wrote.
    """
    if not is_paper(parcels):
        return parcels
    on = parcels.assign(area_legal_m2=summary.on_paper(parcels, events_of(parcels, listed)))
    if needs_area and on["area_legal_m2"].isna().all():
        raise ColumnError(NO_AREA, file=str(parcels["source"].iloc[0]).partition("#")[0], fix=AREA_FIX)
    return on


def is_paper(parcels: gpd.GeoDataFrame) -> bool:
    """Say whether no row has a polygon."""
    return bool(parcels.geometry.isna().all())


def unmeasured(book: Ledger) -> Ledger:
    """Take the legal area of a ledger on paper away again, and undo the rounding of 亩 on paper to 0.01 m²."""
    area = book.counted["area_mu"].round(PAPER_DIGITS)
    return book._replace(
        parcels=book.parcels.assign(
            area_legal_m2=float("nan"), counted_mu=book.parcels["counted_mu"].round(PAPER_DIGITS)
        ),
        pivot=book.pivot.assign(
            area_legal_mu=float("nan"), counted_mu=book.pivot["counted_mu"].round(PAPER_DIGITS)
        ),
        counted=book.counted.assign(measured=False, area_mu=area, area_m2=to_m2(area, "mu")),
    )
