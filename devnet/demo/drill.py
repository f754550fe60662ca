"""What the demo's live attacks are made with: a gateway that can be killed, and a meter of no certificate.

The drill meter is enrolled under the enterprise but named in no site file, so that whatever it does the certificate
stands; its frames are logged like any other's.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from devnet.demo.server import Server
from devnet.demo.stage import Stage, StageFault
from ledger.chain import terminals
from ledger.identifiers.vaa import terminal_id
from ledger.store.database import open_store
from ledger.store.frames import FrameStore
from terminal_signer.build import build, encode_pack
from terminal_signer.frame import NO_FRAME, KeyClass, digest_of
from terminal_signer.gateway_client import Gateway, Outcome
from terminal_signer.header import Header
from terminal_signer.keys import PrivateKey, generate, load
from terminal_signer.senml import Record

HOUR = 3600
PATIENCE = 30.0
Found = TypeVar("Found")


@dataclass(slots=True)
class Meter:
    """Signs frames of one reading each; `seq` and `prev` go on by themselves."""

    sub: str
    key: PrivateKey
    seq: int = 0
    prev: bytes = NO_FRAME

    def sign(self, iat: int, value: str = "1.5") -> bytes:
        raw = self.sign_as(self.seq, self.prev, iat, value)
        self.seq, self.prev = self.seq + 1, digest_of(raw)
        return raw

    def sign_as(self, seq: int, prev: bytes, iat: int, value: str) -> bytes:
        """A frame of any number: what an honest terminal never does twice."""
        iss = self.sub.partition("/")[0]
        reading = Record(f"{self.sub}/P1", iat - HOUR, iat, "kWh", Decimal(value), None)
        return build(self.key, Header(iss, self.sub, iat, seq, prev), encode_pack(iss, iat - HOUR, [reading], iat))


@dataclass(frozen=True, slots=True)
class Drill:
    stage: Stage
    server: Server
    meters: list[Meter] = field(default_factory=list)

    def now(self) -> int:
        return self.stage.chain.now()

    def meter(self, *, log_id: bytes | None = None) -> Meter:
        """A newly enrolled meter; its log is the demo's unless another is named."""
        iss = next(iter(self.stage.keys)).partition("/")[0]
        meter = Meter(f"{iss}/DRILL-{len(self.meters) + 1:04}", generate())
        chain, holder = self.stage.chain, self.stage.accounts["enterprise"]
        terms = terminals.Terms(KeyClass.METER, log_id or self.stage.log_id)
        terminals.enrol(chain, holder, terminals.request_for(chain, meter.key, meter.sub), terms)
        self.meters.append(meter)
        return meter

    def revoke(self, meter: Meter) -> None:
        """The gateway knows of it when this returns: it asks the chain when it meets a key that it does not know."""
        identity = terminal_id(meter.sub.partition("/")[0], meter.sub, meter.key.public.thumbprint())
        terminals.revoke(self.stage.chain, self.stage.accounts["enterprise"], identity, terminals.REASONS["stolen"])
        self.submit(self.meter().sign(self.now()))

    def flags_now(self, meter: Meter) -> list[frozenset[str]]:
        """What the store says of a meter's frames, in the order of the log."""
        engine = open_store(f"sqlite:///{self.stage.folder / 'ledger.db'}")
        try:
            frames = FrameStore(engine, self.stage.log_id).of_key(meter.key.public.thumbprint())
            return [frame.flags for frame in frames]
        finally:
            engine.dispose()

    def submit(self, raw: bytes) -> Outcome:
        return Gateway(self.server.url).submit([raw])[0]

    def note_key(self) -> PrivateKey:
        """The key that signs the log's checkpoints: the operator's, who may be the liar."""
        keys = self.stage.folder / "keys"
        return load(keys / "note.pem", (keys / "passphrase").read_bytes().strip())

    def convicted_of(self, *exhibits: bytes, options: Sequence[str] = ()) -> list[str]:
        """What `carbon log convict`, a process of its own, finds proven by these."""
        place = self.stage.folder / "exhibits"
        place.mkdir(exist_ok=True)
        files = [place / f"{digest_of(exhibit).hex()[:16]}.exhibit" for exhibit in exhibits]
        for file, exhibit in zip(files, exhibits, strict=True):
            file.write_bytes(exhibit)
        command = [sys.executable, "-m", "ledger", "log", "convict", *map(str, files), *options, "--json"]
        trust = ["--rpc", self.stage.anvil.url, "--dir", str(self.stage.folder)]
        done = subprocess.run([*command, *trust], capture_output=True, timeout=60, check=False)
        if done.returncode not in (0, 1, 3) or not done.stdout:
            raise StageFault(f"carbon log convict: {done.stderr.decode(errors='replace')[-300:]}")
        found = json.loads(done.stdout)["findings"]
        return [finding["code"] for finding in found if finding["weight"] == "proven"]

    def log_size(self) -> int:
        """Leaves of the newest anchored head."""
        head = self.stage.chain.latest_head(self.stage.log_id)
        return 0 if head is None else head.size

    def until(self, what: str, look: Callable[[], Found | None]) -> Found:
        """What `look` finds, within half a minute."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            found = look()
            if found is not None:
                return found
            time.sleep(0.1)
        raise StageFault(f"in vain: {what}", where=str(self.stage.folder / "gateway.log"))
