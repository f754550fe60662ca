"""Green certificates: which claims count for the market-based figure. The location-based one never changes.

Rules:

1. The site file entitles who may claim (`[[declaration]] item = "green_certificates"`). A plain declaration of the
   item, without serials, counts for nothing.
2. A serial counts once: of the sound claims the one logged first stands, whatever months it was for. `used` names the
   serials that other enterprises, sites or years have used.
3. Sound is a claim of the site's own enterprise, for whole months, of a vintage within the method's window – else of
   the calendar year of its use.
4. A month never counts more than its metered purchased electricity; what is beyond is refused, and listed. Claims for
   the shortest time fill their months first, then those logged first, so that as much counts as can.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ledger.accounting.method_rules import Vintages
from ledger.canonical import decimal_text
from ledger.evaluation.calendar import Month
from ledger.evaluation.green_claims import Claim
from ledger.evaluation.inputs import Period
from ledger.evaluation.site import Site

PURCHASED_ELECTRICITY = "purchased_electricity"

USED_ELSEWHERE = "used-elsewhere"
CLAIMED_TWICE = "claimed-twice"
OTHER_BENEFICIARY = "other-beneficiary"
OUTSIDE_VINTAGE = "outside-vintage"
NO_WHOLE_MONTH = "no-whole-month"
MORE_THAN_METERED = "more-than-metered"


@dataclass(slots=True)
class ClaimLine:
    """What became of a claim: MWh by month that count, and why the rest does not. `where`: where it was used before."""

    claim: Claim
    by_month: list[Fraction]
    reason: str | None = None
    where: str | None = None

    @property
    def counted(self) -> Fraction:
        return sum(self.by_month, Fraction(0))

    @property
    def refused(self) -> Fraction:
        return self.claim.megawatt_hours - self.counted


@dataclass(frozen=True, slots=True)
class Green:
    """The claims of a period in the order of the log; metered purchased electricity by month, in MWh."""

    months: tuple[str, ...]
    metered: tuple[Fraction, ...]
    lines: tuple[ClaimLine, ...]

    def by_month(self) -> list[Fraction]:
        """The MWh that count: never more than metered."""
        return [sum((line.by_month[at] for line in self.lines), Fraction(0)) for at in range(len(self.months))]


def settle(
    claims: Sequence[Claim],
    months: Sequence[Month],
    metered: Sequence[Fraction],
    beneficiaries: Collection[str],
    *,
    used: Mapping[str, str] | None = None,
    window: Vintages | None = None,
) -> Green:
    """Which claims of the months count. `metered`: MWh by month; `used`: where a certificate was used before."""
    numbers = [month_number(month) for month in months]
    period = Period(months[0].start, months[-1].end)
    standing: dict[str, Claim] = {}
    lines = []
    for claim in claims:
        line = ClaimLine(claim, [Fraction(0)] * len(months), _unsound(claim, beneficiaries, window))
        if line.reason is None:
            first = standing.setdefault(claim.key, claim)
            if used and claim.key in used:
                line.reason, line.where = USED_ELSEWHERE, used[claim.key]
            elif first is not claim:
                line.reason, line.where = CLAIMED_TWICE, f"#{first.index}"
        if period.start <= claim.start and claim.end <= period.end:
            lines.append(line)
    _fill(lines, numbers, metered)
    return Green(tuple(month.label for month in months), tuple(metered), tuple(lines))


def month_number(month: Month) -> int:
    """Counted from the year 0."""
    return month.year * 12 + int(month.label[5:]) - 1


def beneficiaries(site: Site) -> frozenset[str]:
    """As whom a certificate may name the enterprise."""
    return frozenset(name for name in (site.uscc, site.iss) if name)


def green_document(green: Green) -> dict[str, object]:
    """The result's `green` section."""
    counted = green.by_month()
    claimed = sum(line.claim.megawatt_hours for line in green.lines)
    return {
        "unit": "MWh",
        "metered": decimal_text(sum(green.metered, Fraction(0))),
        "claimed": decimal_text(claimed),
        "counted": decimal_text(sum(counted, Fraction(0))),
        "refused": decimal_text(claimed - sum(counted, Fraction(0))),
        "by_month": {label: decimal_text(amount) for label, amount in zip(green.months, counted, strict=True)},
        "certificates": [_line(line) for line in green.lines],
    }


def used_certificates(document: Mapping[str, Any]) -> dict[str, str]:
    """The certificates that a result counts, and whose result it is: an entry of the register for all other results."""
    lines = document.get("green", {}).get("certificates", [])
    where = f"{document['site']['subject']} {document['period']['start']}–{document['period']['end']}"
    return {f"{line['registry']}/{line['serial']}": where for line in lines if line["counted"] != "0"}


def _unsound(claim: Claim, beneficiaries: Collection[str], window: Vintages | None) -> str | None:
    """Why a claim cannot count, whatever was metered and whoever else claims it."""
    if claim.beneficiary not in beneficiaries:
        return OTHER_BENEFICIARY
    if claim.used is None:
        return NO_WHOLE_MONTH
    (made_first, made_last), (first, last) = claim.made, claim.used
    if window is None:
        timely = made_first // 12 == first // 12 == last // 12
    else:
        timely = made_last >= last - window.before and made_first <= first + window.after
    return None if timely else OUTSIDE_VINTAGE


def _fill(lines: Sequence[ClaimLine], numbers: Sequence[int], metered: Sequence[Fraction]) -> None:
    left = [max(amount, Fraction(0)) for amount in metered]
    sound = [line for line in lines if line.reason is None]
    for line in sorted(sound, key=lambda line: line.claim.end - line.claim.start):
        first, last = line.claim.used or (0, -1)
        rest = Fraction(line.claim.megawatt_hours)
        for at, number in enumerate(numbers):
            if first <= number <= last:
                line.by_month[at] = min(rest, left[at])
                rest -= line.by_month[at]
                left[at] -= line.by_month[at]
        if rest:
            line.reason = MORE_THAN_METERED


def _line(line: ClaimLine) -> dict[str, object]:
    claim = line.claim
    return {
        "registry": claim.registry,
        "serial": claim.serial,
        "vintage": claim.vintage,
        "technology": claim.technology,
        "beneficiary": claim.beneficiary,
        "megawatt_hours": decimal_text(claim.megawatt_hours),
        "start": claim.start,
        "end": claim.end,
        "sub": claim.sub,
        "document": "0x" + claim.document.hex(),
        "counted": decimal_text(line.counted),
        "refused": decimal_text(line.refused),
        "reason": line.reason,
        "where": line.where,
    }
