"""Tell a county whether its land and its environment are on plan."""

__version__ = "0.1.0"
