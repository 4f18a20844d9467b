"""Codes whose words stand beside the layer: the schema extension of a GeoPackage, domains of a geodatabase."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from gis.base.errors import GisError
from gis.ingest.heads import recognised
from gis.ingest.markup import local, parsed
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
        findings.append(finding(
            "domain_words", "“{head}”的代码按图层自带的值域换成文字",
            "the codes of {head} are shown as the words of its domain",
            head=head,
        ))  # fmt: skip
        if strange.any():
            findings.append(finding(
                "domain_lacks", "“{head}”有 {n:,} 行的代码不在值域中，照录：{codes}",
                "{n:,} rows of {head} have codes that its domain lacks, kept as found: {codes}",
                head=head, n=int(strange.sum()), codes="、".join(codes[strange].unique()[:MOST]),
            ))  # fmt: skip
    return frame, findings


def _code(cell: Any) -> str | None:
    if cell is None or cell is pd.NA or cell != cell:  # noqa: PLR0124  not a number
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def _of_geopackage(place: Path, layer: str) -> dict[str, Words]:
    found: dict[str, Words] = {}
    try:
        with closing(sqlite3.connect(f"{place.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            for head, value, word in base.execute(_ENUMS, (layer,)):
                if word:
                    found.setdefault(str(head), {})[_code(value) or ""] = str(word)
    except sqlite3.Error:
        return {}
    return found


def _of_geodatabase(place: Path, layer: str) -> dict[str, Words]:
    try:
        items = pyogrio.read_dataframe(
            place,
            layer="GDB_Items",
            read_geometry=False,
            LIST_ALL_TABLES="YES",
            columns=["Name", "Definition"],
        )
    except (DataSourceError, DataLayerError, ValueError):
        return {}
    mine = items.loc[items["Name"] == layer, "Definition"].dropna()
    return words_of(
        [str(one) for one in items["Definition"].dropna() if "CodedValue" in str(one)], [*map(str, mine)]
    )


def words_of(domains: list[str], layers: list[str]) -> dict[str, Words]:
    """Read the definitions of a geodatabase: its coded domains, and of a layer which field has which.

    Fields that have one domain in all subtypes count; the field of the subtypes has their names.
    """
    coded: dict[str, Words] = {}
    for text in domains:
        root = _root(text)
        name = _text(root, "DomainName")
        values = [one for one in (root if root is not None else ()) if local(one) == "CodedValues"]
        pairs = [(_text(one, "Code"), _text(one, "Name")) for many in values for one in many]
        coded[name] = {code: word for code, word in pairs if code and word}
    found: dict[str, Words] = {}
    for text in layers:
        root = _root(text)
        if root is None:
            continue
        said: dict[str, set[str]] = {}
        for one in root.iter():
            if local(one) in ("GPFieldInfoEx", "SubtypeFieldInfo") and (domain := _text(one, "DomainName")):
                said.setdefault(_text(one, "Name") or _text(one, "FieldName"), set()).add(domain)
        found |= {
            field: coded[next(iter(names))]
            for field, names in said.items()
            if len(names) == 1 and names & coded.keys()
        }
        subtypes = [one for one in root.iter() if local(one) == "Subtype"]
        if field := _text(root, "SubtypeFieldName"):
            found[field] = {_text(one, "SubtypeCode"): _text(one, "SubtypeName") for one in subtypes}
    return found


def _root(text: str) -> Any:
    try:
        return parsed(text.encode(), "GDB_Items")
    except GisError:
        return None


def _text(element: Any, name: str) -> str:
    found = None if element is None else next((one for one in element if local(one) == name), None)
    return "" if found is None else "".join(found.itertext()).strip()
