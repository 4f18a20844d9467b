"""The panel of alerts on the scorecard."""

from dataclasses import replace

import fake_book
import pandas as pd
import pytest

from gis.base.tables import conform
from gis.maps.pages import index


@pytest.fixture(scope="module")
def book():
    return fake_book.make()


def with_alerts(book, *rows):
    base = {"kind": "below_target", "place": "A", "name": "张桥", "period": "2025M10", "value": 4.0, "limit": 3.0,
            "unit": "类", "figure_id": "water.section_class.2025M10.A", "rows": "手工.xlsx 7", "is_new": False,
            "message": "张桥为Ⅳ类 · 张桥: class Ⅳ"}  # fmt: skip
    frame = pd.DataFrame([base | row for row in rows])
    return replace(book, tables={**book.tables, "alerts": conform(frame, "alerts")})


def test_the_panel_names_person_figure_and_rows_and_puts_new_ones_first(book):
    shown = with_alerts(
        book, {"alert_id": "a", "person": "旧人"}, {"alert_id": "b", "person": "新人", "is_new": True}
    )
    text = index.alerts_panel(shown)
    assert "2 项，其中新增 1 项" in text
    assert "2, 1 of them new" in text
    assert text.index("新人") < text.index("旧人")
    assert "water.section_class.2025M10.A" in text
    assert "手工.xlsx 7" in text
    assert "<details" in text
    assert " open>" in text


def test_a_person_nobody_listed_is_said_so(book):
    assert "未列明" in index.alerts_panel(with_alerts(book, {"alert_id": "a", "person": None}))


def test_text_from_data_is_escaped(book):
    hostile = dict.fromkeys(("person", "message", "rows"), fake_book.HOSTILE)
    text = index.alerts_panel(with_alerts(book, {"alert_id": "a", **hostile}))
    assert "<script>" not in text
    assert 'onerror="' not in text


def test_no_alerts_is_a_line_and_nothing_watched_is_nothing(book):
    none = replace(book, tables={**book.tables, "alerts": conform(pd.DataFrame(), "alerts")})
    assert "没有预警" in index.alerts_panel(none)
    unwatched = replace(
        none, catalogue=none.catalogue.model_copy(update={"alerts": type(none.catalogue.alerts)()})
    )
    assert index.alerts_panel(unwatched) == ""


def test_the_scorecard_carries_the_panel(book):
    assert "张桥为Ⅳ类" in index.render(with_alerts(book, {"alert_id": "a"}))
