"""Faults of a catalogue: each with its file, its line and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from gis.base.address import masked
from gis.base.errors import CatalogueError
from gis.base.messages import Message, Text, listed, ready
from gis.catalogue.lines import Path, line_at
from gis.catalogue.phrases import TEXTS, phrase

SHOWN = 20
PATTERNS, WRITTEN = TEXTS.parts("patterns"), TEXTS.parts("written")


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


def fault(
    name: str,
    file: str,
    line: int | None = None,
    /,
    found: Text | None = None,
    fix: Text | None = None,
    **values: Any,
) -> Fault:
    """Make the fault of a name; what is found or to be done here goes before the texts that always hold."""
    texts = TEXTS.parts(name, **values)
    found = texts.get("found") if found is None else found
    return Fault(texts["what"], file, line, found, fix or texts.get("fix"))


def report(faults: Sequence[Fault]) -> CatalogueError:
    """Put all faults into one error; the message names at most `SHOWN` of them."""
    if len(faults) == 1:
        return faults[0].error()
    head = Message("图层目录有 {n} 处错误", "{n} faults in the catalogue", n=len(faults))
    errors = [fault.error() for fault in faults[:SHOWN]]
    texts = [ready(error.message("zh"), error.message("en")) for error in errors]
    if len(faults) > SHOWN:
        texts.append(Message("…… 还有 {n} 处", "… and {n} more", n=len(faults) - SHOWN))
    return CatalogueError(listed([head, *texts], "\n", "\n"))


def nearest(word: str, known: Iterable[str]) -> Message:
    """Say what to write instead of `word`: the nearest of `known`, or all of them."""
    names = sorted(set(known))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if close:
        return Message("写“{name}”", 'write "{name}"', name=close[0])
    return Message("可选：{names}", "one of {names}", names=", ".join(names))


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
        return fault("unknown_key", file, line, fix=nearest(key, _keys(model, loc[:-1])), key=key)
    if kind == "missing" and isinstance(loc[-1], str):
        return fault("key_missing", file, line, key=key)
    if kind == "literal_error":
        choices = one["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        fix = nearest(str(one["input"]), choices)
        return fault("no_known_word", file, line, f'"{one["input"]}"', fix, where=where)
    name = "not_as_it_must_be" if where else "entry_no_table"
    return fault(
        name, file, line, masked(repr(one["input"])), _how_to_write(one, _keys(model, loc)), where=where
    )


def _how_to_write(one: Any, keys: Sequence[str]) -> Text:
    kind: str = one["type"]
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(one["ctx"]["pattern"], one["msg"])
    if kind.startswith(("model", "dict")):
        inner = ", ".join(f"{key} = …" for key in keys)
        return phrase("write_a_table", inner=inner)
    return next((fix for start, fix in WRITTEN.items() if kind.startswith(start)), one["msg"])


def _keys(model: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    def spelled(model: type[BaseModel]) -> dict[str, FieldInfo]:
        return {key: info for name, info in model.model_fields.items() for key in _spellings(name, info)}

    for step in loc:
        if step in spelled(model):
            model = _model_in(spelled(model)[str(step)].annotation) or model
    return list(spelled(model))


def _spellings(name: str, info: FieldInfo) -> list[str]:
    """Give the keys that a field may be written by, the office's own word first."""
    if isinstance(info.validation_alias, AliasChoices):
        return [str(key) for key in info.validation_alias.choices]
    return [info.alias or name]


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in get_args(annotation) if (found := _model_in(part))), None)
