"""Legal texts as dated data files, and which of them is in force on a date."""

from gis.standards.editions import Edition, Editions, load

__all__ = ["Edition", "Editions", "load"]
