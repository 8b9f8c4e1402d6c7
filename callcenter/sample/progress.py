"""What a start shows: each step's name, its time, and what it is waiting for."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console


class Progress:
    """A live line on a terminal, one line per finished step elsewhere."""

    def __init__(self, console: Console) -> None:
        self.console = console

    @contextmanager
    def step(self, zh: str, en: str, waiting_for: str) -> Iterator["Detail"]:
        """The step is done when the block ends; `Detail.say` changes what is shown as waited for."""
        began = time.monotonic()
        label = f"{zh} [dim]{en}[/dim]"
        with self.console.status(f"{label} · {waiting_for}") as status:
            try:
                yield Detail(lambda text: status.update(f"{label} · {text}"))
            except BaseException:
                self.console.print(f"[red]✗[/red] {label}  [dim]{time.monotonic() - began:.1f} s[/dim]")
                raise
        self.console.print(f"[green]✓[/green] {label}  [dim]{time.monotonic() - began:.1f} s[/dim]")


class Detail:
    """The changing part of a step's line."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show

    def say(self, text: str) -> None:
        self._show(text)
