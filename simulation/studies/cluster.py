"""dask.distributed runs everything that is more than one run: this machine, or a cluster by address."""

import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import chain, islice
from typing import Any, Self

from simulation.compiled import RULES_HASH
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.studies.run import Outcome, Task, run, run_chunk

CHUNK_SECONDS = 1.0
CHUNKS_AHEAD = 3  # a worker, so that none waits for the next


class Interrupts:
    """Ctrl-C while a cluster runs: the first stops between two chunks, the second at once."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            self.before = signal.signal(signal.SIGINT, self._hear)
        return self

    def __exit__(self, *_: object) -> None:
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGINT, self.before)

    def _hear(self, *_: object) -> None:
        if self.asked:
            os._exit(130)
        self.asked = True

    def check(self) -> None:
        """Raise KeyboardInterrupt if Ctrl-C was pressed."""
        if self.asked:
            raise KeyboardInterrupt


def _ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent, which stops the workers


def _rules() -> str:
    return RULES_HASH


def _check_rules(client, address: str) -> None:
    """Refuse workers whose rules are not ours: their runs would be other runs."""
    try:
        found = client.run(_rules)
    except Exception as error:  # noqa: BLE001 - whatever keeps a worker from importing the project
        raise BadInput(f"cluster={address}: its workers cannot run this project ({error})") from None
    if not found:
        raise BadInput(f"cluster={address}: no worker is connected; start one with: dask worker {address} --nthreads 1")
    for worker, rules in found.items():
        if rules != RULES_HASH:
            raise BadInput(f"cluster={address}: worker {worker} has another version of the rules")


@contextmanager
def connect(address: str | None, jobs: int | None) -> Iterator:
    """Yield a dask client: of the cluster at ``address``, or of ``jobs`` processes here; raises BadInput."""
    import dask
    from distributed import Client, LocalCluster

    dask.config.set({"distributed.worker.daemon": True, "distributed.scheduler.allowed-failures": 1})
    if address:
        try:
            client = Client(address, timeout="10s")
            client.get_versions(check=True)
        except OSError:
            raise BadInput(f"cluster={address}: no scheduler answers there") from None
        except ValueError as error:
            what = " ".join(str(error).split())
            raise BadInput(f"cluster={address}: its workers have other versions ({what})") from None
        with client:
            _check_rules(client, address)
            yield client
        return
    workers = jobs or os.cpu_count() or 1
    options = {"threads_per_worker": 1, "dashboard_address": ":0", "silence_logs": 50}
    with LocalCluster(n_workers=workers, processes=True, **options) as cluster, Client(cluster) as client:
        client.run(_ignore_interrupts)
        yield client


class Engine:
    """Runs tasks: here when one job is asked for, else on a cluster that stays up until the engine is closed."""

    def __init__(self, worlds: dict[str, World], address: str | None, jobs: int | None) -> None:
        self.worlds, self.address, self.jobs = worlds, address, jobs
        self.interrupts = Interrupts()
        self._open = ExitStack()
        self._client: Any = None
        self._shared: Any = None
        self._seconds = 0.0  # of a run, smoothed; the first ones tell

    def __enter__(self) -> Self:
        self._open.enter_context(self.interrupts)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def outcomes(self, tasks: Iterable[Task], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        """Yield the outcomes of ``tasks``, in chunks of about a second, as they are done.

        The first run is done here: it compiles the rules for all, and a second one tells how long a run takes.
        ``tasks`` are drawn as they are needed, so a plan of any length takes no more memory.
        """
        tasks = iter(tasks)
        if self.address:
            self._connect()  # says what is wrong with it before anything runs
        if self._seconds == 0.0:
            for task in islice(tasks, 1):
                self.interrupts.check()
                yield [run(self.worlds[task.motion], task, keep)]
                self._seconds = run(self.worlds[task.motion], task, keep).seconds
        if self.jobs == 1 and not self.address:
            while chunk := list(islice(tasks, self._chunk())):
                done = []
                for task in chunk:
                    if self.interrupts.asked:
                        break
                    done.append(run(self.worlds[task.motion], task, keep))
                if done:
                    yield done
                self.interrupts.check()
            return
        yield from self._on_cluster(tasks, keep)

    def each(self, function: Callable[..., Any], items: Sequence[tuple[Any, ...]]) -> Iterator[tuple[int, Any]]:
        """Yield (place, ``function(*item)``) of every item as it is done; the first is done here and compiles the rules."""
        if not items:
            return
        yield 0, function(*items[0])
        if self.jobs == 1 and not self.address:
            for k, item in enumerate(items[1:], 1):
                self.interrupts.check()
                yield k, function(*item)
            return
        from distributed import as_completed

        client = self._connect()
        place = {client.submit(function, *item, pure=False): k for k, item in enumerate(items[1:], 1)}
        for future in as_completed(place):
            self.interrupts.check()
            yield place[future], future.result()

    def _chunk(self) -> int:
        return max(1, int(CHUNK_SECONDS / max(self._seconds, 1e-3)))

    def _connect(self) -> Any:
        if self._client is None:
            self._client = self._open.enter_context(connect(self.address, self.jobs))
            self._shared = self._client.scatter(self.worlds, broadcast=True)
        return self._client

    def _on_cluster(self, tasks: Iterator[Task], keep: Sequence[str]) -> Iterator[list[Outcome]]:
        from distributed import as_completed

        first = list(islice(tasks, 1))
        if not first:
            return
        client, tasks = self._connect(), chain(first, tasks)
        in_flight: dict[Any, list[Task]] = {}
        queue = as_completed()

        def submit(part: list[Task]) -> None:
            future = client.submit(run_chunk, self._shared, part, keep, pure=False)
            in_flight[future] = part
            queue.add(future)

        workers = max(len(client.scheduler_info()["workers"]), 1)
        for _ in range(CHUNKS_AHEAD * workers):
            if part := list(islice(tasks, max(1, self._chunk() // 4))):  # small ones first: bars move, estimates settle
                submit(part)
        for future in queue:
            part = in_flight.pop(future)
            self.interrupts.check()
            if more := list(islice(tasks, self._chunk())):
                submit(more)
            if future.status == "finished":
                done = future.result()
                self._seconds += 0.3 * (sum(o.seconds for o in done) / len(done) - self._seconds)
                yield done
            elif len(part) > 1:  # one of them killed the worker, or somebody did: each for itself
                for task in part:
                    submit([task])
            else:
                yield [Outcome(part[0], {}, {}, {}, 0.0, f"the worker died: {future.exception()}")]
            self.interrupts.check()
