"""A table in long form, laid out by chance and read back, gives the same records.

`PIVOTS=20000 pytest tests/ingest/test_pivot.py` draws more of them.
"""

import csv
import datetime as dt
import itertools
import os
import tempfile
from pathlib import Path

import xlsxwriter
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from gis.ingest import Options, guess_kind, read_file
from gis.ingest.layout_labels import measured
from tests.ingest.accounts import adds_up

EXAMPLES = int(os.environ.get("PIVOTS", "300"))
MOST_TABLES, MOST_VALUES = 6, 200  # of a file: more of the same take time and show nothing new
PLACES = {
    "samples": ["东示例桥", "西示例桥", "样本闸", "示范口", "例港大桥"],
    "air_hours": ["示例一站", "示例二站", "实验小学", "例湖", "示范区"],
    "air_days": ["示例一站", "示例二站", "实验小学", "例湖", "示范区"],
}
PLACE_HEADS = {"samples": ["断面名称", "断面", "点位名称"], "air_hours": ["站点名称", "站点", "点位名称"],
               "air_days": ["站点名称", "站点", "监测点位"]}  # fmt: skip
ITEMS = {
    "samples": {"pH": "ph", "溶解氧": "dissolved_oxygen", "高锰酸盐指数": "codmn", "氨氮": "nh3n", "总磷": "tp",
                "化学需氧量": "codcr"},
    "air_hours": {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "O3": "o3", "CO": "co"},
    "air_days": {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "O3-8h": "o3_8h", "CO": "co"},
}  # fmt: skip
RANGES = {"ph": (6, 9), "dissolved_oxygen": (3, 12), "codmn": (1, 9), "nh3n": (0.1, 2), "tp": (0.02, 0.4),
          "codcr": (8, 40), "co": (0.2, 2.5)}  # fmt: skip
UNITS = {"samples": "mg/L", "air_hours": "μg/m³", "air_days": "μg/m³"}
TITLES = {
    "samples": "示例县地表水监测结果",
    "air_hours": "示例县环境空气小时值",
    "air_days": "示例县环境空气日均值",
}
TIME_HEADS = {"samples": "监测时间", "air_hours": "时间", "air_days": "日期"}
PART_HEADS = {"year": ["年", "年份"], "month": ["月", "月份"], "day": ["日"], "hour": ["小时", "时"]}
NOTES = ["注：数据未经审核", "制表人：示例", "备注：仅供参考"]


@st.composite
def tables(draw):
    """A long table: kind, places, items, times, and the value of some of their combinations."""
    kind = draw(st.sampled_from(["samples", "air_hours", "air_days"]))
    places = draw(st.lists(st.sampled_from(PLACES[kind]), min_size=1, max_size=3, unique=True))
    items = draw(st.lists(st.sampled_from([*ITEMS[kind]]), min_size=1, max_size=4, unique=True))
    parts = {"samples": draw(st.sampled_from([["year", "month"], ["year", "month", "day"]])),
             "air_days": ["year", "month", "day"], "air_hours": ["year", "month", "day", "hour"]}[kind]  # fmt: skip
    by_part = {
        "year": [draw(st.integers(2019, 2025))],
        "month": draw(st.lists(st.integers(1, 12), min_size=1, max_size=2, unique=True)),
        "day": draw(st.lists(st.integers(1, 28), min_size=1, max_size=3, unique=True)),
        "hour": draw(st.sampled_from([list(range(24)), list(range(1, 25)), [8, 9, 10, 11], [1, 2, 3, 24]])),
    }
    times = list(itertools.product(*(sorted(by_part[part]) for part in parts)))
    n = iter(range(100_000))
    step = draw(st.integers(1, 97))
    values = {}
    for place, item, time in itertools.product(places, items, times):
        low, high = RANGES.get(ITEMS[kind][item], (5, 180))
        share = (next(n) * step + 13) % 101 / 101
        whole = kind != "samples" and item != "CO"
        values[place, item, time] = round(low + share * (high - low), 0 if whole else 2)
    gone = draw(st.sets(st.sampled_from(sorted(values)), max_size=min(3, len(values) - 1)))
    return kind, parts, {key: value for key, value in values.items() if key not in gone}


