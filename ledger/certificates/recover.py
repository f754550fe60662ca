"""Who made a secp256k1 signature of 65 bytes r ‖ s ‖ v: the Ethereum address (SEC 1 §4.1.6, EIP-2 for low S).

Plain integers: three signatures a certificate need no speed, and so the verifier needs no further package. Verification
handles public data only, so nothing here has to run in constant time.
"""

from ledger.keccak import keccak256

__all__ = ["recover"]

P = 2**256 - 2**32 - 977
N = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)

Point = tuple[int, int] | None


def _add(a: Point, b: Point) -> Point:
    if a is None or b is None:
        return a or b
    if a[0] == b[0]:
        if (a[1] + b[1]) % P == 0:
            return None
        slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) % P
    else:
        slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P) % P
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def _combine(u: int, a: Point, v: int, b: Point) -> Point:
    """u·a + v·b, both scalars walked together."""
    both = _add(a, b)
    total: Point = None
    for bit in range(255, -1, -1):
        total = _add(total, total)
        choice = (u >> bit & 1) | (v >> bit & 1) << 1
        total = _add(total, (None, a, b, both)[choice])
    return total


def recover(digest: bytes, signature: bytes) -> bytes | None:
    """The 20-byte address whose key signed the 32-byte digest, or None where the signature is no valid one.

    High S and a `v` other than 27 or 28 are refused, as by OpenZeppelin's ECDSA, so a signature has one encoding.
    """
    if len(signature) != 65 or signature[64] not in (27, 28):
        return None
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:64], "big")
    if not (0 < r < N and 0 < s <= N // 2):
        return None
    square = (r**3 + 7) % P
    y = pow(square, (P + 1) // 4, P)
    if y * y % P != square:
        return None
    if y % 2 != signature[64] - 27:
        y = P - y
    inverse = pow(r, -1, N)
    key = _combine(-int.from_bytes(digest, "big") * inverse % N, G, s * inverse % N, (r, y))
    if key is None:
        return None
    return keccak256(key[0].to_bytes(32, "big") + key[1].to_bytes(32, "big"))[12:]
