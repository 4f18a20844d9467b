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


FIRST_TEXT = {"Message": 0, "Doubt": 0, "finding": 1}  # a finding begins with its code


def _messages(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    for node in ast.walk(tree):
        if not (
            isinstance(node, ast.Call) and (first := FIRST_TEXT.get(getattr(node.func, "id", ""))) is not None
        ):
            continue
        texts = [
            one.value
            for one in node.args[first : first + 2]
            if isinstance(one, ast.Constant) and isinstance(one.value, str)
        ]
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


QUOTED = re.compile(  # what stands in a file or must be written there, as it is written
    "85以上|内部|氨氮|界址点数?|计入明细|经度|纬度|水体类型|湖库|河流|断面级别|所在水体|乡镇|核减|单位|文字|逆透视|亩\\]|转换参数|精度|"
    "面积单位|坐标系|带号|几度分带|中文|指标|数值"
)
PAIRED = {"Message", "Doubt", "both", "named", "hinted", "titled"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_english_holds_no_chinese_but_what_a_file_says(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in PAIRED and len(node.args) > 1:
            english = "".join(
                one.value
                for one in ast.walk(node.args[1])
                if isinstance(one, ast.Constant) and isinstance(one.value, str)
            )
            assert not CHINESE.search(QUOTED.sub("", english)), f"{path}:{node.lineno}: {english}"


@pytest.mark.parametrize("path", sorted((ROOT / "gis").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_says_chinese_only_beside_its_english(path):
    for line in path.read_text("utf-8").splitlines():
        for found in re.finditer(r'"[^"]*[\u4e00-\u9fff][^"]*"', line):
            beside = line[found.end() :] + line[: found.start()]
            assert re.search(r'"[^"\u4e00-\u9fff]*[A-Za-z]{2}[^"\u4e00-\u9fff]*"', beside), line
            assert " · " not in found.group(), line
