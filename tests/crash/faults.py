"""Faults at file operations: every door by which a command touches its results folder is counted, and one of them fails.

Results are written by Python's own files alone, Parquet and pictures too; ``written`` proves it: what a folder holds at
the end, to the byte, went through these doors.
"""

# ruff: noqa: PTH100, PTH110, PTH112, PTH115 - what is watched are the doors of os: no pathlib goes through them here
import builtins
import errno
import io
import os
import signal
from pathlib import Path

SIGNALS = {"int": signal.SIGINT, "term": signal.SIGTERM, "hup": signal.SIGHUP, "kill": signal.SIGKILL}
ERRORS = {"enospc": errno.ENOSPC, "eio": errno.EIO}
CHANGES = (
    "write",
    "open to write",
    "fsync",
    "mkdir",
    "replace",
    "unlink",
    "rmdir",
)  # a full disk refuses the first four


class Stopped(BaseException):
    """Stands for a kill where the process must live on: from here on nothing reaches the disk."""


class Faults:
    """Counts the file operations within ``folder``; the ``at``-th one fails by ``how``: a signal, an error, a stop.

    A full disk stays full, a stopped process stopped; a kill in a write leaves half of it.
    """

    def __init__(self, folder: Path, at: int = 0, how: str = "kill") -> None:
        self.folder, self.at, self.how = os.path.abspath(folder), at, how
        self.done: list[str] = []
        self.sizes: dict[str, int] = {}
        self.kept = {name: getattr(os, name) for name in ("fsync", "mkdir", "replace", "rename", "unlink", "rmdir")}
        self.open = io.open

    def __enter__(self):
        for name in self.kept:
            setattr(os, name, getattr(self, f"_{name}"))
        io.open = builtins.open = self._open
        return self

    def __exit__(self, *_):
        for name, whole in self.kept.items():
            setattr(os, name, whole)
        io.open = builtins.open = self.open

    def _inside(self, path) -> bool:
        if isinstance(path, int):
            path = os.readlink(f"/proc/self/fd/{path}")
        where = os.path.abspath(os.fspath(path))
        return where.startswith(self.folder + os.sep) or where == self.folder

    def strike(self, what: str, half=None) -> None:
        """Count an operation; fail where it is the one, or where what failed stays so."""
        self.done.append(what)
        n = len(self.done)
        if not self.at or n < self.at:
            return
        if self.how == "stop":
            raise Stopped
        if self.how in ERRORS:
            if (n == self.at and self.how == "eio") or (self.how == "enospc" and what in CHANGES[:4]):
                raise OSError(ERRORS[self.how], os.strerror(ERRORS[self.how]))
        elif n == self.at:
            if half and self.how == "kill":
                half()
            os.kill(os.getpid(), SIGNALS[self.how])

    def _open(self, path, mode="r", buffering=-1, encoding=None, errors=None, newline=None, *rest, **more):
        if isinstance(path, int) or not self._inside(path) or rest or more:
            return self.open(path, mode, buffering, encoding, errors, newline, *rest, **more)
        reads = not set(mode) & set("wax+")
        self.strike("open to read" if reads else "open to write")
        if reads:
            return self.open(path, mode, buffering, encoding, errors, newline)
        assert mode == "wb", mode  # the one way in which results are written
        self.sizes[os.path.abspath(path)] = 0
        return io.BufferedWriter(_Written(self, os.path.abspath(path)))

    def _fsync(self, fd):
        if self._inside(fd):
            self.strike("fsync")
        return self.kept["fsync"](fd)

    def _mkdir(self, path, mode=0o777, **more):
        if self._inside(path) and not os.path.isdir(path):
            self.strike("mkdir")
        return self.kept["mkdir"](path, mode, **more)

    def _replace(self, a, b, **more):
        return self._moved("replace", a, b, more)

    def _rename(self, a, b, **more):
        return self._moved("rename", a, b, more)

    def _moved(self, name, a, b, more):
        if self._inside(a):
            self.strike("replace")
            a, b = os.path.abspath(a), os.path.abspath(b)
            for path in [p for p in self.sizes if p == a or p.startswith(a + os.sep)]:
                self.sizes[b + path[len(a) :]] = self.sizes.pop(path)
        return self.kept[name](a, b, **more)

    def _unlink(self, path, **more):
        if "dir_fd" not in more and self._inside(path):
            self.strike("unlink")
            self.sizes.pop(os.path.abspath(path), None)
        return self.kept["unlink"](path, **more)

    def _rmdir(self, path, **more):
        if "dir_fd" not in more and self._inside(path):
            self.strike("rmdir")
        return self.kept["rmdir"](path, **more)

    def written(self) -> dict[str, int]:
        """Return the sizes of the files that went through these doors, by name."""
        return {os.path.relpath(path, self.folder): n for path, n in self.sizes.items() if os.path.exists(path)}


class _Written(io.FileIO):
    """A file whose writes are counted, as the system sees them."""

    def __init__(self, faults: Faults, path: str) -> None:
        super().__init__(path, "wb")
        self.faults, self.path = faults, path

    def write(self, data):
        whole = super().write
        self.faults.strike("write", lambda: whole(bytes(data)[: len(data) // 2]))
        n = whole(data)
        self.faults.sizes[self.path] += n
        return n
