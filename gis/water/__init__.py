"""Water: class of each record, section periods, county rates."""

from gis.water.assess import assess
from gis.water.network import misplaced

__all__ = ["assess", "misplaced"]
