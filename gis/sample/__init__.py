"""A sample county: real names, invented geometry and figures, real formats with real faults."""

from gis.sample.files import write

__all__ = ["write"]
