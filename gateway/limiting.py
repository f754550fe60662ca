"""Counting what one address or client asks for, and 429 where it is too much.

Counts are kept in the process: with several gateways over one store each allows as much. An IPv6 address counts by its
/64, of which one subscriber has all. A client's own limit is counted after it has proved itself, so that a stranger
cannot use it up.
"""

import ipaddress
import math
import time
from collections.abc import Callable
from typing import NoReturn

from limits import RateLimitItem
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.limits import Limits
from gateway.problems import Problem

FREE = ("/health", "/static/")


class Limiter:
    """Counters of one process. Safe to share between threads."""

    def __init__(self, limits: Limits) -> None:
        self._windows = FixedWindowRateLimiter(MemoryStorage())
        self._items = limits.items()

    def before_attempt(self, request: HTTPConnection) -> None:
        """Somebody shows a secret: whether his address has failed too often already. Raises Problem."""
        self.room("attempts", _address(request))

    def failed_attempt(self, request: HTTPConnection) -> None:
        """It was a wrong one. Raises Problem."""
        self.count("attempts", _address(request))

    def picture(self, request: HTTPConnection) -> None:
        """Somebody wants a picture that takes long to make. Raises Problem."""
        self.count("pictures", _address(request))

    def count(self, name: str, who: str) -> None:
        """One more of `who`. Raises Problem (429, Retry-After) where that is too many."""
        item = self._items[name]
        if item is not None and not self._windows.hit(item, name, who):
            self._refuse(item, name, who)

    def room(self, name: str, who: str) -> None:
        """Whether one more would be taken; counts nothing. Raises Problem."""
        item = self._items[name]
        if item is not None and not self._windows.test(item, name, who):
            self._refuse(item, name, who)

    def _refuse(self, item: RateLimitItem, name: str, who: str) -> NoReturn:
        wait = max(1, math.ceil(self._windows.get_window_stats(item, name, who).reset_time - time.time()))
        raise Problem("rate-limited", {"Retry-After": str(wait)}, limit=str(item.amount), seconds=wait)


class Limiting:
    """Counts each request by its address before the application sees it; `refusal` answers one too many."""

    def __init__(self, app: ASGIApp, limiter: Limiter, refusal: Callable[[Request, Problem], Response]) -> None:
        self._app = app
        self._limiter = limiter
        self._refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(FREE):
            await self._app(scope, receive, send)
            return
        try:
            self._limiter.count(_kind(scope), _address(HTTPConnection(scope)))
        except Problem as refused:
            await self._refusal(Request(scope), refused)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def limiter_of(request: HTTPConnection) -> Limiter:
    limiter = request.app.state.limiter
    assert isinstance(limiter, Limiter)  # noqa: S101 – create_app sets it
    return limiter


def _kind(scope: Scope) -> str:
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return "reads"
    return "frames" if scope["path"].startswith(("/frames", "/log/")) else "writes"


def _address(request: HTTPConnection) -> str:
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))
