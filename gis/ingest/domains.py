"""Codes whose words stand beside the layer: the schema extension of a GeoPackage, domains of a geodatabase."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis.base.errors import GisError
from gis.base.messages import listed
from gis.ingest.heads import recognised
from gis.ingest.markup import local, parsed, text_of
from gis.ingest.model import Findings, finding

Words = dict[str, str]

KEPT = ("_id", "_no", "_code")
MOST = 5
_ENUMS = (
    "SELECT d.column_name, c.value, c.description FROM gpkg_data_columns d JOIN gpkg_data_column_constraints c"
    " ON c.constraint_name = d.constraint_name WHERE d.table_name = ? AND c.constraint_type = 'enum'"
)


def domains_of(place: Path, layer: str) -> dict[str, Words]:
    """Give the words of the codes of a layer's columns: column → code → word.

    Parameters
    ----------
    place
        A .gpkg or a .gdb; it is only read.
    """
    return _of_geopackage(place, layer) if place.suffix.lower() == ".gpkg" else _of_geodatabase(place, layer)


def worded(frame: pd.DataFrame, domains: Mapping[str, Words], kind: str) -> tuple[pd.DataFrame, Findings]:
    """Put words in the place of codes; a column that is wanted as a code or a number of a thing keeps them.

    Returns
    -------
    frame, findings
        A code without a word stays and is named.
    """
    findings: Findings = []
    for head, words in domains.items():
        if head not in frame or not words or (recognised(head, kind) or "").endswith(KEPT):
            continue
        codes = frame[head].map(_code)
        known = codes.map(words)
        strange = codes.notna() & known.isna()
        frame = frame.assign(**{head: known.where(known.notna(), frame[head].astype("object"))})
        findings.append(finding("domain_words", head=head))
        if strange.any():
            shown = listed(codes[strange].unique(), most=MOST)
            findings.append(finding("domain_lacks", head=head, n=int(strange.sum()), codes=shown))
    return frame, findings


def _code(cell: Any) -> str | None:
    if cell is None or cell is pd.NA or cell != cell:  # noqa: PLR0124  not a number
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _of_geopackage(place: Path, layer: str) -> dict[str, Words]:
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            rows = base.execute(_ENUMS, (layer,)).fetchall()
    except sqlite3.Error:
        return {}
    found: dict[str, Words] = {}
    for head, value, word in rows:
        if word:
            found.setdefault(str(head), {})[_code(value) or ""] = str(word)
    return found


def _of_geodatabase(place: Path, layer: str) -> dict[str, Words]:
    try:
        wanted = {"layer": "GDB_Items", "columns": ["Name", "Definition"], "LIST_ALL_TABLES": "YES"}
        items = pyogrio.read_dataframe(place, read_geometry=False, **wanted)
    except (DataSourceError, DataLayerError, ValueError):
        return {}
    items = items.dropna(subset="Definition").astype("str")
    coded = items["Definition"].str.contains("CodedValue", regex=False)
    return words_of(items["Definition"][coded].tolist(), items["Definition"][items["Name"] == layer].tolist())


def words_of(domains: list[str], layers: list[str]) -> dict[str, Words]:
    """Read the definitions of a geodatabase: its coded domains, and of a layer which field has which.

    Fields that have one domain in all subtypes count; the field of the subtypes has their names.
    """
    coded: dict[str, Words] = {}
    for root in _roots(domains):
        values = [value for many in root if local(many) == "CodedValues" for value in many]
        pairs = [(text_of(value, "Code"), text_of(value, "Name")) for value in values]
        coded[text_of(root, "DomainName")] = {code: word for code, word in pairs if code and word}
    found: dict[str, Words] = {}
    for root in _roots(layers):
        said: dict[str, set[str]] = {}
        for one in root.iter():
            if local(one) in ("GPFieldInfoEx", "SubtypeFieldInfo") and (domain := text_of(one, "DomainName")):
                said.setdefault(text_of(one, "Name") or text_of(one, "FieldName"), set()).add(domain)
        alone = {field: names.pop() for field, names in said.items() if len(names) == 1}
        found |= {field: coded[name] for field, name in alone.items() if name in coded}
        if field := text_of(root, "SubtypeFieldName"):
            subtypes = [one for one in root.iter() if local(one) == "Subtype"]
            found[field] = {text_of(one, "SubtypeCode"): text_of(one, "SubtypeName") for one in subtypes}
    return found


def _roots(texts: list[str]) -> Iterator[ET.Element]:
    for text in texts:
        with suppress(GisError):
            yield parsed(text.encode(), "GDB_Items")
