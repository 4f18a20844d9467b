"""A ledger of a few parcels, counted by hand: each rule of counting has its case."""

import datetime as dt

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis import standards
from gis.base.tables import conform
from gis.catalogue.model import Goal, Place, Plan, Target, Words
from gis.engine import Threads
from gis.land.area import legal_area, measure
from gis.land.counting import Counting, counting_of
from gis.land.ledger import ledger

EDITION = standards.load().get("area-2008-32")
AS_OF = dt.date(2023, 12, 31)
WEST, SOUTH, STEP = 120.75, 31.65, 0.001
TOWNS = [
    Place(code="320581101", name=Words(zh="梅李镇", en="Meili"), aliases=["梅李"]),
    Place(code="320581102", name=Words(zh="海虞镇", en="Haiyu"), aliases=["海虞"]),
]


def box(column, row=0.0, width=1.0):
    """About 15.8 亩 at width 1."""
    x, y = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(x, y, x + width * STEP, y + STEP)


def plots(shapes, **columns):
    frame = gpd.GeoDataFrame(
        {"parcel_id": list(shapes), "town": "梅李镇", "category": "低效用地", "source": "p.shp", **columns},
        geometry=list(shapes.values()),
        crs=4490,
    )
    frame["source_row"] = range(1, len(frame) + 1)
    return measure(conform(frame, "parcels"), EDITION, Threads(2))


def events(*rows):
    names = ["parcel_id", "event", "date", "area_mu"]
    frame = pd.DataFrame([dict(zip(names, row, strict=False)) for row in rows], columns=names)
    frame = frame.assign(
        date=pd.to_datetime(frame["date"]), source="e.xlsx#2021", source_row=range(3, 3 + len(rows))
    )
    return conform(frame, "ledger_events")


def by_year(book):
    return book.counted.groupby("year")["area_mu"].sum().round(6).to_dict()


def mu(shape):
    return round(float(legal_area(gpd.GeoSeries([shape], crs=4490), EDITION)[0]), 2) * 3 / 2000


def test_the_parcels_that_one_overlaps_are_listed_in_the_order_of_their_acceptance():
    columns = [7, 2, 9, 0, 11, 4, 6, 1, 10, 3, 8, 5]
    shapes = {f"p{column}": box(column, width=0.5) for column in columns} | {"long": box(0, width=12)}
    first = [("long", "accepted", "2022-01-01"), ("long", "reversed", "2022-01-02")]
    listed = events(*first, *((name, "accepted", f"2022-03-{day:02d}") for day, name in enumerate(shapes, 1)))
    book = ledger(plots(shapes), listed, EDITION, AS_OF)
    assert book.overlaps["other_id"].tolist() == [f"p{column}" for column in columns]
    assert by_year(book) == {2022: pytest.approx(mu(shapes["long"]), abs=0.02)}


def test_an_acceptance_without_area_counts_the_legal_area_in_its_year():
    book = ledger(plots({"a": box(0)}), events(("a", "accepted", "2022-03-01")), EDITION, AS_OF)
    assert by_year(book) == {2022: pytest.approx(mu(box(0)))}
    assert book.parcels["counted_year"].tolist() == [2022]


def test_part_acceptances_count_each_in_its_own_year_and_never_more_than_the_parcel():
    listed = events(
        ("a", "accepted", "2021-05-01", 3.0),
        ("a", "accepted", "2022-05-01", 4.5),
        ("a", "accepted", "2023-05-01", 99),
    )
    book = ledger(plots({"a": box(0)}), listed, EDITION, AS_OF)
    assert by_year(book) == {
        2021: pytest.approx(3.0, abs=1e-5), 2022: pytest.approx(4.5, abs=1e-5),
        2023: pytest.approx(mu(box(0)) - 7.5, abs=2e-5)
    }  # fmt: skip
    assert book.parcels["counted_mu"][0] == pytest.approx(mu(box(0)))
    assert book.parcels["counted_on"][0] == pd.Timestamp("2021-05-01")


def test_an_area_that_agrees_within_tolerance_is_the_whole_parcel():
    listed = events(("a", "accepted", "2021-05-01", round(mu(box(0)), 2)))
    assert by_year(ledger(plots({"a": box(0)}), listed, EDITION, AS_OF)) == {
        2021: pytest.approx(mu(box(0)), abs=1e-9)
    }


