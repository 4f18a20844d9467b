"""What a county's folder may say: every key is checked, an unknown one is an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from gis.base.messages import Message, ready
from gis.catalogue.phrases import TEXTS

Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Kind = Literal[
    "boundaries", "waters", "control_lines", "parcels", "ledger_events", "farmland_cases",
    "sections", "samples", "outfalls", "stations", "air_hours", "air_days", "land_cover", "imagery",
    "tax", "statistics", "actions", "yearly_targets", "water_bank", "features",
]  # fmt: skip
LineType = Literal["red_line", "basic_farmland", "growth_boundary", "control_area"]
Group = Literal["base", "lines", "land", "water", "air", "actions"]
Verdict = Literal[
    "forbidden", "forbidden_in_principle", "forbidden_if_harms", "legacy", "state_council",
    "allowed_if", "review", "positive", "neutral",
]  # fmt: skip
Event = Literal[
    "identified", "approved", "cleared", "supplied", "disposed", "accepted", "recorded", "reversed",
]  # fmt: skip

SUBJECTS = TEXTS.parts("subjects")
SECRECY = ("public", "internal", "secret", "confidential", "top_secret")
SECRECY_WORDS = ("公开", "内部", "秘密", "机密", "绝密")
Secrecy = Annotated[
    Literal[
        "公开", "内部", "秘密", "机密", "绝密", "public", "internal", "secret", "confidential", "top_secret"
    ],
    AfterValidator(lambda word: dict(zip(SECRECY_WORDS, SECRECY, strict=True)).get(word, word)),
]  # fmt: skip


class Model(BaseModel):
    """Base of every entry: unknown keys are errors, values do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Model):
    """A text in Chinese and English."""

    zh: str
    """中文"""
    en: str
    """英文"""

    @property
    def message(self) -> Message:
        """The text as a message."""
        return ready(self.zh, self.en)


def in_both(text: Words | str) -> Message:
    """Give a text of the catalogue, written in one language or in both, as a message."""
    return text.message if isinstance(text, Words) else ready(text)


class FieldFrom(Model):
    """A canonical column taken from a head of the file, with the unit the file has it in."""

    head: str = Field(alias="from")
    """文件中的表头"""
    unit: str | None = None
    """该列的单位，如 公顷、亩、平方米、μg/L；表头自带单位时不写"""


class Answer(Model):
    """What a person answered to a question about a file: who, when, and for which layout of its heads."""

    value: str
    """所选的读法"""
    layout: str | None = None
    """该答复所指表头布局的标记；布局变了重新提问"""
    date: dt.date | None = None
    """答复日期"""
    by: str = ""
    """答复人"""


class About(Model):
    """Where a layer comes from and who may see it: its 密级, 保密期限, 知悉范围 and 不公开字段.

    `withheld_columns` are personal or a taxpayer's, by the file's heads or the names of canonical columns: a
    public copy has none of their cells.
    """

    source: Words | str
    """数据来源：部门或单位"""
    legal_basis: str = ""
    """依据的法律、文件"""
    date: dt.date | None = None
    """数据截至日期；栅格按它分前后期"""
    confidentiality: Secrecy = Field(
        default="public", validation_alias=AliasChoices("密级", "confidentiality")
    )
    """密级：公开、内部、秘密、机密、绝密"""
    secret_for: str = Field(default="", validation_alias=AliasChoices("保密期限", "secret_for"))
    """保密期限，印在每件成果的密级之后"""
    known_to: str = Field(default="", validation_alias=AliasChoices("知悉范围", "known_to"))
    """知悉范围，印在每件成果的密级之后"""
    withheld_columns: Sequence[str] = Field(
        default=(), validation_alias=AliasChoices("不公开字段", "withheld_columns")
    )
    """不公开字段：文件的表头或标准字段名；`gis run --public` 不出这些格"""
    unsure: Words | str = ""
    """没有核对过的内容；每张页面照印"""

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.confidentiality == SECRECY[0]

    @property
    def is_held(self) -> bool:
        """Whether its records stay out of every page: 知悉范围 says who may know it, or it is more than 内部."""
        return bool(self.known_to) or self.confidentiality not in SECRECY[:2]

    @property
    def secrecy_word(self) -> Words:
        """Its 密级 as an office writes it, with the English word."""
        at = SECRECY.index(self.confidentiality)
        return Words(zh=SECRECY_WORDS[at], en=SECRECY[at].replace("_", " "))


class Style(Model):
    """How a layer without an official style is drawn."""

    color: str | None = None
    """颜色，`#RRGGBB`"""
    pattern: Literal["solid", "hatch", "dots", "dash"] | None = None
    """填充：实填、斜线、点、虚线"""
    show: bool = True
    """打开地图时是否显示"""


