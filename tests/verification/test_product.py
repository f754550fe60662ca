"""A product's footprint through the whole verification, and the correction of a reading behind it (docs/products.md);
then what everybody is told of both certificates: chain, product ledger, page, PACT, credentials and their status lists.

INV-14: what is replaced is not issued again, what was burned stays burned. INV-24: one certificate stands.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import Engine

from devnet.demo.issue import parties_of
from devnet.demo.stage import EVALUATOR, VERIFIER
from ledger.access.client import new_client
from ledger.anchoring.heads import State
from ledger.canonical import exact_number
from ledger.certificates.certify import Terms, certify, draw_up
from ledger.certificates.claim import read_claim, repeat
from ledger.certificates.page import page_document
from ledger.chain.products import Account, account_of, balance_of, deliver, inputs_of
from ledger.credentials.verify import Verdict
from ledger.evaluation.inputs import Rules
from ledger.exchange.footprint import footprint_id
from ledger.exchange.periods import moment
from ledger.store.anchors import AnchorStore
from ledger.store.certificates import StoredCertificate, certificates_of
from ledger.store.clients import put_client
from ledger.store.database import open_store
from ledger.store.engagements import record_of
from ledger.upstream import Input
from ledger.verification import stages
from tests.gateway.shown import FORMS, SECRET, Shown
from tests.verification.stage import DAY, HOUR, ISS, PEOPLE, Office, office
from tests.verification.test_walk import at_home as at_home
from tests.verification.test_walk import furnish, go_through, typed, variables
from tests.verification.workshop import (
    BRACKET,
    BRACKETS,
    CLERK,
    COUNTER,
    DAYS,
    GATE,
    RAIL,
    SITE,
    SMELTER,
    START,
    Smelter,
    open_smelter,
    workshop,
)

MADE = DAYS * 24 * 5 * 1_000  # brackets, in thousandths
OK = 200
SLIP = 990  # kWh that the meter signed too many


@contextmanager
def store(walk: Office) -> Iterator[Engine]:
    engine = open_store(f"sqlite:///{walk.folder / 'ledger.db'}")
    try:
        yield engine
    finally:
        engine.dispose()


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("product") / "demo"
    with office(folder, plant=workshop(), clerks={"clerk": CLERK}) as running:
        furnish(running)
        yield running


@pytest.fixture(scope="module")
def smelter(walk: Office) -> Smelter:
    """Half a tonne of its ingots is delivered."""
    with store(walk) as engine:
        size = AnchorStore(engine, walk.stage.log_id).heads([State.FINAL])[-1].size
    opened = open_smelter(walk.stage, size)
    opened.hand_over(500)
    return opened


@pytest.fixture(autouse=True)
def terminal(walk: Office, at_home: None, capsys: pytest.CaptureFixture[str]) -> None:
    walk.capsys = capsys


def both(walk: Office) -> tuple[StoredCertificate, StoredCertificate]:
    """The newest certificate, after the one that it replaces."""
    with store(walk) as engine:
        new, old, *_ = certificates_of(engine, BRACKET)
    return old, new


def held(walk: Office, account: int) -> int:
    return balance_of(walk.stage.chain, bytes.fromhex(walk.stage.accounts["enterprise"].address[2:]), account)


@pytest.fixture(scope="module")
def known(walk: Office, smelter: Smelter) -> dict[str, str]:
    """The variables of the page; CORRECTION once it was signed."""
    wrong = walk.frames[GATE, START + 3 * HOUR]
    return variables(walk) | {"FRAME": "0x" + wrong.hex(), "INGOTS": f"0x{smelter.goods:064x}"}


def test_every_command_of_the_page_does_what_it_says(
    walk: Office, known: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    go_through("products.md", walk, known, capsys)
    with store(walk) as engine:
        first, second = (record_of(engine, walk.stage.log_id, f"{ISS}/V-2023-000{n}").case for n in (1, 2))
    old, new = both(walk)
    assert first is not None
    assert second is not None
    assert (first.state, first.token, first.applied.kind) == (stages.State.MINTED, old.token_id, 3)
    assert (second.state, second.token, second.applied.supersedes) == (stages.State.MINTED, new.token_id, old.token_id)


def test_the_successor_takes_goods_and_inputs_over_and_issues_nothing_again(walk: Office, smelter: Smelter) -> None:
    """INV-14. The corrected electricity is the only difference between both footprints."""
    old, new = both(walk)
    chain, number = walk.stage.chain, int.from_bytes(old.token_id)
    account = account_of(chain, number)
    before, after = (int(row.statement["footprint"]) for row in (old, new))
    assert account == Account(number, int.from_bytes(new.token_id), "active", after, MADE, MADE, 0, 0, "")
    assert held(walk, number) == MADE - 200_000
    assert inputs_of(chain, int.from_bytes(new.token_id)) == inputs_of(chain, number) == (Input(smelter.goods, 400),)
    assert held(walk, smelter.goods) == 100, "burned once"
    saved = SLIP * exact_number("0.6205") * 5 / 8 / (MADE // 1_000) * 10**6
    assert abs(before - after - saved) <= 1, "both are rounded up"


def opinions(walk: Office) -> list[int]:
    """When each was given."""
    with store(walk) as engine:
        cases = [record_of(engine, walk.stage.log_id, f"{ISS}/V-2023-000{n}").case for n in (1, 2)]
    return [step.at for case in cases if case is not None for step in case.steps if step.action == "opine"]


def test_everybody_is_told_of_the_successor_without_a_further_act(walk: Office) -> None:
    """INV-19, INV-24: by the running gateway, whose follower reads the chain."""
    old, new = both(walk)
    with store(walk) as engine:
        put_client(engine, new_client("workshop", ISS, "enterprise", int(time.time())), SECRET)
    with httpx.Client(base_url=walk.server.url, timeout=30) as client:
        shown = Shown(client, BRACKET, "workshop")
        await_that(lambda: shown.page(old.token_id) == "superseded")
        assert shown.page(new.token_id) == "valid"
        assert shown.facts(old.token_id)["change"]["successor"] == f"0x{new.token_id.hex()}"
        page = shown.html(old.token_id)
        assert "To the certificate that replaced it" in page
        assert "Emissions per unit of product rail" not in page, "another product's figure is not this one's to tell"
        assert f'href="/{BRACKET}?lang=en&amp;token=0x{new.token_id.hex()}"' in page

        footprints = shown.footprints()
        before, after = (footprints[footprint_id(row.token_id)] for row in (old, new))
        assert (before["status"], after["status"]) == ("Deprecated", "Active")
        assert after["precedingPfIds"] == [before["id"]]
        assert "precedingPfIds" not in before
        told = [footprint["pcf"]["verification"]["completedAt"] for footprint in (before, after)]
        assert told == [moment(at) for at in opinions(walk)]
        walk.stage.anvil.finalize()
        await_that(lambda: client.get(f"/credentials/{BRACKET}?form=vc").status_code == OK)
        for form in FORMS:
            assert shown.credential(old.token_id, form) is Verdict.REVOKED
            assert shown.credential(new.token_id, form) is Verdict.VALID


def correction(walk: Office, out: str, *words: str) -> list[str]:
    """`correct` as in a demo deployment, where the three accounts at hand mint at once."""
    accounts = zip(
        ("--account", "--evaluator-key", "--verifier-key"), ("enterprise", "evaluator", "verifier"), strict=True
    )
    given = [word for flag, role in accounts for word in (flag, walk.account(role))]
    return ["correct", BRACKET, "--site", "site.toml", "--out", out, "--reason", "a slip", *given, *words]


def corrected_count(walk: Office, hour: int, brackets: str) -> str:
    """The digest of a correction of the piece counter, final."""
    wrong = "0x" + walk.frames[COUNTER, START + hour * HOUR].hex()
    interval = ("--start", f"2023-01-01T{hour - 1:02}:00", "--end", f"2023-01-01T{hour:02}:00")
    what = ("--frame", wrong, "--name", BRACKETS, "--value", brackets, "--unit", "{piece}", *interval)
    _, why = walk.run("officer", *correction(walk, "never.json", *what, "--wait", "0"), code=1)
    walk.pass_days(1)
    return why.partition("--signed ")[2].split()[0].rstrip(")")


def opined_again(walk: Office) -> str:
    """An engagement to replace the newest certificate by what the log says now, as far as the opinion."""
    name, token = f"{ISS}/V-2023-0003", f"0x{both(walk)[1].token_id.hex()}"
    claim = ("--claim", "third.json")
    walk.run("officer", "claim", "site.toml", "--period", "2023-01-01/2023-01-02", "--out", "third.json")
    of = ("--identifier", BRACKET, "--supersedes", token, "--verifier", VERIFIER, "--evaluator", EVALUATOR)
    walk.run("officer", "apply", name, *claim, *of)
    walk.run("lead", "plan", name, "--reviewer", PEOPLE["reviewer"][0])
    for person in ("lead", "reviewer"):
        walk.run(person, "declare", name)
    walk.run("lead", "review-documents", name, "--exhibit", "record.pdf", "--text", "weighing slips seen")
    walk.run("reviewer", "technical-review", name, "--text", "evidence suffices")
    walk.run("lead", "opine", name, "--misstatement", "0", "--text", "nothing material")
    return name


def test_a_correction_burns_no_more_than_is_held(
    walk: Office, smelter: Smelter, known: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-14: more went in than was claimed, and not all of it was delivered. Refused in words, nothing is applied for;
    once the rest is there, the same correction burns the difference."""
    interval = "2023-01-01T00:00:00+08:00 2023-01-03T00:00:00+08:00"
    claimed = [f"certified_aluminium/$INGOTS 0.15 t {interval}"]
    claimed.append(f"certified_aluminium/$INGOTS.footprint 8000 kg{{CO2e}}/t {interval}")
    items = " ".join(f'--item "{item}"' for item in claimed)
    for line in (
        f"terminal-signer document record.pdf --dir clerk --kind upstream-certificate {items}",
        "terminal-signer send --dir clerk",
    ):
        assert typed(line, known, capsys)[0] == 0
    walk.pass_days(1)
    words = correction(walk, "more.json", "--signed", known["CORRECTION"])
    _, why = walk.run("officer", *words, code=1)
    assert f"the holder has 0.1 of account 0x{smelter.goods:064x}, and 0.15 are needed" in why
    assert f"--signed {known['CORRECTION']}" in why
    _, why = walk.run("officer", *words, "--lang", "zh", code=1)
    assert "只有 0.1，需要 0.15" in why
    assert not (walk.folder / "more.json").exists()
    _, why = walk.run(
        "evaluator", "draw-up", opined_again(walk), "--claim", "third.json", "--site", "site.toml", code=1
    )
    assert "[ERC6909InsufficientBalance]" in why, "the evaluator hears of it before three people sign"
    smelter.hand_over(100)
    done, _ = walk.run("officer", *words)
    assert inputs_of(walk.stage.chain, int(done["token"], 16)) == (Input(smelter.goods, 550),)
    assert held(walk, smelter.goods) == 50


