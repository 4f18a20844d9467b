"""`--lang` chooses the language of everything printed, wherever it stands."""

import pytest


@pytest.mark.parametrize("at", [0, 2, 4])
def test_the_language_may_stand_anywhere_on_the_command_line(gis, at):
    words = ["land", "area", "没有.shp"]
    words[at:at] = ["--lang", "zh"]
    assert gis(*words).stderr.startswith("没有.shp：")
