"""Where editions may go: into a new, an empty or an own folder, and nowhere else."""

import pytest
from fake_edition import A, publish

from gis.base.errors import UsageError
from gis.store.place import prepare, require_ours, workspace_of


@pytest.fixture
def out(tmp_path):
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.fixture
def layers(tmp_path):
    (tmp_path / "layers" / "data").mkdir(parents=True)
    return tmp_path / "layers"


def fill(folder, names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.mkdir() if name.endswith("/") else path.write_text("x")


@pytest.mark.parametrize(
    "names",
    [[], [".gitkeep"], ["README.md"], [".work/"], [".work/layers/x.parquet", ".DS_Store"], ["history/", ".work/"]],
)  # fmt: skip
def test_an_empty_folder_is_taken(out, layers, names):
    fill(out, names)
    require_ours(out, layers)
    require_ours(out / "new", layers)
    assert workspace_of(out) == out / ".work"


@pytest.mark.parametrize(
    "names",
    [
        ["index.html"], ["Index.html"], ["论文.docx"], ["项目/manifest.json"], ["manifest.json"], [".git/config"],
        ["history/notes.txt"], ["history/a.json", "index.html"], ["数据/"], [".work"],
    ],
)  # fmt: skip
def test_a_folder_with_other_things_is_refused_and_stays(out, layers, names):
    fill(out, names)
    before = sorted(out.rglob("*"))
    with pytest.raises(UsageError, match="holds other things") as caught:
        require_ours(out, layers)
    assert "--out with an empty or a new folder" in str(caught.value)
    assert names[-1].split("/")[0] in str(caught.value.found)
    assert workspace_of(out) is None
    assert sorted(out.rglob("*")) == before


def test_a_folder_published_in_before_is_taken_with_what_else_it_holds(out, layers):
    publish(out, A)
    fill(out, ["论文.docx", "项目/manifest.json"])
    require_ours(out, layers)


def test_a_foreign_index_beside_our_history_is_refused(out, layers):
    publish(out, A)
    (out / "index.html").write_text("<h1>单位主页</h1>", "utf-8")
    with pytest.raises(UsageError, match="holds other things"):
        require_ours(out, layers)


def test_an_index_that_links_elsewhere_is_refused(out, layers, tmp_path):
    publish(out, A)
    (out / "index.html").rename(tmp_path / "theirs.html")
    (out / "index.html").symlink_to(tmp_path / "theirs.html")
    with pytest.raises(UsageError, match="holds other things"):
        require_ours(out, layers)


@pytest.mark.parametrize("name", ["history", ".work"])
def test_a_folder_of_ours_that_links_elsewhere_is_refused(out, layers, tmp_path, name):
    (out / name).symlink_to(tmp_path / "layers", target_is_directory=True)
    with pytest.raises(UsageError, match="a link to elsewhere"):
        require_ours(out, layers)


@pytest.mark.parametrize("name", ["", "data", "data/图", "../layers/data", "new"])
def test_the_county_s_folder_is_refused(layers, name):
    with pytest.raises(UsageError, match="lies in the county's folder"):
        require_ours(layers / name, layers)


def test_a_link_into_the_county_s_folder_is_refused(layers, tmp_path):
    (tmp_path / "link").symlink_to(layers / "data", target_is_directory=True)
    with pytest.raises(UsageError, match="lies in the county's folder"):
        require_ours(tmp_path / "link" / "out", layers)


def test_a_file_is_no_folder(out, layers):
    fill(out, ["a.txt"])
    with pytest.raises(UsageError, match="is a file and no folder"):
        require_ours(out / "a.txt", layers)


def test_a_file_in_the_place_of_the_workspace_gives_way(out):
    publish(out, A)
    (out / ".work").rmdir()
    (out / ".work").write_text("x")
    assert prepare(out).is_dir()


def test_a_workspace_that_takes_no_file_steps_aside(out, monkeypatch):
    publish(out, A)
    (out / ".work" / "theirs").write_text("x")
    answers = iter([False, False, True])
    monkeypatch.setattr("gis.store.place._takes_files", lambda _: next(answers))
    assert list(prepare(out).iterdir()) == []
    assert (out / ".work-old" / "theirs").exists()
    monkeypatch.undo()
    require_ours(out, out.parent / "layers")
