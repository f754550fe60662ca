"""What `carbon access` prints: tables for people, one JSON object for programs."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from ledger.access.acts import Acts, Ending
from ledger.access.client import Client
from ledger.access.grants import EVERYTHING, Grant
from ledger.access.journal import Entry, to_json
from ledger.commands.access_sign import Signed
from ledger.commands.cells import printable, wrapped
from ledger.store.certificates import certificate
from ledger.store.evidence import Deposit

Granted = list[tuple[str, Acts]]
Text = dict[str, str]
COLUMNS = 80


def added(client: Client, secret: str, text: Text, *, as_json: bool) -> None:
    if as_json:
        dump({"format": "access-client/1", **_client(client), "client_secret": secret})
        return
    print(text["added"].format(id=client.client_id, organisation=client.organisation, role=_role(client.role, text)))
    print(text["secret"].format(secret=secret))
    print(text["secret-note"])


def ended(client: Client | None, text: Text, *, as_json: bool) -> None:
    if client is None:
        return
    if as_json:
        dump({"format": "access-client/1", **_client(client)})
    else:
        print(text["ended-client"].format(id=client.client_id))


def clients(found: Sequence[Client], text: Text, *, as_json: bool) -> None:
    if as_json:
        dump({"format": "access-clients/1", "clients": [_client(client) for client in found]})
        return
    _blocks([list(_client_lines(client, text)) for client in found], text["clients-none"])


def signed(what: Signed, grant: bytes, text: Text, *, as_json: bool) -> None:
    if as_json:
        action = "end" if isinstance(what.act, Ending) else "grant"
        told = {"action": action, "grant": _hex(grant), "frame": _hex(what.digest), "by": what.by, "sent": what.sent}
        dump({"format": "access-act/1", **told})
        return
    print(text["signed-end" if isinstance(what.act, Ending) else "signed"].format(grant=_hex(grant)))
    print(text["sent" if what.sent else "kept"].format(by=what.by))


def grants(found: Granted, now: int, text: Text, *, as_json: bool) -> None:
    every = [grant for _, acts in found for grant in acts.grants]
    void = [(frame, fault) for _, acts in found for frame, fault in acts.void]
    if as_json:
        told = [{"frame": _hex(frame.digest), "by": frame.sub, "why": str(fault)} for frame, fault in void]
        dump({"format": "access-grants/1", "grants": [_grant(grant, now) for grant in every], "void": told})
        return
    _blocks([list(_grant_lines(grant, now, text)) for grant in every], text["grants-none"])
    for frame, fault in void:
        print(f"{frame.digest.hex()[:12]}  {printable(frame.sub)}  {text['void'].format(why=printable(str(fault)))}")


def deposited(made: Deposit, engine: Engine, text: Text, *, as_json: bool) -> None:
    held = certificate(engine, made.token)
    identifier, figures = held.identifier if held else "", len(made.openings) - 1
    if as_json:
        told = {"identifier": identifier, "token_id": _hex(made.token), "figures": figures, "size": made.bundle_size}
        dump({"format": "access-deposit/1", **told, "sha256": _hex(made.bundle_hash)})
    else:
        print(text["deposited"].format(identifier=identifier, figures=figures, size=made.bundle_size))


def log(
    chains: Sequence[tuple[str, Sequence[Entry]]], broken: Mapping[str, int | None], missing: Sequence[int], text: Text,
    *, as_json: bool,
) -> None:  # fmt: skip
    if as_json:
        told = [
            {**to_json(entry.number, entry.reading, entry.previous), "hash": _hex(entry.hash)}
            for _, entries in chains for entry in entries
        ]  # fmt: skip
        breaks = {name: number for name, number in broken.items() if number is not None}
        dump({"format": "access-log/1", "entries": told, "broken": breaks, "missing": list(missing)})
        return
    if not any(entries for _, entries in chains):
        print(text["log-none"])
    for name, entries in chains:
        if entries:
            print(name)
            _blocks([list(_entry_lines(entry, text)) for entry in entries], "")
            number = broken[name]
            print(text["whole" if number is None else "broken"].format(entries=len(entries), number=number))
    for number in missing:
        print(text["missing"].format(number=number))


def _client_lines(client: Client, text: Text) -> Iterator[str]:
    yield f"{client.client_id}  {_client_state(client, text)}"
    since = text["since"].format(time=minute(client.created_at))
    yield text["and"].join((client.organisation, _role(client.role, text), since))
    if client.label:
        yield printable(client.label)


def _grant_lines(grant: Grant, now: int, text: Text) -> Iterator[str]:
    yield f"{grant.digest.hex()[:12]}  {grant.to}, {_role(grant.role, text)}  {_grant_state(grant, now, text)}"
    yield f"{_about(grant, text)}: {_parts(grant, text)}"
    yield text["from-until"].format(since=day(grant.since), until=day(grant.until), by=printable(grant.by))
    if grant.purpose:
        yield printable(grant.purpose)


def _entry_lines(entry: Entry, text: Text) -> Iterator[str]:
    told = entry.reading
    who = f"{told.organisation}, {_role(told.role, text)} ({told.client_id})"
    detail = text.get(f"why.{told.detail}", told.detail)
    what = f"{text[f'act.{told.act}']}: {text[f'part.{told.part}']}" + (f" ({detail})" if detail else "")
    yield f"{entry.number}  {minute(told.at)}  {who}"
    yield f"{what}  {printable(told.identifier)}"


def minute(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M")


def day(seconds: int) -> str:
    """The day alone where it is midnight."""
    return minute(seconds).removesuffix(" 00:00")


def _blocks(blocks: Sequence[Sequence[str]], none: str) -> None:
    """A first line for each thing, what else there is to say below it: 80 columns hold it, however much that is."""
    for first, *more in blocks:
        print(first)
        for line in more:
            print(*(f"  {part}" for part in wrapped(line, COLUMNS - 2)), sep="\n")
    if not blocks:
        print(none)


def _client(client: Client) -> dict[str, Any]:
    return {
        "client_id": client.client_id, "organisation": client.organisation, "role": str(client.role),
        "scopes": sorted(client.scopes), "label": client.label, "created_at": client.created_at,
        "ended_at": client.ended_at,
    }  # fmt: skip


def _grant(grant: Grant, now: int) -> dict[str, Any]:
    return {
        "grant": _hex(grant.digest), "enterprise": grant.enterprise, "by": grant.by, "at": grant.at, "to": grant.to,
        "role": str(grant.role), "about": grant.about, "parts": sorted(grant.parts),
        "figures": None if grant.figures is None else sorted(grant.figures),
        "period": None if grant.period is None else {"start": grant.period.start, "end": grant.period.end},
        "since": grant.since, "until": grant.until, "purpose": grant.purpose, "ended_at": grant.ended_at,
        "ended_by": grant.ended_by or None, "in_force": grant.in_force(now),
    }  # fmt: skip


def _about(grant: Grant, text: Text) -> str:
    prefix, _, suffix = grant.about.partition("/")
    return text["everything"].format(prefix=prefix) if suffix == EVERYTHING else grant.about


def _parts(grant: Grant, text: Text) -> str:
    named = f" ({text['and'].join(sorted(grant.figures))})" if grant.figures else ""
    return text["and"].join(text[f"part.{part}"] + (named if part == "figures" else "") for part in sorted(grant.parts))


def _role(role: str, text: Text) -> str:
    return text[f"role.{role}"]


def _client_state(client: Client, text: Text) -> str:
    if client.ended_at is None:
        return text["state.in-force"]
    return text["state.ended"].format(time=minute(client.ended_at))


def _grant_state(grant: Grant, now: int, text: Text) -> str:
    if grant.ended_at is not None:
        return text["state.ended"].format(time=minute(grant.ended_at))
    state = "not-yet" if now < grant.since else "in-force" if now < grant.until else "over"
    return text[f"state.{state}"]


def _hex(data: bytes) -> str:
    return f"0x{data.hex()}"


def dump(document: object) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))
