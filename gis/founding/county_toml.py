"""The commented TOML of a county that was made of files."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

from gis.founding.county_words import CHINA, County, span
from gis.founding.survey import LINE_WORDS, Part, Survey, is_raster
from gis.ingest import LINE_TYPES

GROUPS = {
    "boundaries": "base", "waters": "base", "control_lines": "lines", "parcels": "land", "ledger_events": "land",
    "farmland_cases": "land", "land_cover": "land", "imagery": "land", "tax": "land", "water_bank": "land",
    "sections": "water", "samples": "water", "outfalls": "water", "stations": "air", "air_hours": "air",
    "air_days": "air", "actions": "actions", "statistics": "actions", "yearly_targets": "actions",
}  # fmt: skip
FIRST = ("parcels", "control_lines")
DIGITS = re.compile(r"[\d\-－—_ .年月日度季]+")
SHOWN = 12


def county_text(county: County) -> str:
    """Write county.toml."""
    west, south, east, north = county.extent
    whole = county.extent == CHINA
    wide = "  # 全国范围：文件里没有图形，请改为本县范围" if whole else "  # 西、南、东、北，经纬度"
    first, last = county.years
    lines = [
        "# 本县：代码、名称、范围、规划年度、乡镇。由 gis init 按文件写成，可以修改。",
        "[county]",
        f"adcode = {_text(county.adcode)}",
        f"name = {_words(county.name)}   # 英文名称可改",
        f"extent = [{west}, {south}, {east}, {north}]{wide}",
        f"plan_years = [{first}, {last}]   # 规划起止年",
        f"air_stations = {_list(county.stations)}   # 计入全县平均的空气站点；不参评的请删去",
        *_places("towns", county.towns, "乡镇（街道）：代码、名称；别名写在 aliases"),
        *_places("zones", county.zones, "园区"),
    ]
    return "\n".join(lines) + "\n"


def _places(key: str, places: Sequence[tuple[str, str]], told: str) -> list[str]:
    rows = [f"  {{ code = {_text(code)}, name = {_words(name)}, aliases = [] }}," for code, name in places]
    return [f"{key} = [   # {told}", *rows, "]"]


def layer_text(found: Survey, source: str) -> str:
    """Write layers.toml: one layer for the files of one kind and one name, each with how it was read."""
    blocks, used = [_HEAD], dict[str, int]()
    for _, group in groupby(sorted(found.parts, key=_same), key=_same):
        parts = list(group)
        name = parts[0].subject or _line_id(parts[0]) or _subject_id(parts[0]) or parts[0].kind
        used[name] = used.get(name, 0) + 1
        blocks.append(_layer(parts, name if used[name] == 1 else f"{name}_{used[name]}", source))
    if found.left:
        left = [f"#   {_flat(name)}：{_flat(why)}" for name, why in found.left]
        blocks.append("\n".join(["# 没有采用的文件：", *left]))
    return "\n\n".join(blocks) + "\n"


_HEAD = """# 图层：每个 [[layer]] 是一类文件。由 gis init 按文件写成，可以修改；改后用 gis check 核对。
# 密级未知的一律先写“内部”：公开的请改为 "公开"（gis run --public 只出公开图层）。"""


def _same(part: Part) -> tuple[str, ...]:
    """Give what the files of one layer have in common."""
    stem = DIGITS.sub("", Path(part.file).stem)
    told = [f"{key}={one.value}/{one.layout}" for key, one in sorted(part.answers.items())]
    name = "" if part.subject or _subject_id(part) else stem
    return (
        part.kind, _line_id(part) or "", part.subject or _subject_id(part) or "", name, part.part or "",
        part.crs or "", *told,
    )  # fmt: skip


def _subject_id(part: Part) -> str | None:
    return "renewal_parcels" if part.kind == "parcels" and part.subject is None else None


def _line_id(part: Part) -> str | None:
    if part.kind != "control_lines":
        return None
    kinds = part.read.table["line_type"].dropna().unique()
    return part.line_type or (str(kinds[0]) if len(kinds) == 1 else "control_lines")


def _layer(parts: Sequence[Part], name: str, source: str) -> str:
    first = parts[0]
    line = _line_id(first)
    stem = Path(first.part or first.file).stem if len(parts) == 1 else DIGITS.sub("", Path(first.file).stem)
    title = dict(zip(LINE_TYPES, LINE_WORDS, strict=True)).get(line or "", stem)
    lines = [
        *_told(parts),
        "[[layer]]",
        f'id = "{name}"' + ("   # rules.toml 按此名称（subject）判定" if first.kind == "parcels" else ""),
        f'kind = "{first.kind}"',
        f"title = {_words(title or name)}",
        f"files = {_list([f'data/{part.file}' for part in parts_by_file(parts)])}",
        f'group = "{GROUPS.get(first.kind, "base")}"',
    ]
    if first.part is not None:
        lines.append(f"part = {_text(first.part)}")
    if line and line != "control_lines":
        lines.append(f'line_type = "{line}"')
    if first.crs is not None:
        lines.append(f"crs = {_text(first.crs)}   # 文件没有坐标系，{dt.date.today().isoformat()} 答复")  # noqa: DTZ011
    lines += [
        f"answers.{_text(key)} = {{ value = {_text(one.value)}, layout = {_text(one.layout or '')}, "
        f"date = {one.date}, by = {_text(one.by)} }}"
        for key, one in first.answers.items()
    ]
    lines.append(f'about = {{ source = {_text(source)}, "密级" = "内部" }}')
    return "\n".join(lines)


def parts_by_file(parts: Iterable[Part]) -> list[Part]:
    """Give one part of each file, in their order."""
    return list({part.file: part for part in parts}.values())


def _told(parts: Sequence[Part]) -> list[str]:
    """Say in comments how the files were read: rows, CRS, encoding, dates, heads."""
    sources = [part.read.sources for part in parts]
    read, kept = (sum(int(one[name].sum()) for one in sources) for name in ("rows_read", "records"))
    lines = [f"# {len(parts)} 个文件，读取 {read} 行（格），记录 {kept} 条"]
    if is_raster(parts[0].kind):
        return [f"# {len(parts)} 个栅格文件"]
    for label, column in (("坐标系", "crs_used"), ("编码", "encoding")):
        said = list(dict.fromkeys(str(cell) for one in sources for cell in one[column].dropna()))
        lines += [f"# {label}：{_flat('、'.join(said))}"] if said else []
    days = [one for part in parts if (one := span(part)) is not None]
    if days:
        lines.append(f"# 日期：{min(one[0] for one in days)} 至 {max(one[1] for one in days)}")
    heads = parts[0].read.heads.dropna(subset=["column"])
    pairs = [f"{head} → {column}" for head, column in heads[["head", "column"]].drop_duplicates().to_numpy()]
    more = f" …（共 {len(pairs)} 项）" if len(pairs) > SHOWN else ""
    return [*lines, f"# 表头：{_flat('；'.join(pairs[:SHOWN]))}{more}"] if pairs else lines


def _flat(text: object) -> str:
    """Put a text of a file on one line of a comment; a control sign in it would be no TOML."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _words(text: str) -> str:
    return f"{{ zh = {_text(text)}, en = {_text(text)} }}"


def _list(texts: Iterable[str]) -> str:
    return "[" + ", ".join(map(_text, texts)) + "]"
