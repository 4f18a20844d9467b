"""Every error a person can meet, each with the file, the row and the fix.

GisError
├── UsageError        the command line asks for something impossible
├── Question          two readings of a file give different numbers: the person chooses, once for good
├── CatalogueError    layers/*.toml: unknown key, missing file, wrong field name
├── StandardError     gis/standards/*.toml or layers/standards/*.toml
│   └── EditionError  no edition of a family is in force on a date
├── FileError         a file cannot be read at all
│   ├── EncodingError no encoding fits the bytes
│   ├── FormatError   a format that must be exported to another one first
│   ├── ColumnError   a needed column is not there
│   └── UnforeseenError nobody foresaw it: a fault of this program
├── CrsError          the CRS is missing or contradicts the coordinates
├── GeometryError     a geometry cannot be measured
├── ProofError        pieces and remainder do not add up to the whole
├── FigureError       an unknown figure or indicator
└── AssetError        a page would need something from the network
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from gis.base.messages import Language, Message, Text, language, shown

FOUND, FIX = Message("发现  ", "found  "), Message("办法  ", "fix    ")


class GisError(Exception):
    """A fault that a person can mend; it names the place, what was found and the fix.

    Parameters
    ----------
    what
        One sentence: what is wrong.
    file
        The file, as the user knows it.
    row
        Row or line number as the user sees it (Excel's row, feature from 1, TOML line).
    found
        What was there instead; a plain string is shown as it stands.
    fix
        What to write or to do.
    """

    row_word: ClassVar[str] = "row"

    def __init__(
        self,
        what: Text,
        *,
        file: str | None = None,
        row: int | str | None = None,
        found: Text | None = None,
        fix: Text | None = None,
    ) -> None:
        self.what, self.file, self.row, self.found, self.fix = what, file, row, found, fix
        super().__init__(self.message())

    def __str__(self) -> str:
        return self.message()

    def message(self, chosen: Language | None = None) -> str:
        """Give the whole text in one language: place, what, then what was found and the fix below."""
        spoken = chosen or language()
        place = self.file or ""
        if self.row is not None:
            put = Message("第 {row} 行", f"{self.row_word} {{row}}", row=self.row)
            place = f"{place} {put.zh}" if spoken == "zh" else ", ".join(filter(None, (place, put.en)))
        what = shown(self.what, spoken)
        lines = [(f"{place.strip()}：{what}" if spoken == "zh" else f"{place}: {what}") if place else what]
        for word, text in ((FOUND, self.found), (FIX, self.fix)):
            if text is not None:
                lines.append(f"  {word.in_language(spoken)}{shown(text, spoken)}")
        return "\n".join(lines)


class UsageError(GisError):
    """The command line asks for something impossible."""


class CatalogueError(GisError):
    """A file of the catalogue is wrong; `row` is the line in the TOML file."""

    row_word = "line"


class StandardError(GisError):
    """A data file of a standard is wrong."""


class EditionError(StandardError):
    """No edition of a family is in force on the date, or the id is unknown."""


class FileError(GisError):
    """A file cannot be read at all."""


class EncodingError(FileError):
    """No encoding fits the bytes of a text file."""


class FormatError(FileError):
    """The format is not read here; the fix says what to export instead."""


class ColumnError(FileError):
    """A needed column was not recognised."""


class UnforeseenError(FileError):
    """Reading or judging failed in a way that nobody foresaw: a fault of this program.

    Parameters
    ----------
    error
        What was raised; a text of it that names a place on the disk is not shown.
    """

    def __init__(self, error: Exception, *, file: str | None = None, row: int | str | None = None) -> None:
        text = " ".join(str(error).split())[:200]
        shown_text = "" if "/" in text or "\\" in text else text
        super().__init__(
            Message(
                "程序没有料到这种情况，是程序的错误",
                "failed in a way that nobody foresaw, a fault of this program",
            ),
            file=file, row=row, found=": ".join(filter(None, (type(error).__name__, shown_text))),
            fix=Message(
                "把日志和该文件交给程序维护人员；也可以在 Excel 或 QGIS 中另存后再试",
                "give the log and the file to those who maintain the program; or save the file anew in Excel or QGIS",
            ),
        )  # fmt: skip


class CrsError(GisError):
    """The CRS is missing or contradicts the coordinates."""


class GeometryError(GisError):
    """A geometry cannot be measured."""


class ProofError(GisError):
    """Pieces and remainder do not add up to the whole."""


class FigureError(GisError):
    """An unknown figure or indicator."""


class AssetError(GisError):
    """A page would need something from the network, or a pinned asset is not what it was."""


@dataclass(frozen=True)
class Choice:
    """One reading of a file: the word that chooses it, what it means, and rows of the file so read."""

    value: str
    means: Message
    examples: tuple[str, ...] = ()


class Question(FileError):  # noqa: N818
    """Two readings of a file give different numbers; an answer settles it for the source and its layout.

    `gis.ingest.questions.ask` gives the answer that `--answer` or the catalogue holds, or raises this.

    Parameters
    ----------
    what
        The question in one sentence.
    key
        Names it within the file, as `unit:面积`; an answer is given as `key=value`.
    choices
        The readings that are possible.
    option
        The flag that answers it, where another than `--answer KEY=VALUE` does.
    layout
        The mark of the layout that an answer in the catalogue holds for.
    """

    def __init__(
        self,
        what: Text,
        *,
        key: str,
        choices: Sequence[Choice],
        file: str | None = None,
        row: int | str | None = None,
        option: str | None = None,
        layout: str = "",
    ) -> None:
        self.key, self.choices, self.option, self.layout = key, tuple(choices), option, layout
        super().__init__(what, file=file, row=row, found=self._readings(), fix=self._answers())

    def _readings(self) -> Message:
        lines = {
            f"c{at}": Message(
                "{value}：{means}{rows}", "{value}: {means}{rows}", value=one.value, means=one.means,
                rows="".join(f"\n           {row}" for row in one.examples),
            )
            for at, one in enumerate(self.choices)
        }  # fmt: skip
        body = "\n         ".join(f"{{{name}}}" for name in lines)
        return Message(body, body, **lines)

    def _answers(self) -> Message:
        first = self.choices[0].value if self.choices else "…"
        return Message(
            "{flag}（可选：{words}）\n        长期答复：在 layers/*.toml 该图层下写\n        {line}",
            "{flag} (one of {words})\n         once for good: in the layer in layers/*.toml\n         {line}",
            flag=self.option or f"--answer {self.key}={first}",
            words=" | ".join(one.value for one in self.choices),
            line=f'answers."{self.key}" = {{ value = "{first}", layout = "{self.layout}", date = …, by = "…" }}',
        )