@st.composite
def arrangements(draw, parts, values, sheets):
    """Say where each dimension stands: rows, heads, sheets, titles of blocks, or the name of the file."""
    outside = ["sheet", "title", "file"] if sheets else ["title", "file"]
    where = {name: draw(st.sampled_from(["rows", "heads", *outside])) for name in ("place", "item")}
    inner = draw(st.integers(0, len(parts) - 1))
    around = draw(st.sampled_from(outside))
    for at, part in enumerate(parts):
        where[part] = around if at < inner else "rows"
    if draw(st.booleans()):
        where[parts[-1]] = "heads"
    for at, name in enumerate(["place", "item", *parts]):
        many = len({key[at] if at < 2 else key[2][at - 2] for key in values}) > 1
        if many and where[name] == "file":
            where = {one: outside[0] if told == "file" and (one == name or (at > 1 and one in parts)) else told
                     for one, told in where.items()}  # fmt: skip
    return where


def value_of(key, name, parts):
    """Give one dimension of a key."""
    place, item, time = key
    return {"place": place, "item": item, **dict(zip(parts, time, strict=True))}[name]


SPELLED = {"year": "{}年", "month": "{}月", "day": "{}日", "hour": "{}时"}


class Layout:
    """Writes one table in one arrangement, with what offices put round it."""

    def __init__(self, draw, kind, parts, values, where):
        self.draw, self.kind, self.parts, self.values, self.where = draw, kind, parts, values, where
        self.pick = lambda *options: draw(st.sampled_from(options))
        self.rows_time = [part for part in parts if where[part] == "rows"]
        self.head_dims = [name for name in ("place", "item", parts[-1]) if where[name] == "heads"]
        self.head_dims = draw(st.permutations(self.head_dims))
        self.time_form = self.pick("whole", "split", "paired")
        self.numbered, self.mean = self.pick(True, False), self.pick(True, False)
        self.unit_form = self.pick("none", "head", "row")
        others = {where[one] for one in where if one != parts[-1]}
        single = len({key[2][-1] for key in values}) == 1
        # one number over the items, or numbers over numbers alone, tell nobody that they are days
        bare = where[parts[-1]] != "heads" or (not single and bool({"rows", "heads"} & others))
        number = {parts[-1]: ("{}",) if bare else ()}
        self.labels = {part: self.pick(*forms, *number.get(part, ("{}",))) for part, forms in {
            "month": ("{}月", "{}月份"), "day": ("{}日", "{}号"), "hour": ("{}时", "{:02d}:00", "{}点"),
        }.items()}  # fmt: skip
        self.place_head = self.pick(*PLACE_HEADS[kind])  # one word in all tables of a file
        self.place_line = (
            self.pick("站点：{}", "点位名称: {}", "{}")
            if kind != "samples"
            else self.pick("断面：{}", "断面名称: {}", "{}")
        )

    def outer(self, where):
        """Give the values of the dimensions that stand in `where`, one combination after the other."""
        names = [name for name in ("place", "item", *self.parts) if self.where[name] == where]
        return list(
            dict.fromkeys(
                tuple((name, value_of(key, name, self.parts)) for name in names) for key in self.values
            )
        )

    def n_tables(self):
        """Count the tables of the file: one for each sheet and title."""
        return len(self.outer("sheet")) * len(self.outer("title"))

    def said(self, combination):
        """Spell a combination: time together, then the item, then the place."""
        told = dict(combination)
        time = "".join(SPELLED[part].format(told[part]) for part in self.parts if part in told)
        return [text for text in (time, told.get("item"), told.get("place")) if text]

    def grid(self, keys, title):
        """Give the rows of one table and the areas that are merged."""
        heads = list(
            dict.fromkeys(
                tuple(value_of(key, name, self.parts) for name in self.head_dims) for key in sorted(keys)
            )
        )
        heads.sort(key=lambda one: [str(part).zfill(4) for part in one])
        stubs = self.stubs()
        row_names = [name for name in ("place", "item", *self.parts) if self.where[name] == "rows"]
        lines = list(
            dict.fromkeys(
                tuple(value_of(key, name, self.parts) for name in row_names) for key in sorted(keys)
            )
        )
        levels, merged = self.levels(stubs, heads, len(title))
        rows = [[text] for text in title] + levels
        by = {(tuple(value_of(key, name, self.parts) for name in row_names),
               tuple(value_of(key, name, self.parts) for name in self.head_dims)): value
              for key, value in keys.items()}  # fmt: skip
        for number, line in enumerate(lines, start=1):
            told = dict(zip(row_names, line, strict=True))
            cells = [by.get((line, head)) for head in heads]
            if all(cell is None for cell in cells):
                continue
            mean = [
                round(
                    sum(cell for cell in cells if cell is not None)
                    / max(sum(c is not None for c in cells), 1),
                    3,
                )
            ]
            rows.append([*([number] if self.numbered else []), *(form(told) for _, form in stubs), *cells,
                         *(mean if self.has_mean else [])])  # fmt: skip
        return rows, merged

    @property
    def has_mean(self):
        return self.mean and bool(self.head_dims) and "item" not in self.head_dims

    def stubs(self):
        """Give the columns beside the values: head and how a row fills it."""
        columns = []
        if self.where["place"] == "rows":
            columns.append((self.place_head, lambda told: told["place"]))
        columns += self.times()
        if self.where["item"] == "rows":
            columns.append((self.pick("监测项目", "项目", "指标", "污染物"), lambda told: told["item"]))
        return columns

    def times(self):
        names = self.rows_time
        if not names:
            return []
        whole = names == self.parts[: len(names)] and "day" in names
        if self.time_form == "whole" and (whole or names in (["year", "month"], ["month", "day"])):
            return [
                (
                    TIME_HEADS[self.kind] if names == self.parts else "日期",
                    lambda told: self.whole(told, names),
                )
            ]
        if (
            self.time_form == "paired"
            and "hour" in names
            and names[:-1] in (["year", "month", "day"], ["month", "day"])
        ):
            return [("日期", lambda told: self.whole(told, names[:-1])),
                    (self.pick("小时", "时"), lambda told: told["hour"])]  # fmt: skip
        return [(self.pick(*PART_HEADS[name]), lambda told, name=name: told[name]) for name in names]

    def whole(self, told, names):
        text = "".join(SPELLED[name].format(told[name]) for name in names)
        if "day" not in names or "year" not in names:
            return text
        day = f"{told['year']}-{told['month']:02d}-{told['day']:02d}"
        return f"{day} {told['hour']:02d}:00" if "hour" in names else day

    def levels(self, stubs, heads, below):
        """Give the rows of heads, and what is merged in them."""
        left = (["序号"] if self.numbered else []) + [head for head, _ in stubs]
        if not self.head_dims:
            return [[*left, self.pick("监测值", "浓度", "数值")]], []
        texts = [[self.head(name, one[at]) for one in heads] for at, name in enumerate(self.head_dims)]
        rows = [
            [*(left if not level else [None] * len(left)), *self.shown(row, heads, level, last=level == len(texts) - 1),
             *(["均值" if not level else None] if self.has_mean else [])]
            for level, row in enumerate(texts)
        ]  # fmt: skip
        merged = self.merges(rows, len(left), len(heads), below)
        if self.unit_form == "row" and "item" in self.head_dims:
            names = [one[self.head_dims.index("item")] for one in heads]
            rows.append([*[None] * len(left), *(self.unit(name) for name in names)])
        return rows, merged

    def shown(self, row, heads, level, *, last):
        """Leave out a head that stands over the column before too."""
        same = [at > 0 and heads[at][: level + 1] == heads[at - 1][: level + 1] for at in range(len(row))]
        return [None if again and not last else text for text, again in zip(row, same, strict=True)]

    def merges(self, rows, left, width, below):
        """Give the areas of heads that stand over several columns or rows."""
        if len(rows) == 1:
            return []
        alone = [*range(left), *([left + width] if self.has_mean else [])]
        merged = [(below, at, below + len(rows) - 1, at) for at in alone]
        for level, row in enumerate(rows[:-1]):
            starts = [at for at in range(left, left + width) if row[at] is not None]
            for start, end in itertools.pairwise([*starts, left + width]):
                if end - start > 1:
                    merged.append((below + level, start, below + level, end - 1))
        return merged

    def head(self, name, value):
        if name == "item":
            unit = self.unit(value)
            return f"{value}({unit})" if self.unit_form == "head" and unit else value
        if name == "place":
            return value
        text = self.labels[name].format(value)
        return int(text) if text.isdigit() else text

    def unit(self, item):
        return None if item == "pH" else "mg/m³" if item == "CO" else UNITS[self.kind]

    def title(self, combination):
        """Give the lines above a table."""
        told = dict(combination)
        lines = []
        if combination or self.pick(True, False):
            time = "".join(SPELLED[part].format(told[part]) for part in self.parts if part in told)
            lines.append(f"{time}{TITLES[self.kind]}{'（' + told['item'] + '）' if 'item' in told else ''}")
        if "place" in told:
            lines.append(self.place_line.format(told["place"]))
        return lines

    def sheets(self):
        """Give name, rows and merges of each sheet."""
        for number, of_sheet in enumerate(self.outer("sheet"), start=1):
            rows, merged = [], []
            for of_title in self.outer("title"):
                keys = {key: value for key, value in self.values.items() if all(
                    value_of(key, name, self.parts) == told for name, told in (*of_sheet, *of_title))}  # fmt: skip
                if not keys:
                    continue
                more, areas = self.grid(keys, self.title(of_title))
                merged += [(a + len(rows), b, c + len(rows), d) for a, b, c, d in areas]
                rows += more
                rows += [[note] for note in self.pick([], NOTES[:1], NOTES[1:])] + self.pick([], [[]])
            if rows:
                yield " ".join(self.said(of_sheet)) or f"Sheet{number}", rows, merged

    def name(self):
        """Give the name of the file."""
        said = [text for one in self.outer("file") for text in self.said(one)]
        return "_".join(said) or self.pick("监测数据", "导出结果", "data")


