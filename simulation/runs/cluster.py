"""Where runs are done: a little work here, much of it by dask.distributed, on this machine or on a cluster by address."""

import atexit
import os
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, groupby, islice
from typing import Any, Self

from simulation.runs.connection import connect
from simulation.runs.dispatch import Dispatch
from simulation.runs.interrupts import Interrupts
from simulation.runs.run import Outcome, Task, run, run_chunk
from simulation.scenario.errors import ClusterLost
from simulation.scenario.schema import World

CHUNK_SECONDS = 1.0
FIRST_RUNS = 2  # one compiles, one tells how long a run takes
SMALL_PARTS = 6  # the first that are handed out: bars move, estimates settle
START_SECONDS = 3.0  # until processes here have started and loaded the engine, and until they have ended (measured)
PERSON_WEEK_SECONDS = 2e-8  # what runs are taken to cost before one has been done (measured)


async def _get_ready() -> None:
    """Load in every worker what takes seconds to load, all at the same time; a coroutine, as nobody waits for it."""
    import simulation.engine
    import simulation.metrics  # noqa: F401


def _end_quickly() -> None:
    """Let a process here end without taking down what it has loaded: nothing it holds is needed (measured: half of its end)."""
    atexit.register(os._exit, 0)


def _one(function: Callable[..., Any], item: tuple[Any, ...]) -> list[Any]:
    """Return what an observation finds, or its error, which is not one of the machinery."""
    try:
        return [function(*item)]
    except Exception as error:  # noqa: BLE001 - it is raised again where it was asked
        return [error]


class Engine:
    """Runs tasks: here, or on a cluster that stays up until the engine is closed.

    Without ``address`` and ``jobs`` work leaves this process when other processes, one a core, would have it done sooner,
    their start counted: the work is what runs have taken so far, times those that are left.
    """

    def __init__(self, worlds: dict[str, World], address: str | None, jobs: int | None) -> None:
        self.worlds, self.address, self.jobs = worlds, address, jobs
        self.interrupts = Interrupts()
        self._open = ExitStack()
        self._client: Any = None
        self._seconds = 0.0  # of a run, smoothed; the first ones tell
        self._guess = max(
            (PERSON_WEEK_SECONDS * (w.market.people or 0) * w.weeks_in_all for w in worlds.values()), default=0.0
        )
        self._small = 0  # parts that are still to be small

    def __enter__(self) -> Self:
        self._open.enter_context(self.interrupts)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def outcomes(self, tasks: Iterable[Task], n: int, keep: Sequence[str]) -> Iterator[list[Outcome]]:
        """Yield the outcomes of ``n`` tasks, in parts of about a second, as they are done.

        The first part is done alone: it compiles the rules for all and tells how long a run takes. ``tasks`` are drawn as
        they are needed, so a plan of any length takes no more memory.
        """
        if self.address:
            self._connect()  # says what is wrong with it before anything runs
        for done in self._done(self._parts(tasks), n, keep):
            ran = [o.seconds for o in done if o.seconds]
            if ran and self._seconds:
                self._seconds += 0.3 * (sum(ran) / len(ran) - self._seconds)
            elif ran:
                self._seconds = ran[-1]  # the one before has compiled
            yield done

    def each(self, function: Callable[..., Any], items: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Yield (place, ``function(*item)``) of every item as it is done; the first is done alone and compiles the rules."""
        places, seconds = deque(range(len(items))), 0.0
        while places and not self._leaves(len(places), seconds):
            self.interrupts.check()
            k, start = places.popleft(), time.monotonic()
            found = function(*items[k])
            seconds = time.monotonic() - start
            yield k, found
        first = [] if seconds else [[k] for k in list(places)[:1]]
        for plan in (first, [[k] for k in places][len(first) :]):
            if not plan:
                continue
            for (k,), found in self._dispatch(lambda part: (_one, function, items[part[0]])).over(plan):
                if found is None:
                    raise ClusterLost(f"an observation ({function.__name__}) killed the worker that made it, twice")
                if isinstance(found[0], Exception):
                    raise found[0]
                yield k, found[0]

    def _leaves(self, n: int, seconds: float) -> bool:
        """Return whether ``n`` items of so many seconds each are for other processes."""
        if self.address or self._client:
            return True
        if self.jobs:
            return self.jobs > 1
        cores = os.cpu_count() or 1
        return n * seconds * (1 - 1 / cores) > START_SECONDS

    def _chunk(self) -> int:
        """Return how many runs make a part."""
        if not self._seconds:
            return FIRST_RUNS
        return max(1, int(CHUNK_SECONDS / max(self._seconds, 1e-3)) // (4 if self._small else 1))

    def _parts(self, tasks: Iterable[Task]) -> Iterator[list[Task]]:
        """Yield parts of whole seeds: all motions of one are together where it was built; a run of more than a part, alone."""
        part: list[Task] = []
        for _, seed in groupby(tasks, key=lambda task: (task.point, task.seed)):
            for task in seed:
                part.append(task)
                if (self._seconds or self._guess) >= CHUNK_SECONDS:
                    yield part
                    part = []
            if len(part) >= self._chunk():
                yield part
                part, self._small = [], max(0, self._small - 1)
        if part:
            yield part

    def _connect(self) -> Any:
        if self._client is None:
            with self.interrupts.at_once():
                self._client = self._open.enter_context(connect(self.address, self.jobs))
                self._client.run(_get_ready, wait=False)
                if not self.address:
                    self._client.run(_end_quickly)
        return self._client

    def _dispatch(self, call: Callable[[list], tuple]) -> Dispatch:
        name = f"cluster={self.address}" if self.address else "jobs"
        return Dispatch(self._connect(), name, self.interrupts, call)

    def _done(self, parts: Iterator[list[Task]], n: int, keep: Sequence[str]) -> Iterator[list[Outcome]]:
        while not self._leaves(n, self._seconds or self._guess):
            if not (part := next(parts, [])):
                return
            done = []
            for task in part:
                if self.interrupts.asked:
                    break
                done.append(run(self.worlds[task.motion], task, keep))
            if done:
                yield done
            self.interrupts.check()
            n -= len(part)
        yield from self._on_cluster(parts, keep)

    def _on_cluster(self, parts: Iterator[list[Task]], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        if not (first := list(islice(parts, 1))):
            return

        def call(part: list[Task]) -> tuple:
            return run_chunk, {task.motion: self.worlds[task.motion] for task in part}, part, keep

        work, self._small = self._dispatch(call), SMALL_PARTS
        for plan in [chain(first, parts)] if self._seconds else [first, parts]:
            for part, done in work.over(plan):
                yield [_killer(part[0])] if done is None else done


def _killer(task: Task) -> Outcome:
    return Outcome(task, {}, {}, {}, {}, 0.0, "it killed the worker that ran it, twice")
