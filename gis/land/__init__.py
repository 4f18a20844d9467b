"""Land: legal area, the renewal ledger, control lines, tax per 亩."""

from gis.land.assess import assess

__all__ = ["assess"]
