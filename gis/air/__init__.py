"""Air: AQI with primary pollutants, day and city values, good-day rate and yearly PM2.5."""

from gis.air.assess import assess

__all__ = ["assess"]