@pytest.mark.parametrize("words", [[], ["--identifier", f"{ISS}/bolt"]])
def test_a_claim_of_several_products_asks_which(walk: Office, words: list[str]) -> None:
    bodies = ("--verifier", VERIFIER, "--evaluator", EVALUATOR)
    _, why = walk.run("officer", "apply", f"{ISS}/V-2023-0009", "--claim", "claim.json", *bodies, *words, code=2)
    assert f"one of {BRACKET}, {RAIL}" in why


def certify_rail(walk: Office) -> None:
    """Out of the first claim, as the bracket was."""
    claim, chain = read_claim((walk.folder / "claim.json").read_bytes(), "claim.json"), walk.stage.chain
    parties, now = parties_of(walk.stage), walk.stage.chain.now()
    terms = Terms(RAIL, claim.kind, claim.period.start, claim.period.end, now + 365 * DAY, now + DAY)
    with store(walk) as engine:
        grounds = repeat(engine, claim, SITE, Rules(**walk.stage.rules))
        statement = draw_up(
            terms, parties, ISS, SITE, walk.stage.rules, claim.log_id, claim.tree_size, grounds.leaves(), claim.result
        )
        certify(
            chain, engine, statement, parties, claim.result,
            openings={}, summary=page_document(claim, grounds, "–", "–", RAIL), issued_at=now,
        )  # fmt: skip


