"""What must be said of everything that is made of a layer: sample data, 密级 with its term and who may know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from gis.catalogue.model import SECRECY, County, Layer, Words

LABELS = {
    "internal": Words(zh="内部资料", en="internal"),
    "secret": Words(zh="秘密", en="secret"),
    "confidential": Words(zh="机密", en="confidential"),
    "top_secret": Words(zh="绝密", en="top secret"),
}


TERMS = {"长期": "a long term"}


class Marking(NamedTuple):
    """One 密级 of what went into a product: its word, its terms, and the layers that have it."""

    word: Words
    terms: Words
    titles_zh: Sequence[str]
    titles_en: Sequence[str]


def secrecy(layers: Iterable[Layer]) -> list[Marking]:
    """Give every 密级 among the layers that is not public, the highest first: that one a product carries."""
    found: dict[str, list[Layer]] = {}
    for layer in layers:
        found.setdefault(layer.about.confidentiality, []).append(layer)
    return [_marking(one, found[one]) for one in reversed(SECRECY) if one in found and one in LABELS]


def _marking(word: str, layers: Sequence[Layer]) -> Marking:
    terms = list(dict.fromkeys(one.about.secret_for for one in layers if one.about.secret_for))
    readers = list(dict.fromkeys(one.about.known_to for one in layers if one.about.known_to))
    said = [("保密期限", "for", terms), ("知悉范围", "known to", readers)]
    told = [
        (zh, en, "、".join(values), ", ".join(TERMS.get(one, one) for one in values))
        for zh, en, values in said
        if values
    ]
    return Marking(
        LABELS[word],
        Words(
            zh="，".join(f"{zh} {values}" for zh, _, values, _ in told),
            en=", ".join(f"{en} {values}" for _, en, _, values in told),
        ),
        list(dict.fromkeys(one.title.zh for one in layers)),
        list(dict.fromkeys(one.title.en for one in layers)),
    )


def stamps(county: County, layers: Iterable[Layer]) -> dict[str, str]:
    """Give the notes that every row of a table made of `layers` carries: column → text.

    Returns
    -------
    stamps
        `data_note` for a sample county; `confidentiality` with each 密级 that is not public, the highest first, its
        保密期限 and 知悉范围, and the titles of its layers.
    """
    found: dict[str, str] = {}
    if county.sample:
        found["data_note"] = "示例数据 sample data"
    told = [
        f"{one.word.zh} {one.word.en}{f'（{one.terms.zh}）' if one.terms.zh else ''}: {'、'.join(one.titles_zh)}"
        for one in secrecy(layers)
    ]
    if told:
        found["confidentiality"] = "；".join(told)
    return found
