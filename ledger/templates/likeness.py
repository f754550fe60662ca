"""Which items may be one and the same thing under two names. A reviewer decides; nothing is refused for it.

Compared are items of one unit, by what is left of their names without the words that say only "how much of it".
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher

from ledger.templates.items import Item, folded
from ledger.templates.layer import Layer

NEARLY = 0.8
"""From which likeness in either language a reviewer is asked (ratio of Ratcliff and Obershelp)."""
MOST = 3
_AMOUNT = {
    "zh": re.compile("消耗量|使用量|用量|产量|总量|数量|量"),
    "en": re.compile(r"\b(consumption|consumed|use|used|usage|output|total|amount|quantity|of|the|a|an)\b"),
}


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
    others = [item for layer in layers[:-1] for item in layer.items]
    codes, found = {item.code for item in others}, []
    for item in layers[-1].items:
        if item.code not in codes:
            found += [Warned(item, other) for other in likest(item, others)]
            others.append(item)
    return found


def likest(item: Item, others: Iterable[Item]) -> list[Item]:
    """At most `MOST` of `others`, the likest first."""
    alike = [(likeness(item, other), other) for other in others if _same_measure(item, other)]
    near = [(ratio, other) for ratio, other in alike if ratio >= NEARLY]
    near.sort(key=lambda entry: (-entry[0], entry[1].index))
    return [other for _, other in near[:MOST]]


def likeness(item: Item, other: Item) -> float:
    return max(_ratio(_core(item, language), _core(other, language)) for language in _AMOUNT)


def _same_measure(item: Item, other: Item) -> bool:
    return item.unit == other.unit and item.is_quantity == other.is_quantity


def _core(item: Item, language: str) -> str:
    name = folded(item.names[language])
    return folded(_AMOUNT[language].sub(" ", name)) or name


def _ratio(first: str, second: str) -> float:
    matcher = SequenceMatcher(None, first, second, autojunk=False)
    return matcher.ratio() if matcher.real_quick_ratio() >= NEARLY and matcher.quick_ratio() >= NEARLY else 0.0
