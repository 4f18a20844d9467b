"""`gis verify` and `gis diff`: whether what was published was altered, and what changed between two editions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from gis.base.messages import Message, listed, ready
from gis.cli import console
from gis.cli.console import guard, say, show
from gis.cli.options import Output
from gis.cli.phrases import TEXTS, phrase

CAUSES = TEXTS.parts("causes")
Out = Annotated[Path, typer.Option("--out", help="The folder that pages were published in.")]
OUT = Path("maps")
LISTED = 40


@guard
def verify(out: Out = OUT) -> None:
    """Say whether any edition, table or page was altered since it was published; exit 1 when one was.

    Example: gis verify --out maps
    """
    from gis.base.hashing import SHA256, SM3, of_file
    from gis.store import audit
    from gis.store.chain import manifest_of

    checked = audit.verify(out)
    faults = [(one.link, fault) for one in checked for fault in one.faults]
    headline = phrase(
        "links_checked", links=len(checked), files=sum(one.files for one in checked), n=len(faults)
    )
    say(headline, "bold")
    for link, fault in faults[:LISTED]:
        say(phrase("link_fault", n=link.number, edition=link.edition, fault=fault), "red")
    if len(faults) > LISTED:
        say(Message("…… 还有 {n} 处", "… and {n} more", n=len(faults) - LISTED))
    last = checked[-1].link
    told = manifest_of(last.path)
    if isinstance(run := told.get("run"), dict):
        say(Message("最新一环：{at} {by}", "newest link: {at} {by}", at=run.get("at"), by=run.get("by", "")))
    for kind in (SHA256, SM3):
        if kind == SHA256 or kind in told:
            name, value = ("SHA-256" if kind == SHA256 else "SM3"), of_file(last.path, kind)
            say(
                Message(
                    "最新一环的 {name}：{value}", "{name} of the newest link: {value}", name=name, value=value
                )
            )
    if faults:
        raise typer.Exit(console.FOUND)


@guard
def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="An edition, or the number of its link.")],
    after: Annotated[str, typer.Argument(metavar="AFTER", help="An edition, or the number of its link.")],
    out: Out = OUT,
    output: Output = None,
) -> None:
    """List the figures that differ between two editions, and what else differs: files, standards, parameters, code.

    Example: gis diff 1 2 -o 变化.xlsx
    """
    import pandas as pd

    from gis.cli import desk
    from gis.store import audit

    found = audit.difference(out, before, after)
    frame = pd.DataFrame(found.figures, columns=["figure_id", "before", "after"])
    frame["change"] = frame["after"].astype("float64") - frame["before"].astype("float64")
    title = Message("{n} 个数值不同", "{n} figures differ", n=len(frame))
    say(title, "bold")
    for why, word in CAUSES.items():
        named = listed(found.causes[why] or ["–"])
        say(Message("{word}：{named}", "{word}: {named}", word=word, named=named))
    if len(frame):
        show(frame, title, list(frame.columns), most=LISTED)
    if output is not None:
        notes = [ready(f"{before} → {after}")]
        desk.write(desk.Result(frame, title, notes, stamps=found.stamps), output)
