"""A label as SVG: which of the two it is, its size in print, crossed out where it does not hold."""

from ledger.labels import enterprise, product
from ledger.labels.compact import PRODUCT_FOOTPRINT
from ledger.labels.label import SIZES, Draw, Drawn, Label, check_has_label, check_module
from ledger.labels.matrix import matrix_of
from ledger.labels.parts import void
from ledger.labels.sheet import Sheet
from ledger.labels.texts import TEXTS


def draw(label: Label, size: str = "medium") -> Drawn:
    """`size` is one of SIZES. Raises LabelError."""
    check_has_label(label.kind, label.grade)
    sheet, percent = Sheet(), SIZES[size]
    shape: Draw = product.draw if label.kind == PRODUCT_FOOTPRINT else enterprise.draw
    width, height, module = shape(sheet, label, matrix_of(label.code))
    check_module(module, percent)
    if label.void:
        void(sheet, label, width, height)
    title, description = _spoken(label)
    svg = sheet.svg(width, height, percent, label.language, title, description)
    return Drawn(svg, width, height, module, percent)


def _spoken(label: Label) -> tuple[str, str]:
    """Title and description for whoever does not see the drawing."""
    text = TEXTS[label.language]
    if label.kind == PRODUCT_FOOTPRINT:
        title = text["product.title"]
        fact = f"{label.footprint} kgCO2e {text['per'].format(unit=label.unit)}"
        name = label.product.within(label.language) or label.enterprise.within(label.language)
    else:
        title, name = text["enterprise.title"], label.enterprise.within(label.language)
        fact = f"{text['grade.value'].format(grade=label.grade)}, {text[f'grade.{label.grade}']}"
    if label.void:
        title = f"{text['void']}: {title}"
    marks = f" [{' '.join(label.marks)}]" if label.marks else ""
    return title + marks, text["described"].format(title=title, name=name, fact=fact, identifier=label.identifier)
