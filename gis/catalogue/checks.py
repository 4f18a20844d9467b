"""What pydantic cannot know: columns, files, places, indicators, units and editions of the entries."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from gis.base.address import address_of, is_address
from gis.base.errors import CatalogueError, FigureError, UsageError
from gis.base.figures import indicator, indicators
from gis.base.messages import Message, Text
from gis.base.plan_words import bounds_in, comparator, known_bounds
from gis.base.tables import TABLES
from gis.base.units import UNIT_WORDS, plain_unit
from gis.catalogue.faults import Fault, fault, nearest
from gis.catalogue.files import leaves_folder, matches
from gis.catalogue.lines import Path as Keys
from gis.catalogue.lines import line_at
from gis.catalogue.model import County, FieldFrom, Layer, Plan, Rule, Target
from gis.catalogue.phrases import phrase
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

    def place(self, *path: str | int) -> tuple[str, int]:
        """Give the name of the file and the line of a key."""
        return self.name, self.line(*path)


@dataclass(frozen=True)
class Entry:
    """One entry of a file as a model, with its place."""

    model: Any
    file: TomlFile
    at: Keys

    def place(self, *keys: str | int) -> tuple[str, int]:
        """Give the file and the line of a key of the entry."""
        return self.file.place(*self.at, *keys)

    def fault(
        self,
        name: str,
        /,
        *keys: str | int,
        found: Text | None = None,
        fix: Text | None = None,
        **values: Any,
    ) -> Fault:
        """Make the fault of a name at a key of the entry."""
        return fault(name, *self.place(*keys), found, fix, **values)


def layer_faults(entry: Entry, county: County | None, folder: Path, *, check_files: bool) -> Iterator[Fault]:
    """Check a layer: columns of its kind, units, encoding, CRS, places, and its files."""
    layer: Layer = entry.model
    for key in ("fields", "constants"):
        for column in getattr(layer, key):
            if column not in TABLES[layer.kind]:
                fix = nearest(column, TABLES[layer.kind])
                yield entry.fault("no_such_column", key, column, fix=fix, kind=layer.kind, column=column)
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
        fix = nearest(target.indicator, indicators())
        yield Fault(error.what, *entry.place("indicator"), fix=fix)
        return
    if unit not in COUNTED_UNITS and plain_unit(unit) != plain_unit(target.goal.unit):
        found, name = f'"{target.goal.unit}"', target.indicator
        yield entry.fault("goal_in_other_unit", "goal", "unit", found=found, name=name, unit=unit)
    if county and target.place and target.place.startswith(county.adcode):
        codes = [county.adcode, *(place.code for place in (*county.towns, *county.zones))]
        if target.place not in codes:
            fix = nearest(target.place, codes)
            yield entry.fault("no_such_place", "place", fix=fix, place=target.place)
    yield from _edition_faults(entry, editions)
    yield from _word_faults(entry)
    yield from _bound_faults(entry)


def task_faults(entry: Entry) -> Iterator[Fault]:
    """Check a task of the plan: its indicators and the word it rests on."""
    for number, one in enumerate(entry.model.indicators):
        try:
            indicator(one)
        except FigureError as error:
            yield Fault(error.what, *entry.place("indicators", number), fix=nearest(one, indicators()))
    yield from _word_faults(entry)


def _word_faults(entry: Entry) -> Iterator[Fault]:
    """Find words of the plan that its own sentence does not hold."""
    plan: Plan = entry.model.plan
    for key in ("word", "bound"):
        word = getattr(plan, key)
        if word not in plan.sentence:
            yield entry.fault("word_not_in_sentence", "plan", key, found=plan.sentence, word=word, key=key)


def _bound_faults(entry: Entry) -> Iterator[Fault]:
    """Find a comparator that is not what the plan's word of a bound says: 以上 is >=, 超 is >."""
    target: Target = entry.model
    plan, wanted = target.plan, target.goal.comparator
    if plan.bound and comparator(plan.bound) is None:
        fix = nearest(plan.bound, known_bounds())
        yield entry.fault("unknown_bound", "plan", "bound", fix=fix, word=plan.bound)
        return
    bounds = (plan.bound,) if plan.bound else bounds_in(plan.sentence)
    if not bounds or wanted in [comparator(one) for one in bounds]:
        return
    word, said = bounds[0], comparator(bounds[0])
    yield entry.fault(
        "bound_says_other", "goal", "comparator", found=plan.sentence, word=word, said=said, wanted=wanted
    )


