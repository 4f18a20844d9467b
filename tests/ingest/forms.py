"""Reading a form and what is asked of it, for the tests of forms."""

from pathlib import Path

from gis.ingest import Options, read_file

EAST, NORTH = 40_567_000, 3_510_000
SQUARE = [(0, 0), (100, 0), (100, 100), (0, 100)]
LABEL = "ZJ"


def read(path: Path, kind: str = "parcels", **said):
    return read_file(path, Options(kind=kind, layer="x", **said))


def areas(found) -> list[float]:
    return found.table.geometry.to_crs(4528).area.round(1).tolist()


def codes(found) -> set[str]:
    return set(found.findings["code"])


# drawings
