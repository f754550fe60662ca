"""Patterns that cannot run away: a flat row of characters and classes with bounded counts, between ^ and $.

    ^[A-T][0-9]{2,4}$

Neither groups, alternatives, unbounded repetition nor names of classes: what is left means the same in every dialect of
regular expressions, and matching takes time by the number of parts times the length of the text, whatever the text.
"""

from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from ledger.templates.errors import TemplateError

MAX_PARTS = 32
MAX_COUNT = 4000
MAX_LENGTH = 200
_SPECIAL = frozenset(r".^$*+?()[]{}|\/")
_DIGITS = frozenset("0123456789")
Range = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One of `ranges` (bounds included), `least` to `most` times."""

    ranges: tuple[Range, ...]
    least: int
    most: int

    def has(self, character: str) -> bool:
        return any(first <= character <= last for first, last in self.ranges)


@lru_cache(maxsize=1024)
def parse_pattern(text: str) -> tuple[Part, ...]:
    """The parts of a pattern; else `TemplateError`."""
    if len(text) > MAX_LENGTH or text[:1] != "^" or text[-1:] != "$" or len(text) < 2:
        raise _error(text, f"write at most {MAX_LENGTH} characters, from ^ to $")
    reader, parts = _Reader(text), []
    while reader.at < len(text) - 1:
        ranges = reader.one()
        parts.append(Part(ranges, *reader.count()))
    if reader.at != len(text) - 1 or len(parts) > MAX_PARTS:
        raise _error(text, f"at most {MAX_PARTS} parts, and $ at the end only")
    return tuple(parts)


def matches(parts: tuple[Part, ...], text: str) -> bool:
    """Whether the whole text fits."""
    reached = [True] + [False] * len(text)
    for part in parts:
        reached = _beyond(part, text, reached)
    return reached[-1]


def _beyond(part: Part, text: str, reached: list[bool]) -> list[bool]:
    """Where a part can end, if it starts at a place reached: `start` is where the run of its characters began."""
    sums = [0, *accumulate(reached)]
    ends, start = [], 0
    for end in range(len(text) + 1):
        if end and not part.has(text[end - 1]):
            start = end
        low, high = max(start, end - part.most), end - part.least
        ends.append(low <= high and sums[high + 1] > sums[low])
    return ends


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 1

    def take(self) -> str:
        if self.at >= len(self.text) - 1:
            raise _error(self.text, "it ends in the middle of a part")
        self.at += 1
        return self.text[self.at - 1]

    def one(self) -> tuple[Range, ...]:
        character = self.take()
        if character == "[":
            return self.bracket()
        if character == "\\":
            character = self.escaped(_SPECIAL)
        elif character in _SPECIAL - {"/"}:
            raise _error(self.text, f"{character!r} stands for nothing here; write \\{character} for the character")
        return ((character, character),)

    def bracket(self) -> tuple[Range, ...]:
        ranges: list[Range] = []
        while (character := self.take()) != "]":
            first = self.member(character)
            last = first
            if self.text[self.at] == "-" and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
                self.take()
                last = self.member(self.take())
            if first > last:
                raise _error(self.text, f"the range {first}-{last} runs backwards")
            ranges.append((first, last))
        if not ranges:
            raise _error(self.text, "a class holds at least one character")
        return tuple(ranges)

    def member(self, character: str) -> str:
        if character == "\\":
            return self.escaped(_SPECIAL | {"-"})
        if character in "[^-&~|":
            raise _error(self.text, f"{character!r} in a class is read in several ways; leave it out")
        return character

    def escaped(self, known: frozenset[str]) -> str:
        character = self.take()
        if character not in known:
            raise _error(self.text, f"\\{character} is no escape that every dialect reads alike")
        return character

    def count(self) -> tuple[int, int]:
        mark = self.text[self.at]
        if mark == "?":
            self.at += 1
            return 0, 1
        if mark != "{":
            return 1, 1
        self.at += 1
        least = self.number()
        most = least
        if self.text[self.at] == ",":
            self.at += 1
            most = self.number()
        if self.take() != "}" or not least <= most <= MAX_COUNT or most == 0:
            raise _error(self.text, f"write a count as {{2}} or {{2,4}}, at most {MAX_COUNT}")
        return least, most

    def number(self) -> int:
        start = self.at
        while self.text[self.at] in _DIGITS and self.at < len(self.text) - 1:
            self.at += 1
        digits = self.text[start : self.at]
        if not 0 < len(digits) <= 4:
            raise _error(self.text, "a count has both of its bounds, in digits")
        return int(digits)


def _error(text: str, mend: str) -> TemplateError:
    return TemplateError(f"{text[:MAX_LENGTH]!r} is no pattern of the safe subset", mend=mend)
