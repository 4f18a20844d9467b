"""Look at every file of a folder as the door does, and ask what no file can say."""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from gis.base.errors import Choice, CrsError, GisError, Question
from gis.base.messages import Message, listed, ready
from gis.catalogue.model import SUBJECTS, Answer
from gis.founding.phrases import TEXTS, phrase
from gis.ingest import (
    KINDS,
    LINE_TYPES,
    RASTER_KINDS,
    Ingested,
    Options,
    files_of,
    guess_kind,
    line_type_of,
    parts_of,
    read_file,
)
from gis.ingest.heads import recognised

CRS, KIND, LINE, SUBJECT = "crs", "kind", "line", "subject"
LEAST_HEADS = 2
RENEWAL = ("更新", "盘活", "低效")
LINE_WORDS = ("生态保护红线", "永久基本农田", "城镇开发边界", "生态空间管控区域")
TIF = (".tif", ".tiff")
NO_DATA = Message("不是数据文件", "no file of data")
SYSTEMS = tuple(Choice(code, means) for code, means in TEXTS.parts("systems").items())


@dataclass(frozen=True)
class Asked:
    """A question that the files do not answer: its key, its words, and what may be answered."""

    key: str
    what: Message
    choices: tuple[Choice, ...] = ()
    file: str | None = None
    example: str = ""

    @property
    def name(self) -> str:
        """The key by which it is answered: with its file where it has one."""
        return self.key if self.file is None else f"{self.file}/{self.key}"

    @property
    def flag(self) -> str:
        """The flag that answers it, ready to be typed."""
        first = self.choices[0].value if self.choices else self.example
        return f"--answer {shlex.quote(f'{self.name}={first}')}"

    @property
    def line(self) -> Message:
        """The question and its choices on one line."""
        choices = [phrase("value_means", value=one.value, means=one.means) for one in self.choices]
        among = listed(choices, " | ", " | ") if choices else self.example
        return phrase("asked", name=self.name, what=self.what, choices=among)


Ask = Callable[[Asked], str | None]


@dataclass(frozen=True)
class Part:
    """One file, or one layer of it, as it was read; `file` is its name within the folder."""

    file: str
    part: str | None
    kind: str
    read: Ingested
    line_type: str | None = None
    subject: str | None = None
    crs: str | None = None
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True)
class Survey:
    """What a folder holds: its parts, the files left with the reason, and the questions still open."""

    parts: list[Part] = field(default_factory=list)
    left: list[tuple[str, Message]] = field(default_factory=list)
    open: list[Asked] = field(default_factory=list)


@dataclass(frozen=True)
class _Desk:
    answers: Mapping[str, str]
    by: str
    ask: Ask

    def answer(self, asked: Asked) -> str | None:
        given = self.answers.get(asked.name, self.answers.get(asked.key))
        return self.ask(asked) if given is None else given


def survey(
    folder: Path,
    answers: Mapping[str, str],
    *,
    by: str,
    ask: Ask,
    progress: Callable[[str], None] | None = None,
) -> Survey:
    """Read every file of a folder, whatever it holds; nothing is written."""
    found, desk = Survey(), _Desk(answers, by, ask)
    given = files_of([folder])
    found.left.extend(
        (name, phrase("write_pixels") if name.lower().endswith(TIF) else NO_DATA) for name in given.skipped
    )
    for path in given.paths:
        name = path.relative_to(folder).as_posix()
        if progress:
            progress(name)
        try:
            parts: Sequence[str | None] = parts_of(path) or (None,)
        except GisError as error:
            found.left.append((name, _words(error.what)))
            continue
        for part in parts:
            _look(path, name, part, desk, found)
    return found


