"""The rules of a UNTP Digital Conformity Credential 0.6.0 that its members must keep, written down as a JSON schema of
our own: required members, code lists, and objects that take no others."""

from typing import Any

Json = dict[str, Any]
URI = {"type": "string", "pattern": "^[a-z][a-z0-9+.-]*:"}
TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}


def closed(required: Json, optional: Json | None = None) -> Json:
    properties = {"type": {"type": "array", "items": TEXT}, **required, **(optional or {})}
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


def opened(required: Json, optional: Json | None = None) -> Json:
    return {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}


def one_of(*codes: str) -> Json:
    return {"enum": list(codes)}


SCHEME = closed({"id": URI, "name": TEXT})
PARTY = opened({"id": URI, "name": TEXT}, {"registeredId": TEXT, "idScheme": SCHEME})
LINK = closed(
    {"linkURL": URI, "linkName": TEXT, "linkType": TEXT},
    {"hashDigest": {"pattern": "^[0-9a-f]{64}$"}, "hashMethod": one_of("SHA-256", "SHA-1"),
     "encryptionMethod": one_of("none", "AES")},
)  # fmt: skip
MEASURE = closed({"value": {"type": "number"}, "unit": {"type": "string", "pattern": "^[A-Z0-9]{2,3}$"}})
METRIC = closed({"metricName": TEXT, "metricValue": MEASURE}, {"score": TEXT, "accuracy": {"type": "number"}})
TOPIC = one_of("environment.energy", "environment.emissions", "environment.waste", "circularity.content")
CRITERION = closed(
    {"id": URI, "name": TEXT, "description": TEXT, "conformityTopic": TOPIC,
     "status": one_of("proposed", "active", "deprecated")},
)  # fmt: skip
ASSESSMENT = opened(
    {"id": URI, "conformityTopic": TOPIC, "conformance": {"type": "boolean"}},
    {
        "assessmentDate": {"type": "string", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "declaredValue": {"type": "array", "items": METRIC},
        "assessmentCriteria": {"type": "array", "items": CRITERION},
        "assessedProduct": {"type": "array", "items": opened({"product": PARTY})},
        "assessedFacility": {"type": "array", "items": opened({"facility": PARTY})},
        "assessedOrganisation": PARTY,
        "auditor": PARTY,
    },
)
ATTESTATION = opened(
    {
        "id": URI,
        "assessorLevel": one_of("Self", "Commercial", "Buyer", "Membership", "Unspecified", "3rdParty"),
        "assessmentLevel": one_of("GovtApproval", "GlobalMRA", "Accredited", "Verified", "Validated", "Unspecified"),
        "attestationType": one_of(
            "certification", "declaration", "inspection", "testing", "verification", "validation", "calibration"
        ),
        "issuedToParty": PARTY,
        "assessment": {"type": "array", "items": ASSESSMENT, "minItems": 1},
    },
    {"conformityCertificate": LINK, "auditableEvidence": LINK},
)
CREDENTIAL = opened(
    {
        "@context": {
            "type": "array",
            "items": {"type": "string"},
            "prefixItems": [
                {"const": "https://www.w3.org/ns/credentials/v2"},
                {"const": "https://test.uncefact.org/vocabulary/untp/dcc/0.6.0/"},
            ],
            "minItems": 2,
        },
        "id": URI,
        "type": {
            "allOf": [
                {"contains": {"const": "DigitalConformityCredential"}},
                {"contains": {"const": "VerifiableCredential"}},
            ]
        },
        "issuer": closed({"id": {"pattern": "^did:web"}, "name": TEXT}),
        "validFrom": TIME,
        "validUntil": TIME,
        "credentialSubject": ATTESTATION,
    }
)
