"""Reading what a node answers: quantities, bytes, members of objects. Anything else than promised is a ChainError."""

from typing import Any

from ledger.chain.errors import ChainError


def hexadecimal(value: object) -> int:
    """A JSON-RPC quantity."""
    try:
        if isinstance(value, str) and value.startswith("0x"):
            return int(value, 16)
    except ValueError:
        pass
    raise ChainError(f"the node answered {str(value)[:60]!r} where a quantity is expected")


def unhex(value: object) -> bytes:
    """JSON-RPC bytes."""
    try:
        if isinstance(value, str) and value.startswith("0x"):
            return bytes.fromhex(value[2:])
    except ValueError:
        pass
    raise ChainError(f"the node answered {str(value)[:60]!r} where bytes are expected")


def member(answer: object, name: str) -> Any:
    """A member that an object must have."""
    if not isinstance(answer, dict) or name not in answer:
        raise ChainError(f"the node's answer has no '{name}'")
    return answer[name]


def members(answer: object) -> list[Any]:
    """An array."""
    if not isinstance(answer, list):
        raise ChainError("the node's answer is not an array")
    return answer
