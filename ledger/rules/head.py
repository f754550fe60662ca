"""What every rule file says about itself: identity, edition, source, and how sure we are of it."""

import hashlib
from dataclasses import dataclass

from ledger.rules.reader import Table

CONFIDENCE = ("found", "tried", "memory-high", "memory-medium", "memory-low")
"""found: seen at the source named · tried: measured · memory-…: from memory of the named text, not compared."""

LOW = "memory-low"
DEMO = "DEMO"
UNVERIFIED = "UNVERIFIED"


@dataclass(frozen=True, slots=True)
class RuleHead:
    """`text_checked`: this file was compared with the edition's text; if not, every result made with it is UNVERIFIED.
    `demo`: somebody made figures of it up; results are DEMO. `years`: reporting years from–to, inclusive."""

    id: str
    edition: str
    title: dict[str, str]
    source: str
    confidence: str
    text_checked: bool
    demo: bool
    years: tuple[int, int | None]
    sha256: bytes

    @property
    def marks(self) -> frozenset[str]:
        """Marks that every result made with this rule carries."""
        marks = {DEMO} if self.demo else set()
        return frozenset(marks if self.text_checked else marks | {UNVERIFIED})

    def document(self) -> dict[str, object]:
        """How a result names the rule."""
        return {"id": self.id, "edition": self.edition, "sha256": "0x" + self.sha256.hex()}


def read_head(top: Table, data: bytes) -> RuleHead:
    """The fields common to all rule files."""
    return RuleHead(
        id=top.text("id", longest=80),
        edition=top.text("edition", longest=200),
        title=top.names("title"),
        source=top.text("source"),
        confidence=confidence(top),
        text_checked=top.flag("text_checked"),
        demo=top.flag("demo", default=False),
        years=top.years("years"),
        sha256=hashlib.sha256(data).digest(),
    )


def confidence(table: Table) -> str:
    """The confidence mark of a table; an unknown word is refused."""
    word = table.text("confidence")
    if word not in CONFIDENCE:
        raise table.error("confidence", f"unknown mark {word!r}", "one of: " + ", ".join(CONFIDENCE))
    return word
