"""A trace for people: a tree, each certificate with what it carries, from where, and how it was verified."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from fractions import Fraction

from rich.console import Console
from rich.text import Text

from ledger.canonical import decimal_text, round_half_even
from ledger.commands.cells import printable
from ledger.commands.trace_texts import TEXTS
from ledger.language import Language
from ledger.tracing.picture import ACTIVE
from ledger.tracing.trace import AGAIN, CIRCLE, TOO_DEEP, TOO_MANY, UNKNOWN, Link, Node, Trace

NANO, MICRO, MILLI = 10**9, 10**6, 10**3
MOST_LINES = 400
Parts = Mapping[int, Mapping[str, str]]


def show(found: Trace, parts: Parts, language: Language, *, depth: int, out: Console | None = None) -> None:
    """Print the tree down to `depth` certificates; what lies deeper is verified all the same."""
    console, text = out or Console(highlight=False), TEXTS[language]
    for count, line in enumerate(_Tree(found, parts, text, depth).lines()):
        if count >= MOST_LINES:
            console.print(Text(text["more-lines"].format(count=MOST_LINES), style="dim"))
            break
        console.print(line, soft_wrap=True)
    if parts:
        console.print(Text(text["stated"], style="dim"))
    for line in _below(found, text):
        console.print(line, soft_wrap=True)


class _Tree:
    def __init__(self, found: Trace, parts: Parts, text: Mapping[str, str], depth: int) -> None:
        self._found, self._parts, self._text, self._depth = found, parts, text, depth

    def lines(self) -> Iterator[Text]:
        """One after the other without recursion: a chain may be a thousand certificates long."""
        root = self._found.nodes[self._found.root]
        yield self._head(root, None)
        stack = [("", self._entries(root))]
        while stack:
            indent, entries = stack[-1]
            entry = next(entries, None)
            if entry is None:
                stack.pop()
                continue
            (line, below), last = entry
            yield Text(indent + ("└─ " if last else "├─ "), style="dim") + line
            if below is not None:
                stack.append((indent + ("   " if last else "│  "), self._entries(below)))

    def _entries(self, node: Node) -> Iterator[tuple[tuple[Text, Node | None], bool]]:
        listed = [*((line, None) for line in self._faults(node)), *self._inputs(node)]
        for at, pair in enumerate(listed):
            yield pair, at == len(listed) - 1

    def _inputs(self, node: Node) -> Iterator[tuple[Text, Node | None]]:
        for link in node.links:
            upstream = None if link.token is None else self._found.nodes.get(link.token)
            if upstream is None:
                yield self._unseen(node, link), None
                continue
            line = self._head(upstream, (node, link))
            follow = not link.note and upstream.depth <= self._depth
            if not follow:
                note = link.note or ("deeper" if upstream.links else "")
                line += Text(
                    f"  {self._text['note-' + note]}" if note else "", style="red" if note == CIRCLE else "dim"
                )
            yield line, upstream if follow else None
        if node.declared > node.certified:
            yield from ((line, None) for line in self._rest(node))

    def _head(self, node: Node, via: tuple[Node, Link] | None) -> Text:
        statement = node.certificate.statement
        line = Text()
        if via is not None:
            below, link = via
            amount = f"{_number(Fraction(link.quantity, MILLI), 3)} {_unit(statement.unit)}  "
            line.append(f"{share_text(link.carried, below.declared):>6}  ", style="bold")
            line.append(amount)
        line.append(printable(statement.identifier), style="bold")
        each = _number(Fraction(statement.footprint, MICRO), 6)
        line.append(f"  {each} kgCO2e/{_unit(statement.unit)}  ")
        if via is None:
            line.append(f"× {_number(Fraction(statement.quantity, MILLI), 3)}  ")
        good = not node.failed
        word = self._text["status-" + node.status]
        style = "red" if not good else "green" if node.status == ACTIVE else "yellow"
        return line.append(("✓ " if good else "✗ ") + word, style=style)

    def _faults(self, node: Node) -> Iterator[Text]:
        for check in node.failed:
            reason = printable(node.certificate.reason) if check == "status" else ""
            told = self._text["failed-" + check] + (f": {reason}" if reason else "")
            yield Text(f"✗ {told}", style="red")
        if (account := node.account) and account.issued > account.certified:
            more = f"{_number(Fraction(account.issued - account.certified, MILLI), 3)} {_unit(account.unit)}"
            yield Text(f"! {self._text['issued-beyond'].format(more=more)}", style="yellow")
        if node.worst:
            yield Text(f"! {self._text['upstream-' + node.worst]}", style="red" if node.worst != UNKNOWN else "yellow")

    def _unseen(self, node: Node, link: Link) -> Text:
        notes = {UNKNOWN: "red", TOO_DEEP: "yellow", TOO_MANY: "yellow", CIRCLE: "red", AGAIN: "dim"}
        share = share_text(link.carried, node.declared) if link.token is not None else "?"
        line = Text(f"{share:>6}  {_number(Fraction(link.quantity, MILLI), 3)}  0x{link.account:064x}"[:60] + "…")
        return line.append(f"  {self._text['note-' + link.note]}", style=notes.get(link.note, "dim"))

    def _rest(self, node: Node) -> Iterator[Text]:
        """What no certificate stands behind: parted where a store knows the result, else in one."""
        rest, parts = node.declared - node.certified, self._parts.get(node.token)
        if parts is None:
            yield Text(f"{share_text(rest, node.declared):>6}  {self._text['rest']}", style="dim")
            return
        for name in ("secondary", "own"):
            amount = Fraction(parts[name])
            if amount:
                yield Text(f"{share_text(amount * NANO, node.declared):>6}  {self._text[name]}", style="dim")


def _below(found: Trace, text: Mapping[str, str]) -> Iterator[Text]:
    yield Text("")
    count, failed = len(found.nodes), len(found.failed)
    summary = text["verified"] if found.sound else text["not-verified"]
    yield Text(summary.format(count=count, failed=failed), style="bold green" if found.sound else "bold red")
    for word in sorted(found.cut):
        yield Text(text["cut-" + word], style="yellow")
    picture = found.picture
    time = f"{datetime.fromtimestamp(picture.time, UTC):%Y-%m-%d %H:%M:%S} UTC"
    asof = text["as-of"].format(block=f"{picture.block:,}", time=time, chain=picture.domain.chain_id)
    yield Text(asof, style="dim")


def share_text(part: int | Fraction, whole: int | Fraction) -> str:
    """In per cent to a tenth; a little is not nothing."""
    if not whole:
        return "–"
    tenths = int(round_half_even(Fraction(part) * 1000 / whole, 0))
    return "<0.1 %" if part > 0 and not tenths else f"{tenths // 10}.{tenths % 10} %"


def _number(number: Fraction, places: int) -> str:
    whole, point, rest = decimal_text(round_half_even(number, places)).partition(".")
    return f"{int(whole):,}{point}{rest}"


def _unit(unit: str) -> str:
    """`{piece}` reads as a word; a certificate's own text keeps the braces."""
    return printable(unit).strip("{}")