class Layer(Model):
    """One layer of the catalogue: a table, a vector layer or a raster."""

    id: Identifier
    """图层编号，rules.toml 的 `subject` 引用它"""
    kind: Kind
    """标准表的名称：读成哪一种数据"""
    title: Words
    """图层名称"""
    files: Sequence[str] = Field(min_length=1)
    """文件，相对于本文件夹，可用通配符；或 PostGIS 的表，`postgresql://用户@主机/库#模式.表`"""
    about: About
    """来源、依据、日期和密级"""
    group: Group = "base"
    """所属领域"""
    line_type: LineType | None = None
    """控制线类型，只用于 `kind = "control_lines"`"""
    part: str | None = None
    """工作表或数据库中的图层名"""
    crs: str | None = None
    """文件没有坐标系时写，如 `EPSG:4528`"""
    encoding: str | None = None
    """文件没有说明编码时写，如 `gb18030`"""
    head_row: int | None = None
    """表头所在行，从 1 起；只在识别有误时写"""
    date: dt.date | None = None
    """文件没有日期时，全部记录的日期"""
    fields: dict[str, str | FieldFrom] = {}
    """标准字段 = 表头；只写没有自动识别的"""
    constants: dict[str, str | int | float | bool | dt.date] = {}
    """标准字段 = 常量：全部记录都是这个值"""
    answers: dict[str, Answer] = {}
    """对读数疑问的答复，键由提问时给出"""
    hidden: Literal["count", "leave_out"] = "count"
    """隐藏的行列：计入（并列出），或不计"""
    style: Style = Style()
    """没有规定图式的图层怎么画"""
    classes: dict[str, Words] = {}
    """栅格类别代码的名称"""


class Goal(Model):
    """What a target asks for."""

    comparator: Literal[">", ">=", "<", "<=", "="]
    """比较：数值与目标值"""
    value: float
    """目标值"""
    unit: str
    """目标值的单位，可与指标的单位不同"""


class Plan(Model):
    """The document a target comes from: its words to the letter, how far they bind, and to which side.

    `word` (力争, 确保) pledges, `bound` (以上, 超, 低于) is the comparator; both stand in the sentence.
    """

    document: str
    """文件名称"""
    sentence: str
    """原句，一字不改"""
    word: str = ""
    """计划用语：力争、确保、完成、推进…"""
    bound: str = ""
    """以上、超、低于…：决定比较符"""
    kind: Literal["binding", "anticipatory", "unstated"] = "unstated"
    """约束性、预期性；文件未写为 `unstated`"""
    verified: bool = False
    """是否核对过官方文本"""
    note: Words | None = None
    """页面上的说明"""


class Target(Model):
    """One target of the plan: an indicator, a period and a goal."""

    id: Identifier
    """目标编号"""
    title: Words
    """目标名称"""
    group: Literal["land", "water", "air", "actions"]
    """所属领域"""
    indicator: str
    """指标编号，见“指标”一页"""
    place: str | None = None
    """地区代码；不写为全县（市）"""
    period: str = Field(pattern=r"^\d{4}$")
    """年度"""
    goal: Goal
    """目标值"""
    carried_forward: bool = False
    """以后各年是否也按它评价"""
    counting_event: Event | None = None
    """盘活面积按哪个事件计入"""
    counting_events: dict[str, Event] = {}
    """按盘活类型分别指定计入事件"""
    categories: Sequence[str] = ()
    """只计这些盘活类型"""
    reclamation_counts: bool = True
    """土地复垦是否计入"""
    area: Literal["legal", "declared", "document"] = "legal"
    """按椭球面积、申报面积或文件面积"""
    editions: dict[str, str] = {}
    """指定评价所依的版本，代替当期版本"""
    unsure: Words | None = None
    """目标本身没有说清的地方"""
    plan: Plan
    """目标出自哪份文件、哪句话"""

    @property
    def measured_by(self) -> str:
        """The indicator with the area it is measured in: `land.renewed_area_declared`."""
        return self.indicator if self.area == "legal" else f"{self.indicator}_{self.area}"


class YearlyTarget(Target):
    """A target of an office's yearly table (年度目标任务分解表), with its own timetable.

    `due` is what the table asks for by the end of a month, from the year's start (序时进度).
    """

    due: dict[int, float] = {}
    """月份 = 到该月底应达到的数（序时进度）"""
    owner: str = ""
    """责任单位"""
    source: str
    """来自哪个文件"""
    source_row: int
    """来自哪一行"""


class Task(Model):
    """A task of the plan without a number: counted by indicators, or not measured for want of a file."""

    id: Identifier
    """任务编号"""
    title: Words
    """任务名称"""
    group: Literal["land", "water", "air", "actions"]
    """所属领域"""
    period: str = Field(pattern=r"^\d{4}$")
    """年度"""
    indicators: Sequence[str] = ()
    """用来计量它的指标"""
    needs: Words
    """缺什么文件才能计量"""
    plan: Plan
    """任务出自哪份文件、哪句话"""


class Sliver(Model):
    """Smaller pieces are listed apart, never dropped."""

    area_m2: float = 1.0
    """小于此面积的为碎屑面（m²）"""
    width_m: float = 0.1
    """平均宽度小于此数的为碎屑面（m）"""


class Unless(Model):
    """A record that fills `field` gets another verdict."""

    field: str
    """填了这个字段的地块"""
    verdict: Verdict
    """改判为"""
    exception: Words
    """例外的名称"""


