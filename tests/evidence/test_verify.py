"""The verifier on honest bundles, on lies, and under policies that are not met."""

import contextlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devnet import forgery
from ledger.certificates.bundling import write_bundle
from ledger.certificates.certify import NotCertifiable
from ledger.commands.verify import main
from ledger.commands.verify_texts import CLAIM_TITLES, FINDINGS, sentence
from ledger.evidence.bundle import Bundle, read_bundle
from ledger.evidence.policy import Policy
from ledger.evidence.report import CLAIMS, Report
from ledger.evidence.rpc import ChainFacts
from ledger.evidence.verify import verify
from terminal_signer.errors import CarbonError
from terminal_signer.frame import KeyClass, Seen, digest_of, parse
from terminal_signer.keys import EDDSA, ES256, SM2, PrivateKey
from terminal_signer.strict import Malformed
from tests.evidence.plant import DAY, HOUR, ISS, METERS, OFFICER, START, Case, Signer, World, certified, run_plant
from tests.setup.chain_double import chain_double
from tests.setup.sample import policy_json
from tests.without import without_sm

NOW = 1_700_000_000


@pytest.fixture(scope="module")
def honest() -> Case:
    return certified(run_plant())


@pytest.fixture(scope="module")
def of_sm2() -> Case:
    """The same with a meter whose key is of SM2."""
    return certified(run_plant(alg=SM2))


def judged(
    case: Case, bundle: Bundle | None = None, policy: Policy | None = None, facts: ChainFacts | None = None
) -> Report:
    bundle = bundle or case.bundle
    report = verify(bundle, policy or case.policy, facts or case.facts(bundle), NOW)
    for finding in (*report.policy, *(claim.finding for claim in report.claims)):
        assert sentence(finding, "en")
        assert sentence(finding, "zh")
    return report


def finding(report: Report, claim: str) -> str:
    return next(entry.finding.code for entry in report.claims if entry.name == claim)


def states(report: Report) -> dict[str, str]:
    return {claim.name: claim.state for claim in report.claims}


# -- honest ------------------------------------------------------------------------------------------------------------


def test_an_honest_bundle_verifies(honest: Case) -> None:
    bundle = read_bundle(write_bundle(honest.bundle))
    assert bundle == honest.bundle
    report = judged(honest, bundle)
    assert [(claim.name, claim.state) for claim in report.claims] == [(name, "verified") for name in CLAIMS], report
    assert report.policy == ()
    assert report.exit_code == 0


def test_every_claim_and_finding_has_both_languages() -> None:
    assert set(CLAIM_TITLES) == set(CLAIMS)
    for pair in (*CLAIM_TITLES.values(), *FINDINGS.values()):
        assert pair["en"]
        assert pair["zh"]


def test_a_gap_that_the_log_itself_has_is_shown_and_counted_not_hidden() -> None:
    """INV-02: readings that were lost lower the coverage; all three signed that."""
    case = certified(run_plant(lose=[30]))
    report = judged(case)
    assert report.exit_code == 0
    assert finding(report, "key-chain") == "key-chain-flagged"
    assert case.bundle.statement.coverage < 10_000


def test_a_fork_is_logged_and_disputed() -> None:
    """INV-04: two frames with one number, both in the log, both in the bundle."""

    def fork(world: World, meter: Signer, hour: int, seen: Seen) -> None:
        if hour == 40:
            world.log(replace(meter).pack(START + hour * HOUR + 30, (), seen))

    case = certified(run_plant(mischief=fork))
    report = judged(case)
    assert report.exit_code == 0
    assert finding(report, "key-chain") == "key-chain-flagged"
    assert case.bundle.statement.coverage < 10_000


def test_a_key_revoked_in_the_period_counts_until_its_block() -> None:
    """INV-06: judged by anchors, not by what the frames say of themselves."""

    def revoke(world: World, meter: Signer, hour: int, _: Seen) -> None:
        if hour == 40:
            until = START + hour * HOUR
            world.terminals[meter.id] = replace(world.terminals[meter.id], until=until, reason=1)

    case = certified(run_plant(mischief=revoke))
    assert judged(case).exit_code == 0
    assert 0 < case.bundle.statement.coverage < 10_000


