"""Race gis against its peers: `python scripts/bench.py land [--parcels N] [--million]`.

The peers are no dependencies of the project: `pip install -r scripts/bench/requirements.txt`; PostGIS is
Debian's postgresql-15-postgis-3. One that is not there is named with the reason.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from bench.land import bench  # noqa: E402


def main() -> None:
    """Read the words of the command line and run."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("topic", choices=["land"])
    words.add_argument("--parcels", type=int, default=300_000)
    words.add_argument("--million", action="store_true", help="the whole stage with 1,000,000 parcels too")
    given = words.parse_args()
    stages = sorted({min(100_000, given.parcels), given.parcels} | ({1_000_000} if given.million else set()))
    bench(given.parcels, stages)


if __name__ == "__main__":
    main()
