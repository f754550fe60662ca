"""`?callback=NAME`: a handle record as a script that calls a function, as clients of the Handle System's proxies ask.

A script is run by whoever names its address, with what the visitor's browser has of credentials: so it is answered
without credentials only, its name is one function's and nothing else, and no page of this gateway may run it.
"""

import re

from starlette.requests import Request
from starlette.responses import Response

from ledger.resolution import faults
from ledger.resolution.faults import HandleFault

MEDIA_TYPE = "application/javascript"
_NAME = re.compile(r"[A-Za-z_$][\w$.]{0,63}", re.ASCII)
_LINE_ENDS = {0x2028: "\\u2028", 0x2029: "\\u2029"}
"""Ends of a line in a script before ECMAScript 2019."""


def callback_of(request: Request) -> str:
    """The function's name, "" where none is asked for. Raises HandleFault."""
    name = request.query_params.get("callback", "")
    if not name:
        return ""
    if not _NAME.fullmatch(name):
        raise HandleFault(
            faults.PROTOCOL_ERROR, "callback is no name of a function", mend="letters, digits, _ $ . – at most 64"
        )
    if "authorization" in request.headers:
        raise HandleFault(faults.PROTOCOL_ERROR, "callback and credentials do not go together", mend="leave out one")
    return name


def script(name: str, answered: Response) -> Response:
    """A browser runs no script of another status than 200; the responseCode inside says what it would have been. A
    referral stays one."""
    if 300 <= answered.status_code < 400:
        return answered
    text = bytes(answered.body).decode().translate(_LINE_ENDS)
    headers = {key: value for key, value in answered.headers.items() if key not in ("content-length", "content-type")}
    return Response(f"/**/{name}({text});", 200, headers, MEDIA_TYPE)