def test_a_certificate_of_a_result_with_too_many_gaps_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """INV-17: three parties who sign it all the same are refused by whoever verifies."""

    def revoke(world: World, meter: Signer, hour: int, _: Seen) -> None:
        if hour == 10:
            world.terminals[meter.id] = replace(world.terminals[meter.id], until=START + hour * HOUR, reason=1)

    with pytest.raises(NotCertifiable, match="too-many-gaps"):
        certified(run_plant(mischief=revoke))
    monkeypatch.setattr("ledger.certificates.certify.refusal", lambda document: "")
    report = judged(certified(run_plant(mischief=revoke)))
    assert (report.exit_code, finding(report, "certificate")) == (1, "not-certifiable")
    assert finding(report, "result") == "result"


# -- keys --------------------------------------------------------------------------------------------------------------


def with_terminal(case: Case, signer: Signer, **changes: Any) -> ChainFacts:
    facts = case.facts()
    assert facts.terminals is not None
    return replace(facts, terminals={**facts.terminals, signer.id: replace(facts.terminals[signer.id], **changes)})


@pytest.mark.parametrize(
    ("changes", "claim", "code"),
    [
        ({"key_hash": bytes(32)}, "signatures", "key-unknown"),
        ({"node": bytes(32)}, "signatures", "key-unknown"),
        ({"sub_hash": bytes(32)}, "signatures", "key-unknown"),
        ({"alg": -8}, "signatures", "key-unknown"),
        ({"kid": bytes(32)}, "signatures", "key-unknown"),
        ({"log_id": b"\x01" * 32}, "completeness", "other-log"),
        ({"key_class": 2}, "result", "result-other"),
        ({"until": START + 5, "reason": 1}, "result", "result-other"),
        ({"calibration_due": START + DAY}, "result", "result-other"),
    ],
)
def test_the_registry_is_believed_not_the_bundle(honest: Case, changes: dict[str, Any], claim: str, code: str) -> None:
    """INV-06, INV-19, INV-22, INV-23: key, log, class, life time and calibration are those on chain."""
    report = judged(honest, facts=with_terminal(honest, honest.world.signers[0], **changes))
    assert (report.failed, finding(report, claim), report.exit_code) == (claim, code, 1)


def test_a_second_key_of_a_terminal_cannot_be_hidden(honest: Case) -> None:
    """INV-02: the registry lists every key of the site file's terminals, and each must be there."""
    facts = honest.facts()
    assert facts.terminals is not None
    first = honest.world.signers[0].id
    hidden = replace(facts.terminals[first], kid=b"\x09" * 32)
    report = judged(honest, facts=replace(facts, terminals={**facts.terminals, b"\x09" * 32: hidden}))
    assert (report.failed, finding(report, "completeness")) == ("completeness", "key-missing")


@pytest.mark.parametrize("changes", [{"since": START + 30 * DAY}, {"since": 1, "until": START - 1}])
def test_keys_that_lived_at_other_times_are_not_asked_for(honest: Case, changes: dict[str, Any]) -> None:
    facts = honest.facts()
    assert facts.terminals is not None
    other = replace(facts.terminals[honest.world.signers[0].id], kid=b"\x09" * 32, **changes)
    report = judged(honest, facts=replace(facts, terminals={**facts.terminals, b"\x09" * 32: other}))
    assert report.exit_code == 0


def test_a_rotated_key_may_end_with_the_digest_that_its_successor_names(honest: Case) -> None:
    facts, first = honest.facts(), honest.world.signers[0]
    assert facts.terminals is not None
    positions = [at for at, raw in enumerate(honest.bundle.frames) if parse(raw).kid == first.key.public.thumbprint()]
    cut = forgery.without(honest.bundle, set(positions[-2:]))
    assert finding(judged(honest, cut), "completeness") == "no-closing"
    last = digest_of(honest.bundle.frames[positions[-3]])
    ended = replace(facts.terminals[first.id], until=START + 20 * DAY)
    successor = replace(
        ended, since=START + 20 * DAY, until=0, kid=b"\x09" * 32, predecessor=first.id, last_digest=last
    )
    terminals = {**facts.terminals, first.id: ended, b"\x09" * 32: successor}
    assert finding(judged(honest, cut, facts=replace(facts, terminals=terminals)), "completeness") == "completeness"


def test_a_terminal_of_the_site_file_that_was_never_enrolled(honest: Case) -> None:
    facts = honest.facts()
    terminals = {id_: entry for id_, entry in (facts.terminals or {}).items() if id_ != honest.world.signers[1].id}
    bundle = forgery.without(
        honest.bundle,
        {at for at, raw in enumerate(honest.bundle.frames) if parse(raw).sub == METERS[1]},
    )
    report = judged(honest, bundle, facts=replace(facts, terminals=terminals))
    assert (report.failed, finding(report, "completeness")) == ("completeness", "not-enrolled")


