"""What a Shapefile needs beyond its format: missing parts, heads and texts in Chinese encodings."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from gis.base.errors import EncodingError
from gis.ingest.encoding import UTF8, companion, dbf_heads, field_name, text_encoding

DBF_NAME_BYTES = 10

Findings = list[tuple[str, str]]


def faults(path: Path) -> Findings:
    """Find what keeps a Shapefile from being read where it stands: no .shx, a .prj that is not UTF-8."""
    if path.suffix.lower() != ".shp":
        return []
    found = []
    if companion(path, ".shx") is None:
        found.append(("shx_restored", "缺少 .shx, 已在副本中重建 · the .shx is missing; restored in a copy"))
    prj = companion(path, ".prj")
    if prj is not None and _prj_codec(prj, path) != UTF8:
        found.append(
            ("prj_recoded", ".prj 不是 UTF-8, 已在副本中转码 · the .prj is not UTF-8; recoded in a copy")
        )
    return found


@contextmanager
def mended(path: Path) -> Iterator[Path]:
    """Give a copy in which the .shx is restored and the .prj is UTF-8; the original is not touched."""
    before = pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            found = path if suffix == ".shp" else companion(path, suffix)
            if found is not None:
                shutil.copyfile(found, Path(scratch) / f"copy{suffix}")
        prj = Path(scratch) / "copy.prj"
        if prj.exists():
            prj.write_bytes(prj.read_bytes().decode(_prj_codec(prj, path)).encode())
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            yield Path(scratch) / "copy.shp"
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": before})


def decoded(frame: pd.DataFrame, dbf: Path, codec: str) -> tuple[pd.DataFrame, Findings]:
    """Decode heads and texts that were read byte by byte (as ISO-8859-1).

    Parameters
    ----------
    frame
        The attributes as GDAL gives them under ISO-8859-1, in the order of the .dbf.
    codec
        The codec of the .dbf.

    Returns
    -------
    frame, findings
        Heads that stand twice are numbered; (code, message) for those and for cut heads and texts.
    """
    heads = dbf_heads(dbf)
    geometry = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    read = [name for name in frame.columns if name != geometry]
    raw = heads.names if len(read) == len(heads.names) else tuple(name.encode("latin-1") for name in read)
    names, findings = _heads(raw, codec)
    coming = iter(names)
    frame = frame.set_axis([name if name == geometry else next(coming) for name in frame.columns], axis=1)
    texts: dict[str, pd.Series] = {}
    cut_cells = 0
    for name in names:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == "object":
            texts[name], cut = _text(frame[name], codec)
            cut_cells += cut
    if cut_cells:
        message = f"{cut_cells:,} 种文字末尾只剩半个字, 已舍去 · {cut_cells:,} texts ended in half a character, dropped"
        findings.append(("text_cut", message))
    return frame.assign(**texts), findings


def _prj_codec(prj: Path, path: Path) -> str:
    try:
        return text_encoding(prj.read_bytes())[0]
    except EncodingError as error:
        name = path.with_suffix(".prj").name
        raise EncodingError(error.what, file=name, found=error.found, fix="replace the .prj") from error


def _text(values: pd.Series, codec: str) -> tuple[pd.Series, int]:
    known = {value: field_name(value.encode("latin-1"), codec) for value in values.dropna().unique()}
    cut = sum(was_cut for _, was_cut in known.values())
    return values.map({value: text for value, (text, _) in known.items()}), cut


def _heads(raw: tuple[bytes, ...], codec: str) -> tuple[list[str], Findings]:
    decoded = [field_name(name, codec) for name in raw]
    texts = [text for text, _ in decoded]
    findings: Findings = []
    full = [text for text, name in zip(texts, raw, strict=True) if len(name) >= DBF_NAME_BYTES]
    if cut := [text for text, was_cut in decoded if was_cut]:
        findings.append(("heads_cut", f"字段名末尾被截断 · heads end in half a character: {', '.join(cut)}"))
    elif full:
        findings.append(
            (
                "heads_full",
                f"字段名占满 10 字节, 可能被截断 · heads fill all 10 bytes, perhaps cut: {', '.join(full)}",
            )
        )
    counts, names = Counter(texts), []
    seen: Counter[str] = Counter()
    for text in texts:
        seen[text] += 1
        names.append(text if seen[text] == 1 else f"{text}_{seen[text]}")
    if twice := [f"{text} ×{n}" for text, n in counts.items() if n > 1]:
        findings.append(
            (
                "heads_repeated",
                f"字段名重复, 已编号 · repeated heads, numbered: {', '.join(twice)}",
            )
        )
    return names, findings
