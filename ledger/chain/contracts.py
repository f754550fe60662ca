"""The contracts' interfaces, read from the artifacts in `abi/`: calls, answers, events, refusals.

Plain eth_abi with prepared types, because the anchorer's hot path encodes thousands of calls.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.crypto import keccak

from ledger.chain.errors import ChainError, ContractRefused

Abi = tuple[dict[str, Any], ...]
_FIXED = {f"bytes{length}": length for length in range(1, 33)}
_STANDARD = {"Error(string)", "Panic(uint256)"}
NAMES = (
    "AccessManager",
    "IdentifierRegistry",
    "TerminalRegistry",
    "AnchorLog",
    "RuleRegistry",
    "CertificateRegistry",
    "ProductLedger",
    "ReadingVerifier",
)


class UnknownInterface(ChainError):
    """A contract, function or event that the artifacts do not hold, or values that do not fit it."""

    code = "unknown-interface"


@dataclass(frozen=True, slots=True)
class Function:
    """One function of a contract: its selector and types."""

    contract: str
    name: str
    selector: bytes
    inputs: tuple[dict[str, Any], ...]
    outputs: tuple[dict[str, Any], ...]
    input_types: tuple[str, ...]
    output_types: tuple[str, ...]

    def encode(self, *arguments: object) -> bytes:
        """The calldata. A struct is a tuple in field order, or a mapping by field name. Raises UnknownInterface."""
        try:
            values = [_value(parameter, argument) for parameter, argument in zip(self.inputs, arguments, strict=True)]
            return self.selector + encode(self.input_types, values)
        except (EncodingError, ValueError, KeyError, TypeError) as fault:
            raise UnknownInterface(f"{self.contract}.{self.name} does not take these values: {fault}") from fault

    def decode(self, answer: bytes) -> Any:
        """The value returned; a tuple where there are several (structs are tuples too). Raises ChainError."""
        try:
            values = decode(self.output_types, answer)
        except (DecodingError, OverflowError, ValueError) as fault:
            raise ChainError(f"{self.contract}.{self.name} answered something else: {fault}") from fault
        return values[0] if len(values) == 1 else values


@dataclass(frozen=True, slots=True)
class Event:
    """One event of a contract. `decode` answers its arguments by name; structs are tuples."""

    name: str
    topic: bytes
    inputs: tuple[dict[str, Any], ...]

    def decode(self, topics: Sequence[bytes], data: bytes) -> dict[str, Any]:
        """Raises ChainError when the log entry is not one of this event."""
        indexed = [item for item in self.inputs if item["indexed"]]
        plain = [item for item in self.inputs if not item["indexed"]]
        if len(topics) != len(indexed) + 1 or topics[0] != self.topic:
            raise ChainError(f"not an event {self.name}")
        try:
            values = dict(
                zip((item["name"] for item in plain), decode([_type(item) for item in plain], data), strict=True)
            )
            for item, topic in zip(indexed, topics[1:], strict=True):
                values[item["name"]] = decode([_type(item)], topic)[0]
        except (DecodingError, OverflowError, ValueError) as fault:
            raise ChainError(f"an event {self.name} that cannot be read: {fault}") from fault
        return values


@cache
def load_artifact(name: str) -> Mapping[str, Any]:
    """The compiled contract: `abi`, `bytecode`, `deployedBytecode`. Raises UnknownInterface."""
    try:
        text = (files("ledger.chain") / "abi" / f"{name}.json").read_text(encoding="utf-8")
    except OSError as fault:
        raise UnknownInterface(f"no compiled contract {name}", mend="python -m contracts.build") from fault
    artifact: Mapping[str, Any] = json.loads(text)
    return artifact


@cache
def load_abi(name: str) -> Abi:
    """The interface of one contract."""
    return tuple(load_artifact(name)["abi"])


def load_bytecode(name: str) -> bytes:
    """What deploys the contract, before its constructor's arguments."""
    return bytes.fromhex(str(load_artifact(name)["bytecode"]).removeprefix("0x"))


