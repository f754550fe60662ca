"""Attacks on what runs: by a terminal, by the log's operator, by whoever can kill a process or rewind the chain.

Each is carried out against the demo's own gateway, log and contracts, and answers what was seen to happen. Forgeries of
the finished evidence are `devnet.tampers`.
"""

import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from devnet.demo.drill import Drill
from devnet.deploy import create_log
from ledger.chain.errors import ContractRefused
from ledger.language import Language
from ledger.log.checkpoint import Checkpoint, verifier_key
from ledger.log.checkpoint import sign as sign_checkpoint
from terminal_signer.frame import digest_of
from terminal_signer.gateway_client import Gateway, GatewayFault
from terminal_signer.keys import EDDSA, generate
from terminal_signer.promise import Promise
from terminal_signer.promise import sign as sign_promise

Words = tuple[str, str]
DAY = 86_400
REWOUND = 3  # blocks
GARBAGE = (
    b"\x00", b"\xd2\x84\x40\xa0\x40\x40", b"\x9f" * 1000, b"\x81" * 5000, b"\xd2\x84" + b"\xff" * 200, bytes(70_000),
    b"\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00", b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Attack:
    """`answer`: what happens if the invariant holds, `says` the same in words; `run` answers what did."""

    name: str
    invariant: str
    title: Mapping[Language, str]
    answer: str
    says: Mapping[Language, str]
    run: Callable[[Drill], str]


def _again(drill: Drill) -> str:
    raw = drill.meter().sign(drill.now())
    drill.submit(raw)
    return drill.submit(raw).kind


def _twice(drill: Drill) -> str:
    """Two frames of one number: the second in place of the first, once that looks unwelcome."""
    meter, now = drill.meter(), drill.now()
    drill.submit(meter.sign_as(0, meter.prev, now, "9.5"))
    return _flag("fork", drill.submit(meter.sign_as(0, meter.prev, now, "0.5")).flags)


def _twice_shown(drill: Drill) -> str:
    """The same two frames, held by different people who then compare them."""
    meter, now = drill.meter(), drill.now()
    twins = [meter.sign_as(0, meter.prev, now, value) for value in ("9.5", "0.5")]
    drill.stage.anvil.finalize()
    return _flag("fork", drill.convicted_of(*twins))


def _split_view(drill: Drill) -> str:
    """The operator signs another tree head of the anchored size, to be shown to somebody else."""
    key, log_id, size = drill.note_key(), drill.stage.log_id, drill.log_size()
    record = drill.stage.chain.log_record(log_id)
    origin = "" if record is None else record.origin
    notes = [sign_checkpoint(Checkpoint(origin, size, os.urandom(32)), key) for _ in range(2)]
    named = ["--log", f"0x{log_id.hex()}", "--note-key", verifier_key(origin, key.public)]
    return _flag("split-view", drill.convicted_of(*notes, options=named))


def _withheld(drill: Drill) -> str:
    """The gateway promises to log a frame, and never does."""
    raw, now = drill.meter().sign(drill.now()), drill.now()
    promise = Promise(digest_of(raw), drill.stage.log_id, now - 3 * DAY, now - 2 * DAY)
    signed = sign_promise(drill.stage.promise_key, promise)
    return _flag("promise-withheld", drill.convicted_of(signed, options=["--gateway", drill.server.url]))


def _backdated(drill: Drill) -> str:
    meter = drill.meter()
    return _flag("iat", drill.submit(meter.sign(drill.now() - 40 * DAY)).flags)


def _stolen(drill: Drill) -> str:
    """Somebody signs on with a key that its owner has revoked."""
    meter = drill.meter()
    drill.submit(meter.sign(drill.now()))
    drill.revoke(meter)
    return _flag("revoked", drill.submit(meter.sign(drill.now())).flags)


def _erased(drill: Drill) -> str:
    """The owner revokes a key to get rid of what it signed before."""
    meter = drill.meter()
    drill.submit(meter.sign(drill.now()))
    _anchored(drill)
    drill.revoke(meter)
    drill.submit(meter.sign(drill.now()))
    before, after = drill.flags_now(meter)
    return "stands" if "revoked" in after and "revoked" not in before else "erased"


def _rewritten(drill: Drill) -> str:
    return _refusal(drill, drill.log_size() + 1)


def _second_head(drill: Drill) -> str:
    return _refusal(drill, drill.log_size())


def _killed(drill: Drill) -> str:
    raw = drill.meter().sign(drill.now())
    drill.submit(raw)
    drill.server.kill()
    drill.server.start()
    return "kept" if drill.submit(raw).kind == "duplicate" else "lost"


def _rewound(drill: Drill) -> str:
    """The chain forgets the block with the newest head."""
    drill.submit(drill.meter().sign(drill.now()))
    size = _anchored(drill)
    held = _block_of(drill, size)
    drill.stage.anvil.reorganise(REWOUND)
    drill.until("the head again, in another block", lambda: _block_of(drill, size) not in (None, held) or None)
    drill.stage.anvil.finalize()
    return "anchored-again"


def _block_of(drill: Drill, size: int) -> bytes | None:
    """Hash of the block in which a head of this size was anchored lately; None where the chain has none."""
    chain = drill.stage.chain
    lately = max(0, chain.block().number - 10 * REWOUND)
    found = chain.anchor_events(drill.stage.log_id, lately)
    return next((anchored.block_hash for anchored in found if anchored.size == size), None)


def _garbage(drill: Drill) -> str:
    """All of it refused by name, and the gateway goes on."""
    for body in (*GARBAGE, secrets.token_bytes(500)):
        try:
            kinds = {answer.kind for answer in Gateway(drill.server.url).submit([body])}
        except GatewayFault:
            kinds = {"refused"}
        if kinds != {"refused"}:
            return "accepted"
    return "refused" if drill.submit(drill.meter().sign(drill.now())).kind == "logged" else "stuck"


def _other_log(drill: Drill) -> str:
    """A meter enrolled for another log sends its frames to this one as well."""
    stage = drill.stage
    operator = stage.accounts["anchorer"].address
    origin = f"carbon-ledger.invalid/drill-{os.urandom(4).hex()}"
    owner, keys = stage.accounts["log-owner"], (generate(EDDSA).public, generate().public)
    meter = drill.meter(log_id=create_log(stage.chain, owner, origin, *keys, operator))
    return _flag("foreign-log", drill.submit(meter.sign(drill.now())).flags)


def _flag(wanted: str, found: Sequence[str]) -> str:
    return wanted if wanted in found else ""


def _refusal(drill: Drill, size: int) -> str:
    """The operator anchors a made-up root of that size."""
    stage = drill.stage
    try:
        stage.chain.send(stage.accounts["anchorer"], "AnchorLog", "anchor", stage.log_id, size, os.urandom(32), [])
    except ContractRefused as refused:
        return refused.reason
    return "accepted"


def _anchored(drill: Drill) -> int:
    """A day passes, so that the anchorer anchors what was logged; the size of the new head, not yet final."""
    before, anvil = drill.log_size(), drill.stage.anvil
    anvil.set_time(drill.now() + DAY)
    anvil.mine(1)
    return drill.until("the next head", lambda: size if (size := drill.log_size()) > before else None)


def _attack(name: str, invariant: str, title: Words, answer: str, says: Words, run: Callable[[Drill], str]) -> Attack:
    texts: list[Mapping[Language, str]] = [{"en": en, "zh": zh} for en, zh in (title, says)]
    return Attack(name, f"INV-{invariant}", texts[0], answer, texts[1], run)


ATTACKS: tuple[Attack, ...] = (
    _attack("again", "03", ("a frame sent again", "重复发送同一帧"),
            "duplicate", ("known already, nothing changed", "已有此帧，什么也没有改变"), _again),
    _attack("twice", "04", ("two frames signed with one number", "同一序号签署两帧"),
            "fork", ("both logged; from there on the key is disputed", "两帧都入日志；此后该密钥存疑"), _twice),
    _attack("twice-shown", "04", ("… and shown to different people", "……并分别给不同的人看"),
            "fork", ("convicted: its two signatures prove it", "已定责：两个签名即为证据"), _twice_shown),
    _attack("backdated", "05", ("a reading signed for last month", "签署上个月的读数（倒填日期）"),
            "iat", ("flagged: dated before its key was enrolled", "已标记：日期早于密钥登记"), _backdated),
    _attack("stolen", "06", ("a revoked key signs on", "已吊销的密钥继续签名"),
            "revoked", ("flagged: its key had ended", "已标记：密钥已终止"), _stolen),
    _attack("erased", "06", ("a key revoked to erase what it signed", "为抹去旧读数而吊销密钥"),
            "stands", ("what was anchored before stands", "此前已锚定的仍然有效"), _erased),
    _attack("rewritten", "07", ("the operator anchors another history", "日志运营者锚定另一份历史"),
            "AnchorLogInconsistent", ("the contract refused: no extension", "合约拒绝：不是已有日志的延伸"),
            _rewritten),
    _attack("second-head", "08", ("a second head of one size", "为同一大小锚定第二个树头"),
            "AnchorLogNotLarger", ("the contract refused: one head a size", "合约拒绝：每个大小只有一个树头"),
            _second_head),
    _attack("split-view", "08", ("two heads of one size signed for two readers", "为两位读者签署同一大小的两个树头"),
            "split-view", ("convicted: the operator signed both", "已定责：运营者签了两者"), _split_view),
    _attack("killed", "09", ("the gateway killed after its answer", "网关应答后立即断电"),
            "kept", ("the frame it acknowledged is there", "已应答的帧仍在"), _killed),
    _attack("rewound", "10", ("the chain forgets an anchor", "链重组，遗忘一次锚定"),
            "anchored-again", ("anchored again, the same head", "同一树头已重新锚定"), _rewound),
    _attack("garbage", "18", ("garbage sent to the gateway", "向网关发送乱码"),
            "refused", ("all refused by name; the gateway goes on", "全部按名拒绝；网关照常运行"), _garbage),
    _attack("withheld", "21", ("a frame accepted, then withheld", "接收一帧后将其隐匿"),
            "promise-withheld", ("convicted: a signed promise, not kept", "已定责：签署的承诺未兑现"), _withheld),
    _attack("other-log", "22", ("a frame sent to a second log", "把帧再送入另一日志"),
            "foreign-log", ("flagged: it counts only in its own log", "已标记：只在其所属日志中有效"), _other_log),
)  # fmt: skip
