"""What a request to the Handle interface asks, and how an answer of the Handle protocol looks in HTTP."""

import json
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from gateway.paths import raw_path
from ledger.identifiers.handle import Handle, parse_handle
from ledger.identifiers.text import IdentifierError, percent_decoded
from ledger.resolution import faults
from ledger.resolution.admin import MAX_INDEX
from ledger.resolution.faults import HandleFault
from ledger.resolution.value_json import moment, value_json
from ledger.resolution.values import HandleValue
from ledger.resolution.zone import MOST_HOPS, Referral

PATH = "/api/handles/"
MAX_QUERY = 4096
MAX_PATTERNS = 10
HOPS = "hops"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="handle"'}
HEADERS = {"Cache-Control": "no-store", "Access-Control-Allow-Origin": "*"}
VARIOUS = "various"
REFUSED = {faults.VALUES_NOT_FOUND: 400, faults.SERVICE_REFERRAL: 400, faults.PREFIX_REFERRAL: 400}
"""Status of a change that is refused with a code that a reading is answered with."""
_SCHEMES = ("hdl:", "doi:", "info:")
Json = dict[str, Any]


def record_answer(
    request: Request, handle: Handle, values: list[HandleValue], block: int = 0, block_time: int = 0
) -> Response:
    """`asOf` stands beside the values, not among them: a signature holds for as long as they do, not for one block."""
    told = document(handle.text, faults.SUCCESS if values else faults.VALUES_NOT_FOUND, values)
    if block:
        told["asOf"] = {"block": block, "time": moment(block_time)}
    return answer(request, told)


def referral_answer(request: Request, handle: Handle, referral: Referral) -> Response:
    told = document(handle.text, referral.response, referral.values())
    if flag(request, "noredirect", False):
        return answer(request, told)
    hops = number(request.query_params.get(HOPS, "0"))
    if hops >= MOST_HOPS:
        raise HandleFault(faults.RECURSION_TOO_HIGH, f"referred {hops} times", mend="delegations lead in a circle")
    query = [f"{name}={_escaped(value)}" for name, value in request.query_params.multi_items() if name != HOPS]
    target = f"{referral.url}{raw_path(request)}?{'&'.join([*query, f'{HOPS}={hops + 1}'])}"
    return answer(request, told, 307, {"Location": target})


def document(handle: str, code: int, values: list[HandleValue]) -> Json:
    return {"responseCode": code, "handle": handle, "values": [value_json(value) for value in values]}


def done(request: Request, handle: Handle, status: int) -> Response:
    return answer(request, {"responseCode": faults.SUCCESS, "handle": handle.text}, status)


def refusal(request: Request, asked: str, fault: HandleFault) -> Response:
    status = REFUSED.get(fault.response) or faults.HTTP_STATUS.get(fault.response, 400)
    told: Json = {"responseCode": fault.response, "message": str(fault)}
    if asked:
        told["handle"] = asked
    return answer(request, told, status, CHALLENGE if status == 401 else {})


def answer(request: Request, told: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    indent = 2 if flag(request, "pretty", False) else None
    text = json.dumps(told, ensure_ascii=False, indent=indent)
    return Response(text, status, {**HEADERS, **(headers or {})}, "application/json")


def asked_handle(request: Request) -> str:
    try:
        return percent_decoded(raw_path(request).partition(PATH)[2])
    except IdentifierError as fault:
        raise HandleFault(faults.INVALID_HANDLE, f"not a handle: {fault}"[:300]) from fault


def parsed(asked: str) -> Handle:
    if asked.lower().startswith(_SCHEMES):
        raise HandleFault(
            faults.NOT_RESPONSIBLE, "That prefix doesn't live here", mend="the handle alone, without hdl:"
        )
    try:
        return parse_handle(asked)
    except IdentifierError as fault:
        raise HandleFault(faults.INVALID_HANDLE, fault.message, mend=fault.mend) from fault


def indices(request: Request) -> set[int]:
    return {number(text) for text in request.query_params.getlist("index") if text != VARIOUS}


def number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10 or int(text) > MAX_INDEX:
        raise HandleFault(faults.PROTOCOL_ERROR, f"{text[:20]!a} is no index")
    return int(text)


def flag(request: Request, name: str, default: bool) -> bool:
    """`?name`, `?name=true`; anything but `false` and `0` says yes, as Handle servers read it."""
    value = request.query_params.get(name)
    return default if value is None else value.lower() not in ("false", "0")


def patterns(request: Request) -> tuple[dict[str, str], int]:
    asked = dict(request.query_params.multi_items())
    most = number(asked.pop("limit", "1000"))
    if not asked or len(asked) > MAX_PATTERNS or sum(map(len, asked.values())) > MAX_QUERY:
        raise HandleFault(faults.PROTOCOL_ERROR, f"1 to {MAX_PATTERNS} patterns <type>=<text, * for anything>")
    return asked, min(most, 1000)


def _escaped(text: str) -> str:
    return "".join(chr(byte) if chr(byte).isalnum() and byte < 128 else f"%{byte:02X}" for byte in text.encode())
