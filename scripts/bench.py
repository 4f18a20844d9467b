"""Race gis against its peers: `python scripts/bench.py land water air reading map [--parcels N] [--rows N]`.

`scale` measures the land stage on a Dask cluster of this machine's cores, the county drawn by parts.

`run` measures a whole run of a large county; with `--beside COMMIT` it and the land stage are measured by the
code of that commit too.
The peers are no dependencies of the project: `pip install -r scripts/bench/requirements.txt`; PostGIS is
Debian's postgresql-15-postgis-3. One that is not there is named with the reason.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from bench import air, land, maps, reading, scale, water, whole  # noqa: E402

RUN_PARCELS, RUN_FIELDS = 10_000, 10_000


def main() -> None:
    """Read the words of the command line and run."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument(
        "topics", nargs="+", choices=["land", "water", "air", "reading", "map", "run", "scale"]
    )
    words.add_argument("--parcels", type=int, default=300_000)
    words.add_argument("--million", action="store_true", help="the whole stage with 1,000,000 parcels too")
    words.add_argument("--rows", type=int, default=10_000_000, help="hourly records of water and of air")
    words.add_argument("--beside", metavar="COMMIT", help="run and land stage by the code of a commit too")
    words.add_argument("--peers", type=Path, help="folder of node_modules and bin/tippecanoe for the map")
    words.add_argument("--shapes", type=int, nargs="+", default=list(maps.SIZES), help="parcels on the map")
    words.add_argument("--sizes", type=int, nargs="+", default=list(scale.SIZES), help="parcels of scale")
    given = words.parse_args()
    if "land" in given.topics:
        sizes = {min(100_000, given.parcels), given.parcels} | ({1_000_000} if given.million else set())
        land.bench(given.parcels, sorted(sizes), given.beside)
    if "water" in given.topics:
        water.bench(given.rows)
    if "air" in given.topics:
        air.bench(given.rows)
    if "reading" in given.topics:
        reading.bench(parcels=given.parcels)
    if "run" in given.topics:
        whole.bench(RUN_PARCELS, RUN_FIELDS, given.beside)
    if "scale" in given.topics:
        scale.bench(given.sizes)
    if "map" in given.topics:
        maps.bench(tuple(given.shapes), given.peers)


if __name__ == "__main__":
    main()
