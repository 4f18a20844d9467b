"""Layers of a drawing: on which of them the parcels are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import shapely

from gis.base.errors import Choice, FileError
from gis.base.messages import Message, listed
from gis.base.units import to_mu
from gis.ingest.model import Findings, Options
from gis.ingest.phrases import phrase
from gis.ingest.questions import ask
from gis.ingest.refusals import refusal

_LAYER = re.compile(r"\n[ \t]*0\r?\n[ \t]*LAYER\r?\n(.*?)(?=\n[ \t]*0\r?\n)", re.DOTALL)
_PARCELS = re.compile(r"JZD|JZX|^ZD|宗地|界址|地块|图斑|^DK|红线|用地范围|征地|征收", re.IGNORECASE)
_FRAMES = re.compile(r"^TK|图框|图廓|图签|frame", re.IGNORECASE)


class Figures(NamedTuple):
    """Closed figures and lines that stay open: shape, layer and number of the entity; and what was told."""

    closed: pd.DataFrame
    opened: pd.DataFrame
    findings: Findings


def parcel_layers(figures: Figures, text: str, path: Path, options: Options) -> list[str]:
    """Choose the layers whose figures are meant: those said, the only one, the one named for parcels, else ask."""
    here = figures.closed["layer"].unique().tolist()
    if options.part is not None:
        said = [name.strip() for name in re.split(r"[、,，]", options.part)]
        wanted = [options.part] if options.part in here else said
        if lacking := [name for name in wanted if name not in here]:
            raise refusal(FileError, "dxf_no_layer", path, found=listed(here), name=lacking[0])
        return wanted
    hidden = _hidden(text)
    shown = [name for name in here if name not in hidden and not _FRAMES.search(name)]
    named = [name for name in shown if _PARCELS.search(name)]
    for some in (named, shown if not hidden & set(here) else []):
        if len(some) == 1:
            return some
    if len(here) == 1 or options.kind == "features":
        return here
    every = "、".join(here)
    choices = []
    for name in here:
        two = figures.closed.loc[figures.closed["layer"] == name, "shape"].head(2)
        examples = [f"{one.centroid.x:.3f}, {one.centroid.y:.3f}: {one.area:,.2f} m²" for one in two]
        choices.append(Choice(name, size_of(figures, [name], hidden=name in hidden), tuple(examples)))
    answer = ask(
        options, "layers",
        phrase("which_layers", n=len(here)),
        [*choices, Choice(every, size_of(figures, here))],
        file=path.name, heads=here, option=f"--part {here[0]}",
    )  # fmt: skip
    return here if answer == every else [answer]


def _hidden(text: str) -> set[str]:
    """Give the layers that are off or frozen."""
    out = set()
    for record in _LAYER.findall(text.replace("\r", "")):
        lines = [line.strip() for line in record.split("\n")]
        pairs = dict(zip(lines[::2], lines[1::2], strict=False))
        if "2" in pairs and (pairs.get("62", "7").startswith("-") or pairs.get("70", "0") in ("1", "65")):
            out.add(pairs["2"])
    return out


def size_of(figures: Figures, layers: Sequence[str], *, hidden: bool = False) -> Message:
    """Say how many figures stand on some layers, and their area in 亩."""
    own = figures.closed.loc[figures.closed["layer"].isin(layers), "shape"]
    shut = Message("（已关闭或冻结）", " (off or frozen)") if hidden else ""
    return phrase(
        "size_of_figures", n=len(own), mu=float(to_mu(sum(shapely.area(own.to_numpy())))), shut=shut
    )
