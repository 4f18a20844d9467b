"""The address of a table in a database, `postgresql://user@host:port/database#schema.table`: never with a password."""

from __future__ import annotations

import re
from pathlib import Path, PurePath
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from gis.base.errors import UsageError
from gis.base.phrases import refusal

PARAMETERS = frozenset(("host", "port", "user", "service", "sslmode", "sslrootcert"))
_SCHEME = re.compile(r"(postgres(?:ql)?:/|postgres(?:ql)?\+\w+:/|pg:)", re.IGNORECASE)
_SECRET = re.compile(r"(postgres\w*(?:\+\w+)?:/+)[^'\"]*|(password=)[^&\s'\"]*", re.IGNORECASE)
_HOST = re.compile(r"(?:[^:\[\]]*|\[[\w:.%]*\])(?::\d*)?")


class Address(NamedTuple):
    """Where a table lies.

    Attributes
    ----------
    server
        What the database's own library connects to; who asks and with which password is of its environment.
    database
        Its name, or that of the service.
    schema, table
        None where the address does not say it.
    """

    server: str
    database: str
    schema: str | None
    table: str | None


def is_address(path: Path | str) -> bool:
    """Tell whether what is named as a file is meant as an address of a database, well written or not."""
    return _SCHEME.match(_plain(path)) is not None


def address_of(path: Path | str) -> Address:
    """Take an address apart.

    Parameters
    ----------
    path
        A path too: one that lost a slash of the two means the same.

    Raises
    ------
    UsageError
        It holds a password, or is not of the form; the address is not repeated.
    """
    scheme, rest = re.split(r"(?<=:)/|(?<=pg:)", _plain(path), maxsplit=1, flags=re.IGNORECASE)
    where, _, fragment = rest.partition("#")
    where, _, query = where.partition("?")
    said = dict(parse_qsl(query, keep_blank_values=True))
    host, _, database = where.rpartition("/")
    hosts = host.rpartition("@")[2].split(",")
    if (
        ":" in rest.rpartition("@")[0]
        or any("pass" in key.lower() for key in said)
        or not all(map(_HOST.fullmatch, hosts))
    ):  # what stands in the place of a port is a password where the host was forgotten
        raise refusal(UsageError, "address_with_password")
    known = scheme.lower() in ("postgresql:", "postgres:") and said.keys() <= PARAMETERS
    if not known or re.search("[@:/]", database) or not (database or "service" in said):
        raise refusal(UsageError, "address_form", parameters=", ".join(sorted(PARAMETERS)))
    schema, _, table = fragment.rpartition(".")
    server = f"postgresql://{host}/{database}{'?' if query else ''}{query}"
    name = unquote(database) or said["service"]
    return Address(server, name, unquote(schema) or None, unquote(table) or None)


def name_of(path: Path) -> str:
    """Name a file, or the database of an address, in the logs."""
    return address_of(path).database if is_address(path) else path.name


def stem_of(path: Path) -> str:
    """Name what a file or a table holds: the file without its suffix, the table without its schema."""
    return (address_of(path).table or "") if is_address(path) else path.stem


def name_in(path: Path, folder: Path) -> str:
    """Name a file by its place in a folder, an address as it is written."""
    if not is_address(path):
        return path.relative_to(folder).as_posix()
    return f"{address_of(path).server}#{_plain(path).partition('#')[2]}"


def ending(path: Path) -> str:
    """Give the suffix of a file in lower case; none for an address, whose table may have a dot."""
    return "" if is_address(path) else path.suffix.lower()


def masked(text: str) -> str:
    """Take what may be a password out of a text that quotes an address."""
    return _SECRET.sub(lambda found: f"{found[1] or ''}{found[2] or ''}…", text)


def _plain(path: Path | str) -> str:
    return PurePath(path).as_posix()
