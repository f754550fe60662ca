"""Forgeries of an evidence bundle, by an adversary who has every file, every public hash and keys of his own.

He lacks the keys of terminals, officers, verifiers and signers, and he cannot write to the chain. He puts right what
he can: the manifest, range proofs, chains of keys that he owns, and where it helps him he repeats the evaluation and
draws up a statement that fits. Each forgery names the claim that must catch it.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from devnet import forgery
from ledger.certificates.bundling import write_bundle
from ledger.evidence.bundle import Bundle, read_bundle
from ledger.language import Language
from terminal_signer.keys import generate

__all__ = ["TAMPERS", "Tamper"]

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Tamper:
    """`claim`: the first claim of `carbon verify` that does not hold for what `forge` makes of an honest bundle."""

    name: str
    invariant: str
    title: Mapping[Language, str]
    claim: str
    alter: Callable[[Bundle], Bundle]

    def forge(self, data: bytes) -> bytes:
        """A forged copy, its manifest in order."""
        return write_bundle(self.alter(read_bundle(data)))


def _reading(bundle: Bundle) -> Bundle:
    """One more digit of one reading, in the middle of the year."""
    at = forgery.middle_reading(bundle)
    return forgery.with_frames(bundle, {at: forgery.raised(bundle.frames[at])})


def _reading_signed(bundle: Bundle) -> Bundle:
    """The same, signed again with a key of one's own that the bundle then lists too."""
    at = forgery.middle_reading(bundle)
    stranger = generate()
    frames = {at: forgery.signed_again(forgery.raised(bundle.frames[at]), stranger)}
    return replace(forgery.with_frames(bundle, frames), keys=(*bundle.keys, forgery.key_like(bundle, at, stranger)))


def _key(bundle: Bundle) -> Bundle:
    """A meter's key replaced by one's own, and its whole chain of frames signed with it."""
    at = forgery.middle_reading(bundle)
    return forgery.taken_over(bundle, at, generate())


def _left_out(bundle: Bundle) -> Bundle:
    return forgery.without(bundle, {forgery.middle_reading(bundle)})


def _cut_off(bundle: Bundle) -> Bundle:
    """A meter's last readings and everything that it signed after them."""
    return forgery.without(bundle, forgery.tail(bundle))


def _history(bundle: Bundle) -> Bundle:
    """The log without its last entry, as if its last head had never been otherwise."""
    return forgery.truncated(bundle)


def _anchor_time(bundle: Bundle) -> Bundle:
    """A head that was anchored a day earlier than it was: late readings would be in time."""
    at = len(bundle.heads) // 2
    heads = list(bundle.heads)
    heads[at] = replace(heads[at], time=heads[at].time - 86_400)
    return replace(bundle, heads=tuple(heads))


def _head_left_out(bundle: Bundle) -> Bundle:
    at = len(bundle.heads) // 2
    return replace(bundle, heads=bundle.heads[:at] + bundle.heads[at + 1 :])


def _factor(bundle: Bundle) -> Bundle:
    """Grid electricity at a tenth of its factor; result and statement to match."""
    grid = rb'(id = "electricity\.grid"\n(?:name = .*\n)?value = ")0\.(\d)'
    factors = re.sub(grid, rb"\g<1>0.0\g<2>", bundle.rules["factors"])
    return forgery.evaluated(replace(bundle, rules={**bundle.rules, "factors": factors}))


def _site(bundle: Bundle) -> Bundle:
    """A boundary that counts half of what its first point measures; result and statement to match."""
    site = re.sub(rb'\nratio = "[^"]*"', b"", bundle.site)
    site = re.sub(rb'(\nkind = "(?:amount|register)")', rb'\1\nratio = "0.5"', site, count=1)
    return forgery.evaluated(replace(bundle, site=site))


def _grade(bundle: Bundle) -> Bundle:
    """Another grade – the best, where it is not that already – in the result and in the statement."""
    return forgery.with_result(bundle, ("grade", "grade"), 2 if bundle.statement.grade == 1 else 1)


def _total(bundle: Bundle) -> Bundle:
    """A total of nothing, in the result; the statement carries the forged result's hash."""
    return forgery.with_result(bundle, ("emissions", "total"), "0")


def _office(bundle: Bundle) -> Bundle:
    """More of the emissions said to be metered than meters' keys signed for, in the result."""
    return forgery.with_result(bundle, ("quality", "metered"), 9_999 if bundle.statement.metered == 10_000 else 10_000)


def _statement(bundle: Bundle) -> Bundle:
    """Another coverage than there was, in the statement alone."""
    claimed = 10_000 if bundle.statement.coverage < 10_000 else 9_999
    return replace(bundle, statement=replace(bundle.statement, coverage=claimed))


def _period(bundle: Bundle) -> Bundle:
    """A period without its end – a month of a year –, evaluated and stated anew: only the signatures are missing."""
    stated = bundle.statement
    left_out = 31 * DAY if stated.period_end - stated.period_start > 62 * DAY else DAY
    return forgery.evaluated(replace(bundle, statement=replace(stated, period_end=stated.period_end - left_out)))


def _term(bundle: Bundle) -> Bundle:
    """A certificate that is valid for a year longer."""
    longer = replace(bundle.statement, valid_until=bundle.statement.valid_until + 31_536_000)
    return replace(bundle, statement=longer)


def _tamper(
    name: str, invariant: str, claim: str, en: str, zh: str, alter: Callable[[Bundle], Bundle]
) -> Tamper:  # fmt: skip
    return Tamper(name, f"INV-{invariant}", {"en": en, "zh": zh}, claim, alter)


TAMPERS: tuple[Tamper, ...] = (
    _tamper("reading", "01", "signatures", "a reading changed", "篡改一个读数", _reading),
    _tamper("reading-signed-again", "19", "signatures", "a reading changed and signed with another key",
            "篡改读数并用他人密钥重签", _reading_signed),
    _tamper("key", "19", "signatures", "the meter's key replaced, its whole year signed anew",
            "替换电表密钥并重签全年数据", _key),
    _tamper("frame-left-out", "02", "key-chain", "a frame left out in the middle", "从中间删去一帧", _left_out),
    _tamper("end-cut-off", "02", "completeness", "the last frames left out", "删去末尾的帧", _cut_off),
    _tamper("history", "07", "anchor", "the log's history rewritten", "改写日志历史", _history),
    _tamper("anchor-time", "05", "anchor", "an anchor moved to an earlier day", "将一次锚定改为更早日期", _anchor_time),
    _tamper("head-left-out", "08", "anchor", "a tree head left out", "隐去一个树头", _head_left_out),
    _tamper("factor", "15", "rules", "an emission factor lowered", "调低排放因子", _factor),
    _tamper("site", "11", "site", "the boundary made smaller", "缩小核算边界", _site),
    _tamper("grade", "11", "result", "the grade improved", "提高等级", _grade),
    _tamper("total", "11", "result", "the total lowered", "调低排放总量", _total),
    _tamper("office", "23", "result", "an office's figures passed off as metered", "把人工填报充作计量数据", _office),
    _tamper("statement", "17", "statement", "a share changed in the statement", "篡改声明中的数据覆盖率", _statement),
    _tamper("period", "11", "certificate", "the unwelcome end of the period left out",
            "从核算期中剔除不利的末段", _period),
    _tamper("term", "12", "certificate", "the term extended", "延长证书有效期", _term),
)  # fmt: skip
