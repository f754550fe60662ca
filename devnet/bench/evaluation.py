"""`python -m devnet.bench.evaluation DATABASE METERS WHAT`: evaluate a year of meters in a process of its own, and
print what it took. WHAT is `first` (from frames; what was kept is dropped) or `again` (from hourly amounts alone).
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine

from devnet.bench.memory import peak
from devnet.bench.meters import END, LOG_ID, OFFICER, START, site, sub_of
from ledger import projecting
from ledger.accounting.method import parse_method
from ledger.evaluation.evaluate import evaluate_source
from ledger.evaluation.inputs import Period, Rules
from ledger.evaluation.projection import Projection
from ledger.projecting import Question, final_heads, projected
from ledger.rules import load_rule
from ledger.store.database import open_store
from ledger.store.enrolments import all_enrolments
from ledger.store.projections import drop_projection

PERIOD = Period(START, END)
RULES = Rules(
    load_rule("general"), load_rule("cn-a-2013"), load_rule("zhejiang-carbon-efficiency"),
    load_rule("demo-rolling-means"),
)  # fmt: skip
SEED = bytes(32)


@dataclass(frozen=True, slots=True)
class Variant:
    """One way of evaluating: which kind, by which rules."""

    kind: int
    rules: Rules
    trial: bool = False


FILLING = RULES.method.replace(b'rule = "report"', b'rule = "highest-rate"')
VARIANTS = {
    "statement": Variant(1, RULES),
    "scheme": Variant(2, RULES),
    "factors": Variant(2, replace(RULES, factors=load_rule("cn-c-2022")), trial=True),
    "gaps filled": Variant(
        1, replace(RULES, method=RULES.method.replace(b'rule = "report"', b'rule = "highest-rate"'))
    ),
}


def question(meters: int) -> Question:
    subs = tuple(sorted([OFFICER, *map(sub_of, range(meters))]))
    return Question(site(meters), parse_method(RULES.method).data_rules, START, END, subs)


def projection_of(engine: Engine, meters: int) -> Projection:
    return projected(engine, LOG_ID, question(meters), final_heads(engine, LOG_ID), all_enrolments(engine))


def evaluated(projection: Projection, meters: int, variant: Variant) -> bytes:
    found = evaluate_source(
        site(meters), variant.rules, projection, PERIOD, seed=SEED, kind=variant.kind, trial=variant.trial
    )
    return found.canonical()


def work(database: str, meters: int, what: str) -> dict[str, Any]:
    """Seconds on the clock and of this process, the most memory, and digests of what came out."""
    engine = open_store(database)
    if what == "first":
        drop_projection(engine, LOG_ID, question(meters).name())
    else:
        projecting.__dict__["stream"] = None  # whoever would read a frame now fails
    variants = {"statement": VARIANTS["statement"]} if what == "first" else VARIANTS
    taken, digests = {}, {}
    for name, variant in variants.items():
        begin, begin_own = time.perf_counter(), time.process_time()
        digests[name] = sha256(evaluated(projection_of(engine, meters), meters, variant)).hexdigest()
        taken[name] = {"wall": time.perf_counter() - begin, "own": time.process_time() - begin_own}
    engine.dispose()
    return {"taken": taken, "digests": digests, "peak": peak()}


def main(argv: Sequence[str]) -> int:
    database, meters, what = argv
    print(json.dumps(work(database, int(meters), what)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
