"""A real server with PostGIS in a folder of its own, which asks for a password."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SECRET = "s3cret-口令-9f1c"


def binaries() -> Path:
    """Give the folder of Debian's binaries; a test skips where they are not, or fails where they must be."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    extension = [*Path("/usr/share/postgresql").glob("*/extension/postgis.control")]
    if not found or not extension:
        wanted = os.environ.get("GIS_REQUIRE_POSTGIS") == "1"
        (pytest.fail if wanted else pytest.skip)("needs the packages postgresql and postgresql-postgis")
    return found[-1].parent


@contextmanager
def running() -> Iterator[str]:
    """Start it on a free port, and give the address of a database of which PGPASSWORD has the password."""
    tools, folder = binaries(), Path(tempfile.mkdtemp(prefix="gis-postgis-"))
    who = {"user": "postgres"} if os.geteuid() == 0 else {}

    def run(name: str, *words: str) -> None:
        tool = [str(tools / name), "-D", str(folder / "data"), *words]
        subprocess.run(tool, check=True, cwd=folder, stdout=subprocess.DEVNULL, **who)

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    password = folder / "password"
    password.write_text(SECRET, "utf-8")
    for path in (folder, password) if who else ():
        shutil.chown(path, "postgres")
    run("initdb", "-U", "gis", "-A", "scram-sha-256", f"--pwfile={password}", "--no-sync", "-E", "UTF8",
        "--locale=C.UTF-8")  # fmt: skip
    how = f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off"
    run("pg_ctl", "-o", how, "-w", "-l", str(folder / "log"), "start")
    address = f"postgresql://gis@127.0.0.1:{port}/postgres"
    try:
        with pytest.MonkeyPatch.context() as patched:
            patched.setenv("PGPASSWORD", SECRET)
            asked(address, "create extension postgis")
            yield address
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder)


def asked(address: str, *texts: str) -> list[tuple]:
    """Run SQL, and give the rows of the last."""
    import psycopg

    with psycopg.connect(address) as connection:
        for text in texts:
            found = connection.execute(text)
        return found.fetchall() if found.description else []
