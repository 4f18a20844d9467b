"""The outlook's probabilities came true as often as they said, in a small draw; `scripts/outlook_check.py` has all."""

import numpy as np
import pytest

from scripts import outlook_check

BY_NAME = {one.name.split(" · ")[1]: one for one in outlook_check.SETTINGS}


@pytest.mark.parametrize(
    "name", ["stationary, years differ", "three years only", "autocorrelated 0.9", "falling 4 % a year"]
)
def test_what_was_told_came_true_as_often_in_a_small_draw(name):
    found = outlook_check.forecast(BY_NAME[name], seed=12, sections=100)
    assert [*outlook_check.faults(found, least=25, within=0.12)] == []
    assert found.told.min() > 0
    assert found.told.max() < 1


def test_the_check_finds_what_is_too_sure_and_what_is_no_better_than_climatology():
    told, came = np.full(200, 0.95), np.full(200, 0.8)
    found = outlook_check.Told(told, came, np.full(200, 0.8))
    assert [*outlook_check.faults(found)] == ["90%–100%: -0.150", "Brier 0.182 ≥ 0.160"]
    assert [*outlook_check.faults(outlook_check.Told(came, came, told))] == []


def test_there_are_at_least_nine_settings_of_four_hundred_sections():
    assert len({one.name for one in outlook_check.SETTINGS}) >= 9
    assert outlook_check.SECTIONS >= 400
    assert (outlook_check.LEAST, outlook_check.WITHIN) == (100, 0.07)


def test_a_simulated_year_keeps_what_is_seen_and_goes_on_from_there():
    setting = BY_NAME["autocorrelated 0.9"]._replace(years=4)
    made = outlook_check.simulate(setting, np.random.default_rng(1), 50)
    assert made.past.shape == (500, 4, 12, 1)
    seen = np.array([now[:cut, 0].sum() / 12 for now, cut in zip(made.now, made.cut, strict=True)])
    assert (made.endings[:, :, 0] > seen[:, None]).all()
    late = made.cut == 11
    early = made.cut == 2
    assert made.endings[late].std(axis=1).mean() < made.endings[early].std(axis=1).mean()
