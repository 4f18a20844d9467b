"""The font of a PDF: one of the machine that has Chinese letters, cut down to those that a sheet shows."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gis.base.errors import FileError
from gis.base.messages import Message

NAMES = (
    "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "NotoSansSC-Regular.otf", "NotoSansSC-Regular.ttf",
    "SourceHanSansSC-Regular.otf", "SourceHanSansCN-Regular.otf", "msyh.ttc", "msyh.ttf", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "Deng.ttf", "simhei.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "NotoSansSC-VF.ttf", "NotoSansSC-VariableFont_wght.ttf", "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf",
    "simsun.ttc", "NotoSerifCJK-Regular.ttc",
)  # fmt: skip
KNOWN = "SimSun、Microsoft YaHei、Noto Sans CJK SC、文泉驿（WenQuanYi）"
PROBE = "常熟市0Aa"
ABSENT = "〓?"
RESTRICTED = 0x0002
PLAIN = 400


@dataclass(frozen=True)
class Cut:
    """What a PDF holds of a font.

    Attributes
    ----------
    codes
        Letter → the code it is written with.
    widths
        Code → its width in thousandths of an em.
    absent
        Letters that the font lacks; another stands for them.
    """

    name: str
    data: bytes
    is_cff: bool
    codes: Mapping[str, int]
    widths: Mapping[int, float]
    box: tuple[int, int, int, int]
    ascent: int
    descent: int
    absent: tuple[str, ...]

    def width(self, text: str, size: float) -> float:
        """Give the width of a text in the unit of its size."""
        return size / 1000 * sum(self.widths[self.codes[one]] for one in text)


def found(given: Path | None = None) -> Path:
    """Give the font file that was named, else the first known one of the machine.

    Raises
    ------
    FileError
        It is no font that may be embedded and has Chinese letters, or the machine has none.
    """
    if given is not None:
        _face(given)
        return given
    for path in _of_the_machine():
        try:
            _face(path)
        except FileError:
            continue
        return path
    raise FileError(
        Message(
            "PDF 要嵌入中文字体，本机没有找到", "a PDF embeds a font with Chinese letters, and this machine has none"
        ),
        found=Message("找过 {names} 等 {n} 种", "looked for {names} and others, {n} in all", names=KNOWN, n=len(NAMES)),
        fix=Message(
            "--font 指明一个字体文件，如 --font C:\\Windows\\Fonts\\simsun.ttc；或 -o 写成 .svg，不需要字体",
            "name a font file by --font, such as C:\\Windows\\Fonts\\simsun.ttc; or -o with .svg, which needs none",
        ),
    )  # fmt: skip


def cut(path: Path, letters: Iterable[str]) -> Cut:
    """Cut a font down to some letters.

    Raises
    ------
    FileError
        It is no font that may be embedded and has Chinese letters.
    """
    from fontTools import subset
    from fontTools.ttLib import TTFont

    font = _face(path)
    known = font.getBestCmap()
    wanted = sorted({*letters, " "})
    spare = next((one for one in ABSENT if ord(one) in known), " ")
    absent = tuple(one for one in wanted if ord(one) not in known)
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, drop_tables=["GSUB", "GPOS", "BASE"]
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(one) for one in (*wanted, spare) if ord(one) in known])
    cutter.subset(font)
    if "fvar" in font:
        from fontTools.varLib.instancer import instantiateVariableFont

        axes = {
            axis.axisTag: PLAIN if axis.axisTag == "wght" else axis.defaultValue for axis in font["fvar"].axes
        }
        font = instantiateVariableFont(font, axes)
    whole = io.BytesIO()
    font.save(whole)
    font = TTFont(whole, recalcTimestamp=False)
    names, scale = font.getBestCmap(), 1000 / font["head"].unitsPerEm
    of_glyph = _codes(font)
    codes = {one: of_glyph[names[ord(one if ord(one) in names else spare)]] for one in wanted}
    widths = {of_glyph[name]: width * scale for name, (width, _) in font["hmtx"].metrics.items()}
    head, lines = font["head"], font["hhea"]
    box = tuple(round(one * scale) for one in (head.xMin, head.yMin, head.xMax, head.yMax))
    is_cff = "CFF " in font
    data = font.getTableData("CFF ") if is_cff else whole.getvalue()
    return Cut(_name(font, path), data, is_cff, codes, widths, box, round(lines.ascent * scale),
               round(lines.descent * scale), absent)  # fmt: skip


def _codes(font: Any) -> dict[str, int]:
    """Give the number by which a PDF reader knows each glyph: its CID where the outlines have one, else its order."""
    order = font.getGlyphOrder()
    if "CFF " in font and hasattr(font["CFF "].cff.topDictIndex[0], "ROS"):
        return {name: int(name[3:]) if name.startswith("cid") else 0 for name in order}
    return {name: at for at, name in enumerate(order)}


def _name(font: Any, path: Path) -> str:
    told = font["name"].getDebugName(6) or path.stem
    return "".join(one for one in told if one.isascii() and (one.isalnum() or one in "-_")) or "Font"


def _face(path: Path) -> Any:
    """Open the face of a file that has Chinese letters, the simplified one of several."""
    from fontTools.ttLib import TTCollection, TTFont, TTLibError

    try:
        data = path.read_bytes()
        number = _simplified(TTCollection(io.BytesIO(data), lazy=True)) if data[:4] == b"ttcf" else -1
        font = TTFont(io.BytesIO(data), fontNumber=number, lazy=True, recalcTimestamp=False)
        known, rights = font.getBestCmap() or {}, font["OS/2"].fsType if "OS/2" in font else 0
    except (OSError, TTLibError, KeyError, ValueError, AssertionError) as error:
        raise _unfit(path, Message("不是能读的字体文件", "no font file that can be read")) from error
    if rights & RESTRICTED:
        raise _unfit(path, Message("该字体不许嵌入", "its maker forbids to embed it"))
    if not all(ord(one) in known for one in PROBE):
        raise _unfit(path, Message("没有中文字", "it has no Chinese letters"))
    return font


def _simplified(faces: Any) -> int:
    told = [str(one["name"].getDebugName(4) or "") for one in faces.fonts]
    good = [
        at for at, name in enumerate(told) if ("SC" in name.split() or "GB" in name) and "Mono" not in name
    ]
    return good[0] if good else 0


def _unfit(path: Path, why: Message) -> FileError:
    fix = Message("--font 另指一个中文字体文件", "name another font with Chinese letters by --font")
    return FileError(
        Message("这个字体不能用", "this font cannot be used"), file=str(path), found=why, fix=fix
    )


def _of_the_machine() -> Iterator[Path]:
    """Give the fonts of the machine that are known to have Chinese letters, the best first."""
    home, windows = Path.home(), os.environ.get("WINDIR", "C:\\Windows")
    local = os.environ.get("LOCALAPPDATA")
    folders = [
        Path(windows) / "Fonts", *([Path(local) / "Microsoft" / "Windows" / "Fonts"] if local else []),
        Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts",
        Path("/System/Library/Fonts"), Path("/Library/Fonts"), home / "Library/Fonts",
    ]  # fmt: skip
    there: dict[str, Path] = {}
    for folder in folders:
        for parent, _, files in os.walk(folder):
            for name in files:
                there.setdefault(name.lower(), Path(parent) / name)
    for name in NAMES:
        if name.lower() in there:
            yield there[name.lower()]
