"""What a node's answer means to somebody who walks from node to node: go on there, here is the record, or the end.

A record is trusted by its signature: HS_SIGNATURE by the key that the record `<prefix>/<prefix>` holds, found by the
same way from the same first node, where that prefix is the handle's own or one above it. Anybody can sign; only the
key of the prefix counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ledger.identifiers.handle import Handle, parse_handle
from ledger.identifiers.text import IdentifierError
from ledger.resolution import admin, faults
from ledger.resolution.faults import HandleFault
from ledger.resolution.node_records import signer_handle
from ledger.resolution.signature import KEY_INDEX, Checked, SignatureFault, public_key, read_claims, verify
from ledger.resolution.site import WEB, decode_site
from ledger.resolution.value_json import read_value
from ledger.resolution.values import PREFIX_SITE, PUBLIC_KEY, SIGNATURE, SITE, HandleValue, Reference
from ledger.resolution.zone import covers, prefix_asked
from terminal_signer.errors import CarbonError

MAX_DATA = 64 * 1024
MAX_VALUES = 2000


class WalkFault(CarbonError):
    """A node answered something that is no answer, or the way leads nowhere."""

    code = "resolve"


class Verdict(StrEnum):
    VERIFIED = "verified"
    UNSIGNED = "unsigned"
    FOREIGN = "foreign-key"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """One node's answer. `onward` is the web address of the node that it refers to, empty where it answered itself."""

    node: str
    response: int
    handle: str
    values: tuple[HandleValue, ...] = ()
    onward: str = ""
    message: str = ""

    @property
    def found(self) -> bool:
        return self.response in (faults.SUCCESS, faults.VALUES_NOT_FOUND)


@dataclass(frozen=True, slots=True)
class Judged:
    """What the signature of a record is worth; `checked` and `issuer` where there is one."""

    verdict: Verdict
    issuer: Reference | None = None
    checked: Checked | None = None


def read_step(node: str, asked: str, document: Any) -> Step:
    """Raises WalkFault."""
    response = document.get("responseCode") if isinstance(document, dict) else None
    if type(response) is not int:
        raise WalkFault("that is no answer of a handle service", where=node)
    listed = document.get("values") or []
    if not isinstance(listed, list) or len(listed) > MAX_VALUES:
        raise WalkFault("the answer lists no values", where=node)
    values = tuple(_values(listed, node))
    step = Step(node, response, asked, values, message=str(document.get("message", ""))[:300])
    if response in (faults.SERVICE_REFERRAL, faults.PREFIX_REFERRAL):
        return Step(node, response, asked, values, _onward(values, node), step.message)
    if step.found and str(document.get("handle", "")).lower() != asked.lower():
        raise WalkFault("the answer is about another handle than the one asked for", where=node)
    return step


def judge(handle: str, values: Sequence[HandleValue], key_record: Sequence[HandleValue], now: int) -> Judged:
    """`key_record`: the values of the record that `issuer_of` names. Raises SignatureFault."""
    issuer = issuer_of(values)
    if issuer is None:
        return Judged(Verdict.UNSIGNED)
    if not _may_sign(issuer, parse_handle(handle)):
        return Judged(Verdict.FOREIGN, issuer)
    keys = [value for value in key_record if value.index == issuer.index and value.type.upper() == PUBLIC_KEY]
    if not keys:
        raise SignatureFault("the signer's record holds no key", where=issuer.text)
    try:
        key = public_key(admin.decode_key(keys[0].data))
    except HandleFault as fault:
        raise SignatureFault(f"the signer's key cannot be read: {fault.message}", where=issuer.text) from fault
    text = next(value.text for value in values if value.type.upper() == SIGNATURE)
    checked = verify(handle, values, text, key, now)
    return Judged(Verdict.VERIFIED if checked.good else Verdict.FAILED, issuer, checked)


def issuer_of(values: Sequence[HandleValue]) -> Reference | None:
    """Who claims to have signed a record; None where nobody does. Raises SignatureFault."""
    texts = [value.text for value in values if value.type.upper() == SIGNATURE]
    return read_claims(texts[0]).issuer if texts else None


def _may_sign(issuer: Reference, handle: Handle) -> bool:
    try:
        signer = parse_handle(issuer.handle)
    except IdentifierError:
        return False
    named = signer.key == signer_handle(signer.prefix.lower()) and issuer.index == KEY_INDEX
    return named and covers(signer.prefix.lower(), prefix_asked(handle))


def _values(listed: list[Any], node: str) -> list[HandleValue]:
    found = []
    for place, one in enumerate(listed):
        try:
            found.append(read_value(one, f"values[{place}]", MAX_DATA))
        except HandleFault as fault:
            raise WalkFault(f"a value cannot be read: {fault.message}", where=f"{node} {fault.where}") from fault
    return found


def _onward(values: Sequence[HandleValue], node: str) -> str:
    for value in values:
        if value.type.upper() in (SITE, PREFIX_SITE):
            try:
                url = decode_site(value.data).base_url
            except HandleFault as fault:
                raise WalkFault(f"a site cannot be read: {fault.message}", where=node) from fault
            if WEB.fullmatch(url):
                return url.rstrip("/")
    raise WalkFault("the node refers to another without saying where it is", where=node)
