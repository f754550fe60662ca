"""What an enterprise reads about its own evidence: its grants, and who read what when. Others see grants to them."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from gateway.access import AccessRefused, caller_of
from gateway.evidence import SCOPE
from gateway.settings import settings_of
from ledger.access.grants import Grant
from ledger.access.journal import Entry, to_json
from ledger.access.roles import Role
from ledger.store.grants import acts_of, granting
from ledger.store.readings import entries_of

MOST = 1000
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}

router = APIRouter()


@router.get("/access/grants", summary="Grants by the caller's enterprise, or to the caller")
def grants(request: Request) -> Response:
    caller, settings = caller_of(request, SCOPE), settings_of(request)
    own = caller.role == Role.ENTERPRISE
    givers = [caller.organisation] if own else granting(settings.engine, settings.log_id)
    found = [grant for giver in givers for grant in acts_of(settings.engine, settings.log_id, giver).grants]
    mine = [grant for grant in found if own or (grant.to, grant.role) == (caller.organisation, caller.role)]
    now = settings.machine_clock()
    document = {"format": "access-grants/1", "grants": [grant_document(grant, now) for grant in mine]}
    return JSONResponse(document, headers=_PRIVATE)


@router.get("/access/log", summary="Who read evidence of the caller's enterprise")
def log(request: Request, after: Annotated[int, Query(ge=0, le=2**53)] = 0) -> Response:
    """At most 1,000 entries behind number `after`."""
    caller = caller_of(request, SCOPE)
    if caller.role != Role.ENTERPRISE:
        raise AccessRefused("role")
    entries = entries_of(settings_of(request).engine, caller.organisation, after, MOST)
    document = {"format": "access-log/1", "entries": [entry_document(entry) for entry in entries]}
    return JSONResponse(document, headers=_PRIVATE)


def grant_document(grant: Grant, now: int) -> dict[str, Any]:
    return {
        "grant": f"0x{grant.digest.hex()}", "enterprise": grant.enterprise, "by": grant.by, "at": grant.at,
        "to": grant.to, "role": str(grant.role), "about": grant.about, "parts": sorted(grant.parts),
        "figures": None if grant.figures is None else sorted(grant.figures),
        "period": None if grant.period is None else {"start": grant.period.start, "end": grant.period.end},
        "since": grant.since, "until": grant.until, "purpose": grant.purpose, "ended_at": grant.ended_at,
        "ended_by": grant.ended_by or None, "in_force": grant.in_force(now),
    }  # fmt: skip


def entry_document(entry: Entry) -> dict[str, Any]:
    return {**to_json(entry.number, entry.reading, entry.previous), "hash": f"0x{entry.hash.hex()}"}
