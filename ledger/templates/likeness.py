"""Which items may be one and the same thing under two names. A reviewer decides; nothing is refused for it.

Compared are items of one unit, by what is left of their names without the words that say only "how much of it": the
share of neighbouring pairs of characters that two names have in common (Dice).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from ledger.templates.items import Item, folded
from ledger.templates.layer import Layer

NEARLY = Fraction(3, 4)
"""From which likeness in either language a reviewer is asked."""
MOST = 3
_AMOUNT = {
    "zh": re.compile("消耗量|使用量|用量|产量|总量|数量|量"),
    "en": re.compile(r"\b(consumption|consumed|use|used|usage|output|total|amount|quantity|of|the|in|a|an)\b"),
}
Pairs = dict[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Warned:
    """Two items that may be one."""

    item: Item
    like: Item

    def __str__(self) -> str:
        return (
            f"{self.item} ({self.item.names['zh']}, {self.item.names['en']}) has the unit of {self.like} "
            f"({self.like.names['zh']}, {self.like.names['en']}) and nearly its name"
        )


def warnings(public: Layer, industry: Layer | None = None, extension: Layer | None = None) -> list[Warned]:
    """Of each item that the topmost layer adds, the likest others."""
    layers = [layer for layer in (public, industry, extension) if layer is not None]
    others = [(item, _pairs(item)) for layer in layers[:-1] for item in layer.items]
    codes, found = {item.code for item, _ in others}, []
    for item in layers[-1].items:
        if item.code not in codes:
            pairs = _pairs(item)
            found += [Warned(item, other) for other in _likest(item, pairs, others)]
            others.append((item, pairs))
    return found


def _likest(item: Item, pairs: Pairs, others: Iterable[tuple[Item, Pairs]]) -> list[Item]:
    """At most `MOST` of `others`, the likest first."""
    alike = [(_likeness(pairs, theirs), other) for other, theirs in others if _same_measure(item, other)]
    near = [(likeness, other) for likeness, other in alike if likeness >= NEARLY]
    near.sort(key=lambda entry: (-entry[0], entry[1].index))
    return [other for _, other in near[:MOST]]


def _likeness(first: Pairs, second: Pairs) -> Fraction:
    return max(
        Fraction(2 * len(first[language] & second[language]), len(first[language]) + len(second[language]))
        for language in _AMOUNT
    )


def _same_measure(item: Item, other: Item) -> bool:
    return item.unit == other.unit and item.is_quantity == other.is_quantity


def _pairs(item: Item) -> Pairs:
    """The pairs of neighbouring characters of a name's core, its ends among them."""
    found = {}
    for language, amount in _AMOUNT.items():
        name = folded(item.names[language])
        core = f" {folded(amount.sub(' ', name)) or name} "
        found[language] = frozenset(core[place : place + 2] for place in range(len(core) - 1))
    return found
