"""What a county's folder may say: every key is checked, an unknown one is an error."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AliasChoices, BaseModel, ConfigDict, Field, StringConstraints

from gis.base.messages import Message

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
    en: str

    @property
    def message(self) -> Message:
        """The text as a message."""
        return Message("{zh}", "{en}", zh=self.zh, en=self.en)


def in_both(text: Words | str) -> Message:
    """Give a text of the catalogue, written in one language or in both, as a message."""
    return text.message if isinstance(text, Words) else Message("{text}", "{text}", text=text)


class FieldFrom(Model):
    """A canonical column taken from a head of the file, with the unit the file has it in."""

    head: str = Field(alias="from")
    unit: str | None = None


class Answer(Model):
    """What a person answered to a question about a file: who, when, and for which layout of its heads."""

    value: str
    layout: str | None = None
    date: dt.date | None = None
    by: str = ""


class About(Model):
    """Where a layer comes from and who may see it: its 密级, 保密期限, 知悉范围 and 不公开字段.

    `withheld_columns` are personal or a taxpayer's, by the file's heads or the names of canonical columns: a
    public copy has none of their cells.
    """

    source: Words | str
    legal_basis: str = ""
    date: dt.date | None = None
    confidentiality: Secrecy = Field(
        default="public", validation_alias=AliasChoices("密级", "confidentiality")
    )
    secret_for: str = Field(default="", validation_alias=AliasChoices("保密期限", "secret_for"))
    known_to: str = Field(default="", validation_alias=AliasChoices("知悉范围", "known_to"))
    withheld_columns: Sequence[str] = Field(
        default=(), validation_alias=AliasChoices("不公开字段", "withheld_columns")
    )
    unsure: Words | str = ""

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it."""
        return self.confidentiality == SECRECY[0]

    @property
    def secrecy_word(self) -> Words:
        """Its 密级 as an office writes it, with the English word."""
        at = SECRECY.index(self.confidentiality)
        return Words(zh=SECRECY_WORDS[at], en=SECRECY[at].replace("_", " "))


class Style(Model):
    """How a layer without an official style is drawn."""

    color: str | None = None
    pattern: Literal["solid", "hatch", "dots", "dash"] | None = None
    show: bool = True


class Layer(Model):
    """One layer of the catalogue: a table, a vector layer or a raster."""

    id: Identifier
    kind: Kind
    title: Words
    files: Sequence[str] = Field(min_length=1)
    about: About
    group: Group = "base"
    line_type: LineType | None = None
    part: str | None = None
    crs: str | None = None
    encoding: str | None = None
    head_row: int | None = None
    date: dt.date | None = None
    fields: dict[str, str | FieldFrom] = {}
    constants: dict[str, str | int | float | bool | dt.date] = {}
    answers: dict[str, Answer] = {}
    hidden: Literal["count", "leave_out"] = "count"
    style: Style = Style()
    classes: dict[str, Words] = {}


class Goal(Model):
    """What a target asks for."""

    comparator: Literal[">", ">=", "<", "<=", "="]
    value: float
    unit: str


class Plan(Model):
    """The document a target comes from: its words to the letter, how far they bind, and to which side.

    `word` (力争, 确保) pledges, `bound` (以上, 超, 低于) is the comparator; both stand in the sentence.
    """

    document: str
    sentence: str
    word: str = ""
    bound: str = ""
    kind: Literal["binding", "anticipatory", "unstated"] = "unstated"
    verified: bool = False
    note: Words | None = None


class Target(Model):
    """One target of the plan: an indicator, a period and a goal."""

    id: Identifier
    title: Words
    group: Literal["land", "water", "air", "actions"]
    indicator: str
    place: str | None = None
    period: str = Field(pattern=r"^\d{4}$")
    goal: Goal
    carried_forward: bool = False
    counting_event: Event | None = None
    counting_events: dict[str, Event] = {}
    categories: Sequence[str] = ()
    reclamation_counts: bool = True
    area: Literal["legal", "declared", "document"] = "legal"
    editions: dict[str, str] = {}
    unsure: Words | None = None
    plan: Plan

    @property
    def measured_by(self) -> str:
        """The indicator with the area it is measured in: `land.renewed_area_declared`."""
        return self.indicator if self.area == "legal" else f"{self.indicator}_{self.area}"


class YearlyTarget(Target):
    """A target of an office's yearly table (年度目标任务分解表), with its own timetable.

    `due` is what the table asks for by the end of a month, from the year's start (序时进度).
    """

    due: dict[int, float] = {}
    owner: str = ""
    source: str
    source_row: int


class Task(Model):
    """A task of the plan without a number: counted by indicators, or not measured for want of a file."""

    id: Identifier
    title: Words
    group: Literal["land", "water", "air", "actions"]
    period: str = Field(pattern=r"^\d{4}$")
    indicators: Sequence[str] = ()
    needs: Words
    plan: Plan


class Sliver(Model):
    """Smaller pieces are listed apart, never dropped."""

    area_m2: float = 1.0
    width_m: float = 0.1


class Unless(Model):
    """A record that fills `field` gets another verdict."""

    field: str
    verdict: Verdict
    exception: Words


class Rule(Model):
    """What it means that a subject touches a line.

    A rule that names `categories` or `land_use_after` speaks of those parcels alone, and before one
    that names neither.
    """

    id: Identifier
    subject: str
    line: LineType
    categories: Sequence[str] = ()
    land_use_after: Sequence[str] = ()
    outside: bool = False
    verdict: Verdict
    severity: Literal["high", "medium", "low", "none"]
    clause: str
    unless: Unless | None = None
    sliver: Sliver = Sliver()
    verified: bool = True
    note: Words | None = None


class Place(Model):
    """A town, a street or a zone of the county, with the names seen for it."""

    code: str
    name: Words
    aliases: Sequence[str] = ()


class Dust(Model):
    """Whether sand-dust days stay in figures; publishers differ, both values are shown."""

    concentrations: Literal["kept", "removed"] = "kept"
    good_days: Literal["kept", "removed"] = "kept"


class County(Model):
    """The county itself."""

    adcode: str = Field(pattern=r"^\d{6}$")
    name: Words
    border: Words = Words(zh="县域界线", en="County boundary")
    sample: bool = False
    extent: tuple[float, float, float, float]
    plan_years: tuple[int, int]
    towns: Sequence[Place] = ()
    zones: Sequence[Place] = ()
    air_stations: Sequence[str] = ()
    dust: Dust = Dust()
    assessed_levels: Sequence[str] = ("national", "provincial")
    baseline_year: int | None = None
    flagged_values: Literal["count", "leave_out"] = "count"
    water_statistics: str | None = None
    note: Words | None = None


class Alerts(Model):
    """From where on something is an alert; what is not named is not watched."""

    classes_dropped: int | None = Field(default=None, ge=1)
    below_target: bool = False
    out_of_reach: bool = False
    bad_days_left: int | None = Field(default=None, ge=0)
    pm25_above_path: float | None = Field(default=None, ge=0)
    air_silent_hours: float | None = Field(default=None, gt=0)
    water_silent_hours: float | None = Field(default=None, gt=0)


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
