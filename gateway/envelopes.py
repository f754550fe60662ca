"""From a certificate's page to its credentials: a reading of what the chain confirms, signed by the issuer.

A credential is issued only for a statement that the chain holds in a final block: a block that vanishes must not leave
a signed certificate behind. Whether it was revoked or suspended since, its status lists tell.
"""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from gateway.facts import Name
from gateway.issuer import Issuer
from gateway.page import CertificatePage, Stored, Verdict
from gateway.problems import Problem
from ledger.certificates.statement import Domain
from ledger.credentials import sd_jwt_vc
from ledger.credentials.certificate import CertificateFacts, Party, confidential, local_time
from ledger.credentials.data_integrity import add_proof
from ledger.credentials.dcc import conformity_credential
from ledger.credentials.jose import sign_token
from ledger.credentials.key_forms import Jwk, thumbprint
from ledger.credentials.vc import Issuing, credential
from ledger.credentials.verify import VC_TYP
from ledger.store.status_entries import StatusEntry

VC, VC_JWT, SD_JWT, DCC, DCC_JWT = "vc", "vc-jwt", "sd-jwt", "dcc", "dcc-jwt"
MEDIA: Mapping[str, str] = {
    VC: "application/vc", VC_JWT: "application/vc+jwt", SD_JWT: "application/dc+sd-jwt", DCC: "application/vc",
    DCC_JWT: "application/vc+jwt",
}  # fmt: skip
"""Media type of each form."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Envelopes:
    """One certificate, ready to be signed in any form. `now`: by the machine's clock, when it is signed."""

    issuer: Issuer
    facts: CertificateFacts
    issuing: Issuing
    now: int

    def write(self, form: str) -> str:
        """All forms but SD-JWT."""
        document = conformity_credential(self.facts, self.issuing) if form in (DCC, DCC_JWT) else self._credential()
        return secured(self.issuer, document, self.now, as_token=form in (VC_JWT, DCC_JWT))

    def sd_jwt(self, result: Mapping[str, Any], holder: Jwk | None = None) -> sd_jwt_vc.SdJwt:
        """With every disclosure: what of them goes out is the caller's affair. `holder`: the key that binds it."""
        kid = thumbprint(self.issuer.jwks["p256"])
        return sd_jwt_vc.issue(
            self.facts, confidential(result), self.issuing, self.issuer.p256, kid, secrets.token_bytes, holder
        )

    def _credential(self) -> Json:
        return credential(self.facts, self.issuing)


def secured(issuer: Issuer, document: Json, now: int, *, as_token: bool) -> str:
    """A credential signed by the Ed25519 key, as vc+jwt or with a Data Integrity proof."""
    if as_token:
        return sign_token(document, issuer.ed25519, typ=VC_TYP, cty="vc", kid=issuer.key_id("ed25519"))
    proven = add_proof(document, issuer.ed25519, issuer.proof_method, local_time(now, "+00:00"))
    return json.dumps(proven, ensure_ascii=False, indent=1)


def issuable(page: CertificatePage) -> Stored:
    """Raises Problem for what no credential is issued for."""
    if page.verdict is Verdict.UNCHECKED:
        raise Problem("chain-unreachable", {"Retry-After": "5"})
    if page.stored is None or not page.confirmed:
        raise Problem("no-credential", identifier=page.identifier)
    if page.pending:
        raise Problem("not-final", {"Retry-After": "15"}, identifier=page.identifier)
    return page.stored


def facts_of(
    page: CertificatePage, stored: Stored, domain: Domain, public_url: str, shift: int = 0
) -> CertificateFacts:
    said, facts = stored.statement, stored.facts
    boundary = facts.product if said.kind == 3 and facts.product else facts.site
    return CertificateFacts(
        statement=said,
        token=stored.token,
        domain=domain,
        transaction=stored.transaction,
        issued_at=page.issued_at,
        enterprise=_party(facts.enterprise, said.recipient),
        evaluator=_party(facts.evaluator, said.evaluator),
        verifier=_party(facts.verifier, said.verifier),
        page=f"{public_url}/{quote(said.identifier)}",
        statement_url=f"{public_url}/credentials/statements/0x{stored.token.hex()}",
        offset=facts.offset,
        boundary=None if boundary is None else (boundary.zh, boundary.en),
        marks=page.marks,
        figures=tuple((figure.name, figure.value, figure.unit) for figure in stored.figures if figure.opened),
        shift=shift,
    )


def issuing_of(issuer: Issuer, public_url: str, entry: StatusEntry) -> Issuing:
    return Issuing(issuer.did, issuer_name(public_url), public_url, entry.index, entry.list_number)


def issuer_name(public_url: str) -> str:
    return f"Carbon ledger at {urlsplit(public_url).netloc}"


def _party(name: Name, address: bytes) -> Party:
    return Party(name.zh, name.en, address)
