"""Faults of a catalogue: each with its file, its line and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import BaseModel, ValidationError

from gis.base.errors import CatalogueError
from gis.base.messages import Text
from gis.catalogue.lines import Path, line_at

SHOWN = 20
PATTERNS = {
    r"^[a-z][a-z0-9_]*$": "write small Latin letters, digits and _, a letter first",
    r"^\d{4}$": 'write a year of four digits: "2021"',
    r"^\d{6}$": 'write the six digits of the county: "320581"',
}
WRITTEN = {
    "string": 'write a text in quotes: "…"',
    "date": "write a day without quotes: 2021-12-31",
    "float": "write a number without quotes",
    "int": "write a whole number without quotes",
    "bool": "write true or false",
    "sequence": 'write a list: ["…"]',
    "tuple": "write a list: [1, 2]",
    "too_long": "write fewer values",
    "too_short": "write at least one value",
    "missing": "write as many values as the key needs",
}


class Fault(NamedTuple):
    """One thing that is wrong in a file of the catalogue."""

    what: Text
    file: str
    line: int | None = None
    found: Text | None = None
    fix: Text | None = None

    def error(self) -> CatalogueError:
        """Make it an error of its own."""
        return CatalogueError(self.what, file=self.file, row=self.line, found=self.found, fix=self.fix)


def report(faults: Sequence[Fault]) -> CatalogueError:
    """Put all faults into one error; the message names at most `SHOWN` of them."""
    if len(faults) == 1:
        return faults[0].error()
    messages = [fault.error().message() for fault in faults[:SHOWN]]
    if len(faults) > SHOWN:
        messages.append(f"… and {len(faults) - SHOWN} more")
    return CatalogueError("\n".join([f"{len(faults)} faults in the catalogue", *messages]))


def nearest(word: str, known: Iterable[str]) -> str:
    """Say what to write instead of `word`: the nearest of `known`, or all of them."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    return f'write "{close[0]}"' if close else "one of " + ", ".join(names)


def faults_of(
    error: ValidationError, model: type[BaseModel], file: str, at: Path, lines: dict[Path, int]
) -> list[Fault]:
    """Turn what pydantic says of the entry at `at` into faults with lines, one a place."""
    found: dict[Path, Fault] = {}
    for one in sorted(error.errors(), key=lambda one: -len(one["loc"])):
        path, line = line_at(lines, (*at, *one["loc"]))
        if any(other[: len(path)] == path for other in found):
            if one["type"] != "missing":
                continue
            path = (*path, str(one["loc"][-1]))
        where = ".".join(str(step) for step in path[len(at) :])
        found[path] = _fault(one, model, file, line, where)
    return sorted(found.values(), key=lambda fault: fault.line or 0)


def _fault(one: Any, model: type[BaseModel], file: str, line: int, where: str) -> Fault:
    loc, kind = one["loc"], one["type"]
    key = str(loc[-1]) if loc else ""
    if kind == "extra_forbidden":
        return Fault(f'unknown key "{key}"', file, line, fix=nearest(key, _keys(model, loc[:-1])))
    if kind == "missing" and isinstance(loc[-1], str):
        return Fault(f'the key "{key}" is missing', file, line, fix=f"add {key} = … here")
    if kind == "literal_error":
        choices = one["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        fix = nearest(str(one["input"]), choices)
        return Fault(f'"{where}" must be one of the known words', file, line, f'"{one["input"]}"', fix)
    what = f'"{where}" is not what it must be' if where else "the entry is not a table"
    return Fault(what, file, line, repr(one["input"]), _how_to_write(one, _keys(model, loc)))


def _how_to_write(one: Any, keys: Sequence[str]) -> str:
    kind: str = one["type"]
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(one["ctx"]["pattern"], one["msg"])
    if kind.startswith(("model", "dict")):
        return "write a table: { " + ", ".join(f"{key} = …" for key in keys) + " }"
    return next((fix for start, fix in WRITTEN.items() if kind.startswith(start)), one["msg"])


def _keys(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    for step in loc:
        named = {info.alias or name: info for name, info in model.model_fields.items()}
        if step in named:
            model = _model_in(named[str(step)].annotation) or model
    return [info.alias or name for name, info in model.model_fields.items()]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
