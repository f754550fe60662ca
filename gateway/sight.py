"""Which footprints an organisation sees: its own, and those of certificates of which it was granted any part.

A footprint says what stands on the chain, with names and the boundary; whoever may read a part of the evidence behind a
certificate may know that much. Grants are the enterprise's own (`ledger.access.grants`): to an organisation in a role,
about a certificate or all of them, from a day to a day. They are read afresh for each question.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway.settings import Settings
from ledger.access.grants import Decision, Grant, Part, Period, Subject, Viewer, may
from ledger.access.roles import Role
from ledger.certificates.statement import Statement
from ledger.store.grants import acts_of, granting


@dataclass(frozen=True, slots=True)
class Sight:
    """`grants` that the viewer was ever given, by the enterprise that gave them."""

    viewer: Viewer
    grants: Mapping[str, tuple[Grant, ...]]
    now: int

    @property
    def organisations(self) -> frozenset[str]:
        """Whose footprints may be among those that are seen."""
        giving = (name for name, given in self.grants.items() if any(grant.in_force(self.now) for grant in given))
        return frozenset((self.viewer.organisation, *giving))

    @property
    def in_force(self) -> frozenset[bytes]:
        """The grants that count now, by their digests."""
        every = (grant for given in self.grants.values() for grant in given)
        return frozenset(grant.digest for grant in every if grant.in_force(self.now))

    def decide(self, said: Statement) -> Decision:
        """Seen by any grant about it in force, whatever its parts; else the reason that comes nearest to one."""
        enterprise = said.identifier.partition("/")[0]
        subject = Subject(said.identifier, Period(said.period_start, said.period_end))
        given = self.grants.get(enterprise, ())
        decisions = [may(self.viewer, subject, part, self.now, given) for part in Part]
        if giving := [decision for decision in decisions if decision.allowed]:
            grants = {grant.digest: grant for decision in giving for grant in decision.grants}
            return Decision(True, giving[0].reason, tuple(grants.values()))
        return next((refusal for refusal in decisions if refusal.reason != "other-part"), decisions[0])

    def sees(self, said: Statement) -> bool:
        return self.decide(said).allowed


def sight_of(settings: Settings, organisation: str, role: str) -> Sight:
    """Of an organisation in one of its roles, now."""
    viewer, now = Viewer(organisation, Role(role)), settings.machine_clock()
    found: dict[str, tuple[Grant, ...]] = {}
    for enterprise in granting(settings.engine, settings.log_id):
        grants = acts_of(settings.engine, settings.log_id, enterprise).grants
        mine = tuple(grant for grant in grants if (grant.to, grant.role) == (viewer.organisation, viewer.role))
        if mine:
            found[enterprise] = mine
    return Sight(viewer, found, now)
