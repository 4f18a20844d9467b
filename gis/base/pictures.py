"""A window of a raster of classes or of colours, ready to be drawn: read at the edge, pages open no file."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

WIDTH, HEIGHT = 320, 215
NOTHING = -1
COUNTY = ""  # key of the window of the whole county
Bounds = tuple[float, float, float, float]


class Picture(NamedTuple):
    """What one layer shows in a window.

    Attributes
    ----------
    layer
        Id of the layer in the catalogue.
    codes
        Shape (HEIGHT, WIDTH), on an even grid of degrees, north up: class codes, or of imagery
        colours as 0xRRGGBB; NOTHING where the raster has no data or ends.
    pixel_m
        The side of a pixel of the raster, metres: what the picture can show and what not.
    """

    layer: str
    codes: npt.NDArray[np.int32]
    pixel_m: float
