"""The table of clauses: each names the tests that hold it, and no test of a clause is outside it."""

import ast
import tomllib
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
TABLE = tomllib.loads((TESTS / "clauses" / "table.toml").read_text("utf-8"))
CLAUSES = [(part, clause, tests) for part, clauses in TABLE.items() for clause, tests in clauses.items()]
OTHERS = {"test_table.py", "test_bad_input.py"}  # about no clause of a standard


@cache
def names_in(file):
    tree = ast.parse((TESTS / file).read_text("utf-8"))
    return [
        one.name for one in tree.body if isinstance(one, ast.FunctionDef) and one.name.startswith("test_")
    ]


@pytest.mark.parametrize(
    ("clause", "tests"), [pytest.param(*one[1:], id=f"{one[0]} {one[1]}") for one in CLAUSES]
)
def test_a_clause_is_held_by_tests_that_are_there(clause, tests):
    assert tests, f"{clause}: no test"
    for test in tests:
        file, name = test.split("::")
        assert name in names_in(file), f"{clause}: tests/{file} has no {name}"


def test_every_test_of_a_clause_is_in_the_table():
    named = {test for _, _, tests in CLAUSES for test in tests}
    files = sorted(path.name for path in (TESTS / "clauses").glob("test_*.py") if path.name not in OTHERS)
    found = {f"clauses/{file}::{name}" for file in files for name in names_in(f"clauses/{file}")}
    assert found <= named, "name their clause in tests/clauses/table.toml"


def test_every_part_of_the_standards_that_is_implemented_has_clauses():
    assert list(TABLE) == [
        "A1",
        "A2",
        "A3",
        "A4",
        "A5",
        "B1",
        "B2",
        "B3",
        "C1",
        "C2",
        "C4",
        "C5",
        "C6",
        "C7",
        "D",
    ]
    assert len(CLAUSES) == len({clause for _, clause, _ in CLAUSES})
