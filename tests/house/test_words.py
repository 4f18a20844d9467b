"""Every text has its two languages side by side, with the same values, and no literal holds both."""

import ast
import itertools
import re
import string
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from gis.base import errors
from gis.base.columns import SHOWN, TABLES
from gis.base.errors import GisError

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "gis").rglob("*.py"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")
BOTH = re.compile(r"[\u4e00-\u9fff][^·]* · [^·]*[a-z]{3}")
TYPER_HELP = {"help"}  # typer shows one text whatever the language


def _messages(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Message", "Doubt")):
            continue
        texts = [
            one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)
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


PHRASED = sorted(path.parent.name for path in (ROOT / "gis").glob("*/phrases.toml"))
TEXT_FILES = {  # what makes a message by its name: the call, and the file in its room
    **{(room, call): "phrases.toml" for room in PHRASED for call in ("phrase", "refusal")},
    ("ingest", "finding"): "findings.toml",
    ("ingest", "refusal"): "refusals.toml",
    ("ingest", "question"): "questions.toml",
    ("ingest", "fault"): "phrases.toml",
    ("catalogue", "fault"): "phrases.toml",
    ("catalogue", "_refused"): "phrases.toml",
}
NO_VALUES = {
    "file",
    "row",
    "found",
    "fix",
}  # of a refusal: its place, and texts that stand in place of others
REFUSING = {"refusal", "fault"}


IN_OTHER_ROOMS = {"base": ["gis/standards/*.py", "gis/look.py"]}  # which have no texts of their own


def _trees(room: str) -> list[ast.Module]:
    paths = [
        path
        for told in (f"gis/{room}/*.py", *IN_OTHER_ROOMS.get(room, ()))
        for path in sorted(ROOT.glob(told))
    ]
    return [ast.parse(path.read_text("utf-8")) for path in paths]


def _texts_of(room: str, file: str) -> dict[str, list[tuple[str, str]]]:
    """Give the texts of each name of a file: a refusal's with its fix, a question's with its choices."""
    named = tomllib.loads((ROOT / "gis" / room / file).read_text("utf-8"))
    return {name: [*_pairs_in(text)] for name, text in named.items()}


def _pairs_in(table: dict) -> Iterator[tuple[str, str]]:
    if "zh" in table:
        yield table["zh"], table["en"]
    for part in table.values():
        yield from _pairs_in(part) if isinstance(part, dict) else ()


@pytest.mark.parametrize(
    ("room", "file"), dict.fromkeys((room, file) for (room, _), file in TEXT_FILES.items())
)
def test_every_text_of_a_file_is_used_and_is_in_both_languages(room, file):
    said = {one.value for tree in _trees(room) for one in ast.walk(tree) if isinstance(one, ast.Constant)}
    for name, texts in _texts_of(room, file).items():
        assert name in said, f"nothing in gis/{room} says {name}"
        for zh, en in texts:
            assert zh, name
            assert en, name
            assert not CHINESE.search(QUOTED.sub("", en)), name


KINDS = {name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, GisError)}
COMMAND = re.compile(r"--[a-z-]+( [a-z0-9]+)?|pip install .*")


def _literals(node: ast.AST) -> Iterator[str]:
    """Give the literal texts of a value that stand in no call, such as that of a message."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif not isinstance(node, ast.Call | ast.FormattedValue):
        yield from (text for one in ast.iter_child_nodes(node) for text in _literals(one))


def _in_english_alone(tree: ast.AST) -> Iterator[str]:
    """Name the errors that say in plain text what is wrong, what was found or the fix."""
    for node in ast.walk(tree):
        called = _names_of(node.func) if isinstance(node, ast.Call) else set()
        said = node.args[:1] if called & KINDS else []
        if called & (KINDS | REFUSING):
            said = [*said, *(one.value for one in node.keywords if one.arg in ("found", "fix"))]
        for text in (text for one in said for text in _literals(one)):
            if re.search("[a-z]{2,} [a-z]", COMMAND.sub("", text)):
                yield f"{node.lineno}: {text}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_error_is_in_english_alone(path):
    assert list(_in_english_alone(ast.parse(path.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    "told",
    [
        'raise UsageError(f"no method {method}")',
        'raise errors.FileError("has no file")',
        'raise StandardError(Message("缺", "lacks"), fix="write it" if one else None)',
        'raise refusal(UsageError, "no_such_kind", found="one of " + ", ".join(known))',
    ],
)
def test_an_error_in_english_alone_is_found(told):
    assert list(_in_english_alone(ast.parse(told)))


WEB = {
    (file, name): told
    for file in ("tables.toml", "layers.toml")
    for name, told in tomllib.loads((ROOT / "gis/maps/web" / file).read_text("utf-8")).items()
}
CODE = re.compile("[a-z]+_[a-z_]+")
KEYS = {"id", "of", "columns", "like", "pane", "files", "head", "state", "apart", "opacity", "width", "size",
        "labels", "search", "show", "last"}  # fmt: skip


def _faults(told: dict) -> Iterator[str]:
    """Name what a table or a layer of a page says in one language alone, or by a code or a column without words."""
    for key, texts in told.items():
        if key in KEYS:
            continue
        zh, en = [*texts, "", ""][:2] if isinstance(texts, list) else (str(texts), "")
        bare = [re.sub("{[^}]*}", "", text) for text in (zh, en)]
        if not CHINESE.search(zh) or not en or CHINESE.search(en):
            yield f"{key} is not in both languages: {zh} / {en}"
        if len(texts) > 2 or any(map(CODE.search, bare)):
            yield f"{key} shows a code: {zh} / {en}"
        fields = [{re.sub("_?(zh|en)$", "", name) for name in _fields(text)} for text in (zh, en)]
        if fields[0] != fields[1]:
            yield f"{key} has other values in English: {fields}"
    named = [(told.get("of", ""), name) for name in told.get("columns", "").split()]
    named += [tuple(told[one].split(".")) for one in ("head", "state") if one in told]
    for table, name in named:
        if name not in DESCRIBED:
            yield f"{table}.{name} has no title"


DESCRIBED = {name for columns in (*TABLES.values(), *SHOWN.values()) for name in columns}


@pytest.mark.parametrize(("file", "name"), WEB)
def test_a_table_or_a_layer_of_a_page_speaks_both_languages_and_shows_no_code(file, name):
    assert list(_faults(WEB[file, name])) == []


@pytest.mark.parametrize(
    "told",
    [
        {"title": ["断面"]},
        {"title": ["断面", "断面"]},
        {"note": "断面"},
        {"title": ["断面 water_class", "Sections"]},
        {"title": ["{n} 个断面", "Sections"]},
        {"title": ["断面", "Sections"], "of": "sections", "columns": "name nameless"},
        {"title": ["断面", "Sections"], "state": "sections.nameless"},
    ],
)
def test_a_table_that_speaks_one_language_or_shows_a_code_is_found(told):
    assert list(_faults(told))


def _keys_of(bundle: str, scope: ast.AST) -> Iterator[str]:
    """Give the keys of a bundle of values made there: `sizes = {"rows": …}`, or `{name: … for name in (…)}`."""
    for node in ast.walk(scope):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if bundle not in [getattr(one, "id", None) for one in targets]:
            continue
        made = getattr(node, "value", None)
        keys = made.keys if isinstance(made, ast.Dict) else []
        if isinstance(made, ast.DictComp):
            keys = getattr(made.generators[0].iter, "elts", [])
        yield from (one.value for one in keys if isinstance(one, ast.Constant))


def _scopes(tree: ast.Module) -> Iterator[ast.AST]:
    """Give the functions of a module, and what stands outside of them."""
    yield from (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))
    yield from (one for one in tree.body if not isinstance(one, ast.FunctionDef | ast.ClassDef))


def _names_of(called: ast.AST) -> set[str]:
    """Give the name of what is called, a function's or a method's."""
    return {getattr(called, "id", ""), getattr(called, "attr", "")}


@pytest.mark.parametrize(("room", "call"), TEXT_FILES)
def test_a_text_of_a_file_gets_its_values_and_no_others(room, call):
    texts = _texts_of(room, TEXT_FILES[room, call])
    nodes = [(one, scope) for tree in _trees(room) for scope in _scopes(tree) for one in ast.walk(scope)]
    for node, scope in nodes:
        if not isinstance(node, ast.Call) or call not in _names_of(node.func):
            continue
        named = [one.value for one in node.args[:2] if isinstance(one, ast.Constant)]
        given = {one.arg for one in node.keywords if one.arg} - (NO_VALUES if call in REFUSING else set())
        bundles = [one.value for one in node.keywords if one.arg is None]
        if named and all(isinstance(one, ast.Name) for one in bundles):
            given |= {key for one in bundles for key in _keys_of(one.id, scope)}
            wanted = {field for zh, en in texts[named[0]] for field in _fields(zh) | _fields(en)}
            assert wanted == given, named[0]


@pytest.mark.parametrize("path", sorted((ROOT / "gis").rglob("*.js")), ids=lambda path: path.name)
def test_a_script_says_chinese_only_beside_its_english(path):
    for line in path.read_text("utf-8").splitlines():
        for found in re.finditer(r'"[^"]*[\u4e00-\u9fff][^"]*"', line):
            beside = line[found.end() :] + line[: found.start()]
            assert re.search(r'"[^"\u4e00-\u9fff]*[A-Za-z]{2}[^"\u4e00-\u9fff]*"', beside), line
            assert " · " not in found.group(), line


# Where Chinese stands that no reader gets as a text of ours, by room or file, and why.
AS_FILES_SAY = {
    "ingest/": "words, patterns and heads that the door looks for in files",
    "catalogue/": "words that an office's tables and a county's TOML hold",
    "founding/": "the county's own TOML, with its comments for its office",
    "sample/": "the sample county: its names, heads and files",
    "base/units.py": "units as cells spell them",
    "air/published.py": "pollutants as stations publish them",
    "water/sections.py": "former names as a list of sections has them",
    "store/points.py": "the form of a file of boundary points",
    "store/ledger_book.py": "a printed ledger is handed in in Chinese",
    "store/printed.py": "the frame of a printed ledger",
    "cli/line_sheets.py": "a printed list of conflicts is handed in in Chinese",
    "cli/compare.py": "the heading of a printed list",
    "cli/land.py": "the heading of a printed list",
    "desk/own_book.py": "sheets and heads of a printed ledger, read back",
    "desk/register.py": "lines of a printed ledger",
    "land/counting.py": "categories of reclaimed land as offices write them",
    "land/places.py": "the place of a printed ledger that no town has",
    "land/summary.py": "lines of a printed ledger",
    "base/own_sheets.py": "first rows by which a sheet of our own is known again",
    "base/plan_words.py": "the plan's words",
    "water/published.py": "a head of a published file",
    "maps/sheet/pdf_file.py": "names of fonts, and letters to try them",
}
COMPARED = (ast.Compare, ast.MatchValue)
# typer shows one help whatever the language; the rest asks a text of a file
PLAIN = (
    "Typer",
    "Option",
    "Argument",
    "compile",
    "contains",
    "startswith",
    "endswith",
    "removeprefix",
    "partition",
)


def _parents(tree: ast.AST) -> dict[ast.AST, ast.AST]:
    return {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}


def _holds(node: ast.AST) -> bool:
    return any(
        isinstance(one, ast.Constant)
        and isinstance(one.value, str)
        and bool(CHINESE.search(QUOTED.sub("", one.value)))
        for one in ast.walk(node)
    )


def _is_paired(text: ast.Constant, above: dict[ast.AST, ast.AST]) -> bool:
    """Tell whether a text has its English beside it, is compared, is a pattern or a docstring."""
    if ("zh" in text.value and "class=" in text.value) or "Sample data" in text.value:
        return True  # spans of both languages; the stamp that is in both
    node: ast.AST = text
    while (parent := above.get(node)) is not None:
        if _explains(node, parent):
            return True
        node = parent
    return False


def _explains(node: ast.AST, parent: ast.AST) -> bool:
    """Tell whether what a text stands in says why it is in Chinese alone."""
    if isinstance(parent, ast.keyword | ast.Assign | ast.AnnAssign | ast.AugAssign | ast.NamedExpr):
        names = {str(getattr(one, "id", "")) for one in ast.walk(parent)} | {str(getattr(parent, "arg", ""))}
        return any("zh" in name or "chinese" in name for name in names)
    if isinstance(parent, ast.Call | ast.Tuple | ast.List):
        beside = parent.args if isinstance(parent, ast.Call) else parent.elts
        at = beside.index(node) if node in beside else -1
        called = getattr(
            getattr(parent, "func", None), "id", getattr(getattr(parent, "func", None), "attr", "")
        )
        followed = 0 <= at < len(beside) - 1 and not _holds(beside[at + 1])
        return followed or (called in PAIRED and at == 1) or called in PLAIN
    return isinstance(parent, COMPARED) or (isinstance(parent, ast.Expr) and node is parent.value)


def _alone(path: Path) -> Iterator[str]:
    tree = ast.parse(path.read_text("utf-8"))
    above = _parents(tree)
    for node in ast.walk(tree):
        told = isinstance(node, ast.Constant) and isinstance(node.value, str) and CHINESE.search(node.value)
        if told and not _is_paired(node, above):
            yield f"{path.relative_to(ROOT)}:{node.lineno}: {node.value}"


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_stands_in_chinese_alone(path):
    told = str(path.relative_to(ROOT / "gis"))
    if not told.startswith(tuple(AS_FILES_SAY)):
        assert list(_alone(path)) == []


TWO_SENSES = {  # a Chinese word that is two in English, singular and plural apart
    "依据", "发现", "说明", "行", "数值", "目标", "隔离", "个", "劣",
    "已无法达标", "达标", "涉及部分", "图层", "变化", "已修复",
}  # fmt: skip


def _pairs(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        texts = (
            node.args if isinstance(node, ast.Call)
            else node.elts if isinstance(node, ast.Tuple | ast.List) and len(node.elts) == 2 else []
        )  # fmt: skip
        for zh, en in itertools.pairwise(texts):
            told = [getattr(one, "value", None) for one in (zh, en)]
            if (
                all(isinstance(one, str) for one in told)
                and CHINESE.search(told[0])
                and not CHINESE.search(told[1])
            ):
                yield told[0].strip(), told[1].strip().lower()


def test_a_word_has_one_translation():
    known: dict[str, set[str]] = {}
    for path in FILES:
        if not str(path.relative_to(ROOT / "gis")).startswith(tuple(AS_FILES_SAY)):
            for zh, en in _pairs(ast.parse(path.read_text("utf-8"))):
                known.setdefault(zh, set()).add(en)
    several = {zh: told for zh, told in known.items() if len(told) > 1 and "{" not in zh}
    assert {zh: told for zh, told in several.items() if zh not in TWO_SENSES} == {}


OLD = re.compile("计分卡|触碰|销案|双签率|县界|符合进度|滞后|界限|其余月份均值须|还可有超标天")
OF_METHOD = re.compile("气候态|种子|命中")
METHOD = (
    "gis/maps/pages/method.py",
    "docs/outlook_check.md",
    "docs/method/",
)  # the method page and its proof
TEXTS = sorted(
    one
    for one in (
        *(ROOT / "gis").rglob("*"),
        *(ROOT / "docs").rglob("*"),
        *(ROOT / "layers").glob("*"),
        *ROOT.glob("README*"),
    )
    if one.suffix in (".py", ".toml", ".js", ".html", ".md", ".ipynb") and "build" not in one.parts
)


def test_texts_use_the_words_of_the_trade():
    for path in TEXTS:
        told = path.relative_to(ROOT).as_posix()
        text = path.read_text("utf-8")
        if not told.startswith(("gis/ingest/", "gis/catalogue/")):  # what an office's files may still say
            assert not OLD.search(text), told
        if not told.startswith(METHOD):
            assert not OF_METHOD.search(text), told
