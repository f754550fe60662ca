"""The documents of a verification for those who take part in it, to replay and to go on from.

    GET /verifications/<engagement>     its frames in the order of the log, application/cbor-seq

A token with the scope `verification` is needed, of a client of one of the three parties. Anybody else is told that
there is none: that somebody is being verified is nobody else's business. `carbon verification --record FILE` reads the
answer and believes none of it: signatures are checked against the keys on chain, and every rule is applied again. Each
reading is committed to the enterprise's log of readings before it is answered.
"""

from fastapi import APIRouter, Request, Response

from gateway.access import Caller, caller_of
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from ledger.access.journal import Reading
from ledger.store.engagements import frames_of, record_of
from ledger.store.readings import record
from ledger.verification.case import Case

router = APIRouter()
SCOPE, MEDIA = "verification", "application/cbor-seq"


@router.get("/verifications/{engagement:path}")
def verification(request: Request, engagement: str) -> Response:
    settings, caller = settings_of(request), caller_of(request, SCOPE)
    case = record_of(settings.engine, settings.log_id, engagement).case
    if case is None or caller.organisation not in (case.enterprise, case.applied.evaluator, case.applied.verifier):
        raise Problem("not-found")
    entry = record(settings.engine, _reading(settings, caller, case))
    body = b"".join(frame.raw for frame in frames_of(settings.engine, settings.log_id, engagement))
    logged = f"{entry.number} 0x{entry.hash.hex()}"
    return Response(body, media_type=MEDIA, headers={"Cache-Control": "private, no-store", "Access-Log": logged})


def _reading(settings: Settings, caller: Caller, case: Case) -> Reading:
    return Reading(
        enterprise=case.enterprise, at=settings.machine_clock(), client_id=caller.client_id,
        organisation=caller.organisation, role=caller.role, act="read", identifier=case.applied.identifier,
        token=case.token or bytes(32), part="verification", detail=case.engagement,
    )  # fmt: skip
