"""Where each key of a TOML text stands: `tomllib` keeps no line numbers, a person needs them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

Path = tuple[str | int, ...]

_TOKEN = re.compile(
    r"""
    (?P<skip>[ \t\r]+|\#[^\n]*)
    |(?P<newline>\n)
    |(?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*')
    |(?P<mark>[\[\]{},=.])
    |(?P<bare>[^\s\[\]{},=.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def key_lines(text: str) -> dict[Path, int]:
    """Map every key, table and array element of a valid TOML text to its line, counted from 1.

    Parameters
    ----------
    text
        A text that `tomllib.loads` accepts.

    Returns
    -------
    lines
        `("layer", 0, "fields", "town")` → line; the n-th `[[layer]]` is `("layer", n)`.
    """
    reader = _Reader(text)
    reader.read()
    return reader.lines


def line_at(lines: dict[Path, int], path: Iterable[str | int]) -> tuple[Path, int]:
    """Follow `path` as far as the text has it, leaving out steps it has not; give that and its line."""
    found: Path = ()
    for step in path:
        if (*found, step) in lines:
            found = (*found, step)
    return found, lines.get(found, 1)


class _Reader:
    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._sizes: dict[Path, int] = {}
        self._tokens = self._split(text)
        self._next = 0

    @staticmethod
    def _split(text: str) -> list[_Token]:
        tokens, line = [], 1
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup or ""
            if kind != "skip":
                tokens.append(_Token(kind, match.group(), line))
            line += match.group().count("\n")
        return [*tokens, _Token("end", "", line)]

    def read(self) -> None:
        table: Path = ()
        while (token := self._peek()).kind != "end":
            if token.kind == "newline":
                self._take()
            elif token.text == "[":
                table = self._header()
            else:
                self._pair(table)

    def _peek(self) -> _Token:
        return self._tokens[self._next]

    def _take(self) -> _Token:
        self._next += 1
        return self._tokens[self._next - 1]

    def _skip(self, texts: str) -> None:
        while self._peek().kind == "newline" or (self._peek().kind == "mark" and self._peek().text in texts):
            self._take()

    def _key(self) -> Path:
        steps: list[str | int] = []
        while self._peek().kind in ("bare", "text") or self._peek().text == ".":
            token = self._take()
            if token.text != ".":
                steps.append(token.text.strip("\"'") if token.kind == "text" else token.text)
        return tuple(steps)

    def _header(self) -> Path:
        line = self._take().line
        repeated = self._peek().text == "["
        self._skip("[")
        *parents, name = self._key()
        self._skip("]")
        table: Path = ()
        for step in parents:
            table = self._current((*table, step))
        table = (*table, name)
        self.lines.setdefault(table, line)
        if repeated:
            self._sizes[table] = self._sizes.get(table, -1) + 1
        table = self._current(table)
        self.lines.setdefault(table, line)
        return table

    def _current(self, table: Path) -> Path:
        return (*table, self._sizes[table]) if table in self._sizes else table

    def _pair(self, table: Path) -> None:
        line = self._peek().line
        path = table
        for step in self._key():
            path = (*path, step)
            self.lines.setdefault(path, line)
        self._take()
        self._value(path)

    def _value(self, path: Path) -> None:
        token = self._peek()
        if token.text == "[":
            self._array(path)
        elif token.text == "{":
            self._inline(path)
        else:
            while self._peek().kind not in ("newline", "end") and self._peek().text not in (",", "]", "}"):
                self._take()

    def _array(self, path: Path) -> None:
        self._take()
        index = 0
        self._skip(",")
        while self._peek().text != "]":
            self.lines[*path, index] = self._peek().line
            self._value((*path, index))
            index += 1
            self._skip(",")
        self._take()

    def _inline(self, path: Path) -> None:
        self._take()
        self._skip(",")
        while self._peek().text != "}":
            self._pair(path)
            self._skip(",")
        self._take()
