"""Issue a certificate: draw up the statement from a result, collect three signatures, mint, store.

The contract is the referee: it checks signatures, accreditations, the anchored head and the published rules again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import Hash32
from sqlalchemy import Engine

from ledger.certificates.booking import burned, domain_of
from ledger.certificates.statement import Domain, Signatures, Statement
from ledger.chain.answers import hexadecimal, unhex
from ledger.chain.client import Chain
from ledger.chain.transactions import Receipt
from ledger.evaluation.certifiable import refusal
from ledger.evaluation.green import used_certificates
from ledger.evaluation.result import Result
from ledger.evidence.derive import derived_fields
from ledger.store.certificates import StoredCertificate, green_certificates_used, put_certificate
from terminal_signer.errors import CarbonError

__all__ = [
    "Addresses", "Issued", "NotCertifiable", "Parties", "Terms", "certify", "domain_of", "draw_up", "issue", "sign",
    "use_once",
]  # fmt: skip

NO_HASH = bytes(32)


class NotCertifiable(CarbonError):
    """The result itself says that nothing may be certified by it."""

    code = "not-certifiable"


@dataclass(frozen=True, slots=True)
class Parties:
    """The accounts that sign. The enterprise's holds its node, sends the transaction and receives the certificate."""

    enterprise: LocalAccount
    evaluator: LocalAccount
    verifier: LocalAccount


@dataclass(frozen=True, slots=True)
class Addresses:
    """The same three where each signs on a machine of its own: what is known of them is where they sign from."""

    enterprise: bytes
    evaluator: bytes
    verifier: bytes

    @classmethod
    def of(cls, parties: Parties) -> "Addresses":
        return cls(_address(parties.enterprise), _address(parties.evaluator), _address(parties.verifier))


@dataclass(frozen=True, slots=True)
class Terms:
    """What the parties agree upon and no evidence decides. `supersedes` is a token number or 0; `opinion` the hash of
    the verifier's report, 32 zero bytes in a demo deployment only."""

    identifier: str
    kind: int
    period_start: int
    period_end: int
    valid_until: int
    submit_before: int
    assurance: int = 0
    opinion: bytes = NO_HASH
    supersedes: int = 0


@dataclass(frozen=True, slots=True)
class Issued:
    """A minted certificate. `gas_used` is 0 where it was minted before."""

    statement: Statement
    signatures: Signatures
    token: bytes
    transaction: bytes
    block_number: int
    gas_used: int


def draw_up(
    terms: Terms,
    parties: Parties | Addresses,
    iss: str,
    site: bytes,
    rules: Mapping[str, bytes],
    log_id: bytes,
    tree_size: int,
    leaves: Sequence[bytes],
    result: Result,
) -> Statement:
    """The statement that follows from the evidence under these terms. `leaves`: leaf hashes of all frames held, in the
    order of the log; `tree_size`: that of the last anchored head. Raises StatementError, IdentifierError, and
    NotCertifiable where too much is missing for a certificate of any kind."""
    if why := refusal(result.document):
        raise NotCertifiable(
            f"this result cannot be certified: {why}",
            where="result.json, not_certifiable",
            mend="hand in the frames that are missing, or certify a period that has them",
        )
    fields = derived_fields(terms.identifier, iss, site, rules, leaves, result)
    if fields["unit"] is None:
        raise NotCertifiable(
            f"the result has no footprint of {terms.identifier!r}",
            where="result.json, products",
            mend="name PREFIX/PRODUCT, or PREFIX/PRODUCT/BATCH, of which at least a thousandth of a unit was made",
        )
    signers = parties if isinstance(parties, Addresses) else Addresses.of(parties)
    return Statement(
        **fields,
        identifier=terms.identifier,
        kind=terms.kind,
        recipient=signers.enterprise,
        evaluator=signers.evaluator,
        verifier=signers.verifier,
        period_start=terms.period_start,
        period_end=terms.period_end,
        log_id=log_id,
        tree_size=tree_size,
        assurance=terms.assurance,
        opinion=terms.opinion,
        supersedes=terms.supersedes,
        valid_until=terms.valid_until,
        submit_before=terms.submit_before,
    )


