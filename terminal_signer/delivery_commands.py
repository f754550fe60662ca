"""The words of `terminal-signer` that need no key or run for long: send, collect, run, status."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from terminal_signer.commands import Options, Result, Say
from terminal_signer.delivery import NOT_YET, Collected, Sent
from terminal_signer.errors import CarbonError
from terminal_signer.place import Place, open_place, passphrase
from terminal_signer.progress import progress
from terminal_signer.signer import Signer
from terminal_signer.spool import REFUSED
from terminal_signer.wording import explain


def run_send(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    place.connected()
    spool = place.spool()
    if options.again:
        spool.restore((digest for digest, _ in spool.refusals()), (REFUSED,))
    with progress(say("send.progress"), spool.counts()["stored"], quiet=options.json) as advance:
        sent = place.delivery(advance, _waiting(options, say)).send()
    result = {"logged": sent.logged, "duplicates": sent.duplicates, "refused": sent.refused, "flags": sent.flags}
    return result, _sent_lines(sent, say), 1 if sent.refused else 0


def _waiting(options: Options, say: Say) -> Callable[[CarbonError, float], None]:
    def note(error: CarbonError, seconds: float) -> None:
        options.note(say("waiting", error=explain(error, options.language), seconds=round(seconds)))

    return note


def _sent_lines(sent: Sent, say: Say) -> list[str]:
    lines = [say("send.done", logged=sent.logged, duplicates=sent.duplicates, refused=sum(sent.refused.values()))]
    if sent.refused:
        lines.append(say("send.refused", what=_counts(sent.refused)))
    if NOT_YET & sent.refused.keys():
        lines.append(say("send.unknown"))
    if sent.flags:
        lines.append(say("send.flags", what=_counts(sent.flags)))
    return lines


def run_collect(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    place.connected()
    with progress(say("collect.progress"), place.spool().counts()["acknowledged"], quiet=options.json) as advance:
        found = place.delivery(advance, _waiting(options, say)).collect(int(time.time()))
    result = {
        "released": found.released, "pending": found.pending, "not_final": found.not_final, "resent": found.resent,
        "faults": found.faults, "overdue": found.overdue, "seen": found.seen.size if found.seen else None,
    }  # fmt: skip
    return result, _collected_lines(found, say), 1 if found.faults else 0


def _collected_lines(found: Collected, say: Say) -> list[str]:
    lines = [say("collect.done", released=found.released, pending=found.pending, not_final=found.not_final)]
    lines += [say("collect.fault", what=fault) for fault in found.faults]
    if found.resent:
        lines.append(say("collect.resent", resent=found.resent))
    if found.overdue:
        lines.append(say("collect.overdue", overdue=found.overdue))
    return lines


def run_status(options: Options, say: Say) -> Result:
    place = open_place(Path(options.dir))
    spool, kid = place.spool(), place.public.thumbprint()
    state, counts = spool.key_state(kid), spool.counts()
    refusals = [{"digest": _hex(digest), "reason": reason} for digest, reason in spool.refusals()]
    final = spool.last_final(kid)
    result = {
        "final": {"seq": final[0], "digest": _hex(final[1])} if final else None,
        "iss": place.iss, "sub": place.sub, "kid": _hex(kid), "next_seq": state.seq, "last_iat": state.iat or None,
        "seen": {"size": state.seen.size, "root": _hex(state.seen.root)} if state.seen else None,
        "frames": counts, "flags": spool.flags(), "refusals": refusals, "overdue": len(spool.overdue(int(time.time()))),
    }  # fmt: skip
    when = datetime.fromtimestamp(state.iat, UTC).isoformat() if state.iat else say("none")
    seen = str(state.seen.size) if state.seen else say("none")
    lines = [
        say("status.key", sub=place.sub, kid=_hex(kid)),
        say("status.chain", seq=state.seq, iat=when, seen=seen),
        say("status.counts", **counts),
        *([say("status.final", seq=final[0], digest=_hex(final[1]))] if final else []),
        *(say("send.refused", what=f"{item['digest']} {item['reason']}") for item in refusals),
    ]
    return result, lines, 0


def run_run(options: Options, say: Say) -> Result:
    """Rounds until interrupted; a round that fails is named and the next one tries again."""
    place = open_place(Path(options.dir))
    place.connected()
    signer = place.signer(passphrase(options.passphrase_file, say("ask"))) if options.heartbeat else None
    rounds = released = 0
    try:
        while True:
            released += _round(place, signer, options, say)
            rounds += 1
            time.sleep(options.every)
    except KeyboardInterrupt:
        return {"rounds": rounds, "released": released}, [], 0


def _round(place: Place, signer: Signer | None, options: Options, say: Say) -> int:
    now = int(time.time())
    delivery = place.delivery(attempts=1)
    try:
        if signer is not None and now - signer.state().iat >= options.heartbeat:
            signer.heartbeat(now)
        sent, found = delivery.send(), delivery.collect(now)
    except CarbonError as error:
        options.note(say("waiting", error=explain(error, options.language), seconds=options.every))
        return 0
    finally:
        delivery.spool.close()
    for line in (*_sent_lines(sent, say), *_collected_lines(found, say)):
        options.note(line)
    return found.released


def _counts(named: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(named.items()))


def _hex(data: bytes) -> str:
    return "0x" + data.hex()
