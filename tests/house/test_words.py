"""Every text has its two languages side by side, with the same values, and no literal holds both."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "gis").rglob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOTH = re.compile(r"[\u4e00-\u9fff][^·]* · [^·]*[a-z]{3}")
TYPER_HELP = {"help"}  # typer shows one text whatever the language


def _messages(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    for node in ast.walk(tree):
        name = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
        if name not in {"Message", "Doubt", "finding"}:
            continue
        both = node.args[1:3] if name == "finding" else node.args[:2]
        texts = [one.value for one in both if isinstance(one, ast.Constant) and isinstance(one.value, str)]
        if len(texts) == 2:
            yield node, texts[0], texts[1]


def _fields(template: str) -> set[str]:
    return {
        name.partition("[")[0].partition(".")[0]
        for _, name, _, _ in string.Formatter().parse(template)
        if name
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_message_shows_its_values_and_no_others_in_both_languages(path):
    for node, zh, en in _messages(ast.parse(path.read_text("utf-8"))):
        given = {one.arg for one in node.keywords}
        assert bool(zh) == bool(en), f"{path}:{node.lineno} has no translation"
        if given and None not in given:
            assert _fields(zh) | _fields(en) == given, f"{path}:{node.lineno}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_holds_both_languages_at_once(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        shown = [*node.args, *(one.value for one in node.keywords if one.arg not in TYPER_HELP)]
        for text in (
            one.value for one in shown if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ):
            assert not BOTH.search(re.sub(r"{[^}]*}|Brier", "", text)), f"{path}:{node.lineno}: {text}"
