"""Which prefixes a gateway answers for and which it has delegated, read from its configuration."""

from typing import Any

from ledger.errors import ConfigError
from ledger.identifiers.text import IdentifierError
from ledger.resolution.site import WEB
from ledger.resolution.zone import Zone, checked_prefix, covers

MOST = 10_000


def zone_of(prefixes: list[Any], delegations: dict[str, Any]) -> Zone:
    """Raises ConfigError, also for a delegation of a prefix that is not the gateway's to delegate."""
    if len(prefixes) > MOST or len(delegations) > MOST:
        raise ConfigError(f"more than {MOST}", where="prefixes")
    own = tuple(_prefix(one, "prefixes") for one in prefixes)
    given = {_prefix(name, "delegations"): _url(url, name) for name, url in delegations.items()}
    for prefix in given:
        if prefix in own or (own and not any(covers(one, prefix) for one in own)):
            raise ConfigError(
                f"{prefix} is not below {', '.join(own)}", where="delegations", mend="delegate derived prefixes only"
            )
    return Zone(own, given)


def _prefix(text: Any, where: str) -> str:
    try:
        return checked_prefix(text if isinstance(text, str) else "")
    except IdentifierError as fault:
        raise ConfigError(f"{str(text)[:80]!r} is no prefix", where=where, mend="such as 88.118") from fault


def _url(url: Any, where: str) -> str:
    if not isinstance(url, str) or len(url) > 500 or not WEB.fullmatch(url):
        raise ConfigError(
            f"{str(url)[:80]!r} is no web address", where=f"delegations.{where}", mend="https://example.org"
        )
    return url.rstrip("/")
