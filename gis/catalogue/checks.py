"""What pydantic cannot know: columns, files, places, indicators, units and editions of the entries."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gis.base.errors import CatalogueError, FigureError
from gis.base.figures import indicator, indicators
from gis.base.messages import Message, Text
from gis.base.plan_words import bounds_in, comparator, known_bounds
from gis.base.tables import TABLES
from gis.base.units import UNIT_WORDS, plain_unit
from gis.catalogue.faults import Fault, nearest
from gis.catalogue.files import leaves_folder, matches
from gis.catalogue.lines import Path as Keys
from gis.catalogue.lines import line_at
from gis.catalogue.model import County, FieldFrom, Layer, Plan, Rule, Target
from gis.standards import Editions

COUNTED_UNITS = ("", "个", "件")
LINE_OF_OUTSIDE = "growth_boundary"


@dataclass(frozen=True)
class TomlFile:
    """A file of the catalogue: its name as the user knows it, what it holds, and where."""

    name: str
    data: dict[str, Any]
    lines: dict[Keys, int]

    def line(self, *path: str | int) -> int:
        """Give the line of a key, or of the nearest thing round it that the file has."""
        return line_at(self.lines, path)[1]


@dataclass(frozen=True)
class Entry:
    """One entry of a file as a model, with its place."""

    model: Any
    file: TomlFile
    at: Keys

    def fault(
        self, what: Text, *keys: str | int, found: Text | None = None, fix: Text | None = None
    ) -> Fault:
        """Make a fault at a key of the entry."""
        return Fault(what, self.file.name, self.file.line(*self.at, *keys), found, fix)


def layer_faults(entry: Entry, county: County | None, folder: Path, *, check_files: bool) -> Iterator[Fault]:
    """Check a layer: columns of its kind, units, encoding, CRS, places, and its files."""
    layer: Layer = entry.model
    for key in ("fields", "constants"):
        for column in getattr(layer, key):
            if column not in TABLES[layer.kind]:
                what = Message(
                    "“{kind}”没有“{column}”列", 'the kind "{kind}" has no column "{column}"',
                    kind=layer.kind, column=column,
                )  # fmt: skip
                yield entry.fault(what, key, column, fix=nearest(column, TABLES[layer.kind]))
    yield from _unit_faults(entry, layer)
    yield from _reading_faults(entry, layer)
    yield from _town_faults(entry, county)
    for number, pattern in enumerate(layer.files):
        yield from _file_faults(entry, number, pattern, folder, county, check_files=check_files)


def target_faults(entry: Entry, county: County | None, editions: Editions) -> Iterator[Fault]:
    """Check a target: its indicator, the unit of its goal, its place, and the editions it names."""
    target: Target = entry.model
    try:
        unit = indicator(target.measured_by).unit
    except FigureError as error:
        yield entry.fault(error.what, "indicator", fix=nearest(target.indicator, indicators()))
        return
    if unit not in COUNTED_UNITS and plain_unit(unit) != plain_unit(target.goal.unit):
        what = Message(
            "“{name}”的单位是 {unit}", '"{name}" is measured in {unit}', name=target.indicator, unit=unit
        )
        fix = Message(
            '目标也用 {unit}：unit = "{unit}"', 'give the goal in {unit}: unit = "{unit}"', unit=unit
        )
        yield entry.fault(what, "goal", "unit", found=f'"{target.goal.unit}"', fix=fix)
    if county and target.place and target.place.startswith(county.adcode):
        codes = [county.adcode, *(place.code for place in (*county.towns, *county.zones))]
        if target.place not in codes:
            what = Message("县里没有“{place}”", 'the county has no place "{place}"', place=target.place)
            yield entry.fault(what, "place", fix=nearest(target.place, codes))
    yield from _edition_faults(entry, editions)
    yield from _word_faults(entry)
    yield from _bound_faults(entry)


def task_faults(entry: Entry) -> Iterator[Fault]:
    """Check a task of the plan: its indicators and the word it rests on."""
    for number, one in enumerate(entry.model.indicators):
        try:
            indicator(one)
        except FigureError as error:
            yield entry.fault(error.what, "indicators", number, fix=nearest(one, indicators()))
    yield from _word_faults(entry)


def _word_faults(entry: Entry) -> Iterator[Fault]:
    """Find words of the plan that its own sentence does not hold."""
    plan: Plan = entry.model.plan
    for key in ("word", "bound"):
        word = getattr(plan, key)
        if word not in plan.sentence:
            what = Message(
                "句子里没有“{word}”", 'the word "{word}" does not stand in the sentence', word=word
            )
            fix = Message("照抄原文，或改正 {key}", "copy the text to the letter, or mend {key}", key=key)
            yield entry.fault(what, "plan", key, found=plan.sentence, fix=fix)


def _bound_faults(entry: Entry) -> Iterator[Fault]:
    """Find a comparator that is not what the plan's word of a bound says: 以上 is >=, 超 is >."""
    target: Target = entry.model
    plan, wanted = target.plan, target.goal.comparator
    if plan.bound and comparator(plan.bound) is None:
        what = Message("不认识的限值用语“{word}”", 'the word "{word}" is no known bound', word=plan.bound)
        yield entry.fault(what, "plan", "bound", fix=nearest(plan.bound, known_bounds()))
        return
    bounds = (plan.bound,) if plan.bound else bounds_in(plan.sentence)
    if not bounds or wanted in [comparator(one) for one in bounds]:
        return
    what = Message(
        "原文写“{word}”，即 {said}，不是 {wanted}", 'the plan says "{word}", which is {said} and not {wanted}',
        word=bounds[0], said=comparator(bounds[0]), wanted=wanted,
    )  # fmt: skip
    fix = Message('写 comparator = "{said}"', 'write comparator = "{said}"', said=comparator(bounds[0]))
    yield entry.fault(what, "goal", "comparator", found=plan.sentence, fix=fix)


