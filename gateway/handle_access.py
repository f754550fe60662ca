"""Who reads or changes handle records: HTTP Basic with a client's identifier and secret, as Handle clients send it
(`300:88.118.8/ADMIN`, percent-encoded), or a bearer token of the same client."""

import base64
import binascii

from starlette.requests import Request

from gateway.access import AccessRefused, Caller, caller_of, caller_of_basic
from ledger.identifiers.text import IdentifierError, percent_decoded
from ledger.resolution.faults import (
    AUTHENTICATION_FAILED,
    AUTHENTICATION_NEEDED,
    INVALID_ADMIN,
    NO_PERMISSION,
    HandleFault,
)

SCOPE = "handle:write"
MAX_CREDENTIALS = 1024


def reader_of(request: Request) -> Caller | None:
    """None for somebody who shows nothing. Raises HandleFault for credentials that do not hold."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    kind, _, rest = header.partition(" ")
    try:
        if kind.lower() == "basic":
            return caller_of_basic(*_credentials(rest.strip()), request)
        if kind.lower() == "bearer":
            return caller_of(request)
    except AccessRefused as refused:
        raise HandleFault(AUTHENTICATION_FAILED, "the credentials do not hold") from refused
    raise HandleFault(AUTHENTICATION_NEEDED, "HTTP Basic, or a bearer token")


def writer_of(request: Request, prefix: str) -> Caller:
    """Who may change records of this prefix: a client of the organisation that holds it. Raises HandleFault."""
    caller = reader_of(request)
    if caller is None:
        raise HandleFault(AUTHENTICATION_NEEDED, "changes need credentials")
    if SCOPE not in caller.scopes:
        raise HandleFault(NO_PERMISSION, f"the client lacks the scope {SCOPE}")
    if caller.organisation.lower() != prefix.lower():
        raise HandleFault(INVALID_ADMIN, "the prefix belongs to another organisation")
    return caller


def _credentials(encoded: str) -> tuple[str, str]:
    """The user is percent-decoded after the first colon has split it off (RFC 7617 §2)."""
    if len(encoded) > MAX_CREDENTIALS:
        raise HandleFault(AUTHENTICATION_FAILED, "the credentials are too long")
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
        if not colon:
            raise ValueError(encoded)
        return percent_decoded(user), password
    except (binascii.Error, ValueError, IdentifierError):
        raise HandleFault(AUTHENTICATION_FAILED, "the credentials cannot be read") from None
