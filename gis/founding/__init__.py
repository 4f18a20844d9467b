"""Found a county: its folder with commented TOML, empty, the sample's, or made of an office's files."""

from gis.founding.place import empty, from_folder, sample
from gis.founding.survey import Asked

__all__ = ["Asked", "empty", "from_folder", "sample"]
