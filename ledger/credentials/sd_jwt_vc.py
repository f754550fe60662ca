"""The certificate as SD-JWT VC (draft-ietf-oauth-sd-jwt-vc over RFC 9901): whom it is about and how it was graded
always shows, each confidential figure only where its disclosure is handed over.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.credentials.certificate import CertificateFacts, Confidential
from ledger.credentials.errors import CredentialError
from ledger.credentials.jose import read_token, sign_token, unverified_payload
from ledger.credentials.key_binding import Asked, Shown, check_binding
from ledger.credentials.key_forms import Jwk
from ledger.credentials.sd_jwt import Disclosure, Hidden, Salts, combine, conceal, reveal, separate
from ledger.credentials.trust import TrustedIssuer
from ledger.credentials.vc import Issuing
from ledger.credentials.vocabulary import LISTS
from terminal_signer.keys import SigningKey

TYP = "dc+sd-jwt"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SdJwt:
    """A signed token with disclosures of what it hides."""

    token: str
    payload: Mapping[str, Any]
    disclosures: tuple[Disclosure, ...]

    def fields(self) -> list[str]:
        """Names of what can be disclosed, one for each disclosure."""
        return [field_of(self.payload, disclosure) for disclosure in self.disclosures]

    def presenting(self, fields: Iterable[str]) -> str:
        """Only these fields; `activity` means each element of the list. Raises CredentialError for an unknown one."""
        wanted, named = set(fields), list(zip(self.fields(), self.disclosures, strict=True))
        known = {form for field, _ in named for form in (field, field.split(".")[0])}
        if unknown := sorted(wanted - known):
            mend = f"choose from: {', '.join(sorted(known))}"
            raise CredentialError(f"nothing is hidden under {unknown[0]!r:.80}", code="disclosure", mend=mend)
        return combine(self.token, [shown for field, shown in named if {field, field.split(".")[0]} & wanted])


def issue(
    facts: CertificateFacts,
    figures: Confidential,
    issuing: Issuing,
    key: SigningKey,
    kid: str,
    salts: Salts,
    holder: Jwk | None = None,
) -> SdJwt:
    """With the disclosures of all figures. `holder`: the key that has to sign when they are shown."""
    bound = {"cnf": {"jwk": dict(holder)}} if holder else {}
    payload, disclosures = conceal({**_visible(facts, issuing), **bound, **_hidden(figures)}, salts)
    return SdJwt(sign_token(payload, key, typ=TYP, kid=kid), payload, tuple(disclosures))


def type_address(url: str) -> str:
    """`vct`: where the type's metadata lies, at this public address."""
    return f"{url}/credentials/types/carbon-certificate"


def held(text: str) -> SdJwt:
    """What a holder keeps, its signature unchecked. Raises CredentialError."""
    token, disclosures, _ = separate(text.strip())
    return SdJwt(token, unverified_payload(token), tuple(disclosures))


@dataclass(frozen=True, slots=True)
class Read:
    """`claims` with what is disclosed in its place, and the `fields` of that; `holder`: who signed the presentation."""

    claims: Json
    fields: tuple[str, ...]
    holder: Shown | None


def read(text: str, trusted: TrustedIssuer, asked: Asked | None = None) -> Read:
    """`asked`: the holder has to have signed this. Raises CredentialError."""
    token, shown, binding = separate(text)
    if binding and asked is None:
        raise CredentialError("the holder signed it at a request that is not known here", code="binding",
                              mend="give the nonce and the audience of the request")  # fmt: skip
    payload = read_token(token, TYP, trusted).payload
    claims = reveal(payload, shown)
    if not trusted.is_named(payload.get("iss")):
        raise CredentialError("the issuer is not the trusted one", code="issuer", where="iss")
    if not isinstance(payload.get("vct"), str):
        raise CredentialError("no vct", where="vct")
    holder = check_binding(text.removesuffix(binding), binding, payload, asked) if asked else None
    return Read(claims, tuple(field_of(payload, disclosure) for disclosure in shown), holder)


def field_of(payload: Mapping[str, Any], disclosure: Disclosure) -> str:
    """The name under which a figure is asked for: `total_emissions`, `activity.purchased_electricity`; of a credential
    of another type the member's name, or nothing for what lies deeper."""
    if disclosure.name is not None:
        return disclosure.name
    for name, value in payload.items():
        if isinstance(value, list) and {"...": disclosure.digest} in value:
            content = disclosure.value if isinstance(disclosure.value, Mapping) else {}
            return f"{name}.{content.get('item', content.get('id', '?'))}"
    return ""


def _visible(facts: CertificateFacts, issuing: Issuing) -> Json:
    said = facts.statement
    return {
        "iss": issuing.url,
        "vct": type_address(issuing.url),
        "iat": facts.begins,
        "nbf": facts.begins,
        "exp": facts.ends,
        "identifier": said.identifier,
        "kind": facts.kind,
        **({"grade": said.grade} if said.grade else {}),
        **({"footprint": facts.footprint_amount()} if facts.footprint else {}),
        "period": facts.period(),
        "marks": list(facts.marks),
        "status": {"status_list": {"idx": issuing.index, "uri": issuing.list_url("status")}},
        "ledger": facts.ledger(),
    }


def _hidden(figures: Confidential) -> Json:
    single = {"total_emissions": figures.total, "scopes": figures.scopes, "value_added": figures.value_added}
    lists = {name: [Hidden(item) for item in getattr(figures, name)] for name in LISTS}
    return {name: Hidden(value) for name, value in single.items() if value is not None} | lists
