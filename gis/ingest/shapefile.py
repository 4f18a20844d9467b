"""What a Shapefile needs beyond its format: missing parts, heads and texts in Chinese encodings."""

from __future__ import annotations

import shutil
import struct
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyogrio

from gis.base.errors import EncodingError, FileError
from gis.base.messages import Message
from gis.ingest.characters import visible
from gis.ingest.encoding import Heads, companion, dbf_heads, text_encoding
from gis.ingest.guard import MAX_ROWS, Rows, cut, too_many
from gis.ingest.mixed_encoding import GBK, UTF8, cell_text, mixed_reason
from gis.ingest.model import Findings, finding
from gis.ingest.phrases import phrase
from gis.ingest.refusals import refusal

DBF_NAME_BYTES = 10
LONGEST_PRJ = 2**16
HEAD, RECORD = 100, 8  # bytes of the head of a .shp or .shx, and of that of a record


def faults(path: Path) -> Findings:
    """Find what keeps a Shapefile from being read where it stands, so that a copy must be mended.

    Returns
    -------
    findings
        No .shx, or one that knows fewer shapes than the .shp; a .dbf whose head tells fewer rows
        than it holds; a .prj that is not UTF-8.

    Raises
    ------
    FileError
        The .shp and the .dbf do not hold the same number of rows, or one of them is cut off.
    """
    if path.suffix.lower() != ".shp":
        return []
    found: Findings = []
    shapes, restore = _shapes(path)
    if restore:
        found.append(("shx_restored", restore.stored))
    dbf = companion(path, ".dbf")
    if dbf is not None:
        found += _same_rows(path, dbf, shapes)
    elif shapes:
        found.append(finding("dbf_missing"))
    prj = companion(path, ".prj")
    if prj is not None and prj.stat().st_size > LONGEST_PRJ:
        raise refusal(FileError, "prj_none", path, size=prj.stat().st_size)
    if prj is not None and _prj_codec(prj, path) != UTF8:
        found.append(finding("prj_recoded"))
    return found


