"""The certificate as a W3C Verifiable Credential (Data Model 2.0), unsigned: for either proof the same document.

It holds strings and whole numbers only; quantities are decimal strings with their unit.
"""

from dataclasses import dataclass
from typing import Any

from ledger.credentials.certificate import CertificateFacts, Party, local_time, number

CONTEXT = "https://www.w3.org/ns/credentials/v2"
TYPE = "CarbonCertificateCredential"
ASSURANCE = {1: "limited", 2: "reasonable"}

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuing:
    """Who issues, at what address, and where a certificate stands in the status lists. `name` is shown to people."""

    did: str
    name: str
    url: str
    index: int
    list_number: int = 0

    def credential_id(self, identifier: str) -> str:
        return f"{self.url}/credentials/{identifier}"

    @property
    def context(self) -> str:
        return f"{self.url}/credentials/context/1"

    @property
    def terms(self) -> str:
        """Prefix of the vocabulary's terms."""
        return f"{self.url}/credentials/terms#"

    def list_url(self, purpose: str) -> str:
        """Address of the status list of a purpose: revocation, suspension, or the token list `status`."""
        return f"{self.url}/credentials/status/{self.list_number}/{purpose}"

    def statuses(self) -> list[Json]:
        """`credentialStatus`: the entries in both Bitstring Status Lists."""
        return [
            {
                "id": f"{self.list_url(purpose)}#{self.index}",
                "type": "BitstringStatusListEntry",
                "statusPurpose": purpose,
                "statusListIndex": str(self.index),
                "statusListCredential": self.list_url(purpose),
            }
            for purpose in ("revocation", "suspension")
        ]


def credential(facts: CertificateFacts, issuing: Issuing) -> Json:
    """Unsigned. Terms beyond the standard context are mapped by the issuer's own: an address, for verifiers by others
    refuse one that is written inline."""
    return {
        "@context": [CONTEXT, issuing.context],
        "id": issuing.credential_id(facts.statement.identifier),
        "type": ["VerifiableCredential", TYPE],
        "issuer": {"id": issuing.did, "name": issuing.name},
        "validFrom": local_time(facts.begins, "+00:00"),
        "validUntil": local_time(facts.ends, "+00:00"),
        "credentialStatus": issuing.statuses(),
        "credentialSubject": _subject(facts),
    }


def _subject(facts: CertificateFacts) -> Json:
    said = facts.statement
    subject: Json = {
        "id": facts.page,
        "type": "CarbonCertificate",
        "identifier": said.identifier,
        "kind": facts.kind,
        "enterprise": {"identifier": facts.owner, **_party(facts.enterprise)},
        "period": facts.period(),
        **_results(facts),
        "coverage": said.coverage,
        "shares": {name: getattr(said, name) for name in ("metered", "declared", "defaulted", "estimated")},
        "evaluator": _party(facts.evaluator),
        "verifier": _party(facts.verifier),
        "rules": facts.rules(),
        "marks": list(facts.marks),
        "ledger": facts.ledger(),
    }
    if facts.boundary:
        subject["boundary"] = names(*facts.boundary)
    if said.assurance in ASSURANCE:
        subject["assurance"] = ASSURANCE[said.assurance]
    if said.supersedes:
        subject["supersedes"] = f"0x{said.supersedes:064x}"
    return subject


def _results(facts: CertificateFacts) -> Json:
    said = facts.statement
    found: Json = {"grade": said.grade, "gradeValue": facts.grade_value} if said.grade else {}
    if facts.footprint:
        found["footprint"] = facts.footprint_amount()
    if facts.figures:
        published = ((name, number(value), unit) for name, value, unit in facts.figures)
        found["figures"] = [{"figure": name, "value": value, "unit": unit} for name, value, unit in published]
    return found


def _party(party: Party) -> Json:
    return {"name": names(party.zh, party.en), "account": f"0x{party.address.hex()}"}


def names(zh: str, en: str) -> list[Json]:
    """A language-tagged text as the data model writes it (11.1)."""
    given = (("zh", zh), ("en", en))
    return [{"@value": text, "@language": language} for language, text in given if text]
