"""A group (集团): results of several members added up, once each.

1. All members' results are of one period and offset, in one unit (CO2 may stand among CO2e), of one set of warming
   potentials. A basis is stated only if every member's method that counts in bases has it.
2. Refused as overlap: a subject that stands twice, a measuring point that two results count.
3. What one member delivers to another is netted only where the group says so, with the reason: at most what the taker's
   source counts, and never where the giver deducts what it delivers by itself. It leaves the months in the shares in
   which that source emits.
4. Shares and coverage are the members', weighted by their emissions, rounded to the weaker side; a member with a source
   without data leaves the group's coverage at 0.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction

from ledger.canonical import decimal_text
from ledger.evaluation.group_file import Group, GroupError, Netting
from ledger.evaluation.group_member import SHARES, Member, SourceSum

FORMAT = "group-result/1"
CO2, CO2E = "tCO2", "tCO2e"
NO_GWP = "not applicable"
Json = object


_Entry = tuple[SourceSum, Fraction]
"""What a source adds; what is netted of it is below zero."""


def add_group(group: Group, members: Sequence[Member]) -> dict[str, Json]:
    """The group's document; `GroupError` where members overlap or do not fit together."""
    _complete(group, members)
    members = sorted(members, key=lambda member: group.members.index(member.subject))
    unit, gwp_set = _common(members)
    netted = _netted(group, {member.subject: member for member in members})
    entries = [(source, source.total) for member in members for source in member.sources]
    entries += [(source, -netting.amount) for netting, source in netted]
    counted = [entry for entry in entries if entry[0].in_total]
    start, end, offset = members[0].period
    return {
        "format": FORMAT,
        "group": {"sha256": "0x" + group.sha256.hex(), "subject": group.subject, "name": dict(group.name)},
        "period": {"start": start, "end": end, "offset": offset},
        "emissions": {
            "unit": unit,
            "gwp_set": gwp_set,
            "gases": sorted({gas for member in members for gas in member.gases}),
            "total": decimal_text(_sum(counted)),
            **{f"scope{scope}": decimal_text(_scope(counted, scope)) for scope in (1, 2, 3)},
            "by_month": _by_month(members, netted),
            "by_group": _by(counted, lambda source: source.group),
            "by_gas": _by(counted, lambda source: source.gas),
            "bases": {
                basis: decimal_text(_sum(entry for entry in entries if _in_basis(entry[0], basis)))
                for basis in _bases(members)
            },
        },
        "members": [_member(member) for member in members],
        "netted": [_netting(netting) for netting in group.nettings],
        "quality": _quality(members),
        "marks": sorted({mark for member in members for mark in member.marks}),
    }


def _complete(group: Group, members: Sequence[Member]) -> None:
    seen: dict[str, str] = {}
    points: dict[str, str] = {}
    for member in members:
        if member.subject not in group.members:
            raise GroupError(
                f"{member.subject!r} is no member", where=member.where, mend="list it as a [[member]], or leave it out"
            )
        if member.subject in seen:
            raise GroupError(
                f"{member.subject!r} stands twice: {seen[member.subject]}", where=member.where, mend="keep one result"
            )
        seen[member.subject] = member.where
        for point in sorted(member.points):
            if point in points:
                raise GroupError(
                    f"point {point!r} is counted by {points[point]!r} as well",
                    where=member.where,
                    mend="draw the members' boundaries apart",
                )
        points |= dict.fromkeys(member.points, member.subject)
    missing = [subject for subject in group.members if subject not in seen]
    if missing:
        raise GroupError(f"no result of {missing[0]!r}", where=group.where, mend="give one result for every member")


def _common(members: Sequence[Member]) -> tuple[str, str]:
    """Unit and set of warming potentials."""
    first = members[0]
    for member in members[1:]:
        if member.period != first.period:
            raise GroupError("it is of another period", where=member.where, mend="evaluate all for the same period")
    units = {member.unit for member in members}
    if len(units) > 1 and not units <= {CO2, CO2E}:
        raise GroupError(f"units differ: {', '.join(sorted(units))}", where=first.where, mend="use methods of one unit")
    sets = sorted({member.gwp_set for member in members} - {NO_GWP})
    if len(sets) > 1:
        raise GroupError(
            f"warming potentials differ: {'; '.join(sets)}", where=first.where, mend="use editions of one set"
        )
    return (CO2E if len(units) > 1 else units.pop()), (sets[0] if sets else NO_GWP)


