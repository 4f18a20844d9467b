"""Tell a county whether its land and its environment are on plan."""

import logging

from gis.base.drivers import shut

__version__ = "0.2.0"

logging.getLogger(__name__).addHandler(logging.NullHandler())
shut()
