"""What the county's folder of `--layers` knows, for commands that also work without one: towns, rules, lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import geopandas as gpd
import pandas as pd

from gis.base.errors import UsageError
from gis.base.messages import Message, language
from gis.catalogue import Catalogue, Layer, Rule, layer_files, load, stamps
from gis.catalogue.model import FieldFrom, Place, Words
from gis.cli.account import refuse_empty, tell
from gis.cli.console import aside, say
from gis.cli.desk import Reading
from gis.cli.wording import word
from gis.ingest import LINE_TYPES, Ingested, line_type_of, parts_of, read_file

SUBJECTS = {
    "new_industry": "新增工业、住宅、商业", "renewal_parcels": "存量工业用地更新", "key_project": "国家重大项目",
    "linear_works": "线性工程、防洪、供水", "forestry": "林果、鱼塘", "reclamation": "复垦为农用地",
    "restoration": "生态修复", "monitoring": "调查、监测站点",
}  # fmt: skip
WRITE_IT = Message(
    "--lines 文件:图层=类型，类型为 {kinds} 之一",
    "--lines FILE:LAYER=KIND, KIND one of {kinds}",
    kinds=", ".join(LINE_TYPES),
)


def catalogue_of(layers: Path | None) -> Catalogue | None:
    """Give the catalogue of a county's folder, or None where none is named.

    Raises
    ------
    CatalogueError
        The folder describes no county, or something in it is wrong.
    """
    return None if layers is None else load(layers, check_files=False)


def towns(layers: Path | None, found: pd.Series) -> tuple[Place, ...]:
    """Give the towns of the county by their full name; without a county, the names found stand as they are."""
    known = catalogue_of(layers)
    if known is not None:
        return tuple(
            Place(code=one.name.zh, name=one.name, aliases=[one.code, *one.aliases])
            for one in (*known.county.towns, *known.county.zones)
        )
    names = found.dropna().map(lambda name: "".join(str(name).split())).unique()
    return tuple(Place(code=name, name=Words(zh=name, en=name)) for name in names if name)


def rules(
    layers: Path | None, subject: str | None, files: Sequence[Path] = ()
) -> tuple[Sequence[Rule], str | None]:
    """Give the rules of the county's folder, and the subject they judge.

    A file that is a layer of the county is judged by the rules about that layer; else the subjects of
    the rules are offered.

    Raises
    ------
    UsageError
        A subject is named that no rule has, or there is no folder.
    """
    known = catalogue_of(layers)
    subjects = list(dict.fromkeys(rule.subject for rule in known.rules)) if known else []
    if subject is None and known is not None:
        entries = {entry.id if (entry := entry_of(known, file, "parcels")) else None for file in files}
        (subject,) = entries if len(entries) == 1 and entries <= set(subjects) else (None,)
        if subject is not None:
            say(
                Message(
                    "按 {subject} 的规则判定（县的图层）",
                    "judged as {subject}, a layer of the county",
                    subject=subject,
                ),
                "dim",
            )
    if subject is None:
        _offer(subjects)
        return (), None
    if known is None:
        raise UsageError(
            Message("没有判定规则", "there are no rules"),
            fix=Message(
                "用 --layers 指定含 rules.toml 的县数据文件夹",
                "--layers with a county's folder that holds rules.toml",
            ),
        )
    if subject not in subjects:
        raise UsageError(
            Message("没有关于“{subject}”的规则", 'no rule is about "{subject}"', subject=subject),
            fix=Message(
                "--subject 写其中之一：{subjects}",
                "--subject with one of {subjects}",
                subjects=", ".join(subjects),
            ),
        )
    return known.rules, subject


def _offer(subjects: Sequence[str]) -> None:
    """Say that areas stand without a verdict, and which subjects the rules would judge."""
    words = (
        f"{one}（{SUBJECTS[one]}）" if one in SUBJECTS and language() == "zh" else one for one in subjects
    )
    hint = f"--subject {' | '.join(words)}" if subjects else "--layers DIR --subject NAME"
    say(
        Message(
            "只算面积，未作判定：加 {hint} 按县的规则判定",
            "areas without verdict: {hint} judges them by the county's rules",
            hint=hint,
        ),
        "yellow",
    )


def lines(texts: Sequence[str], layers: Path | None) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Read control lines named FILE, FILE:LAYER, FILE:LAYER=KIND or FILE=KIND.

    Returns
    -------
    lines, stamps
        Canonical control lines of all files; what every row must carry where they are of a catalogue:
        sample data, 内部资料 with the names of its layers that are not public.

    Raises
    ------
    UsageError
        The kind of a line is not known; the fix says how to write it.
    """
    known = catalogue_of(layers)
    tables: list[pd.DataFrame] = []
    entries: list[Layer | None] = []
    for text in texts:
        file, part, kind = parsed(text)
        for one in [part] if part else _lined(file, kind):
            entry = entry_of(known, file, "control_lines", one)
            tables.append(_line(file, one, kind, entry).table)
            entries.append(entry)
    stacked = gpd.GeoDataFrame(pd.concat(tables, ignore_index=True), crs="EPSG:4490")
    return stacked, stamps_of(known, entries)