def _netted(group: Group, members: Mapping[str, Member]) -> list[tuple[Netting, SourceSum]]:
    taken: dict[tuple[str, str], Fraction] = {}
    found = []
    for netting in group.nettings:
        giver, taker = members[netting.giver], members[netting.taker]
        source = taker.source(netting.source)
        if source is None or not source.in_total or sum(source.by_month.values(), Fraction(0)) <= 0:
            raise GroupError(
                f"{taker.subject!r} counts nothing of {netting.source!r}",
                where=netting.place,
                mend="name a source of its total that has data",
            )
        taken[taker.subject, source.id] = taken.get((taker.subject, source.id), Fraction(0)) + netting.amount
        if taken[taker.subject, source.id] > source.total:
            raise GroupError(
                f"more is netted than that source counts, {decimal_text(source.total)}",
                where=netting.place,
                mend="net at most what was counted",
            )
        _not_deducted(netting, giver, source)
        found.append((netting, source))
    return found


def _not_deducted(netting: Netting, giver: Member, source: SourceSum) -> None:
    for own in giver.sources:
        if own.in_total and own.group == source.group and own.total < 0:
            raise GroupError(
                f"{giver.subject!r} deducts what it delivers already, by {own.id!r}",
                where=netting.place,
                mend="leave this netting out: it would count twice",
            )


def _sum(entries: Iterable[_Entry]) -> Fraction:
    return sum((amount for _, amount in entries), Fraction(0))


def _scope(entries: Iterable[_Entry], scope: int) -> Fraction:
    return _sum(entry for entry in entries if entry[0].scope == scope)


def _by(entries: Iterable[_Entry], name: Callable[[SourceSum], str]) -> dict[str, str]:
    sums: dict[str, Fraction] = {}
    for source, amount in entries:
        sums[name(source)] = sums.get(name(source), Fraction(0)) + amount
    return {found: decimal_text(amount) for found, amount in sorted(sums.items())}


def _by_month(members: Sequence[Member], netted: Sequence[tuple[Netting, SourceSum]]) -> dict[str, str | None]:
    """A month in which no member had data has no figure."""
    sums: dict[str, Fraction | None] = {}
    for member in members:
        for month, amount in member.by_month.items():
            before = sums.get(month)
            sums[month] = amount if before is None else before + (amount or Fraction(0))
    for netting, source in netted:
        whole = sum(source.by_month.values(), Fraction(0))
        for month, amount in source.by_month.items():
            sums[month] = (sums[month] or Fraction(0)) - netting.amount * amount / whole
    return {month: None if amount is None else decimal_text(amount) for month, amount in sorted(sums.items())}


def _bases(members: Sequence[Member]) -> list[str]:
    """What every member states that states any: the others' figures are the same on all bases."""
    stated = [set(member.bases) for member in members if member.bases]
    return sorted(set.intersection(*stated)) if stated else []


def _in_basis(source: SourceSum, basis: str) -> bool:
    return source.counts and source.basis in ("", basis)


def _quality(members: Sequence[Member]) -> dict[str, int]:
    weights = [
        sum((abs(source.total) for source in member.sources if source.in_total), Fraction(0)) for member in members
    ]
    whole = sum(weights, Fraction(0))
    if whole == 0:
        return dict.fromkeys(("coverage", *SHARES), 0)

    def mean(name: str) -> Fraction:
        of_members = zip(members, weights, strict=True)
        return sum((weight * member.quality[name] for member, weight in of_members), Fraction(0)) / whole

    bounds = [int(sum(map(mean, SHARES[: at + 1]), Fraction(0))) for at in range(len(SHARES))]
    shares = {name: bound - before for name, bound, before in zip(SHARES, bounds, [0, *bounds], strict=False)}
    unknown = any(member.incomplete for member in members)
    return {"coverage": 0 if unknown else int(mean("coverage")), **shares}


def _member(member: Member) -> Json:
    return {
        "subject": member.subject,
        "name": dict(member.name),
        "result": "0x" + member.sha256.hex(),
        "method": {"id": member.method[0], "edition": member.method[1]},
        "total": decimal_text(member.total),
    }


def _netting(netting: Netting) -> Json:
    return {
        "from": netting.giver,
        "to": netting.taker,
        "source": netting.source,
        "amount": decimal_text(netting.amount),
        "reason": dict(netting.reason),
    }
