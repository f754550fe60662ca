"""`carbon scan --page`: the page that checks labels without a network, printed, or a saved one compared with it."""

import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ledger.commands.input_files import WrongUse, read
from ledger.commands.scan_page import offline_page
from ledger.commands.scan_page_texts import TEXTS
from ledger.credentials.trust import TrustedIssuer
from ledger.language import LANGUAGES, Language

FORMAT = "scan-page/1"
SAME, OTHER = 0, 1


def check_page(name: str, issuers: Sequence[TrustedIssuer], language: Language, *, as_json: bool) -> int:
    """The exit code. A saved page is the same in whichever language it is. Raises WrongUse."""
    if not issuers:
        raise WrongUse("a page without keys checks nothing", where="--keys", mend="carbon scan --page FILE --keys DID")
    if name == "-":
        page = offline_page(issuers, language).encode()
        sys.stdout.buffer.write(page)
        print(f"sha256 {hashlib.sha256(page).hexdigest()}", file=sys.stderr)
        return SAME
    saved = read(Path(name))
    found = next((spoken for spoken in LANGUAGES if offline_page(issuers, spoken).encode() == saved), None)
    own = {spoken: hashlib.sha256(offline_page(issuers, spoken).encode()).hexdigest() for spoken in LANGUAGES}
    digest = hashlib.sha256(saved).hexdigest()
    if as_json:
        print(json.dumps({"format": FORMAT, "sha256": digest, "same": found is not None, "expected": own}))
    else:
        text = TEXTS[language]
        print(text["same"].format(name=name, language=found) if found else text["other"].format(name=name))
        print(f"  sha256 {digest}")
        for spoken in () if found else LANGUAGES:
            print(f"  {text['expected'].format(language=spoken)} {own[spoken]}")
    return SAME if found else OTHER
