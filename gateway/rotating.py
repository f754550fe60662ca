"""Replacing a key of the issuer from the command line, with the configuration of the gateway that uses it."""

from argparse import ArgumentParser
from pathlib import Path

from gateway.configuration import add_flags, read_configuration
from gateway.issuer import rotate
from gateway.serve_texts import TEXTS
from ledger.errors import ConfigError


def replace_key(folder: Path, name: str, until: int) -> str:
    """The id of the new key of `NAMES`; a running gateway uses it from its next start on. Raises ConfigError,
    KeyFault."""
    parser = ArgumentParser()
    add_flags(parser, TEXTS["en"])
    configuration = read_configuration(parser.parse_args(["--dir", str(folder)]))
    passphrase = configuration.issuer_passphrase()
    if not passphrase:
        raise ConfigError("the issuer's keys have no passphrase", where=str(folder), mend="issuer_passphrase_file")
    return rotate(configuration.issuer_folder, passphrase, configuration.public_url, name, until).key_id(name)
