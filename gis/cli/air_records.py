"""Hours or days of air quality from any files, whichever their heads say."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gis.base.errors import FormatError
from gis.base.messages import Message
from gis.cli import desk
from gis.cli.reading import Reading

if TYPE_CHECKING:
    from gis.ingest import Ingested

KINDS = ("air_hours", "air_days")


def air_records(files: Sequence[Path], how: Reading, **more: Any) -> Ingested:
    """Read files of hours or of days, whichever their heads say.

    Raises
    ------
    FormatError
        They hold no air records, or one hours and another days.
    """
    from gis.ingest import files_of

    paths = files_of(list(files)).paths
    kinds = {path: _kind(path, how) for path in paths}
    if len(set(kinds.values())) > 1:
        raise FormatError(
            Message("有的文件是小时值，有的是日均值", "some files hold hours, others days"),
            file="、".join(path.name for path in paths),
            found="、".join(f"{path.name} {kind}" for path, kind in kinds.items()),
            fix=Message("分两次给出", "give them one kind at a time"),
        )
    return desk.read(paths, kinds[paths[0]], how, **more)


def air_tables(files: Sequence[Path], how: Reading) -> list[Ingested]:
    """Read files of hours and of days, a table of each kind."""
    from gis.ingest import files_of

    kinds: dict[str, list[Path]] = {}
    for path in files_of(list(files)).paths:
        kinds.setdefault(_kind(path, how), []).append(path)
    return [desk.read(paths, kind, how) for kind, paths in kinds.items()]


def _kind(path: Path, how: Reading) -> str:
    from gis.ingest import guess_kind

    kind = how.kind or (
        _said(path, how) if how.column else guess_kind(path, (*KINDS, "samples", "parcels"), how.part)
    )
    if kind not in KINDS:
        raise FormatError(
            Message("不是空气监测记录", "holds no air records"), file=path.name, found=kind,
            fix=Message("小时值要有时间列，日均值要有日期列", "hours need time, days need date"),
        )  # fmt: skip
    return kind


def _said(path: Path, how: Reading) -> str:
    from gis.ingest import guess_kind

    roles = {text.partition("=")[0].strip() for text in how.column or ()}
    if roles & {"time", "o3"}:
        return "air_hours"
    return "air_days" if roles & {"date", "o3_8h"} else guess_kind(path, KINDS, how.part)
