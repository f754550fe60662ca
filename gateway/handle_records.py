"""The record of a handle: what the ledger derives (prefixes, keys, certificates, templates, terminals, administrators),
and what clients registered beside it. Derived values win: nobody registers a better grade under a certificate."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import Request

from gateway.access import Caller
from gateway.certificate_record import page_values, shipped_templates
from gateway.hidden_values import is_granted, is_own
from gateway.looking_up import is_answer, looked_up, page_from
from gateway.page import CertificatePage
from gateway.problems import Problem
from gateway.record_signing import RecordSigner
from gateway.settings import Settings
from ledger.identifiers.handle import Handle
from ledger.resolution import zone as zones
from ledger.resolution.faults import HANDLE_NOT_FOUND, HandleFault
from ledger.resolution.node_records import admin_value, prefix_values, signer_handle, signer_values
from ledger.resolution.template_record import template_values
from ledger.resolution.terminal_record import terminal_values
from ledger.resolution.values import HandleValue
from ledger.store.enrolments import enrolments_of
from ledger.store.handles import is_administrator, record_of
from ledger.store.standing import LookedUp, look_up

INDUSTRIAL = "88"


@dataclass(frozen=True, slots=True)
class Shown:
    """Values by index, the signature over them among them; as of which block of the chain, 0 where none was asked."""

    values: list[HandleValue]
    block: int = 0
    block_time: int = 0


@dataclass(frozen=True, slots=True)
class _Known:
    """`registered` is False where it is certain that no client registered anything."""

    derived: list[HandleValue]
    registered: bool = True
    page: CertificatePage | None = None


def record_values(settings: Settings, signer: RecordSigner | None, handle: Handle, viewer: Caller | None) -> Shown:
    """Every value that the viewer may see. Raises HandleFault where there is no such handle, or none that the viewer
    may see."""
    return _shown(settings, signer, handle, viewer, _known(settings, signer, handle))


async def open_record(settings: Settings, signer: RecordSigner | None, handle: Handle) -> Shown | None:
    """What anybody sees of a certificate's handle, where one read of the store tells it, for a route on the event loop;
    None where `record_values` has to find out. Raises StoreError."""
    if not handle.is_vaa or _of_node(settings, signer, handle) is not None:
        return None
    found = await looked_up(settings, handle.text)
    if found is None or found.registered or not is_answer(found):
        return None
    return _shown(settings, signer, handle, None, _certified(settings, handle, found))


def _shown(
    settings: Settings, signer: RecordSigner | None, handle: Handle, viewer: Caller | None, known: _Known
) -> Shown:
    values = known.derived
    if known.registered and (stored := record_of(settings.engine, handle.text)) is not None:
        reserved = {value.index for value in known.derived}
        values = sorted(
            [*values, *(value for value in stored.values if value.index not in reserved)], key=lambda value: value.index
        )
    seen = _visible(settings, values, known.derived, handle, viewer)
    if not seen:
        raise HandleFault(HANDLE_NOT_FOUND, "there is no such handle", where=handle.text)
    block, time = (known.page.standing.block, known.page.standing.time) if known.page else (0, 0)
    if signer is None:
        return Shown(seen, block, time)
    at = signer_handle(zones.signer_prefix(settings.zone, handle))
    signature = signer.signature(handle.text, seen, at, settings.machine_clock())
    return Shown(sorted([*seen, signature], key=lambda value: value.index), block, time)


def derived_values(settings: Settings, signer: RecordSigner | None, handle: Handle) -> list[HandleValue]:
    """What nobody registers; empty where the ledger knows nothing of the handle."""
    return _known(settings, signer, handle).derived


def _known(settings: Settings, signer: RecordSigner | None, handle: Handle) -> _Known:
    return (
        _of_node(settings, signer, handle)
        or (_certificate(settings, handle) if handle.is_vaa else None)
        or _Known(_device_or_client(settings, handle))
    )


def _of_node(settings: Settings, signer: RecordSigner | None, handle: Handle) -> _Known | None:
    """What follows from the gateway's configuration alone."""
    if zones.is_prefix_record(handle):
        return _Known(_prefix_record(settings, handle))
    if signer is not None and handle.key == signer_handle(handle.prefix.lower()) and _is_own(settings, handle):
        return _Known(signer_values(handle.prefix.lower(), signer.public_key))
    template = shipped_templates().get(handle.key)
    if template is None:
        return None
    url = f"{settings.public_url}/templates/{template.handle}"
    return _Known(template_values(template, url, settings.clock()))


def _certificate(settings: Settings, handle: Handle) -> _Known | None:
    try:
        return _certified(settings, handle, look_up(settings.engine, handle.text))
    except Problem:  # it has no certificate, or nobody can say
        return None


def _certified(settings: Settings, handle: Handle, found: LookedUp | None) -> _Known:
    """From one read of the store, which also tells whether clients registered anything beside. Raises Problem."""
    page = page_from(settings, handle.text, found)
    return _Known(page_values(settings, page), found is None or found.registered > 0, page)


def _device_or_client(settings: Settings, handle: Handle) -> list[HandleValue]:
    enrolled = enrolments_of(settings.engine, handle.text)
    if enrolled:
        return terminal_values(enrolled)
    return [admin_value(handle.prefix)] if is_administrator(settings.engine, handle.text) else []


def _prefix_record(settings: Settings, handle: Handle) -> list[HandleValue]:
    prefix = zones.prefix_asked(handle)
    referral = zones.delegate_of(settings.zone, handle)
    if referral is not None:
        return [*referral.values(), admin_value(prefix)]
    own = prefix in settings.zone.prefixes or (settings.zone.is_open and zones.covers(INDUSTRIAL, prefix))
    return prefix_values(prefix, settings.public_url) if own else []


def _is_own(settings: Settings, handle: Handle) -> bool:
    return zones.signer_prefix(settings.zone, handle) == handle.prefix.lower()


def _visible(
    settings: Settings, values: Sequence[HandleValue], derived: Sequence[HandleValue], handle: Handle,
    viewer: Caller | None,
) -> list[HandleValue]:  # fmt: skip
    if viewer is not None:
        if is_own(handle, viewer):
            return list(values)
        if any(not value.is_public for value in derived) and is_granted(settings, handle, viewer):
            return [value for value in values if value.is_public or value in derived]
    return [value for value in values if value.is_public]


def signer_of(request: Request) -> RecordSigner | None:
    signer = request.app.state.record_signer
    assert signer is None or isinstance(signer, RecordSigner)  # noqa: S101 – create_app sets it
    return signer