def test_a_reversal_takes_back_in_its_own_year_and_pivot_and_parcels_agree():
    listed = events(
        ("a", "accepted", "2021-05-01"), ("b", "accepted", "2021-06-01"), ("a", "reversed", "2022-02-01")
    )
    book = ledger(plots({"a": box(0), "b": box(5)}), listed, EDITION, AS_OF)
    assert by_year(book) == {2021: pytest.approx(mu(box(0)) + mu(box(5))), 2022: pytest.approx(-mu(box(0)))}
    assert book.parcels["counted_mu"].tolist() == [0.0, pytest.approx(mu(box(5)))]
    assert book.parcels["counted_on"].isna().tolist() == [True, False]
    assert book.parcels["state"].tolist() == ["reversed", "accepted"]
    assert book.pivot["counted_mu"].sum() == pytest.approx(mu(box(5)))
    assert book.pivot.groupby("year")["counted_mu"].sum().round(6).to_dict() == by_year(book)
    assert book.pivot["parcels"].sum() == 2


def test_a_reversal_of_a_part_leaves_the_rest():
    listed = events(("a", "accepted", "2021-05-01", 10), ("a", "reversed", "2022-02-01", 4))
    book = ledger(plots({"a": box(0)}), listed, EDITION, AS_OF)
    assert book.parcels["counted_mu"][0] == pytest.approx(6, abs=2e-5)
    assert book.parcels["counted_year"][0] == 2021


def test_an_acceptance_after_a_reversal_counts_again():
    listed = events(
        ("a", "accepted", "2021-05-01"), ("a", "reversed", "2022-02-01"), ("a", "accepted", "2023-02-01")
    )
    book = ledger(plots({"a": box(0)}), listed, EDITION, AS_OF)
    assert by_year(book) == {
        2021: pytest.approx(mu(box(0))), 2022: pytest.approx(-mu(box(0))), 2023: pytest.approx(mu(box(0)))
    }  # fmt: skip
    assert book.parcels["counted_on"][0] == pd.Timestamp("2023-02-01")


def test_common_ground_stays_with_the_earlier_acceptance():
    shapes = {"late": box(0.5), "early": box(0)}
    listed = events(("late", "accepted", "2022-05-01"), ("early", "accepted", "2021-05-01"))
    book = ledger(plots(shapes), listed, EDITION, AS_OF)
    assert by_year(book) == {
        2021: pytest.approx(mu(box(0))),
        2022: pytest.approx(mu(box(1, width=0.5)), abs=2e-5),
    }
    row = book.overlaps.iloc[0]
    assert (row["parcel_id"], row["other_id"], row["counted_for"]) == ("late", "early", "early")
    assert row["area_m2"] == pytest.approx(mu(box(0.5, width=0.5)) / 0.0015, abs=0.02)


def test_ground_of_a_reversed_parcel_is_free_for_a_later_acceptance():
    listed = events(
        ("a", "accepted", "2021-05-01"), ("a", "reversed", "2021-09-01"), ("b", "accepted", "2022-05-01")
    )
    book = ledger(plots({"a": box(0), "b": box(0.5)}), listed, EDITION, AS_OF)
    assert by_year(book)[2022] == pytest.approx(mu(box(0.5)))
    assert not len(book.overlaps)


def test_parcels_that_only_touch_do_not_overlap():
    listed = events(("a", "accepted", "2021-05-01"), ("b", "accepted", "2022-05-01"))
    book = ledger(plots({"a": box(0), "b": box(1)}), listed, EDITION, AS_OF)
    assert not len(book.overlaps)
    assert by_year(book)[2022] == pytest.approx(mu(box(1)))


def test_undated_events_are_listed_and_count_in_no_period():
    listed = events(("a", "accepted", None), ("b", "accepted", "2021-05-01"))
    book = ledger(plots({"a": box(0), "b": box(5)}), listed, EDITION, AS_OF)
    assert book.undated[["parcel_id", "event", "source_row"]].to_numpy().tolist() == [["a", "accepted", 3]]
    assert by_year(book) == {2021: pytest.approx(mu(box(5)))}


def test_events_of_an_unknown_parcel_are_listed():
    listed = events(("CS-2023-9999", "accepted", "2021-05-01", 5), ("a", "accepted", "2021-05-01"))
    book = ledger(plots({"a": box(0)}), listed, EDITION, AS_OF)
    assert book.unmatched["parcel_id"].tolist() == ["CS-2023-9999"]
    assert by_year(book) == {2021: pytest.approx(mu(box(0)))}


def test_events_after_the_day_are_ignored():
    listed = events(("a", "accepted", "2021-05-01"), ("a", "reversed", "2022-02-01"))
    book = ledger(plots({"a": box(0)}), listed, EDITION, dt.date(2022, 1, 31))
    assert by_year(book) == {2021: pytest.approx(mu(box(0)))}
    assert book.parcels["state"].tolist() == ["accepted"]


