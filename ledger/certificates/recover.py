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
    1,
)

Point = tuple[int, int, int]
"""Jacobian coordinates: x/z², y/z³; z = 0 is the point at infinity."""
INFINITY: Point = (0, 1, 0)


def _double(a: Point) -> Point:
    x, y, z = a
    square = y * y % P
    spread = 4 * x * square % P
    slope = 3 * x * x % P
    across = (slope * slope - 2 * spread) % P
    return across, (slope * (spread - across) - 8 * square * square) % P, 2 * y * z % P


def _add(a: Point, b: Point) -> Point:
    if not a[2] or not b[2]:
        return b if b[2] else a
    za, zb = a[2] * a[2] % P, b[2] * b[2] % P
    xa, xb = a[0] * zb % P, b[0] * za % P
    ya, yb = a[1] * zb * b[2] % P, b[1] * za * a[2] % P
    if xa == xb:
        return _double(a) if ya == yb else INFINITY
    run, rise = xb - xa, yb - ya
    square = run * run % P
    cube = square * run % P
    across = (rise * rise - cube - 2 * xa * square) % P
    return across, (rise * (xa * square - across) - ya * cube) % P, a[2] * b[2] * run % P


def _combine(u: int, a: Point, v: int, b: Point) -> Point:
    """u·a + v·b, both scalars walked together."""
    choices = (INFINITY, a, b, _add(a, b))
    total = INFINITY
    for bit in range(255, -1, -1):
        total = _add(_double(total), choices[(u >> bit & 1) | (v >> bit & 1) << 1])
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
    key_x, key_y, key_z = _combine(-int.from_bytes(digest, "big") * inverse % N, G, s * inverse % N, (r, y, 1))
    if not key_z:
        return None
    back = pow(key_z, -1, P)
    x, y = key_x * back * back % P, key_y * back * back * back % P
    return keccak256(x.to_bytes(32, "big") + y.to_bytes(32, "big"))[12:]
