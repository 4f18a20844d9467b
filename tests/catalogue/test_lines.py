"""Every key of a TOML text is found on the line a person would look at."""

import tomllib

from hypothesis import given
from hypothesis import strategies as st

from gis.catalogue.lines import key_lines, line_at

TEXT = '''# a comment with [brackets] = and "quotes"
[county]
name = { zh = "常熟市", en = "a # b" }
towns = [
  { code = "1", aliases = ["x", "y"] },  # first
  { code = "2" },
]

[[layer]]
id = "a"
note = """two
lines = 3 [[layer]]"""
after = 1.5
[layer.fields]
"行 号" = 'head'
[[layer]]
id = "b"
style.color = "#fff"
[[layer.parts]]
n = 2021-01-01
[[layer.parts]]
n = [1,
  2]
'''


def test_each_key_has_the_line_a_person_would_look_at():
    lines = key_lines(TEXT)
    assert tomllib.loads(TEXT)["layer"][1]["parts"][1]["n"] == [1, 2]
    assert lines["county", "name", "en"] == 3
    assert lines["county", "towns", 1, "code"] == 6
    assert lines["county", "towns", 0, "aliases", 1] == 5
    assert lines["layer", 0, "after"] == 13
    assert lines["layer", 0, "fields", "行 号"] == 15
    assert lines["layer", 1, "style", "color"] == 18
    assert lines["layer", 1, "parts", 1, "n", 1] == 23


def test_a_step_the_text_does_not_have_is_left_out():
    assert line_at(key_lines(TEXT), ("layer", 0, "fields", "FieldFrom", "行 号")) == (
        ("layer", 0, "fields", "行 号"),
        15,
    )


values = st.recursive(
    st.one_of(st.integers(), st.booleans(), st.text("ab[]{}=,.#'中", max_size=6)),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, list):
        return "[" + ", ".join(_toml(one) for one in value) + "]"
    return str(value)


@given(st.lists(st.tuples(st.integers(0, 2), values), max_size=8))
def test_any_text_built_line_by_line_is_read_back_with_its_lines(entries):
    rows, expected = [], {}
    for number, (blank, value) in enumerate(entries):
        rows += ["# note [x] ="] * blank + ["[[layer]]", f"key = {_toml(value)}"]
        expected["layer", number, "key"] = len(rows)
    text = "\n".join(rows)
    assert len(tomllib.loads(text).get("layer", ())) == len(entries)
    found = key_lines(text)
    assert {path: line for path, line in found.items() if path[-1] == "key" and len(path) == 3} == expected
