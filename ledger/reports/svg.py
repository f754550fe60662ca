"""Drawings as SVG text: exact coordinates to two decimals, every text escaped, nothing that a reader must load."""

import unicodedata
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from ledger.canonical import decimal_text, round_half_even

Length = Fraction | int

WIDE, NARROW = 720, 350
INK, SOFT, LINE, PAPER, GROUND = "#14202b", "#4c5a66", "#d5dce2", "#ffffff", "#eef2f5"
PALETTE = (
    "#1f6f8b", "#e08e45", "#5b8c5a", "#8e63b8", "#c8553d", "#3d5a80", "#b0a136", "#d17ba0", "#4fb3a5", "#7f8a93",
)  # fmt: skip
REMOVED = ("#2f9e62", "#7cc49b", "#1d6b42")
REST = "#7f8a93"
CLASS_COLOURS = {"metered": "#1f77b4", "defaulted": "#c77c11", "declared": "#8e63b8", "estimated": "#7f8a93"}
GRADE_COLOURS = ("#5fb878", "#aed581", "#ffd54f", "#ffab5e", "#f28b82")
LEVEL_COLOURS = ("#5fb878", "#ffd54f", "#f28b82")


class Canvas:
    """Collects shapes; `svg` closes the drawing."""

    def __init__(self, width: Length) -> None:
        self.width = Fraction(width)
        self._parts: list[str] = []

    def rect(
        self, x: Length, y: Length, width: Length, height: Length, fill: str, *, title: str = "", extra: str = ""
    ) -> None:
        inner = f"<title>{escape(title)}</title>" if title else ""
        place = f'x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}"'
        self._parts.append(f'<rect {place} fill="{fill}"{extra}>{inner}</rect>')

    def text(
        self,
        x: Length,
        y: Length,
        text: str,
        *,
        size: int = 12,
        anchor: str = "start",
        fill: str = INK,
        bold: bool = False,
        halo: bool = False,
    ) -> None:
        weight = ' font-weight="700"' if bold else ""
        place = f'x="{num(x)}" y="{num(y)}" font-size="{size}" text-anchor="{anchor}"{weight}'
        if halo:
            edge = f'fill="{PAPER}" stroke="{PAPER}" stroke-width="3" stroke-linejoin="round" aria-hidden="true"'
            self._parts.append(f"<text {place} {edge}>{escape(text)}</text>")
        self._parts.append(f'<text {place} fill="{fill}">{escape(text)}</text>')

    def line(self, x1: Length, y1: Length, x2: Length, y2: Length, colour: str = LINE, extra: str = "") -> None:
        self._parts.append(
            f'<line x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}" stroke="{colour}"{extra}/>'
        )

    def path(self, data: str, fill: str, *, opacity: str = "1", title: str = "") -> None:
        inner = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f'<path d="{data}" fill="{fill}" fill-opacity="{opacity}">{inner}</path>')

    def legend(self, entries: list[tuple[str, str]], x: Length, y: Length, size: int = 12) -> Fraction:
        """Swatches with their names, flowing into lines; returns where the next thing may stand."""
        left, top = Fraction(x), Fraction(y)
        for colour, label in entries:
            shown = fit(label, self.width - x - 18, size)
            width = 18 + text_width(shown, size) + 14
            if left > x and left + width > self.width:
                left, top = Fraction(x), top + size + 7
            self.rect(left, top - size + 2, size - 1, size - 1, colour, extra=' rx="2"')
            self.text(left + size + 4, top, shown, size=size, fill=SOFT)
            left += width
        return Fraction(top + size + 4)

    def svg(self, height: Length, label: str) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(self.width)} {num(height)}" role="img" '
            f"aria-label={quoteattr(label)}>" + "".join(self._parts) + "</svg>"
        )


def num(value: Length) -> str:
    return decimal_text(round_half_even(Fraction(value), 2))


def text_width(text: str, size: int) -> Fraction:
    """About how wide a text is: a Chinese character is one em, a Latin one a little more than half."""
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return (wide + Fraction(11, 20) * (len(text) - wide)) * size


def fit(text: str, width: Length, size: int) -> str:
    """The text, cut where it would be wider."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip() + "…"
