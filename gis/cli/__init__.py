"""The command `gis`: the only room that prints."""
