"""Roles of organisations, and the scopes that a client of each may hold.

A scope opens a route, never data: whose evidence a caller reads is decided by the grants (`ledger.access.grants`).
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from terminal_signer.errors import CarbonError

SCOPES = ("footprint:list", "footprint:read", "event:write", "handle:write", "evidence:read", "verification")
_READ = frozenset(("footprint:list", "footprint:read", "evidence:read"))


class Role(StrEnum):
    ENTERPRISE = "enterprise"
    CUSTOMER = "customer"
    FINANCIER = "financier"
    VERIFIER = "verifier"
    REGULATOR = "regulator"


ALLOWED: Mapping[Role, frozenset[str]] = {
    Role.ENTERPRISE: frozenset(SCOPES),
    Role.CUSTOMER: _READ | {"event:write"},
    Role.FINANCIER: _READ,
    Role.VERIFIER: _READ | {"verification"},
    Role.REGULATOR: _READ | {"verification"},
}


class RoleError(CarbonError):
    """A role that is none, or a scope that the role cannot hold."""

    code = "role"


def role_of(name: str) -> Role:
    """Raises RoleError."""
    try:
        return Role(name)
    except ValueError:
        raise RoleError(f"{name[:40]!r} is no role", mend=f"one of {', '.join(Role)}") from None


def allowed_scopes(role: Role, wished: Iterable[str] = ()) -> frozenset[str]:
    """The scopes that are wished, or all that the role may hold. Raises RoleError for one that it may not."""
    chosen = frozenset(wished)
    for scope in sorted(chosen - ALLOWED[role]):
        mend = f"a {role} may hold {', '.join(sorted(ALLOWED[role]))}"
        raise RoleError(f"scope {scope[:40]!r} is not for a {role}", mend=mend)
    return chosen or ALLOWED[role]
