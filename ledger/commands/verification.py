"""`carbon verification`: the work of verifying a claim, for enterprise, verification body and evaluator alike.

Each signs with a key of his own what the rules bear, and is told what they do not. Exit codes: 0 done, 1 a step is
refused, the evidence does not suffice, or the chain says no, 2 wrong use or malformed input.
"""

import argparse
import sys
from collections.abc import Callable, Sequence

from ledger.assemble import EvidenceMissing
from ledger.certificates.certify import NotCertifiable
from ledger.certificates.claim import ClaimDiffers
from ledger.chain.errors import ContractRefused
from ledger.commands import verification_issue as issuing
from ledger.commands import verification_show as shows
from ledger.commands.cells import printable
from ledger.commands.depositing import say_deposited
from ledger.commands.refusal_texts import explain_refusal
from ledger.commands.verification_acts import Acts, offset_of, read_hash
from ledger.commands.verification_correct import NotReplaced, correct
from ledger.commands.verification_desk import Desk, NotSent, Signed
from ledger.commands.verification_parser import ACTIONS, parser
from ledger.commands.verification_products import claimed_lines
from ledger.commands.verification_rules import explain
from ledger.commands.verification_texts import TEXTS
from ledger.evaluation.footprints import footprints_of
from ledger.language import Language, asked
from ledger.store.database import StoreError
from ledger.verification.case import Case
from ledger.verification.contents import Content
from ledger.verification.errors import StepRefused
from ledger.verification.standing import concerns, waiting
from terminal_signer.errors import CarbonError

DONE, REFUSED, MALFORMED = 0, 1, 2
_REFUSALS = (StepRefused, EvidenceMissing, NotCertifiable, ClaimDiffers, ContractRefused, StoreError, NotSent)
Make = Callable[[Case | None, int], Content]


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    language = asked(arguments)
    options = parser(language).parse_args(arguments)
    desk = Desk(options, TEXTS[language]["ask.passphrase"])
    run = {"list": _list, "show": _show, "claim": _claim, "mint": _mint, "correct": _correct}.get(options.action, _act)
    try:
        run(options, desk, language)
    except (EOFError, OSError) as fault:
        return _complain(options.action, str(fault) or type(fault).__name__, MALFORMED)
    except CarbonError as fault:
        return _refused(options.action, fault, language)
    return DONE


