"""Status lists as they are served: signed, and kept until their time is over or the chain has moved on.

A list says which certificates do not hold; where the chain was not heard of lately it would say too little, so there is
none then. Revoked and superseded certificates have the bit of revocation: a certificate that another one replaced does
not hold any more, and for good.
"""

import threading
from dataclasses import dataclass, replace

from gateway.envelopes import issuer_name, secured
from gateway.issuer import Issuer
from gateway.problems import Problem
from gateway.settings import Settings
from ledger.chain.standing import SUSPENDED
from ledger.credentials import status_list
from ledger.credentials.jose import sign_token
from ledger.credentials.key_forms import thumbprint
from ledger.credentials.vc import Issuing
from ledger.store.standing import followed
from ledger.store.status_entries import MOST_LISTS, ended_entries, has_list, place_ended

SECONDS = 300
"""How long a list may be kept: so long a change stays unseen by whoever has just fetched one."""
TOKEN = "status"  # noqa: S105 – the token status list, of both purposes
MOST_KEPT = 64


@dataclass(frozen=True, slots=True)
class Signed:
    """A list until `ends`, made of what the chain said up to `block`."""

    text: str
    ends: int
    block: bytes


class StatusLists:
    """One for the application; a list is signed by the request that finds none in force."""

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str, bool], Signed] = {}
        self._lock = threading.Lock()

    def get(self, settings: Settings, issuer: Issuer, number: int, purpose: str, *, as_token: bool) -> Signed:
        """Raises Problem, StoreError."""
        now, block = settings.machine_clock(), _block(settings)
        asked = (number, purpose, as_token)
        with self._lock:
            kept = self._kept.get(asked)
            if kept is None or kept.block != block or now >= kept.ends:
                place_ended(settings.engine)
                if not has_list(settings.engine, number):
                    raise Problem("not-found")
                kept = Signed(_write(settings, issuer, number, purpose, now, as_token), now + SECONDS, block)
                self._kept = {**(self._kept if len(self._kept) < MOST_KEPT else {}), asked: kept}
        return kept


def checked_list(number: str, purpose: str) -> int:
    """Raises Problem for an address that no list can have."""
    if purpose not in (*status_list.PURPOSES, TOKEN) or not (number.isascii() and number.isdigit()):
        raise Problem("not-found")
    if len(number) > 4 or str(int(number)) != number or int(number) >= MOST_LISTS:
        raise Problem("not-found")
    return int(number)


def _block(settings: Settings) -> bytes:
    """The block up to which the chain was followed, if that was lately. Raises Problem."""
    position = followed(settings.engine)
    if position is None or position.age(settings.machine_clock()) > settings.stale_seconds:
        raise Problem("chain-unreachable", {"Retry-After": "5"})
    return position.latest.hash


def _write(settings: Settings, issuer: Issuer, number: int, purpose: str, now: int, as_token: bool) -> str:
    ended = ended_entries(settings.engine, number)
    issuing = replace(_issuing(settings, issuer), list_number=number)
    if purpose == TOKEN:
        states = {
            index: status_list.SUSPENDED if status == SUSPENDED else status_list.INVALID
            for index, status in ended.items()
        }
        payload = status_list.list_token(issuing, states, now, SECONDS)
        return sign_token(payload, issuer.p256, typ=status_list.TOKEN_TYP, kid=thumbprint(issuer.jwks["p256"]))
    suspended = purpose == "suspension"
    indices = [index for index, status in ended.items() if (status == SUSPENDED) is suspended]
    document = status_list.list_credential(issuing, purpose, indices, now, SECONDS)
    return secured(issuer, document, now, as_token=as_token)


def _issuing(settings: Settings, issuer: Issuer) -> Issuing:
    return Issuing(issuer.did, issuer_name(settings.public_url), settings.public_url, 0)