def stamps_of(known: Catalogue | None, entries: Iterable[Layer | None]) -> dict[str, str]:
    """Give what must be said of a table made of catalogue layers: sample data, 内部资料 with their names."""
    used = [entry for entry in entries if entry is not None]
    return stamps(known.county, used) if known is not None and used else {}


def parsed(text: str) -> tuple[Path, str | None, str | None]:
    """Take `FILE`, `FILE:LAYER`, `FILE:LAYER=KIND` apart; the colon of a drive (`C:`) belongs to the file.

    Raises
    ------
    UsageError
        The kind is not one of the four.
    """
    name, kind = text, None
    head, equals, tail = text.rpartition("=")
    if equals and not Path(text).exists():
        name, kind = head, tail.strip()
        if kind not in LINE_TYPES:
            raise UsageError(
                Message("“{kind}”不是控制线类型", '"{kind}" is no kind of control line', kind=kind),
                found=text,
                fix=WRITE_IT,
            )
    if Path(name).exists():
        return Path(name), None, kind
    file, colon, part = name.rpartition(":")
    if not colon or len(file) <= 1:
        return Path(name), None, kind
    return Path(file), part or None, kind


def _lined(file: Path, kind: str | None) -> list[str | None]:
    """Give the layers to read of a file of which no layer was named: all whose name tells the kind."""
    parts = parts_of(file)
    if len(parts) <= 1 or kind:
        return list(parts) or [None]
    known = [part for part in parts if line_type_of(part)]
    others = [part for part in parts if part not in known]
    if not known:
        raise UsageError(
            Message("没有一个图层的名称能说明控制线类型", "no layer's name tells the kind of its lines"),
            file=file.name,
            found=", ".join(others),
            fix=WRITE_IT,
        )
    if others:
        say(
            Message(
                "{file}：未读 {others}；{how}",
                "{file}: not read: {others}; {how}",
                file=file.name,
                others=", ".join(others),
                how=WRITE_IT,
            ),
            "yellow",
        )
    return list(known)


def _line(file: Path, part: str | None, kind: str | None, entry: Layer | None) -> Ingested:
    holds = (
        kind or (entry.line_type if entry else None) or line_type_of(part or "") or line_type_of(file.stem)
    )
    constants = {"line_type": holds} if holds else {}
    options = Reading(part=part).options(file, "control_lines", **constants)
    if entry is not None:
        heads = {
            name: (one.head, one.unit) if isinstance(one, FieldFrom) else (one, None)
            for name, one in entry.fields.items()
        }
        options = Reading(part=part, crs=entry.crs, encoding=entry.encoding).options(
            file, "control_lines", **{**constants, **entry.constants}
        )
        options = type(options)(**{**vars(options), "columns": heads})
    found = read_file(file, options)
    refuse_empty(found, [file])
    unknown = ~found.table["line_type"].isin(LINE_TYPES)
    if unknown.any():
        where = f"{file.name}:{part}" if part else file.name
        raise UsageError(
            Message("不知道控制线是哪一类", "the kind of the lines is not known"),
            file=where,
            found=Message(
                "文件名、图层名和字段里都没有写类型",
                "no kind in the name of the file or layer, none in a column",
            ),
            fix=WRITE_IT,
        )  # fmt: skip
    tell(found, [file])
    with aside():
        types = ", ".join(str(word("line_type", one)) for one in found.table["line_type"].unique())
        where = f"{file.name}{':' + part if part else ''}"
        say(Message("控制线  {where} = {types}", "lines {where} = {types}", where=where, types=types))
    return found


def entry_of(known: Catalogue | None, file: Path, kind: str, part: str | None = None) -> Layer | None:
    """Give the layer of the catalogue that a file belongs to, or None for a file of a desk."""
    if known is None:
        return None
    for layer in known.of_kind(kind):
        same = file.resolve() in [one.resolve() for one in layer_files(layer, known.folder)]
        if same and (layer.part is None or part in (None, layer.part)):
            return layer
    return None
