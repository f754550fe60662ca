"""Every parser of foreign bytes, in one table: what it reads, what a valid document of it is, how it is built.

A new parser is one row. `read` may raise `CarbonError` (or what `also` names) and nothing else, whatever it is given.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from devnet.soak import credentials, samples
from gateway.body import BrokenSequence, cut_sequence
from ledger.accounting.factors import parse_factors
from ledger.accounting.method import parse_method
from ledger.certificates.claim import read_claim
from ledger.certificates.statement import Statement
from ledger.chain import deployment
from ledger.evaluation import hourly
from ledger.evaluation.activity_file import parse_activity
from ledger.evaluation.group_file import parse_group
from ledger.evaluation.group_member import read_member
from ledger.evaluation.site import parse_site
from ledger.evidence.bundle import read_bundle
from ledger.evidence.policy import parse_policy
from ledger.grading.benchmarks import parse_benchmarks
from ledger.grading.scheme import parse_scheme
from ledger.log import checkpoint, conviction_file, cose_receipt, proof, tiles
from ledger.reports.reading import read_result
from ledger.stateproof import rlp
from ledger.stateproof.document import parse_state_proof
from ledger.templates.layer import parse_layer
from ledger.verification.record import read_file
from ledger.verification.steps import read_body, read_frame
from terminal_signer import cbor, cose, document, frame, ocmf, promise, receipt, senml
from terminal_signer.csv_layout import UCI_STEEL
from terminal_signer.csv_meter import batches, rows_of
from terminal_signer.errors import CarbonError
from terminal_signer.frame import digest_of
from terminal_signer.strict import read_json

CBOR, JSON, TOML, TEXT, ZIP, BYTES = "cbor", "json", "toml", "text", "zip", "bytes"


@dataclass(frozen=True, slots=True)
class Parser:
    """`family` tells the mutator how the documents are built; `weight` is the share of the inputs."""

    name: str
    family: str
    samples: Callable[[], Sequence[bytes]]
    read: Callable[[bytes], object]
    weight: int = 10
    also: tuple[type[Exception], ...] = ()

    def accepts(self, data: bytes) -> bool:
        """Whether it is read without complaint. Lets everything through that is not an error of ours."""
        try:
            self.read(data)
        except CarbonError:
            return False
        except self.also:
            return False
        return True


def _frame(data: bytes) -> None:
    frame.content(frame.parse(data))


def _receipt(data: bytes) -> None:
    receipt.check(receipt.loads(data))


def _checkpoint(data: bytes) -> None:
    checkpoint.parse(data)
    checkpoint.open_checkpoint(data, samples.NOTE_KEY.public, samples.ORIGIN)


def _proof(data: bytes) -> None:
    """The proof checkers take numbers and hashes from receipts and bundles: here any numbers and pieces of any size."""
    first, second, third = (int.from_bytes(data[at : at + 8], "big", signed=True) for at in (0, 8, 16))
    pieces = [data[at : at + 32] for at in range(24, len(data), 32)] or [b""]
    root, hashes = pieces[0], pieces[1:]
    faults = []
    checks: Sequence[Callable[[], None]] = (
        lambda: proof.verify_inclusion(first, second, root, hashes, root),
        lambda: proof.verify_consistency(first, second, root, root, hashes),
        lambda: proof.verify_range(third, first, hashes[:3], hashes[3:], root),
    )
    for check in checks:
        try:
            check()
        except CarbonError as fault:
            faults.append(fault)
    if faults:
        raise faults[0]


def _tile_address(data: bytes) -> None:
    tiles.parse_address(data.decode("latin-1"))


def _statement(data: bytes) -> None:
    Statement.from_json(read_json(data, "statement"))


def _csv(data: bytes) -> None:
    for _ in batches(rows_of(data.splitlines(keepends=True), UCI_STEEL), samples.ISS + "/", UCI_STEEL):
        pass


def _pack(data: bytes) -> None:
    senml.read(data, samples.ISS + "/", samples.START + 3600)


def _signed_receipt(data: bytes) -> None:
    cose_receipt.read(data, digest_of(samples.log().frames[1]), samples.KEY.public)


def _promise(data: bytes) -> None:
    promise.verify(data, samples.KEY.public)


def _record(data: bytes) -> None:
    for entry in read_file(data, "record"):
        read_frame(entry.frame, frame.KeyClass.OFFICER)


PARSERS: Sequence[Parser] = (
    Parser("frame", CBOR, lambda: samples.log().frames, _frame, 20),
    Parser("COSE message", CBOR, lambda: (samples.log().frames[0], samples.promise()), cose.read),
    Parser("CBOR item", CBOR, lambda: (samples.pack(), samples.document()), cbor.decode),
    Parser("CBOR sequence", CBOR, lambda: (b"".join(samples.log().frames),), lambda data: cut_sequence(data, 1000),
           also=(BrokenSequence,)),
    Parser("SenML pack", CBOR, lambda: (samples.pack(), samples.pack(registers=True)), _pack, 15),
    Parser("document", CBOR, lambda: (samples.document(),), document.read),
    Parser("promise", CBOR, lambda: (samples.promise(),), _promise),
    Parser("receipt", JSON, lambda: (samples.receipt(),), _receipt, 15),
    Parser("COSE receipt", CBOR, lambda: (samples.signed_receipt(),), _signed_receipt),
    Parser("evidence file", JSON, lambda: (samples.conviction(),), conviction_file.loads, 5),
    Parser("RLP", BYTES, lambda: (samples.rlp_item(),), lambda data: rlp.decode(data, "item"), 5),
    Parser("state proof", JSON, lambda: (samples.state_proof(),), parse_state_proof, 5),
    Parser("checkpoint", TEXT, lambda: (samples.checkpoint(),), _checkpoint, 15),
    Parser("proof", BYTES, lambda: (samples.proof(),), _proof, 15),
    Parser("tile address", TEXT, lambda: (b"tile/0/x001/234.p/7", b"tile/entries/x001/x234/067"), _tile_address, 5),
    Parser("tile of hashes", BYTES, lambda: (samples.tile(),), tiles.unfold, 3),
    Parser("tile of entries", BYTES, lambda: (samples.entries(),), tiles.decode_entries, 5),
    Parser("bundle", ZIP, lambda: (samples.bundle(),), read_bundle, 8),
    Parser("credential", JSON, lambda: (credentials.credential(),), credentials.read_credential),
    Parser("credential token", TEXT, credentials.tokens, credentials.read_token),
    Parser("status list", JSON, credentials.lists, credentials.read_status_list, 3),
    Parser("DID document", JSON, lambda: (credentials.did_json(),), credentials.read_did, 5),
    Parser("policy", JSON, lambda: (samples.policy(),), parse_policy),
    Parser("statement", JSON, lambda: (samples.statement_json(),), _statement, 5),
    Parser("deployment", JSON, lambda: (samples.deployment(),), deployment.parse, 5),
    Parser("site file", TOML, lambda: (samples.site(), samples.site("rolling_mill")), parse_site, 3),
    Parser("method", TOML, lambda: (samples.rule("general"),), parse_method, 1),
    Parser("factors", TOML, lambda: (samples.rule("cn-a-2013"), samples.rule("cn-d-2011")), parse_factors, 2),
    Parser("scheme", TOML, lambda: (samples.rule("zhejiang-carbon-efficiency"),), parse_scheme, 3),
    Parser("benchmarks", TOML, lambda: (samples.rule("demo-rolling-means"),), parse_benchmarks, 3),
    Parser("benchmark lines", TOML, lambda: (samples.rule("energy-quota-lines"),), parse_benchmarks, 1),
    Parser("OCMF record", JSON, lambda: (samples.ocmf(),), ocmf.read, 5),
    Parser("meter's CSV", TEXT, lambda: (samples.csv(),), _csv, 3),
    Parser("activity file", TOML, lambda: (samples.activity(),), lambda data: parse_activity(data, "year.toml"), 3),
    Parser("activity table", TEXT, lambda: (samples.activity_table(),), parse_activity, 3),
    Parser("group file", TOML, lambda: (samples.group(),), parse_group, 3),
    Parser("result of a member", JSON, lambda: (samples.result(),), lambda data: read_member(data, "result.json"), 2),
    Parser("result to report", JSON, lambda: (samples.result(),), read_result, 2),
    Parser("hourly amounts", BYTES, lambda: (samples.hours(),), hourly.decode, 3),
    Parser("verification step", JSON, samples.verification_steps, read_body, 5),
    Parser("verification record", CBOR, lambda: (samples.verification_record(),), _record, 3),
    Parser("claim", JSON, lambda: (samples.claim(),), lambda data: read_claim(data, "claim.json"), 2),
    Parser("template layer", JSON, lambda: (samples.template_layer(),), parse_layer, 2),
)  # fmt: skip
