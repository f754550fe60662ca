"""`/scan`: a scanned or typed text, checked with this gateway's keys and against what the chain says now.

It takes what is printed on labels: a signed code, a GS1 Digital Link or element string, an Ecode, a handle. The text is
posted, not put into an address, so that no log keeps it. Nothing of that runs in the browser; who does not want to
trust this server checks with `carbon scan`, or with a copy of `/scan/offline`: one file that holds its program and this
gateway's keys, and needs no network.
"""

from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import HTMLResponse, RedirectResponse

from gateway.body import bounded_body, require_media
from gateway.described import A_HANDLE
from gateway.label_check import own_issuers
from gateway.looking_up import page_of
from gateway.negotiation import language_of
from gateway.page import TONES, CertificatePage, Verdict
from gateway.problems import Problem
from gateway.settings import Settings, settings_of
from gateway.templating import render
from ledger.commands.scan import Scanned, scan
from ledger.commands.scan_keys import label_keys, vouched
from ledger.commands.scan_page import FRAMED, offline_page, policy
from ledger.commands.scan_show import signed_facts
from ledger.commands.scan_texts import TEXTS
from ledger.labels.compact import Compact, CompactError
from ledger.labels.offline import Checked, Outcome
from ledger.language import Language
from terminal_signer.errors import CarbonError

FORM = "application/x-www-form-urlencoded"
_MOST_BYTES, _MOST_TEXT, _MOST_FIELDS = 8192, 2048, 64
_HEADERS = {"Cache-Control": "no-store", "Vary": "Accept-Language"}
_TEXT = {"type": "string", "pattern": A_HANDLE, "description": "or a signed code, or a name of another scheme"}
_SCHEMA = {"type": "object", "required": ["text"], "maxProperties": 8, "properties": {"text": _TEXT}}
_BODY: dict[str, Any] = {"requestBody": {"required": True, "content": {FORM: {"schema": _SCHEMA}}}}
_BAD = (Outcome.WRONG_SIGNATURE, Outcome.MOVED)

router = APIRouter()


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows: `title` and `facts` in the reader's language; `lines` are keys below `scan.`; `page` the
    certificate as the chain has it now, where the code is this gateway's."""

    tone: str
    title: str
    lines: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()
    page: CertificatePage | None = None
    path: str = ""


async def form_body(request: Request) -> bytes:
    return await bounded_body(request, _MOST_BYTES)


@router.get("/scan", summary="A form for a scanned text")
def scan_form(request: Request) -> Response:
    return _rendered(request, 200, "", None)


@router.get("/scan/offline", summary="A page to keep, which checks labels without a network")
def scan_offline(request: Request) -> Response:
    language = language_of(request)
    settings = settings_of(request)
    page = offline_page(own_issuers(settings, settings.machine_clock()), language)
    headers = {**_HEADERS, "Content-Language": language, "Content-Security-Policy": policy() + FRAMED}
    return HTMLResponse(page, headers=headers)


@router.post("/scan", summary="Check a scanned text", openapi_extra=_BODY)
def scan_text(request: Request, body: Annotated[bytes, Depends(form_body)]) -> Response:
    settings, language, text = settings_of(request), language_of(request), _text(request, body)
    try:
        issuers = own_issuers(settings)
        scanned = scan(text, [key for issuer in issuers for key in label_keys(issuer)], settings.clock())
    except CarbonError as fault:
        return _rendered(request, 400, text, _unreadable(fault))
    if scanned.checked is not None:
        return _rendered(request, 200, text, _signed(settings, vouched(scanned.checked, issuers), language))
    identifier = scanned.recognised.text if scanned.recognised else ""
    if identifier.startswith("88."):
        return RedirectResponse(f"/{quote(identifier)}?lang={language}", 303)
    return _rendered(request, 200, text, _unsigned(scanned, language))


def differences(said: Compact, page: CertificatePage) -> tuple[str, ...]:
    """`earlier`: the code is of another certificate of this identifier than the one that the chain names now;
    `contradicts`: it is of that one, and says something else."""
    view = page.standing.certificate
    if view is None:
        return ()
    if view.token_id.to_bytes(32, "big")[: len(said.token)] != said.token:
        return ("earlier",)
    told = (said.kind, said.grade, said.k, said.footprint, said.period_start, said.period_end, said.valid_until)
    value = view.grade_value if view.grade else 0
    chain = (view.kind, view.grade, value, view.footprint, view.period_start, view.period_end, view.valid_until)
    return () if told == chain else ("contradicts",)


def _signed(settings: Settings, checked: Checked, language: Language) -> Shown:
    said, text = checked.code.compact, TEXTS[language]
    title = text[f"outcome.{checked.outcome.value}"]
    facts = tuple(signed_facts(checked, language))
    notes = tuple(text[f"note.{note}"] for note in checked.notes)
    if checked.outcome in _BAD:
        return Shown("bad", title, ("beware",), facts, notes)
    if checked.outcome is Outcome.UNKNOWN_KEY:
        return Shown("warn", title, ("other-issuer",), facts, notes)
    page = _present(settings, said.identifier)
    lines = differences(said, page) if page else ("no-status",)
    tone = "good" if checked.outcome is Outcome.VALID and not notes and not lines else "warn"
    if "contradicts" in lines or (page is not None and TONES[page.verdict] == "bad"):
        tone = "bad"
    elif page is not None and page.verdict is not Verdict.VALID:
        tone = "warn"
    return Shown(tone, title, (*lines, "copied"), facts, notes, page)


def _present(settings: Settings, identifier: str) -> CertificatePage | None:
    try:
        return page_of(settings, identifier)
    except Problem:
        return None


def _unsigned(scanned: Scanned, language: Language) -> Shown:
    known, text = scanned.recognised, TEXTS[language]
    assert known is not None  # noqa: S101 – scan refuses what it neither verifies nor recognises
    facts = ((text["scheme"], text[f"scheme.{known.scheme}"]), (text["identifier"], known.text))
    path = known.text.removeprefix("https://id.gs1.org") if known.scheme == "gs1" else ""
    return Shown("warn", text["unsigned"], (), facts, path=path)


def _unreadable(fault: CarbonError) -> Shown:
    if not isinstance(fault, CompactError):
        return Shown("bad", "", ("unreadable",))
    return Shown("bad", "", ("unknown-version" if fault.code == "unknown-version" else "broken",))


def _text(request: Request, body: bytes) -> str:
    require_media(request, (FORM,))
    try:
        text = body.decode("ascii")
        fields = dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except ValueError as fault:
        raise Problem("malformed-request") from fault
    return fields.get("text", "").strip()[:_MOST_TEXT]


def _rendered(request: Request, status: int, text: str, shown: Shown | None) -> Response:
    headers = {**_HEADERS, "Content-Language": language_of(request)}
    return render(request, "scan.html", status, headers, text=text, shown=shown)
