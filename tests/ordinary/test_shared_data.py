"""Every public file beside the project, and the sample: read with no question, the big ones by their first lines."""

import gzip
import shutil
from itertools import islice
from pathlib import Path

import pytest
from typer.testing import CliRunner

from gis.cli.app import app

SHARED = Path(__file__).parents[3] / "shared" / "data"
VERBS = {"air": ("air", "aqi"), "water": ("water", "classify"), "parcels": ("land", "area")}
ROWS_READ = 2_000
BIG = 200_000
NOT_READ = (".md", ".sha256", ".xml.gz", ".prj")  # texts, and geometry that only a test of overlay takes
MESSY = ("cannot be read", "no coordinate system", "do not tell what the file holds")


def listed(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file() and not one.name.endswith(NOT_READ))


def sampled(file: Path, folder: Path) -> Path:
    """Give a big packed text by its first lines, any other file as it is."""
    if not file.name.endswith(".csv.gz") or file.stat().st_size < BIG:
        return file
    with gzip.open(file, "rb") as whole, gzip.open(folder / file.name, "wb") as part:
        part.writelines(islice(whole, ROWS_READ))
    return folder / file.name


def words(file: Path) -> tuple[str, ...]:
    return ("check",) if "_type" in file.name else VERBS.get(file.relative_to(SHARED).parts[0], ("check",))


def run(*typed: object):
    return CliRunner().invoke(app, [str(one) for one in typed])


@pytest.mark.real
@pytest.mark.parametrize("file", listed(SHARED), ids=lambda file: str(file.relative_to(SHARED)))
def test_a_public_file_is_read_without_a_question(file, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*words(file), sampled(file, tmp_path))
    if file.parent.name == "messy":  # pieces of files, without what lies beside them
        assert result.exit_code == 0 or any(one in result.output for one in MESSY), result.output
    else:
        assert result.exit_code == 0, result.output


@pytest.mark.full  # a run of the sample stops at a question, too
def test_every_file_of_the_sample_is_read_without_a_question(sample_layers, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(sample_layers / "data", tmp_path / "data")
    beside = (".dbf", ".shx", ".prj", ".cpg", ".md")
    for file in sorted((tmp_path / "data").iterdir()):
        if file.suffix in beside or file.name in ("示例数据说明.txt", ".sample.json"):
            continue
        result = run("check", file)
        assert result.exit_code == 0, result.output
