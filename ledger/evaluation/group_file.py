"""Group files `group/1`: which members' results make up a group, and what they deliver to each other."""

import hashlib
from dataclasses import dataclass
from fractions import Fraction

from ledger.rules.reader import Table, read_toml
from terminal_signer.errors import CarbonError

FORMAT = "group/1"
MAX_MEMBERS = 1_000


class GroupError(CarbonError):
    """A group file is not what this program can use, or its members' results do not fit together."""

    code = "group"


@dataclass(frozen=True, slots=True)
class Netting:
    """What `giver` delivered to `taker`, in the group's unit: counted by both, and taken out of the taker's source."""

    giver: str
    taker: str
    source: str
    amount: Fraction
    reason: dict[str, str]
    place: str


@dataclass(frozen=True, slots=True)
class Group:
    """`members`: the subjects of their results."""

    sha256: bytes
    where: str
    subject: str
    name: dict[str, str]
    members: tuple[str, ...]
    nettings: tuple[Netting, ...]


def parse_group(data: bytes, name: str = "group file") -> Group:
    """Read a `group/1` file; `GroupError` names file, line and field."""
    top = read_toml(data, name, GroupError, FORMAT)
    members: list[str] = []
    for table in top.tables("member", required=True):
        subject = table.text("subject", longest=200)
        if subject in members:
            raise table.error("subject", f"{subject!r} stands twice", "name each member once")
        if len(members) == MAX_MEMBERS:
            raise table.error("subject", f"more than {MAX_MEMBERS} members", "make groups of groups")
        members.append(subject)
        table.finish()
    group = Group(
        sha256=hashlib.sha256(data).digest(),
        where=name,
        subject=top.text("subject", longest=200),
        name=top.names("name"),
        members=tuple(members),
        nettings=tuple(_netting(table, members) for table in top.tables("netting")),
    )
    top.finish()
    _once(group)
    return group


def _netting(table: Table, members: list[str]) -> Netting:
    netting = Netting(
        giver=_member(table, "from", members),
        taker=_member(table, "to", members),
        source=table.text("source", longest=80),
        amount=table.number("amount"),
        reason=table.names("reason"),
        place=table.place("source"),
    )
    if netting.giver == netting.taker:
        raise table.error("to", "a member delivers nothing to itself", "name another member")
    if netting.amount <= 0:
        raise table.error("amount", "what is netted is above zero", "leave it out if nothing was delivered")
    table.finish()
    return netting


def _member(table: Table, field: str, members: list[str]) -> str:
    subject = table.text(field, longest=200)
    if subject not in members:
        raise table.error(field, f"{subject[:80]!r} is no member", "name the subject of a [[member]]")
    return subject


def _once(group: Group) -> None:
    seen: set[tuple[str, str, str]] = set()
    for netting in group.nettings:
        delivered = netting.giver, netting.taker, netting.source
        if delivered in seen:
            raise GroupError("the same delivery is netted twice", where=netting.place, mend="keep one")
        seen.add(delivered)
