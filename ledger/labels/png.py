"""A label as PNG: the same drawing, rendered by typst with the fonts of this machine.

A whole number of pixels makes one module of the code, so that its edges stay sharp; the picture says its size in print
(chunk pHYs). Texts with Chinese signs need a Chinese font on the machine: a label that would show boxes is refused.
"""

import re
import struct
import zlib
from functools import cache
from typing import Any

import typst

from ledger.labels.label import Drawn
from ledger.labels.matrix import LabelError
from ledger.labels.sheet import SANS

DOTS_PER_INCH = 300
LEAST_PIXELS, MOST_PIXELS = 4, 20
MEND = "install a Chinese font, e.g. apt-get install fonts-noto-cjk, or take the SVG"
_CHINESE = re.compile(r"[\u2e80-\uffef]")
_FAMILY = re.compile(r'font-family="[^"]*sans-serif"')
_MONO = re.compile(r'font-family="[^"]*monospace"')
_TYPST: Any = typst
"""A dict of files as input is not in its type stubs."""
_FRAME = re.compile(r'width="[^"]*" height="[^"]*" viewBox="[^"]*"')
_PAGE = """#set page(width: {width}mm, height: {height}mm, margin: 0pt, fill: none)
#image("label.svg", width: {width}mm, height: {height}mm)
"""


def png(drawn: Drawn) -> bytes:
    """Raises LabelError (code `font` or `png`)."""
    font = chinese_font()
    if font is None and _CHINESE.search(drawn.svg):
        raise LabelError("no Chinese font found on this machine", code="font", mend=MEND)
    svg = _FAMILY.sub(f'font-family="{font or "Libertinus Serif"}"', drawn.svg)
    svg = _MONO.sub('font-family="DejaVu Sans Mono"', svg)
    pixels, (width, height) = _pixels(drawn), _whole(drawn)
    svg = _FRAME.sub(f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"', svg, count=1)
    page = _PAGE.format(width=width / 100, height=height / 100)
    try:
        made = _TYPST.compile(
            {"main.typ": page.encode(), "label.svg": svg.encode()}, format="png", ppi=2540 * pixels / drawn.module
        )
    except typst.TypstError as fault:
        raise LabelError(f"typst: {str(fault)[:300]}", code="png") from fault
    if not isinstance(made, bytes):
        raise LabelError("typst gave no picture", code="png")
    return _sized(made, pixels * 10**7 // (drawn.module * drawn.percent))


@cache
def chinese_font() -> str | None:
    """The first font with Chinese signs of the list, on this machine."""
    present = set(typst.Fonts().families())
    return next((name for name in SANS[:-1] if name in present), None)


def _whole(drawn: Drawn) -> tuple[int, int]:
    """Width and height as whole modules: the drawing is then not stretched to the next whole pixel."""
    return -(-drawn.width // drawn.module) * drawn.module, -(-drawn.height // drawn.module) * drawn.module


def _pixels(drawn: Drawn) -> int:
    """Pixels for one module: those that come next to 300 dots per inch in print."""
    exact = DOTS_PER_INCH * drawn.module * drawn.percent / 254_000
    return min(max(round(exact), LEAST_PIXELS), MOST_PIXELS)


def _sized(data: bytes, per_metre: int) -> bytes:
    """The picture with its resolution, as the chunk after the header (PNG, 11.3.4.3)."""
    header = 8 + 25
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", 9) + body + struct.pack(">I", zlib.crc32(body))
    return data[:header] + chunk + data[header:]
