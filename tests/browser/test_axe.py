"""axe-core finds nothing serious on any page type, wide and on a phone; states are told apart with colours forced."""

import json

import pytest

pytestmark = pytest.mark.browser
PAGES = ("planner", "land", "water", "air", "method", "evidence/land", "evidence/water")
KINDS = ("towns", "sections", "conflicts")
SERIOUS = {"serious", "critical"}
RUN = """() => axe.run(document, { resultTypes: ["violations"] }).then(found => found.violations.map(one => ({
  id: one.id, impact: one.impact,
  where: one.nodes.slice(0, 3).map(node => node.target.join(" ") + " " + node.html.slice(0, 200)) })))"""


def pages_of(run, some):
    """Give every page type, or some of them: those of the edition, and of many alike the first."""
    first = [next(iter(sorted((run.edition / kind).glob("*.html")))) for kind in KINDS]
    return [run.out / "index.html", *(run.edition / f"{name}.html" for name in PAGES), *first][
        :: 2 if some else 1
    ]


def findings(page, axe):
    page.evaluate(axe)
    return [one for one in page.evaluate(RUN) if one["impact"] in SERIOUS]


@pytest.mark.parametrize(
    ("width", "language", "some"),
    [
        (1400, "", True),
        pytest.param(1400, "", False, marks=pytest.mark.full),
        pytest.param(390, "#lang=en", False, marks=pytest.mark.full),
    ],
)
def test_no_page_has_a_serious_finding(chromium, axe, width, language, some, sample_run):
    page = chromium.new_page(viewport={"width": width, "height": 900})
    told = {}
    for place in pages_of(sample_run, some):
        page.goto("about:blank")
        page.goto(place.resolve().as_uri() + language)
        if found := findings(page, axe):
            told[place.name] = found
    page.close()
    assert not told, json.dumps(told, ensure_ascii=False, indent=1)[:6000]


def test_a_desk_page_has_no_serious_finding(chromium, axe, tmp_path):
    import pandas as pd

    from gis.maps.pages import desk

    place = tmp_path / "desk.html"
    frame = pd.DataFrame({"图斑编号": ["A", "B"], "面积(亩)": [1.5, 2.0]})
    place.write_text(desk.render("面积", frame, ["依据"], "原件"), encoding="utf-8")
    page = chromium.new_page(viewport={"width": 390, "height": 900})
    page.goto(place.as_uri())
    assert findings(page, axe) == []
    page.close()


def test_states_and_buttons_are_told_apart_where_colours_are_forced(chromium, sample_run):
    page = chromium.new_page(viewport={"width": 1400, "height": 900}, forced_colors="active")
    page.goto((sample_run.out / "index.html").resolve().as_uri())
    pressed, other = (
        page.locator(f'[data-year-button][aria-pressed="{one}"]').first.evaluate(
            "node => getComputedStyle(node).backgroundColor"
        )
        for one in ("true", "false")
    )
    assert pressed != other
    assert page.locator(".card:visible .state svg").first.is_visible()
    page.close()
