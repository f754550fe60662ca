"""Grants as they are signed: a document frame of kind "access-grant", by an officer's key of the enterprise.

    {"format": "access-grant/1", "action": "grant", "to", "role", "about", "parts": […], "since", "until",
     "figures"?: […], "period"?: {"start", "end"}, "purpose"?}
    {"format": "access-grant/1", "action": "end", "grant": "0x…", "reason"?}

The frame's digest names the grant. Only what an enrolled officer of the enterprise signed counts, for certificates of
this enterprise alone; a frame that the log flags as disputed, postdated, of an ended key or of another log does not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ledger.access.client import checked_organisation
from ledger.access.grants import EVERYTHING, GRANTABLE, Grant, Part, Period
from ledger.access.roles import Role, role_of
from ledger.canonical import canonical_json
from ledger.identifiers.vaa import split
from ledger.log.admission import Enrolment
from ledger.log.replay import KeyName, key_name
from terminal_signer import document
from terminal_signer.document import Document
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Frame, KeyClass, content, verify
from terminal_signer.senml import MAX_TIME, MIN_TIME
from terminal_signer.strict import Members, read_json

KIND = "access-grant"
FORMAT = "access-grant/1"
MEDIA = "application/json"
SPOILT = frozenset(("fork", "revoked", "iat", "foreign-log"))
MOST_FIGURES = 500
MOST_TEXT = 200


class GrantFault(CarbonError):
    """A document is no grant, or nobody could be given what it says."""

    code = "grant"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a grant says, before anybody signed it. The fields are those of `Grant`."""

    to: str
    role: Role
    about: str
    parts: frozenset[Part]
    since: int
    until: int
    figures: frozenset[str] | None = None
    period: Period | None = None
    purpose: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """`grant`: the digest of the one that ends now."""

    grant: bytes
    reason: str = ""


Act = Terms | Ending


@dataclass(frozen=True, slots=True)
class Acts:
    """Grants in the order of the log, and the frames that say they are acts and do not count, with the reason."""

    grants: tuple[Grant, ...]
    void: tuple[tuple[Frame, CarbonError], ...] = ()


def write_act(act: Act) -> Document:
    """The document to sign. Raises GrantFault for one that nobody would honour."""
    written = document.of_file(KIND, MEDIA, canonical_json(to_json(act)))
    if written.body is None or read_body(written.body) != act:
        raise GrantFault("it would be read back as something else", mend="name fewer figures")
    return written


def to_json(act: Act) -> dict[str, Any]:
    if isinstance(act, Ending):
        told = {"format": FORMAT, "action": "end", "grant": f"0x{act.grant.hex()}"}
        return told | ({"reason": act.reason} if act.reason else {})
    return {
        "format": FORMAT, "action": "grant", "to": act.to, "role": str(act.role), "about": act.about,
        "parts": sorted(act.parts), "since": act.since, "until": act.until,
        **({} if act.figures is None else {"figures": sorted(act.figures)}),
        **({} if act.period is None else {"period": {"start": act.period.start, "end": act.period.end}}),
        **({"purpose": act.purpose} if act.purpose else {}),
    }  # fmt: skip


def read_body(body: bytes, where: str = KIND) -> Act:
    """Raises GrantFault for anything that `write_act` would not have written."""
    try:
        with Members(read_json(body, where), where, FORMAT) as told:
            act = _ending(told) if told.text("action", 20) == "end" else _terms(told)
    except CarbonError as fault:
        raise GrantFault(fault.message, where=fault.where, mend=fault.mend) from None
    if canonical_json(to_json(act)) != body:
        raise GrantFault("not in canonical form, or an unknown action", where=where, mend="RFC 8785")
    return act


def read_acts(entries: Iterable[tuple[Frame, frozenset[str]]], keys: Mapping[KeyName, Enrolment]) -> Acts:
    """The frames of one enterprise with the log's flags, in the order of the log. Raises nothing."""
    grants: dict[bytes, Grant] = {}
    void: list[tuple[Frame, CarbonError]] = []
    for frame, flags in entries:
        try:
            act = _signed(frame, flags, keys)
            grant = _granted(frame, act) if isinstance(act, Terms) else _ended(frame, act, grants)
        except CarbonError as fault:
            void.append((frame, fault))
        else:
            grants[grant.digest] = grant
    return Acts(tuple(grants.values()), tuple(void))


