"""dask.distributed runs everything that is more than one run: this machine, or a cluster by address."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, islice
from typing import Any, Self

from simulation.runs.connection import connect
from simulation.runs.dispatch import Dispatch
from simulation.runs.interrupts import Interrupts
from simulation.runs.run import Outcome, Task, run, run_chunk
from simulation.scenario.errors import ClusterLost
from simulation.scenario.schema import World

CHUNK_SECONDS = 1.0
FIRST_RUNS = 2  # one compiles, one tells how long a run takes
SMALL_PARTS = 6  # at the start


async def _get_ready() -> None:
    """Load in every worker what takes seconds to load, all at the same time; a coroutine, as nobody waits for it."""
    import simulation.metrics
    import simulation.model  # noqa: F401


def _one(function: Callable[..., Any], item: tuple[Any, ...]) -> list[Any]:
    """Return what an observation finds, or its error, which is not one of the machinery."""
    try:
        return [function(*item)]
    except Exception as error:  # noqa: BLE001 - it is raised again where it was asked
        return [error]


class Engine:
    """Runs tasks: here when one job is asked for, else on a cluster that stays up until the engine is closed."""

    def __init__(self, worlds: dict[str, World], address: str | None, jobs: int | None) -> None:
        self.worlds, self.address, self.jobs = worlds, address, jobs
        self.interrupts = Interrupts()
        self._open = ExitStack()
        self._client: Any = None
        self._seconds = 0.0  # of a run, smoothed; the first ones tell

    def __enter__(self) -> Self:
        self._open.enter_context(self.interrupts)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def outcomes(self, tasks: Iterable[Task], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        """Yield the outcomes of ``tasks``, in chunks of about a second, as they are done.

        The first chunk is done alone: it compiles the rules for all and tells how long a run takes. ``tasks`` are drawn as
        they are needed, so a plan of any length takes no more memory.
        """
        tasks = iter(tasks)
        if self.address:
            self._connect()  # says what is wrong with it before anything runs
        for done in self._here(tasks, keep) if self._alone else self._on_cluster(tasks, keep):
            ran = [o.seconds for o in done if o.seconds]
            if ran and self._seconds:
                self._seconds += 0.3 * (sum(ran) / len(ran) - self._seconds)
            elif ran:
                self._seconds = ran[-1]  # the one before has compiled
            yield done

    def each(self, function: Callable[..., Any], items: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Yield (place, ``function(*item)``) of every item as it is done; the first is done alone and compiles the rules."""
        if self._alone:
            for k, item in enumerate(items):
                self.interrupts.check()
                yield k, function(*item)
            return
        places = [[k] for k in range(len(items))]
        for plan in (places[:1], places[1:]):
            if not plan:
                continue
            for (k,), found in self._dispatch(lambda part: (_one, function, items[part[0]])).over(plan):
                if found is None:
                    raise ClusterLost(f"an observation ({function.__name__}) killed the worker that made it, twice")
                if isinstance(found[0], Exception):
                    raise found[0]
                yield k, found[0]

    @property
    def _alone(self) -> bool:
        """Whether all is done in this process."""
        return self.jobs == 1 and not self.address

    def _chunk(self) -> int:
        return max(1, int(CHUNK_SECONDS / max(self._seconds, 1e-3))) if self._seconds else FIRST_RUNS

    def _connect(self) -> Any:
        if self._client is None:
            with self.interrupts.at_once():
                self._client = self._open.enter_context(connect(self.address, self.jobs))
                self._client.run(_get_ready, wait=False)
        return self._client

    def _dispatch(self, call: Callable[[list], tuple]) -> Dispatch:
        name = f"cluster={self.address}" if self.address else "jobs"
        return Dispatch(self._connect(), name, self.interrupts, call)

    def _here(self, tasks: Iterator[Task], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        while chunk := list(islice(tasks, self._chunk())):
            done = []
            for task in chunk:
                if self.interrupts.asked:
                    break
                done.append(run(self.worlds[task.motion], task, keep))
            if done:
                yield done
            self.interrupts.check()

    def _on_cluster(self, tasks: Iterator[Task], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        first = list(islice(tasks, self._chunk()))
        if not first:
            return

        def call(part: list[Task]) -> tuple:
            return run_chunk, {task.motion: self.worlds[task.motion] for task in part}, part, keep

        work = self._dispatch(call)
        for part, done in chain(work.over([first]), work.over(self._parts(tasks))):
            yield [_killer(part[0])] if done is None else done

    def _parts(self, tasks: Iterator[Task]) -> Iterator[list[Task]]:
        for _ in range(SMALL_PARTS):  # bars move, estimates settle
            yield list(islice(tasks, max(1, self._chunk() // 4)))
        while part := list(islice(tasks, self._chunk())):
            yield part


def _killer(task: Task) -> Outcome:
    return Outcome(task, {}, {}, {}, 0.0, "it killed the worker that ran it, twice")
