"""Who sees the hidden values of a handle record: the enterprise that holds the prefix, and of what the ledger itself
knows of a device, whoever it granted the bundle. Such a reading is committed to the enterprise's log first."""

from gateway.access import Caller
from gateway.settings import Settings
from ledger.access.grants import Part, Period, Subject, Viewer, may
from ledger.access.journal import Reading
from ledger.access.roles import Role
from ledger.identifiers.handle import Handle
from ledger.store.grants import acts_of
from ledger.store.readings import record

SCOPE = "evidence:read"
_ANY_TIME = Period(0, 2**53)
"""A device has no period: a grant for one period does not reach it."""


def is_own(handle: Handle, viewer: Caller | None) -> bool:
    own = viewer is not None and viewer.role == Role.ENTERPRISE
    return own and viewer is not None and viewer.organisation.lower() == handle.prefix.lower()


def is_granted(settings: Settings, handle: Handle, viewer: Caller | None) -> bool:
    """Raises StoreError where the reading cannot be logged: then it is not answered."""
    if viewer is None or SCOPE not in viewer.scopes:
        return False
    subject, now = Subject(handle.text, _ANY_TIME), settings.machine_clock()
    grants = acts_of(settings.engine, settings.log_id, subject.enterprise).grants
    decision = may(Viewer(viewer.organisation, Role(viewer.role)), subject, Part.BUNDLE, now, grants)
    if not decision.visible:
        return False
    reading = Reading(
        enterprise=subject.enterprise, at=now, client_id=viewer.client_id, organisation=viewer.organisation,
        role=viewer.role, act="read" if decision.allowed else "refused", identifier=handle.text, token=bytes(32),
        part=str(Part.BUNDLE), detail="handle record" if decision.allowed else decision.reason,
        grants=tuple(grant.digest for grant in decision.grants),
    )  # fmt: skip
    record(settings.engine, reading)
    return decision.allowed
