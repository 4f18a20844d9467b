import pytest

from gis.base.errors import AssetError
from gis.maps import offline


@pytest.mark.parametrize(
    "inside",
    [
        '<img src="https://tile.example/1.png">',
        '<img src="//tile.example/1.png">',
        '<img src="local.png">',
        '<img srcset="https://a/1.png 2x">',
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="https://cdn.example/x.css">',
        '<a href="https://example.com">x</a>',
        '<a href="java\tscript:alert(1)">x</a>',
        "<iframe></iframe>",
        '<p style="background: url(http://a/b.png)">x</p>',
        "<style>p { background: url('//a/b.png') }</style>",
        '<style>@import "https://a/b.css";</style>',
        '<style>p { background: image-set("https://a/b.png" 1x) }</style>',
        '<script>fetch("https://a/b")</script>',
        '<script>import("https://a/b.js")</script>',
        '<script>L.tileLayer("https://{s}.tile.example/{z}.png")</script>',
        "<script>new XMLHttpRequest()</script>",
        '<script>L.imageOverlay("https://a/b.png", [[0, 0], [1, 1]])</script>',
        "<script>L.imageOverlay(address, [[0, 0], [1, 1]])</script>",
        '<svg><use href="https://a/b.svg#c"></use></svg>',
        '<svg><image href="https://a/b.png"></image></svg>',
        '<svg><image href="data:image/svg+xml;base64,AA=="></image></svg>',
        '<a href="data:image/png;base64,AA==">x</a>',
        '<meta http-equiv="refresh" content="0;url=https://a">',
    ],
)
def test_an_unknown_address_fails_the_page(inside):
    with pytest.raises(AssetError) as caught:
        offline.sealed(f"<!DOCTYPE html><html><body>{inside}</body></html>", name="planner.html")
    assert "planner.html" in caught.value.message()
    assert "outside the page" in caught.value.message()


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="../index.html">x</a>',
        '<a href="#main">x</a>',
        '<img src="data:image/png;base64,AA==">',
        "<p>see https://example.com</p>",
        '<script>var remark = {"v": "fetch(\\"https://example.com\\")"};</script>',
        '<style>path { fill: url(#hatch) } p { background: url("data:image/png;base64,AA==") }</style>',
        '<script>L.imageOverlay(\n  "data:image/png;base64,AA==", [[0, 0], [1, 1]])</script>',
        '<svg><use href="#shape"></use></svg>',
        '<svg><image href="data:image/png;base64,AA=="></image></svg>',
    ],
)
def test_what_loads_nothing_passes(inside):
    page = f"<!DOCTYPE html><html><body>{inside}</body></html>"
    assert offline.sealed(page) == page


def test_a_pinned_asset_with_another_hash_is_refused(monkeypatch):
    pins = offline._pins()
    pins["leaflet_js"]["sha256"] = "0" * 64
    monkeypatch.setattr(offline, "_pins", lambda: pins)
    offline.asset.cache_clear()
    with pytest.raises(AssetError) as caught:
        offline.asset("leaflet_js")
    offline.asset.cache_clear()
    assert (
        caught.value.message().splitlines()[0]
        == "data/leaflet.js: Leaflet 1.9.3 is not the file that was pinned"
    )
    assert "XStatic-Leaflet 1.9.3.0" in caught.value.message()


def test_a_missing_package_says_what_to_install(monkeypatch):
    pins = offline._pins()
    pins["leaflet_js"]["package"] = "xstatic.pkg.nothing"
    monkeypatch.setattr(offline, "_pins", lambda: pins)
    offline.asset.cache_clear()
    with pytest.raises(AssetError, match=r"pip install XStatic-Leaflet 1\.9\.3\.0"):
        offline.asset("leaflet_js")
    offline.asset.cache_clear()


def test_no_text_can_end_a_script_or_a_style():
    assert "</script>" not in offline.script("x = '</script>'").removesuffix("</script>")
    assert "</STYLE" not in offline.style("a</STYLE>b")


def test_an_inlined_asset_names_no_image_and_no_source_map():
    assert "url(" not in offline.asset("leaflet_css")
    assert "sourceMappingURL" not in offline.asset("leaflet_js")
    assert "Agafonkin" in offline.licences()


HOSTILE = (
    '<img src="https://a/1.png">', "<a href='//a'>", '<p style="background: url(http://a/b.png)">', '<svg SRC=a>',
    "<a ping>", "<script>fetch('https://a')</script>", "<style>@import 'a';</style>", '<b ="x" src=a>',
    "<b x='>' src=a>",
    '<td data-src="a" src="a">', "<td\tsrc=a>", '<td/src="a">', '<use xlink:href="a">', "<base>",
)  # fmt: skip
AROUND = (
    "{}", '<td class="a">{}</td>', "<!-- <td> -->{}", '<p title="<script">{}</p>', "<script>a < b</script>{}", "<td{}",
    '<td class="{}">', "<td class='{}'>", "<script>x = '<td class=\"a\">'\n{}</script>", "<td >{}</td >",
    "<textarea>{}",
)  # fmt: skip


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("inside", [*HOSTILE, '<td class="a">', "<br/>", "plain"])
def test_leaving_plain_tags_unread_refuses_what_reading_all_of_them_refuses(inside, around):
    page = f"<!DOCTYPE html><html><body>{around.format(inside)}</body></html>"
    assert refused(offline.sealed, page) == refused(read_whole, page)


def refused(reading, page):
    try:
        reading(page)
    except AssetError as error:
        return error.message()
    return None


def read_whole(page):
    scan = offline._Scan("page")
    scan.feed(page)
    scan.close()
