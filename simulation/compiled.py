"""The one door to numba: ``jit`` compiles a rule or a loop and keeps it on disk.

A rule in one file is inlined into a loop of another, which numba's own cache does not notice.
So the cache folder is named by the hash of all compiled sources: after any edit it is a new one.
"""

import hashlib
import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba as nb

PACKAGE = Path(__file__).parent
COMPILED = ("scenario/records.py", "people/*.py", "flywheel/*.py", "firm/*.py", "record.py", "model.py")
DECIDING = (
    *COMPILED,
    "firm/*.py",
    "metrics/*.py",
    "scenario/*.py",
    "studies/run.py",
    "*.py",
)  # a run's results hang on it
SPEAKING = (
    "cli.py",
    "__main__.py",
    "scenario/errors.py",
    "scenario/notes.py",
    "scenario/sentences.py",
)  # decide nothing


def _hash_of(patterns: tuple[str, ...]) -> str:
    """Return 16 hex digits of the sources that match."""
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in PACKAGE.glob(pattern)):
        name = path.relative_to(PACKAGE).as_posix()
        if name not in SPEAKING:
            digest.update(name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return this version's cache folder and remove those of versions not used for long."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "flywheel-simulation"
    mine = base / f"{_hash_of(COMPILED)}-numba{nb.__version__}"
    if base.is_dir() and not mine.is_dir():
        stale = sorted((p for p in base.iterdir() if p.is_dir()), key=lambda p: p.stat().st_mtime)[:-3]
        for folder in stale:
            shutil.rmtree(folder, ignore_errors=True)
    return mine


RULES_HASH = _hash_of(DECIDING)
if not os.environ.get("NUMBA_CACHE_DIR"):
    nb.config.CACHE_DIR = str(_cache_folder())

# error_model="numpy": no hidden branch on division; nogil: rows can be shared among threads; no reference
# counts (_nrt): counting the arrays of every tuple passed on took two thirds of a week (measured).
jit = nb.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)
phase = nb.njit(cache=True, nogil=True, error_model="numpy", _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)
part = nb.njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)  # a step of a loop, called by it only
makes = nb.njit(cache=True, nogil=True, error_model="numpy")  # may allocate arrays
inline = nb.njit(inline="always")


def entry_point(function: Any, arguments: tuple) -> Callable[..., Any]:
    """Return what calls ``function`` with arguments of these types, compiled or loaded from disk now."""
    if nb.config.DISABLE_JIT:
        return function
    with warnings.catch_warnings():  # a list of functions to walk is what numba calls experimental
        warnings.simplefilter("ignore", nb.NumbaExperimentalFeatureWarning)
        return function.compile(tuple(nb.typeof(a) for a in arguments))
