"""`/contracts`: where the contracts are and what they answer, so that any tool reads them without this gateway.

Nobody has to believe it: the addresses stand in the verifier's own deployment file, the ABI follows from the sources.
"""

import json
from typing import Any

from fastapi import APIRouter, Request, Response

from gateway.problems import Problem
from gateway.settings import settings_of
from ledger.chain.contracts import NAMES, error_signatures, interface

FORMAT = "contract/1"
_HEADERS = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}

router = APIRouter()


@router.get("/contracts", summary="Chain, contracts and their addresses")
def contracts(request: Request) -> Response:
    return _json(settings_of(request).chain.deployment.to_json())


@router.get("/contracts/{name}", summary="A contract's address, ABI, and all errors that a call may answer")
def contract(request: Request, name: str) -> Response:
    if name not in NAMES:
        raise Problem("not-found")
    deployment = settings_of(request).chain.deployment
    address = deployment.generations[-1].contracts.get(name)
    return _json({
        "format": FORMAT, "name": name, "chain_id": deployment.chain_id,
        "address": f"0x{address.hex()}" if address else None, "abi": interface(name), "errors": error_signatures(),
    })  # fmt: skip


def _json(document: dict[str, Any]) -> Response:
    return Response(json.dumps(document, indent=1), headers=_HEADERS, media_type="application/json")
