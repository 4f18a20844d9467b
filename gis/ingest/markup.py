"""XML of offices, parsed without any of its declarations: nothing is expanded, nothing is fetched."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET
from xml.parsers import expat

from gis.base.errors import FileError
from gis.ingest.encoding import text_encoding
from gis.ingest.refusals import refusal

_DECLARED = re.compile(rb"\A\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_DECLARATION = re.compile(r"\A\ufeff?\s*<\?xml[^>]*\?>")


class _Declared(Exception):  # noqa: N818
    """The document has a DTD."""


class _Begun(Exception):  # noqa: N818
    """The root element begins: no DTD can follow."""


def parsed(data: bytes, file: str) -> ET.Element:
    """Parse a document in the encoding that it says and its bytes are, else in the one they are.

    Raises
    ------
    FileError
        Not well-formed, or with a DTD: entities can unfold to any size and name files.
    EncodingError
        No encoding fits.
    """
    text = _DECLARATION.sub("", _decoded(data, file)).strip()
    try:
        _refuse_dtd(text, file)
        return ET.fromstring(text)  # noqa: S314  a document with a DTD was refused
    except (ET.ParseError, expat.ExpatError) as error:
        raise refusal(FileError, "xml_malformed", file, found=str(error)) from error


def local(element: ET.Element) -> str:
    """Give the name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def text_of(element: ET.Element, name: str) -> str:
    """Give the text of the first child of a name; empty where there is none."""
    child = next((one for one in element if local(one) == name), None)
    return "" if child is None else "".join(child.itertext()).strip()


def _decoded(data: bytes, file: str) -> str:
    if found := _DECLARED.match(data):
        codec = "gb18030" if found[1].lower() in (b"gbk", b"gb2312") else found[1].decode()
        try:
            return data.decode(codec)
        except (LookupError, UnicodeDecodeError):
            pass
    try:
        return data.decode(text_encoding(data, file)[0])
    except UnicodeDecodeError as error:
        raise refusal(FileError, "xml_malformed", file, found=str(error)) from error


def _refuse_dtd(text: str, file: str) -> None:
    scout = expat.ParserCreate()

    def declared(*_: object) -> None:
        raise _Declared

    def begun(*_: object) -> None:
        raise _Begun

    scout.StartDoctypeDeclHandler = declared
    scout.StartElementHandler = begun
    try:
        scout.Parse(text, True)
    except _Begun:
        return
    except _Declared:
        raise refusal(FileError, "xml_dtd", file, found="<!DOCTYPE") from None
