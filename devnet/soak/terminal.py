"""A terminal that signs without a pause and delivers, as a process to be killed: `python -m devnet.soak.terminal DIR`.

In DIR, beside the terminal's own files: `passphrase`; `promises`, a line of hex for every promise that the gateway
gave, written before the spool hears of it; `faults`, a line for everything that no crash excuses; `up`, the number of
the process once it works. As soon as the file `stop` is there it signs no more, and ends when it holds no frame that
is not final.
"""

import os
import sys
import time
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

from terminal_signer.chain import ChainUnavailable, Rpc
from terminal_signer.delivery import Delivery
from terminal_signer.errors import CarbonError
from terminal_signer.frame import Record
from terminal_signer.gateway_client import Gateway, GatewayUnavailable, Outcome
from terminal_signer.place import Place, open_place
from terminal_signer.signer import Signer
from terminal_signer.spool import ACKNOWLEDGED, STORED

PAUSE = 0.05
MOST_HELD = 400  # a terminal whose gateway is down does not sign for ever
KWH = "kWh"
FORGOTTEN = "BlockOutOfRangeError"  # anvil after a restart: the state of a block from before it is not kept


class WitnessedGateway(Gateway):
    """Writes down what was promised before anybody else can forget it."""

    def __init__(self, url: str, promises: Path) -> None:
        super().__init__(url)
        self._file = os.open(promises, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(self._file, b"\n")  # behind a line that a kill cut off

    def submit(self, raws: Sequence[bytes]) -> list[Outcome]:
        outcomes = super().submit(raws)
        for outcome in outcomes:
            if outcome.promise:
                os.write(self._file, outcome.promise.hex().encode() + b"\n")
        return outcomes


def main(folder: Path) -> int:
    place = open_place(folder)
    signer = place.signer((folder / "passphrase").read_bytes())
    delivery = _delivery(place, signer)
    (folder / "up").write_text(str(os.getpid()), encoding="ascii")
    while True:
        counts = signer.spool.counts()
        held = counts[STORED] + counts[ACKNOWLEDGED]
        stopping = (folder / "stop").exists()
        if stopping and not held:
            return 0
        if not stopping and held < MOST_HELD:
            _sign(signer, int(time.time()))
        _deliver(delivery, folder)
        time.sleep(PAUSE)


def _delivery(place: Place, signer: Signer) -> Delivery:
    to = place.connected()
    return Delivery(
        signer.spool, signer.kid, WitnessedGateway(to.gateway, place.folder / "promises"), Rpc(to.rpc), to.contract,
        to.log_id, chain_id=to.chain_id, promise_key=to.promise_key, finality=to.finality, attempts=1,
    )  # fmt: skip


def _sign(signer: Signer, now: int) -> None:
    """A reading of each second, heartbeats in between."""
    state = signer.state()
    point = f"{state.sub}/E"
    since = signer.spool.until(signer.kid).get(point, now - 1)
    if now > since:
        signer.record([Record(point, since, now, KWH, Decimal("0.25"), None)], now)
    for _ in range(1 + state.seq % 3):
        signer.heartbeat(now)


def _deliver(delivery: Delivery, folder: Path) -> None:
    """Whoever is down is asked again in the next round. Anything else stands in `faults`."""
    try:
        refused = delivery.send().refused
        faults = [f"refused: {code}, {count} frames" for code, count in refused.items()]
        faults += delivery.collect(int(time.time())).faults
    except (GatewayUnavailable, ChainUnavailable):
        return
    except CarbonError as fault:
        if FORGOTTEN in fault.message:
            return
        faults = [f"{fault.code}: {fault}"]
    if faults:
        with (folder / "faults").open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in faults)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
