"""Errors of the ledger. Each core module defines its own beside the rule it enforces; shared ones stand here."""

from terminal_signer.errors import CarbonError, UnknownFormat

__all__ = ["CarbonError", "ConfigError", "UnknownFormat"]


class ConfigError(CarbonError):
    """The configuration file or an environment variable is missing or wrong."""

    code = "config"
