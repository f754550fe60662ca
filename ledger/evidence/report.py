"""What a verification found: one answer per claim, the policy's conditions, and the exit code that follows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

CLAIMS = (
    "format", "signatures", "key-chain", "inclusion", "anchor", "completeness",
    "site", "rules", "result", "statement", "certificate",
)  # fmt: skip
RESTS_ON = {
    "key-chain": ("signatures",), "completeness": ("key-chain", "inclusion", "anchor"),
    "site": ("signatures", "inclusion", "anchor"), "result": ("completeness", "site", "rules"),
    "statement": ("result",),
}  # fmt: skip
VERIFIED, FAILED, MALFORMED, POLICY = 0, 1, 2, 3

State = Literal["verified", "failed", "unchecked"]


@dataclass(frozen=True, slots=True)
class Finding:
    """A named outcome with what a reader needs to see of it; `ledger.commands.verify_texts` has the sentences."""

    code: str
    facts: dict[str, str | int]


class Failed(Exception):
    """The claim does not hold: an outcome inside of this package, never an error that leaves it."""

    def __init__(self, code: str, **facts: str | int) -> None:
        super().__init__(code)
        self.finding = Finding(code, facts)


class Unmet(Failed):
    """The claim cannot be judged under this policy, or not yet."""


@dataclass(frozen=True, slots=True)
class Claim:
    name: str
    state: State
    finding: Finding


@dataclass(frozen=True, slots=True)
class Report:
    """`claims` in the order of `CLAIMS`; `policy`: conditions of the policy that are not met; `marks` of the recomputed
    result, which go wherever its figures go."""

    claims: tuple[Claim, ...]
    policy: tuple[Finding, ...]
    marks: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        if any(claim.state == "failed" for claim in self.claims):
            return FAILED
        return POLICY if self.policy else VERIFIED

    @property
    def failed(self) -> str | None:
        """The first claim that failed."""
        return next((claim.name for claim in self.claims if claim.state == "failed"), None)


class Checklist:
    """Runs the claims' checks; one that rests on a claim which was not verified is left unchecked."""

    def __init__(self) -> None:
        self.claims: dict[str, Claim] = {}
        self.policy: list[Finding] = []

    def check(self, name: str, test: Callable[[], Finding]) -> None:
        """Run `test`, unless it rests on what was not verified, or `name` itself was not in an earlier test."""
        if self._unmet(name, *RESTS_ON.get(name, ())):
            return
        try:
            self.claims[name] = Claim(name, "verified", test())
        except Unmet as unmet:
            self.policy += [unmet.finding] if unmet.finding not in self.policy else []
            self.claims[name] = Claim(name, "unchecked", unmet.finding)
        except Failed as failure:
            self.claims[name] = Claim(name, "failed", failure.finding)

    def _unmet(self, *names: str) -> str | None:
        """The first of these claims that is known not to be verified."""
        found = (self.claims.get(name) for name in names)
        return next((claim.name for claim in found if claim is not None and claim.state != "verified"), None)

    def report(self, marks: tuple[str, ...] = (), conditions: Sequence[Finding] = ()) -> Report:
        """`conditions`: what the policy demands beyond the claims."""
        for name in CLAIMS:
            if need := self._unmet(*RESTS_ON.get(name, ())):
                self.claims[name] = Claim(name, "unchecked", Finding("depends", {"on": need}))
        return Report(tuple(self.claims[name] for name in CLAIMS), (*self.policy, *conditions), marks)


def unchecked(finding: Finding) -> Report:
    """Nothing can be checked, for one reason that the policy gives."""
    return Report(tuple(Claim(name, "unchecked", finding) for name in CLAIMS), (finding,))
