"""Compiled code on disk: where it is kept, for how long, and how a damaged file is noticed.

numba unpickles what it finds and runs the machine code in it: a truncated file ends every run, a changed one could do
anything. So each file ends with the hash of what stands before it; where that is wrong, the function is compiled again.
"""

import io
import math
import os
import shutil
import stat
import sys
import tempfile
import time
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

import llvmlite
import numba as nb
import numpy as np
from numba.core.caching import FunctionCache, IndexDataCacheFile
from numba.core.event import Listener, register

KEPT_DAYS = 30  # without use
QUIET_SECONDS = 20.0  # without compiling, after which a new wait begins
KEPT_BYTES = 2**30  # of all versions; what was used in the last day stays in any case
DAY_SECONDS = 24 * 3600
DIGEST_BYTES = sha256().digest_size


class _Checked(IndexDataCacheFile):
    """The index and the data of one function, each with its hash at the end."""

    def _load_index(self):
        return super()._load_index() if self._is_whole(self._index_path) else {}

    def _load_data(self, name):
        if not self._is_whole(self._data_path(name)):
            raise OSError(name)  # to numba, a file that is not there
        return super()._load_data(name)

    @contextmanager
    def _open_for_write(self, filepath):
        with super()._open_for_write(filepath) as file:
            content = io.BytesIO()
            yield content
            file.write(content.getvalue() + sha256(content.getvalue()).digest())

    def _is_whole(self, path: str) -> bool:
        try:
            content = Path(path).read_bytes()
        except FileNotFoundError:
            return False
        except OSError as error:
            _say(f"{path} cannot be read ({error.strerror}): it is compiled again")
            return False
        if sha256(content[:-DIGEST_BYTES]).digest() == content[-DIGEST_BYTES:]:
            return True
        _say(f"{path} is damaged: it is compiled again")
        with suppress(OSError):
            Path(path).unlink()
        return False


class CheckedCache(FunctionCache):
    """The compiled forms of one function; what cannot be kept is compiled by the next command again."""

    def __init__(self, function) -> None:
        super().__init__(function)
        stamp = self._impl.locator.get_source_stamp()
        self._cache_file = _Checked(self._cache_path, self._impl.filename_base, stamp)

    def save_overload(self, sig, data) -> None:
        try:
            super().save_overload(sig, data)
        except OSError as error:
            self.disable()
            _say(f"{self._cache_path}: compiled code cannot be kept there ({error.strerror})")


class _Progress(Listener):
    """Says how far compiling is, soon where somebody looks on; a user who waits a minute is to know for what."""

    def __init__(self) -> None:
        self.functions, self._next, self._pause, self._last = 0, 0.0, 0.0, -math.inf

    def on_start(self, event) -> None:  # noqa: ARG002 - numba names it
        now = time.monotonic()
        if now > self._last + QUIET_SECONDS:  # what was compiled before is no part of this wait
            watched = sys.stderr.isatty()
            self._pause = 10.0 if watched else 30.0
            self._next = now + (2.0 if watched else self._pause)

    def on_end(self, event) -> None:  # noqa: ARG002
        self.functions, self._last = self.functions + 1, time.monotonic()
        if self._last >= self._next:
            self._next = self._last + self._pause
            _say(f"compiling the model, once for this version on this machine: {self.functions} functions so far")


def say_progress() -> None:
    """Let this process say that it compiles, while it does."""
    register("numba:compile", _Progress())


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _private(folder: Path) -> bool:
    """Make a folder; return whether it is this user's alone: what lies in it will be run."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o077


def _can_write(folder: Path) -> None:
    """Make a folder; raise OSError where nothing can be written in it."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass


def _base() -> Path:
    """Return the user's folder for caches, or a private one where there is no home; processes started later use it too."""
    try:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        _can_write(base / "flywheel-simulation")
    except (OSError, RuntimeError) as error:  # Path.home() raises RuntimeError for a user without one
        base = Path(tempfile.gettempdir()) / f"flywheel-simulation-{os.getuid()}"
        if not _private(base):
            base = Path(tempfile.mkdtemp(prefix="flywheel-simulation-"))
        _say(f"no home for compiled code ({error}): it is kept in {base}")
        os.environ["XDG_CACHE_HOME"] = str(base)
        os.environ.setdefault("MPLCONFIGDIR", str(base / "matplotlib"))
    return base / "flywheel-simulation"


def cache_folder(sources: str) -> Path:
    """Return the cache folder of sources with this hash, marked as used; remove those not used for a month.

    A new version also makes room: those that were used longest ago give way where all take more than ``KEPT_BYTES``.
    """
    base = _base()
    mine = base / f"{sources}-numba{nb.__version__}-llvmlite{llvmlite.__version__}-numpy{np.__version__}"
    new = not mine.is_dir()
    _can_write(mine)
    os.utime(mine)
    used = {}
    for folder in base.iterdir():
        with suppress(FileNotFoundError):  # another command removes it at this moment
            if folder.is_dir():
                used[folder] = folder.stat().st_mtime
    total, now = 0, time.time()
    for folder in sorted(used, key=used.__getitem__, reverse=True):
        days = (now - used[folder]) / DAY_SECONDS
        total += _bytes_in(folder) if new else 0
        if days > KEPT_DAYS or (days > 1 and total > KEPT_BYTES):
            shutil.rmtree(folder, ignore_errors=True)
    return mine


def _bytes_in(folder: Path) -> int:
    total = 0
    for file in folder.rglob("*"):
        with suppress(FileNotFoundError):
            total += file.stat().st_size
    return total
