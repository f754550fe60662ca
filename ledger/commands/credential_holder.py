"""The key by which a holder shows a credential: a file of its own, P-256, encrypted."""

import argparse
from collections.abc import Mapping

from terminal_signer import keys
from terminal_signer.keys import KeyFault, PrivateKey
from terminal_signer.place import passphrase


def holder_key(options: argparse.Namespace, text: Mapping[str, str], *, is_new: bool = False) -> PrivateKey:
    """The key of `--holder-key`; with `is_new` one is made where there is none. Raises KeyFault, PlaceFault."""
    makes = is_new and not options.holder_key.exists()
    twice = text["passphrase-twice"] if makes else None
    secret = passphrase(options.passphrase_file, text["passphrase-asked"], twice=twice)
    if makes:
        keys.save(options.holder_key, keys.generate(keys.ES256), secret)
    key = keys.load(options.holder_key, secret)
    if key.alg != keys.ES256:
        raise KeyFault("a holder signs by P-256", where=str(options.holder_key), code="algorithm")
    return key
