"""`carbon credential show | verify | export | present | rotate`: certificates as verifiable credentials.

Exit codes: 0 done, verified · 1 refused, or a signature does not hold · 2 malformed or wrong use · 3 sound, but it does
not hold now, or its status was not checked.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from ledger.commands import credential_fetch as fetching
from ledger.commands.credential_holder import holder_key
from ledger.commands.credential_parser import parser
from ledger.commands.credential_show import Seen, document, show
from ledger.commands.credential_texts import TEXTS
from ledger.commands.input_files import WrongUse, read
from ledger.commands.store_place import gateway_address
from ledger.credentials import sd_jwt_vc
from ledger.credentials.errors import CredentialError
from ledger.credentials.jcs import read_object
from ledger.credentials.jose import unverified_payload
from ledger.credentials.key_binding import Asked, bind, did_jwk
from ledger.credentials.sd_jwt import digests, reveal
from ledger.credentials.trust import TrustedIssuer, read_did_document
from ledger.credentials.verify import Verdict, judge, read_list, verify
from ledger.errors import ConfigError
from ledger.identifiers.text import IdentifierError, told
from ledger.identifiers.vaa import split
from ledger.language import Language, asked
from terminal_signer.errors import CarbonError

DONE, FAILED, MALFORMED, POLICY = 0, 1, 2, 3
_NONE = "none"


def main(argv: Sequence[str]) -> int:
    language = asked(argv)
    options = parser(TEXTS[language]).parse_args(argv)
    act = {"show": _show, "verify": _verify, "export": _export, "present": _present, "rotate": _rotate}
    try:
        return act[options.action](options, language)
    except CarbonError as fault:
        print(f"carbon credential: {told(fault, language)}", file=sys.stderr, flush=True)
        return _exit_code(fault)


def _exit_code(fault: CarbonError) -> int:
    if isinstance(fault, CredentialError):
        return MALFORMED if fault.code == "malformed" else FAILED
    return MALFORMED if isinstance(fault, WrongUse | ConfigError | IdentifierError) else FAILED


def _show(options: argparse.Namespace, language: Language) -> int:
    _print(_looked_at(_text(options.file)), DONE, options, language)
    return DONE


def _verify(options: argparse.Namespace, language: Language) -> int:
    text = _text(options.file)
    trusted = _trusted(options.issuer)
    checked = verify(text.encode(), trusted, _request(options))
    lists = [] if options.status == [_NONE] else [read_list(read(Path(name)), trusted) for name in options.status]
    verdict = judge(checked, _now(options.at), lists)
    code = DONE if verdict is Verdict.VALID or _waived(verdict, options) else POLICY
    hidden = _looked_at(text).hidden
    seen = Seen(checked.form, checked.claims, checked.shown, hidden, str(verdict), checked.holder)
    _print(seen, code, options, language)
    return code


def _request(options: argparse.Namespace) -> Asked | None:
    """What the holder is to sign, or to have signed."""
    if (options.nonce is None) != (options.audience is None):
        raise WrongUse("a nonce and an audience belong together", where="--nonce, --audience")
    return None if options.nonce is None else Asked(options.nonce, options.audience)


def _waived(verdict: Verdict, options: argparse.Namespace) -> bool:
    return verdict is Verdict.UNCHECKED and options.status == [_NONE]


def _export(options: argparse.Namespace, language: Language) -> int:
    split(options.identifier)
    source = fetching.Source(gateway_address(options.dir, options.gateway), language)
    if options.client:
        if options.secret_file is None:
            raise WrongUse("a client needs its secret", where="--secret-file")
        secret = read(options.secret_file, 4096).decode("utf-8", "replace").strip()
        source = fetching.authorised(source, options.client, secret)
    asked_for = {"form": options.form, "disclose": options.disclose, "token": options.token}
    if options.holder_key is not None:
        if options.form != "sd-jwt" or not options.client:
            raise WrongUse("only the enterprise's own SD-JWT is bound to a key", where="--holder-key",
                           mend="--form sd-jwt --client ID --secret-file FILE")  # fmt: skip
        asked_for["holder"] = did_jwk(holder_key(options, TEXTS[language], is_new=True).public)
    data = fetching.credential(source, options.identifier, asked_for)
    if options.kit and options.out is None:
        raise WrongUse("the kit is written beside the credential", where="--kit", mend="give --out as well")
    files = {options.out: data} if options.out else {}
    if options.kit:
        files |= {options.out.parent / name: part for name, part in fetching.kit(source, data).items()}
    for path, part in files.items():
        _write(path, part, TEXTS[language])
    if not options.out:
        print(data.decode())
    return DONE


def _present(options: argparse.Namespace, language: Language) -> int:
    held = sd_jwt_vc.held(_text(options.file))
    text, request = held.presenting(field for field in options.disclose.split(",") if field), _request(options)
    if (request is None) != (options.holder_key is None):
        raise WrongUse("a key signs a request, and a request needs a key", where="--holder-key, --nonce, --audience")
    if request is not None:
        text = bind(text, holder_key(options, TEXTS[language]), request, _now(options.at))
    if options.out:
        _write(options.out, text.encode() + b"\n", TEXTS[language])
    else:
        print(text)
    return DONE


def _rotate(options: argparse.Namespace, language: Language) -> int:
    """The keys are the gateway's affair, which the base installation does not have."""
    until = 0 if options.leaked else _now(options.until) if options.until else None
    done = import_module("gateway.rotating").replace_key(options.dir, options.key, until)
    moment = datetime.fromtimestamp(done.until, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    text = TEXTS[language]["dropped" if options.leaked else "rotated"]
    print(text.format(key=options.key, id=done.key_id, until=moment))
    return DONE


def _looked_at(text: str) -> Seen:
    """Unchecked."""
    if text.startswith("{"):
        return Seen("vc", read_object(text, "credential"))
    if "~" not in text:
        return Seen("vc+jwt", unverified_payload(text))
    held = sd_jwt_vc.held(text)
    claims = reveal(held.payload, held.disclosures)
    return Seen(sd_jwt_vc.TYP, claims, held.fields(), digests(held.payload) - len(held.disclosures))


def _print(seen: Seen, code: int, options: argparse.Namespace, language: Language) -> None:
    if options.json:
        print(document(seen, code))
    else:
        show(seen, TEXTS[language], language)


def _text(path: Path) -> str:
    try:
        return read(path).decode().strip()
    except UnicodeDecodeError:
        raise CredentialError("not text in UTF-8", where=str(path)) from None


def _trusted(path: Path) -> TrustedIssuer:
    return read_did_document(read_object(read(path), str(path)))


def _now(text: str | None) -> int:
    if text is None:
        return int(time.time())
    try:
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        raise WrongUse(f"{text[:40]!r} is no time", mend="2026-01-31 or 2026-01-31T00:00:00Z") from None


def _write(path: Path, data: bytes, text: dict[str, str]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as fault:
        raise WrongUse(f"cannot be written: {fault.strerror}", where=str(path)) from fault
    print(text["written"].format(file=path))