def _list(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    mine = options.me is not None or options.key is not None
    now, found = desk.now(), []
    for record in desk.records(desk.me if mine else None):
        if (case := record.case) is None:
            continue
        open_now = waiting(case, now)
        if mine:
            open_now = [one for one in open_now if concerns(case, one, desk.me)]
        if open_now or not mine:
            found.append((case, open_now))
    if options.json:
        print(shows.dumped(shows.list_document(found)))
    else:
        print("\n".join(shows.list_lines(found, offset_of(options.offset), language, mine=mine)))


def _show(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    record = desk.record(options.engagement)
    case = record.case if record.case is not None else desk.case(options.engagement)
    if options.out is not None:
        options.out.write_bytes(b"".join(desk.raws(options.engagement)))
    if options.json:
        print(shows.dumped(shows.case_document(record, case, desk.now())))
    else:
        print("\n".join(shows.case_lines(record, case, desk.now(), offset_of(options.offset), language)))


def _claim(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    claim = issuing.make_claim(options, desk)
    with options.out.open("xb") as file:
        options.out.chmod(0o600)
        file.write(claim.to_bytes())
    if options.json:
        document = {
            "format": "verification-claim/1", "claim": str(options.out), "result": f"0x{claim.hash.hex()}",
            "identifier": claim.identifier, "kind": claim.kind, "tree_size": claim.tree_size,
            "footprints": footprints_of(claim.result.document),
        }  # fmt: skip
        print(shows.dumped(document))
    else:
        text = TEXTS[language]
        print(text["claimed"].format(path=options.out, result=f"0x{claim.hash.hex()}"))
        for line in claimed_lines(claim, text):
            print(line)


def _act(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    options.me_key = desk.place.sub
    corrects = None if getattr(options, "corrects", None) is None else read_hash(options.corrects)
    signed = desk.sign(options.engagement, options.action, _maker(options, desk, language), corrects)
    _say_signed(options, desk, signed, language)


def _maker(options: argparse.Namespace, desk: Desk, language: Language) -> Make:
    if options.action == "draw-up":
        return issuing.drawing(options, desk)
    if options.action == "sign":
        return issuing.signing(options, desk)
    make: Make = getattr(Acts(options, TEXTS[language]), ACTIONS[options.action])
    return make


def _mint(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    text, case = TEXTS[language], desk.case(options.engagement)
    issued, deposited = issuing.mint(options, desk, case)
    if not options.json:
        print(text["minted"].format(token=f"0x{issued.token.hex()}", block=issued.block_number, gas=issued.gas_used))
    say_deposited(options, deposited, text)
    signed = desk.sign(options.engagement, "mint", lambda _case, _at: issuing.minted(issued))
    _say_signed(options, desk, signed, language, deposited=not deposited.why)


def _correct(options: argparse.Namespace, desk: Desk, language: Language) -> None:
    text, done = TEXTS[language], correct(options, desk)
    facts = {"digest": f"0x{done.correction.hex()}", "result": f"0x{done.claim.hash.hex()}"}
    old, new = f"0x{done.old.token_id.hex()}", None if done.issued is None else f"0x{done.issued.token.hex()}"
    if options.json:
        engagement = None if done.signed is None else done.signed.case.engagement
        deposited = None if done.deposited is None else not done.deposited.why
        document = {
            "format": "verification-corrected/1", **facts, "claim": str(options.out), "supersedes": old, "token": new,
            "engagement": engagement, "deposited": deposited,
            "goods": None if done.goods is None else done.goods.to_json(),
            "beside": [{"identifier": name, "token": f"0x{token.hex()}"} for name, token in done.beside],
        }  # fmt: skip
        print(shows.dumped(document))
    else:
        print(text["corrected-claim"].format(path=options.out, **facts))
        if done.issued is not None:
            print(text["superseded"].format(old=old, new=new))
        for line in done.goods.lines(text) if done.goods else ():
            print(line)
        for name, _ in done.beside:
            print(text["beside"].format(identifier=name, **facts))
    if done.deposited is not None:
        say_deposited(options, done.deposited, text)
    if done.signed is not None and not options.json:
        _say_signed(options, desk, done.signed, language)


def _say_signed(options: argparse.Namespace, desk: Desk, signed: Signed, language: Language, **more: object) -> None:
    text, now = TEXTS[language], desk.now()
    open_now = waiting(signed.case, now)
    if options.json:
        document = {
            "format": "verification-signed/1", "engagement": signed.case.engagement, "action": signed.step.action,
            "digest": f"0x{signed.step.digest.hex()}", "sha256": f"0x{signed.step.sha256.hex()}", "sent": signed.sent,
            "state": signed.case.state.value, "token": shows.case_token(signed.case),
            "waiting": [shows.waiting_document(one) for one in open_now], **more,
        }  # fmt: skip
        print(shows.dumped(document))
        return
    print(text["signed"].format(action=text["action." + signed.step.action], digest=f"0x{signed.step.digest.hex()}"))
    if not signed.sent:
        print(text["not-sent"])
    print(text["state-now"].format(state=text["state." + signed.case.state.value]))
    offset = offset_of(options.offset)
    print("\n".join("  " + shows.waiting_line(one, signed.case, offset, text) for one in open_now))


def _refused(action: str, fault: CarbonError, language: Language) -> int:
    """What stands in the way; of a correction that is logged already also how to go on with it."""
    cause = fault.because if isinstance(fault, NotReplaced) else fault
    said = explain(cause, language) if isinstance(cause, StepRefused) else explain_refusal(cause, language)
    code = _complain(action, said, REFUSED if isinstance(cause, _REFUSALS) else MALFORMED)
    if isinstance(fault, NotReplaced):
        print(TEXTS[language]["not-replaced"].format(digest=f"0x{fault.correction.hex()}"), file=sys.stderr)
    return code


def _complain(action: str, message: str, code: int) -> int:
    print(f"carbon verification {action}: {printable(message)}", file=sys.stderr)
    return code
