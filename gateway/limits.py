"""How often one address or client may ask: the numbers, in the notation of the package `limits`."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from limits import RateLimitItem, parse

from ledger.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Limits:
    """`attempts`: wrong secrets from one address. `tokens`: given to one client.
    `pictures`: labels that are rendered, for one address.
    `frames`: what terminals post (frames, receipts), `writes`: every other POST, PUT, PATCH and DELETE, `reads`: the
    rest, each from one address."""

    attempts: str = "120/minute"
    tokens: str = "60/minute"
    pictures: str = "120/minute"
    frames: str = "12000/minute"
    writes: str = "600/minute"
    reads: str = "120000/minute"

    @classmethod
    def off(cls) -> "Limits":
        return cls("", "", "", "", "", "")

    @classmethod
    def read(cls, values: Mapping[str, object]) -> "Limits":
        """Replaces defaults by name; "" is no limit. Raises ConfigError."""
        known = [field.name for field in fields(cls)]
        for name, value in values.items():
            if name not in known:
                raise ConfigError(f"unknown limit {name!r}", where="limits", mend=f"known are {', '.join(known)}")
            _item(name, value)
        return cls(**{name: str(value) for name, value in values.items()})

    def items(self) -> dict[str, RateLimitItem | None]:
        """Raises ConfigError."""
        return {field.name: _item(field.name, getattr(self, field.name)) for field in fields(self)}


DEFAULT = Limits()


def _item(name: str, value: object) -> RateLimitItem | None:
    try:
        if not isinstance(value, str):
            raise ValueError(value)
        return parse(value) if value else None
    except ValueError:
        mend = 'such as "60/minute", or "" for no limit'
        raise ConfigError(f"{str(value)[:40]!r} is no limit", where=f"limits.{name}", mend=mend) from None