def rule_faults(entry: Entry) -> Iterator[Fault]:
    """Check a rule: the side of the line it speaks of, the field its exception looks at."""
    rule: Rule = entry.model
    if rule.outside != (rule.line == LINE_OF_OUTSIDE):
        side = Message("内", "inside") if rule.outside else Message("外", "outside")
        found = f"outside = {str(rule.outside).lower()}"
        fix = phrase("take_outside_away") if rule.outside else phrase("write_outside")
        yield entry.fault("wrong_side", "outside", found=found, fix=fix, line=rule.line, side=side)
    unless = rule.unless
    if unless is not None and unless.field not in TABLES["parcels"]:
        fix = nearest(unless.field, TABLES["parcels"])
        yield entry.fault("no_such_field", "unless", "field", fix=fix, field=unless.field)


def _unit_faults(entry: Entry, layer: Layer) -> Iterator[Fault]:
    for column, taken in layer.fields.items():
        unit = taken.unit if isinstance(taken, FieldFrom) else None
        if unit and column.endswith(("_mu", "_m2")) and unit.strip().lower() not in UNIT_WORDS:
            fix = nearest(unit, UNIT_WORDS)
            yield entry.fault("no_unit_of_area", "fields", column, "unit", fix=fix, unit=unit)


def _reading_faults(entry: Entry, layer: Layer) -> Iterator[Fault]:
    if (layer.kind == "control_lines") != (layer.line_type is not None):
        lacks, without = phrase("add_line_type"), phrase("kind_without_line_type", kind=layer.kind)
        yield entry.fault(
            "line_type_misplaced", "line_type", fix=lacks if layer.line_type is None else without
        )
    if layer.crs is not None and not re.fullmatch(r"[A-Z]+:\d+", layer.crs):
        yield entry.fault("no_crs", "crs", crs=layer.crs)
    if layer.encoding is not None:
        try:
            codecs.lookup(layer.encoding)
        except LookupError:
            fix = nearest(layer.encoding, ("utf-8", "gb18030", "gbk"))
            yield entry.fault("no_encoding", "encoding", fix=fix, name=layer.encoding)


def _town_faults(entry: Entry, county: County | None) -> Iterator[Fault]:
    for key, places in (("town", county.towns), ("zone", county.zones)) if county else ():
        name = entry.model.constants.get(key)
        names = [name for place in places for name in (place.name.zh, place.code, *place.aliases)]
        if name is not None and name not in names:
            kind = {"town": Message("乡镇", "town"), "zone": Message("园区", "zone")}[key]
            fix = nearest(str(name), names)
            yield entry.fault("no_such_town", "constants", key, fix=fix, kind=kind, name=name)


def _file_faults(
    entry: Entry, number: int, pattern: str, folder: Path, county: County | None, *, check_files: bool
) -> Iterator[Fault]:
    if is_address(pattern):
        try:
            address_of(pattern)
        except UsageError as error:
            yield Fault(error.what, *entry.place("files", number), error.found, error.fix)
        return
    if reason := leaves_folder(pattern):
        yield entry.fault("file_outside", "files", number, name=pattern, reason=reason)
        return
    try:
        found = matches(pattern, folder)
    except CatalogueError as error:
        yield Fault(error.what, *entry.place("files", number), error.found, error.fix)
        return
    if check_files and not found:
        there = [path.relative_to(folder).as_posix() for path in (folder / pattern).parent.glob("*")]
        close = get_close_matches(pattern, there, n=1)
        first = nearest(pattern, close) if close else phrase("put_into_folder", folder=folder.name)
        fix = phrase("or_sample", first=first) if county and county.sample else first
        yield entry.fault("file_missing", "files", number, fix=fix, name=pattern, layer=entry.model.id)


def _edition_faults(entry: Entry, editions: Editions) -> Iterator[Fault]:
    families = {edition.family for edition in editions.all}
    for family, id_ in entry.model.editions.items():
        known = [edition.id for edition in editions.family(family)]
        if family not in families:
            fix = nearest(family, families)
            yield entry.fault("no_such_family", "editions", family, fix=fix, name=family)
        elif id_ not in known:
            fix = nearest(id_, known)
            yield entry.fault("no_such_edition", "editions", family, fix=fix, name=id_, family=family)
