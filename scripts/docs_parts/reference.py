"""The reference pages that the code itself writes: API, commands, heads, indicators, texts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files

import click
import typer.main

import gis.api
from gis import standards
from gis.base.figures import indicators
from gis.base.stored_words import word_of
from gis.cli.app import app

from .table import markdown


def pages() -> dict[str, str]:
    """Give each page by its name."""
    return {
        "reference/api.md": api(),
        "reference/commands.md": commands(),
        "reference/heads.md": heads(),
        "reference/indicators.md": listed_indicators(),
        "reference/standards.md": texts(),
    }


def api() -> str:
    """List the public names, each by its docstring."""
    parts = [f"# API\n\n{gis.api.__doc__}\n"]
    for name in gis.__all__:
        found = getattr(gis, name)
        parts.append(f"::: {found.__module__}.{found.__qualname__}\n")
    return "\n".join(parts)


def commands() -> str:
    """Print the help of every command."""
    parts = ["# Commands\n", "What `--help` says of each. `--lang zh|en` stands anywhere on the line.\n"]
    for name, command in _commands(typer.main.get_command(app), "gis"):
        with click.Context(command, info_name=name, max_content_width=100, terminal_width=100) as context:
            parts.append(f"## {name}\n\n```text\n{command.get_help(context)}\n```\n")
    return "\n".join(parts)


def heads() -> str:
    """List the heads that are recognised, by kind of table and column."""
    known = _toml("gis.catalogue", "aliases.toml")
    parts = [
        "# 认得的表头\n",
        "每种数据的标准字段和认得的表头；大小写、空格、括号里的单位和 `_ - . : *` 不论。前面的优先。"
        "标准字段名和中英文名总是认得的，官方表的拼音字段也在内。\n",
    ]
    for kind, columns in _toml("gis.base", "tables.toml").items():
        if kind not in known:
            continue
        rows = [
            (f"`{name}`", columns[name][1], "、".join(names))
            for name, names in known[kind].items()
            if name in columns
        ]
        parts.append(
            f"## {word_of(kind, 'kind', 'layer')[0]} `{kind}` {{#{kind}}}\n\n{markdown(('字段', '名称', '表头'), rows)}"
        )
    return "\n".join(parts)


def listed_indicators() -> str:
    """List what is measured, with its formula."""
    rows = [
        (f"`{one.id}`", one.title["zh"], one.unit, one.formula["zh"], one.family or "–")
        for one in indicators().values()
    ]
    told = "数值编号是 `指标.时期.地区`，如 `land.renewed_area.2025.320581`；`*` 代表一个词。\n"
    return f"# 指标\n\n{told}\n{markdown(('指标', '名称', '单位', '公式', '依据的一类'), rows)}"


def texts() -> str:
    """List the texts behind the numbers, and what is not sure of each."""
    parts = ["# 依据文本\n", "每个数字所依的文本；没有见过原文、没有核实的地方如实列出，页面照印。\n"]
    for one in standards.load().all:
        until = f"至 {one.end}" if one.end else "起"
        parts.append(f"## {one.id} {{#{one.id}}}\n\n**{one.standard}** {one.title['zh']}，{one.start} {until}。"
                     f"条款：{one.clause or '–'}。{'见过原文。' if one.verified else '未见原文。'}\n")  # fmt: skip
        parts += [f"- 未核实：{told['zh']}" for told in one.unsure]
        parts.append("")
    return "\n".join(parts)


def _toml(package: str, name: str) -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files(package).joinpath(name).read_text("utf-8"))


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield name, command
    for word, one in inner.items():
        yield from _commands(one, f"{name} {word}")
