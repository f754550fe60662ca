"""What a label says, and which of the two labels it is.

Rules:

1. An enterprise's label (碳效码) is a card that lies, with grade and colours; a product's label is a tag that hangs,
   with one figure in one colour and no grade. Titles, shapes and colours differ: neither is taken for the other.
2. Neither has a leaf, a footprint or a seal, and both say in both languages that they are no national mark.
3. Marks such as DEMO stand in a band of their own, in both languages, before anything else.
4. Only what the certificate publishes: level and L where there is an opening, never a total.
5. A certificate that does not hold is drawn only crossed out as void, its code without a signed statement.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ledger.labels.compact import ENTERPRISE_EFFICIENCY, PRODUCT_FOOTPRINT
from ledger.labels.matrix import LabelError, Matrix
from ledger.labels.sheet import Sheet
from ledger.language import Language

SIZES = {"small": 75, "medium": 100, "large": 150}
"""In percent of the drawing; see docs/formats/labels.md for millimetres."""
LEAST_MODULE = 30


@dataclass(frozen=True, slots=True)
class Named:
    """A name in both languages."""

    zh: str = ""
    en: str = ""

    def within(self, language: Language) -> str:
        return (self.zh or self.en) if language == "zh" else (self.en or self.zh)


@dataclass(frozen=True, slots=True)
class Label:
    """`code` is the QR code's whole text. `period` and `valid_until` are worded in the label's language; `k`,
    `intensity` (L) and `footprint` decimal texts ("" where not there); `level` 1–3 or 0 where not published. `void` is
    the status for which the label is crossed out, "" where it holds. `trade_item` is what its code says to a till, as
    people read it: (01)…(10)…."""

    language: Language
    kind: int
    identifier: str
    code: str
    enterprise: Named
    verifier: Named
    period: str
    valid_until: str
    marks: tuple[str, ...] = ()
    void: str = ""
    grade: int = 0
    k: str = ""
    level: int = 0
    intensity: str = ""
    product: Named = Named()
    boundary: Named = Named()
    footprint: str = ""
    unit: str = ""
    trade_item: str = ""


@dataclass(frozen=True, slots=True)
class Drawn:
    """`module` is the QR code's module and `width`, `height` the label's size, in hundredths of a millimetre of the
    drawing; `percent` is its size in print."""

    svg: str
    width: int
    height: int
    module: int
    percent: int


Draw = Callable[[Sheet, Label, Matrix], tuple[int, int, int]]
"""Draws the label; width, height, module."""


def check_has_label(kind: int, grade: int) -> None:
    """Raises LabelError where a certificate of this kind has no label."""
    if kind == PRODUCT_FOOTPRINT or (kind == ENTERPRISE_EFFICIENCY and grade):
        return
    raise LabelError("this certificate has no label: it states neither a grade nor a footprint", code="no-label")


def check_module(module: int, percent: int) -> None:
    """Below 0.3 mm phones and printers fail."""
    if module * percent < LEAST_MODULE * 100:
        raise LabelError("the code's modules would be smaller than 0.3 mm", code="too-dense", mend="take a larger size")
