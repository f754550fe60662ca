"""The certificate as UNTP Digital Conformity Credential 0.6.0, unsigned.

UNTP wants JSON numbers where the ledger has exact decimals: a metric's value is the decimal to 15 significant digits,
which a double carries unchanged, and the exact text stands beside it under a term of our own.

Only what has an `id` has a `type`: UNTP's context defines no class for parts without one – metrics, measures, links,
verifications – and a type that no context defines stops whoever expands the document in safe mode.
"""

import base64
import hashlib
from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Any

from ledger.canonical import canonical_json
from ledger.credentials.certificate import DIGITS, CertificateFacts, Party, local_time, number
from ledger.credentials.vc import CONTEXT, Issuing

DCC_CONTEXT = "https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/"
TYPE = "DigitalConformityCredential"
TOPIC = "environment.emissions"
HANDLES = {
    "type": ["IdentifierScheme"],
    "id": "https://hdl.handle.net/",
    "name": "Handle System (industrial internet, 88)",
}
UNITS: Mapping[str, str] = {"tCO2": "TNE", "tCO2e": "TNE", "kgCO2": "KGM", "kgCO2e": "KGM", "%": "P1", "1": "C62"}
"""UNECE Recommendation 20: of a mass of CO2 equivalent, of a percentage, of a plain number."""

Json = dict[str, Any]


def conformity_credential(facts: CertificateFacts, issuing: Issuing) -> Json:
    said = facts.statement
    return {
        "@context": [CONTEXT, DCC_CONTEXT],
        "id": issuing.credential_id(said.identifier),
        "type": [TYPE, "VerifiableCredential"],
        "issuer": {"type": ["CredentialIssuer"], "id": issuing.did, "name": issuing.name},
        "validFrom": local_time(facts.begins, "+00:00"),
        "validUntil": local_time(facts.ends, "+00:00"),
        "credentialStatus": issuing.statuses(),
        "credentialSubject": _attestation(facts, issuing),
    }


def statement_file(facts: CertificateFacts) -> bytes:
    """What lies at the statement's address, and is hashed in `auditableEvidence`: canonical `statement/1`."""
    return canonical_json(facts.statement.to_json())


def plain_number(text: str) -> float | int:
    """The JSON number of a decimal, to 15 significant digits."""
    rounded = Context(prec=DIGITS).create_decimal(text)
    return int(rounded) if rounded == rounded.to_integral_value() and abs(rounded) < 10**DIGITS else float(rounded)


def _attestation(facts: CertificateFacts, issuing: Issuing) -> Json:
    unverified = "UNVERIFIED" in facts.marks
    marks = f" Marks: {', '.join(facts.marks)}." if facts.marks else ""
    return {
        "type": ["ConformityAttestation", "Attestation"],
        "id": facts.page,
        "name": f"{facts.kind} {facts.statement.identifier}",
        "description": f"Carbon certificate of {_name(facts.enterprise)}, minted on a ledger.{marks}",
        "assessorLevel": "Self" if unverified else "3rdParty",
        "assessmentLevel": "Unspecified" if unverified or not facts.statement.assurance else "Verified",
        "attestationType": "certification",
        "issuedToParty": _party(facts, issuing),
        "conformityCertificate": _link(facts.page, "Public page of the certificate", "certificate"),
        "auditableEvidence": {
            **_link(facts.statement_url, "Statement signed by three parties, minted on the ledger", "evidence"),
            "hashDigest": hashlib.sha256(statement_file(facts)).hexdigest(),
            "hashMethod": "SHA-256",
            "encryptionMethod": "none",
        },
        "assessment": [_assessment(facts, issuing)],
    }


def _assessment(facts: CertificateFacts, issuing: Issuing) -> Json:
    metrics = _metrics(facts)
    return {
        "type": ["ConformityAssessment", "Declaration"],
        "id": f"{facts.page}#assessment",
        "assessmentDate": local_time(facts.issued_at, facts.offset)[:10],
        "conformityTopic": TOPIC,
        "conformance": True,
        "assessmentCriteria": _criteria(facts),
        "declaredValue": [_metric(name, value, unit, score) for name, value, unit, score in metrics if unit in UNITS],
        f"{issuing.terms}exactValue": [f"{name} = {value} {unit}".rstrip(" 1") for name, value, unit, _ in metrics],
        **_assessed(facts, issuing),
        "auditor": {
            "id": f"did:pkh:eip155:{facts.domain.chain_id}:0x{facts.statement.verifier.hex()}",
            "name": _name(facts.verifier) or "verifier",
            "registeredId": f"0x{facts.statement.verifier.hex()}",
        },
    }  # fmt: skip


def _metrics(facts: CertificateFacts) -> list[tuple[str, str, str, str]]:
    """Name, exact value, unit, score. What no enterprise published is not among them."""
    said = facts.statement
    found = [("Share of emissions from signed meters", str(Decimal(said.metered) / 100), "%", "")]
    if said.grade:
        found.insert(0, ("Carbon efficiency K", facts.grade_value, "1", str(said.grade)))
    if facts.footprint:
        found.insert(0, (f"Carbon footprint per {said.unit.strip('{}')}", facts.footprint, "kgCO2e", ""))
    return found + [(name, number(value), unit or "1", "") for name, value, unit in facts.figures]


def _metric(name: str, value: str, unit: str, score: str) -> Json:
    measure = {"value": plain_number(value), "unit": UNITS[unit]}
    return {"metricName": name, "metricValue": measure, **({"score": score} if score else {})}


def _criteria(facts: CertificateFacts) -> list[Json]:
    """The rule files by the name of their content (RFC 6920), which a passport with claims by them repeats."""
    wanted = {"method": "Accounting method", "scheme": "Grading scheme"}
    return [
        {
            "type": ["Criterion"],
            "id": "ni:///sha-256;" + base64.urlsafe_b64encode(bytes.fromhex(digest[2:])).rstrip(b"=").decode(),
            "name": wanted[role],
            "description": f"{wanted[role]} whose file has this SHA-256",
            "conformityTopic": TOPIC,
            "status": "active",
        }
        for role, digest in facts.rules().items()
        if role in wanted
    ]


def _assessed(facts: CertificateFacts, issuing: Issuing) -> Json:
    said, verified = facts.statement, "UNVERIFIED" not in facts.marks
    name = (facts.boundary[1] or facts.boundary[0]) if facts.boundary else said.identifier
    entity = {"id": facts.page, "name": name, "registeredId": said.identifier, "idScheme": HANDLES}
    if said.kind == 3:
        return {"assessedProduct": [{"product": entity, "IDverifiedByCAB": verified}]}
    facility = {"facility": entity, "IDverifiedByCAB": verified}
    return {"assessedFacility": [facility], "assessedOrganisation": _party(facts, issuing)}


def _party(facts: CertificateFacts, issuing: Issuing) -> Json:
    name = _name(facts.enterprise) or facts.owner
    return {"id": f"{issuing.url}/{facts.owner}", "name": name, "registeredId": facts.owner, "idScheme": HANDLES}


def _name(party: Party) -> str:
    return party.en or party.zh


def _link(url: str, name: str, kind: str) -> Json:
    return {"linkURL": url, "linkName": name, "linkType": kind}
