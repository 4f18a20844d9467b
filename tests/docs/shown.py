"""What a page shows of a console or of Python, and whether they say it."""

import re
import shlex
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

BLOCK = re.compile(r"^( *)```(console|pycon)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PROMPT, CUT = "$ ", "…"


class Command(NamedTuple):
    """A command line of a page with the lines shown below it."""

    words: Sequence[str]
    shown: Sequence[str]


def steps_of(page: str) -> Iterator[Command | str]:
    """Give what a page shows to be typed, in its order: commands, and sessions of Python as text."""
    for _, kind, indented in BLOCK.findall(page):
        block = textwrap.dedent(indented)
        if kind == "pycon":
            yield block
            continue
        for part in re.split(r"^(?=\$ )", block, flags=re.MULTILINE)[1:]:
            line, *shown = part.splitlines()
            while line.endswith("\\"):
                line = line[:-1] + shown.pop(0)
            yield Command(shlex.split(line.removeprefix(PROMPT)), shown)


def missing(shown: Sequence[str], said: Iterable[str]) -> list[str]:
    """List the first lines shown that were not said in this order; `…` alone leaves out any number.

    A line that ends in ` …` is the beginning of one.
    """
    rest = [line.rstrip() for line in said]
    for run in _runs(shown):
        at = next((at for at in range(len(rest)) if _begins(rest[at:], run)), None)
        if at is None:
            return run
        rest = rest[at + len(run) :]
    return []


def _runs(shown: Sequence[str]) -> Iterator[list[str]]:
    run: list[str] = []
    for line in [*(line.rstrip() for line in shown), CUT]:
        if line != CUT:
            run.append(line)
        elif run:
            yield run
            run = []


def _begins(said: Sequence[str], run: Sequence[str]) -> bool:
    return len(said) >= len(run) and all(
        line == want or (want.endswith(f" {CUT}") and line.startswith(want.removesuffix(f" {CUT}")))
        for line, want in zip(said, run, strict=False)
    )
