"""What can go wrong between this program and a chain."""

from terminal_signer.errors import CarbonError


class ChainError(CarbonError):
    """The chain, or what it answered, cannot be used."""

    code = "chain"


class ChainUnreachable(ChainError):
    """No answer, or none that is JSON-RPC. Waiting helps; nothing was lost."""

    code = "chain-unreachable"


class NodeRefused(ChainError):
    """The node answered a request with an error. `number` is its JSON-RPC error code, `data` what came with it."""

    code = "node-refused"

    def __init__(self, message: str, *, number: int = 0, data: str = "", where: str = "") -> None:
        super().__init__(message, where=where)
        self.number = number
        self.data = data


class NoSuchBlock(ChainError):
    """The node knows no such block: the chain has no such tag, or the node has only just been started."""

    code = "no-block"


class ContractRefused(ChainError):
    """A contract reverted. `reason` is the name of its custom error, `values` the error's arguments."""

    code = "contract-refused"

    def __init__(self, reason: str, values: tuple[object, ...] = (), *, where: str = "") -> None:
        shown = ", ".join(_shown(value) for value in values)
        super().__init__(f"the contract refused: {reason}({shown})", where=where)
        self.reason = reason
        self.values = values


class TransactionFailed(ChainError):
    """A transaction was mined, but reverted, or was not mined in the time allowed."""

    code = "transaction-failed"


class WrongChain(ChainError):
    """The node serves another chain than the deployment names."""

    code = "wrong-chain"


class DeploymentFault(ChainError):
    """A deployment file is missing, malformed or incomplete."""

    code = "deployment"


class KeyFileFault(ChainError):
    """An account's key file is missing, malformed, or readable by others."""

    code = "key-file"


def _shown(value: object) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
