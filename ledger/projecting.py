"""Projections kept in the store: made from frames where there is none for the heads and keys of now, else read as they
are. So a second evaluation reads no frame, and one that was overtaken by new frames is never taken for current.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Engine

from ledger.accounting.method_rules import DataRules
from ledger.anchoring.heads import State
from ledger.canonical import canonical_json
from ledger.evaluation.inputs import Period
from ledger.evaluation.plain import PlainFault, from_plain, to_plain
from ledger.evaluation.projection import Projection, project, rules_digest
from ledger.evaluation.site import parse_site
from ledger.log.admission import Enrolment, Times
from ledger.log.replay import Head
from ledger.store.anchors import AnchorStore
from ledger.store.database import StoreError
from ledger.store.enrolments import all_enrolments
from ledger.store.projections import Kept, all_questions, drop_projection, get_projection, put_projection
from ledger.streaming import stream, uncollected
from terminal_signer.errors import CarbonError


@dataclass(frozen=True, slots=True)
class Question:
    """What is projected: the points of a site file over a period, from the frames of the terminals `subs`."""

    site: bytes
    rules: DataRules
    start: int
    end: int
    subs: tuple[str, ...]

    def name(self) -> bytes:
        """What does not change what hourly amounts are has no part in it."""
        rules = rules_digest(parse_site(self.site), self.rules)
        return sha256(sha256(self.site).digest() + rules + f"{self.start} {self.end}".encode()).digest()


def projected(
    engine: Engine, log_id: bytes, question: Question, heads: Sequence[Head], enrolments: Sequence[Enrolment]
) -> Projection:
    """The projection up to the last of the final `heads`: as kept, where nothing has changed since, else made and kept.

    Raises EvidenceMissing, ProjectionError for one that was altered, StoreError.
    """
    name, basis = question.name(), _basis(question, heads, enrolments)
    kept = get_projection(engine, log_id, name)
    if kept is not None and kept.basis == basis:
        return kept.projection
    made = _made(engine, log_id, question, heads, enrolments)
    put_projection(engine, log_id, name, made)
    return made.projection


def rebuild_projections(engine: Engine, log_id: bytes) -> int:
    """Make every projection of a log again, up to the head that it was made for; how many rows were not as they should
    be. What nobody could ask any more is dropped."""
    changed = 0
    enrolments = [key for key in all_enrolments(engine) if key.log_id == log_id]
    heads = final_heads(engine, log_id)
    for name, written, size in all_questions(engine, log_id):
        try:
            question = _read(written)
            made = _made(engine, log_id, question, [head for head in heads if head.size <= size], enrolments)
            if question.name() != name:
                raise PlainFault("kept under another name")
        except StoreError:
            raise
        except CarbonError:
            drop_projection(engine, log_id, name)
            changed += 1
        else:
            changed += put_projection(engine, log_id, name, made)
    return changed


def final_heads(engine: Engine, log_id: bytes) -> list[Head]:
    """The log's heads that are final on the chain, by size."""
    anchored = AnchorStore(engine, log_id).heads([State.FINAL])
    return [Head(head.size, head.root, head.place.time) for head in anchored if head.place is not None]


def _made(
    engine: Engine, log_id: bytes, question: Question, heads: Sequence[Head], enrolments: Sequence[Enrolment]
) -> Kept:
    plan, period = parse_site(question.site), Period(question.start, question.end)
    times = _times(question)
    with uncollected():
        evidence = stream(engine, log_id, enrolments, heads, question.subs, period, times)
        projection = project(evidence, plan, question.rules, period)
    return Kept(_written(question), _basis(question, heads, enrolments), heads[-1].size, projection)


def _times(question: Question) -> Times:
    rules = question.rules
    return Times(rules.grace, rules.delay(parse_site(question.site).max_delay), rules.skew)


def _basis(question: Question, heads: Sequence[Head], enrolments: Sequence[Enrolment]) -> bytes:
    """A digest of what decides a projection besides its name: whose frames, when what was anchored, what the registry
    says of the keys, and the times that frames are judged by."""
    keys = [to_plain(key) for key in enrolments if key.sub in question.subs]
    parts = [sorted(question.subs), to_plain(list(heads)), sorted(keys), to_plain(_times(question))]
    return sha256(canonical_json(parts)).digest()


def _written(question: Question) -> bytes:
    return canonical_json(to_plain(question))


def _read(written: bytes) -> Question:
    try:
        found: Question = from_plain(Question, json.loads(written))
    except ValueError as fault:
        raise PlainFault(f"no question: {fault!s:.80}") from None
    return found
