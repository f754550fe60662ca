"""One HTML file that checks labels in a browser without any network: program, style, texts and pinned keys in it.

The same keys make the same bytes, so that whoever has the issuer's DID document from elsewhere can tell a good copy by
its SHA-256 (`carbon scan --page`). The file's own policy allows its one script and style by their hashes, and nothing
else: no connection, no form, no other script.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib import resources

from ledger.commands.scan_keys import label_keys
from ledger.commands.scan_page_texts import TEXTS
from ledger.commands.scan_texts import TEXTS as SCAN_TEXTS
from ledger.credentials.trust import TrustedIssuer
from ledger.labels.offline import CANNOT_KNOW, MOST_BYTES, issuer_id
from ledger.language import Language
from ledger.reports.unit_words import counted_names
from terminal_signer.keys import PublicKey

FRAMED = "; frame-ancestors 'none'"
"""What a served page's header says besides; in a file it would mean nothing."""
NO_MARKUP_FROM_SCRIPTS = "require-trusted-types-for 'script'; trusted-types 'none'"
_TONES = {"valid": "good", "moved": "bad", "wrong-signature": "bad", "broken": "bad"}
_OUTCOMES = ("valid", "expired", "not-yet", "moved", "wrong-signature", "unknown-key")
_REFUSED = ("unable", "no-statement", "too-long", "unknown-version", "broken")
_NOTES = ("other-host", "unbound")
_CLAIMED = "unknown-key unable"
_GENUINE = "valid expired not-yet"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of what a code says. The script shows it where the code has the word `fact`, with the placeholders of
    `text` filled in; `compared` with the page that the label led to; names only where a signature vouches for them."""

    fact: str
    label: str
    text: str
    compared: bool = False
    vouched_only: bool = False


def rows(language: Language) -> Iterator[Row]:
    text = SCAN_TEXTS[language]
    for kind in ("2", "3"):
        yield Row(f"kind.{kind}", text["kind"], text[f"kind.{kind}"])
    yield Row("marks", text["marks"], "{marks}")
    yield Row("identifier", text["identifier"], "{identifier}", compared=True)
    yield Row("item", text["trade-item"], "{item}")
    for name in ("product", "enterprise", "uscc"):
        yield Row(name, text[name], f"{{{name}}}", vouched_only=True)
    yield Row("start", text["period"], "{start} – {end}", compared=True)
    yield Row("grade", text["grade"], text["grade.of"], compared=True)
    for level in ("1", "2", "3"):
        yield Row(f"level.{level}", text["level"], f"{text[f'level.{level}']} (L = {{intensity}} {text['l.unit']})")
    yield Row("unit", text["footprint"], "{footprint} kgCO2e " + text["per"], compared=True)
    yield Row("issued", text["issued"], "{issued}")
    yield Row("until", text["until"], "{until}", compared=True)


def unit_names(language: Language) -> str:
    """As the script reads them."""
    return json.dumps(counted_names(language), ensure_ascii=False)


@cache
def script() -> str:
    return _resource("check.js")


def source_hash(text: str) -> str:
    """As a content security policy and an `integrity` attribute write it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def policy() -> str:
    """Of the file."""
    allowed = f"script-src '{source_hash(script())}'; style-src '{source_hash(_style())}'"
    return f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'; {NO_MARKUP_FROM_SCRIPTS}"


def script_keys(issuers: Iterable[TrustedIssuer]) -> str:
    """The Ed25519 keys as the script reads them: with their bounds, in an order of their own."""
    return " ".join(sorted({_script_key(key, issuer) for issuer in issuers for key in label_keys(issuer)}))


def _script_key(key: PublicKey, issuer: TrustedIssuer) -> str:
    """A key that stands twice is bounded by both entries."""
    bounds = [issuer.bounds_of(name) for name, one in issuer.keys.items() if one == key]
    retired = min((bound.retired for bound in bounds if bound.retired is not None), default=None)
    ends = min((bound.ends for bound in bounds if bound.ends is not None), default=None)
    raw = base64.urlsafe_b64encode(key.raw).rstrip(b"=").decode()
    if retired is None and ends is None:
        return raw
    return ":".join((raw, *("" if time is None else str(time) for time in (retired, ends))))


