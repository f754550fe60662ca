"""The tree of a product's certificate: every certificate that it rests on, each verified by what the chain said.

What is checked of each, in this order; the first failure of a node is the worst that can be said of it:

    statement   the digest of the statement is the token on the chain
    status      not suspended, not revoked; superseded or expired is told
    root        the inputs that were burned are those that the three signed
    carried     quantity × footprint covers quantity × footprint of the inputs, as they stand today
    balance     the account issued no more than was certified, and nobody holds, used or retired what was not issued

Goods are shared: a certificate that several products rest on is verified once and shown where it is met first. A
correction can close a circle of accounts; it is followed once and told. Depth and number of certificates are limited.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ledger.keccak import keccak256
from ledger.tracing.picture import EXPIRED, REVOKED, SUPERSEDED, SUSPENDED, Account, Certificate, Picture, TracingError
from ledger.upstream import Input, UpstreamFault, upstream_root

STATEMENT, STATUS, ROOT, CARRIED, BALANCE = "statement", "status", "root", "carried", "balance"
CHECKS = (STATEMENT, STATUS, ROOT, CARRIED, BALANCE)
UNKNOWN, CIRCLE, TOO_DEEP, TOO_MANY, AGAIN = "unknown", "circle", "too-deep", "too-many", "again"
MAX_DEPTH, MAX_NODES = 2_000, 10_000
PRODUCT = 3


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a trace goes; both are counted from 1, the certificate asked for."""

    depth: int = MAX_DEPTH
    nodes: int = MAX_NODES


@dataclass(frozen=True, slots=True)
class Link:
    """`quantity` of an account went in; `token`: the certificate that speaks for it, None of an unknown account.
    `carried` in 10⁻⁹ kgCO2e at today's footprint. `note`: why the certificate's own node does not follow here."""

    account: int
    quantity: int
    token: int | None
    carried: int
    note: str = ""


@dataclass(slots=True)
class Node:
    """A certificate in the tree. `failed`: the checks that it does not pass. `worst`: of all statuses upstream, the
    gravest (revoked, suspended, unknown, or empty)."""

    certificate: Certificate
    account: Account | None
    status: str
    depth: int
    failed: tuple[str, ...]
    links: tuple[Link, ...] = ()
    worst: str = ""

    @property
    def token(self) -> int:
        return self.certificate.token

    @property
    def declared(self) -> int:
        """What the product carries in whole, 10⁻⁹ kgCO2e."""
        return self.certificate.statement.quantity * self.certificate.statement.footprint

    @property
    def certified(self) -> int:
        """What its certified inputs carry of that; the rest is the process and material without a certificate."""
        return sum(link.carried for link in self.links)


@dataclass(slots=True)
class Trace:
    """`nodes` by token, in the order in which they were met. `cut`: the limits that ended it early."""

    picture: Picture
    root: int
    nodes: dict[int, Node] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)

    @property
    def failed(self) -> list[Node]:
        return [node for node in self.nodes.values() if node.failed]

    @property
    def sound(self) -> bool:
        """Whether every certificate of the tree passes every check, and none is unknown."""
        links = (link for node in self.nodes.values() for link in node.links)
        return not self.failed and all(link.note not in (UNKNOWN, CIRCLE) for link in links)


def trace(
    picture: Picture, token: int, limits: Limits | None = None, hashed: Callable[[bytes], bytes] = keccak256
) -> Trace:
    """The tree from this certificate upstream. `hashed`: a faster Keccak-256. Raises TracingError."""
    if token not in picture.certificates:
        raise TracingError("the chain knows no such certificate", where=f"0x{token:064x}")
    found = Trace(picture, token)
    _Walk(found, limits or Limits(), hashed).run()
    _spread(found)
    return found