def test_a_wide_date_column_that_repeats_the_long_table_counts_once():
    parcels = plots({"a": box(0), "b": box(5)}, accepted_on=pd.to_datetime(["2021-05-03", "2022-05-03"]),
                    accepted_area_mu=[3.0, 4.0])  # fmt: skip
    book = ledger(parcels, events(("a", "accepted", "2021-05-01", 3.0)), EDITION, AS_OF)
    assert by_year(book) == {2021: pytest.approx(3, abs=1e-5), 2022: pytest.approx(4, abs=1e-5)}
    assert book.counted["table"].tolist() == ["ledger_events", "parcels"]


def target(event=None, categories=(), **more):
    return Target(id="t", title=Words(zh="t", en="t"), group="land", indicator="land.renewed_area", period="2021",
                  goal=Goal(comparator=">=", value=1, unit="亩"), counting_event=event, categories=categories,
                  plan=Plan(document="d", sentence="s"), **more)  # fmt: skip


@pytest.mark.parametrize(
    ("targets", "years"),
    [
        pytest.param([], [2021, 2021], id="acceptance-without-a-target"),
        pytest.param([target()], [2021, 2021], id="acceptance-by-default"),
        pytest.param([target("accepted")], [2021, 2021], id="accepted-for-all-if-said"),
        pytest.param(
            [target(counting_events={"低效用地": "recorded"})], [2023, 2021], id="an-event-of-a-category"
        ),
        pytest.param(
            [target(categories=["批而未供"], counting_events={"批而未供": "accepted"})],
            [None, 2021],
            id="only-its-categories-with-their-events",
        ),
        pytest.param([target("supplied", ["批而未供"]), target()], [2021, 2022], id="a-category-of-its-own"),
        pytest.param([target("supplied", ["批而未供"])], [None, 2022], id="other-categories-do-not-count"),
        pytest.param([target("recorded")], [2023, None], id="another-event-for-all"),
    ],
)
def test_the_target_says_which_categories_count_on_which_event(targets, years):
    parcels = plots({"a": box(0), "b": box(5)}, category=["低效用地", "批而未供"])
    listed = events(("a", "accepted", "2021-05-01"), ("b", "accepted", "2021-05-01"), ("b", "supplied", "2022-05-01"),
                    ("a", "recorded", "2023-05-01"))  # fmt: skip
    book = ledger(parcels, listed, EDITION, AS_OF, counting=counting_of(targets))
    assert [None if pd.isna(one) else one for one in book.parcels["counted_year"]] == years


def test_the_town_comes_from_the_column_with_its_variants_else_from_where_it_lies():
    parcels = plots(
        {"a": box(0), "b": box(0), "c": box(9.8), "d": box(90)}, town=["梅李", "海 虞镇", None, "某镇"]
    )
    ground = gpd.GeoDataFrame(
        {"place_code": ["320581", "320581101", "320581102"], "level": ["county", "town", "town"]},
        geometry=[box(0, width=50), box(0, width=10), box(10, width=10)], crs=4490,
    )  # fmt: skip
    book = ledger(parcels, None, EDITION, AS_OF, towns=TOWNS, boundaries=ground)
    assert book.parcels["place"].tolist() == ["320581101", "320581102", "320581102", "unknown"]


def test_a_parcel_without_geometry_counts_nothing_and_is_marked():
    book = ledger(plots({"a": None, "b": box(5)}), events(("a", "accepted", "2021-05-01", 5)), EDITION, AS_OF)
    assert book.counted["measured"].tolist() == [False]
    assert book.counted["area_mu"].tolist() == [0.0]


EVENT = st.tuples(
    st.sampled_from("abcd"), st.sampled_from(["accepted", "accepted", "reversed", "approved"]),
    st.dates(dt.date(2021, 1, 1), dt.date(2023, 12, 31)), st.one_of(st.none(), st.floats(0, 40)),
)  # fmt: skip
SHAPES = {"a": box(0), "b": box(0.4, 0.3), "c": box(0.8), "d": box(3)}


@given(st.lists(EVENT, max_size=9, unique_by=lambda one: one[:3]), st.randoms(use_true_random=False))
def test_never_more_than_the_union_and_never_by_the_order_of_rows(rows, random):
    parcels = plots(SHAPES)
    book = ledger(parcels, events(*rows), EDITION, AS_OF)
    accepted = [SHAPES[one] for one, event, *_ in rows if event == "accepted"]
    union = mu(shapely.union_all(accepted)) if accepted else 0.0
    assert -1e-9 <= book.counted["area_mu"].sum() <= union + 1e-4
    assert (book.counted.groupby("parcel_id")["area_m2"].cumsum() >= -1e-6).all()
    assert book.parcels["counted_mu"].sum() == pytest.approx(book.counted["area_mu"].sum(), abs=1e-9)
    assert book.pivot["counted_mu"].sum() == pytest.approx(book.counted["area_mu"].sum(), abs=1e-9)
    mixed = random.sample(rows, len(rows))
    other = ledger(parcels.iloc[::-1].reset_index(drop=True), events(*mixed), EDITION, AS_OF)
    assert by_year(other) == pytest.approx(by_year(book), abs=1e-5)


