"""Which alerts were acknowledged: remembered whole, replaced each time, and a damaged list is as none."""

import pytest

from gis.store.alerts import acknowledge, seen


def test_before_the_first_time_nothing_was_seen(tmp_path):
    assert seen(tmp_path) == frozenset()


def test_what_is_acknowledged_replaces_what_was(tmp_path):
    acknowledge(tmp_path, ["b", "a", "a"])
    assert seen(tmp_path) == {"a", "b"}
    acknowledge(tmp_path, ["c"])
    assert seen(tmp_path) == {"c"}
    acknowledge(tmp_path, [])
    assert seen(tmp_path) == frozenset()


@pytest.mark.parametrize("content", ["", "[", "{}", '{"seen": "abc"}', '{"seen": 3}', "[1]", "\x00"])
def test_a_damaged_list_is_as_none(tmp_path, content):
    acknowledge(tmp_path, ["a"])
    (tmp_path / ".work" / "alerts.json").write_text(content, "utf-8")
    assert seen(tmp_path) == frozenset()
    assert acknowledge(tmp_path, ["b"])
    assert seen(tmp_path) == {"b"}


def test_a_foreign_folder_gets_no_list(tmp_path):
    (tmp_path / "论文.docx").write_text("x")
    assert not acknowledge(tmp_path, ["a"])
    assert [path.name for path in tmp_path.iterdir()] == ["论文.docx"]
