"""The few ABI encodings that a terminal and a verifier need (Solidity ABI specification, formal part)."""


def word(value: int) -> bytes:
    """A number as a contract takes it."""
    return value.to_bytes(32, "big")


def string(text: str) -> bytes:
    """The tail of a dynamic string: its length, its bytes, zeros up to a whole word."""
    data = text.encode()
    return word(len(data)) + data + bytes(-len(data) % 32)
