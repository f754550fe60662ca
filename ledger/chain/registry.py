"""What the terminal registry holds, for whoever must act on it: each key with its standing at one block."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.chain.client import Chain
from ledger.chain.enrolments import CONTRACT, NOTHING, Registered, proves_possession, read_registry
from ledger.chain.errors import ChainError
from ledger.chain.views import Block
from terminal_signer.frame import KeyClass
from terminal_signer.keys import is_installed

STANDINGS = ("in-force", "overdue", "rotated", "revoked", "unproven", "unsupported")
SHORTEST = 8  # hex digits that may name a key


class KeyUnclear(ChainError):
    """The registry holds no such key, or several. `code`: no-key, several-keys."""

    code = "no-key"


@dataclass(frozen=True, slots=True)
class Listed:
    """A key of the registry. Times are Unix seconds. `standing` is one of STANDINGS:

    in force · overdue: in force, but its calibration has run out · rotated, revoked: ended · unproven: its proof of
    possession does not hold, and nobody honours it · unsupported: of an algorithm that is not installed here.
    """

    id: bytes
    iss: str
    sub: str
    kid: bytes
    alg: int
    key_class: KeyClass
    log_id: bytes
    since: int
    until: int | None
    reason: int
    calibration_due: int | None
    predecessor: bytes | None
    last_digest: bytes
    standing: str

    @property
    def is_alive(self) -> bool:
        return self.until is None


@dataclass(frozen=True, slots=True)
class Register:
    """All keys, by terminal, then in the order of their enrolment; `block` is the one asked."""

    block: Block
    keys: Sequence[Listed]

    def of(self, iss: str | None, sub: str | None) -> Sequence[Listed]:
        return [key for key in self.keys if iss in (None, key.iss) and sub in (None, key.sub)]

    def find(self, name: str) -> Listed:
        """The one key by its id, its kid, the beginning of either, or its terminal if one key of it is in force.

        Raises KeyUnclear.
        """
        wanted = name.lower().removeprefix("0x")
        if "/" in name:
            return _only([key for key in self.keys if key.sub == name and key.is_alive], name)
        if len(wanted) < SHORTEST:
            raise KeyUnclear(f"{name!r} is neither a terminal nor {SHORTEST} digits of a key", code="no-key")
        return _only(
            [key for key in self.keys if wanted in (key.id.hex()[: len(wanted)], key.kid.hex()[: len(wanted)])], name
        )


def read_register(chain: Chain) -> Register:
    """The registry as it stands at the latest block. Raises ChainError."""
    block = chain.block("latest")
    entries = read_registry(chain, chain.deployment.start, block.number)
    return Register(block, sorted(_listed(chain, entries, block.time), key=lambda key: (key.iss, key.sub)))


def _only(found: Sequence[Listed], name: str) -> Listed:
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(f"0x{key.id.hex()[:16]}…" for key in found)
        raise KeyUnclear(f"{name} names several keys: {several}", code="several-keys", mend="name one by its id")
    what = f"key of {name} in force" if "/" in name else f"key {name}"
    raise KeyUnclear(f"the registry holds no {what}", code="no-key", mend="carbon terminal list")


def _listed(chain: Chain, entries: Iterable[Registered], now: int) -> Iterable[Listed]:
    registry = chain.deployment.address(CONTRACT)
    for entry in entries:
        values, state = entry.values, entry.state
        proven = proves_possession(chain.deployment.chain_id, registry, values)
        yield Listed(
            id=values["id"], iss=values["iss"], sub=values["sub"], kid=values["kid"], alg=values["alg"],
            key_class=KeyClass(values["class"]), log_id=values["logId"], since=state["from"],
            until=state["until"] or None, reason=state["reason"], calibration_due=values["calibrationDue"] or None,
            predecessor=values["predecessor"] if values["predecessor"] != NOTHING else None,
            last_digest=values["lastDigest"], standing=_standing(values["alg"], state, now, proven),
        )  # fmt: skip


def _standing(alg: int, state: dict[str, int], now: int, proven: bool) -> str:
    if not proven:
        return "unproven" if is_installed(alg) else "unsupported"
    if state["reason"]:
        return "revoked"
    if state["until"]:
        return "rotated"
    return "overdue" if 0 < state["calibrationDue"] < now else "in-force"