@pytest.mark.parametrize("alg", [EDDSA, SM2])
def test_a_key_without_proof_of_possession(honest: Case, of_sm2: Case, alg: int) -> None:
    """The contract cannot check these proofs, so that the verifier must."""
    case = of_sm2 if alg == SM2 else honest
    others = {key.sub: key.proof for key in case.bundle.keys}
    for proof in (bytes(64), b"", others[METERS[0] if alg == EDDSA else OFFICER]):
        keys = tuple(replace(key, proof=proof) if key.alg == alg else key for key in case.bundle.keys)
        report = judged(case, replace(case.bundle, keys=keys))
        assert (report.failed, finding(report, "signatures")) == ("signatures", "key-possession")


def test_a_meter_of_sm2(of_sm2: Case) -> None:
    """A frame of SM2 counts like any other; one changed bit of it does not."""
    report = judged(of_sm2)
    assert (report.exit_code, report.policy) == (0, ())
    assert [key.alg for key in of_sm2.bundle.keys] == [ES256, SM2, EDDSA, ES256]
    frames = list(of_sm2.bundle.frames)
    at = next(at for at, raw in enumerate(frames) if parse(raw).alg == SM2)
    frames[at] = frames[at][:-1] + bytes([frames[at][-1] ^ 1])
    report = judged(of_sm2, replace(of_sm2.bundle, frames=tuple(frames)))
    assert (report.failed, finding(report, "signatures")) == ("signatures", "frame-signature")