def _shapes(path: Path) -> tuple[int, Message | None]:
    """Count the shapes by the .shx, and by the .shp where the two do not agree and the .dbf does not decide."""
    shx = companion(path, ".shx")
    if shx is None:
        return _walked(path), Message("缺少 .shx，已在副本中重建", "the .shx is missing; restored in a copy")
    index = np.fromfile(shx, ">i4")[HEAD // 4 :]
    places = index[: len(index) // 2 * 2].reshape(-1, 2).astype(np.int64) * 2
    ends, size = places[:, 0] + places[:, 1] + RECORD, path.stat().st_size
    if (beyond := int((ends > size).sum())) > 1:
        raise cut(path, len(places), len(places) - beyond)
    if (
        beyond
        or len(places) == _rows(companion(path, ".dbf"))
        or ends.max(initial=HEAD) >= min(size, _said(path))
    ):
        return len(places), None
    if (whole := _walked(path)) == len(places):
        return whole, None
    return whole, phrase("shx_short", said=len(places), whole=whole)


def _rows(dbf: Path | None) -> int | None:
    if dbf is None:
        return None
    heads = dbf_heads(dbf)
    return min(heads.records, _there(dbf, heads))


def _there(dbf: Path, heads: Heads) -> int:
    return max(dbf.stat().st_size - heads.start, 0) // heads.stride if heads.stride else 0


def _said(path: Path) -> int:
    with path.open("rb") as file:
        return 2 * int.from_bytes(file.read(HEAD)[24:28], "big")


def _walked(path: Path) -> int:
    """Count the whole records of a .shp one behind the other."""
    data = np.memmap(path, np.uint8, "r")
    count, at = 0, HEAD
    while at + RECORD <= len(data):
        at += RECORD + 2 * int.from_bytes(data[at + 4 : at + 8].tobytes(), "big")
        count += at <= len(data)
    return count


def _same_rows(path: Path, dbf: Path, shapes: int) -> Findings:
    heads = dbf_heads(dbf)
    there = _there(dbf, heads)
    rows = min(heads.records, there)
    if rows == shapes or rows + 1 == shapes == heads.records:  # the last row is cut off: it alone is lost
        return []
    if there == shapes:
        return [finding("dbf_count", said=heads.records, there=there)]
    name = "shp_dbf_fewer" if rows < shapes else "shp_dbf_more"
    raise refusal(FileError, name, path, shapes=shapes, rows=rows)


@contextmanager
def mended(path: Path, wrong: Findings) -> Iterator[Path]:
    """Give a copy in which what `faults` found is mended; the original is not touched.

    Raises
    ------
    FileError
        There is no room for the copy.
    """
    codes = {code for code, _ in wrong}
    before = pyogrio.get_gdal_config_option("SHAPE_RESTORE_SHX")
    with tempfile.TemporaryDirectory(prefix="gis-") as scratch:
        for suffix in (".shp", ".shx", ".dbf", ".prj"):
            found = path if suffix == ".shp" else companion(path, suffix)
            if found is not None and not (suffix == ".shx" and "shx_restored" in codes):
                shutil.copyfile(found, Path(scratch) / f"copy{suffix}")
        copy = Path(scratch) / "copy.shp"
        prj, dbf = copy.with_suffix(".prj"), copy.with_suffix(".dbf")
        if prj.exists():
            prj.write_bytes(prj.read_bytes().decode(_prj_codec(prj, path)).encode())
        if "dbf_count" in codes:
            with dbf.open("r+b") as file:
                file.seek(4)
                file.write(struct.pack("<I", _shapes(path)[0]))
        pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": True})
        try:
            yield copy
        finally:
            pyogrio.set_gdal_config_options({"SHAPE_RESTORE_SHX": before})


def rows_of(path: Path) -> Rows:
    """Count the rows of a .shp or .dbf that are not marked as deleted, and give their numbers from 0."""
    dbf = companion(path, ".dbf")
    if path.suffix.lower() == ".shp":
        shx = companion(path, ".shx")
        count = (shx.stat().st_size - HEAD) // 8 if shx is not None else _walked(path)
    else:
        count = dbf_heads(path).records
    if count > MAX_ROWS:
        raise too_many(path, count)
    fids = np.arange(count)
    if dbf is not None:
        fids = fids[~np.isin(fids, deleted(dbf))]
    return Rows(count, len(fids), fids)


def cut_row(dbf: Path) -> int | None:
    """Give the position of the last row where the file ends within it."""
    heads = dbf_heads(dbf)
    return heads.records - 1 if _there(dbf, heads) == heads.records - 1 else None


def deleted(dbf: Path) -> npt.NDArray[np.int64]:
    """Give the positions of the rows that are marked as deleted."""
    heads = dbf_heads(dbf)
    there = _there(dbf, heads)
    if not there:
        return np.array([], np.int64)
    marks = np.memmap(dbf, np.uint8, "r", heads.start, (there, heads.stride))[: heads.records, 0]
    return np.flatnonzero(marks == ord("*"))


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
    cut_cells, others = 0, np.zeros(len(frame), dtype=bool)
    for name in names:
        if isinstance(frame[name].dtype, pd.StringDtype) or frame[name].dtype == "object":
            texts[name], cut, other = _text(frame[name], codec)
            cut_cells, others = cut_cells + cut, others | other
    if cut_cells:
        findings.append(finding("text_cut", n=cut_cells))
    if others.any():
        rows = [int(at) + 1 for at in frame.index[others]]
        reason = mixed_reason(GBK if codec == UTF8 else UTF8, codec, rows)
        findings.append(("encoding_mixed", reason.stored))
    return frame.assign(**texts), findings


def _prj_codec(prj: Path, path: Path) -> str:
    name = path.with_suffix(".prj").name
    try:
        return text_encoding(prj.read_bytes(), name)[0]
    except EncodingError as error:
        fix = Message("换一个 .prj", "replace the .prj")
        raise EncodingError(error.what, file=name, found=error.found, fix=fix) from error


def _text(values: pd.Series, codec: str) -> tuple[pd.Series, int, npt.NDArray[np.bool_]]:
    """Decode the distinct texts that are not ASCII, as ids and numbers are; say which are in another codec."""
    none = np.zeros(len(values), dtype=bool)
    cells = pa.array(values, pa.string(), from_pandas=True)
    odd = pc.fill_null(pc.invert(pc.string_is_ascii(cells)), fill_value=False)
    if not pc.any(odd).as_py():
        return values, 0, none
    coded = pc.filter(cells, odd).dictionary_encode()
    known = [cell_text(text.encode("latin-1"), codec) for text in coded.dictionary.to_pylist()]
    texts = pa.array([visible(cell.text) for cell in known], pa.string()).take(coded.indices)
    made = pc.replace_with_mask(cells, odd, texts)
    others = np.array([cell.other for cell in known], dtype=bool)
    none[odd.to_numpy(zero_copy_only=False)] = others[coded.indices.to_numpy()]
    return pd.Series(made, index=values.index, dtype="str"), sum(cell.cut for cell in known), none


def _heads(raw: tuple[bytes, ...], codec: str) -> tuple[list[str], Findings]:
    decoded = [cell_text(name, codec) for name in raw]
    texts = [visible(cell.text) for cell in decoded]
    findings: Findings = []
    full = [text for text, name in zip(texts, raw, strict=True) if len(name) >= DBF_NAME_BYTES]
    if halved := [cell.text for cell in decoded if cell.cut]:
        findings.append(finding("heads_cut", heads=", ".join(halved)))
    elif full:
        findings.append(finding("heads_full", heads=", ".join(full)))
    counts, names = Counter(texts), []
    seen: Counter[str] = Counter()
    for text in texts:
        seen[text] += 1
        names.append(text if seen[text] == 1 else f"{text}_{seen[text]}")
    if twice := [f"{text} ×{n}" for text, n in counts.items() if n > 1]:
        findings.append(finding("heads_repeated.fields", heads=", ".join(twice)))
    return names, findings
