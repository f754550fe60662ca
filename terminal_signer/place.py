"""A terminal's folder: `terminal.json` (terminal/1, no secret), `key.pem` (encrypted), `spool.sqlite`.

A key in a PKCS#11 token has no key.pem: `terminal.json` names module, token and label, and the passphrase is the PIN.
"""

import getpass
import json
import os
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from terminal_signer import keys, pkcs11
from terminal_signer.agent import Agent
from terminal_signer.chain import Rpc
from terminal_signer.delivery import Delivery
from terminal_signer.errors import CarbonError
from terminal_signer.gateway_client import Gateway
from terminal_signer.keys import PrivateKey, PublicKey, SigningKey
from terminal_signer.pkcs11 import TokenKey, TokenPlace
from terminal_signer.signer import Signer
from terminal_signer.spool import Spool

FORMAT = "terminal/1"
PASSPHRASE = "TERMINAL_SIGNER_PASSPHRASE"  # noqa: S105 - the variable's name
MAX_BYTES = 64 * 1024
_LENGTHS = {"contract": 20, "log_id": 32, "kid": 32}


class PlaceFault(CarbonError):
    """`code`: terminal (the folder is none, or terminal.json is wrong), not-connected, passphrase."""

    code = "terminal"


@dataclass(frozen=True, slots=True)
class Connection:
    """Where frames go, and whom this terminal trusts: chain, contract, log and the gateway's promise key."""

    gateway: str
    rpc: str
    chain_id: int
    contract: bytes
    log_id: bytes
    promise_key: PublicKey
    finality: str | int


@dataclass(frozen=True, slots=True)
class Place:
    """An opened folder."""

    folder: Path
    iss: str
    sub: str
    public: PublicKey
    connection: Connection | None
    token: TokenPlace | None = None

    def spool(self) -> Spool:
        return Spool(self.folder / "spool.sqlite")

    def key(self, passphrase: bytes) -> SigningKey:
        """The key in its file or token; `passphrase` is the token's PIN there."""
        key: SigningKey
        if self.token is None:
            key, kept = keys.load(self.folder / "key.pem", passphrase), "key.pem"
        else:
            key, kept = pkcs11.find(self.token, passphrase), "the token's key"
        if key.public != self.public:
            raise PlaceFault(f"{kept} is not the key that terminal.json names", where=str(self.folder))
        return key

    def signer(self, passphrase: bytes) -> Signer:
        return Signer(self.spool(), self.key(passphrase))

    def connected(self) -> Connection:
        if self.connection is None:
            raise PlaceFault("where frames go is not known yet", code="not-connected", mend="terminal-signer connect")
        return self.connection

    def delivery(
        self,
        progress: Callable[[int], None] = lambda _: None,
        waiting: Callable[[CarbonError, float], None] = lambda error, seconds: None,
        attempts: int = 5,
    ) -> Delivery:
        to = self.connected()
        return Delivery(
            self.spool(), self.public.thumbprint(), Gateway(to.gateway), Rpc(to.rpc), to.contract, to.log_id,
            chain_id=to.chain_id, promise_key=to.promise_key, finality=to.finality, progress=progress,
            waiting=waiting, attempts=attempts,
        )  # fmt: skip

    def agent(self, passphrase: bytes) -> Agent:
        """Signer and delivery in one, for programs that run in-process."""
        to = self.connected()
        return Agent(
            self.spool(), self.key(passphrase), to.gateway, Rpc(to.rpc), to.contract, to.log_id,
            chain_id=to.chain_id, promise_key=to.promise_key, finality=to.finality,
        )  # fmt: skip


def create(folder: Path, key: PrivateKey, passphrase: bytes, iss: str, sub: str, prev: bytes) -> Place:
    """Make the folder with key, spool and terminal.json. A folder that has a key already is left as it is."""
    _make(folder)
    place = Place(folder, iss, sub, key.public, None)
    keys.save(folder / "key.pem", key, passphrase)
    return _begin(place, prev)


def create_for_token(folder: Path, key: TokenKey, token: TokenPlace, iss: str, sub: str, prev: bytes) -> Place:
    """The same for a key that stays in its token."""
    require_none(folder)
    _make(folder)
    return _begin(Place(folder, iss, sub, key.public, None, token), prev)


def require_none(folder: Path) -> None:
    """Raises PlaceFault where the folder is a terminal's already."""
    if (folder / "terminal.json").exists() or (folder / "key.pem").exists():
        raise PlaceFault("a terminal's folder is not overwritten", where=str(folder), mend="choose another --dir")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise PlaceFault(f"the folder cannot be made: {error.strerror}", where=str(folder)) from None


def _begin(place: Place, prev: bytes) -> Place:
    spool = place.spool()
    spool.begin(place.public.thumbprint(), place.iss, place.sub, prev)
    spool.close()
    _write(place)
    return place


