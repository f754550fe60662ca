"""Records that follow from who a gateway is: its prefixes, its key, its administrators."""

from cryptography.hazmat.primitives.asymmetric import rsa

from ledger.resolution import admin
from ledger.resolution.signature import key_value
from ledger.resolution.values import ADMIN, VLIST, HandleValue, Reference
from ledger.resolution.zone import site_values

ADMIN_INDEX, GROUP_INDEX = 100, 200
SECRET_INDEX = 300
ADMIN_SUFFIX = "ADMIN"


def admin_value(prefix: str) -> HandleValue:
    """Who may change a record: the group that the prefix's own record names."""
    owner = admin.Administrator(Reference(f"0.NA/{prefix}", GROUP_INDEX))
    return HandleValue(ADMIN_INDEX, ADMIN, owner.encoded())


def prefix_values(prefix: str, url: str) -> list[HandleValue]:
    """`0.NA/<prefix>`: where its records are, and who administers them."""
    group = admin.encode_list((Reference(f"{prefix}/{ADMIN_SUFFIX}", SECRET_INDEX),))
    return [*site_values(url), admin_value(prefix), HandleValue(GROUP_INDEX, VLIST, group)]


def signer_handle(prefix: str) -> str:
    """The record that holds the key by which records of this prefix are signed."""
    return f"{prefix}/{prefix}"


def signer_values(prefix: str, key: rsa.RSAPublicKey) -> list[HandleValue]:
    return [admin_value(prefix), key_value(key)]