def sign(statement: Statement, domain: Domain, account: LocalAccount) -> bytes:
    """65 bytes r ‖ s ‖ v over the statement's EIP-712 digest."""
    return bytes(account.unsafe_sign_hash(Hash32(statement.digest(domain))).signature)


def certify(
    chain: Chain,
    engine: Engine,
    statement: Statement,
    parties: Parties,
    result: Result,
    *,
    openings: Mapping[str, Any],
    summary: Mapping[str, Any],
    issued_at: int,
) -> Issued:
    """Sign by all three, mint, and store what the public page shows. Raises as `issue` does, and signs nothing where
    a green certificate is counted twice."""
    use_once(engine, result)
    domain = domain_of(chain)
    signatures = Signatures(
        sign(statement, domain, parties.enterprise),
        sign(statement, domain, parties.evaluator),
        sign(statement, domain, parties.verifier),
    )
    return issue(
        chain, engine, statement, signatures, parties.enterprise, result,
        openings=openings, summary=summary, issued_at=issued_at,
    )  # fmt: skip


def issue(
    chain: Chain,
    engine: Engine,
    statement: Statement,
    signatures: Signatures,
    recipient: LocalAccount,
    result: Result,
    *,
    openings: Mapping[str, Any],
    summary: Mapping[str, Any],
    issued_at: int,
) -> Issued:
    """Mint what the three have signed, and store what the public page shows. Raises ContractRefused with its reason,
    and NotCertifiable where the result counts a green certificate that another certified result counts.

    What was minted before and not stored, because somebody pulled the plug in between, is stored now."""
    use_once(engine, result)
    token = statement.digest(domain_of(chain))
    found = chain.events("CertificateRegistry", "CertificateMinted", token)
    if found:
        _, entry = found[0]
        place, gas = (unhex(entry["transactionHash"]), hexadecimal(entry["blockNumber"])), 0
    else:
        receipt = _mint(chain, recipient, statement, signatures, result)
        place, gas = (receipt.transaction, receipt.block_number), receipt.gas_used
    issued = Issued(statement, signatures, token, *place, gas)
    put_certificate(engine, _row(issued, result, openings, summary, issued_at))
    return issued


def _mint(
    chain: Chain, enterprise: LocalAccount, statement: Statement, signatures: Signatures, result: Result
) -> Receipt:
    """A product's inputs are burned in the transaction that mints its certificate."""
    signed = astuple(statement), signatures.enterprise, signatures.evaluator, signatures.verifier
    if not any(statement.upstream_root):
        return chain.send(enterprise, "CertificateRegistry", "mint", *signed)
    inputs = [astuple(part) for part in burned(statement, result)]
    return chain.send(enterprise, "CertificateRegistry", "mintProduct", *signed, inputs)


def use_once(engine: Engine, result: Result) -> None:
    """Raises NotCertifiable where the result counts a green certificate that the certified result of another counts."""
    mine = used_certificates(result.document)
    used = green_certificates_used(engine, besides=result.document["site"]["subject"]) if mine else {}
    for certificate in mine.keys() & used.keys():
        raise NotCertifiable(
            f"green certificate {certificate} is counted by the certified result of {used[certificate]}",
            code="green-certificate-used",
            where="result.json, green",
            mend="claim another one, or have the other result superseded by one without it",
        )


def _row(
    issued: Issued,
    result: Result,
    openings: Mapping[str, Any],
    summary: Mapping[str, Any],
    issued_at: int,
) -> StoredCertificate:
    return StoredCertificate(
        token_id=issued.token,
        identifier=issued.statement.identifier,
        kind=issued.statement.kind,
        statement=issued.statement.to_json(),
        result=dict(result.document),
        openings=dict(openings),
        marks=tuple(result.document["marks"]),
        summary=dict(summary),
        transaction=issued.transaction,
        block_number=issued.block_number,
        issued_at=issued_at,
    )


def _address(account: LocalAccount) -> bytes:
    return bytes.fromhex(account.address[2:])
