"""Why a credential is not believed. `code` is stable for machines."""

from terminal_signer.errors import CarbonError


class CredentialError(CarbonError):
    """`malformed` (not what its format says), `key` (no key of the trusted issuer), `signature`, `disclosure` (one that
    the issuer did not hide there), `issuer` (names another than the trusted one)."""

    code = "malformed"
