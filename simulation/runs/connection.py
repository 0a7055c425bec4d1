"""The way to the processes that run a plan: of this machine, or of a dask scheduler by its address.

Whoever can speak to a scheduler can run code in it. So the processes here listen on loopback alone, speak TLS with a
certificate made for this command and held in memory, and serve no pages.
"""

import logging
import multiprocessing
import os
import signal
import ssl
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from simulation.runs.dispatch import first_line
from simulation.runs.versions import refusal, versions
from simulation.scenario.errors import BadInput, ClusterLost

STARTS = 3  # of the workers here
WORKERS_A_PART_MAY_KILL = 2
QUIET = {  # what watches a worker costs its runs 7 % (measured); nobody looks at it here
    "distributed.worker.profile.enabled": False,
    "distributed.admin.system-monitor.gil.enabled": False,
    "distributed.admin.system-monitor.interval": "10s",
    "distributed.admin.tick.interval": "1s",
    "distributed.nanny.pre-spawn-environ.MALLOC_TRIM_THRESHOLD_": 134_217_728,
}
NO_PAGES: dict[str, list[str]] = {"distributed.scheduler.http.routes": [], "distributed.worker.http.routes": []}
CERTIFICATES = {"ca_file": "ca-file", "cert": "client.cert", "key": "client.key"}  # dask's two names for each


def _patient(most: int, dask_scheduler: Any) -> int:
    """Let a scheduler give a part to no more than ``most`` + 1 workers that die of it; return what it was."""
    before, dask_scheduler.allowed_failures = dask_scheduler.allowed_failures, most
    return before


def _check_workers(client, address: str) -> None:
    """Refuse workers whose versions are not ours: their runs would be other runs."""
    try:
        found = client.run(versions)
    except OSError:
        raise ClusterLost(f"cluster={address}: the scheduler is gone") from None
    except Exception as error:  # noqa: BLE001 - whatever keeps a worker from importing the project
        raise BadInput(f"cluster={address}: its workers cannot run this project ({first_line(error)})") from None
    if not found:
        raise BadInput(f"cluster={address}: no worker is connected; start one with: dask worker {address} --nthreads 1")
    for worker, theirs in found.items():
        if why := refusal(theirs):
            raise BadInput(f"cluster={address}: worker {worker} {why}")


@contextmanager
def connect(address: str | None, jobs: int | None) -> Iterator:
    """Yield a dask client: of the cluster at ``address``, or of ``jobs`` processes here; raises BadInput."""
    import dask
    from distributed import Client

    dask.config.set(
        {
            "distributed.worker.daemon": True,
            "distributed.scheduler.allowed-failures": WORKERS_A_PART_MAY_KILL - 1,
            **QUIET,
            **NO_PAGES,
        }
    )
    if address:
        client = _client(address)
        logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # what is lost is said once, in our words
        with client:
            _check_workers(client, address)
            before = client.run_on_scheduler(_patient, WORKERS_A_PART_MAY_KILL - 1)
            try:
                yield client
            finally:
                if client.status == "running":
                    client.run_on_scheduler(_patient, before)
        return
    with _local(jobs or os.cpu_count() or 1) as cluster, Client(cluster) as client:
        yield client


def _client(address: str) -> Any:
    """Return a client of the scheduler at ``address``; raises BadInput."""
    from distributed import Client
    from distributed.comm import CommClosedError

    security = _certificates(address) if address.startswith("tls://") else None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # dask only warns of other versions; here they are refused
        try:
            return Client(address, timeout="10s", security=security)
        except CommClosedError as error:
            if security:
                why = getattr(error.__cause__, "reason", None) or first_line(error)
                raise BadInput(f"cluster={address}: the scheduler and these certificates do not fit ({why})") from None
            raise BadInput(f"cluster={address}: the scheduler hangs up; does it want tls://?") from None
        except OSError:
            raise BadInput(f"cluster={address}: no scheduler answers there") from None
        except RuntimeError as error:  # dask's configuration may ask for encryption
            raise BadInput(f"cluster={address}: {first_line(error)}") from None


def _certificates(address: str) -> Any:
    """Return the certificates that dask's configuration names, read; raises BadInput."""
    from distributed import Security

    security = Security()
    paths = security.get_tls_config_for_role("client")
    for name, setting in CERTIFICATES.items():
        where = f"cluster={address}: distributed.comm.tls.{setting}"
        if not paths[name]:
            raise BadInput(f"{where} is not set in dask's configuration; README.md says how")
        try:
            Path(paths[name]).read_bytes()
        except OSError as error:
            raise BadInput(f"{where}={paths[name]} cannot be read: {error.strerror}") from None
    try:
        security.get_connection_args("client")
    except ssl.SSLError as error:
        named = ", ".join(f"{setting}={paths[name]}" for name, setting in CERTIFICATES.items())
        raise BadInput(
            f"cluster={address}: these are no certificates with their key ({error.reason}): {named}"
        ) from None
    return security


@contextmanager
def _local(workers: int) -> Iterator:
    """Yield a cluster of processes here, which Ctrl-C does not reach: it is for the parent."""
    from multiprocessing import resource_tracker

    from distributed.utils import LoopRunner

    resource_tracker.ensure_running()  # its start would lift the block below
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # the loop's thread and its processes inherit it
    loop = LoopRunner()
    loop.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)
    cluster = _started(workers, loop.loop)
    try:
        with cluster:
            yield cluster
    finally:
        loop.stop()


def _started(workers: int, loop: Any) -> Any:
    """Return the cluster, tried again where a worker was killed while it started."""
    from distributed import LocalCluster, Security

    options = {
        "host": "127.0.0.1",
        "security": Security.temporary(),
        "dashboard_address": "127.0.0.1:0",  # dask serves HTTP in any case; without NO_PAGES' routes it answers nothing
        "scheduler_kwargs": {"dashboard": False},
        "threads_per_worker": 1,
        "silence_logs": logging.CRITICAL,
    }
    there = set(multiprocessing.active_children())
    try:
        for _ in range(STARTS):
            with suppress(RuntimeError):
                return LocalCluster(n_workers=workers, processes=True, loop=loop, **options)
    except KeyboardInterrupt:
        for name in ("asyncio", "tornado.application"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # nobody asks what became of the start
        for child in set(multiprocessing.active_children()) - there:
            child.kill()  # without processes the rest of the start ends by itself
        raise
    raise ClusterLost(f"jobs={workers}: the workers died while they started, {STARTS} times")
