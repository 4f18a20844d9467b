"""A PostgreSQL server with PostGIS in a temporary folder, where Debian's packages are installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from bench.race import NotAvailableError, Run
from bench.seeded import PLANE

FOLDERS = Path("/usr/lib/postgresql")
PORT = "54329"
NEEDED = "postgresql-15-postgis-3"


class Server:
    """Started with the block and stopped after it; nothing where it is not installed."""

    def __init__(self) -> None:
        found = sorted(FOLDERS.glob("*/bin")) if FOLDERS.exists() else []
        self.bin = found[-1] if found else None
        self.folder = Path(tempfile.mkdtemp(prefix="bench-postgis-"))
        self.why, self.name = "", "PostGIS"

    def __enter__(self) -> Server:
        """Make a cluster and start it."""
        extension = Path("/usr/share/postgresql").glob("*/extension/postgis.control")
        if self.bin is None or not any(extension):
            self.why = f"the Debian package {NEEDED} is not installed"
            return self
        data = self.folder / "data"
        self.folder.chmod(0o777)
        try:
            self._server("initdb", "-D", str(data), "-U", "bench", "-A", "trust", "--no-sync", "-E", "UTF8")
            how = f"-p {PORT} -c listen_addresses= -k {self.folder} -c shared_buffers=2GB -c work_mem=256MB"
            self._server("pg_ctl", "-D", str(data), "-o", how, "-w", "-l", str(self.folder / "log"), "start")
            sql(self.folder, "create extension postgis")
            self.name = f"PostGIS {sql(self.folder, 'select postgis_lib_version()').strip()}"
        except (subprocess.CalledProcessError, OSError) as error:
            self.why = f"the server does not start: {getattr(error, 'stderr', '') or error}"
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server and remove the cluster."""
        if (self.folder / "data" / "postmaster.pid").exists():
            self._server("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def peer(self, query: str) -> Callable[[Path, Path], Run]:
        """Give the contestant that answers `query` in this server."""
        return partial(_peer, str(self.folder), self.why, query)

    def _server(self, name: str, *words: str) -> None:
        assert self.bin is not None
        who = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        subprocess.run(
            [*who, str(self.bin / name), *words], check=True, text=True, cwd=self.folder,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )  # fmt: skip


def sql(folder: Path, text: str, **more: Any) -> str:
    """Run SQL through psql."""
    words = [
        "psql",
        "-h",
        str(folder),
        "-p",
        PORT,
        "-U",
        "bench",
        "-d",
        "postgres",
        "-qAt",
        "-v",
        "ON_ERROR_STOP=1",
    ]
    done = subprocess.run([*words, "-c", text], check=True, text=True, capture_output=True, **more)
    return done.stdout


def _peer(folder: str, why: str, query: str, parcels: Path, lines: Path) -> Run:
    if why:
        raise NotAvailableError(why)
    place = Path(folder)
    for name, path, key in (("parcels", parcels, "parcel_id"), ("lines", lines, "line_id")):
        frame = gpd.read_parquet(path)[[key, "geometry"]].to_crs(PLANE)
        rows = "".join(
            f"{id_}\t{wkb}\n" for id_, wkb in zip(frame[key], frame.geometry.to_wkb(hex=True), strict=True)
        )
        sql(place, f"drop table if exists {name}; create table {name} ({key} text, geometry geometry)")
        sql(place, f"copy {name} from stdin", input=rows)
        sql(place, f"create index on {name} using gist (geometry)")
        sql(place, f"vacuum analyze {name}")

    def run() -> Callable[[], pd.DataFrame]:
        sql(place, f"drop table if exists made; create table made as {query}")
        return lambda: _answer(place)

    return run


def _answer(place: Path) -> pd.DataFrame:
    rows = [row.split("|") for row in sql(place, "select * from made").splitlines()]
    return pd.DataFrame(rows, columns=["parcel_id", "line_id", "area"]).astype({"area": "float64"})
