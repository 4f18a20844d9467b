"""Which alerts were acknowledged: remembered whole, replaced each time, and a broken file says so."""

import pytest

from gis.base.errors import FileError
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


def test_a_broken_file_says_what_to_do(tmp_path):
    acknowledge(tmp_path, ["a"])
    (tmp_path / ".work" / "alerts.json").write_text("[", "utf-8")
    with pytest.raises(FileError) as caught:
        seen(tmp_path)
    assert "is not a list of alerts\n  fix    delete it: all alerts are new again" in str(caught.value)
