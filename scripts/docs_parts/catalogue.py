"""The reference of `layers/*.toml`: each key of each model, its type, its default and the line below it."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from gis.catalogue import model
from gis.catalogue.load import MODELS, SINGLE

from .table import markdown

HEADS = ("键", "类型", "缺省", "含义")
INTRO = """# 图层目录的键

`layers/*.toml` 的每个键，由 `gis/catalogue/model.py` 的模型生成。不认识的键是错误，报出文件、行号和最接近的键。
怎么用见[加一个图层、目标、版本或县](../extend.md)。
"""
PLAIN = {"str": "文字", "int": "整数", "float": "数", "bool": "true / false", "date": "日期"}


def page() -> str:
    """Give the whole page, sections in the order of the tables of TOML."""
    written: set[type[model.Model]] = set()
    parts = [INTRO]
    for table, found in MODELS.items():
        head = f"[{table}]" if table in SINGLE else f"[[{table}]]"
        parts += [f"## `{head}`\n", *_sections(found, written)]
    parts += ["## 年度目标任务分解表\n", "由表格读成的目标还有：\n", _table(model.YearlyTarget, model.Target)]
    return "\n".join(parts) + "\n"


def _sections(found: type[model.Model], written: set[type[model.Model]]) -> Iterator[str]:
    """Give a model's table, then those of the models that its keys hold."""
    written.add(found)
    yield _table(found)
    for inner in (one for field in found.model_fields.values() for one in _models(field.annotation)):
        if inner not in written and inner is not model.Words:
            yield f"### {inner.__name__} {{#{inner.__name__.lower()}}}\n"
            yield from _sections(inner, written)


def _table(found: type[model.Model], without: type[model.Model] | None = None) -> str:
    told = _told(found)
    known = without.model_fields if without else {}
    rows = [
        (f"`{_key(name, field)}`", _type(field.annotation), _default(field), told[name])
        for name, field in found.model_fields.items()
        if name not in known
    ]
    return markdown(HEADS, rows)


def _told(found: type[model.Model]) -> dict[str, str]:
    """Read the docstring below each key of a model and of those it is made from."""
    told: dict[str, str] = {}
    for one in reversed(found.__mro__[: found.__mro__.index(model.Model)]):
        body = ast.parse(textwrap.dedent(inspect.getsource(one))).body[0].body  # type: ignore[attr-defined]
        for field, text in pairwise(body):
            if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr):
                told[ast.unparse(field.target)] = ast.literal_eval(text.value)
    return told


def _key(name: str, field: Any) -> str:
    choices = getattr(field.validation_alias, "choices", None)
    return "` 或 `".join(map(str, choices)) if choices else field.alias or name


def _default(field: Any) -> str:
    if field.is_required():
        return "必填"
    value = field.default
    if isinstance(value, model.Model):
        inner = (f"{key} = {json.dumps(one, ensure_ascii=False)}" for key, one in value if one is not None)
        return f"`{{ {', '.join(inner)} }}`"
    return "–" if value in (None, "", (), {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _type(kind: Any) -> str:
    """Say a type in words; a choice is listed whole."""
    origin, inner = get_origin(kind), [one for one in get_args(kind) if one not in (NoneType, ...)]
    if origin is None:
        return _named(kind)
    if origin is Literal:
        return "、".join(f"`{one}`" for one in inner)
    words = [_type(one) for one in inner[: 1 if origin is Annotated else None]]
    if origin in (Annotated, Union, UnionType):
        return " 或 ".join(words)
    if origin is dict:
        return " = ".join(words)
    return f"{len(words)} 个{words[0]}" if origin is tuple else f"若干{words[0]}"


def _named(kind: type) -> str:
    if kind is model.Words:
        return "`{ zh, en }`"
    if issubclass(kind, model.Model):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    return PLAIN[kind.__name__]


def _models(kind: Any) -> Iterator[type[model.Model]]:
    if isinstance(kind, type) and issubclass(kind, model.Model):
        yield kind
    for one in get_args(kind):
        yield from _models(one)
