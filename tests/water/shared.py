"""Where the shared data of water stands, if it is here."""

from pathlib import Path

SHARED = Path(__file__).parents[3] / "shared" / "data" / "water"
