"""The county that tests of the water room share."""

from pathlib import Path

from gis.catalogue.model import Catalogue, County, Words

CATALOGUE = Catalogue(
    folder=Path("layers"),
    county=County(
        adcode="320581",
        name=Words(zh="常熟市", en="Changshu"),
        extent=(120.5, 31.5, 121.1, 31.9),
        plan_years=(2021, 2025),
    ),
    layers=(),
)
