"""Water: class of each record, section periods, county rates."""

from gis.water.assess import assess

__all__ = ["assess"]
