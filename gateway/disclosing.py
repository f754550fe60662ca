"""Which confidential figures of a certificate go out to whoever asks: all of them to the enterprise itself, to others
what it granted, and every disclosure into its log of readings.

A caller without a grant is answered as anybody is, without disclosures: the certificate is public, its figures are not.
"""

from collections.abc import Iterable, Mapping

from starlette.requests import Request

from gateway.access import Caller, caller_of
from gateway.page import Stored
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from ledger.access.disclosures import granted_fields
from ledger.access.grants import Decision, Part, Period, Subject, Viewer, may
from ledger.access.journal import Reading
from ledger.access.roles import Role
from ledger.credentials.key_binding import read_did_jwk
from ledger.credentials.key_forms import Jwk, KeyFormError
from ledger.credentials.sd_jwt_vc import SdJwt
from ledger.store.grants import acts_of
from ledger.store.readings import record

SCOPE = "evidence:read"
LOGGED_AS = "sd-jwt"


def disclosed(request: Request, stored: Stored, held: SdJwt, asked: Iterable[str] | None) -> tuple[str, dict[str, str]]:
    """The SD-JWT with what of it is open to the caller and was asked for (None: all that is open), and the headers that
    name the entry in the log. Raises Problem, and AccessRefused for a token that does not count."""
    if "authorization" not in request.headers:
        return held.presenting(_chosen((), asked)), {}
    caller, settings = caller_of(request, SCOPE), settings_of(request)
    decisions = _decisions(settings, caller, stored)
    fields = _chosen(granted_fields(decisions, held.fields()), asked)
    headers = _logged(settings, caller, stored, fields, decisions) if fields else {}
    return held.presenting(fields), headers


def holder_key(request: Request, enterprise: str, named: str) -> Jwk:
    """The key that an SD-JWT is to be bound to: only the enterprise itself names one, for `cnf` says that the holder is
    the one whom the certificate is about. Raises Problem, and AccessRefused for a token that does not count."""
    caller = caller_of(request, SCOPE)
    if (caller.role, caller.organisation) != (Role.ENTERPRISE, enterprise):
        raise Problem("holder-not-you")
    try:
        return read_did_jwk(named)
    except KeyFormError as fault:
        raise Problem("holder-key") from fault


def _chosen(open_fields: Iterable[str], asked: Iterable[str] | None) -> list[str]:
    """Raises Problem for a field that is not open, or that there is not."""
    names = {field: {field, field.partition(".")[0]} for field in open_fields}
    if asked is None:
        return list(names)
    wanted = set(asked)
    if closed := sorted(wanted.difference(*names.values())):
        raise Problem("field-not-open", field=closed[0][:80])
    return [field for field, forms in names.items() if forms & wanted]


def _decisions(settings: Settings, caller: Caller, stored: Stored) -> Mapping[Part, Decision]:
    said = stored.statement
    subject = Subject(said.identifier, Period(said.period_start, said.period_end))
    grants = acts_of(settings.engine, settings.log_id, subject.enterprise).grants
    viewer, now = Viewer(caller.organisation, Role(caller.role)), settings.machine_clock()
    return {part: may(viewer, subject, part, now, grants) for part in Part}


def _logged(
    settings: Settings, caller: Caller, stored: Stored, fields: list[str], decisions: Mapping[Part, Decision]
) -> dict[str, str]:
    """Committed before the answer goes out, as every reading of evidence is."""
    giving = {grant.digest for decision in decisions.values() if decision.allowed for grant in decision.grants}
    entry = record(
        settings.engine,
        Reading(
            enterprise=stored.statement.identifier.partition("/")[0], at=settings.machine_clock(),
            client_id=caller.client_id, organisation=caller.organisation, role=caller.role, act="read",
            identifier=stored.statement.identifier, token=stored.token, part=LOGGED_AS, detail=", ".join(fields),
            grants=tuple(sorted(giving)),
        ),
    )  # fmt: skip
    return {"Access-Log": f"{entry.number} 0x{entry.hash.hex()}"}