def test_without_the_extra_sm2_is_unsupported_and_nothing_is_called_false(
    of_sm2: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """INV-18: exit 3, by the report and by the command as typed."""
    (tmp_path / "a.bundle").write_bytes(write_bundle(of_sm2.bundle))
    (tmp_path / "policy.json").write_text(json.dumps(policy_json(of_sm2.policy)))
    facts = of_sm2.facts()
    without_sm(monkeypatch)
    report = judged(of_sm2, facts=facts)
    assert (report.exit_code, report.failed) == (3, None)
    assert set(states(report).values()) == {"unchecked"}
    with chain_double(of_sm2.bundle, of_sm2.policy, facts) as rpc:
        order = [str(tmp_path / "a.bundle"), "--policy", str(tmp_path / "policy.json"), "--rpc", rpc]
        assert main([*order, "--lang", "en"]) == 3
        said = capsys.readouterr().out
        assert "unsupported" in said
        assert "carbon-ledger[sm]" in said
        assert "✓" not in said
        assert "✗" not in said
        assert main([*order, "--lang", "zh"]) == 3
        assert "不支持" in capsys.readouterr().out


def test_without_the_extra_a_listed_key_of_sm2_is_unsupported(
    honest: Case, of_sm2: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key without frames here, such as one that ended before the period."""
    bundle = replace(honest.bundle, keys=(*honest.bundle.keys, of_sm2.bundle.keys[1]))
    facts = honest.facts()
    without_sm(monkeypatch)
    report = judged(honest, bundle, facts=facts)
    assert (report.exit_code, finding(report, "signatures")) == (3, "key-algorithm")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"alg": -35}, "key-algorithm"), ({"public_key": b"x"}, "key-key"), ({"iss": "Not A Prefix"}, "key-unknown"),
        ({"sub": f"{ISS}/other"}, "key-unknown"),
    ],
)  # fmt: skip
def test_keys_that_are_none(honest: Case, change: dict[str, Any], code: str) -> None:
    """INV-18, INV-19: an algorithm that is not installed is exit 3, everything else exit 1."""
    keys = (replace(honest.bundle.keys[0], **change), *honest.bundle.keys[1:])
    report = judged(honest, replace(honest.bundle, keys=keys), facts=honest.facts())
    assert finding(report, "signatures") == code
    assert report.exit_code == (3 if code == "key-algorithm" else 1)


def test_a_key_that_is_not_listed(honest: Case) -> None:
    report = judged(honest, replace(honest.bundle, keys=honest.bundle.keys[1:]))
    assert (report.failed, finding(report, "signatures")) == ("signatures", "frame-key")


# -- history -----------------------------------------------------------------------------------------------------------


def test_frames_of_the_opening_may_not_be_left_out(honest: Case) -> None:
    """INV-02: nothing is missing before the first frame either."""
    kid = honest.world.signers[0].key.public.thumbprint()
    mine = [at for at, raw in enumerate(honest.bundle.frames) if parse(raw).kid == kid]
    report = judged(honest, forgery.without(honest.bundle, set(mine[:5])))
    assert (report.failed, finding(report, "completeness")) == ("completeness", "no-opening")


def test_a_frame_left_out_and_everything_stated_anew(honest: Case) -> None:
    """INV-02, INV-12: an adversary who also rewrites result and statement lacks the three signatures."""
    bundle = forgery.evaluated(forgery.without(honest.bundle, {forgery.middle_reading(honest.bundle)}))
    report = judged(honest, bundle)
    assert (report.failed, finding(report, "certificate")) == ("certificate", "not-signed")


def test_a_frame_that_claims_to_have_seen_another_log() -> None:
    """INV-05, INV-08: `seen` is compared with the heads on chain."""

    def lie(world: World, meter: Signer, hour: int, seen: Seen) -> None:
        if hour == 20:
            world.log(meter.pack(START + hour * HOUR + 30, (), Seen(seen.size, b"\x01" * 32)))

    case = certified(run_plant(mischief=lie))
    assert finding(judged(case), "key-chain") == "key-chain-flagged"


def test_proofs_of_other_places(honest: Case) -> None:
    """INV-08"""
    first, *rest = honest.bundle.ranges
    head = honest.bundle.heads[-1]
    longer = replace(honest.bundle, heads=(*honest.bundle.heads, replace(head, size=head.size + 1)))
    assert finding(judged(honest, longer), "inclusion") == "tree-size"
    extra = replace(honest.bundle, ranges=(replace(first, hashes=(bytes(32),)), *rest))
    assert finding(judged(honest, extra), "inclusion") == "not-included"


def test_heads_that_are_mined_but_not_final(honest: Case) -> None:
    """INV-10"""
    report = judged(honest, facts=replace(honest.facts(), heads=False))
    assert (report.exit_code, report.failed) == (3, None)
    assert [entry.code for entry in report.policy] == ["anchor-not-final"]
    assert states(report)["completeness"] == states(report)["result"] == "unchecked"
    report = judged(honest, facts=replace(honest.facts(), heads=False, heads_latest=False))
    assert (report.exit_code, report.failed) == (1, "anchor")


# -- site file, rules, certificate ------------------------------------------------------------------------------------


def test_the_verifiers_approval_needs_a_verifiers_key() -> None:
    """INV-23: an officer's key under the verifier's prefix does not approve."""
    case = certified(run_plant(approver_class=KeyClass.OFFICER))
    report = judged(case)
    assert (report.failed, finding(report, "site")) == ("site", "site-unapproved")


def test_the_approval_must_be_the_signing_verifiers(honest: Case) -> None:
    """INV-12"""
    moved = tuple(
        replace(entry, organisation="88.118.5") if entry.role == "verifier" else entry
        for entry in honest.policy.accredited
    )
    report = judged(honest, policy=replace(honest.policy, accredited=moved))
    assert (report.failed, finding(report, "site")) == ("site", "site-unapproved")


def test_rules_that_were_not_published(honest: Case) -> None:
    """INV-15"""
    report = judged(honest, facts=replace(honest.facts(), published=frozenset(["method"])))
    assert (report.failed, finding(report, "rules")) == ("rules", "rule-unpublished")
    extra = replace(honest.bundle, rules={**honest.bundle.rules, "scheme": b"scheme"})
    assert finding(judged(honest, extra), "rules") == "rule-other"


@pytest.mark.parametrize(("status", "code"), [(1, 0), (0, 1), (2, 1), (3, 1), (4, 1), (5, 3), (9, 1)])
def test_the_certificates_status_on_chain(honest: Case, status: int, code: int) -> None:
    """INV-13: none, suspended, revoked and superseded are failures, expired is the policy's."""
    report = judged(honest, facts=replace(honest.facts(), status=status, status_latest=status))
    assert report.exit_code == code
    assert report.failed == ("certificate" if code == 1 else None)


def test_minted_but_not_final(honest: Case) -> None:
    report = judged(honest, facts=replace(honest.facts(), status=0))
    assert (report.exit_code, [entry.code for entry in report.policy]) == (3, ["certificate-not-final"])


def test_a_contract_wallets_signature_is_left_to_the_chain(honest: Case) -> None:
    signatures = replace(honest.bundle.signatures, enterprise=b"\x01" * 130)
    assert judged(honest, replace(honest.bundle, signatures=signatures)).exit_code == 0
    swapped = replace(honest.bundle.signatures, enterprise=honest.bundle.signatures.verifier)
    assert finding(judged(honest, replace(honest.bundle, signatures=swapped)), "certificate") == "not-signed"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda policy: replace(policy, chain_id=1), "wrong-chain"),
        (lambda policy: replace(policy, genesis=bytes(32)), "wrong-chain"),
        (lambda policy: replace(policy, allow_demo=False), "no-opinion"),
        (lambda policy: replace(policy, max_age=3600), "stale"),
        (lambda policy: replace(policy, accredited=policy.accredited[1:]), "unknown-evaluator"),
        (lambda policy: replace(policy, accredited=policy.accredited[:1]), "unknown-verifier"),
    ],
)  # fmt: skip
def test_policies_that_are_not_met(honest: Case, change: Callable[[Policy], Policy], code: str) -> None:
    """INV-12, INV-19: exit 3, and nothing is called false."""
    report = judged(honest, policy=change(honest.policy), facts=honest.facts())
    assert (report.exit_code, report.failed) == (3, None)
    assert code in [entry.code for entry in report.policy]


