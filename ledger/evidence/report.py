"""What a verification found: one answer per claim, the policy's conditions, and the exit code that follows."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

__all__ = ["CLAIMS", "Checklist", "Claim", "Failed", "Finding", "Report", "Unmet"]

CLAIMS = (
    "format", "signatures", "key-chain", "inclusion", "anchor", "completeness",
    "site", "rules", "result", "statement", "certificate",
)  # fmt: skip
VERIFIED, FAILED, MALFORMED, POLICY = 0, 1, 2, 3

State = Literal["verified", "failed", "unchecked"]
Value = TypeVar("Value")


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


@dataclass(slots=True)
class Checklist:
    """Runs the claims' checks; one that rests on a claim which was not verified is left unchecked."""

    claims: dict[str, Claim] = field(default_factory=dict)
    needs: dict[str, list[str]] = field(default_factory=dict)
    policy: list[Finding] = field(default_factory=list)
    marks: tuple[str, ...] = ()

    def add(self, name: str, finding: Finding, state: State = "verified") -> None:
        self.claims[name] = Claim(name, state, finding)

    def check(self, name: str, needs: str, test: Callable[[], tuple[Value, Finding]]) -> Value | None:
        """Run `test` unless a claim among `needs` failed already; its value, or None."""
        self.needs[name] = needs.split()
        if any(need in self.claims and self.claims[need].state != "verified" for need in self.needs[name]):
            return None
        return self._run(name, test)

    def confirm(self, name: str, test: Callable[[], tuple[Value, Finding]]) -> None:
        """A second test of a claim that holds so far."""
        if self.claims[name].state == "verified":
            self._run(name, test)

    def _run(self, name: str, test: Callable[[], tuple[Value, Finding]]) -> Value | None:
        try:
            value, finding = test()
        except Unmet as unmet:
            if unmet.finding not in self.policy:
                self.policy.append(unmet.finding)
            self.add(name, unmet.finding, "unchecked")
        except Failed as failure:
            self.add(name, failure.finding, "failed")
        else:
            self.add(name, finding)
            return value
        return None

    def stop(self, finding: Finding) -> None:
        """Nothing can be checked, for one reason that the policy gives."""
        self.policy.append(finding)
        self.claims = {name: Claim(name, "unchecked", finding) for name in CLAIMS}

    def report(self) -> Report:
        for name in CLAIMS:
            unmet = [need for need in self.needs.get(name, []) if self.claims[need].state != "verified"]
            if unmet:
                self.add(name, Finding("depends", {"on": unmet[0]}), "unchecked")
        return Report(tuple(self.claims[name] for name in CLAIMS), tuple(self.policy), self.marks)
