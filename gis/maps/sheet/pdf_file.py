"""A sheet as PDF, with the letters of its font that it needs."""

from __future__ import annotations

import io
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Any

import numpy as np

from gis.base.errors import FileError
from gis.base.messages import Message
from gis.maps.sheet.drawing import BOLD, WHITE, Floats, Group, Image, Label, Path, Sheet, Tile, each

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
POINTS = 72 / 25.4
SHIFT = {"start": 0.0, "middle": 0.5, "end": 1.0}
HALO, BOLDER = 0.7, 0.03
LETTERS_A_BLOCK = 100
FIRST_PATTERN = 9  # catalogue, pages, page, drawing, and four of the font stand before


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


def found(given: FilePath | None = None) -> FilePath:
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


def cut(path: FilePath, letters: Iterable[str]) -> Cut:
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


def _name(font: Any, path: FilePath) -> str:
    told = font["name"].getDebugName(6) or path.stem
    return "".join(one for one in told if one.isascii() and (one.isalnum() or one in "-_")) or "Font"


def _face(path: FilePath) -> Any:
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


def _unfit(path: FilePath, why: Message) -> FileError:
    fix = Message("--font 另指一个中文字体文件", "name another font with Chinese letters by --font")
    return FileError(
        Message("这个字体不能用", "this font cannot be used"), file=str(path), found=why, fix=fix
    )


def _of_the_machine() -> Iterator[FilePath]:
    """Give the fonts of the machine that are known to have Chinese letters, the best first."""
    home, windows = FilePath.home(), os.environ.get("WINDIR", "C:\\Windows")
    local = os.environ.get("LOCALAPPDATA")
    folders = [
        FilePath(windows) / "Fonts", *([FilePath(local) / "Microsoft" / "Windows" / "Fonts"] if local else []),
        FilePath("/usr/share/fonts"), FilePath("/usr/local/share/fonts"), home / ".local/share/fonts", home / ".fonts",
        FilePath("/System/Library/Fonts"), FilePath("/Library/Fonts"), home / "Library/Fonts",
    ]  # fmt: skip
    there: dict[str, FilePath] = {}
    for folder in folders:
        for parent, _, files in os.walk(folder):
            for name in files:
                there.setdefault(name.lower(), FilePath(parent) / name)
    for name in NAMES:
        if name.lower() in there:
            yield there[name.lower()]


def letters_of(sheet: Sheet) -> set[str]:
    """Give every letter that a sheet shows."""
    return {letter for one in each(sheet.items) if isinstance(one, Label) for letter in one.text}


def pdf(sheet: Sheet, font: Cut) -> bytes:
    """Write a sheet as a PDF of one page, the same bytes for the same sheet and font."""
    tiles = {
        one.tile: f"P{at}" for at, one in enumerate(each(sheet.items)) if isinstance(one, Path) and one.tile
    }
    alphas = {one.opacity: f"G{at}" for at, one in enumerate(each(sheet.items))
              if not isinstance(one, Label) and one.opacity < 1}  # fmt: skip
    images = [one for one in each(sheet.items) if isinstance(one, Image)]
    height = sheet.height * POINTS
    ops = [f"{POINTS:.6f} 0 0 {-POINTS:.6f} 0 {height:.4f} cm 1 j 1 J"]
    for group in sheet.items:
        ops += _group(group, tiles, alphas, images, font)
    names = {tile: FIRST_PATTERN + at for at, tile in enumerate(tiles)}
    patterns = " ".join(f"/{tiles[tile]} {number} 0 R" for tile, number in names.items())
    first = FIRST_PATTERN + len(tiles)
    shots = " ".join(f"/I{at} {first + 2 * at} 0 R" for at in range(len(images)))
    states = " ".join(f"/{name} << /ca {alpha:g} >>" for alpha, name in alphas.items())
    date = sheet.made_on.replace("-", "")
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R /Lang ({sheet.language}) /ViewerPreferences << /DisplayDocTitle true "
        "/PrintScaling /None >> >>".encode(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {sheet.width * POINTS:.3f} {height:.3f}] /Contents 4 0 R "
        f"/Resources << /Font << /F 5 0 R >> /Pattern << {patterns} >> /ExtGState << {states} >> "
        f"/XObject << {shots} >> >> >>".encode(),
        _stream("", "\n".join(ops).encode()),
        *_font(font),
        *(_pattern(tile, height) for tile in names),
        *(part for at, one in enumerate(images) for part in _pixels(one, first + 2 * at + 1)),
        f"<< /Title {_text(sheet.title)} /Author {_text(sheet.author)} /Creator (gis) "
        f"/CreationDate (D:{date}) >>".encode(),
    ]
    return _file(objects)


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + one + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer\n<< /Size %d /Root 1 0 R /Info %d 0 R >>\nstartxref\n%d\n%%%%EOF\n"
    return out + head + table + tail % (len(objects) + 1, len(objects), len(out))