def offline_page(issuers: Sequence[TrustedIssuer], language: Language) -> str:
    text, words = TEXTS[language], SCAN_TEXTS[language]
    root = {"keys": script_keys(issuers), "no-end": words["no-end"], "units": unit_names(language)}
    attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in root.items())
    title, lang = escape(text["title"]), "zh-Hans" if language == "zh" else "en"
    return f"""<!doctype html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{escape(policy(), quote=False)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_style()}</style>
</head>
<body>
<header>carbon-ledger</header>
<main>
<noscript><p class="verdict warn">{escape(text["noscript"])}</p></noscript>
<div id="label-check"{attributes}>
<section class="card">
<h1>{title}</h1>
<p class="note">{escape(text["lead"])}</p>
<label for="text">{escape(text["text"])}</label>
<textarea id="text" rows="5" maxlength="{2 * MOST_BYTES}" autocapitalize="off" autocomplete="off"
 spellcheck="false"></textarea>
<label for="at">{escape(text["at"])}</label>
<input id="at" type="date">
<button type="button">{escape(text["check"])}</button>
</section>
<div role="status">
{"".join(_verdicts(text, words))}
</div>
{_facts(language, text, words)}
</div>
{_keys(issuers, text)}
</main>
<script type="module">{script()}</script>
</body>
</html>
"""


def _verdicts(text: dict[str, str], words: dict[str, str]) -> Iterator[str]:
    for outcome in (*_OUTCOMES, *_REFUSED):
        title = words[f"outcome.{outcome}"] if outcome in _OUTCOMES else text[outcome]
        more = f"<p>{escape(text[f'{outcome}.text'])}</p>" if f"{outcome}.text" in text else ""
        status = f'<p data-fact="issued" data-text="{escape(text["status"])}"><span></span></p>'
        more += status if outcome in _GENUINE.split() else ""
        more += "".join(f'<p data-when="{note}" hidden><b>{escape(words[f"note.{note}"])}</b></p>' for note in _NOTES)
        tone = _TONES.get(outcome, "warn")
        yield f'<section class="verdict {tone}" data-when="{outcome}" hidden><h2>{escape(title)}</h2>{more}</section>\n'


def _facts(language: Language, text: dict[str, str], words: dict[str, str]) -> str:
    own = (
        Row("named", words["address-says"], "{named}"),
        *rows(language),
        Row("checked", words["checked"], "{checked}"),
        Row("host", words["host"], "{host}"),
        Row("issuer", words["key"], "{issuer}"),
        Row("token", words["token"], "0x{token}…"),
        Row("tree_size", words["tree"], "{tree_size}"),
    )
    lines = "".join(_row(row) for row in own)
    known = "".join(f"<li>{escape(words[f'cannot.{name}'])}</li>" for name in CANNOT_KNOW)
    every = f"{_GENUINE} moved {_CLAIMED}"
    return f"""<section class="card" data-when="{every}" hidden>
<h2>{escape(text["facts"])}</h2>
<p class="note" data-when="{_CLAIMED}" hidden>{escape(text["claims"])}</p>
<dl>{lines}</dl>
</section>
<section class="card" data-when="{every}" hidden><h2>{escape(text["cannot"])}</h2><ul>{known}</ul></section>"""


def _row(row: Row) -> str:
    only = " data-vouched-only" if row.vouched_only else ""
    cells = f"<dt>{escape(row.label)}</dt><dd></dd>"
    return f'<div data-fact="{row.fact}" data-text="{escape(row.text)}"{only} hidden>{cells}</div>'


def _keys(issuers: Sequence[TrustedIssuer], text: dict[str, str]) -> str:
    named = sorted({(issuer.did, issuer_id(key).hex()) for issuer in issuers for key in label_keys(issuer)})
    lines = "".join(f"<li>{escape(did)} · {escape(text['key'].format(number=number))}</li>" for did, number in named)
    command = "carbon scan --page FILE --keys did.json"
    return f"""<section class="card">
<h2>{escape(text["keys"])}</h2>
<ul>{lines}</ul>
<p class="note">{escape(text["keys.note"])}</p>
<code>{command}</code>
</section>"""


@cache
def _style() -> str:
    return _resource("check.css")


def _resource(name: str) -> str:
    return resources.files("ledger.labels").joinpath(name).read_text(encoding="utf-8")
