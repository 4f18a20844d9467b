import io

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("medium", "least"), [("screen", 0.8), ("print", 0.4)])
def test_the_page_of_a_conflict_shows_its_pictures_without_a_request(visit, sample_run, medium, least):
    page = next(one for one in sorted(sample_run.edition.glob("conflicts/*-red_line.html")))
    seen = visit(f"conflicts/{page.stem}", sample_run.out)
    seen.page.emulate_media(media=medium)
    shown = seen.page.locator("svg.extract:has(image)")
    assert shown.count() == 4, "imagery, and under it land cover"
    for at in (2, 3):
        image = Image.open(io.BytesIO(shown.nth(at).screenshot()))
        pixels = np.asarray(image.convert("RGB")).reshape(-1, 3)
        known = {(0, 100, 0), (255, 255, 76), (240, 150, 255), (250, 0, 0), (180, 180, 180), (0, 100, 200)}
        share = sum((pixels == one).all(axis=1).mean() for one in known)
        assert share > least
    assert seen.requests == []
    assert seen.faults == []
