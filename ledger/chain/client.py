"""The chain as the shell of the ledger sees it: blocks, the contracts of one deployment, transactions. Synchronous.

`finalized` and `safe` are the chain's own tags; where a chain has none, `confirmations` takes their place (`finalized`
is that many blocks behind the latest, `safe` half as many).
"""

from collections.abc import Sequence
from typing import Any

from eth_account.signers.local import LocalAccount

from ledger.chain import transactions
from ledger.chain.answers import hexadecimal, member, members, unhex
from ledger.chain.contracts import event, function
from ledger.chain.deployment import Deployment
from ledger.chain.enrolments import read_enrolments
from ledger.chain.errors import ChainError, ContractRefused, NodeRefused, WrongChain
from ledger.chain.node import Node, Request
from ledger.chain.reading import read_anchored, read_block, read_certificate
from ledger.chain.transactions import Call, Receipt
from ledger.chain.views import Anchored, Block, CertificateView, LogRecord, TreeHead
from ledger.log.admission import Enrolment

Tag = str | int
NO_ADDRESS = bytes(20)


class Chain:
    """One deployment, reached through one node. Safe to share between threads, except `send` for one account."""

    def __init__(self, rpc_url: str, deployment: Deployment, *, confirmations: int | None = None) -> None:
        self.node = Node(rpc_url)
        self.deployment = deployment
        self._confirmations = confirmations

    def verify(self) -> None:
        """Raises WrongChain unless the node serves the deployment's chain."""
        chain_id, genesis = self.node.batch([("eth_chainId", []), ("eth_getBlockByNumber", ["0x0", False])])
        if (
            hexadecimal(chain_id) != self.deployment.chain_id
            or unhex(member(genesis, "hash")) != self.deployment.genesis
        ):
            raise WrongChain(
                f"the node serves another chain than the deployment names (id {self.deployment.chain_id})",
                where=self.node.url,
                mend="give the deployment file and the node of one chain",
            )

    def now(self) -> int:
        """The latest block's time."""
        return self.block("latest").time

    def block(self, tag: Tag = "latest") -> Block:
        """A block by number, or `latest`, `safe`, `finalized`. Raises ChainError when the chain has no such block."""
        if self._confirmations is not None and tag in ("safe", "finalized"):
            behind = self._confirmations if tag == "finalized" else self._confirmations // 2
            tag = max(0, self.block("latest").number - behind)
        answer = self.node.call("eth_getBlockByNumber", _tag(tag), False)
        return read_block(answer, str(tag))

    def depths(self) -> tuple[Block, Block, Block]:
        """The blocks `latest`, `safe` and `finalized`, in one exchange where the chain knows the tags."""
        if self._confirmations is not None:
            return self.block("latest"), self.block("safe"), self.block("finalized")
        tags = ("latest", "safe", "finalized")
        answers = self.node.batch([("eth_getBlockByNumber", [tag, False]) for tag in tags])
        latest, safe, final = (read_block(answer, tag) for answer, tag in zip(answers, tags, strict=True))
        return latest, safe, final

    def call(self, contract: str, name: str, *arguments: object, tag: Tag = "latest") -> Any:
        """The answer of a view function. Raises ContractRefused, ChainError."""
        wanted = function(contract, name)
        try:
            answer = self.node.call(*self.question(contract, name, *arguments, tag=tag))
        except NodeRefused as fault:
            raise transactions.revert(fault, f"{contract}.{name}") or fault from fault
        return wanted.decode(unhex(answer))

    def question(self, contract: str, name: str, *arguments: object, tag: Tag = "latest") -> tuple[str, Any, Any]:
        """The request that `call` would send, for a batch: method and two parameters."""
        data = function(contract, name).encode(*arguments)
        to = f"0x{self.deployment.address(contract).hex()}"
        return "eth_call", {"to": to, "data": f"0x{data.hex()}"}, _tag(tag)

    def latest_head(self, log_id: bytes, tag: Tag = "latest") -> TreeHead | None:
        """The newest head of a log in the state of a block; None before the first."""
        size, root, time = self.call("AnchorLog", "latest", log_id, tag=self._number(tag))
        return TreeHead(size, root, time) if size else None

    def log_record(self, log_id: bytes) -> LogRecord | None:
        """Operator, keys and origin of a log; None if there is no such log."""
        operator, note_key_hash, _, origin = self.call("AnchorLog", "log", log_id)
        address = unhex(operator)
        if address == NO_ADDRESS:
            return None
        rotated = self.events("AnchorLog", "PromiseKeyRotated", log_id)
        newest = rotated or self.events("AnchorLog", "LogCreated", log_id)
        return LogRecord(address, note_key_hash, newest[-1][0]["promiseKey"], origin)

    def anchor_events(self, log_id: bytes, from_block: int | None = None, to_block: Tag = "latest") -> list[Anchored]:
        """The log's heads as events, oldest first."""
        found = self.events("AnchorLog", "TreeHeadAnchored", log_id, from_block=from_block, to_block=to_block)
        return [read_anchored(values, entry) for values, entry in found]

    def enrolments(self, from_block: int = 0) -> list[Enrolment]:
        """The keys enrolled from a block on, as they stand at the latest block: ended ones carry their end.

        An enrolment whose proof of possession fails, or whose algorithm is not installed, is left out: the contract
        checks the proof for ES256 only.
        """
        return read_enrolments(self, from_block)

    def check(self, identifier: str, tag: Tag = "latest") -> CertificateView | None:
        """The newest certificate of an identifier in the state of a block; None if there was never one."""
        block = self.block(tag)
        try:
            answer = self.call("CertificateRegistry", "check", identifier, tag=block.number)
        except ContractRefused:  # no identifier at all, so nothing was ever certified for it
            return None
        names = [part["name"] for part in function("CertificateRegistry", "check").outputs[0]["components"]]
        return read_certificate(dict(zip(names, answer, strict=True)), block)

    def events(
        self,
        contract: str,
        name: str,
        *topics: bytes | None,
        from_block: int | None = None,
        to_block: Tag = "latest",
        skip_unreadable: bool = False,
    ) -> list[tuple[dict[str, Any], dict[str, Any]]]:
        """Events with these indexed values, oldest first: their arguments, and the log entry that holds them.

        None stands for any value.

        `skip_unreadable` passes over events that do not decode, where strangers can put bytes that are no UTF-8.
        """
        wanted = event(contract, name)
        first = self.deployment.start if from_block is None else from_block
        request = self.logs_request(contract, name, *topics, from_block=first, to_block=self._number(to_block))
        found = []
        for entry in self._entries(request):
            try:
                indexed = [unhex(topic) for topic in members(member(entry, "topics"))]
                values = wanted.decode(indexed, unhex(member(entry, "data")))
            except ChainError:
                if not skip_unreadable:
                    raise
            else:
                found.append((values, entry))
        return found

    def entries(self, contract: str, names: Sequence[str], *, from_block: int, to_block: int) -> list[dict[str, Any]]:
        """The log entries of several events in the chain's order, not decoded."""
        topics = [[f"0x{event(contract, name).topic.hex()}" for name in names]]
        address = f"0x{self.deployment.address(contract).hex()}"
        span = {"fromBlock": hex(from_block), "toBlock": hex(to_block)}
        return self._entries(("eth_getLogs", [{"address": address, "topics": topics, **span}]))

    def logs_request(
        self, contract: str, name: str, *topics: bytes | None, from_block: int, to_block: Tag = "latest"
    ) -> Request:
        """The request behind `events`, for a batch."""
        chosen = [None if topic is None else f"0x{topic.hex()}" for topic in (event(contract, name).topic, *topics)]
        address = f"0x{self.deployment.address(contract).hex()}"
        span = {"fromBlock": hex(from_block), "toBlock": _tag(to_block)}
        return "eth_getLogs", [{"address": address, "topics": chosen, **span}]

    def send(self, account: LocalAccount, contract: str, name: str, *arguments: object) -> Receipt:
        """Call a function in a transaction and wait until it is mined. Raises ContractRefused, TransactionFailed."""
        call = Call(self.deployment.address(contract), function(contract, name).encode(*arguments))
        return transactions.transact(self.node, account, call, self.deployment.chain_id, f"{contract}.{name}")

    def _number(self, tag: Tag) -> Tag:
        return self.block(tag).number if self._confirmations is not None and tag in ("safe", "finalized") else tag

    def _entries(self, request: Request) -> list[dict[str, Any]]:
        """Log entries; a range that the node finds too large is asked for in halves."""
        method, (what,) = request
        try:
            return members(self.node.call(method, what))
        except NodeRefused:
            first, end = hexadecimal(what["fromBlock"]), what["toBlock"]
            last = hexadecimal(end) if end.startswith("0x") else self.block(end).number
            if last <= first:
                raise
            middle = (first + last) // 2
            halves = ((first, middle), (middle + 1, last))
            return [
                entry
                for start, end in halves
                for entry in self._entries((method, [what | {"fromBlock": hex(start), "toBlock": hex(end)}]))
            ]


def questions(requests: Sequence[tuple[str, Any, Any]]) -> list[Request]:
    """Requests of `Chain.question` in the shape that a batch takes."""
    return [(method, list(parameters)) for method, *parameters in requests]


def _tag(tag: Tag) -> str:
    return tag if isinstance(tag, str) else hex(tag)
