"""A certificate with a result, and its envelopes signed by the tests' issuer."""

import itertools
from typing import Any

from ledger.certificates.statement import Statement
from ledger.credentials.certificate import CertificateFacts, Confidential, Party, confidential
from ledger.credentials.did_document import did_document
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.credentials.vc import Issuing
from tests.credentials.issuers import PUBLIC_URL, issuer
from tests.gateway.samples import DOMAIN, MINTED, statement

INDEX = 94_567
NOW = MINTED + 1000
EXPIRY = 1_609_430_400

RESULT: dict[str, Any] = {
    "format": "result/1",
    "site": {"subject": "88.118.20260/CE-2018-0001", "boundary": {"zh": "一号轧制厂区", "en": "Section mill no. 1"}},
    "activity": {
        "natural_gas": {"value": "1203.5", "unit": "10^4.m3"},
        "purchased_electricity": {"value": "12345678.9", "unit": "kWh"},
        "rolled_steel": {"value": "81234", "unit": "t"},
        "value_added": {"value": "21322.5", "unit": "10^4.CNY"},
    },
    "emissions": {
        "unit": "tCO2e", "total": "41230.55", "scope1": "26011.25", "scope2": "15219.3", "scope3": None,
    },
    "grade": {
        "grade": 2,
        "measures": [{"lines": [{"item": "rolled_steel", "output": "81234", "output_unit": "t"}]}],
    },
    "levels": [
        {"id": "plant", "kind": "enterprise", "name": {"zh": "全厂", "en": "Plant"}},
        {"id": "furnace-hall", "kind": "workshop", "name": {"zh": "加热车间", "en": "Furnace hall"}},
    ],
    "products": [
        {"id": "h-beam", "name": {"zh": "型钢", "en": "H-beam"}, "quantity": "61234", "unit": "t",
         "total": "31000.5", "intensity": "62001/122468"},
    ],
}  # fmt: skip
SECRET_FIGURES = (
    "41230.55",
    "26011.25",
    "15219.3",
    "12345678.9",
    "1203.5",
    "81234",
    "21322.5",
    "61234",
    "Furnace hall",
)
"""What must show nowhere but in a disclosure."""


def facts(said: Statement | None = None, **changes: Any) -> CertificateFacts:
    signed = said or statement(assurance=2, opinion=b"\x09" * 32)
    values: dict[str, Any] = {
        "statement": signed, "token": signed.digest(DOMAIN), "domain": DOMAIN, "transaction": b"\x77" * 32,
        "issued_at": MINTED, "enterprise": Party("演示轧钢有限公司", "Demo Rolling Mill Co., Ltd.", signed.recipient),
        "evaluator": Party("演示评价机构", "Demo Evaluation Institute", signed.evaluator),
        "verifier": Party("演示核查机构", "Demo Verification Body", signed.verifier),
        "page": f"{PUBLIC_URL}/{signed.identifier}", "offset": "+08:00", "marks": ("DEMO",),
        "statement_url": f"{PUBLIC_URL}/credentials/statements/0x{signed.digest(DOMAIN).hex()}",
        "boundary": ("一号轧制厂区", "Section mill no. 1"),
        "figures": (("grade.level", "1.9337", "tCO2/10^4{CNY}"),),
    }  # fmt: skip
    return CertificateFacts(**{**values, **changes})


def figures() -> Confidential:
    return confidential(RESULT)


def issuing(index: int = INDEX) -> Issuing:
    return Issuing(issuer().did, "Carbon ledger", PUBLIC_URL, index)


def trusted() -> TrustedIssuer:
    own = issuer()
    return read_did_document(did_document(own.did, list(own.jwks.values()), PUBLIC_URL))


class Counted:
    """Salts that are predictable and never the same."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)

    def __call__(self, size: int) -> bytes:
        return next(self._numbers).to_bytes(size)
