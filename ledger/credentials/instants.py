"""Times as credentials and DID documents write them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger.credentials.errors import CredentialError


def instant(document: Mapping[str, Any], name: str) -> int | None:
    """Unix seconds of a member; None where it is absent. Raises CredentialError."""
    value = document.get(name)
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError(value)
        return int(moment.timestamp())
    except (TypeError, ValueError, OverflowError):
        raise CredentialError("not a time with its offset", where=name, mend="2026-01-31T00:00:00Z") from None
