"""`/evidence/…`: what the enterprise grants, to whom it grants it, and a log of who read it.

Nobody learns here that there is something which he was granted nothing of: the answer is that of a certificate that
does not exist. Whoever was granted something hears why it does not reach. Every reading, and every one refused with a
reason, is committed to the enterprise's log of readings before it is answered; the header `Access-Log` tells number and
hash of the entry.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import FileResponse

from gateway.access import Caller, caller_of
from gateway.certificates import Token, checked_identifier
from gateway.negotiation import language_of
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from gateway.wording import wording
from ledger.access.grants import Decision, Part, Period, Subject, Viewer, may
from ledger.access.journal import Entry, Reading
from ledger.access.roles import Role
from ledger.store.certificates import StoredCertificate, certificate, certificate_of
from ledger.store.evidence import Deposit, bundle_path, deposit_of, result_salt
from ledger.store.grants import acts_of
from ledger.store.readings import record

SCOPE = "evidence:read"
_PRIVATE = {"Cache-Control": "private, no-store", "Vary": "Authorization"}

router = APIRouter()


@router.get("/evidence/{iss}/{suffix:path}", summary="Confidential evidence of a certificate, as far as it was granted")
def evidence(
    request: Request, iss: str, suffix: str, part: Annotated[Part | None, Query()] = None, token: Token = None
) -> Response:
    """Without `part`: what the caller may read. With it: that part, and an entry in the enterprise's log."""
    caller = caller_of(request, SCOPE)
    settings, identifier = settings_of(request), checked_identifier(iss, suffix)
    row = _row(settings, identifier, token)
    subject = Subject(row.identifier, Period(row.statement["periodStart"], row.statement["periodEnd"]))
    decide = _decider(settings, caller, subject)
    if part is None:
        return _overview(row, {part: decide(part) for part in Part}, deposit_of(settings.engine, row.token_id))
    decision = decide(part)
    if not decision.visible:
        raise Problem("unknown-evidence")
    if not decision.allowed:
        _log(settings, caller, row, part, decision)
        raise Problem("not-granted", reason=wording(language_of(request))(f"grant.{decision.reason}"))
    return _answer(settings, caller, row, part, decision)


def _row(settings: Settings, identifier: str, token: str | None) -> StoredCertificate:
    """The newest certificate, or the one of this token. Raises Problem."""
    if token is None:
        row = certificate_of(settings.engine, identifier)
    else:
        row = certificate(settings.engine, bytes.fromhex(token[2:]))
    if row is None or row.identifier != identifier:
        raise Problem("unknown-evidence")
    return row


def _decider(settings: Settings, caller: Caller, subject: Subject) -> Callable[[Part], Decision]:
    grants = acts_of(settings.engine, settings.log_id, subject.enterprise).grants
    viewer, now = Viewer(caller.organisation, Role(caller.role)), settings.machine_clock()
    return lambda part: may(viewer, subject, part, now, grants)


def _overview(row: StoredCertificate, decisions: dict[Part, Decision], held: Deposit | None) -> Response:
    """Which parts, by which grants, until when: nothing of their content."""
    if not any(decision.visible for decision in decisions.values()):
        raise Problem("unknown-evidence")
    document = {
        "format": "evidence/1",
        "identifier": row.identifier,
        "token_id": f"0x{row.token_id.hex()}",
        "deposited": held is not None,
        "parts": {str(part): _part(decision) for part, decision in decisions.items()},
    }
    return _json(document, {})


def _part(decision: Decision) -> dict[str, Any]:
    return {
        "allowed": decision.allowed,
        "reason": decision.reason,
        "until": max((grant.until for grant in decision.grants), default=None) if decision.allowed else None,
        "figures": None if decision.figures is None else sorted(decision.figures),
        "grants": [f"0x{grant.digest.hex()}" for grant in decision.grants],
    }


def _answer(
    settings: Settings, caller: Caller, row: StoredCertificate, part: Part, decision: Decision
) -> Response:  # fmt: skip
    """The part itself; logged first."""
    content = _content(settings, row, part, decision)
    entry = _log(settings, caller, row, part, decision)
    headers = {**_PRIVATE, "Access-Log": f"{entry.number} 0x{entry.hash.hex()}"}
    if isinstance(content, Path):
        return FileResponse(content, headers=headers, media_type="application/zip", filename="evidence.bundle")
    document = {
        "format": f"evidence-{part}/1", "identifier": row.identifier, "token_id": f"0x{row.token_id.hex()}", **content
    }  # fmt: skip
    return _json(document, headers)


def _content(settings: Settings, row: StoredCertificate, part: Part, decision: Decision) -> dict[str, Any] | Path:
    """Figures and result with what they are held against. Raises Problem where it was not deposited."""
    if part is Part.ACTIVITY:
        return {"activity": row.result.get("activity", {})}
    path = bundle_path(settings.evidence_folder, row.token_id)
    if part is Part.RESULT:
        opened = result_salt(path)
        salt = None if opened is None else f"0x{opened.hex()}"
        return {"statement": row.statement, "result": row.result, "salt": salt}
    held = deposit_of(settings.engine, row.token_id)
    if held is None or (part is Part.BUNDLE and not path.is_file()):
        raise Problem("evidence-absent")
    if part is Part.BUNDLE:
        return path
    return {"statement": row.statement, "openings": _chosen(held.openings, decision.figures)}


def _chosen(openings: dict[str, Any], names: frozenset[str] | None) -> dict[str, Any]:
    return {name: opening for name, opening in openings.items() if names is None or name in names or name == "format"}


def _log(settings: Settings, caller: Caller, row: StoredCertificate, part: Part, decision: Decision) -> Entry:
    detail = "" if decision.figures is None else ", ".join(sorted(decision.figures))
    return record(
        settings.engine,
        Reading(
            enterprise=row.identifier.partition("/")[0], at=settings.machine_clock(), client_id=caller.client_id,
            organisation=caller.organisation, role=caller.role, act="read" if decision.allowed else "refused",
            identifier=row.identifier, token=row.token_id, part=str(part),
            detail=detail if decision.allowed else decision.reason,
            grants=tuple(grant.digest for grant in decision.grants),
        ),
    )  # fmt: skip


def _json(document: dict[str, Any], headers: dict[str, str]) -> Response:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return Response(text, headers={**_PRIVATE, **headers}, media_type="application/json")
