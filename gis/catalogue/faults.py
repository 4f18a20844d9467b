"""Faults of a catalogue: each with its file, its line and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, get_args

from pydantic import AliasChoices, BaseModel, ValidationError
from pydantic.fields import FieldInfo

from gis.base.errors import CatalogueError
from gis.base.messages import Message, Text, listed, ready
from gis.catalogue.lines import Path, line_at

SHOWN = 20
PATTERNS = {
    r"^[a-z][a-z0-9_]*$": Message(
        "用小写拉丁字母、数字和 _，字母开头", "write small Latin letters, digits and _, a letter first"
    ),
    r"^\d{4}$": Message('写四位年份："2021"', 'write a year of four digits: "2021"'),
    r"^\d{6}$": Message('写县的六位代码："320581"', 'write the six digits of the county: "320581"'),
}
WRITTEN = {
    "string": Message('写成引号内的文字："…"', 'write a text in quotes: "…"'),
    "date": Message("写日期，不加引号：2021-12-31", "write a day without quotes: 2021-12-31"),
    "float": Message("写数字，不加引号", "write a number without quotes"),
    "int": Message("写整数，不加引号", "write a whole number without quotes"),
    "bool": Message("写 true 或 false", "write true or false"),
    "sequence": Message('写成列表：["…"]', 'write a list: ["…"]'),
    "tuple": Message("写成列表：[1, 2]", "write a list: [1, 2]"),
    "too_long": Message("少写几个值", "write fewer values"),
    "too_short": Message("至少写一个值", "write at least one value"),
    "missing": Message("写够这个键需要的值", "write as many values as the key needs"),
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
        what = Message("不认识的键“{key}”", 'unknown key "{key}"', key=key)
        return Fault(what, file, line, fix=nearest(key, _keys(model, loc[:-1])))
    if kind == "missing" and isinstance(loc[-1], str):
        what = Message("缺少键“{key}”", 'the key "{key}" is missing', key=key)
        return Fault(what, file, line, fix=Message("在此补上 {key} = …", "add {key} = … here", key=key))
    if kind == "literal_error":
        choices = one["ctx"]["expected"].replace(" or ", ", ").replace("'", "").split(", ")
        fix = nearest(str(one["input"]), choices)
        what = Message("“{where}”只能用规定的词", '"{where}" must be one of the known words', where=where)
        return Fault(what, file, line, f'"{one["input"]}"', fix)
    what = Message("这一项不是一张表", "the entry is not a table")
    if where:
        what = Message("“{where}”写得不对", '"{where}" is not what it must be', where=where)
    return Fault(what, file, line, repr(one["input"]), _how_to_write(one, _keys(model, loc)))


def _how_to_write(one: Any, keys: Sequence[str]) -> Text:
    kind: str = one["type"]
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(one["ctx"]["pattern"], one["msg"])
    if kind.startswith(("model", "dict")):
        inner = ", ".join(f"{key} = …" for key in keys)
        return Message("写成一张表：{{ {inner} }}", "write a table: {{ {inner} }}", inner=inner)
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
