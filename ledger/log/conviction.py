"""What a promise, a receipt, checkpoints or frames prove, and against whom. Pure rules over exhibits and facts.

    split-view        the log's note key signed two roots for one size                                    operator
    rewrite           … two heads, and the larger tree begins with another root than the smaller           operator
    chain-split       … a root for a size at which the chain holds another                                 operator
    chain-rewrite     … a head that is not of one history with a head on the chain                         operator
    promise-withheld  the promised frame is in no head anchored by the deadline: none was anchored, or all
                      leaves of the last one are there, and it is not among them                        promise-key
    promise-late      a receipt shows it behind the last head anchored by the deadline. (It could stand in
                      the log a second time, before; the log's rules know no frame twice.)              promise-key
    receipt-unanchored  a receipt as COSE, under a head that the chain, which holds a later one, does not
                      hold: another root at its size, or none                                         promise-key
    fork              a key signed two frames with one number                                              terminal
    break             … two frames of which one denies the other's place in the chain                      terminal

A receipt/1 is signed by nobody: it convicts through the checkpoint of its head, whose signature is the operator's.
Two heads of different size are compared over a bridge (`ledger.log.bridge`); without one the question stays open.
A head that was signed and never anchored is no offence as long as it is of one history with the anchored ones.
Everything is judged as of a final block; what that block cannot decide yet is open.
"""

from collections.abc import Iterator, Sequence

from ledger.log import cose_receipt
from ledger.log.cose_receipt import CoseReceiptFault
from ledger.log.exhibits import AnchoredHead, Exhibits, Facts, Finding, LogFacts, SignedReceipt, Weight, finding
from ledger.log.frame_claims import judge_frames
from ledger.log.head_claims import judge_heads, signed_heads, wanted
from ledger.log.proof import ProofError, leaf_hash
from ledger.log.tree import root_of_leaves
from terminal_signer import promise as promises
from terminal_signer.promise import Promise, PromiseFault
from terminal_signer.receipt import Receipt, check

__all__ = ["exit_code", "judge", "measured", "signed_heads", "wanted"]

PROMISE_KEY = "promise-key"


def judge(exhibits: Exhibits, facts: Facts) -> list[Finding]:
    """Everything that can be said about the exhibits."""
    findings = list(judge_frames(exhibits, facts))
    if exhibits.promises or exhibits.receipts or exhibits.signed_receipts or exhibits.checkpoints:
        if facts.log is None:
            findings.append(finding("no-log", Weight.OPEN))
        else:
            findings += judge_heads(exhibits, facts.log)
            findings += (_promise(raw, exhibits, facts, facts.log) for raw in exhibits.promises)
            findings += (_receipt(receipt, exhibits, facts.log) for receipt in exhibits.receipts)
            findings += (_signed_receipt(given, exhibits, facts.log) for given in exhibits.signed_receipts)
    return findings


def exit_code(findings: Sequence[Finding]) -> int:
    """1 something is proven, 3 nothing is but something is open, 0 nothing contradicts."""
    weights = {found.weight for found in findings}
    return 1 if Weight.PROVEN in weights else 3 if Weight.OPEN in weights else 0


def measured(exhibits: Exhibits, facts: Facts) -> Iterator[AnchoredHead]:
    """The heads whose leaves must be known to judge the promises: the last one anchored by each deadline passed."""
    if facts.log is None:
        return
    for raw in exhibits.promises:
        promise = _signed(raw, facts.log)
        if promise is not None and promise.log_id == exhibits.log_id and facts.time > promise.deadline:
            head = facts.log.head_at(promise.deadline)
            if head is not None and not any(_places(promise, exhibits, facts.log)):
                yield head


def _promise(raw: bytes, exhibits: Exhibits, facts: Facts, log: LogFacts) -> Finding:
    promise = _signed(raw, log)
    if promise is None:
        return finding("promise-unknown", Weight.CLEAR)
    told: dict[str, str | int | bytes] = {"digest": promise.digest, "deadline": promise.deadline}
    if promise.log_id != exhibits.log_id:
        return finding("promise-elsewhere", Weight.CLEAR, told=told, log=promise.log_id)
    if facts.time <= promise.deadline:
        return finding("promise-running", Weight.OPEN, told=told, time=facts.time)
    head = log.head_at(promise.deadline)
    size = told["size"] = 0 if head is None else head.size
    places = list(_places(promise, exhibits, log))
    if any(index < size for index, _ in places) or (head and _among(promise.digest, head, exhibits)):
        return finding("promise-kept", Weight.CLEAR, told=told)
    if places:
        index, later = places[0]
        return finding("promise-late", Weight.PROVEN, PROMISE_KEY, told, index=index, later=later)
    if head is None or _among(promise.digest, head, exhibits) is False:
        return finding("promise-withheld", Weight.PROVEN, PROMISE_KEY, told)
    return finding("needs-entries", Weight.OPEN, told=told)