def _signed(frame: Frame, flags: frozenset[str], keys: Mapping[KeyName, Enrolment]) -> Act:
    key = keys.get(key_name(frame))
    if key is None or key.key_class is not KeyClass.OFFICER:
        raise GrantFault("not signed by an officer's enrolled key", where=frame.sub)
    verify(frame, key.public_key)
    if spoilt := sorted(flags & SPOILT):
        raise GrantFault(f"the log flags it: {', '.join(spoilt)}", where=frame.sub)
    told = content(frame)
    if not isinstance(told, Document) or told.kind != KIND or told.body is None:
        raise GrantFault("another document, or none", where=frame.sub)
    return read_body(told.body)


def _granted(frame: Frame, terms: Terms) -> Grant:
    if terms.about.partition("/")[0] != frame.iss:
        raise GrantFault(f"{terms.about} is not of {frame.iss}", where=frame.sub)
    if terms.to == frame.iss:
        raise GrantFault("an enterprise needs no grant of its own", where=frame.sub)
    return Grant(
        digest=frame.digest, enterprise=frame.iss, by=frame.sub, at=frame.iat, to=terms.to, role=terms.role,
        about=terms.about, parts=terms.parts, since=terms.since, until=terms.until, figures=terms.figures,
        period=terms.period, purpose=terms.purpose,
    )  # fmt: skip


def _ended(frame: Frame, ending: Ending, grants: Mapping[bytes, Grant]) -> Grant:
    grant = grants.get(ending.grant)
    if grant is None or grant.enterprise != frame.iss:
        raise GrantFault("it ends a grant that there is not", where=frame.sub)
    return grant if grant.ended_at is not None else replace(grant, ended_at=frame.iat, ended_by=frame.sub)


def _ending(told: Members) -> Ending:
    return Ending(told.hex("grant", 32), told.text("reason", MOST_TEXT) if "reason" in told.rest else "")


def _terms(told: Members) -> Terms:
    role = role_of(told.text("role", 20))
    parts = frozenset(_part(value) for value in told.items("parts", len(Part)))
    if not parts or not parts <= GRANTABLE[role]:
        allowed = ", ".join(sorted(GRANTABLE[role])) or "nothing"
        raise GrantFault(f"a {role} cannot be given this", where=f"{told.where}.parts", mend=f"{allowed} can be")
    terms = Terms(
        to=checked_organisation(told.text("to")), role=role, about=_about(told.text("about")), parts=parts,
        since=told.integer("since", MAX_TIME, 0), until=told.integer("until", MAX_TIME, 0), figures=_figures(told),
        period=_period(told), purpose=told.text("purpose", MOST_TEXT) if "purpose" in told.rest else "",
    )  # fmt: skip
    if terms.since >= terms.until:
        raise GrantFault("it ends before it begins", where=f"{told.where}.until")
    if terms.figures is not None and Part.FIGURES not in parts:
        raise GrantFault("it names figures and does not give them", where=f"{told.where}.figures")
    return terms


def _part(value: object) -> Part:
    try:
        return Part(str(value))
    except ValueError:
        raise GrantFault(f"{str(value)[:40]!r} is no part", mend=f"one of {', '.join(Part)}") from None


def _about(text: str) -> str:
    prefix, suffix = split(text)
    checked_organisation(prefix)
    if EVERYTHING in suffix and suffix != EVERYTHING:
        raise GrantFault(f"{text!a} is no identifier", mend="one certificate's, or <prefix>/* for all")
    return text


def _figures(told: Members) -> frozenset[str] | None:
    if "figures" not in told.rest:
        return None
    names = told.items("figures", MOST_FIGURES)
    if not names or not all(isinstance(name, str) and 0 < len(name) <= MOST_TEXT for name in names):
        raise GrantFault("figures are not named", where=f"{told.where}.figures")
    return frozenset(names)


def _period(told: Members) -> Period | None:
    if "period" not in told.rest:
        return None
    with told.inner("period") as inner:
        period = Period(inner.integer("start", MAX_TIME, MIN_TIME), inner.integer("end", MAX_TIME, MIN_TIME))
    if period.start >= period.end:
        raise GrantFault("no period", where=f"{told.where}.period")
    return period
