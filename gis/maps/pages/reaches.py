"""River reaches on the water page, in the colour of the class of the section that represents them."""

from __future__ import annotations

import pandas as pd

from gis import look
from gis.look import Mark
from gis.maps.book import Book, files_with
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.pages.cells import in_words, month_words, period_words
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


def reaches(book: Book, kind: str, *, show: bool) -> list[Drawn]:
    """Draw the reaches, a row a reach and period; nothing where there are no rivers or no such period."""
    frame = placed(book.tables.get("reaches"))
    if frame is None:
        return []
    rows = pd.DataFrame(book.tables["section_periods"])
    rows = rows[rows["period_kind"] == kind]
    rows = rows.assign(id=rows["section_id"].fillna(rows["name"])).drop_duplicates(["id", "period"])
    if not len(rows):
        return []
    frame = frame.merge(rows["period"].drop_duplicates().sort_values().to_frame(), how="cross")
    frame = frame.sort_values("period", kind="stable", ignore_index=True)
    known = rows.set_index(["id", "period"])[["water_class", "deciding_indicators"]]
    known = known.reindex(pd.MultiIndex.from_frame(frame[["section_id", "period"]])).set_axis(frame.index)
    edition = look.colours(book.editions, book.as_of)
    classes, none = look.water_classes(edition), look.no_data(edition)
    found = known["water_class"]
    key = found.map({number: mark.key for number, mark in classes.items()}).fillna(none.key)
    key = key.where(frame["section_id"].notna(), NOBODY.key)
    fields: list[tuple[Pair, pd.Series]] = [
        (("代表断面", "Section"), frame["section"]),
        (("时期", "Period"), frame["period"].map(lambda one: list(period_words(one)))),
        (
            ("定类因子", "Deciding indicators"),
            known["deciding_indicators"].map(lambda one: list(names_of(one)), na_action="ignore"),
        ),
        *_neighbours(book, frame),
        (("河段长(m)", "Length (m)"), frame["length_m"]),
    ]
    shown = Popup(
        frame["water"],
        fields,
        year=frame["period"].str[:4].astype("int64"),
        part=frame["period"].map(lambda one: list(month_words(one))) if kind == "month" else None,
    )
    zh, en = {"month": ("月", "months"), "year": ("年", "years")}[kind]
    return [
        draw(
            frame, f"reaches_{kind}", (f"河段水质（{zh}）", f"Reaches, {en}"), GROUP,
            [*classes.values(), none, NOBODY], key, shown, pane="lines", show=show, width=WIDTH, note=NOTE,
            head=("水体", "Water body"), state=("类别", "Class"), means=("监测年", "year measured"), last=True,
            files=files_with(book, "reaches"),
        )
    ]  # fmt: skip


def _neighbours(book: Book, frame: pd.DataFrame) -> list[tuple[Pair, pd.Series]]:
    """Say of the section of each reach how far it is from the river and which sections are next to it."""
    sections = pd.DataFrame(book.tables["section_network"]).set_index("section_id")
    sections = sections.reindex(frame["section_id"]).set_axis(frame.index)
    names = dict(zip(frame["section_id"], frame["section"], strict=True))
    for one in ("upstream", "downstream", "neighbours"):
        sections[one] = sections[one].map(
            lambda ids: "、".join(names.get(id_, id_) for id_ in ids.split("、")), na_action="ignore"
        )
    return [
        (("断面距河(m)", "Section to river (m)"), sections["distance_m"]),
        (("上游断面", "Upstream section"), sections["upstream"]),
        (("下游断面", "Downstream section"), sections["downstream"]),
        (("相邻断面", "Neighbours"), sections["neighbours"]),
        (("说明", "Note"), sections["note"].map(in_words, na_action="ignore")),
    ]
