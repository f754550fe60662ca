"""An engagement as a time line with its people and what is open; a list of those that wait. For people and machines."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ledger.commands.cells import padded, printable, rows, width, wrapped
from ledger.commands.verification_acts import time_text
from ledger.commands.verification_rules import explain
from ledger.commands.verification_texts import TEXTS
from ledger.language import Language
from ledger.verification import contents as c
from ledger.verification.case import Case, Finding
from ledger.verification.record import Record
from ledger.verification.stages import Role
from ledger.verification.standing import Waiting, waiting
from ledger.verification.steps import Step, to_json

WIDTHS = (16, 22, 27, 31)
LATE = 86_400
ROLES = tuple(Role)
Text = Mapping[str, str]


def dumped(document: object) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2)


def case_document(record: Record, case: Case, now: int) -> dict[str, Any]:
    """`verification-case/1`."""
    return {
        "format": "verification-case/1", "engagement": case.engagement, "state": case.state.value, "since": case.since,
        "enterprise": case.enterprise, "evaluator": case.applied.evaluator, "verifier": case.applied.verifier,
        "identifier": case.applied.identifier, "kind": case.applied.kind,
        "period_start": case.applied.period_start, "period_end": case.applied.period_end,
        "supersedes": _hex(case.applied.supersedes), "result": _hex(case.result),
        "people": {person: role.value for person, role in sorted(case.people.items())},
        "opinion": _hex(case.opinion_hash) if case.opinion else None, "token": _hex(case.token),
        "findings": [_finding_document(finding) for finding in case.findings],
        "signed": sorted(case.signatures), "waiting": [waiting_document(one) for one in waiting(case, now)],
        "steps": [_step_document(step, record.accepted.get(step.digest)) for step in case.steps],
        "void": [
            {**_step_document(void.step, record.accepted.get(void.step.digest)), "rule": void.why.code,
             "why": void.why.message, "mend": void.why.mend}
            for void in record.void
        ],
        "unread": [
            {"digest": _hex(one.frame.digest), "by": one.frame.sub, "why": str(one.why)} for one in record.unread
        ],
    }  # fmt: skip


def _step_document(step: Step, accepted: int | None) -> dict[str, Any]:
    return {
        "digest": _hex(step.digest), "by": step.by, "at": step.at, "accepted": accepted,
        "sha256": _hex(step.sha256), "document": to_json(step.stated),
    }  # fmt: skip


def _finding_document(finding: Finding) -> dict[str, Any]:
    found = finding.found
    return {
        "number": found.number, "severity": found.severity, "requirement": found.requirement, "text": found.text,
        "due": finding.due, "open": finding.is_open, "answered": finding.answer is not None,
    }  # fmt: skip


def waiting_document(one: Waiting) -> dict[str, Any]:
    return {
        "role": one.role.value, "person": one.person, "action": one.action, "due": one.due, "finding": one.finding,
        "may": one.may,
    }  # fmt: skip


def case_lines(record: Record, case: Case, now: int, offset: int, language: Language) -> Iterator[str]:
    text, applied = TEXTS[language], case.applied
    yield f"{case.engagement}   {text['state.' + case.state.value]}"
    period = f"{time_text(applied.period_start, offset)[:10]} – {time_text(applied.period_end - 1, offset)[:10]}"
    yield f"  {applied.identifier} · {text[f'kind.{applied.kind}']} · {period}"
    if applied.supersedes is not None:
        yield "  " + text["supersedes"].format(token=f"0x{applied.supersedes.hex()[:16]}…")
    if case.plan is not None:
        level = text[f"assurance.{case.plan.assurance}"]
        yield "  " + text["agreed"].format(assurance=level, materiality=_percent(case.plan.materiality))
    yield ""
    yield from _people(case, text)
    yield ""
    yield from _time_line(record, case, offset, text)
    yield from _open_lines(waiting(case, now), case, offset, text)
    yield from _void_lines(record, offset, language)


def _people(case: Case, text: Text) -> Iterator[str]:
    yield text["people"]
    for person, role in sorted(case.people.items(), key=lambda pair: (ROLES.index(pair[1]), pair[0])):
        declared = f"  {text['declared']}" if person in case.declared else ""
        yield f"  {padded(text['role.' + role.value], 14)}{printable(person)}{declared}"


def _time_line(record: Record, case: Case, offset: int, text: Text) -> Iterator[str]:
    yield text["time-line"]
    for step in case.steps:
        yield from _event(step, record.accepted.get(step.digest), offset, text)


def _event(step: Step, accepted: int | None, offset: int, text: Text) -> Iterator[str]:
    action = text["action." + step.action]
    if step.stated.corrects is not None:
        action = text["corrected"].format(action=action)
    cells = [time_text(step.at, offset)], [action], [step.by], said(step.stated.content, offset, text)
    if accepted is not None and abs(accepted - step.at) > LATE:
        cells[0].append(text["logged"].format(time=time_text(accepted, offset)))
    yield from ("  " + line for line in rows(cells, WIDTHS))


def said(content: c.Content, offset: int, text: Text) -> list[str]:
    """What a document says, in a few lines."""
    lines: list[str] = []
    number = getattr(content, "number", None)
    if isinstance(content, c.Find):
        lines.append(text["finding"].format(number=number, severity=text[f"severity.{content.severity}"]))
        lines += [content.requirement, content.text, text["due"].format(time=time_text(content.due, offset)[:10])]
    elif number is not None:
        lines.append(text["of-finding"].format(number=number))
    if isinstance(content, c.Visit):
        lines += [
            f"{time_text(content.started, offset)} – {time_text(content.ended, offset)}", content.place,
            text["went"].format(names=", ".join(_suffix(person) for person in content.persons)),
            text["met"].format(names=", ".join(content.met)),
        ]  # fmt: skip
    if isinstance(content, c.Opine):
        lines.append(text[f"opinion.{content.opinion}"])
        lines.append(text["misstated"].format(found=_percent(content.misstatement), most=_percent(content.materiality)))
    for name in ("outcome", "party"):
        if (word := getattr(content, name, None)) is not None:
            lines.append(text[f"{name}.{word}"])
    usual = isinstance(content, c.Declare) and content.text in {TEXTS[one]["declaration"] for one in TEXTS}
    if not isinstance(content, c.Find) and not usual:
        texts = [getattr(content, name, None) for name in ("rule", "conclusion", "text", "reason", "visit_list")]
        lines += [one for one in texts if one]
    lines += [exhibit.name for exhibit in getattr(content, "exhibits", ())]
    return lines


def _open_lines(asked: Sequence[Waiting], case: Case, offset: int, text: Text) -> Iterator[str]:
    yield ""
    yield text["open"] if asked else text["nothing-open"]
    for one in asked:
        yield "  " + waiting_line(one, case, offset, text)


def waiting_line(one: Waiting, case: Case, offset: int, text: Text) -> str:
    """Who is asked for what, and by when."""
    who = text["role." + one.role.value] + (f" {one.person}" if one.person else "")
    what = text["action." + one.action]
    if one.finding is not None:
        what += " " + text["of-finding"].format(number=one.finding)
    due = "" if one.due is None else "  " + text["due"].format(time=time_text(one.due, offset)[:10])
    return f"{who}: {what}{due}{'  ' + text['may'] if one.may else ''}"


def _void_lines(record: Record, offset: int, language: Language) -> Iterator[str]:
    text = TEXTS[language]
    if not record.void and not record.unread:
        return
    yield ""
    yield text["void"]
    for void in record.void:
        what = f"{time_text(void.step.at, offset)}  {text['action.' + void.step.action]}  {void.step.by}"
        yield "  " + printable(what)
        yield from ("    " + line for line in wrapped(printable(explain(void.why, language)), 96))
    for one in record.unread:
        yield "  " + printable(f"{time_text(one.frame.iat, offset)}  {one.frame.sub}")
        yield from ("    " + line for line in wrapped(printable(str(one.why)), 96))


def list_lines(
    found: Sequence[tuple[Case, Sequence[Waiting]]], offset: int, language: Language, *, mine: bool
) -> Iterator[str]:
    text = TEXTS[language]
    if not found:
        yield text["none-waits" if mine else "none"]
        return
    widest = max(width(case.engagement) for case, _ in found)
    for case, asked in found:
        state = text["state." + case.state.value]
        yield f"{padded(case.engagement, widest)}  {padded(state, 20)}{case.applied.identifier}"
        yield from ("    " + waiting_line(one, case, offset, text) for one in asked)


def list_document(found: Sequence[tuple[Case, Sequence[Waiting]]]) -> dict[str, Any]:
    """`verifications/1`."""
    return {
        "format": "verifications/1",
        "engagements": [
            {
                "engagement": case.engagement, "state": case.state.value, "since": case.since,
                "identifier": case.applied.identifier, "waiting": [waiting_document(one) for one in asked],
            }
            for case, asked in found
        ],
    }  # fmt: skip


def _percent(basis_points: int) -> str:
    return f"{basis_points // 100}.{basis_points % 100:02d} %"


def _suffix(person: str) -> str:
    return person.partition("/")[2]


def _hex(value: bytes | None) -> str | None:
    return None if value is None else f"0x{value.hex()}"


def case_token(case: Case) -> str | None:
    return _hex(case.token)
