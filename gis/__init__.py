"""Tell a county whether its land and its environment are on plan."""

from gis.base.drivers import shut

__version__ = "0.1.0"

shut()
