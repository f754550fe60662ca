"""The record of a handle: what the ledger derives (prefixes, keys, certificates, templates, terminals, administrators),
and what clients registered beside it. Derived values win: nobody registers a better grade under a certificate."""

from collections.abc import Sequence

from starlette.requests import Request

from gateway.access import Caller
from gateway.certificate_record import page_values, shipped_templates
from gateway.hidden_values import is_granted, is_own
from gateway.linking import certificate_page
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

INDUSTRIAL = "88"


def record_values(
    settings: Settings, signer: RecordSigner | None, handle: Handle, viewer: Caller | None
) -> list[HandleValue]:
    """Every value that the viewer may see, by index, with the signature over them. Raises HandleFault where there is
    no such handle, or none that the viewer may see."""
    stored = record_of(settings.engine, handle.text)
    derived = derived_values(settings, signer, handle)
    reserved = {value.index for value in derived}
    values = [*derived, *(value for value in (stored.values if stored else ()) if value.index not in reserved)]
    seen = sorted(_visible(settings, values, derived, handle, viewer), key=lambda value: value.index)
    if not seen:
        raise HandleFault(HANDLE_NOT_FOUND, "there is no such handle", where=handle.text)
    if signer is None:
        return seen
    at = signer_handle(zones.signer_prefix(settings.zone, handle))
    return sorted([*seen, signer.signature(handle.text, seen, at, settings.clock())], key=lambda value: value.index)


def derived_values(settings: Settings, signer: RecordSigner | None, handle: Handle) -> list[HandleValue]:
    """What nobody registers; empty where the ledger knows nothing of the handle."""
    if zones.is_prefix_record(handle):
        return _prefix_record(settings, handle)
    if signer is not None and handle.key == signer_handle(handle.prefix.lower()) and _is_own(settings, handle):
        return signer_values(handle.prefix.lower(), signer.public_key)
    template = shipped_templates().get(handle.key)
    if template is not None:
        return template_values(template, f"{settings.public_url}/templates/{template.handle}", settings.clock())
    certified = certificate_page(settings, handle.text) if handle.is_vaa else None
    if certified is not None:
        return page_values(settings, certified)
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
    if is_own(handle, viewer):
        return list(values)
    if any(not value.is_public for value in derived) and is_granted(settings, handle, viewer):
        return [value for value in values if value.is_public or value in derived]
    return [value for value in values if value.is_public]


def signer_of(request: Request) -> RecordSigner | None:
    signer = request.app.state.record_signer
    assert signer is None or isinstance(signer, RecordSigner)  # noqa: S101 – create_app sets it
    return signer
