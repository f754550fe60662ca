"""Readings of footprints in the enterprises' logs, committed before they are answered, as those of evidence are.

A list is one entry for each enterprise of which it shows anything (more where it shows many), about `<prefix>/*`; a
single footprint is an entry about its certificate. `detail` names the footprints. Events that carry footprints count as
readings of whom they are sent to. An event that only names them does not.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gateway.access import Caller
from gateway.footprints import Shown
from gateway.settings import Settings
from ledger.access.grants import EVERYTHING, Decision
from ledger.access.journal import Entry, Reading
from ledger.store.footprints import Listed
from ledger.store.readings import record, record_all

PART = "footprint"
_MOST_IN_ONE = 50


def log_shown(settings: Settings, caller: Caller, shown: Iterable[Shown], by: str = "") -> list[Entry]:
    """`by`: the event that carries them. Raises StoreError; then nothing may be answered."""
    found = sorted(shown, key=lambda one: one.entry.organisation)
    return record_all(settings.engine, list(_readings(settings, caller, found, by)))


def log_refused(settings: Settings, caller: Caller, found: Listed, decision: Decision) -> Entry:
    said, token = found.certificate.statement, found.certificate.issue.token
    grants = tuple(grant.digest for grant in decision.grants)
    reading = Reading(
        found.organisation, settings.machine_clock(), caller.client_id, caller.organisation, caller.role, "refused",
        said.identifier, token, PART, decision.reason, grants,
    )  # fmt: skip
    return record(settings.engine, reading)


def access_log(entries: Sequence[Entry]) -> dict[str, str]:
    """The header by which a reader holds the log to what it told him."""
    told = ", ".join(f"{entry.number} 0x{entry.hash.hex()}" for entry in entries)
    return {"Access-Log": told} if told else {}


def _readings(settings: Settings, caller: Caller, found: Iterable[Shown], by: str) -> Iterator[Reading]:
    now = settings.machine_clock()
    for enterprise, own in groupby(found, key=lambda one: one.entry.organisation):
        whole = list(own)
        for at in range(0, len(whole), _MOST_IN_ONE):
            some = whole[at : at + _MOST_IN_ONE]
            first = some[0].entry.certificate
            one = len(some) == 1
            names = ", ".join(shown.entry.id for shown in some)
            yield Reading(
                enterprise, now, caller.client_id, caller.organisation, caller.role, "read",
                first.statement.identifier if one else f"{enterprise}/{EVERYTHING}",
                first.issue.token if one else bytes(32), PART, f"{by}: {names}" if by else names,
                tuple(sorted({grant.digest for shown in some for grant in shown.decision.grants})),
            )  # fmt: skip
