"""What the registry says of a terminal, meter or other device as a handle record: its keys, its class, its dates.

Who is metered by what is the enterprise's own business: the values are hidden, so that a resolver shows them only to
the enterprise itself and to whom it granted its evidence.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

from ledger.log.admission import Enrolment
from ledger.resolution.node_records import admin_value
from ledger.resolution.values import HIDDEN, HandleValue

FIRST, WIDTH, MOST = 4100, 10, 50
"""Each key takes ten indices, the newest key first."""


def terminal_values(enrolments: Sequence[Enrolment]) -> list[HandleValue]:
    """Of one identifier; `enrolments` are not empty."""
    values = [replace(admin_value(enrolments[0].iss), permissions=HIDDEN)]
    newest_first = sorted(enrolments, key=lambda one: (one.until is not None, -one.enrolled_at, one.kid))
    for place, enrolment in enumerate(newest_first[:MOST]):
        for number, (code, text) in enumerate(_items(enrolment)):
            if text:
                values.append(HandleValue(FIRST + place * WIDTH + number, code, text.encode(), permissions=HIDDEN))
    return values


def _items(one: Enrolment) -> list[tuple[str, str]]:
    return [
        ("deviceClass", one.key_class.name.lower()),
        ("deviceKey", f"0x{one.kid.hex()}"),
        ("deviceState", "active" if one.until is None else "revoked" if one.revoked else "rotated"),
        ("enrolledAt", _moment(one.enrolled_at)),
        ("endedAt", _moment(one.until)),
        ("calibrationDue", _moment(one.calibration_due)),
        ("log", f"0x{one.log_id.hex()}"),
        ("predecessorKey", f"0x{one.predecessor.hex()}" if one.predecessor and any(one.predecessor) else ""),
    ]


def _moment(seconds: int | None) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if seconds else ""
