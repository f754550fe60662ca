"""Which confidential figures of a certificate are open to whoever asks."""

from collections.abc import Collection

from starlette.requests import Request

from gateway.access import caller_of
from gateway.page import Stored

SCOPE = "evidence:read"
NOTHING: Collection[str] = ()


def open_fields(request: Request, stored: Stored) -> Collection[str] | None:
    """None: all of them, for the enterprise itself. Without a token, nothing. Raises AccessRefused for a token that
    does not count."""
    if "authorization" not in request.headers:
        return NOTHING
    caller = caller_of(request, SCOPE)
    owner = stored.statement.identifier.split("/")[0]
    return None if caller.organisation == owner and caller.role == "enterprise" else NOTHING
