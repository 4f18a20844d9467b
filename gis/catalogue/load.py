"""Read a county's folder: every key, id, file, column and reference is checked before anything runs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from gis.base.errors import CatalogueError
from gis.catalogue.checks import Entry, TomlFile, layer_faults, rule_faults, target_faults, task_faults
from gis.catalogue.faults import Fault, fault, faults_of, nearest, report
from gis.catalogue.lines import key_lines
from gis.catalogue.model import Alerts, Catalogue, County, Layer, Model, Rule, Target, Task
from gis.catalogue.phrases import refusal
from gis.standards import load as load_editions

SINGLE: dict[str, type[Model]] = {"county": County, "alerts": Alerts}
MODELS: dict[str, type[Model]] = {**SINGLE, "layer": Layer, "target": Target, "task": Task, "rule": Rule}


@dataclass
class _Reading:
    entries: dict[str, list[Entry]] = field(default_factory=lambda: {table: [] for table in MODELS})
    faults: list[Fault] = field(default_factory=list)

    def models(self, table: str) -> tuple[Any, ...]:
        return tuple(entry.model for entry in self.entries[table])


def load(folder: Path, *, check_files: bool = True) -> Catalogue:
    """Read every `*.toml` of a county's folder (`standards/` apart) and check it as a whole.

    Parameters
    ----------
    folder
        The folder `layers/` of a county.
    check_files
        False leaves out whether the named files are there (before a sample is written).

    Returns
    -------
    catalogue
        Layers, targets and rules in the order of the files' names, then of the entries.

    Raises
    ------
    CatalogueError
        Anything is wrong: all faults at once, each with file, line and what to write instead.
    StandardError
        A file of the county's `standards/` is wrong.
    """
    reading = _Reading()
    files = list(_files(folder))
    for file in files:
        _read(file, reading)
    _check_ids(reading)
    county, alerts = _county(reading, files, folder), _only(reading, "alerts")
    editions = load_editions([folder / "standards"])
    for entry in reading.entries["layer"]:
        reading.faults += layer_faults(entry, county, folder, check_files=check_files)
    for entry in reading.entries["target"]:
        reading.faults += target_faults(entry, county, editions)
    for entry in reading.entries["task"]:
        reading.faults += task_faults(entry)
    for entry in reading.entries["rule"]:
        reading.faults += rule_faults(entry)
    if reading.faults or county is None:
        raise report(sorted(reading.faults, key=lambda fault: (fault.file, fault.line or 0)))
    tables = {f"{table}s": reading.models(table) for table in MODELS if table not in SINGLE}
    return Catalogue(folder=folder, county=county, alerts=alerts or Alerts(), **tables)


def target_lines(folder: Path) -> dict[str, tuple[str, int]]:
    """Give the file and the line of every target by its id, for figures that have no data."""
    return {
        entry["id"]: (file.name, file.line("target", number))
        for file in _files(folder)
        for number, entry in enumerate(file.data.get("target", ()))
        if "id" in entry
    }


def layer_line(folder: Path, layer: str, *keys: str | int) -> tuple[str, int] | None:
    """Give the file and the line of a layer, or of a key of it such as `"fields", "town"`."""
    for file in _files(folder):
        for number, entry in enumerate(file.data.get("layer", ())):
            if entry.get("id") == layer:
                return file.name, file.line("layer", number, *keys)
    return None


def _files(folder: Path) -> Iterator[TomlFile]:
    for path in sorted(folder.glob("*.toml")):
        name = f"{folder.name}/{path.name}"
        try:
            text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
            yield TomlFile(name, tomllib.loads(text), key_lines(text))
        except UnicodeDecodeError as error:
            raise refusal(CatalogueError, "not_utf8", name, n=error.start) from None
        except tomllib.TOMLDecodeError as error:
            raise refusal(CatalogueError, "not_toml", name, error=error) from None


def _read(file: TomlFile, reading: _Reading) -> None:
    for table, content in file.data.items():
        if table not in MODELS:
            place, fix = file.place(table), nearest(table, MODELS)
            reading.faults.append(fault("unknown_table", *place, fix=fix, table=table))
            continue
        single = table in SINGLE
        if not isinstance(content, dict if single else list):
            head = f"[{table}]" if single else f"[[{table}]]"
            reading.faults.append(fault("no_table", *file.place(table), table=table, head=head))
            continue
        entries = (
            [((table,), content)] if single else [((table, at), part) for at, part in enumerate(content)]
        )
        for at, part in entries:
            try:
                reading.entries[table].append(Entry(MODELS[table].model_validate(part), file, at))
            except ValidationError as error:
                reading.faults += faults_of(error, MODELS[table], file.name, at, file.lines)


def _check_ids(reading: _Reading) -> None:
    for table in ("layer", "target", "task", "rule"):
        seen: dict[str, Entry] = {}
        for entry in reading.entries[table]:
            other = seen.setdefault(entry.model.id, entry)
            if other is not entry:
                first, line = other.place("id")
                twice = entry.fault("id_twice", "id", table=table, id=entry.model.id, first=first, line=line)
                reading.faults.append(twice)


def _county(reading: _Reading, files: list[TomlFile], folder: Path) -> County | None:
    if not any("county" in file.data for file in files):
        reading.faults.append(fault("no_county", folder.name))
    return _only(reading, "county")


def _only(reading: _Reading, table: str) -> Any:
    """Give the one entry of a table that may stand once, or None."""
    entries = reading.entries[table]
    for entry in entries[1:]:
        reading.faults.append(entry.fault("table_twice", table=table, first=entries[0].file.name))
    return entries[0].model if entries else None
