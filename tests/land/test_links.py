"""Events find the parcels they name; a doubtful id is a question."""

import pandas as pd
import pytest

from gis.base.errors import Question
from gis.base.tables import conform
from gis.catalogue.model import Answer
from gis.land.links import linked


def joined(named, ids, **answers):
    events = conform(
        pd.DataFrame({"parcel_id": named, "source": "台账.xlsx", "source_row": range(2, len(named) + 2)}),
        "ledger_events",
    )
    parcels = conform(pd.DataFrame({"parcel_id": ids}), "parcels")
    found, findings = linked(events, parcels, {key: Answer(value=one) for key, one in answers.items()})
    return found["parcel_id"].tolist(), [code for code, _ in findings]


def test_ids_that_are_there_stand_and_others_stay_unmatched():
    assert joined(["A", "B", "Z"], ["A", "B"]) == (["A", "B", "Z"], [])


def test_width_case_and_blanks_do_not_count_and_are_told():
    assert joined(["ＣＳ－1 ", "cs-2"], ["CS-1", "CS-2"]) == (["CS-1", "CS-2"], ["id_spelling"])


def test_lost_zeros_are_asked_about():
    with pytest.raises(Question, match="0001"):
        joined(["1", "2"], ["0001", "0002"])
    assert joined(["1", "2"], ["0001", "0002"], **{"zeros:图斑编号": "same"})[0] == ["0001", "0002"]
    assert joined(["1", "2"], ["0001", "0002"], **{"zeros:图斑编号": "leave"})[0] == ["1", "2"]


def test_zeros_that_fit_two_parcels_fit_none():
    assert joined(["1"], ["01", "001"]) == (["1"], [])


@pytest.mark.parametrize("ids", [["CS-1#2", "CS-1#5"], ["CS-1@甲项目", "CS-1@乙项目"]])
def test_an_id_that_several_parcels_share_is_asked_about(ids):
    with pytest.raises(Question, match="CS-1"):
        joined(["CS-1"], [*ids, "CS-2"])
    assert joined(["CS-1"], ids, **{"parcel:CS-1": ids[1]})[0] == [ids[1]]
    assert joined(["CS-1"], ids, **{"parcel:CS-1": "leave"})[0] == ["CS-1"]