def _stream(keys: str, data: bytes) -> bytes:
    packed = zlib.compress(data, 9)
    return (
        f"<< {keys} /Filter /FlateDecode /Length {len(packed)} >>\nstream\n".encode()
        + packed
        + b"\nendstream"
    )


def _text(text: str) -> str:
    return f"<{(chr(0xFEFF) + text).encode('utf-16-be').hex()}>"


def _font(font: Cut) -> list[bytes]:
    """Write the font as objects 5 to 8: the font, its glyphs' description, its file, what its codes mean."""
    kind, key, sort = ("CIDFontType0", "FontFile3", "/Subtype /CIDFontType0C") if font.is_cff else (
        "CIDFontType2", "FontFile2", f"/Length1 {len(font.data)}")  # fmt: skip
    name = f"ABCDEF+{font.name}"
    widths = " ".join(f"{code} [{width:.0f}]" for code, width in sorted(font.widths.items()))
    box = " ".join(map(str, font.box))
    glyphs = "" if font.is_cff else " /CIDToGIDMap /Identity"
    return [
        f"<< /Type /Font /Subtype /Type0 /BaseFont /{name} /Encoding /Identity-H /ToUnicode 8 0 R /DescendantFonts "
        f"[<< /Type /Font /Subtype /{kind} /BaseFont /{name} /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        f"/Supplement 0 >> /FontDescriptor 6 0 R /DW 1000 /W [{widths}]{glyphs} >>] >>".encode(),
        f"<< /Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0 /Ascent {font.ascent} "
        f"/Descent {font.descent} /CapHeight {font.ascent} /StemV 80 /{key} 7 0 R >>".encode(),
        _stream(sort, font.data),
        _stream("", _meanings(font).encode()),
    ]


def _meanings(font: Cut) -> str:
    """Say which letter each code is, for those who search, copy or read aloud."""
    letters = {code: letter for letter, code in font.codes.items() if letter not in font.absent}
    lines = [f"<{code:04x}> <{letter.encode('utf-16-be').hex()}>" for code, letter in sorted(letters.items())]
    blocks = [lines[at : at + LETTERS_A_BLOCK] for at in range(0, len(lines), LETTERS_A_BLOCK)]
    listed = "\n".join(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar" for some in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) "
        "/Ordering (UCS) /Supplement 0 >> def\n/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        f"1 begincodespacerange\n<0000> <ffff>\nendcodespacerange\n{listed}\nendcmap\n"
        "CMapName currentdict /CMap defineresource pop\nend\nend"
    )


def _pattern(tile: Tile, height: float) -> bytes:
    side = f"{tile.side:.4f}"
    drawn = [f"{_colour(tile.colour)} RG {tile.width:.3f} w 1 J"]
    drawn += ["{:.3f} {:.3f} m {:.3f} {:.3f} l S".format(*line) for line in tile.lines]
    keys = (
        f"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 {side} {side}] /XStep {side} "
        f"/YStep {side} /Resources << >> /Matrix [{POINTS:.6f} 0 0 {-POINTS:.6f} 0 {height:.4f}]"
    )
    return _stream(keys, "\n".join(drawn).encode())


