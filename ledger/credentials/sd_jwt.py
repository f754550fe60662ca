"""Selective disclosure (RFC 9901): hide members and elements behind digests, show some of them, check what is shown.

`Hidden` marks in a tree what is disclosed one by one. Digests are padded with decoys (4.2.5) up to 8, 16, 32, … in each
object and array, so that their number does not tell how many figures there are, and stand sorted, so that their order
tells nothing either.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import jcs, read_json
from ledger.credentials.key_forms import KeyFormError, base64url, from_base64url
from terminal_signer.strict import MAX_DEPTH

LEAST_DIGESTS = 8
MOST_DISCLOSURES = 1_000
SALT = 16
_RESERVED = ("_sd", "...")

Salts = Callable[[int], bytes]
"""So many random bytes; the core has no source of its own."""


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that is shown only with its disclosure."""

    value: Any


@dataclass(frozen=True, slots=True)
class Disclosure:
    """`name` is None for an element of an array; `text` is what travels."""

    text: str
    name: str | None
    value: Any

    @property
    def digest(self) -> str:
        return base64url(hashlib.sha256(self.text.encode()).digest())


def conceal(tree: Mapping[str, Any], salts: Salts) -> tuple[dict[str, Any], list[Disclosure]]:
    """The payload to sign, and the disclosures of everything hidden in it, in the tree's order."""
    disclosures: list[Disclosure] = []
    payload = _concealed_object(tree, salts, disclosures)
    return ({**payload, "_sd_alg": "sha-256"} if disclosures else payload), disclosures


def combine(token: str, disclosures: Iterable[Disclosure]) -> str:
    """Token and disclosures, each followed by a tilde (4)."""
    return "~".join([token, *(disclosure.text for disclosure in disclosures), ""])


def separate(text: str) -> tuple[str, list[Disclosure], str]:
    """Token, disclosures, and the key-binding token or nothing. Raises CredentialError."""
    if "~" not in text:
        raise CredentialError("no tilde: not a token with disclosures", mend="<token>~<disclosure>~…~")
    token, *shown, binding = text.split("~")
    if len(shown) > MOST_DISCLOSURES:
        raise CredentialError(f"more than {MOST_DISCLOSURES} disclosures")
    return token, [read_disclosure(part) for part in shown], binding


def read_disclosure(text: str) -> Disclosure:
    """Raises CredentialError."""
    try:
        parts = read_json(from_base64url(text), "disclosure")
    except KeyFormError as fault:
        raise CredentialError(fault.message, where="disclosure") from None
    if not isinstance(parts, list) or len(parts) not in (2, 3) or not isinstance(parts[0], str):
        raise CredentialError("neither [salt, value] nor [salt, name, value]", where="disclosure")
    if len(parts) == 2:
        return Disclosure(text, None, parts[1])
    if not isinstance(parts[1], str) or parts[1] in _RESERVED:
        raise CredentialError("a member cannot have this name", where="disclosure")
    return Disclosure(text, parts[1], parts[2])


def reveal(payload: Mapping[str, Any], shown: Sequence[Disclosure]) -> dict[str, Any]:
    """The payload with what is shown in its place (7.1, 3). Raises CredentialError for a disclosure that belongs
    nowhere, a digest that stands twice, or a member that would replace another."""
    if payload.get("_sd_alg", "sha-256") != "sha-256":
        raise CredentialError("digests of another kind", where="_sd_alg", mend="sha-256")
    reading = _Reading({disclosure.digest: disclosure for disclosure in shown})
    if len(reading.shown) != len(shown):
        raise CredentialError("a disclosure stands twice", code="disclosure")
    claims = reading.members(payload)
    if left := [disclosure for digest, disclosure in reading.shown.items() if digest not in reading.seen]:
        raise CredentialError(f"the issuer hid no such thing: {left[0].name!r:.60}", code="disclosure")
    claims.pop("_sd_alg", None)
    return claims


def digests(value: Any) -> int:
    """How many there are in a payload, decoys among them."""
    if isinstance(value, Mapping):
        own = value.get("_sd")
        here = (len(own) if isinstance(own, list) else 0) + ("..." in value)
        return here + sum(digests(item) for name, item in value.items() if name != "_sd")
    return sum(map(digests, value)) if isinstance(value, list) else 0


