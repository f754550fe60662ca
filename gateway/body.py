"""Bodies of requests: read within a bound, and cut into the items of a CBOR sequence (RFC 8742)."""

from collections.abc import Sequence

from starlette.requests import Request

from gateway.problems import Problem

_DEFINITE_ARGUMENT = 24
_LONGEST_ARGUMENT = 27
_BYTES, _TEXT, _ARRAY, _MAP, _TAG = 2, 3, 4, 5, 6


async def bounded_body(request: Request, limit: int) -> bytes:
    """The body, refused as soon as its announced or its real length passes the limit."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise Problem("body-too-large", limit=limit)
    parts, length = [], 0
    async for part in request.stream():
        length += len(part)
        if length > limit:
            raise Problem("body-too-large", limit=limit)
        parts.append(part)
    return b"".join(parts)


def require_media(request: Request, accepted: Sequence[str]) -> str:
    """The request's media type without parameters, one of those accepted."""
    given = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if given not in accepted:
        raise Problem("unsupported-media", given=given[:80], accepted=", ".join(accepted))
    return given


class BrokenSequence(Exception):
    """The bytes from `offset` on are no CBOR item of definite length; what stands before it is `items`."""

    def __init__(self, items: list[bytes], offset: int) -> None:
        super().__init__(offset)
        self.items = items
        self.offset = offset


def cut_sequence(body: bytes, most: int) -> list[bytes]:
    """The items in order, as the bytes they arrived in; stops after `most` + 1, so that the caller can see too many."""
    items: list[bytes] = []
    at = 0
    while at < len(body) and len(items) <= most:
        end = _end_of_item(body, at)
        if end is None:
            raise BrokenSequence(items, at)
        items.append(body[at:end])
        at = end
    return items


def _end_of_item(data: bytes, at: int) -> int | None:
    """Where the item that starts at `at` ends (RFC 8949 §3); None if it is cut short or of indefinite length.

    Iterative, each step consumes a byte: nesting costs no stack and a claimed length no memory.
    """
    length = len(data)
    open_items = 1
    while open_items:
        if at >= length:
            return None
        major, argument = data[at] >> 5, data[at] & 31
        at += 1
        if argument >= _DEFINITE_ARGUMENT:
            if argument > _LONGEST_ARGUMENT:
                return None
            width = 1 << (argument - _DEFINITE_ARGUMENT)
            argument = int.from_bytes(data[at : at + width])
            at += width
        open_items -= 1
        if major in (_BYTES, _TEXT):
            at += argument
        elif major == _ARRAY:
            open_items += argument
        elif major == _MAP:
            open_items += 2 * argument
        elif major == _TAG:
            open_items += 1
    return at if at <= length else None
