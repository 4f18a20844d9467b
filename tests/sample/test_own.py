"""The sample never takes the place of a file that it did not write."""

import pytest

from gis.base.errors import UsageError
from gis.sample import write
from gis.sample.own import RECORD, record, require_own


def _database(path):
    path.mkdir()
    (path / "a00000009.gdbtable").write_bytes(b"rows")


@pytest.fixture(autouse=True)
def few_files(monkeypatch):
    makers = {
        name: lambda path: path.write_bytes(path.name.encode())
        for name in ("更新地块_2021.shp", "断面清单.xlsx", "示例数据说明.txt")
    }
    monkeypatch.setattr("gis.sample.files._makers", lambda _: {**makers, "三条控制线.gdb": _database})


@pytest.fixture
def folder(tmp_path):
    write(tmp_path)
    return tmp_path


def state(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", ["更新地块_2021.shp", "更新地块_2021.cpg", "断面清单.xlsx"])
def test_a_file_that_was_changed_stays(folder, name):
    (folder / "data" / name).write_bytes(b"mine")
    before = state(folder)
    with pytest.raises(UsageError, match="did not write") as caught:
        write(folder)
    assert str(caught.value.found) == name
    assert state(folder) == before


def test_a_geodatabase_that_was_changed_stays(folder):
    (folder / "data" / "三条控制线.gdb" / "a.txt").write_bytes(b"mine")
    with pytest.raises(UsageError, match="did not write"):
        write(folder)
    assert (folder / "data" / "三条控制线.gdb" / "a.txt").exists()


def test_a_sample_of_before_the_record_is_known_by_its_bytes(folder):
    (folder / "data" / RECORD).unlink()
    write(folder)
    assert (folder / "data" / RECORD).exists()


def test_a_sample_made_by_another_version_is_known_by_the_record(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    record(tmp_path, ["a.csv"])
    require_own(tmp_path, {"a.csv": "another"}, "说明.txt")
    (tmp_path / "a.csv").write_text("mine")
    with pytest.raises(UsageError):
        require_own(tmp_path, {"a.csv": "another"}, "说明.txt")


@pytest.mark.parametrize("name", ["我的地块.shp", "手工监测_2020.xlsx", "子文件夹"])
def test_own_data_is_not_mixed_with_the_sample(tmp_path, name):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / name).write_bytes(b"mine")
    with pytest.raises(UsageError, match="did not write"):
        write(tmp_path)
    assert [path.name for path in (tmp_path / "data").iterdir()] == [name]


def test_a_file_put_beside_the_sample_stays_and_is_no_hindrance(folder):
    (folder / "data" / "噪声.csv").write_bytes(b"mine")
    (folder / "data" / ".writing-half").mkdir()
    write(folder)
    assert (folder / "data" / "噪声.csv").read_bytes() == b"mine"
