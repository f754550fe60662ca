"""What both labels have: the band of marks, facts, the caption of the code, the foot, the void."""

from collections.abc import Sequence

from ledger.labels.label import Label
from ledger.labels.matrix import LabelError
from ledger.labels.sheet import DEMO, HAIR, INK, PAPER, SOFT, VOID, Sheet, width
from ledger.labels.texts import MARKS, NOT_NATIONAL, TEXTS

LINE, TRADE_ITEM_GAP = 165, 110


def band(sheet: Sheet, label: Label, x: int, y: int, w: int, h: int) -> None:
    """All marks, each in both languages; what DEMO means where there is room for that too."""
    sheet.rect(x, y, w, h, DEMO)
    names, middle = " · ".join(MARKS[mark] for mark in label.marks), x + w // 2
    text = TEXTS[label.language]["demo"] if "DEMO" in label.marks else ""
    low, room = h < 700, w - 400
    if text and width(names, 240, bold=True) + width(text, 220) * low <= room:
        if low:
            sheet.text(x + 340, y + h * 2 // 3, names, 280, fill=PAPER, bold=True)
            sheet.lines(x + w - 340, y + h * 2 // 3, text, w * 45 // 100, 240, 160, fill=PAPER, anchor="end")
        else:
            sheet.lines(middle, y + h * 45 // 100, names, room, 300, 180, fill=PAPER, bold=True, anchor="middle")
            sheet.lines(middle, y + h * 84 // 100, text, room, 220, 140, fill=PAPER, anchor="middle")
        return
    if low or len(label.marks) < 3:
        sheet.lines(middle, y + h * 64 // 100, names, room, 260, 150, fill=PAPER, bold=True, anchor="middle")
        return
    for part, share in ((label.marks[:2], 43), (label.marks[2:], 84)):
        names = " · ".join(MARKS[mark] for mark in part)
        sheet.lines(middle, y + h * share // 100, names, room, 260, 150, fill=PAPER, bold=True, anchor="middle")


def facts(sheet: Sheet, x: int, y: int, room: int, rows: Sequence[tuple[str, str]]) -> None:
    """Names and values in two columns, a row for each value that there is."""
    start = max(width(name, 220) for name, _ in rows) + 180
    for name, value in rows:
        if value:
            sheet.text(x, y, name, 220, fill=SOFT)
            long = width(value, 190, bold=True) > room - start
            size, first = (150, y - 85) if long else (240, y)
            sheet.lines(x + start, first, value, room - start, size, 130, most=1 + long, fill=INK, bold=True)
            y += 340 + 90 * long


def caption(sheet: Sheet, label: Label, x: int, y: int, room: int) -> None:
    """The identifier as text, for whoever has to type it, in a font that keeps 0 and O apart."""
    if label.trade_item:
        y = _typed(sheet, label.trade_item, x, y, room) + TRADE_ITEM_GAP
    y = _typed(sheet, label.identifier, x, y, room)
    sheet.text(x, y + 120, TEXTS[label.language]["scan"], 220, fill=SOFT, anchor="middle")


def _typed(sheet: Sheet, text: str, x: int, y: int, room: int) -> int:
    """On one line or two; the place of the next."""
    size = next((size for size in range(240, 129, -10) if width(text, size, mono=True) <= room), 130)
    half = len(text) if width(text, size, mono=True) <= room else (len(text) + 1) // 2
    if width(text[:half], size, mono=True) > room or width(text[half:], size, mono=True) > room:
        raise LabelError("the identifier is too long to be printed", code="too-long", mend="print the QR code alone")
    for part in (text[:half], text[half:]):
        if part:
            sheet.text(x, y, part, size, bold=True, anchor="middle", mono=True)
            y += LINE
    return y


def footer(sheet: Sheet, label: Label, w: int, h: int) -> None:
    sheet.line(300, h - 470, w - 300, h - 470, HAIR, 15)
    sheet.lines(w // 2, h - 215, NOT_NATIONAL, w - 700, 210, 140, fill=SOFT, anchor="middle")


def void(sheet: Sheet, label: Label, w: int, h: int) -> None:
    """Rule 5: nobody takes this for a label that holds, not even at a glance or in grey."""
    sheet.fade()
    sheet.line(200, 200, w - 200, h - 200, VOID, 160)
    sheet.line(w - 200, 200, 200, h - 200, VOID, 160)
    box, top = min(w - 600, 5200), h // 2 - 850
    sheet.rect((w - box) // 2, top, box, 1700, PAPER, radius=100, stroke=VOID, line=120)
    sheet.text(w // 2, top + 850, "作废 VOID", 700, fill=VOID, bold=True, anchor="middle")
    status = " · ".join(TEXTS[language][f"status.{label.void}"] for language in ("zh", "en") if label.void)
    sheet.lines(w // 2, top + 1370, status, box - 400, 280, 160, fill=VOID, bold=True, anchor="middle")
