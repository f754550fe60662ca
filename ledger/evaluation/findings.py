"""What an evaluation found that was not as it should be. Faulty data never raise; they are told here."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Findings:
    """What was not as it should be: code and place → how often, and the figures that show it, where there are any."""

    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    figures: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)

    def add(self, code: str, place: str, times: int = 1, /, **figures: str) -> None:
        self.counts[code, place] = self.counts.get((code, place), 0) + times
        if figures:
            self.figures[code, place] = figures

    def copy(self) -> "Findings":
        return Findings(dict(self.counts), dict(self.figures))

    def document(self) -> list[dict[str, object]]:
        """By code and place, as a result lists them."""
        return [
            {"code": code, "place": place, "count": count}
            | ({"figures": self.figures[code, place]} if (code, place) in self.figures else {})
            for (code, place), count in sorted(self.counts.items())
        ]
