"""Put a county's folder in its place: whole or not at all, and never onto anything that stands there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gis import sample as example
from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.catalogue import load
from gis.founding.county_toml import county_text, layer_text
from gis.founding.county_words import County, county_of
from gis.founding.phrases import refusal
from gis.founding.survey import Ask, Asked, Survey, survey

TEMPLATES = Path(__file__).parent / "templates"
BUILT = Path(example.__file__).parent / "layers"
SOURCE = Path(example.__file__).parents[2] / "layers"
LAYERS, DATA = "layers", "data"
NAMED = 6


def empty(folder: Path) -> list[Path]:
    """Write a county without files: what to fill in stands in the TOML, line by line.

    Raises
    ------
    UsageError
        `folder` holds something already.
    """
    with _placed(folder) as layers:
        for file in sorted(TEMPLATES.glob("*.toml")):
            shutil.copyfile(file, layers / file.name)
        shutil.copyfile(_samples() / "rules.toml", layers / "rules.toml")
    return _written(folder)


def sample(folder: Path, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write the sample county: its TOML and its files (示例数据).

    Raises
    ------
    UsageError
        `folder` holds something already.
    """
    with _placed(folder) as layers:
        for file in sorted(_samples().glob("*.toml")):
            shutil.copyfile(file, layers / file.name)
        example.write(layers, progress)
    return _written(folder)


def from_folder(
    folder: Path,
    given: Path,
    answers: Mapping[str, str],
    *,
    by: str,
    ask: Ask,
    progress: Callable[[str], None] | None = None,
) -> tuple[Survey, County]:
    """Write a county of the files of an office's folder, copied into it; the TOML says how each was read.

    Parameters
    ----------
    answers
        Key of a question, or `file/key` for one file alone, → answer.
    by
        Who answers.
    ask
        Called with each question that nobody has answered; None leaves it open.

    Returns
    -------
    survey, county
        What was found, with the files that are none of ours; the county as it was written.

    Raises
    ------
    UsageError
        `folder` holds something already, or questions are open: each with the flag that answers it.
    """
    _require_free(folder)
    _require_apart(folder, given)
    found = survey(given, answers, by=by, ask=ask, progress=progress)
    county, more = county_of(found.parts, answers, ask)
    if open_ := [*found.open, *more]:
        raise _open(open_)
    if not found.parts:
        left = listed((name for name, _ in found.left), most=NAMED)
        raise refusal(UsageError, "no_file_known", str(given), found=left)
    with _placed(folder) as layers:
        shutil.copytree(given, layers / DATA, dirs_exist_ok=True, ignore=shutil.ignore_patterns("~$*", ".*"))
        _write(layers / "county.toml", county_text(county))
        _write(layers / "layers.toml", layer_text(found, given.name))
        for name in ("targets.toml", "alerts.toml"):
            shutil.copyfile(TEMPLATES / name, layers / name)
        shutil.copyfile(_samples() / "rules.toml", layers / "rules.toml")
        load(layers)
    return found, county


def _samples() -> Path:
    """Give the TOML of the sample: of the wheel, else of the repository."""
    return BUILT if BUILT.is_dir() else SOURCE


def _write(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8", newline="\n")


def _require_free(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise refusal(UsageError, "file_of_that_name", str(folder))
    there = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    if there:
        raise refusal(UsageError, "folder_not_empty", str(folder), found=listed(there, most=NAMED))


def _require_apart(folder: Path, given: Path) -> None:
    if not given.is_dir():
        raise refusal(UsageError, "no_such_folder", str(given))
    if folder.resolve().is_relative_to(given.resolve()):
        raise refusal(UsageError, "folder_inside", str(folder))


def _open(questions: list[Asked]) -> UsageError:
    lines = {f"q{at}": one.line for at, one in enumerate(questions)}
    body = "\n         ".join(f"{{{name}}}" for name in lines)
    flags, found = " ".join(one.flag for one in questions), Message(body, body, **lines)
    return refusal(UsageError, "open_questions", found=found, n=len(questions), flags=flags)


def _written(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


@contextmanager
def _placed(folder: Path) -> Iterator[Path]:
    """Give a folder `layers` to fill beside `folder`; filled without a fault, all takes its place by one rename."""
    _require_free(folder)
    target = folder.absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(
        dir=target.parent, prefix=".writing-", ignore_cleanup_errors=True
    ) as half:
        whole = Path(half) / target.name
        layers = whole / LAYERS
        (layers / DATA).mkdir(parents=True)
        yield layers
        _require_free(folder)
        if target.is_dir():
            target.rmdir()
        whole.replace(target)