@cache
def function(contract: str, name: str) -> Function:
    """The function of this name. Raises UnknownInterface when there is none, or more than one."""
    found = [item for item in load_abi(contract) if item["type"] == "function" and item["name"] == name]
    if len(found) != 1:
        raise UnknownInterface(f"{contract} has {len(found)} functions named {name}")
    inputs, outputs = tuple(found[0]["inputs"]), tuple(found[0]["outputs"])
    return Function(
        contract, name, _selector(found[0]), inputs, outputs,
        tuple(map(_type, inputs)), tuple(map(_type, outputs)),
    )  # fmt: skip


@cache
def event(contract: str, name: str) -> Event:
    """The event of this name. Raises UnknownInterface."""
    for item in load_abi(contract):
        if item["type"] == "event" and item["name"] == name:
            return Event(name, keccak(text=_signature(item)), tuple(item["inputs"]))
    raise UnknownInterface(f"{contract} has no event {name}")


def constructor_data(contract: str, *arguments: object) -> bytes:
    """Bytecode and constructor arguments: the data of a deploying transaction."""
    inputs: list[dict[str, Any]] = next(
        (item["inputs"] for item in load_abi(contract) if item["type"] == "constructor"), []
    )
    values = [_value(item, argument) for item, argument in zip(inputs, arguments, strict=True)]
    return load_bytecode(contract) + encode([_type(item) for item in inputs], values)


def refusal(data: bytes, where: str = "") -> ContractRefused:
    """What a revert's data says: the custom error of any of our contracts, by name."""
    item = _refusals().get(data[:4])
    if item is None:
        return ContractRefused(f"0x{data.hex()}" if data else "no reason given", where=where)
    try:
        values = decode([_type(field) for field in item["inputs"]], data[4:])
    except (DecodingError, OverflowError, ValueError):
        values = ()
    return ContractRefused(item["name"], tuple(values), where=where)


@cache
def interface(name: str) -> Abi:
    """A contract's own ABI and the errors of all the others: a call passes on those of the contracts behind it. Raises
    UnknownInterface."""
    own = load_abi(name)
    named = {_signature(item) for item in own if item["type"] == "error"}
    return (*own, *(item for item in _refusals().values() if _signature(item) not in named | _STANDARD))


def error_signatures() -> dict[str, str]:
    """By selector."""
    return {f"0x{selector.hex()}": _signature(item) for selector, item in sorted(_refusals().items())}


@cache
def _refusals() -> dict[bytes, dict[str, Any]]:
    standard = ({"type": "error", "name": "Error", "inputs": [{"name": "message", "type": "string"}]},
                {"type": "error", "name": "Panic", "inputs": [{"name": "code", "type": "uint256"}]})  # fmt: skip
    known = {_selector(item): dict(item) for item in standard}
    for entry in (files("ledger.chain") / "abi").iterdir():
        if entry.name.endswith(".json"):
            for item in load_abi(entry.name.removesuffix(".json")):
                if item["type"] == "error":
                    known[_selector(item)] = item
    return known


def _selector(item: Mapping[str, Any]) -> bytes:
    return bytes(keccak(text=_signature(item))[:4])


def _signature(item: Mapping[str, Any]) -> str:
    return f"{item['name']}({','.join(_type(parameter) for parameter in item['inputs'])})"


def _type(parameter: Mapping[str, Any]) -> str:
    kind = str(parameter["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(part) for part in parameter['components'])}){kind.removeprefix('tuple')}"


def _value(parameter: Mapping[str, Any], value: Any) -> Any:
    kind = str(parameter["type"])
    if kind.endswith("]"):
        element = {**parameter, "type": kind[: kind.rindex("[")]}
        return [_value(element, part) for part in value]
    if kind in _FIXED and len(value) != _FIXED[kind]:  # eth_abi would pad it
        raise ValueError(f"{len(value)} bytes for {kind}")
    if kind != "tuple":
        return value
    parts = parameter["components"]
    fields = [value[part["name"]] for part in parts] if isinstance(value, Mapping) else list(value)
    return tuple(_value(part, field) for part, field in zip(parts, fields, strict=True))