def _pixels(image: Image, mask: int) -> Iterator[bytes]:
    """Write the colours of an image, and as the next object what of it is seen."""
    high, wide = image.pixels.shape[:2]
    alike = f"/Type /XObject /Subtype /Image /Width {wide} /Height {high} /BitsPerComponent 8"
    yield _stream(f"{alike} /ColorSpace /DeviceRGB /SMask {mask} 0 R", image.pixels[..., :3].tobytes())
    yield _stream(f"{alike} /ColorSpace /DeviceGray", image.pixels[..., 3].tobytes())


def _group(
    group: Group, tiles: dict[Tile, str], alphas: dict[float, str], images: list[Image], font: Cut
) -> Iterator[str]:
    yield "q"
    if group.clip is not None:
        left, top, right, bottom = group.clip
        yield f"{left:.3f} {top:.3f} {right - left:.3f} {bottom - top:.3f} re W n"
    for one in group.items:
        if isinstance(one, Group):
            yield from _group(one, tiles, alphas, images, font)
        elif isinstance(one, Path):
            yield _path(one, tiles, alphas)
        elif isinstance(one, Image):
            left, top, right, bottom = one.box
            state = f"/{alphas[one.opacity]} gs " if one.opacity < 1 else ""
            place = f"{right - left:.3f} 0 0 {top - bottom:.3f} {left:.3f} {bottom:.3f} cm"
            yield f"q {state}{place} /I{images.index(one)} Do Q"
        else:
            yield _label(one, font)
    yield "Q"


def _path(path: Path, tiles: dict[Tile, str], alphas: dict[float, str]) -> str:
    drawn = " ".join(_outline(ring, closed=path.closed) for ring in path.rings)
    before = f"/{alphas[path.opacity]} gs " if path.opacity < 1 else ""
    line = ""
    if path.line:
        dash = " ".join(f"{one:.3g}" for one in path.dash)
        line = f"{_colour(path.line)} RG {path.width:.3f} w [{dash}] 0 d {'0 J ' if dash else ''}"
    fill = f"{_colour(path.fill)} rg " if path.fill else ""
    paint = ("B*" if line else "f*") if fill else ("S" if line else "n")
    if path.tile is None:
        return f"q {before}{fill}{line}{drawn} {paint} Q"
    ground = f"q {before}{fill}{drawn} f* Q " if fill else ""
    return f"q {ground}/Pattern cs /{tiles[path.tile]} scn {line}{drawn} {'B*' if line else 'f*'} Q"


def _outline(ring: Floats, *, closed: bool) -> str:
    (x, y), *rest = np.asarray(ring).tolist()
    lines = " ".join(f"{a:.2f} {b:.2f} l" for a, b in rest)
    return f"{x:.2f} {y:.2f} m {lines}{' h' if closed else ''}"


def _label(label: Label, font: Cut) -> str:
    width = font.width(label.text, label.size)
    narrow = min(1.0, label.room / width) if label.room and width else 1.0
    x = label.x - width * narrow * SHIFT[label.anchor]
    codes = "".join(f"{font.codes[one]:04x}" for one in label.text)
    place = f"/F {label.size:.3f} Tf {100 * narrow:.2f} Tz 1 0 0 -1 {x:.3f} {label.y:.3f} Tm <{codes}> Tj"
    colour = _colour(label.colour)
    halo = f"BT {_colour(WHITE)} RG {HALO} w 1 Tr {place} ET " if label.halo else ""
    bold = f"{colour} RG {label.size * BOLDER:.3f} w 2 Tr " if label.weight == BOLD else "0 Tr "
    return f"{halo}BT {colour} rg {bold}{place} ET"


def _colour(colour: str) -> str:
    return " ".join(f"{int(colour[at : at + 2], 16) / 255:.3f}" for at in (1, 3, 5))
