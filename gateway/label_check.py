"""The one script that this gateway serves: on a certificate's page it compares the code of the label that led there.

The page gives the script its own fields and the keys that this gateway publishes. What that proves is little, and the
page says so: a label that does not belong to the page is found; that the gateway is honest is not shown. Every other
page has no script, and this one none but this, by its hash.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.requests import Request

from gateway.page import CertificatePage
from gateway.security import CONTENT_SECURITY_POLICY
from gateway.settings import Settings, settings_of
from ledger.commands.scan_page import NO_MARKUP_FROM_SCRIPTS, rows, script, script_keys, source_hash, unit_names
from ledger.commands.scan_texts import TEXTS
from ledger.credentials.key_forms import key_of
from ledger.credentials.trust import Bounds, TrustedIssuer
from ledger.labels.compact import PRODUCT_FOOTPRINT
from ledger.language import Language

TEMPLATE = "certificate.html"
SCRIPT = script()
INTEGRITY = source_hash(SCRIPT)
NAME = f"check-{hashlib.sha256(SCRIPT.encode()).hexdigest()[:16]}.js"
POLICY = f"{CONTENT_SECURITY_POLICY}; script-src '{INTEGRITY}'; {NO_MARKUP_FROM_SCRIPTS}"

OUTCOMES: Mapping[str, str] = {
    "valid": "good",
    "expired": "warn",
    "not-yet": "warn",
    "earlier": "warn",
    "unable": "warn",
    "unknown-version": "warn",
    "moved": "bad",
    "contradicts": "bad",
    "wrong-signature": "bad",
    "unknown-key": "bad",
    "unable-differs": "bad",
    "broken": "bad",
}
"""With the tone in which the page tells each."""


def own_issuers(settings: Settings, now: int = 0) -> list[TrustedIssuer]:
    """This gateway with the keys that sign its labels or did so, within their bounds; none without an issuer. `now`:
    without those that have ended by then, as its DID document is."""
    issuer = settings.issuer
    if issuer is None:
        return []
    keys, bounds = {"": issuer.ed25519.public}, {}
    for place, key in enumerate(issuer.retired):
        if key.jwk["kty"] == "OKP" and now < key.until:
            keys[str(place)], bounds[str(place)] = key_of(key.jwk), Bounds(key.since, key.until)
    return [TrustedIssuer(issuer.did, keys, bounds)]


def checking(request: Request, page: CertificatePage, language: Language) -> dict[str, Any]:
    """What the template needs for the script."""
    settings = settings_of(request)
    return {
        "name": NAME,
        "integrity": INTEGRITY,
        "issuer_keys": script_keys(own_issuers(settings)),
        "now": page.standing.time or "" if settings.replay else "",
        "page": json.dumps(_fields(page), ensure_ascii=False),
        "no_end": TEXTS[language]["no-end"],
        "units": unit_names(language),
    }


def outcomes(language: Language, good: bool) -> dict[str, Any]:
    """What the template needs for all that the script may say; `good`: on a page that is itself good news."""
    return {
        "outcomes": {**OUTCOMES, "valid": OUTCOMES["valid"] if good else "warn"},
        "rows": list(rows(language)),
        "other_host": TEXTS[language]["note.other-host"],
    }


def _fields(page: CertificatePage) -> dict[str, str | None]:
    """In the code's form; numbers as decimal texts, since a script's own lose digits."""
    product = page.kind == PRODUCT_FOOTPRINT
    unit = page.stored.statement.unit if page.stored else None
    return {
        "identifier": page.identifier,
        "token": page.token.hex(),
        "kind": str(page.kind),
        "grade": str(page.grade),
        "k": _millionths(page.k),
        "footprint": _millionths(page.footprint) if product else "0",
        "unit": unit if product else "",
        "period_start": str(page.period_start),
        "period_end": str(page.period_end),
        "valid_until": str(page.valid_until),
    }


def _millionths(text: str) -> str:
    return str(int(Decimal(text or 0).scaleb(6)))