def test_the_event_that_counts_stands_by_the_id_of_its_parcel():
    category = pd.Series(["批而未供", None, "低效用地"], index=["P9", "P2", "P5"])
    found = Counting(by_category={"批而未供": "supplied"}).event_of(category)
    assert found.reindex(["P5", "P2", "P9"]).tolist() == ["accepted", "accepted", "supplied"]


def test_acceptance_counts_for_every_category_unless_a_target_says_otherwise_and_the_rule_is_named():
    kinds = pd.Series(["低效用地", None, "批而未供", "闲置土地处置"])
    assert Counting().event_of(kinds).tolist() == ["accepted"] * 4
    assert Counting().words.zh == "按验收"
    county = counting_of(
        [target("accepted", counting_events={"批而未供": "supplied"}, reclamation_counts=False)]
    )
    assert county.words.zh == "按验收，批而未供按供地，复垦不计"
    assert county.words.en == "by accepted, 批而未供 by supplied, no reclamation"
    assert counting_of([target("supplied", ["批而未供"])]).words.zh == "其他类别不计，批而未供按供地"


def test_reclamation_to_farmland_counts_unless_a_target_says_it_does_not():
    kinds = pd.Series(["土地复垦", "城乡增减挂钩", "低效用地"])
    assert counting_of([target()]).event_of(kinds).notna().tolist() == [True, True, True]
    assert counting_of([target(reclamation_counts=False)]).event_of(kinds).notna().tolist() == [
        False,
        False,
        True,
    ]


def test_a_target_says_which_of_the_three_areas_it_is_measured_in():
    assert target().measured_by == "land.renewed_area"
    assert [target(area=one).measured_by for one in ("declared", "document")] == [
        "land.renewed_area_declared", "land.renewed_area_document"
    ]  # fmt: skip


def border():
    return gpd.GeoDataFrame(
        {"place_code": ["320581101", "320581102", "320581402"], "level": ["town", "town", "zone"]},
        geometry=[box(0, width=10), box(10, width=10), box(0, width=10.5)], crs=4490,
    )  # fmt: skip


def test_a_located_parcel_is_split_at_the_border_and_its_parts_add_exactly():
    parcels = plots({"a": box(9.7), "b": box(19.75), "c": box(9.7, 2)}, town=[None, None, "梅李"])
    parcels["area_declared_mu"] = 15.8
    listed = events(*[(one, "accepted", "2021-05-01") for one in "abc"], ("a", "reversed", "2022-05-01", 5.0))
    book = ledger(parcels, listed, EDITION, AS_OF, towns=TOWNS, boundaries=border())
    parts = book.counted.groupby(["parcel_id", "place"])["area_mu"].sum()
    left = mu(box(9.7)) - 5
    assert parts["a", "320581101"] == pytest.approx(0.3 * left, rel=1e-4)
    assert parts["a", "320581102"] == pytest.approx(0.7 * left, rel=1e-4)
    assert parts["b", "unknown"] == pytest.approx(0.75 * mu(box(19.75)), rel=1e-4)
    assert parts["c", "320581101"] == pytest.approx(mu(box(9.7, 2)))
    standing = book.parcels.set_index("parcel_id")["counted_m2"]
    assert (
        book.counted.groupby("parcel_id")["area_m2"].sum().round(2).to_dict() == standing.round(2).to_dict()
    )
    assert book.counted.groupby("parcel_id")["declared_mu"].sum()["b"] == pytest.approx(15.8)
    assert book.parcels["place"].tolist() == ["320581102", "unknown", "320581101"]
    assert book.pivot["counted_mu"].sum() == pytest.approx(book.counted["area_mu"].sum(), abs=1e-9)
    assert book.pivot["parcels"].sum() == 3


def test_a_zone_is_a_second_key_from_the_column_else_from_where_it_lies():
    zones = [Place(code="320581402", name=Words(zh="高新区", en="High-tech"))]
    parcels = plots({"a": box(0), "b": box(30), "c": box(30)}, zone=[None, "高新区", None])
    book = ledger(parcels, None, EDITION, AS_OF, zones=zones, boundaries=border())
    assert book.parcels["zone_code"].fillna("-").tolist() == ["320581402", "320581402", "-"]
