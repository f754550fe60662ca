"""Reads a result document that came from anywhere: bounded, typed, and cleaned of what no page should carry.

Control characters and characters that turn the direction of writing are replaced; what is left is text and never
markup. Every failure is a `ReportError` that names the member.
"""

import re
import unicodedata
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ledger.language import Language
from terminal_signer.errors import CarbonError
from terminal_signer.strict import Malformed, read_json

FORMAT = "result/1"
MOST_BYTES = 64 << 20
MOST_NUMBER = 4000
MOST_MONTHS = 400
MOST_ITEMS = 200_000

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+|/[0-9]*[1-9][0-9]*)?")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class ReportError(CarbonError):
    """A document is not a result that can be reported, or a report cannot be written."""

    code = "report"


class Node:
    """One value of the document and where it stands."""

    def __init__(self, value: Any, where: str) -> None:
        self.value = value
        self.where = where

    def get(self, name: str) -> "Node | None":
        """The member, or None where it is absent or null."""
        self._is(dict, "an object")
        found = self.value.get(name)
        return None if found is None else Node(found, f"{self.where}.{name}")

    def need(self, name: str) -> "Node":
        found = self.get(name)
        if found is None:
            raise ReportError(f"member {name!r} is missing", where=self.where, mend="is it a whole result/1?")
        return found

    def text(self, most: int = 400) -> str:
        self._is(str, "a text")
        text = str(self.value)
        return text if len(text) <= most else text[: most - 1] + "…"

    def number(self) -> Fraction:
        self._is(str, "an exact number as text")
        if len(self.value) > MOST_NUMBER or not _NUMBER.fullmatch(self.value):
            raise ReportError(f"{self.value[:40]!r} is no exact number", where=self.where)
        return Fraction(self.value)

    def integer(self) -> int:
        self._is(int, "a whole number")
        return int(self.value)

    def flag(self) -> bool:
        self._is(bool, "true or false")
        return bool(self.value)

    def items(self, most: int = MOST_ITEMS) -> list["Node"]:
        self._is(list, "a list")
        self._at_most(most)
        return [Node(item, f"{self.where}[{at}]") for at, item in enumerate(self.value)]

    def members(self, most: int = MOST_ITEMS) -> Iterator[tuple[str, "Node"]]:
        self._is(dict, "an object")
        self._at_most(most)
        return ((name, Node(value, f"{self.where}.{name}")) for name, value in self.value.items())

    def name(self, language: Language, most: int = 400) -> str:
        """A text in both languages; a plain text serves both."""
        if isinstance(self.value, str):
            return self.text(most)
        other = "en" if language == "zh" else "zh"
        found = self.get(language) or self.get(other)
        if found is None:
            raise ReportError("no text in Chinese or English", where=self.where)
        return found.text(most)

    def _is(self, kind: type, expected: str) -> None:
        if type(self.value) is not kind:
            raise ReportError(f"expected {expected}", where=self.where)

    def _at_most(self, most: int) -> None:
        if len(self.value) > most:
            raise ReportError(f"more than {most} entries", where=self.where)


def optional_number(node: Node | None) -> Fraction | None:
    return None if node is None else node.number()


def by_month(node: Node) -> dict[str, Fraction | None]:
    """The months of a member `by_month`, null where nothing is known."""
    months = node.need("by_month")
    return {
        label: None if month.value is None else month.number() for label, month in sorted(months.members(MOST_MONTHS))
    }


def read_result(data: bytes, where: str = "result.json") -> Node:
    """The document; raises `ReportError` for anything that is not a result."""
    if len(data) > MOST_BYTES:
        raise ReportError(f"more than {MOST_BYTES} bytes", where=where)
    try:
        document = read_json(data, where)
    except Malformed as fault:
        raise ReportError(fault.message, where=fault.where, mend="give a result.json or a bundle") from None
    root = Node(_clean(document), where)
    found = root.get("format") if isinstance(document, dict) else None
    if found is None or found.value != FORMAT:
        raise ReportError(f"no {FORMAT} document", where=where, mend="give a result.json or a bundle")
    return root


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value if value.isascii() and value.isprintable() else clean_text(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(name): _clean(item) for name, item in value.items()}
    return value


def clean_text(text: str) -> str:
    """Text for a page: line ends as spaces, control and direction characters and lone surrogates as U+FFFD."""
    spaced = " ".join(_DIRECTION.sub("\ufffd", text).split())
    return "".join(
        "\ufffd" if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co") else character for character in spaced
    )
