"""QR codes of a certificate's page, error correction level M, quiet zone of four modules (ISO/IEC 18004)."""

import io

import segno

_QUIET_ZONE = 4
_WHITE_ON_BLACK = "\x1b[97;40m"
_PLAIN = "\x1b[0m"


def svg_qr(url: str) -> bytes:
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="svg", border=_QUIET_ZONE, light="#fff", xmldecl=False, omitsize=True)
    return out.getvalue()


def png_qr(url: str) -> bytes:
    """Ten pixels a module: sharp on a label of 3 cm at 300 dpi."""
    out = io.BytesIO()
    segno.make_qr(url, error="m").save(out, kind="png", border=_QUIET_ZONE, scale=10)
    return out.getvalue()


def terminal_qr(url: str, *, colour: bool = True) -> str:
    """The code in half blocks. With `colour` it is dark on light whatever the terminal's theme; plain for a file."""
    out = io.StringIO()
    segno.make_qr(url, error="m").terminal(out, border=2, compact=True)
    lines = out.getvalue().rstrip("\n").split("\n")
    return "\n".join(f"{_WHITE_ON_BLACK}{line}{_PLAIN}" for line in lines) if colour else "\n".join(lines)
