"""The whole terminal in one object: sign, send, collect. A daemon, a replay and the tests use it in-process."""

from collections.abc import Callable

from terminal_signer.chain import Finality, Rpc
from terminal_signer.delivery import Collected, Delivery, Sent
from terminal_signer.errors import CarbonError
from terminal_signer.gateway_client import Gateway
from terminal_signer.keys import PublicKey, SigningKey
from terminal_signer.signer import Signer
from terminal_signer.spool import Spool

__all__ = ["Agent", "Collected", "Sent"]


class Agent(Signer):
    """A signer that also delivers. `promise_key` is the gateway's as the chain publishes it for the log.

    `record`, `record_many`, `correct`, `heartbeat`, `document` sign into the spool (signer.py); `send` and `collect`
    are those of delivery.py. All of them take the time instead of reading a clock.
    """

    def __init__(
        self,
        spool: Spool,
        key: SigningKey,
        gateway_url: str,
        rpc: Rpc,
        contract: bytes,
        log_id: bytes,
        *,
        chain_id: int,
        promise_key: PublicKey,
        finality: Finality = "finalized",
        attempts: int = 5,
        sleep: Callable[[float], None] | None = None,
        waiting: Callable[[CarbonError, float], None] = lambda error, seconds: None,
        progress: Callable[[int], None] = lambda _: None,
    ) -> None:
        super().__init__(spool, key)
        self.delivery = Delivery(
            spool, self.kid, Gateway(gateway_url), rpc, contract, log_id,
            chain_id=chain_id, promise_key=promise_key, finality=finality, attempts=attempts, sleep=sleep,
            waiting=waiting, progress=progress,
        )  # fmt: skip

    def send(self, now: int) -> Sent:
        del now  # the gateway's clock counts; the parameter keeps replays and daemons alike
        return self.delivery.send()

    def collect(self, now: int) -> Collected:
        return self.delivery.collect(now)
