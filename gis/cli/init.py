"""`gis init DIR`: a county's folder, empty, the sample's, or made of an office's files."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import typer

from gis import founding
from gis.base.errors import UsageError
from gis.base.messages import Message, listed
from gis.cli import console
from gis.cli.console import say
from gis.cli.phrases import phrase, refusal
from gis.cli.reading import answers_of
from gis.desk.wording import kind_word
from gis.store.lock import user

NAMED = 12
LAYERS = "layers"


def init(folder: Path, given: Path | None, texts: Sequence[str], *, sample: bool) -> None:
    """Write the county and say what to do next.

    Raises
    ------
    UsageError
        The folder holds something, both an origin and the sample are asked for, or questions are open.
    """
    if given is not None and sample:
        raise refusal(UsageError, "from_or_sample")
    if given is not None:
        _from_folder(folder, given, texts)
    elif sample:
        with console.steps(None) as report:
            written = founding.sample(folder, lambda name: report("sample", name))
        say(Message("示例县（示例数据）：已写入 {n} 个文件", "sample county: {n} files", n=len(written)))
    else:
        founding.empty(folder)
        file = folder / LAYERS / "county.toml"
        say(Message("空白县：请先填写 {file}", "an empty county: fill in {file}", file=file))
    where = f'--layers "{folder / LAYERS}" --out "{folder / "maps"}"'
    say(Message("运行  gis run {where}", "run  gis run {where}", where=where), "bold")


def _from_folder(folder: Path, given: Path, texts: Sequence[str]) -> None:
    answers = answers_of(texts)
    told = {key: one.value for key, one in answers.items()}
    by = next((one.by for one in answers.values()), "") or user()
    asking = sys.stdin.isatty() and sys.stdout.isatty()
    with console.steps(None) as report:
        found, county = founding.from_folder(
            folder, given, told, by=by, ask=_ask if asking else _nobody,
            progress=None if asking else lambda name: report("look", name),
        )  # fmt: skip
    for part in found.parts:
        file = part.file if part.part is None else f"{part.file}#{part.part}"
        say(f"{file}  {kind_word(part.kind)}", "dim")
    if found.left:
        names = listed((name for name, _ in found.left), most=NAMED)
        say(phrase("files_not_used", n=len(found.left), names=names), "bold yellow")
    written = phrase(
        "county_written", name=county.name, code=county.adcode, n=len(found.parts), folder=folder
    )
    say(written, "bold")


def _nobody(_: founding.Asked) -> None:
    return None


def _ask(asked: founding.Asked) -> str | None:
    say(asked.line, "bold")
    value: str = typer.prompt(str(Message("答复", "answer")))
    return value.strip() or None
