"""What a person should know of a source: a code and a message in both languages, in its stored form."""

from __future__ import annotations

from typing import Any

from gis.base.messages import Message

Finding = tuple[str, str]
Findings = list[Finding]


def finding(code: str, zh: str, en: str, /, **values: Any) -> Finding:
    """Make a finding; `values` as of `Message`."""
    return code, Message(zh, en, **values).stored