def _concealed(value: Any, salts: Salts, disclosures: list[Disclosure]) -> Any:
    if isinstance(value, Mapping):
        return _concealed_object(value, salts, disclosures)
    if isinstance(value, list | tuple):
        return _concealed_array(value, salts, disclosures)
    return value


def _concealed_object(tree: Mapping[str, Any], salts: Salts, disclosures: list[Disclosure]) -> dict[str, Any]:
    open_members: dict[str, Any] = {}
    digests: list[str] = []
    for name, value in tree.items():
        if isinstance(value, Hidden):
            digests.append(_disclose([name, _concealed(value.value, salts, disclosures)], salts, disclosures))
        else:
            open_members[name] = _concealed(value, salts, disclosures)
    return {**open_members, "_sd": _padded(digests, salts)} if digests else open_members


def _concealed_array(items: Sequence[Any], salts: Salts, disclosures: list[Disclosure]) -> list[Any]:
    open_items: list[Any] = []
    digests: list[str] = []
    for item in items:
        if isinstance(item, Hidden):
            digests.append(_disclose([_concealed(item.value, salts, disclosures)], salts, disclosures))
        else:
            open_items.append(_concealed(item, salts, disclosures))
    return [*open_items, *({"...": digest} for digest in (_padded(digests, salts) if digests else ()))]


def _disclose(content: list[Any], salts: Salts, disclosures: list[Disclosure]) -> str:
    text = base64url(jcs([base64url(salts(SALT)), *content]))
    disclosure = Disclosure(text, content[0] if len(content) == 2 else None, content[-1])
    disclosures.append(disclosure)
    return disclosure.digest


def _padded(digests: list[str], salts: Salts) -> list[str]:
    """With decoys: digests of random bytes that nobody can disclose."""
    wanted = LEAST_DIGESTS
    while wanted < len(digests):
        wanted *= 2
    decoys = [base64url(hashlib.sha256(salts(SALT)).digest()) for _ in range(wanted - len(digests))]
    return sorted([*digests, *decoys])


class _Reading:
    """One walk through a payload. Disclosures may hide further ones, so the depth of the whole is bounded here."""

    def __init__(self, shown: Mapping[str, Disclosure]) -> None:
        self.shown = shown
        self.seen: set[str] = set()
        self._depth = 0

    def value(self, value: Any) -> Any:
        if not isinstance(value, Mapping | list):
            return value
        if self._depth >= MAX_DEPTH:
            raise CredentialError(f"nested deeper than {MAX_DEPTH}", code="disclosure")
        self._depth += 1
        found = self.members(value) if isinstance(value, Mapping) else self._items(value)
        self._depth -= 1
        return found

    def members(self, value: Mapping[str, Any]) -> dict[str, Any]:
        claims = {name: self.value(item) for name, item in value.items() if name != "_sd"}
        digests = value.get("_sd", [])
        if "..." in claims or not isinstance(digests, list):
            raise CredentialError("'...' as a member, or _sd that is no list", code="disclosure")
        for disclosure in filter(None, map(self._taken, digests)):
            if disclosure.name is None or disclosure.name in claims:
                raise CredentialError(f"{disclosure.name!r:.60} does not belong there", code="disclosure")
            claims[disclosure.name] = self.value(disclosure.value)
        return claims

    def _items(self, value: list[Any]) -> list[Any]:
        items = []
        for item in value:
            if not (isinstance(item, Mapping) and set(item) == {"..."}):
                items.append(self.value(item))
            elif (disclosure := self._taken(item["..."])) is not None:
                if disclosure.name is not None:
                    raise CredentialError(f"{disclosure.name!r:.60} does not belong in an array", code="disclosure")
                items.append(self.value(disclosure.value))
        return items

    def _taken(self, digest: object) -> Disclosure | None:
        """None for a decoy, or for what is not shown."""
        if not isinstance(digest, str) or digest in self.seen:
            raise CredentialError("a digest stands twice, or is none", code="disclosure")
        self.seen.add(digest)
        return self.shown.get(digest)