def rule_faults(entry: Entry) -> Iterator[Fault]:
    """Check a rule: the side of the line it speaks of, the field its exception looks at."""
    rule: Rule = entry.model
    if rule.outside != (rule.line == LINE_OF_OUTSIDE):
        side = Message("内", "inside") if rule.outside else Message("外", "outside")
        what = Message(
            "“{line}”的规则说的是线{side}的地", 'a rule on "{line}" speaks of the ground {side} it',
            line=rule.line, side=side,
        )  # fmt: skip
        found = f"outside = {str(rule.outside).lower()}"
        add = Message("写 outside = true", "write outside = true")
        fix = Message("删去 outside = true", "take outside = true away") if rule.outside else add
        yield entry.fault(what, "outside", found=found, fix=fix)
    unless = rule.unless
    if unless is not None and unless.field not in TABLES["parcels"]:
        what = Message("对象没有“{field}”一项", 'a subject has no field "{field}"', field=unless.field)
        yield entry.fault(what, "unless", "field", fix=nearest(unless.field, TABLES["parcels"]))


def _unit_faults(entry: Entry, layer: Layer) -> Iterator[Fault]:
    for column, taken in layer.fields.items():
        unit = taken.unit if isinstance(taken, FieldFrom) else None
        if unit and column.endswith(("_mu", "_m2")) and unit.strip().lower() not in UNIT_WORDS:
            fix = nearest(unit, UNIT_WORDS)
            what = Message("“{unit}”不是面积单位", '"{unit}" is not a unit of area', unit=unit)
            yield entry.fault(what, "fields", column, "unit", fix=fix)


def _reading_faults(entry: Entry, layer: Layer) -> Iterator[Fault]:
    if (layer.kind == "control_lines") != (layer.line_type is not None):
        none = Message('kind = "{kind}" 没有 line_type', 'kind = "{kind}" has no line_type', kind=layer.kind)
        add = Message("补上 line_type = …", "add line_type = …")
        what = Message("line_type 属于 control_lines", "line_type belongs to the kind control_lines")
        yield entry.fault(what, "line_type", fix=add if layer.line_type is None else none)
    if layer.crs is not None and not re.fullmatch(r"[A-Z]+:\d+", layer.crs):
        what = Message("“{crs}”不是坐标系", '"{crs}" names no CRS', crs=layer.crs)
        yield entry.fault(what, "crs", fix=Message('写成 "EPSG:4528"', 'write it as "EPSG:4528"'))
    if layer.encoding is not None:
        try:
            codecs.lookup(layer.encoding)
        except LookupError:
            fix = nearest(layer.encoding, ("utf-8", "gb18030", "gbk"))
            what = Message("“{name}”不是编码", '"{name}" names no encoding', name=layer.encoding)
            yield entry.fault(what, "encoding", fix=fix)


def _town_faults(entry: Entry, county: County | None) -> Iterator[Fault]:
    for key, places in (("town", county.towns), ("zone", county.zones)) if county else ():
        name = entry.model.constants.get(key)
        names = [name for place in places for name in (place.name.zh, place.code, *place.aliases)]
        if name is not None and name not in names:
            kind = {"town": Message("乡镇", "town"), "zone": Message("园区", "zone")}[key]
            what = Message(
                "县里没有{kind}“{name}”", 'the county has no {kind} "{name}"', kind=kind, name=name
            )
            yield entry.fault(what, "constants", key, fix=nearest(str(name), names))


def _file_faults(
    entry: Entry, number: int, pattern: str, folder: Path, county: County | None, *, check_files: bool
) -> Iterator[Fault]:
    if reason := leaves_folder(pattern):
        fix = Message('写成 "data/<文件名>"，不带 ".."', 'write it as "data/<name>", without ".."')
        what = Message("文件“{name}”{reason}", 'the file "{name}" {reason}', name=pattern, reason=reason)
        yield entry.fault(what, "files", number, fix=fix)
        return
    try:
        found = matches(pattern, folder)
    except CatalogueError as error:
        yield entry.fault(error.what, "files", number, found=error.found, fix=error.fix)
        return
    if check_files and not found:
        there = [path.relative_to(folder).as_posix() for path in (folder / pattern).parent.glob("*")]
        close = get_close_matches(pattern, there, n=1)
        what = Message(
            "图层“{layer}”没有文件“{name}”", 'no file "{name}" for the layer "{layer}"',
            name=pattern, layer=entry.model.id,
        )  # fmt: skip
        put = Message("把文件放入“{folder}”", 'put the file into "{folder}"', folder=folder.name)
        first = Message("写“{name}”", 'write "{name}"', name=close[0]) if close else put
        sample = Message("{first}，或运行 gis sample", '{first}, or run "gis sample"', first=first)
        fix = sample if county and county.sample else first
        yield entry.fault(what, "files", number, fix=fix)


def _edition_faults(entry: Entry, editions: Editions) -> Iterator[Fault]:
    families = {edition.family for edition in editions.all}
    for family, id_ in entry.model.editions.items():
        known = [edition.id for edition in editions.family(family)]
        if family not in families:
            what = Message("没有“{name}”这一类标准", 'no standard of the family "{name}"', name=family)
            yield entry.fault(what, "editions", family, fix=nearest(family, families))
        elif id_ not in known:
            what = Message(
                "“{family}”没有版本“{name}”", 'no edition "{name}" of the family "{family}"',
                name=id_, family=family,
            )  # fmt: skip
            yield entry.fault(what, "editions", family, fix=nearest(id_, known))
