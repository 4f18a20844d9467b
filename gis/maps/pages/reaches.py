"""River reaches on the water page, in the colour of the class of the section that represents them."""

from __future__ import annotations

import pandas as pd

from gis import look
from gis.base.messages import restored
from gis.look import Mark
from gis.maps.book import Book
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.pages.cells import period_words
from gis.maps.pages.section_cells import names_of

GROUP: Pair = ("河段", "River reaches")
WIDTH = 5.0
NOTE: Pair = (
    "※ 相邻断面沿河中点分段，以该段断面的类别着色（自拟）",
    "※ cut half-way along the river between sections, coloured by the section's class (our proposal)",
)
NOBODY = Mark(
    key="unrepresented", zh="无断面代表", en="no section", line="#66707C", dash="2 6", weight=1.5, fill=None
)


def reaches(book: Book, period: str | None, *, show: bool) -> list[Drawn]:
    """Draw the reaches of a period; nothing where there are no rivers or no period."""
    frame = placed(book.tables.get("reaches"))
    if frame is None or period is None:
        return []
    rows = pd.DataFrame(book.tables["section_periods"])
    rows = rows[rows["period"] == period]
    known = rows.assign(id=rows["section_id"].fillna(rows["name"])).drop_duplicates("id").set_index("id")
    edition = look.colours(book.editions, book.as_of)
    classes, none = look.water_classes(edition), look.no_data(edition)
    found = frame["section_id"].map(known["water_class"])
    key = found.map({number: mark.key for number, mark in classes.items()}).fillna(none.key)
    key = key.where(frame["section_id"].notna(), NOBODY.key)
    sections = pd.DataFrame(book.tables["section_network"]).set_index("section_id")
    sections = sections.reindex(frame["section_id"]).set_axis(frame.index)
    names = dict(zip(frame["section_id"], frame["section"], strict=True))
    for one in ("upstream", "downstream", "neighbours"):
        sections[one] = sections[one].map(
            lambda ids: "、".join(names.get(id_, id_) for id_ in ids.split("、")), na_action="ignore"
        )
    fields: list[tuple[Pair, pd.Series]] = [
        (("代表断面", "Section"), frame["section"]),
        (
            ("水质类别", "Class"),
            found.map({number: [mark.sign, mark.sign_en] for number, mark in classes.items()}),
        ),
        (
            ("定类因子", "Deciding indicators"),
            frame["section_id"]
            .map(known["deciding_indicators"])
            .map(lambda one: list(names_of(one)), na_action="ignore"),
        ),
        (("断面距河(m)", "Section to river (m)"), sections["distance_m"]),
        (("上游断面", "Upstream section"), sections["upstream"]),
        (("下游断面", "Downstream section"), sections["downstream"]),
        (("相邻断面", "Neighbours"), sections["neighbours"]),
        (("河段长(m)", "Length (m)"), frame["length_m"]),
        (("说明", "Note"), sections["note"].map(_pair, na_action="ignore")),
    ]
    zh, en = period_words(period)
    return [
        draw(
            frame, f"reaches_{period}", (f"河段水质 · {zh}", f"Reaches · {en}"), GROUP,
            [*classes.values(), none, NOBODY], key, Popup(frame["water"], fields), pane="lines", show=show,
            width=WIDTH, note=NOTE,
        )
    ]  # fmt: skip


def _pair(note: str) -> list[str]:
    found = restored(note)
    return [note, note] if found is None else [found.zh, found.en]