class _Walk:
    """Breadth first, so that the nearest certificates are those within the limits."""

    def __init__(self, found: Trace, limits: Limits, hashed: Callable[[bytes], bytes]) -> None:
        self._found, self._picture, self._limits, self._hashed = found, found.picture, limits, hashed

    def run(self) -> None:
        waiting = [(self._found.root, 1)]
        self._found.nodes[self._found.root] = self._node(self._found.root, 1)
        for token, depth in waiting:
            node = self._found.nodes[token]
            links = []
            for part in node.certificate.inputs:
                link = self._link(part, depth)
                if link.token is not None and not link.note:
                    self._found.nodes[link.token] = self._node(link.token, depth + 1)
                    waiting.append((link.token, depth + 1))
                links.append(link)
            node.links = tuple(links)
            node.failed = tuple(check for check in CHECKS if not self._holds(check, node))

    def _link(self, part: Input, depth: int) -> Link:
        account = self._picture.accounts.get(part.id)
        if account is None or account.certificate not in self._picture.certificates:
            return Link(part.id, part.quantity, None, 0, UNKNOWN)
        note = ""
        if account.certificate in self._found.nodes:
            note = AGAIN
        elif depth >= self._limits.depth:
            note = TOO_DEEP
        elif len(self._found.nodes) >= self._limits.nodes:
            note = TOO_MANY
        if note in (TOO_DEEP, TOO_MANY):
            self._found.cut.add(note)
        return Link(part.id, part.quantity, account.certificate, part.quantity * account.footprint, note)

    def _node(self, token: int, depth: int) -> Node:
        certificate = self._picture.certificates[token]
        status = certificate.status_at(self._picture.time)
        return Node(certificate, self._picture.account_of(token), status, depth, ())

    def _holds(self, check: str, node: Node) -> bool:
        statement = node.certificate.statement
        if check == STATEMENT:
            return int.from_bytes(statement.digest(self._picture.domain, self._hashed), "big") == node.token
        if check == STATUS:
            return node.status not in (SUSPENDED, REVOKED)
        if check == ROOT:
            return self._root(node.certificate.inputs) == statement.upstream_root
        if check == CARRIED:
            return node.declared >= node.certified
        return node.account is None or _balanced(node.account, self._picture.certificates)

    def _root(self, inputs: tuple[Input, ...]) -> bytes | None:
        try:
            return upstream_root(inputs, self._hashed)
        except UpstreamFault:
            return None


def _balanced(account: Account, certificates: Mapping[int, Certificate]) -> bool:
    """After a correction downwards more may have been issued than is certified now, never than was certified once."""
    most, token = account.certified, account.certificate
    while (certificate := certificates.get(token)) is not None:
        most = max(most, certificate.statement.quantity)
        token = certificate.statement.supersedes
    held = account.held.values()
    return sum(held) == account.in_circulation and min(held, default=0) >= 0 and account.issued <= most


def _spread(found: Trace) -> None:
    """The worst of all that lies upstream, told at every certificate that rests on it; circles are told apart."""
    gravity = {REVOKED: 3, SUSPENDED: 2, UNKNOWN: 1, "": 0}
    for token in _upstream_first(found):
        node = found.nodes[token]
        for link in node.links:
            upstream = found.nodes.get(link.token) if link.token is not None else None
            told = {UNKNOWN} if link.token is None else set()
            if upstream is not None:
                told = {upstream.worst, upstream.status if upstream.status in gravity else ""}
            node.worst = max({node.worst, *told}, key=lambda word: gravity[word])


def _upstream_first(found: Trace) -> list[int]:
    """Every certificate after those that it rests on. A link that closes a circle is marked and not followed."""
    order: list[int] = []
    open_: set[int] = set()
    stack: list[tuple[int, bool]] = [(found.root, False)]
    done: set[int] = set()
    while stack:
        token, leaving = stack.pop()
        if leaving:
            open_.discard(token)
            done.add(token)
            order.append(token)
            continue
        if token in done or token in open_:
            continue
        open_.add(token)
        stack.append((token, True))
        node = found.nodes[token]
        for at, link in enumerate(node.links):
            if link.token in open_:
                circle = Link(link.account, link.quantity, link.token, link.carried, CIRCLE)
                node.links = (*node.links[:at], circle, *node.links[at + 1 :])
            elif link.token in found.nodes and link.token not in done:
                stack.append((link.token, False))
    return order


__all__ = [
    "AGAIN", "BALANCE", "CARRIED", "CHECKS", "CIRCLE", "EXPIRED", "PRODUCT", "REVOKED", "ROOT", "STATEMENT", "STATUS",
    "SUPERSEDED", "SUSPENDED", "TOO_DEEP", "TOO_MANY", "UNKNOWN", "Limits", "Link", "Node", "Trace", "trace",
]  # fmt: skip