def test_a_failed_claim_goes_before_an_unmet_policy(honest: Case) -> None:
    bundle = replace(honest.bundle, statement=replace(honest.bundle.statement, coverage=1))
    report = judged(honest, bundle, policy=replace(honest.policy, allow_demo=False))
    assert report.exit_code == 1
    assert report.policy


# -- garbage -----------------------------------------------------------------------------------------------------------


def test_a_frame_twice(honest: Case) -> None:
    """INV-03"""
    frames = (*honest.bundle.frames[:1], *honest.bundle.frames[:1], *honest.bundle.frames[2:])
    with pytest.raises(Malformed, match="twice"):
        verify(replace(honest.bundle, frames=frames), honest.policy, honest.facts(), NOW)


@pytest.mark.parametrize("change", [{"site": b""}, {"site": b"\xff"}, {"site": b"format = 1"}])
def test_files_that_cannot_be_read(honest: Case, change: dict[str, Any]) -> None:
    """INV-18"""
    with pytest.raises(Malformed):
        verify(replace(honest.bundle, **change), honest.policy, honest.facts(), NOW)


def test_a_method_that_cannot_be_read(honest: Case) -> None:
    """INV-18"""
    rules = {**honest.bundle.rules, "method": b"\x00"}
    with pytest.raises(Malformed):
        verify(replace(honest.bundle, rules=rules), honest.policy, honest.facts(), NOW)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_mutated_frame(honest: Case, data: st.DataObject) -> None:
    """INV-01, INV-18: a changed byte is malformed or a failed claim, never an accepted bundle and never a crash."""
    at = data.draw(st.integers(0, len(honest.bundle.frames) - 1))
    raw = bytearray(honest.bundle.frames[at])
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    bundle = forgery.with_frames(honest.bundle, {at: bytes(raw)})
    with contextlib.suppress(Malformed):
        assert verify(bundle, honest.policy, honest.facts(), NOW).exit_code in (1, 3)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_mutated_member(honest: Case, data: st.DataObject) -> None:
    """INV-18: site file, rules, result, under a correct manifest."""
    member = data.draw(st.sampled_from(["site", "result", "method", "factors"]))
    body = bytearray(getattr(honest.bundle, member) if member in ("site", "result") else honest.bundle.rules[member])
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    if member in ("site", "result"):
        bundle = replace(honest.bundle, **{member: bytes(body)})  # type: ignore[arg-type]
    else:
        bundle = replace(honest.bundle, rules={**honest.bundle.rules, member: bytes(body)})
    with contextlib.suppress(CarbonError):
        assert verify(bundle, honest.policy, honest.facts(), NOW).exit_code == 1


def test_the_report_of_a_difference_names_the_member(honest: Case) -> None:
    document = json.loads(honest.bundle.result)
    document["emissions"]["total"] = "1"
    report = judged(honest, replace(honest.bundle, result=json.dumps(document).encode()))
    facts = next(claim.finding.facts for claim in report.claims if claim.name == "result")
    assert facts["member"] == "emissions.total"
    assert facts["claimed"] == "1"
    assert isinstance(honest.world.signers[0].key, PrivateKey)
