"""Every error of the gateway as problem details (RFC 9457), and as a page for a visitor with a browser.

A problem has a stable code; `/problems/<code>` explains it and is its `type`. Title, detail and mend come from the
locale files under `problem.<code>`. No answer carries a stack trace or a message that was not written for it.
"""

import json
from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from gateway.negotiation import language_of, wants_html
from gateway.templating import render
from gateway.wording import wording
from ledger.identifiers.text import told
from ledger.language import Language
from terminal_signer.errors import CarbonError

MEDIA_TYPE = "application/problem+json"

STATUS: Mapping[str, int] = {
    "malformed-request": 400,
    "malformed-identifier": 400,
    "malformed-digital-link": 400,
    "token-missing": 401,
    "token-invalid": 401,
    "token-expired": 401,
    "scope-missing": 403,
    "role-missing": 403,
    "not-granted": 403,
    "not-found": 404,
    "unknown-certificate": 404,
    "unknown-link": 404,
    "unknown-link-type": 404,
    "unknown-evidence": 404,
    "evidence-absent": 404,
    "unknown-log": 404,
    "unknown-digest": 404,
    "no-issuer": 404,
    "no-credential": 409,
    "not-final": 409,
    "unknown-form": 400,
    "field-not-open": 403,
    "holder-key": 400,
    "holder-not-you": 403,
    "no-checkpoint": 404,
    "no-tile": 404,
    "no-label": 404,
    "method-not-allowed": 405,
    "not-acceptable": 406,
    "label-refused": 409,
    "label-not-yet": 409,
    "body-too-large": 413,
    "too-many-items": 413,
    "unsupported-media": 415,
    "invalid-request": 422,
    "label-unprintable": 422,
    "rate-limited": 429,
    "internal": 500,
    "storage-unavailable": 503,
    "chain-unreachable": 503,
}

_BY_STATUS = {400: "malformed-request", 404: "not-found", 405: "method-not-allowed"}


class Problem(Exception):
    """One error of the table; `values` fill its detail text, `headers` go out with it."""

    def __init__(self, code: str, headers: Mapping[str, str] | None = None, /, **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.status = STATUS[code]
        self.values = values
        self.headers = dict(headers or {})


def problem_response(request: Request, problem: Problem) -> Response:
    language = language_of(request)
    text = wording(language)
    key, values = f"problem.{problem.code}", _values(problem, language)
    document: dict[str, object] = {
        "type": f"/problems/{problem.code}",
        "title": text(f"{key}.title"),
        "status": problem.status,
        "detail": text(f"{key}.detail", **values) if values else text(f"{key}.detail"),
        "mend": text(f"{key}.mend"),
        "code": problem.code,
        "instance": request.url.path,
    }
    headers = {
        **problem.headers,
        "Cache-Control": "no-store",
        "Content-Language": language,
        "Vary": "Accept, Accept-Language",
    }
    if wants_html(request):
        return render(request, "problem.html", problem.status, headers, problem=document)
    return Response(json.dumps(document, ensure_ascii=False), problem.status, headers, MEDIA_TYPE)


def _values(problem: Problem, language: Language) -> dict[str, object]:
    """With the reason, in the reader's language, of a problem that was raised from an identifier's refusal."""
    cause = problem.__cause__
    if problem.code not in ("malformed-identifier", "malformed-digital-link") or not isinstance(cause, CarbonError):
        return problem.values
    return {**problem.values, "reason": told(cause, language)}


def from_status(status: int, headers: Mapping[str, str] | None, method: str) -> Problem:
    """The problem behind an error that the framework raised by status alone."""
    code = _BY_STATUS.get(status, "malformed-request" if status < 500 else "internal")
    return Problem(code, headers, **({"method": method} if code == "method-not-allowed" else {}))
