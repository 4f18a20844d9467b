"""What must be said of everything that is made of a layer: sample data, 内部资料."""

from __future__ import annotations

from collections.abc import Iterable

from gis.catalogue.model import County, Layer


def stamps(county: County, layers: Iterable[Layer]) -> dict[str, str]:
    """Give the notes that every row of a table made of `layers` carries: column → text.

    Returns
    -------
    stamps
        `data_note` for a sample county; `confidentiality` with the titles of layers that are not public.
    """
    found: dict[str, str] = {}
    if county.sample:
        found["data_note"] = "示例数据 sample data"
    internal = dict.fromkeys(one.title.zh for one in layers if one.about.confidentiality == "internal")
    if internal:
        found["confidentiality"] = "内部资料 internal: " + "、".join(internal)
    return found
