"""Whether an account and a note key are a log's at all, and what a person is told of the anchorer's doings."""

import logging

from eth_account.signers.local import LocalAccount

from ledger.anchoring import actions
from ledger.anchoring.actions import Action
from ledger.chain.answers import unhex
from ledger.chain.client import Chain
from ledger.log.checkpoint import note_key_hash
from terminal_signer.errors import CarbonError
from terminal_signer.keys import PrivateKey

log = logging.getLogger(__name__)


class AnchoringStopped(CarbonError):
    """Something that waiting does not mend: not the log's operator, another note key, a forked log."""

    code = "anchoring-stopped"


def checked_origin(chain: Chain, log_id: bytes, account: LocalAccount, note_key: PrivateKey) -> str:
    """The log's origin. Raises AnchoringStopped unless the account operates the log and the note key is its own."""
    record = chain.log_record(log_id)
    where = f"log 0x{log_id.hex()}"
    if record is None:
        raise AnchoringStopped("the contract has no such log", where=where, mend="check the log's id")
    if record.operator != unhex(account.address):
        raise AnchoringStopped(f"{account.address} is not the log's operator", where=where)
    if record.note_key_hash != note_key_hash(note_key.public):
        raise AnchoringStopped("the note key is not the one that the contract names", where=where)
    return record.origin


def report(action: Action) -> None:
    """To the log; a final head that the chain forgot is an alarm."""
    if isinstance(action, actions.Orphan) and action.below_finality:
        log.critical("ALARM: the chain forgot a final head of %d leaves; it is sent again", action.size)
    elif isinstance(action, actions.Orphan):
        log.warning("a reorganisation orphaned the head of %d leaves; it is sent again", action.size)
    else:
        log.info("%s", action)
