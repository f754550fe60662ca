"""Exact numbers in CBOR: an integer, or a decimal fraction (tag 4) that is in lowest terms and never a whole number.

One value has one encoding: 3.17 is 4([-2, 317]); 3.20 is 4([-1, 32]); 4.00 is 4. Mantissas and integers are signed
64-bit, exponents −18…−1. A float never carries a quantity.
"""

from decimal import Context, Decimal
from typing import Any

from terminal_signer.cbor import Tag
from terminal_signer.errors import PayloadFault

MIN_EXPONENT = -18
MANTISSA_LIMIT = 1 << 63
scaled = Context(prec=40, Emin=-99, Emax=99).scaleb


def decimal(mantissa: int, exponent: int) -> Decimal:
    """Exact, whatever the caller's decimal context is: 64 bits have at most 20 digits."""
    return scaled(mantissa, exponent) if exponent else Decimal(mantissa)


def is_canonical(mantissa: int, exponent: int) -> bool:
    return MIN_EXPONENT <= exponent < 0 and mantissa % 10 != 0 and -MANTISSA_LIMIT <= mantissa < MANTISSA_LIMIT


def from_cbor(value: Any) -> Decimal:
    """The number that a decoded CBOR item stands for. Raises PayloadFault("payload")."""
    if type(value) is int:
        if not -MANTISSA_LIMIT <= value < MANTISSA_LIMIT:
            raise PayloadFault("an integer value is beyond 64 bits")
        return Decimal(value)
    if isinstance(value, Tag) and value.number == 4 and isinstance(value.value, list) and len(value.value) == 2:
        exponent, mantissa = value.value
        if type(exponent) is int and type(mantissa) is int:
            if not is_canonical(mantissa, exponent):
                raise PayloadFault(
                    "a decimal fraction has an exponent from -18 to -1 and a 64-bit mantissa that ends in no zero"
                )
            return decimal(mantissa, exponent)
    raise PayloadFault("a value is neither an integer nor a decimal fraction (tag 4)")


def to_cbor(value: Decimal) -> int | Tag:
    """The one encoding of `value`. Raises PayloadFault if it needs more than 64 bits or 18 decimal places."""
    if not value.is_finite():
        raise PayloadFault(f"{value} is not a number", mend="leave the reading out")
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - finite
    if exponent > MANTISSA_LIMIT.bit_length() or exponent < -400 or len(digits) > 400:
        raise PayloadFault("a value needs more than 64 bits or 18 decimal places")
    mantissa: int = int("".join(map(str, digits)))
    while exponent < 0 and mantissa % 10 == 0:
        mantissa, exponent = mantissa // 10, exponent + 1
    mantissa = -mantissa if sign else mantissa
    if exponent >= 0:
        mantissa *= int("1" + "0" * exponent)
        if -MANTISSA_LIMIT <= mantissa < MANTISSA_LIMIT:
            return mantissa
    elif is_canonical(mantissa, exponent):
        return Tag(4, [exponent, mantissa])
    raise PayloadFault(f"{value} needs more than 64 bits or 18 decimal places")
