"""Which footprints an organisation sees: its own, and those of certificates of which it was granted any part.

A footprint says what stands on the chain, with names and the boundary; whoever may read a part of the evidence behind a
certificate may know that much. Grants are the enterprise's own (`ledger.access.grants`): to an organisation in a role,
about a certificate or all of them, from a day to a day. They are read afresh for each question.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.settings import Settings
from ledger.access.grants import Grant, Part, Period, Subject, Viewer, may
from ledger.access.roles import Role
from ledger.certificates.statement import Statement
from ledger.store.grants import acts_of, granting


@dataclass(frozen=True, slots=True)
class Sight:
    """`grants` to the viewer, by the enterprise that gave them."""

    viewer: Viewer
    grants: Mapping[str, tuple[Grant, ...]]
    now: int

    @property
    def organisations(self) -> frozenset[str]:
        """Whose footprints may be among those that are seen."""
        return frozenset((self.viewer.organisation, *self.grants))

    def sees(self, said: Statement) -> bool:
        enterprise = said.identifier.partition("/")[0]
        if enterprise == self.viewer.organisation:
            return True
        subject = Subject(said.identifier, Period(said.period_start, said.period_end))
        given = self.grants.get(enterprise, ())
        return any(may(self.viewer, subject, part, self.now, given).allowed for part in Part)


def sight_of(settings: Settings, organisation: str, role: str) -> Sight:
    """Of an organisation in one of its roles, now."""
    viewer, now = Viewer(organisation, Role(role)), settings.machine_clock()
    found: dict[str, tuple[Grant, ...]] = {}
    for enterprise in granting(settings.engine, settings.log_id):
        grants = acts_of(settings.engine, settings.log_id, enterprise).grants
        mine = tuple(grant for grant in grants if (grant.to, grant.role) == (viewer.organisation, viewer.role))
        if any(grant.in_force(now) for grant in mine):
            found[enterprise] = mine
    return Sight(viewer, found, now)
