"""Legal texts as dated data files, and which of them is in force on a date."""

from gis.standards.editions import Edition, Editions, by_edition, cell_of, ids_of, load

__all__ = ["Edition", "Editions", "by_edition", "cell_of", "ids_of", "load"]