def test_fewer_were_made_than_others_have(
    walk: Office, smelter: Smelter, known: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-14: nothing is taken back from those who have it, the enterprise is told, and what is issued stays what it
    was when more is certified again. Another certificate over the same time is named, and replaced by the same
    correction."""
    certify_rail(walk)
    chain = walk.stage.chain
    with store(walk) as engine:
        first = int.from_bytes(certificates_of(engine, BRACKET)[-1].token_id)
    deliver(chain, walk.stage.accounts["enterprise"], smelter.address, first, 38_000)
    digest = corrected_count(walk, 4, "0")
    words = correction(walk, "fewer.json", "--signed", digest)
    said = walk.said("officer", *words)
    assert f"carbon verification correct {RAIL} --signed {digest}" in said
    assert "The corrected quantity is 235 piece; 240 piece were issued" in said
    assert "238 piece are with others already, 3 piece more than is certified" in said
    account = account_of(chain, first)
    assert account is not None
    assert (account.certified, account.issued, held(walk, first)) == (235_000, MADE, 2_000)

    line = f"carbon goods deliver {BRACKET} 1 --to {SMELTER} --key-file $ENTERPRISE_ACCOUNT"
    code, said = typed(line, known, capsys)
    assert (code, "since the correction 235 are certified; 238 are with others already" in said) == (1, True), said
    code, said = typed(f"carbon trace {BRACKET} --latest", known, capsys)
    assert (code, "5 piece more were issued than are certified since a correction" in said) == (0, True), said
    of_rail = [RAIL if word == BRACKET else word for word in correction(walk, "rail.json", "--signed", digest)]
    done, _ = walk.run("officer", *of_rail)
    view = chain.check(RAIL)
    assert view is not None
    assert (view.status, view.token_id) == ("active", int(done["token"], 16))
    assert [one["identifier"] for one in done["beside"]] == [BRACKET]
    digest = corrected_count(walk, 5, "11")
    done, _ = walk.run("officer", *correction(walk, "again.json", "--signed", digest))
    assert done["goods"] == {
        "account": f"0x{first:064x}", "unit": "{piece}", "certified": "241000", "issued": "240000", "gone": "238000",
    }  # fmt: skip
    account = account_of(chain, first)
    assert account is not None
    assert (account.certified, account.issued, held(walk, first)) == (241_000, 241_000, 3_000)
    assert typed(line, known, capsys)[0] == 0

    to_bodies = ("--site", "site.toml", "--out", "last.json", "--engagement", f"{ISS}/V-2023-0004")
    _, why = walk.run("officer", "correct", BRACKET, *to_bodies, "--signed", digest, "--reason", "a slip", code=2)
    assert "which bodies?" in why
    assert not (walk.folder / "last.json").exists(), "so that the same command can be given again"


def await_that(holds: Callable[[], bool], seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < until, "the gateway does not follow"
        time.sleep(0.1)
