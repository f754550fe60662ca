"""What a report is made of: sections of blocks, every text finished in one language. Both writers know only these."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Cell:
    """`sub` stands below in small; `tone`: "", "good", "warn", "bad", "soft"."""

    text: str
    sub: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`number`: set to the right with digits below each other. `share`: of the width, in a PDF."""

    label: str
    number: bool = False
    share: int = 2
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    foot: tuple[Cell, ...] = ()
    caption: str = ""
    note: str = ""
    dense: bool = False
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`style`: "body", "lead", "note"."""

    text: str
    style: str = "body"
    kind: str = "paragraph"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    kind: str = "heading"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values, as in the head of a form."""

    pairs: tuple[tuple[str, str], ...]
    kind: str = "pairs"


@dataclass(frozen=True, slots=True)
class Tile:
    label: str
    value: str
    unit: str = ""
    note: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tiles:
    """The figures that a reader came for; the first is the greatest."""

    tiles: tuple[Tile, ...]
    kind: str = "tiles"


@dataclass(frozen=True, slots=True)
class Bullet:
    text: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Bullet, ...]
    kind: str = "bullets"


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing in two widths; `alt` says in words what it shows."""

    wide: str
    narrow: str
    alt: str
    caption: str = ""
    kind: str = "picture"


Block = Table | Paragraph | Heading | Pairs | Tiles | Bullets | Picture


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A reservation that stands on every page: its code, and what it says."""

    code: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """All of it. `status` and `status_text`: whether a certificate stands behind it."""

    language: str
    kind: str
    title: str
    period: str
    status: str
    status_text: str
    certified: bool
    marks: tuple[Mark, ...]
    sections: tuple[Section, ...]
    digest: str
    period_end: int
    words: dict[str, str] = field(default_factory=dict)
