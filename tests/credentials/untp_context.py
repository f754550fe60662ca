"""The terms that the JSON-LD context of a UNTP Digital Conformity Credential 0.6.0 defines, and where: a context of our
own with the same reach.

Classes are defined for what has an `id`. The parts without one have their terms below the member that holds them, and
no class at all.
"""

from typing import Any

Json = dict[str, Any]
VOCABULARY = "https://untp.example/terms#"


def term(name: str, *below: str | Json, **more: str) -> Json:
    """`below`: what can stand in its value only."""
    scope = {"@context": scoped(*below)} if below else {}
    return {name: {"@id": VOCABULARY + name, "@protected": True, **more, **scope}}


def scoped(*below: str | Json) -> Json:
    found: Json = {"@protected": True}
    for entry in below:
        found |= term(entry) if isinstance(entry, str) else entry
    return found


def party(name: str, *more: str) -> Json:
    return term(name, "registeredId", term("idScheme", **{"@type": "@id"}), *more)


def code(name: str) -> Json:
    return {name: {**term(name)[name], "@type": "@vocab", "@context": {"@vocab": f"{VOCABULARY}{name}/"}}}


LINK = ("linkURL", "linkName", "linkType", "hashDigest", code("hashMethod"), code("encryptionMethod"))
METRIC = ("metricName", term("metricValue", "value", code("unit")), "score", "accuracy")
DECLARATION = (
    "assessmentDate", "conformance", "assessmentCriteria", code("conformityTopic"), term("declaredValue", *METRIC),
)  # fmt: skip
ATTESTATION = (
    *map(code, ("assessorLevel", "assessmentLevel", "attestationType")), party("issuedToParty"),
    term("conformityCertificate", *LINK), term("auditableEvidence", *LINK),
)  # fmt: skip
ASSESSED = (
    term("assessedProduct", party("product", "batchNumber", "serialNumber"), "IDverifiedByCAB"),
    term("assessedFacility", party("facility"), "IDverifiedByCAB"),
    party("assessedOrganisation"), party("auditor"),
)  # fmt: skip

CONTEXT: Json = {
    "@context": {
        "@version": 1.1,
        **scoped(
            "DigitalConformityCredential",
            "IdentifierScheme",
            term("CredentialIssuer", party("issuerAlsoKnownAs")),
            term("Criterion", code("conformityTopic"), code("status")),
            term("ConformityAttestation", *ATTESTATION, "assessment"),
            term("Attestation", *ATTESTATION),
            term("ConformityAssessment", *DECLARATION, *ASSESSED),
            term("Declaration", *DECLARATION),
        ),
    }
}
