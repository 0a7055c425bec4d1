"""dask.distributed runs everything that is more than one run: this machine, or a cluster by address."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.studies.run import Outcome, Task, run, run_chunk

CHUNK_SECONDS = 1.0


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


@contextmanager
def connect(address: str | None, jobs: int | None) -> Iterator:
    """Yield a dask client: of the cluster at ``address``, or of ``jobs`` processes here; raises BadInput."""
    import dask
    from distributed import Client, LocalCluster

    dask.config.set({"distributed.worker.daemon": True, "distributed.scheduler.allowed-failures": 3})
    if address:
        try:
            client = Client(address, timeout="10s")
            client.get_versions(check=True)
        except OSError:
            raise BadInput(f"cluster={address}: no scheduler answers there") from None
        except ValueError as error:
            raise BadInput(
                f"cluster={address}: its workers have other versions ({str(error).splitlines()[0]})"
            ) from None
        with client:
            yield client
        return
    workers = jobs or os.cpu_count() or 1
    options = {"threads_per_worker": 1, "dashboard_address": None, "silence_logs": 50}
    with LocalCluster(n_workers=workers, processes=True, **options) as cluster, Client(cluster) as client:
        client.run(_ignore_interrupts)
        yield client


def chunks(tasks: list[Task], seconds_a_run: float, workers: int) -> list[list[Task]]:
    """Cut tasks into chunks of about a second, and at least a few for every worker."""
    size = max(1, min(int(CHUNK_SECONDS / max(seconds_a_run, 1e-3)), -(-len(tasks) // (4 * workers))))
    return [tasks[i : i + size] for i in range(0, len(tasks), size)]


def outcomes(
    worlds: dict[str, World], tasks: list[Task], address: str | None, jobs: int | None
) -> Iterator[list[Outcome]]:
    """Yield the outcomes of ``tasks`` chunk by chunk, in the order they are done.

    The first task runs here: it compiles the rules for all, and tells how long a run takes.
    """
    first = run(worlds[f"{tasks[0].point}/{tasks[0].motion}"], tasks[0])
    again = run(worlds[f"{tasks[0].point}/{tasks[0].motion}"], tasks[0])
    yield [first]
    rest = tasks[1:]
    if not rest:
        return
    if jobs == 1 and not address:
        for task in rest:
            yield [run(worlds[f"{task.point}/{task.motion}"], task)]
        return
    from distributed import as_completed

    with Interrupts() as interrupts, connect(address, jobs) as client:
        interrupts.check()
        n_workers = max(len(client.scheduler_info()["workers"]), 1)
        shared = client.scatter(worlds, broadcast=True)
        parts = {
            client.submit(run_chunk, shared, part, pure=False): part for part in chunks(rest, again.seconds, n_workers)
        }
        for future in as_completed(parts):
            if future.status == "finished":
                yield future.result()
            else:
                why = f"the worker died: {future.exception()}"
                yield [Outcome(task, {}, {}, {}, 0.0, why) for task in parts[future]]
            interrupts.check()
