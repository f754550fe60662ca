"""The label of a product's footprint certificate: a tag that hangs, one figure, one colour, no grade."""

from ledger.labels.label import Label
from ledger.labels.matrix import Matrix, draw_matrix
from ledger.labels.parts import LINE, TRADE_ITEM_GAP, band, caption, facts, footer
from ledger.labels.sheet import PAPER, SOFT, Sheet, fitted, width
from ledger.labels.texts import TEXTS

WIDTH = 6000
NAVY, PALE = "#1d3a6e", "#e8eef8"
_LEFT, _ROOM, _BOX, _CUT = 460, 5080, 4000, 900
_HEAD = 1750


def draw(sheet: Sheet, label: Label, matrix: Matrix) -> tuple[int, int, int]:
    text = TEXTS[label.language]
    top = _HEAD + (760 if label.marks else 0)
    height = top + 9560 + (2 * LINE + TRADE_ITEM_GAP if label.trade_item else 0)
    _outline(sheet, height)
    sheet.text(WIDTH // 2, 1230, text["product.title"], 520, fill=PAPER, bold=True, anchor="middle")
    sheet.text(WIDTH // 2, 1560, text["product.subtitle"], 250, fill=PAPER, anchor="middle")
    if label.marks:
        band(sheet, label, 80, _HEAD, WIDTH - 160, 760)
    _about(sheet, label, top)
    _figure(sheet, label, top + 1130)
    _facts(sheet, label, top + 3000)
    module = draw_matrix(sheet, matrix, (WIDTH - _BOX) // 2, top + 4280, _BOX)
    caption(sheet, label, WIDTH // 2, top + 8480, _ROOM)
    footer(sheet, label, WIDTH, height)
    return WIDTH, height, module


def _outline(sheet: Sheet, height: int) -> None:
    """Corners cut off at the top, and the hole for a string."""
    right, bottom = WIDTH - 40, height - 40
    sheet.path(f"M{_CUT} 40H{WIDTH - _CUT}L{right} {_CUT}V{bottom}H40V{_CUT}z", PAPER, stroke=NAVY, line=80)
    sheet.path(f"M{_CUT} 40H{WIDTH - _CUT}L{right} {_CUT}V{_HEAD}H40V{_CUT}z", NAVY)
    sheet.circle(WIDTH // 2, 440, 230, PAPER, stroke=PAPER, line=20)


def _about(sheet: Sheet, label: Label, top: int) -> None:
    name = label.product.within(label.language) or label.enterprise.within(label.language)
    long = width(name, 260, bold=True) > _ROOM
    first, size = (top + 330, 240) if long else (top + 450, 360)
    sheet.lines(WIDTH // 2, first, name, _ROOM, size, 170, most=1 + long, bold=True, anchor="middle")
    if label.product.within(label.language):
        maker = label.enterprise.within(label.language)
        sheet.lines(WIDTH // 2, top + 900, maker, _ROOM, 250, 150, fill=SOFT, anchor="middle")


def _figure(sheet: Sheet, label: Label, top: int) -> None:
    text = TEXTS[label.language]
    sheet.rect(_LEFT, top, _ROOM, 1500, PALE, radius=0)
    size, lines = fitted(label.footprint, _ROOM - 300, 800, 360, bold=True)
    sheet.text(WIDTH // 2, top + 800, lines[0], size, fill=NAVY, bold=True, anchor="middle")
    unit = f"kgCO₂e · {text['per'].format(unit=label.unit)}"
    sheet.lines(WIDTH // 2, top + 1220, unit, _ROOM - 300, 300, 180, fill=NAVY, bold=True, anchor="middle")


def _facts(sheet: Sheet, label: Label, y: int) -> None:
    text = TEXTS[label.language]
    rows = (
        (text["boundary"], label.boundary.within(label.language)),
        (text["product.period"], label.period),
        (text["verifier"], label.verifier.within(label.language)),
        (text["valid"], label.valid_until),
    )
    facts(sheet, _LEFT, y, _ROOM, rows)
