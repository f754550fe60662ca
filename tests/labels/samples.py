"""Compact statements to sign, tamper with and print."""

from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.labels.compact import Compact
from ledger.labels.offline import issuer_id
from terminal_signer import keys

KEY = keys.PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER_KEY = keys.PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64))))
HOST = "ledger.example"
GRADED = "88.118.20260/CE-2018-0001"
PRODUCT = "88.118.20260/PCF-2018-0001"
ADDRESS = f"https://{HOST}/{GRADED}"
START, END = 1514736000, 1546272000  # 2018 in UTC+08:00
ISSUED, UNTIL = 1547000000, 1609430400

ENTERPRISE = Compact(
    identifier=GRADED, kind=2, host=HOST, period_start=START, period_end=END, valid_until=UNTIL, issued_at=ISSUED,
    issuer=issuer_id(KEY.public), token=bytes(range(16)), tree_size=9131, offset=480, marks=1,
    uscc="91110000600037341L", enterprise="演示轧钢有限公司", grade=2, k=734512, level=2, intensity=1933700,
    status_index=94567,
)  # fmt: skip
FOOTPRINT = Compact(
    identifier=PRODUCT, kind=3, host=HOST, period_start=START, period_end=END, valid_until=UNTIL, issued_at=ISSUED,
    issuer=issuer_id(KEY.public), token=bytes(range(16)), tree_size=9131, offset=480, marks=1,
    uscc="91110000600037341L", enterprise="演示轧钢有限公司", product="热轧 H 型钢 Q355B",
    footprint=2183450000, unit="t",
)  # fmt: skip

ITEM = "/01/09506000134352/10/K1"
TRADE_ITEM = replace(FOOTPRINT, link=ITEM)


def changed(**changes: Any) -> Compact:
    return replace(ENTERPRISE, **changes)
