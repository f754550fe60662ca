"""Keccak-256 as Ethereum uses it: the Keccak submission's padding (0x01 … 0x80), not FIPS 202's.

The verifier hashes identifiers and one statement, a few blocks each, so plain Python is fast enough and spares a
dependency. Keccak reference, version 3.0, sections 1.2 (permutation), 1.3 (sponge); rate 1088 bits.
"""

__all__ = ["keccak256"]

RATE = 136
LANE = (1 << 64) - 1

ROUND_CONSTANTS = (
    0x0000000000000001, 0x0000000000008082, 0x800000000000808A, 0x8000000080008000,
    0x000000000000808B, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008A, 0x0000000000000088, 0x0000000080008009, 0x000000008000000A,
    0x000000008000808B, 0x800000000000008B, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800A, 0x800000008000000A,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
)  # fmt: skip


def _rho_pi() -> tuple[tuple[int, int], ...]:
    """For each step of the walk over the lanes: where the lane goes and by how much it is rotated."""
    steps = []
    x, y = 1, 0
    for t in range(24):
        x, y = y, (2 * x + 3 * y) % 5
        steps.append((x + 5 * y, (t + 1) * (t + 2) // 2 % 64))
    return tuple(steps)


RHO_PI = _rho_pi()


def _permute(lanes: list[int]) -> None:
    for constant in ROUND_CONSTANTS:
        c0, c1, c2, c3, c4 = (lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5))
        for x, left, right in ((0, c4, c1), (1, c0, c2), (2, c1, c3), (3, c2, c4), (4, c3, c0)):
            mix = left ^ ((right << 1 | right >> 63) & LANE)
            for lane in range(x, 25, 5):
                lanes[lane] ^= mix
        moved = lanes[1]
        for target, turn in RHO_PI:
            lanes[target], moved = (moved << turn | moved >> (64 - turn)) & LANE, lanes[target]
        for y in range(0, 25, 5):
            a, b, c, d, e = lanes[y : y + 5]
            lanes[y : y + 5] = a ^ (~b & c), b ^ (~c & d), c ^ (~d & e), d ^ (~e & a), e ^ (~a & b)
        lanes[0] ^= constant


def keccak256(data: bytes) -> bytes:
    padded = bytearray(data)
    padded += bytes(RATE - len(data) % RATE)
    padded[len(data)] ^= 0x01
    padded[-1] ^= 0x80
    lanes = [0] * 25
    for block in range(0, len(padded), RATE):
        for lane in range(RATE // 8):
            lanes[lane] ^= int.from_bytes(padded[block + 8 * lane : block + 8 * lane + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])
