"""PACT's events as CloudEvents 1.0 in structured mode: read from strangers, and written for them.

Read: type, specversion 1.0, id, source, time and data must be there and of their kind; what a type needs in its data is
checked, what it does not know is ignored. Every fault is an EventFault.
"""

import json
import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ledger.exchange.criteria import FILTERS, Criteria, criteria
from ledger.exchange.errors import EventFault
from ledger.exchange.periods import moment, seconds_of
from terminal_signer.strict import loads_unique

PREFIX, MAJOR = "org.wbcsd.pact.ProductFootprint.", ".3"
CREATED, FULFILLED = f"{PREFIX}RequestCreatedEvent{MAJOR}", f"{PREFIX}RequestFulfilledEvent{MAJOR}"
REJECTED, PUBLISHED = f"{PREFIX}RequestRejectedEvent{MAJOR}", f"{PREFIX}PublishedEvent{MAJOR}"
TYPES = (CREATED, FULFILLED, REJECTED, PUBLISHED)
MEDIA_TYPE = "application/cloudevents+json"
MOST_VALUES = 1_000
_LONGEST_ID, _LONGEST_TEXT = 255, 2_048
_ADDRESS = re.compile(r"[^\s\x00-\x20\x7f<>\"\\^`{|}]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, "events.carbon-ledger")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """`ids`: of footprints, for PublishedEvent; `criteria`, `comment`: of RequestCreatedEvent; `answers`: the id of the
    request that is fulfilled or rejected; `data`: the whole."""

    type: str
    id: str
    source: str
    time: str
    data: Json
    criteria: Criteria = field(default_factory=lambda: Criteria({}))
    comment: str = ""
    ids: tuple[str, ...] = ()
    answers: str = ""


def read_event(body: bytes) -> Event:
    """Raises EventFault."""
    try:
        document = loads_unique(body)
        json.dumps(document, allow_nan=False)  # NaN and infinity are no JSON
    except (ValueError, RecursionError):
        raise EventFault("the body is not JSON") from None
    if not isinstance(document, dict):
        raise EventFault("the body is no JSON object")
    kind = _text(document, "type", _LONGEST_ID)
    if kind not in TYPES:
        raise EventFault(f"unknown event type {kind[:80]!a}", where="type", mend=f"one of {', '.join(TYPES)}")
    if document.get("specversion") != "1.0":
        raise EventFault("not CloudEvents 1.0", where="specversion")
    time = _text(document, "time", _LONGEST_ID)
    if "T" not in time.upper() or seconds_of(time) is None:
        raise EventFault("no time of RFC 3339", where="time", mend="2025-03-05T17:31:00Z")
    event_id, source = _text(document, "id", _LONGEST_ID), _text(document, "source", _LONGEST_TEXT)
    if not _ADDRESS.fullmatch(source):
        raise EventFault("no URI reference", where="source", mend="https://host/ or //host/path")
    data = document.get("data")
    if not isinstance(data, dict):
        raise EventFault("no object", where="data")
    return _READERS[kind](Event(kind, event_id, source, time, data))


def _created(event: Event) -> Event:
    """A request without any criterion would ask for everything: PACT demands that it has some."""
    pairs: list[tuple[str, str]] = []
    for name, value in event.data.items():
        if name.casefold() in FILTERS:
            pairs += [(name, text) for text in _texts(value, f"data.{name}")]
    if not pairs:
        raise EventFault("no criterion", where="data", mend=f"one of {', '.join(FILTERS.values())}")
    comment = event.data.get("comment", "")
    if not isinstance(comment, str):
        raise EventFault("no text", where="data.comment")
    return Event(event.type, event.id, event.source, event.time, event.data, criteria(pairs), comment[:_LONGEST_TEXT])


def _published(event: Event) -> Event:
    ids = _texts(event.data.get("pfIds"), "data.pfIds")
    if not ids:
        raise EventFault("no footprint is named", where="data.pfIds")
    for name in ids:
        if not _UUID.fullmatch(name):
            raise EventFault(f"{name[:80]!a} is no UUID", where="data.pfIds", mend="ids of footprints, not of products")
    return Event(event.type, event.id, event.source, event.time, event.data, ids=tuple(ids))


def _fulfilled(event: Event) -> Event:
    answers = _text(event.data, "requestEventId", _LONGEST_ID, "data.")
    footprints = event.data.get("pfs")
    if not isinstance(footprints, list) or not 0 < len(footprints) <= MOST_VALUES:
        raise EventFault(f"no list of 1 to {MOST_VALUES} footprints", where="data.pfs")
    ids = [footprint.get("id") if isinstance(footprint, dict) else None for footprint in footprints]
    if not all(isinstance(name, str) and _UUID.fullmatch(name) for name in ids):
        raise EventFault("a footprint without an id", where="data.pfs")
    return Event(event.type, event.id, event.source, event.time, event.data, ids=tuple(map(str, ids)), answers=answers)


def _rejected(event: Event) -> Event:
    answers = _text(event.data, "requestEventId", _LONGEST_ID, "data.")
    error = event.data.get("error")
    if not isinstance(error, dict):
        raise EventFault("no object", where="data.error")
    _text(error, "code", _LONGEST_ID, "data.error.")
    _text(error, "message", _LONGEST_TEXT, "data.error.")
    return Event(event.type, event.id, event.source, event.time, event.data, answers=answers)


_READERS = {CREATED: _created, PUBLISHED: _published, FULFILLED: _fulfilled, REJECTED: _rejected}


def _text(members: Mapping[str, Any], name: str, longest: int, where: str = "") -> str:
    value = members.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest or _unwritable(value):
        raise EventFault(f"no text of 1 to {longest} characters", where=f"{where}{name}")
    return value


def _texts(value: object, where: str) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or len(values) > MOST_VALUES:
        raise EventFault(f"no list of at most {MOST_VALUES} texts", where=where)
    for text in values:
        if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
            raise EventFault("no text", where=where)
    return values


def _unwritable(text: str) -> bool:
    """Lone surrogates have no UTF-8, and NUL is no text in some databases."""
    return any(sign == "\0" or "\ud800" <= sign <= "\udfff" for sign in text)


def fulfilled(request: str, footprints: Sequence[Json], source: str, now: int) -> Json:
    """The answer to a request: one and the same event however often it must be sent."""
    return _answer(FULFILLED, request, source, now, {"pfs": list(footprints)})


def rejected(request: str, code: str, message: str, source: str, now: int) -> Json:
    return _answer(REJECTED, request, source, now, {"error": {"code": code, "message": message}})


def published(ids: Sequence[str], source: str, now: int) -> Json:
    name = uuid.uuid5(_NAMESPACE, f"{PUBLISHED} {source} {now} {' '.join(ids)}")
    return _event(PUBLISHED, str(name), source, now, {"pfIds": list(ids)})


def _answer(kind: str, request: str, source: str, now: int, data: Json) -> Json:
    name = uuid.uuid5(_NAMESPACE, f"{source} {request}")
    return _event(kind, str(name), source, now, {"requestEventId": request, **data})


def _event(kind: str, name: str, source: str, now: int, data: Json) -> Json:
    return {"type": kind, "specversion": "1.0", "id": name, "source": source, "time": moment(now), "data": data}