def connect(place: Place, connection: Connection) -> Place:
    Gateway(connection.gateway)
    Rpc(connection.rpc)
    connected = replace(place, connection=connection)
    _write(connected)
    return connected


def _write(place: Place) -> None:
    document: dict[str, Any] = {
        "format": FORMAT, "iss": place.iss, "sub": place.sub, "alg": place.public.alg,
        "public_key": _hex(place.public.raw), "kid": _hex(place.public.thumbprint()),
    }  # fmt: skip
    if place.token is not None:
        document["token"] = asdict(place.token)
    if place.connection is not None:
        to = asdict(place.connection)
        to["promise_key"] = {
            "alg": place.connection.promise_key.alg,
            "public_key": _hex(place.connection.promise_key.raw),
        }
        document["connection"] = {
            name: _hex(value) if isinstance(value, bytes) else value for name, value in to.items()
        }
    path = place.folder / "terminal.json"
    new = path.with_suffix(".new")
    try:
        new.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        new.replace(path)
    except OSError as error:
        raise PlaceFault(f"cannot be written: {error.strerror}", where=str(path)) from None


def open_place(folder: Path) -> Place:
    """Read terminal.json. Raises PlaceFault."""
    path = folder / "terminal.json"
    try:
        with path.open("rb") as file:
            document = json.loads(file.read(MAX_BYTES))
    except OSError as error:
        raise PlaceFault(f"cannot be read: {error.strerror}", where=str(path), mend="terminal-signer init") from None
    except (ValueError, RecursionError):
        raise PlaceFault("not JSON", where=str(path)) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise PlaceFault(f"the format is not {FORMAT}", where=str(path))
    try:
        return Place(
            folder, _text(document, "iss"), _text(document, "sub"), _key(document), _connection(document),
            _token(document),
        )  # fmt: skip
    except CarbonError as error:
        raise PlaceFault(error.message, where=f"{path}: {error.where}") from None


def _connection(document: dict[str, Any]) -> Connection | None:
    if "connection" not in document:
        return None
    value = document["connection"]
    if not isinstance(value, dict) or not isinstance(value.get("promise_key"), dict):
        raise PlaceFault("not an object", where="connection")
    finality = value.get("finality")
    if type(value.get("chain_id")) is not int or type(finality) not in (int, str):
        raise PlaceFault("chain_id or finality has the wrong type", where="connection")
    return Connection(
        _text(value, "gateway"), _text(value, "rpc"), value["chain_id"], _bytes(value, "contract"),
        _bytes(value, "log_id"), _key(value["promise_key"]), value["finality"],
    )  # fmt: skip


def _token(document: dict[str, Any]) -> TokenPlace | None:
    if "token" not in document:
        return None
    value = document["token"]
    if not isinstance(value, dict):
        raise PlaceFault("not an object", where="token")
    return TokenPlace(_text(value, "module"), _text(value, "token"), _text(value, "key"))


def _key(value: dict[str, Any]) -> PublicKey:
    return PublicKey(value.get("alg", 0), parse_hex(_text(value, "public_key"), "public_key"))


def _text(value: dict[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str) or not text:
        raise PlaceFault("missing", where=name)
    return text


def _bytes(value: dict[str, Any], name: str) -> bytes:
    return parse_hex(_text(value, name), name, _LENGTHS[name])


def parse_hex(text: str, name: str, length: int | None = None) -> bytes:
    """Bytes from hex with or without 0x. Raises PlaceFault that names the field."""
    try:
        data = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        raise PlaceFault("not hex", where=name) from None
    if length is not None and len(data) != length:
        raise PlaceFault(f"not {length} bytes of hex", where=name)
    return data


def _hex(data: bytes) -> str:
    return "0x" + data.hex()


def passphrase(file: str | None, prompt: str, *, twice: str | None = None) -> bytes:
    """From `file`, else the environment, else asked at the terminal (again with `twice`). There is no default."""
    if file is not None:
        try:
            given = Path(file).read_bytes().rstrip(b"\r\n")
        except OSError as error:
            raise PlaceFault(f"cannot be read: {error.strerror}", code="passphrase", where=file) from None
    elif PASSPHRASE in os.environ:
        given = os.environ[PASSPHRASE].encode()
    elif sys.stdin.isatty():
        given = getpass.getpass(prompt).encode()
        if twice is not None and getpass.getpass(twice).encode() != given:
            raise PlaceFault("the two passphrases differ", code="passphrase")
    else:
        mend = f"--passphrase-file FILE, or {PASSPHRASE} in the environment"
        raise PlaceFault("no passphrase was given", code="passphrase", mend=mend)
    if not given:
        raise PlaceFault("the passphrase is empty", code="passphrase")
    return given
