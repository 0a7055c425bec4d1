"""What is printed: where nobody reads on (``| head -1``), or the disk is full, a command goes on and writes its files."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from textwrap import fill
from typing import Any

NO_BREAK = "\N{NO-BREAK SPACE}"


class Output:
    """A stream that goes quiet when it cannot be written, and remembers why."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream
        self.lost = ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    def write(self, text: str) -> int:
        self._try(lambda: self.stream.write(text))
        return len(text)

    def flush(self) -> None:
        self._try(self.stream.flush)

    def _try(self, what: Any) -> None:
        if self.lost:
            return
        try:
            what()
        except OSError as error:
            self.lost = error.strerror or str(error)
            with suppress(OSError, ValueError):  # what the stream still holds goes nowhere either
                os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


@contextmanager
def heard() -> Iterator[Output]:
    """Let standard output fail without an end of the command; say at the end that it did."""
    before = sys.stdout
    sys.stdout = output = Output(before)  # type: ignore[assignment]
    try:
        yield output
    finally:
        output.flush()
        sys.stdout = before
        if output.lost:
            print(f"what is printed could not be written to the end ({output.lost})", file=sys.stderr)


def say(console: Any, text: str) -> None:
    """Print a sentence within the width of the screen, broken between words alone: what is wider, as a path may be, stays whole."""
    kept = text.replace(" %", f"{NO_BREAK}%")
    lines = [fill(line, console.width, break_long_words=False, break_on_hyphens=False) for line in kept.splitlines()]
    say_whole(console, "\n".join(lines).replace(NO_BREAK, " "))


def say_whole(console: Any, text: str) -> None:
    """Print in one line what is there to be copied: a command, or paths."""
    console.print(text, soft_wrap=True, markup=False, highlight=False, emoji=False)
