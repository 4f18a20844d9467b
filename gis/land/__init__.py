"""Land: legal area, the renewal ledger, control lines, tax per 亩."""

from gis.land.assess import assess
from gis.land.disjoint import lines_apart
from gis.land.images import IMAGE

__all__ = ["IMAGE", "assess", "lines_apart"]
