"""One issuer for all tests of a run: its keys are in memory only, and an RSA key takes long to make."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa

from gateway.issuer import Issuer
from ledger.credentials.did_document import did_web
from terminal_signer import keys

PUBLIC_URL = "https://ledger.example"


@cache
def issuer(public_url: str = PUBLIC_URL) -> Issuer:
    ed25519, p256 = keys.generate(keys.EDDSA), keys.generate(keys.ES256)
    return Issuer(did_web(public_url).text, ed25519, p256, rsa.generate_private_key(65537, 2048))
