"""Work on a cluster: handed out in parts, taken back as it is done, done again where a worker died."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any

from simulation.runs.interrupts import GRACE_SECONDS, Interrupts
from simulation.runs.versions import refusal, versions
from simulation.scenario.errors import BadInput, ClusterLost

PARTS_AHEAD = 3  # a worker, so that none waits for the next
LOOK_SECONDS = 2.0  # between two looks at who is there
TICK_SECONDS = 0.1

Part = list[Any]


def checked(ours: dict[str, str], function: Callable[..., Any], *args: Any) -> tuple[dict[str, str], Any]:
    """Return the worker's versions and, where they are ``ours``, ``function(*args)``: what joins late is asked too."""
    return versions(), function(*args) if versions() == ours else None


class Dispatch:
    """Hands out parts of a plan. ``call`` tells what a worker is to do with a part: a function and its arguments.

    Everything that a part needs goes with it: data that only a worker holds dies with that worker.
    """

    def __init__(self, client: Any, name: str, interrupts: Interrupts, call: Callable[[Part], tuple]) -> None:
        self.client, self.name, self.interrupts, self.call = client, name, interrupts, call
        self._away: dict[str, tuple[Any, Part]] = {}  # by the future's key
        self._landed: SimpleQueue = SimpleQueue()
        self._looked, self._workers = -LOOK_SECONDS, 1

    def over(self, parts: Iterable[Part]) -> Iterator[tuple[Part, Any]]:
        """Yield each part with what the worker brought home; None for a part of one that killed its worker twice, alone.

        A part is suspect when two workers died that had it, or had it waiting. Suspects come last, each item by itself
        with nothing else under way, so that only the one that kills is blamed.
        """
        parts = iter(parts)
        suspects: deque[Any] = deque()
        try:
            self._hand_out(parts)
            while self._away or suspects:
                alone = not self._away
                if alone:
                    self._send([suspects.popleft()])
                part, found = self._bring_home()
                if found is not None:
                    yield part, found
                elif alone:
                    yield part, None
                else:
                    suspects += part
                if not alone:
                    self._hand_out(parts)
            self.interrupts.check()
        finally:
            self._recall()

    def _hand_out(self, parts: Iterator[Part]) -> None:
        while not self.interrupts.asked and len(self._away) < PARTS_AHEAD * self._n_workers():
            if not (part := next(parts, [])):
                return
            self._send(part)

    def _n_workers(self) -> int:
        if time.monotonic() - self._looked >= LOOK_SECONDS and self.client.status == "running":
            with suppress(OSError):  # lost just now: the next wait says so
                self._workers = max(len(self.client.nthreads()), 1)
            self._looked = time.monotonic()
        return self._workers

    def _send(self, part: Part) -> None:
        from distributed.client import ClosedClientError

        try:
            future = self.client.submit(checked, versions(), *self.call(part), pure=False)
        except ClosedClientError:
            raise self._lost() from None
        self._away[future.key] = (future, part)
        future.add_done_callback(self._landed.put)

    def _bring_home(self) -> tuple[Part, Any]:
        """Wait for a part; return it with its results, None where its workers died."""
        from distributed import CancelledError, KilledWorker

        while True:
            future = self._wait()
            _, part = self._away.pop(future.key)
            try:
                theirs, found = future.result()
            except KilledWorker:
                return part, None
            except (CancelledError, OSError):  # nobody has it any more, or the scheduler was away for a moment
                self._send(part)
                continue
            except Exception as error:  # noqa: BLE001 - a run's own errors are outcomes; this is the machinery's
                raise BadInput(f"{self.name}: a worker cannot run this project ({first_line(error)})") from None
            if why := refusal(theirs):
                raise BadInput(f"{self.name}: a worker that joined {why}; its runs are not kept")
            return part, found

    def _wait(self) -> Any:
        while True:
            self.interrupts.check(GRACE_SECONDS)
            with suppress(Empty):
                return self._landed.get(timeout=TICK_SECONDS)
            if self.client.status in ("closing", "closed"):
                raise self._lost()

    def _lost(self) -> ClusterLost:
        return ClusterLost(f"{self.name}: the scheduler is gone")

    def _recall(self) -> None:
        """Let no worker begin what nobody waits for any more."""
        if self._away and self.client.status == "running":
            with suppress(OSError):
                self.client.cancel([future for future, _ in self._away.values()], force=True)
        self._away.clear()


def first_line(error: BaseException) -> str:
    """Return the first line of what an error says."""
    return f"{type(error).__name__}: {error}".splitlines()[0]
