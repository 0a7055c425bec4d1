"""Ctrl-C while runs are under way: what is done is kept."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self

GRACE_SECONDS = 1.0  # for the chunks that are under way, which take about as long


class Interrupts:
    """The first Ctrl-C stops between two chunks, the second at once."""

    def __init__(self) -> None:
        self.asked_at: float | None = None
        self._nothing_to_lose = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self.before: Any = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self.before)

    def _hear(self, *_: object) -> None:
        if self.asked_at is not None:
            os._exit(130)
        self.asked_at = time.monotonic()
        if self._nothing_to_lose:
            raise KeyboardInterrupt

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Let the first Ctrl-C end what is waited for, where no run is under way."""
        self.check()
        self._nothing_to_lose = True
        try:
            yield
        finally:
            self._nothing_to_lose = False

    @property
    def asked(self) -> bool:
        """Whether Ctrl-C was pressed."""
        return self.asked_at is not None

    def check(self, grace_seconds: float = 0.0) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed longer ago than ``grace_seconds``."""
        if self.asked_at is not None and time.monotonic() - self.asked_at >= grace_seconds:
            raise KeyboardInterrupt
