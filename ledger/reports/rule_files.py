"""What the rule files say that a result only names: titles, names of items, the bands of a grade.

A rule's bytes come from the bundle, or from those shipped with this program if their SHA-256 is the one in the result.
Without them a report shows identifiers; nothing else depends on it.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass

from ledger.accounting.method import parse_method
from ledger.grading.scheme import Scheme, parse_scheme
from ledger.language import Language
from ledger.reports.reading import Node, clean_text
from ledger.rules import load_rule
from terminal_signer.errors import CarbonError

ROLES = ("method", "factors", "scheme", "benchmarks", "template")


@dataclass(frozen=True, slots=True)
class RuleFile:
    """`title` and `source` are empty where only the result's own words are at hand."""

    role: str
    id: str
    edition: str
    sha256: str
    title: Mapping[str, str]
    source: str
    data: bytes | None

    def name(self, language: Language) -> str:
        return self.title.get(language) or self.title.get("en") or self.id


def rule_files(rules: Node, at_hand: Mapping[str, bytes]) -> dict[str, RuleFile]:
    """By role, in the order of `ROLES`; further roles after them by name."""
    found = {}
    named = dict(rules.members(20))
    for role in sorted(named, key=lambda role: (ROLES.index(role) if role in ROLES else len(ROLES), role)):
        head = named[role]
        identity, edition, digest = (head.get(name) for name in ("id", "edition", "sha256"))
        stated = digest.text(80) if digest else ""
        data = _bytes(identity.text(90) if identity else "", stated, at_hand.get(role))
        told = _told(data)
        found[role] = RuleFile(
            role, identity.text(90) if identity else role, edition.text(200) if edition else "", stated,
            _title(told), _plain(told.get("source")), data,
        )  # fmt: skip
    return found


def item_names(rule: RuleFile | None) -> dict[str, dict[str, str]]:
    """The names of a method's items."""
    if rule is None or rule.data is None:
        return {}
    try:
        method = parse_method(rule.data)
    except CarbonError:
        return {}
    return {item.id: dict(item.name) for item in method.items.values()}


def bands_of(rule: RuleFile | None) -> Scheme | None:
    """The scheme, where it is one with bands."""
    if rule is None or rule.data is None:
        return None
    try:
        return parse_scheme(rule.data)
    except CarbonError:
        return None


def _bytes(identity: str, stated: str, given: bytes | None) -> bytes | None:
    try:
        data = given if given is not None else load_rule(identity)
    except CarbonError:
        return None
    return data if "0x" + hashlib.sha256(data).hexdigest() == stated else None


def _told(data: bytes | None) -> dict[str, object]:
    try:
        return tomllib.loads((data or b"").decode())
    except (ValueError, RecursionError):
        return {}


def _title(told: dict[str, object]) -> dict[str, str]:
    title = told.get("title")
    pairs = title.items() if isinstance(title, dict) else ()
    return {language: _plain(text) for language, text in pairs if isinstance(text, str)}


def _plain(value: object) -> str:
    return clean_text(value)[:400] if isinstance(value, str) else ""
