"""What is believed before any evidence is read: one chain and its contracts, from a deployment or a policy file, and
the node that is asked. Then: what that chain says of a log, and of terminals' keys, as of a final block."""

from pathlib import Path

from ledger.chain import deployment as deployments
from ledger.chain.client import Chain
from ledger.chain.deployment import Deployment, Generation
from ledger.chain.views import Block
from ledger.errors import ConfigError
from ledger.evidence.policy import parse_policy
from ledger.log.checkpoint import note_key_hash
from ledger.log.exhibits import AnchoredHead, Exhibits, Facts, LogFacts
from terminal_signer.keys import ES256, PublicKey

__all__ = ["facts_for", "heads_since", "log_facts", "open_chain"]


def open_chain(rpc: str, deployment: Path, policy: Path | None, confirmations: int | None) -> Chain:
    """The chain, once its node has shown that it is the one named. Raises ConfigError, ChainError."""
    if policy is None:
        chain = Chain(rpc, deployments.load(deployment), confirmations=confirmations)
    else:
        chain = _by_policy(rpc, policy, confirmations)
    chain.verify()
    return chain


def _by_policy(rpc: str, file: Path, confirmations: int | None) -> Chain:
    try:
        known = parse_policy(file.read_bytes())
    except OSError as fault:
        raise ConfigError(f"cannot be read: {fault.strerror}", where=str(file)) from fault
    depth = known.finality if isinstance(known.finality, int) else None
    contracts = (Generation(0, known.contracts),)
    deployment = Deployment(known.chain_id, known.genesis, known.allow_demo, contracts)
    return Chain(rpc, deployment, confirmations=confirmations if confirmations is not None else depth)


def facts_for(chain: Chain, exhibits: Exhibits) -> Facts:
    """As of the final block. Raises ChainError."""
    final = chain.block("finalized")
    log = None if exhibits.log_id is None else log_facts(chain, exhibits.log_id, final, exhibits.note_keys)
    keys = tuple(chain.enrolments(chain.deployment.start)) if exhibits.frames else ()
    return Facts(final.number, final.time, log, keys)


def log_facts(chain: Chain, log_id: bytes, final: Block, note_keys: tuple[PublicKey, ...]) -> LogFacts | None:
    """Every key that the log ever listed, because what was signed once stays signed."""
    created = chain.events("AnchorLog", "LogCreated", log_id, to_block=final.number)
    if not created:
        return None
    first = created[0][0]
    rotated = chain.events("AnchorLog", "NoteKeyRotated", log_id, to_block=final.number)
    promise = created + chain.events("AnchorLog", "PromiseKeyRotated", log_id, to_block=final.number)
    record = chain.log_record(log_id)
    origin = first["origin"]
    return LogFacts(
        operator=b"" if record is None else record.operator,
        origin=origin,
        note_key_hashes=frozenset([first["noteKeyHash"], *(values["noteKeyHash"] for values, _ in rotated)]),
        promise_keys=tuple(PublicKey(ES256, values["promiseKey"]) for values, _ in promise),
        heads=heads_since(chain, log_id, chain.deployment.start, final),
        place=(chain.deployment.chain_id, chain.deployment.address("AnchorLog")),
        shared=_shared(chain, log_id, origin, final, note_keys),
    )


def heads_since(chain: Chain, log_id: bytes, block: int, final: Block) -> tuple[AnchoredHead, ...]:
    """The heads anchored from a block on, oldest first."""
    events = chain.anchor_events(log_id, from_block=block, to_block=final.number)
    return tuple(AnchoredHead(event.size, event.root, event.time) for event in events)


def _shared(chain: Chain, log_id: bytes, origin: str, final: Block, note_keys: tuple[PublicKey, ...]) -> bool:
    """Whether another log was created with this origin and one of these note keys."""
    hashes = {note_key_hash(key) for key in note_keys}
    every = chain.events("AnchorLog", "LogCreated", to_block=final.number, skip_unreadable=True)
    return any(
        values["logId"] != log_id and values["origin"] == origin and values["noteKeyHash"] in hashes
        for values, _ in every
    )
