"""Text in a terminal's cells, where a Chinese character takes two: its width, padding, and lines that fit."""

from collections.abc import Iterator, Sequence
from unicodedata import category, east_asian_width


def width(text: str) -> int:
    return sum(_cells(character) for character in text)


def padded(text: str, cells: int) -> str:
    return text + " " * (cells - width(text))


def printable(text: str) -> str:
    """On one line, without what could steer a terminal."""
    return "".join(character if character.isprintable() else "�" for character in text)


def wrapped(text: str, cells: int) -> list[str]:
    """Lines of at most `cells`, broken at blanks and between wide characters, inside a word only where it must."""
    lines, line = [], ""
    for piece in _pieces(text):
        if width(line) + width(piece.rstrip()) > cells and line:
            lines.append(line.rstrip())
            line = ""
        while width(piece.rstrip()) > cells:
            head = _head(piece, cells)
            lines.append(head)
            piece = piece[len(head) :]
        line += piece if line or piece.strip() else ""
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def rows(cells: Sequence[Sequence[str]], widths: Sequence[int]) -> Iterator[str]:
    """One row of a table: each cell a list of texts, each text made printable and wrapped to its column."""
    columns = [
        [line for text in texts for line in wrapped(printable(text), size)]
        for texts, size in zip(cells, widths, strict=True)
    ]
    for number in range(max(map(len, columns))):
        parts = [column[number] if number < len(column) else "" for column in columns]
        yield "  ".join(padded(part, size) for part, size in zip(parts, widths, strict=True)).rstrip()


def _cells(character: str) -> int:
    if category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if east_asian_width(character) in "FW" else 1


def _pieces(text: str) -> Iterator[str]:
    """What may not be broken: a word with the blanks after it, or one wide character."""
    word = ""
    for character in text:
        wide = _cells(character) == 2
        if word and (wide or (word[-1] == " " and character != " ")):
            yield word
            word = ""
        word += character
        if wide:
            yield word
            word = ""
    if word:
        yield word


def _head(piece: str, cells: int) -> str:
    size = 0
    for place, character in enumerate(piece):
        size += _cells(character)
        if size > cells:
            return piece[: max(place, 1)]
    return piece
