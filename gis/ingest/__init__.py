"""Reading what offices have: a layer or a file becomes a canonical table, with all that was left out."""

from gis.ingest.model import Ingested, Options, Raw
from gis.ingest.read import read_file, read_layer

__all__ = ["Ingested", "Options", "Raw", "read_file", "read_layer"]
