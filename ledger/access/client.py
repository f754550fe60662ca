"""A client: a program of one organisation, in one role, that proves itself with a secret."""

from dataclasses import dataclass
from functools import lru_cache

from ledger.access.credentials import CredentialError, checked_client_id
from ledger.access.roles import Role, allowed_scopes, role_of
from ledger.identifiers.vaa import IdentifierError, node

LONGEST_LABEL = 200


@dataclass(frozen=True, slots=True)
class Client:
    """`organisation` is its node's prefix (88.118.20260); `label` says to people what it is. Times are Unix seconds;
    `ended_at` is None as long as it may prove itself."""

    client_id: str
    organisation: str
    role: Role
    scopes: frozenset[str]
    created_at: int
    label: str = ""
    ended_at: int | None = None


def new_client(
    client_id: str, organisation: str, role: str, now: int, *, scopes: frozenset[str] = frozenset(), label: str = ""
) -> Client:
    """A checked one; without `scopes` it has all of its role's. Raises CredentialError, RoleError, IdentifierError."""
    kind = role_of(role)
    if len(label) > LONGEST_LABEL or not label.isprintable():
        raise CredentialError(f"a label has at most {LONGEST_LABEL} printable characters", where="label")
    checked_organisation(organisation)
    return Client(checked_client_id(client_id), organisation, kind, allowed_scopes(kind, scopes), now, label)


@lru_cache(maxsize=1024)
def checked_organisation(prefix: str) -> str:
    """The prefix of an organisation's node; its hash is worked out in Python, and the same few come again. Raises
    IdentifierError."""
    node(prefix)
    if not prefix.startswith("88."):
        raise IdentifierError(f"{prefix[:80]!r} is no node below 88", mend="88.<node>.<enterprise>")
    return prefix
