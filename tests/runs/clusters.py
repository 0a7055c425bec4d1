"""A scheduler and workers, as the README starts them."""

import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path


class Cluster:
    """A scheduler on loopback; it and its workers start in ``folder``, with ``settings`` in their environment."""

    def __init__(self, port: int, scheme: str = "tcp", folder: Path | None = None, **settings: str) -> None:
        self.address = f"{scheme}://127.0.0.1:{port}"
        self.where = {"env": os.environ | settings, "cwd": folder}
        self.scheduler = self._start(
            "dask_scheduler", "--host", f"{scheme}://127.0.0.1", "--port", str(port), "--no-jupyter"
        )
        self.workers: list[subprocess.Popen] = []

    def _start(self, what: str, *how: str) -> subprocess.Popen:
        command = [sys.executable, "-m", f"distributed.cli.{what}", *how, "--no-dashboard"]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.Popen(command, **self.where, **quiet)

    def join(self, *how: str) -> subprocess.Popen:
        worker = self._start("dask_worker", self.address, "--nthreads", "1", *how)
        self.workers.append(worker)
        return worker

    def wait_for(self, n: int) -> None:
        """Wait until ``n`` workers are there: in a process of its own, which reads its own settings."""
        wait = (
            f"from distributed import Client; Client({self.address!r}, timeout='60s').wait_for_workers({n}, timeout=60)"
        )
        subprocess.run([sys.executable, "-c", wait], **self.where, check=True, capture_output=True)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.terminate()  # the nanny of a worker takes it along
        for process in (*self.workers, self.scheduler):
            process.wait(timeout=30)


@contextmanager
def cluster(port: int, *how: str, scheme: str = "tcp", folder: Path | None = None, **settings: str):
    """Yield a cluster of one worker."""
    there = Cluster(port, scheme, folder, **settings)
    try:
        there.join(*how)
        there.wait_for(1)
        yield there
    finally:
        there.stop()
