"""`/health`: whether the store and the chain answer, which log is served."""

from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from gateway.settings import log_of, settings_of
from ledger.chain.errors import ChainError
from ledger.store.standing import followed

FORMAT = "health/1"

router = APIRouter()


@router.get("/health", summary="Store and chain, and the log that is served")
def health(request: Request) -> Response:
    """503 only where the store fails: without the chain frames are still taken, and pages say 'not checked'."""
    settings = settings_of(request)
    document: dict[str, Any] = {
        "format": FORMAT,
        "status": "ok",
        "log": {"log_id": f"0x{settings.log_id.hex()}", "size": log_of(request).size()},
    }
    try:
        latest, _, final = settings.chain.depths()
        document["chain"] = {"block": latest.number, "time": latest.time, "final": final.number}
    except ChainError as fault:
        document |= {"status": "degraded", "chain": None, "reason": fault.code}
    position = followed(settings.engine)
    if position is not None:
        age = position.age(settings.machine_clock())
        document["followed"] = {"block": position.latest.number, "time": position.latest.time, "age_s": age}
    return JSONResponse(document, headers={"Cache-Control": "no-store"})