def _look(path: Path, name: str, part: str | None, desk: _Desk, found: Survey) -> None:
    """Read one part; a question is asked and the part read again with its answer."""
    shown = name if part is None else f"{name}#{part}"
    try:
        options = _options(path, part, desk.answers.get(f"{shown}/{KIND}"))
        while True:
            try:
                read = read_file(path, options)
                if _is_sure(options.kind, read) or _told(options, KIND) is not None:
                    break
                raise _which_kind(options.kind, shown)
            except (Question, CrsError) as error:
                asked = _asked(error, shown)
                answer = desk.answer(asked)
                if answer is None or _told(options, asked.key) is not None:
                    found.open.append(asked)
                    return
                options = _with(options, asked.key, answer, getattr(error, "layout", ""), desk.by)
                options = replace(options, kind=answer) if asked.key == KIND else options
    except GisError as error:
        found.left.append((shown, _words(error.what)))
        return
    said: dict[str, str | None] = {}
    for asked in _unsaid(options.kind, read, shown):
        said[asked.key] = desk.answer(asked)
        if said[asked.key] not in {choice.value for choice in asked.choices}:
            found.open.append(asked)
    answers = {key: answer for key, answer in options.answers.items() if key != KIND}
    found.parts.append(
        Part(name, part, options.kind, read, said.get(LINE), said.get(SUBJECT), options.crs, answers)
    )


def _kind(path: Path, part: str | None) -> str:
    """Tell the kind; a list of sections has no day of sampling: that is a table of records."""
    kind = guess_kind(path, part=part)
    if kind != "sections":
        return kind
    heads = read_file(path, Options(kind=kind, layer=path.stem, part=part)).heads["head"]
    return "samples" if any(recognised(head, "samples") == "sampled_at" for head in heads.dropna()) else kind


def _options(path: Path, part: str | None, kind: str | None) -> Options:
    said = kind if kind in KINDS else _kind(path, part)
    line = line_type_of(part or path.stem) if said == "control_lines" else None
    options = Options(kind=said, layer=path.stem, part=part, constants={"line_type": line} if line else {})
    return options if kind is None else _with(options, KIND, said, "", "")


def _is_sure(kind: str, read: Ingested) -> bool:
    """Tell whether a kind rests on more than one head: one alone, such as 图斑编号, fits several."""
    return kind == "control_lines" or read.heads["column"].nunique() >= LEAST_HEADS


def _which_kind(kind: str, shown: str) -> Question:
    kinds = (kind, *(one for one in KINDS if one != kind))
    choices = [Choice(one, ready(one)) for one in kinds]
    return Question(phrase("which_kind"), key=KIND, choices=choices, file=shown)


def _asked(error: Question | CrsError, shown: str) -> Asked:
    if isinstance(error, Question):
        return Asked(error.key, _words(error.what), error.choices, shown)
    return Asked(CRS, _words(error.what), SYSTEMS, shown)


def _words(what: Message | str) -> Message:
    return what if isinstance(what, Message) else ready(what)


def _told(options: Options, key: str) -> object:
    return options.crs if key == CRS else options.answers.get(key)


def _with(options: Options, key: str, value: str, layout: str, by: str) -> Options:
    if key == CRS:
        return replace(options, crs=value)
    answer = Answer(value=value, layout=layout or None, date=dt.date.today(), by=by)  # noqa: DTZ011  a desk's day
    return replace(options, answers={**options.answers, key: answer})


def _unsaid(kind: str, read: Ingested, shown: str) -> Iterable[Asked]:
    """Give what the rules must know of a layer and its file does not say."""
    if kind == "parcels" and not any(word in shown for word in RENEWAL):
        subjects = tuple(Choice(name, means) for name, means in SUBJECTS.items())
        yield Asked(SUBJECT, phrase("which_subject"), subjects, shown)
    if kind == "control_lines" and not read.table["line_type"].isin(LINE_TYPES).all():
        named = zip(LINE_TYPES, LINE_WORDS, strict=True)
        yield Asked(
            LINE, phrase("which_line"), tuple(Choice(name, ready(zh, name)) for name, zh in named), shown
        )


def is_raster(kind: str) -> bool:
    """Tell a kind that is pixels and no table."""
    return kind in RASTER_KINDS
