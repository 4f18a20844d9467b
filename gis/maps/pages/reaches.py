"""River reaches on the water page, in the colour of the class of the section that represents them."""

from __future__ import annotations

import pandas as pd

from gis import look
from gis.base.calendar import period_words
from gis.base.columns import described
from gis.base.messages import keys_of
from gis.look import Mark
from gis.maps.book import Book, files_with
from gis.maps.layers import Drawn, Pair, Popup, draw, placed
from gis.maps.pages.cells import in_words, month_words
from gis.maps.wording import fields, headed, names_of

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
    told = fields(
        frame, "reaches",
        "section period deciding_indicators distance_m upstream downstream neighbours note length_m",
        {
            "period": frame["period"].map(lambda one: list(period_words(one))),
            "deciding_indicators": known["deciding_indicators"].map(
                lambda one: list(names_of(one)), na_action="ignore"
            ),
            **_neighbours(book, frame),
        },
    )  # fmt: skip
    shown = Popup(
        frame["water"],
        headed("reaches", told),
        year=frame["period"].str[:4].astype("int64"),
        part=frame["period"].map(lambda one: list(month_words(one))) if kind == "month" else None,
    )
    zh, en = {"month": ("月", "months"), "year": ("年", "years")}[kind]
    return [
        draw(
            frame, f"reaches_{kind}", (f"河段水质（{zh}）", f"Reaches, {en}"), GROUP,
            [*classes.values(), none, NOBODY], key, shown, pane="lines", show=show, width=WIDTH, note=NOTE,
            head=described("water", "section_network").head, state=described("water_class").head,
            means=("监测年", "year measured"), last=True,
            files=files_with(book, "reaches"),
        )
    ]  # fmt: skip


def _neighbours(book: Book, frame: pd.DataFrame) -> dict[str, pd.Series | None]:
    """Say of the section of each reach how far it is from the river and which sections are next to it."""
    sections = pd.DataFrame(book.tables["section_network"]).set_index("section_id")
    sections = sections.reindex(frame["section_id"]).set_axis(frame.index)
    names = dict(zip(frame["section_id"], frame["section"], strict=True))
    for one in ("upstream", "downstream", "neighbours"):
        sections[one] = sections[one].map(
            lambda ids: "、".join(names.get(id_, id_) for id_ in keys_of(ids) or [ids]), na_action="ignore"
        )
    sections["note"] = sections["note"].map(in_words, na_action="ignore")
    return {name: sections[name] for name in ("distance_m", "upstream", "downstream", "neighbours", "note")}
