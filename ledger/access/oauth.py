"""The client credentials grant of OAuth 2.0 (RFC 6749 §4.4), as far as it is pure: what a request says.

Credentials come by HTTP Basic (§2.3.1) or in the form, never by both. Some clients put them into Basic as they are,
others percent-encode them first; client identifiers and secrets have no character that makes a difference.
"""

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ledger.identifiers.text import IdentifierError, percent_decoded
from terminal_signer.errors import CarbonError

GRANT = "client_credentials"
LONGEST = 1024
_SCOPE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s#]+")


class OAuthFault(CarbonError):
    """A request that is refused; `code` is the `error` of RFC 6749 §5.2 or RFC 8707 §2."""

    code = "invalid_request"


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """`scopes` is None where none were named; `resource` is empty where none was."""

    client_id: str
    secret: str
    scopes: frozenset[str] | None
    resource: str


def read_token_request(pairs: Iterable[tuple[str, str]], authorization: str | None) -> TokenRequest:
    """From the form's fields and the Authorization header. Raises OAuthFault."""
    form = _once(pairs)
    client_id, secret = _credentials(form, authorization)
    grant = form.get("grant_type")
    if grant is None:
        raise OAuthFault("grant_type is missing", mend=f"grant_type={GRANT}")
    if grant != GRANT:
        raise OAuthFault("only client_credentials is granted here", code="unsupported_grant_type")
    return TokenRequest(client_id, secret, _scopes(form.get("scope")), _resource(form.get("resource", "")))


def basic_credentials(authorization: str) -> tuple[str, str] | None:
    """User and password of an HTTP Basic header (RFC 7617); None for another scheme. Raises OAuthFault."""
    scheme, _, encoded = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        if len(encoded) > LONGEST:
            raise ValueError("too long")
        plain = base64.b64decode(encoded.strip(), validate=True).decode()
        user, colon, password = plain.partition(":")
        if not colon:
            raise ValueError("no colon")
        return percent_decoded(user), percent_decoded(password)
    except (ValueError, binascii.Error, IdentifierError):
        raise OAuthFault("the Authorization header holds no credentials", code="invalid_client") from None


def _once(pairs: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """§3.2: an empty value counts as absent, a repeated parameter is refused."""
    form: dict[str, str] = {}
    for name, value in pairs:
        if name in form:
            raise OAuthFault(f"{name[:40]!a} stands twice in the form")
        if len(value) > LONGEST:
            raise OAuthFault(f"{name[:40]!a} is longer than {LONGEST} characters")
        form[name] = value
    return {name: value for name, value in form.items() if value}


def _credentials(form: Mapping[str, str], authorization: str | None) -> tuple[str, str]:
    basic = basic_credentials(authorization) if authorization else None
    if basic is None:
        if "client_id" not in form or "client_secret" not in form:
            mend = "HTTP Basic, or client_id and client_secret in the form"
            raise OAuthFault("no client credentials", code="invalid_client", mend=mend)
        return form["client_id"], form["client_secret"]
    if "client_secret" in form or form.get("client_id", basic[0]) != basic[0]:
        raise OAuthFault("credentials stand both in the header and in the form")
    return basic


def _scopes(text: str | None) -> frozenset[str] | None:
    if text is None:
        return None
    if not _SCOPE.fullmatch(text):
        raise OAuthFault("scope is not a list of names with one blank between", code="invalid_scope")
    return frozenset(text.split(" "))


def _resource(text: str) -> str:
    if text and not _ABSOLUTE.fullmatch(text):
        raise OAuthFault("resource is no absolute address without a fragment", code="invalid_target")
    return text
