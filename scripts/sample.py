"""Write the sample county into layers/data (the same as `gis sample`)."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from gis.sample import write  # noqa: E402

if __name__ == "__main__":
    write(ROOT / "layers", progress=lambda name: print(f"  {name}"))