class Rule(Model):
    """What it means that a subject touches a line.

    A rule that names `categories` or `land_use_after` speaks of those parcels alone, and before one
    that names neither.
    """

    id: Identifier
    """规则编号"""
    subject: str
    """受检图层的编号，或对象类别"""
    line: LineType
    """控制线类型"""
    categories: Sequence[str] = ()
    """只用于这些盘活类型"""
    land_use_after: Sequence[str] = ()
    """只用于这些现地类（名称或代码）"""
    outside: bool = False
    """落在线外为涉及（城镇开发边界）"""
    verdict: Verdict
    """结论"""
    severity: Literal["high", "medium", "low", "none"]
    """轻重；`none` 不计入"""
    clause: str
    """条款"""
    unless: Unless | None = None
    """例外"""
    sliver: Sliver = Sliver()
    """碎屑面的限值"""
    verified: bool = True
    """条款是否核对过原文"""
    note: Words | None = None
    """页面上的说明"""


class Place(Model):
    """A town, a street or a zone of the county, with the names seen for it."""

    code: str
    """行政区划代码"""
    name: Words
    """名称"""
    aliases: Sequence[str] = ()
    """文件中出现过的其他写法"""


class Dust(Model):
    """Whether sand-dust days stay in figures; publishers differ, both values are shown."""

    concentrations: Literal["kept", "removed"] = "kept"
    """浓度均值是否含沙尘日"""
    good_days: Literal["kept", "removed"] = "kept"
    """优良天数是否含沙尘日"""


class Basemap(Model):
    """A map of others under ours, asked for only when a reader of a page turns it on."""

    title: Words = Words(zh="底图（第三方）", en="Base map of others")
    """图例中的名称"""
    url: str = Field(pattern=r"^(https://[\w.{}:-]+/.*|[^:/][^:]*)\{z\}")
    """瓦片地址，含 {z} {x} {y}：https 开头，或与页面同放的文件夹"""
    key: str = ""
    """自己的密钥，代入地址中的 {key}"""
    gcj02: bool = False
    """是否 GCJ-02（加偏）：页上提示，数据不作偏移"""


class County(Model):
    """The county itself."""

    adcode: str = Field(pattern=r"^\d{6}$")
    """六位行政区划代码"""
    name: Words
    """名称"""
    border: Words = Words(zh="县域界线", en="County boundary")
    """界线的叫法：县级市写“市域界线”"""
    sample: bool = False
    """是否示例数据：每页印“示例数据”"""
    extent: tuple[float, float, float, float]
    """范围：西、南、东、北，经纬度；坐标按它核对"""
    plan_years: tuple[int, int]
    """规划起止年"""
    towns: Sequence[Place] = ()
    """乡镇、街道"""
    zones: Sequence[Place] = ()
    """园区"""
    air_stations: Sequence[str] = ()
    """计入全市平均的空气站点，名称或编码；空为全部"""
    dust: Dust = Dust()
    """沙尘日是否计入"""
    assessed_levels: Sequence[str] = ("national", "provincial")
    """计入考核的断面级别"""
    baseline_year: int | None = None
    """水质比较的基准年"""
    flagged_values: Literal["count", "leave_out"] = "count"
    """可疑的监测值：计入，或不计"""
    water_statistics: str | None = None
    """以哪个版本的修约为准"""
    note: Words | None = None
    """每页的说明"""
    office: Words | None = None
    """编制单位，印在图幅下方；不写则留空"""
    sm3: bool = False
    """发布的历史除 SHA-256 外是否另记 SM3 校验值"""
    basemap: Basemap | None = None
    """网页上可选的第三方底图；不写则没有，页面不联网"""


class Alerts(Model):
    """From where on something is an alert; what is not named is not watched."""

    classes_dropped: int | None = Field(default=None, ge=1)
    """断面比上月至少变差几类"""
    below_target: bool = False
    """断面当月劣于水质目标"""
    out_of_reach: bool = False
    """断面全年已无法达标"""
    bad_days_left: int | None = Field(default=None, ge=0)
    """剩余可超标天数少于此数"""
    pm25_above_path: float | None = Field(default=None, ge=0)
    """全年 PM2.5 均值高出进度线多少（µg/m³）"""
    air_silent_hours: float | None = Field(default=None, gt=0)
    """空气站多少小时没有数据"""
    water_silent_hours: float | None = Field(default=None, gt=0)
    """水质自动站多少小时没有数据"""


class Catalogue(Model):
    """A whole folder `layers/`, read and checked."""

    folder: Path
    county: County
    layers: tuple[Layer, ...]
    targets: tuple[Target, ...] = ()
    tasks: tuple[Task, ...] = ()
    rules: tuple[Rule, ...] = ()
    alerts: Alerts = Alerts()

    def layer(self, id_: str) -> Layer:
        """Give the layer of an id."""
        return next(layer for layer in self.layers if layer.id == id_)

    def of_kind(self, kind: str) -> tuple[Layer, ...]:
        """Give the layers whose kind is the canonical table `kind`."""
        return tuple(layer for layer in self.layers if layer.kind == kind)