def write_csv(path, sheets):
    ((_, rows, _),) = sheets
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([["" if cell is None else cell for cell in row] for row in rows])


def write_xlsx(path, sheets):
    with xlsxwriter.Workbook(path) as book:
        for name, rows, merged in sheets:
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows):
                sheet.write_row(at, 0, row)
            for area in merged:
                sheet.merge_range(*area, rows[area[0]][area[1]])


def long_form(found, kind):
    """Give back what was read: item by item."""
    told = {}
    names = {column: item for item, column in ITEMS[kind].items()}
    place, time = (
        ("section", "sampled_at")
        if kind == "samples"
        else ("station", "time" if kind == "air_hours" else "date")
    )
    for row in found.table.to_dict("records"):
        for column in measured(kind):
            if column in row and row[column] == row[column] and row[column] is not None and column in names:
                told[row[place], names[column], row[time].to_pydatetime()] = round(float(row[column]), 6)
    return told


def moment_of(time):
    year, month, day, hour = (*time, *(1, 1, 0)[len(time) - 1 :]) if len(time) < 4 else time
    return dt.datetime(year, month, day) + dt.timedelta(hours=hour)  # noqa: DTZ001


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[*HealthCheck])
@given(st.data())
def test_any_arrangement_gives_the_records_of_the_long_form(data):
    kind, parts, values = data.draw(tables())
    sheets = data.draw(st.booleans())
    where = data.draw(arrangements(parts, values, sheets))
    layout = Layout(data.draw, kind, parts, values, where)
    assume(layout.n_tables() <= MOST_TABLES and len(values) <= MOST_VALUES)
    made = list(layout.sheets())
    assume(all(max(map(len, rows)) > 2 for _, rows, _ in made))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{layout.name()}{'.xlsx' if sheets else '.csv'}"
        (write_xlsx if sheets else write_csv)(path, made)
        assert guess_kind(path) == kind
        found = read_file(path, Options(kind=kind, layer="x"))
        assert adds_up(found)
    expected = {
        (place, item, moment_of(time)): round(float(value), 6)
        for (place, item, time), value in values.items()
    }
    assert long_form(found, kind) == expected
    assert len(found.table) <= found.sources["rows_kept"].sum() <= len(expected)
