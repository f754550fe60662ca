"""What the demo shows while it works: one line a step with the time it took, a bar for the long one. All on stderr."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

from devnet.demo.texts import TEXTS
from ledger.language import Language


class Bar:
    """A progress bar with a few words behind it."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress = progress
        self._task = task

    def advance(self, note: str = "") -> None:
        self._progress.update(self._task, advance=1, note=note)


class Screen:
    """Steps on the console `err`, in one language."""

    def __init__(self, language: Language, err: Console) -> None:
        self.language = language
        self.console = err
        self._number = 0

    def text(self, key: str, **values: object) -> str:
        return TEXTS[self.language][key].format(**values)

    def line(self, key: str, **values: object) -> None:
        self.console.print(f"  {self.text(key, **values)}", highlight=False, markup=False)

    @contextmanager
    def step(self, key: str, **values: object) -> Iterator[None]:
        """A step's line stands while it runs and stays with a tick and its seconds."""
        self._number += 1
        title = f"{self._number}  {self.text(key, **values)}"
        began = time.monotonic()
        with self.console.status(title, spinner="dots"):
            yield
        self._done(title, began)

    @contextmanager
    def counted(self, key: str, total: int, **values: object) -> Iterator[Bar]:
        """A step of `total` parts with a bar."""
        self._number += 1
        title = f"{self._number}  {self.text(key, **values)}"
        began = time.monotonic()
        columns = (
            TextColumn("{task.description}"), BarColumn(bar_width=24), MofNCompleteColumn(),
            TimeRemainingColumn(compact=True), TextColumn("[dim]{task.fields[note]}"),
        )  # fmt: skip
        with Progress(*columns, console=self.console, transient=True) as progress:
            yield Bar(progress, progress.add_task(title, total=total, note=""))
        self._done(title, began)

    def _done(self, title: str, began: float) -> None:
        self.console.print(f"[green]✓[/] {title}  [dim]{time.monotonic() - began:.1f} s[/]", highlight=False)