def _signed(raw: bytes, log: LogFacts) -> Promise | None:
    for key in log.promise_keys:
        try:
            return promises.verify(raw, key)
        except PromiseFault:
            continue
    return None


def _places(promise: Promise, exhibits: Exhibits, log: LogFacts) -> Iterator[tuple[int, int]]:
    """Leaf and tree size of each receipt that shows the promised frame under an anchored head."""
    anchored = {(head.size, head.root) for head in log.heads}
    opened = (_opened(given, log) for given in exhibits.signed_receipts)
    for receipt in (*exhibits.receipts, *filter(None, opened)):
        same = (receipt.digest, receipt.log_id) == (promise.digest, promise.log_id)
        if same and (receipt.size, receipt.root) in anchored and _leads(receipt):
            yield receipt.index, receipt.size


def _among(digest: bytes, head: AnchoredHead, exhibits: Exhibits) -> bool | None:
    """Whether the frame is a leaf of the head; None where its leaves are not there, or are not this tree's."""
    if exhibits.entries is None or len(exhibits.entries) < head.size:
        return None
    leaves = exhibits.entries[: head.size]
    if root_of_leaves([leaf_hash(entry) for entry in leaves]) != head.root:
        return None
    return digest in leaves


def _receipt(receipt: Receipt, exhibits: Exhibits, log: LogFacts) -> Finding:
    told: dict[str, str | int | bytes] = {"digest": receipt.digest, "size": receipt.size, "root": receipt.root}
    if receipt.log_id != exhibits.log_id:
        return finding("receipt-elsewhere", Weight.CLEAR, told=told, log=receipt.log_id)
    if not _leads(receipt):
        return finding("receipt-false", Weight.CLEAR, told=told)
    if any((head.size, head.root) == (receipt.size, receipt.root) for head in log.heads):
        return finding("receipt-anchored", Weight.CLEAR, told=told)
    if (receipt.size, receipt.root) in signed_heads(exhibits, log):
        return finding("receipt-signed", Weight.CLEAR, told=told)
    if not log.heads or receipt.size > log.heads[-1].size:
        return finding("receipt-early", Weight.OPEN, told=told)
    return finding("receipt-unsigned", Weight.OPEN, told=told)


def _signed_receipt(given: SignedReceipt, exhibits: Exhibits, log: LogFacts) -> Finding:
    """Such a receipt is given only for a final head, so the signature says that the chain holds it for good."""
    receipt = _opened(given, log)
    if receipt is None:
        return finding("receipt-unknown", Weight.CLEAR, digest=given.digest)
    told: dict[str, str | int | bytes] = {"digest": receipt.digest, "size": receipt.size, "root": receipt.root}
    if (receipt.log_id, receipt.anchor.chain_id, receipt.anchor.contract) != (exhibits.log_id, *log.place):
        return finding("receipt-elsewhere", Weight.CLEAR, told=told, log=receipt.log_id)
    if any((head.size, head.root) == (receipt.size, receipt.root) for head in log.heads):
        return finding("receipt-anchored", Weight.CLEAR, told=told)
    if not log.heads or receipt.size > log.heads[-1].size:
        return finding("receipt-early", Weight.OPEN, told=told)
    return finding("receipt-unanchored", Weight.PROVEN, PROMISE_KEY, told, anchored=log.heads[-1].size)


def _opened(given: SignedReceipt, log: LogFacts) -> Receipt | None:
    for key in log.promise_keys:
        try:
            return cose_receipt.read(given.raw, given.digest, key)
        except CoseReceiptFault:
            continue
    return None


def _leads(receipt: Receipt) -> bool:
    try:
        check(receipt)
    except ProofError:
        return False
    return True
