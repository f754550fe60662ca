"""What a group takes from a member's `result/1`: whose it is, which period, and every source that counts.

The bytes may come from anywhere: what does not read, or does not add up, is `Malformed`. Whether they are the member's
own is for its certificate to say; the group names their hash.
"""

import hashlib
import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from terminal_signer.strict import Malformed, Members, read_json

MAX_BYTES = 64 << 20
MAX_NUMBER = 4_000
SHARES = ("metered", "defaulted", "declared", "estimated")
MAX_NAME = 2_000

_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+|/[1-9][0-9]*)?")


@dataclass(frozen=True, slots=True)
class SourceSum:
    """One source of a member. `counts`: it is part of a total at all; `basis`: of which, "" of all. `by_month`: what
    was stated; a month that was only estimated is in the total alone."""

    id: str
    scope: int
    group: str
    gas: str
    counts: bool
    basis: str
    in_total: bool
    total: Fraction
    by_month: dict[str, Fraction]


@dataclass(frozen=True, slots=True)
class Member:
    """A member's result. `period`: start, end, offset. `points`: the measuring points behind it. `bases`: in which its
    method counts."""

    sha256: bytes
    where: str
    subject: str
    name: dict[str, str]
    method: tuple[str, str]
    period: tuple[int, int, str]
    unit: str
    gwp_set: str
    gases: tuple[str, ...]
    bases: tuple[str, ...]
    sources: tuple[SourceSum, ...]
    by_month: dict[str, Fraction | None]
    incomplete: bool
    quality: dict[str, int]
    marks: tuple[str, ...]
    points: frozenset[str]

    @property
    def total(self) -> Fraction:
        return sum((source.total for source in self.sources if source.in_total), Fraction(0))

    def source(self, source_id: str) -> SourceSum | None:
        return next((source for source in self.sources if source.id == source_id), None)


def read_member(data: bytes, where: str) -> Member:
    """Read a result's canonical JSON; `Malformed` names the member that is wrong."""
    if len(data) > MAX_BYTES:
        raise Malformed(f"larger than {MAX_BYTES} bytes", where=where)
    top = Members(read_json(data, where), where, "result/1")
    site, rules, emissions = top.inner("site"), top.inner("rules"), top.inner("emissions")
    method, period = rules.inner("method"), top.inner("period")
    sources = emissions.inner("by_source")
    member = Member(
        sha256=hashlib.sha256(data).digest(),
        where=where,
        subject=site.text("subject"),
        name=_names(site.inner("name")),
        method=(method.text("id"), method.text("edition")),
        period=(period.integer("start"), period.integer("end"), period.text("offset", 10)),
        unit=emissions.text("unit"),
        gwp_set=emissions.text("gwp_set"),
        gases=_texts(emissions, "gases"),
        bases=tuple(sorted(emissions.inner("bases").rest)) if "bases" in emissions.rest else (),
        sources=tuple(_source(source_id, sources.inner(source_id)) for source_id in sorted(sources.rest)),
        by_month=_months(emissions.inner("by_month")),
        incomplete=bool(emissions.items("incomplete", 10_000)),
        quality=_quality(top.inner("quality")),
        marks=_texts(top, "marks"),
        points=_points(top),
    )
    stated = _number(emissions.rest.get("total"), f"{where}.emissions.total")
    by_month = sum((amount or Fraction(0) for amount in member.by_month.values()), Fraction(0))
    if not stated == member.total == by_month:
        raise Malformed("its sources and months do not add up to its total", where=f"{where}.emissions.total")
    return member


def _source(source_id: str, members: Members) -> SourceSum:
    total, months = members.rest.get("total"), _months(members.inner("by_month"))
    return SourceSum(
        id=source_id,
        scope=members.integer("scope", 3, 1),
        group=members.text("group"),
        gas=members.text("gas"),
        counts=members.text("counts") == "total",
        basis="" if members.rest.get("basis") == "" else members.text("basis"),
        in_total=members.flag("in_total"),
        total=Fraction(0) if total is None else _number(total, f"{members.where}.total"),
        by_month={label: amount for label, amount in months.items() if amount is not None},
    )


def _months(members: Members) -> dict[str, Fraction | None]:
    return {
        label: None if value is None else _number(value, f"{members.where}.{label}")
        for label, value in sorted(members.rest.items())
    }


def _number(value: object, where: str) -> Fraction:
    if not isinstance(value, str) or len(value) > MAX_NUMBER or not _NUMBER.fullmatch(value):
        raise Malformed("expected an exact number as text", where=where)
    return Fraction(value)


def _names(members: Members) -> dict[str, str]:
    return {language: members.text(language, MAX_NAME) for language in ("zh", "en")}


def _texts(members: Members, name: str) -> tuple[str, ...]:
    values = members.items(name, 100)
    if not all(isinstance(value, str) and len(value) <= 80 for value in values):
        raise Malformed("expected texts", where=f"{members.where}.{name}")
    return tuple(values)


def _quality(members: Members) -> dict[str, int]:
    return {name: members.integer(name, 10_000) for name in ("coverage", *SHARES)}


def _points(top: Members) -> frozenset[str]:
    lines: list[Any] = top.items("trace", 10_000_000)
    return frozenset(
        line["point"]
        for line in lines
        if isinstance(line, dict) and line.get("line") == "metered" and isinstance(line.get("point"), str)
    )
