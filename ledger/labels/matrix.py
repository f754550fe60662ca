"""The QR code inside a label: error correction level M, quiet zone of four modules (ISO/IEC 18004), one path."""

from dataclasses import dataclass

import segno

from ledger.labels.sheet import PAPER, Sheet
from terminal_signer.errors import CarbonError

QUIET_ZONE = 4
DARK = "#000000"


class LabelError(CarbonError):
    """A label that cannot be drawn. `code`: too-dense (its code's modules would be too small), too-long (its
    identifier), no-label (this kind of certificate has none), font, png."""

    code = "label"


@dataclass(frozen=True, slots=True)
class Matrix:
    """`rows` of modules without the quiet zone; `modules` across with it."""

    rows: tuple[tuple[bool, ...], ...]

    @property
    def modules(self) -> int:
        return len(self.rows) + 2 * QUIET_ZONE


def matrix_of(text: str) -> Matrix:
    return Matrix(tuple(tuple(bool(module) for module in row) for row in segno.make_qr(text, error="m").matrix))


def draw_matrix(sheet: Sheet, matrix: Matrix, x: int, y: int, box: int) -> int:
    """In the middle of a square; modules are whole units and the code starts at a multiple of one, so that a picture
    whose pixels divide a module has sharp edges. Returns the module's size."""
    module = box // matrix.modules
    left, top = (_snapped(start + (box - module * matrix.modules) // 2, module) for start in (x, y))
    sheet.rect(left, top, module * matrix.modules, module * matrix.modules, PAPER)
    parts = []
    for number, row in enumerate(matrix.rows):
        for start, length in _runs(row):
            place = f"{left + (start + QUIET_ZONE) * module} {top + (number + QUIET_ZONE) * module}"
            parts.append(f"M{place}h{length * module}v{module}h-{length * module}z")
    sheet.path("".join(parts), DARK)
    return module


def _snapped(value: int, module: int) -> int:
    return round(value / module) * module


def _runs(row: tuple[bool, ...]) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    runs, start = [], None
    for place, dark in enumerate((*row, False)):
        if dark and start is None:
            start = place
        elif not dark and start is not None:
            runs.append((start, place - start))
            start = None
    return runs
