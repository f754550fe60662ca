"""A label's drawing as SVG: whole hundredths of a millimetre, every text escaped and real, nothing to be loaded.

How wide a text gets depends on the reader's fonts. `width` therefore reckons on the wide side, and `fitted` makes a
text smaller, then breaks it into lines, and cuts it only where the last line is still too long.
"""

import unicodedata
from collections.abc import Sequence
from xml.sax.saxutils import escape

INK, SOFT, PAPER, HAIR = "#14202b", "#44525e", "#ffffff", "#c3ccd4"
DEMO, VOID = "#8a1f6a", "#b3141a"
SANS = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN", "PingFang SC", "Hiragino Sans GB",
    "Microsoft YaHei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Arial",
)  # fmt: skip
MONO = ("DejaVu Sans Mono", "Menlo", "Consolas", "Liberation Mono")
_NARROW = frozenset("iljtfr.,:;'|!()[] ·-")


def family(names: Sequence[str], last: str) -> str:
    return ",".join([*(f"'{name}'" for name in names), last])


def width(text: str, size: int, *, mono: bool = False, bold: bool = False) -> int:
    """At most about this many hundredths of a millimetre, in the fonts of the list."""
    if mono:
        return sum(100 if unicodedata.east_asian_width(sign) in "WF" else 61 for sign in text) * size // 100
    percent = 111 if bold else 100
    return sum(_share(sign) for sign in text) * size * percent // 10_000


def _share(sign: str) -> int:
    """Of the size, in percent."""
    if unicodedata.east_asian_width(sign) in "WF":
        return 100
    if unicodedata.combining(sign):
        return 0
    if sign in _NARROW:
        return 34
    if sign in "mwMW@%—=≈÷":
        return 90
    return 72 if sign.isupper() else 62


def fitted(text: str, room: int, size: int, least: int, lines: int = 1, *, bold: bool = False) -> tuple[int, list[str]]:
    """The largest size, from `size` down to `least`, at which the text fits into so many lines; and those lines."""
    for step in range(size, least - 1, -10):
        broken = _broken(text, room, step, bold=bold)
        if len(broken) <= lines:
            return step, broken
    broken = _broken(text, room, least, bold=bold)[: lines - 1]
    rest = text
    for line in broken:
        rest = rest[len(line) :].lstrip()
    return least, [*broken, _cut(rest, room, least, bold=bold)]


def _broken(text: str, room: int, size: int, *, bold: bool) -> list[str]:
    """Greedy lines: between words, or between any two signs where one word is longer than a line."""
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width((line + piece).rstrip(), size, bold=bold) > room:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while width(line.rstrip(), size, bold=bold) > room and len(line) > 1:
            keep = next(n for n in range(len(line), 0, -1) if n == 1 or width(line[:n], size, bold=bold) <= room)
            lines.append(line[:keep])
            line = line[keep:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    """Words with the blank behind them; each wide sign for itself."""
    pieces: list[str] = []
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        if wide or not pieces or pieces[-1][-1] == " " or unicodedata.east_asian_width(pieces[-1][-1]) in "WF":
            pieces.append(sign)
        else:
            pieces[-1] += sign
    return pieces


def _shifted(escaped: str, size: int) -> str:
    """Small figures below and above the line are drawn with the usual ones: many fonts lack theirs, and a renderer then
    takes the whole text from another font."""
    small = size * 7 // 10
    for sign, figure, by in (("₂", "2", size // 6), ("⁴", "4", -size // 3)):
        moved = f'<tspan dy="{by}" font-size="{small}">{figure}</tspan><tspan dy="{-by}">'
        escaped = escaped.replace(sign, moved) + "</tspan>" * escaped.count(sign)
    return escaped


def _cut(text: str, room: int, size: int, *, bold: bool) -> str:
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + "…", size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + "…"


class Sheet:
    """Collects shapes; `svg` closes the drawing. Coordinates and sizes are hundredths of a millimetre."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def rect(
        self, x: int, y: int, w: int, h: int, fill: str, *, radius: int = 0, stroke: str = "", line: int = 0
    ) -> None:
        edge = f' stroke="{stroke}" stroke-width="{line}"' if stroke else ""
        round_ = f' rx="{radius}"' if radius else ""
        self._parts.append(f'<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="{fill}"{round_}{edge}/>')

    def path(self, data: str, fill: str, *, stroke: str = "", line: int = 0) -> None:
        edge = f' stroke="{stroke}" stroke-width="{line}" stroke-linejoin="round"' if stroke else ""
        self._parts.append(f'<path d="{data}" fill="{fill}"{edge}/>')

    def line(self, x1: int, y1: int, x2: int, y2: int, colour: str = HAIR, line: int = 15) -> None:
        self._parts.append(f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{colour}" stroke-width="{line}"/>')

    def circle(self, x: int, y: int, radius: int, fill: str, *, stroke: str, line: int) -> None:
        self._parts.append(
            f'<circle cx="{x}" cy="{y}" r="{radius}" fill="{fill}" stroke="{stroke}" stroke-width="{line}"/>'
        )

    def fade(self) -> None:
        """What was drawn so far becomes pale."""
        self._parts = ['<g opacity="0.38">', *self._parts, "</g>"]

    def text(
        self, x: int, y: int, text: str, size: int, *, fill: str = INK, bold: bool = False, anchor: str = "start",
        mono: bool = False,
    ) -> None:  # fmt: skip
        weight = ' font-weight="700"' if bold else ""
        place = "" if anchor == "start" else f' text-anchor="{anchor}"'
        face = f' font-family="{family(MONO, "monospace")}"' if mono else ""
        look = f'font-size="{size}" fill="{fill}"{weight}{place}{face}'
        self._parts.append(f'<text x="{x}" y="{y}" {look}>{_shifted(escape(text), size)}</text>')

    def lines(
        self, x: int, y: int, text: str, room: int, size: int, least: int, *, most: int = 1, fill: str = INK,
        bold: bool = False, anchor: str = "start",
    ) -> int:  # fmt: skip
        """A text fitted into `room`; returns the baseline of its last line."""
        size, broken = fitted(text, room, size, least, most, bold=bold)
        for line in broken:
            self.text(x, y, line, size, fill=fill, bold=bold, anchor=anchor)
            y += size * 5 // 4
        return y - size * 5 // 4 if broken else y

    def svg(self, w: int, h: int, percent: int, language: str, title: str, description: str) -> str:
        """`percent`: size in print, of the drawing's own."""
        size = f'width="{_millimetres(w * percent)}" height="{_millimetres(h * percent)}" viewBox="0 0 {w} {h}"'
        lang = "zh-Hans" if language == "zh" else "en"
        about = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} lang="{lang}" role="img"'
        return f'{head} font-family="{family(SANS, "sans-serif")}">{about}' + "".join(self._parts) + "</svg>\n"


def _millimetres(ten_thousandths: int) -> str:
    whole, rest = divmod(ten_thousandths, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "mm"
