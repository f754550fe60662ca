"""Which unit texts a frame may carry: SenML's registered names, else UCUM case-sensitive codes.

Only the name is judged here; conversion is the accounting's. Registered: RFC 8428 §12.1 and the primary and secondary
units of RFC 8798; a pack with a secondary unit states bver 26 (RFC 9100: 10 plus feature 4). UCUM: terms of §2 of its
specification over the atoms that energy, mass, volume and process data need, with metric prefixes and annotations,
so that `{CNY}`, `m3{n}`, `GJ/t` and `kW.h` pass and `kwh` does not.
"""

import re
from functools import lru_cache

REGISTERED = frozenset(
    """
    m kg g s A K cd mol Hz rad sr N Pa J W C V F Ohm S Wb T H Cel lm lx Bq Gy Sv kat m2 m3 l m/s m/s2 m3/s l/s W/m2
    cd/m2 bit bit/s lat lon pH dB dBW Bspl count / % %RH %EL EL 1/s 1/min beat/min beats S/m B VA VAs var vars J/m kg/m3
    deg NTU
    """.split()  # noqa: SIM905 - a table to be compared with the RFC's
)
SECONDARY = frozenset(
    """
    ms min h MHz kW kVA kvar Ah Wh kWh varh kvarh kVAh Wh/km KiB GB Mbit/s B/s MB/s mV mA dBm ug/m3 mm/h m/h ppm
    /100 /1000 hPa mm cm km km/h
    """.split()  # noqa: SIM905
)
BVER_PLAIN = 10
BVER_SECONDARY = 26
MAX_LENGTH = 64

_METRIC = """
    m s g rad K C cd mol sr Hz N Pa J W A V F Ohm S Wb Cel T H lm lx Bq Gy Sv kat
    l L t bar eV u cal cal_th ar st B bit By
"""
_PLAIN = """
    min h d wk mo a deg ' '' atm 10* 10^ % [degF] [Btu] [HP] [psi] [gal_us] [bbl_us] [lb_av] [ft_i] [in_i] [pH] [ppth]
    [ppm] [ppb]
"""
_PREFIXES = ("", *"Y Z E P T G M k h da d c m u n p f a z y Ki Mi Gi Ti".split())  # noqa: SIM905
_ATOMS = frozenset(_PLAIN.split()) | frozenset(prefix + atom for prefix in _PREFIXES for atom in _METRIC.split())
_TOKEN = re.compile(r"(?P<open>\()|(?P<close>\))|(?P<operator>[./])|(?P<annotation>\{[!-z|~]*\})|(?P<atom>[^.{}()/]+)")
_EXPONENT = re.compile(r"(?P<symbol>.*?[^0-9+\-])(?P<exponent>[+-]?[1-9][0-9]?)\Z")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}\Z")


@lru_cache(maxsize=1024)
def is_unit(text: str) -> bool:
    """A registered SenML name or a UCUM term."""
    return text in REGISTERED or text in SECONDARY or is_ucum(text)


def is_ucum(text: str) -> bool:
    """Whether `text` is a UCUM term: components joined by '.' or '/', which may also lead; parentheses group."""
    if not text or len(text) > MAX_LENGTH or not text.isascii():
        return False
    depth, expecting, at, annotated = 0, True, 0, False
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            return False
        kind, at = token.lastgroup, token.end()
        if kind == "operator":
            if expecting and (token[0] == "." or token.start() > 0):
                return False
            expecting, annotated = True, False
        elif kind == "open":
            if not expecting:
                return False
            depth += 1
        elif kind == "close":
            if expecting or depth == 0:
                return False
            depth, annotated = depth - 1, True
        elif kind == "annotation":
            if annotated and not expecting:
                return False
            expecting, annotated = False, True
        else:
            if not expecting or not _is_component(token[0]):
                return False
            expecting = False
    return depth == 0 and not expecting


def _is_component(symbol: str) -> bool:
    if symbol in _ATOMS or _NUMBER.match(symbol):
        return True
    power = _EXPONENT.match(symbol)
    return power is not None and power["symbol"] in _ATOMS
