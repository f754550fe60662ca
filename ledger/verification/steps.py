"""Steps as they are signed: a document frame of kind "verification-step" whose body is a `verification-step/1`.

    {"format", "engagement", "action", "previous"?, "corrects"?, … the action's fields (contents.py)}

`previous` is the digest of the engagement's frame before, so that an engagement is a chain of its own within the log;
the application has none. `corrects` is the digest of the step that this one states anew.
"""

from dataclasses import dataclass

from ledger.canonical import canonical_json
from ledger.identifiers.vaa import split
from ledger.verification.contents import CONTENTS, Content
from ledger.verification.errors import DocumentFault, named
from ledger.verification.fields import read_fields, write_fields
from terminal_signer import document
from terminal_signer.document import Document
from terminal_signer.frame import Frame, KeyClass, content
from terminal_signer.strict import Members, read_json

KIND = "verification-step"
MEDIA = "application/json"
FORMAT = "verification-step/1"


@dataclass(frozen=True, slots=True)
class Stated:
    """What a document states."""

    engagement: str
    action: str
    content: Content
    previous: bytes | None = None
    corrects: bytes | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A signed document: by which person (`by`, the identifier of the key's holder), with which key of which class, at
    which time; `digest` is the frame's, `sha256` the document's."""

    stated: Stated
    by: str
    kid: bytes
    key_class: KeyClass
    at: int
    digest: bytes
    sha256: bytes

    @property
    def action(self) -> str:
        return self.stated.action


def write_step(stated: Stated) -> Document:
    """The document to sign. Raises DocumentFault for one that would not be read back as the same."""
    with named():
        written = document.of_file(KIND, MEDIA, canonical_json(to_json(stated)))
        if written.body is None:
            raise DocumentFault("longer than a frame holds", mend="put the detail into a file and name its hash")
        if read_body(written.body, stated.action) != stated:
            raise DocumentFault("it would be read back as something else", where=stated.action)
    return written


def to_json(stated: Stated) -> dict[str, object]:
    links = {"previous": stated.previous, "corrects": stated.corrects}
    told: dict[str, object] = {"format": FORMAT, "engagement": stated.engagement, "action": stated.action}
    told |= {name: f"0x{value.hex()}" for name, value in links.items() if value is not None}
    return told | write_fields(stated.content)


def read_body(body: bytes, where: str = "step") -> Stated:
    """Raises DocumentFault for anything that `write_step` would not have written."""
    with named():
        with Members(read_json(body, where), where, FORMAT) as told:
            engagement, action = told.text("engagement"), told.text("action", 40)
            split(engagement)
            if action not in CONTENTS:
                raise DocumentFault(
                    f"there is no step {action!r}", where=f"{where}.action", mend="one of: " + ", ".join(CONTENTS)
                )
            links = {name: told.hex(name, 32) for name in ("previous", "corrects") if name in told.rest}
            stated = Stated(engagement, action, read_fields(CONTENTS[action], told), **links)
        if canonical_json(to_json(stated)) != body:
            raise DocumentFault("not in canonical form", where=where, mend="RFC 8785, without members that are null")
    return stated


def read_frame(frame: Frame, key_class: KeyClass) -> Step | None:
    """The step of a frame whose signature somebody checked; None where it is another document. Raises DocumentFault for
    one of this kind that cannot be read."""
    where = f"frame {frame.seq} of {frame.sub}"
    with named():
        told = content(frame)
    if not isinstance(told, Document) or told.kind != KIND:
        return None
    if told.body is None:
        raise DocumentFault("its body does not travel with it", where=where, mend="sign the body, not its hash alone")
    stated = read_body(told.body, where)
    if frame.corrects != stated.corrects:
        raise DocumentFault("header and body name different steps as corrected", where=where)
    return Step(stated, frame.sub, frame.kid, key_class, frame.iat, frame.digest, told.sha256)
