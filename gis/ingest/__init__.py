"""Reading what offices have: a layer or a file becomes a canonical table, with all that was left out."""

import pyarrow as pa

from gis.ingest.changes import read_changes
from gis.ingest.files import files_of
from gis.ingest.guess import KINDS, LINE_TYPES, RASTER_KINDS, guess_kind, line_type_of, parts_of
from gis.ingest.head_log import suspects
from gis.ingest.model import Ingested, Options, Raw
from gis.ingest.offsets import offsets_told
from gis.ingest.pictures import read_pictures
from gis.ingest.read import read_file, read_files, read_layer
from gis.ingest.withheld import (
    Withheld,
    evidence_without,
    logs_without,
    tables_without,
    texts_without,
    withheld_of,
)

__all__ = [
    "KINDS",
    "LINE_TYPES",
    "RASTER_KINDS",
    "Ingested",
    "Options",
    "Raw",
    "Withheld",
    "evidence_without",
    "files_of",
    "guess_kind",
    "line_type_of",
    "logs_without",
    "offsets_told",
    "parts_of",
    "read_changes",
    "read_file",
    "read_files",
    "read_layer",
    "read_pictures",
    "suspects",
    "tables_without",
    "texts_without",
    "withheld_of",
]

# the pool that Arrow brings gives memory back at once and asks for it again: a third of the time of a long table
pa.set_memory_pool(pa.system_memory_pool())
