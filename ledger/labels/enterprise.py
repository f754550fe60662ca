"""碳效码: the label of an enterprise's certificate, a card that lies."""

from ledger.labels.label import Label
from ledger.labels.matrix import Matrix, draw_matrix
from ledger.labels.parts import band, caption, facts, footer
from ledger.labels.sheet import INK, PAPER, SOFT, Sheet, width
from ledger.labels.texts import TEXTS

WIDTH = 9600
TEAL = "#0b5b57"
GRADES = ("#5fb878", "#aed581", "#ffd54f", "#ffab5e", "#f28b82")
_LEFT, _ROOM = 420, 4650
_CODE, _BOX = 5240, 4000
_HEAD, _BODY = 1000, 5350


def draw(sheet: Sheet, label: Label, matrix: Matrix) -> tuple[int, int, int]:
    text = TEXTS[label.language]
    top = _HEAD + (520 if label.marks else 0)
    height = top + _BODY
    sheet.rect(40, 40, WIDTH - 80, height - 80, PAPER, radius=360, stroke=TEAL, line=80)
    sheet.path(f"M40 {_HEAD}V400a360 360 0 0 1 360-360H{WIDTH - 400}a360 360 0 0 1 360 360V{_HEAD}z", TEAL)
    sheet.lines(_LEFT, 690, text["enterprise.title"], 6500, 560, 400, fill=PAPER, bold=True)
    sheet.text(WIDTH - _LEFT, 670, text["enterprise.subtitle"], 300, fill=PAPER, anchor="end")
    if label.marks:
        band(sheet, label, 80, _HEAD, WIDTH - 160, 520)
    _about(sheet, label, top)
    _grade(sheet, label, top + 1080)
    _figures(sheet, label, top + 3480)
    module = draw_matrix(sheet, matrix, _CODE, top + 110, _BOX)
    caption(sheet, label, _CODE + _BOX // 2, top + 4330, _BOX - 100)
    footer(sheet, label, WIDTH, height)
    return WIDTH, height, module


def _about(sheet: Sheet, label: Label, top: int) -> None:
    text = TEXTS[label.language]
    name = label.enterprise.within(label.language)
    long = width(name, 280, bold=True) > _ROOM
    first, size = (top + 330, 260) if long else (top + 470, 360)
    sheet.lines(_LEFT, first, name, _ROOM, size, 180, most=1 + long, bold=True)
    facts(sheet, _LEFT, top + 910, _ROOM, ((text["period"], label.period),))


def _grade(sheet: Sheet, label: Label, top: int) -> None:
    """The grade as a number, in words and as a place on the bar: colour alone says nothing."""
    text, colour = TEXTS[label.language], GRADES[label.grade - 1]
    sheet.rect(_LEFT, top, 1280, 1280, colour, radius=160, stroke=INK, line=30)
    sheet.text(_LEFT + 640, top + 1040, str(label.grade), 1120, bold=True, anchor="middle")
    right, room = _LEFT + 1480, _ROOM - 1480
    sheet.text(right, top + 250, text["grade"], 240, fill=SOFT)
    sheet.lines(right, top + 720, text[f"grade.{label.grade}"], room, 440, 260, bold=True)
    sheet.text(right, top + 1160, text["scale"], 230, fill=SOFT)
    step, cell = 945, 870
    for grade, fill in enumerate(GRADES, 1):
        left, here = _LEFT + (grade - 1) * step, grade == label.grade
        sheet.rect(left, top + 1640, cell, 400, fill, radius=60, stroke=INK if here else "", line=45)
        size, weight = (320, True) if here else (250, False)
        sheet.text(left + cell // 2, top + 1945, str(grade), size, bold=weight, anchor="middle")
        if here:
            middle = left + cell // 2
            sheet.path(f"M{middle - 130} {top + 1440}h260l-130 150z", INK)


def _figures(sheet: Sheet, label: Label, top: int) -> None:
    text = TEXTS[label.language]
    rows = []
    if label.k:
        rows.append((f"K = {label.k}", text["k"]))
    if label.level:
        sign = "" if label.intensity.startswith("≈") else "= "
        rows.append((text[f"level.{label.level}"], f"L {sign}{label.intensity} {text['l.unit']}"))
    for number, (value, meaning) in enumerate(rows):
        y = top + 80 + number * 390
        sheet.lines(_LEFT, y, value, 1960, 270, 180, bold=True)
        sheet.lines(_LEFT + 2060, y, meaning, _ROOM - 2060, 220, 150, fill=SOFT)
    y = top + 80 + len(rows) * 390 + 20
    told = ((text["verifier"], label.verifier.within(label.language)), (text["valid"], label.valid_until))
    facts(sheet, _LEFT, y, _ROOM, told)
