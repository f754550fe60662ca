"""Values of a handle record as JSON, both ways: the form that Handle servers speak over HTTP.

    {"index": 1, "type": "URL", "data": {"format": "string", "value": "https://…"}, "ttl": 86400,
     "timestamp": "2026-01-01T00:00:00Z", "permissions": "1110", "references": [{"handle", "index"}]}

Out: `data.format` follows from the type (`admin`, `vlist`, `site`, `key`), else `string`, else `base64`; permissions
stand only where they are not the usual `1110`. In: `data` may also be a plain text, and `hex`; `timestamp` and what is
unknown are passed over.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ledger.resolution import admin, site, values
from ledger.resolution.faults import HandleFault, bad_value
from ledger.resolution.values import ABSOLUTE, DAY, RELATIVE, USUAL, HandleValue
from terminal_signer.errors import CarbonError
from terminal_signer.strict import read_json

Json = dict[str, Any]
MAX_VALUES = 100
MAX_TYPE = 128
MAX_DATA = 4000
MAX_BODY = 512 * 1024
_LATEST = 2**32 - 1


def value_json(value: HandleValue) -> Json:
    document: Json = {"index": value.index, "type": value.type, "data": _data_json(value)}
    if value.permissions != USUAL:
        document["permissions"] = f"{value.permissions:04b}"
    document["ttl"] = value.ttl if value.ttl_type == RELATIVE else moment(value.ttl)
    if value.timestamp:
        document["timestamp"] = moment(value.timestamp)
    if value.references:
        document["references"] = [{"handle": one.handle, "index": one.index} for one in value.references]
    return document


def read_values(body: bytes) -> list[HandleValue]:
    """What a PUT brings, `{"values": […]}` or the list itself. Raises HandleFault."""
    if len(body) > MAX_BODY:
        raise bad_value(f"larger than {MAX_BODY} bytes")
    try:
        document = read_json(body, "body")
    except CarbonError as fault:
        raise bad_value(fault.message, where=fault.where) from fault
    listed = document.get("values") if isinstance(document, dict) else document
    if not isinstance(listed, list) or not 0 < len(listed) <= MAX_VALUES:
        raise bad_value(f"expected 1 to {MAX_VALUES} values", where="values")
    found = [read_value(one, f"values[{place}]") for place, one in enumerate(listed)]
    if len({one.index for one in found}) != len(found):
        raise bad_value("an index stands twice", where="values")
    return found


def read_value(document: Any, where: str = "value", most: int = MAX_DATA) -> HandleValue:
    """Raises HandleFault."""
    if not isinstance(document, dict):
        raise bad_value("expected an object", where=where)
    kind = document.get("type")
    if not isinstance(kind, str) or not 0 < len(kind) <= MAX_TYPE or not kind.isprintable() or " " in kind:
        raise bad_value(f"a type has 1 to {MAX_TYPE} characters and no space", where=f"{where}.type")
    try:
        index = admin.read_reference({"handle": "-", "index": document.get("index")}).index
        data = _data(document.get("data"))
        references = admin.read_list(document.get("references") or [])
        ttl, ttl_type = _ttl(document.get("ttl", DAY))
        permissions = _permissions(document.get("permissions"))
    except HandleFault as fault:
        raise bad_value(fault.message, where=where) from fault
    if index == 0 or len(data) > most:
        raise bad_value(f"an index is at least 1, data has at most {most} bytes", where=where)
    return HandleValue(index, kind, data, ttl, ttl_type, permissions, _time(document.get("timestamp")), references)


def _data_json(value: HandleValue) -> Json:
    """In the form of its type; where a client wrote something else under that type, it gets back what it wrote."""
    form, write = _BY_TYPE.get(value.type.upper(), ("", None))
    if write is not None:
        with suppress(HandleFault):
            told = write(value.data)
            if _READERS[form](told) == value.data:
                return {"format": form, "value": told}
    return _plain_json(value.data)


def _plain_json(data: bytes) -> Json:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    if text.isprintable() or all(sign.isprintable() or sign in "\t\r\n" for sign in text):
        return {"format": "string", "value": text}
    return {"format": "base64", "value": base64.b64encode(data).decode()}


def _key_json(data: bytes) -> Json:
    try:
        return {"format": "key", "value": admin.decode_key(data).to_json()}
    except HandleFault:
        return _plain_json(data)


_BY_TYPE: Mapping[str, tuple[str, Callable[[bytes], Any]]] = {
    values.ADMIN: ("admin", lambda data: admin.decode_admin(data).to_json()),
    values.VLIST: ("vlist", lambda data: [{"handle": r.handle, "index": r.index} for r in admin.decode_list(data)]),
    values.PUBLIC_KEY: ("key", lambda data: admin.decode_key(data).to_json()),
    values.SITE: ("site", lambda data: site.site_json(site.decode_site(data), _key_json)),
    values.PREFIX_SITE: ("site", lambda data: site.site_json(site.decode_site(data), _key_json)),
}


def _data(data: Any) -> bytes:
    if isinstance(data, str):
        return _utf8(data)
    if not isinstance(data, dict) or "value" not in data:
        raise bad_value("data is a text, or {format, value}")
    read = _READERS.get(str(data.get("format", "")).lower())
    if read is None:
        raise bad_value(f"data.format is one of {', '.join(_READERS)}")
    return read(data["value"])


def _utf8(value: Any) -> bytes:
    if not isinstance(value, str):
        raise bad_value("a string is expected")
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise bad_value("a lone surrogate") from None


def _binary(value: Any, decode: Callable[[str], bytes]) -> bytes:
    if not isinstance(value, str):
        raise bad_value("a string is expected")
    try:
        return decode(value)
    except (binascii.Error, ValueError):
        raise bad_value("not of the format that it names") from None


_READERS: Mapping[str, Callable[[Any], bytes]] = {
    "string": _utf8,
    "base64": lambda value: _binary(value, lambda text: base64.b64decode(text, validate=True)),
    "hex": lambda value: _binary(value, bytes.fromhex),
    "admin": lambda value: admin.read_admin(value).encoded(),
    "vlist": lambda value: admin.encode_list(admin.read_list(value)),
    "key": lambda value: admin.read_key(value).encoded(),
    "site": lambda value: site.read_site(value, _data).encoded(),
}


def _permissions(value: Any) -> int:
    if value is None:
        return USUAL
    if not isinstance(value, str) or not 1 <= len(value) <= 4 or set(value) - {"0", "1"}:
        raise bad_value("permissions are up to four of 0 and 1: admin read, admin write, public read, public write")
    return int(value, 2)


def _ttl(value: Any) -> tuple[int, int]:
    if isinstance(value, str):
        return _time(value), ABSOLUTE
    if type(value) is not int or not 0 <= value <= admin.MAX_INDEX:
        raise bad_value("ttl is a number of seconds, or a time")
    return value, RELATIVE


def _time(value: Any) -> int:
    """Unix seconds; 0 for none and for what is no time."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        return 0
    seconds = int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    return seconds if 0 <= seconds <= _LATEST else 0


@lru_cache(maxsize=4096)
def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
