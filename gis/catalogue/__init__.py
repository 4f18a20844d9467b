"""The county's folder of layers, targets and rules, read and checked."""

from gis.catalogue.files import layer_files, oldest_and_newest
from gis.catalogue.load import layer_line, load, target_lines
from gis.catalogue.model import Catalogue, County, Layer, Rule, Target, Task, YearlyTarget
from gis.catalogue.stamps import secrecy, stamps

__all__ = [
    "Catalogue",
    "County",
    "Layer",
    "Rule",
    "Target",
    "Task",
    "YearlyTarget",
    "layer_files",
    "layer_line",
    "load",
    "oldest_and_newest",
    "secrecy",
    "stamps",
    "target_lines",
]
