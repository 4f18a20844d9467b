"""The list of what a kit is made of (SBOM), as CycloneDX 1.6 in JSON: each wheel with its hash and its licence."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from email.message import Message
from urllib.parse import quote

SPEC, SCHEMA = "1.6", "http://cyclonedx.org/schema/bom-1.6.schema.json"
OSI = re.compile(r"License :: (?:OSI Approved :: )?(.+)")
LONGEST = 100  # a longer licence field is its whole text


def sbom(wheels: Iterable[tuple[Message, str]], own: str, about: Mapping[str, str]) -> dict[str, object]:
    """Give the list.

    Parameters
    ----------
    wheels
        The metadata of each wheel and its SHA-256.
    own
        The plain name of the one that the kit is for; the others are its components.
    about
        What else is said of the kit, name → value.
    """
    parts = {_plain(said): _component(said, sha256) for said, sha256 in wheels}
    main = {**parts.pop(own), "type": "application"}
    told = [{"name": name, "value": value} for name, value in sorted(about.items())]
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "version": 1,
        "metadata": {"component": main, "properties": told},
        "components": [parts[name] for name in sorted(parts)],
    }


def _component(said: Message, sha256: str) -> dict[str, object]:
    name, version = _plain(said), str(said["Version"])
    address = f"pkg:pypi/{name}@{quote(version)}"
    made = {
        "type": "library",
        "bom-ref": address,
        "name": name,
        "version": version,
        "purl": address,
        "hashes": [{"alg": "SHA-256", "content": sha256}],
    }
    licences = _licences(said)
    return made | ({"licenses": licences} if licences else {})


def _licences(said: Message) -> list[dict[str, object]]:
    """Give the licence as the wheel says it: an expression, a name, or its classifiers."""
    if expression := said["License-Expression"]:
        return [{"expression": str(expression)}]
    known = [found[1] for one in said.get_all("Classifier") or () if (found := OSI.fullmatch(one))]
    text = str(said["License"] or "").strip()
    names = known or ([text] if text and len(text) <= LONGEST and "\n" not in text else [])
    return [{"license": {"name": name}} for name in names]


def _plain(said: Message) -> str:
    return re.sub(r"[-_.]+", "-", str(said["Name"])).lower()
