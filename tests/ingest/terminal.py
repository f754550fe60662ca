"""A terminal for tests: signs frames of one key, in order or as badly as a test wants them."""

from collections.abc import Sequence
from decimal import Decimal
from hashlib import sha256

from ledger.log.admission import Enrolment
from terminal_signer.build import build, encode_pack
from terminal_signer.frame import NO_FRAME, Header, KeyClass, Record, Seen, digest_of
from terminal_signer.keys import PrivateKey, generate

HOUR = 3600
START = 1_700_000_000 // HOUR * HOUR
LOG = sha256(b"the log").digest()
ISS = "88.118.20260"


class Terminal:
    """Each `frame` follows the one before unless told otherwise; one reading of the hour that ends at `iat`."""

    def __init__(self, number: int = 1, key: PrivateKey | None = None) -> None:
        self.key = key if key is not None else generate()
        self.sub = f"{ISS}/EQ-{number:04d}"
        self.seq = 0
        self.prev = NO_FRAME

    def enrolment(
        self,
        log_id: bytes = LOG,
        enrolled_at: int = START - HOUR,
        until: int | None = None,
        calibration_due: int | None = None,
        last_digest: bytes = NO_FRAME,
    ) -> Enrolment:
        kid = self.key.public.thumbprint()
        return Enrolment(
            id=sha256(self.sub.encode() + kid).digest(), iss=ISS, sub=self.sub, kid=kid, public_key=self.key.public,
            key_class=KeyClass.METER, log_id=log_id, enrolled_at=enrolled_at, until=until, revoked=until is not None,
            calibration_due=calibration_due, predecessor=None, last_digest=last_digest, proof=b"",
        )  # fmt: skip

    def frame(
        self,
        iat: int | None = None,
        *,
        seq: int | None = None,
        prev: bytes | None = None,
        seen: Seen | None = None,
        payload: bytes | None = None,
    ) -> bytes:
        """The next frame; with `seq` or `prev` given, one that stands aside and is not followed."""
        number = self.seq if seq is None else seq
        signed_at = START + HOUR * (number + 1) if iat is None else iat
        header = Header(ISS, self.sub, signed_at, number, self.prev if prev is None else prev, seen)
        raw = build(self.key, header, self.reading(signed_at) if payload is None else payload)
        if seq is None and prev is None:
            self.seq, self.prev = number + 1, digest_of(raw)
        return raw

    def frames(self, count: int) -> list[bytes]:
        return [self.frame() for _ in range(count)]

    def reading(self, time: int, value: str = "3.17") -> bytes:
        record = Record(f"{self.sub}/active", time - HOUR, time, "kWh", Decimal(value), None)
        return encode_pack(ISS, time - HOUR, [record], time)


def times_of(raws: Sequence[bytes]) -> int:
    """A moment at which none of so many hourly frames is late or early."""
    return START + HOUR * len(raws)
