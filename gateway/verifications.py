"""The documents of a verification for those who take part in it, to replay and to go on from.

    GET /verifications/<engagement>     its frames in the order of the log, application/cbor-seq

A token with the scope `verification` is needed, of a client of one of the three parties. Anybody else is told that
there is none: that somebody is being verified is nobody else's business. `carbon verification --record FILE` reads the
answer and believes none of it: signatures are checked against the keys on chain, and every rule is applied again.
"""

from fastapi import APIRouter, Request, Response

from gateway.access import caller_of
from gateway.problems import Problem
from gateway.settings import settings_of
from ledger.store.engagements import frames_of, record_of

router = APIRouter()
SCOPE, MEDIA = "verification", "application/cbor-seq"


@router.get("/verifications/{engagement:path}")
def verification(request: Request, engagement: str) -> Response:
    settings, caller = settings_of(request), caller_of(request, SCOPE)
    case = record_of(settings.engine, settings.log_id, engagement).case
    if case is None or caller.organisation not in (case.enterprise, case.applied.evaluator, case.applied.verifier):
        raise Problem("not-found")
    held = frames_of(settings.engine, settings.log_id, engagement)
    body = b"".join(frame.raw for frame in held)
    return Response(body, media_type=MEDIA, headers={"Cache-Control": "private, no-store"})
