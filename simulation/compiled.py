"""The one door to numba: ``jit`` compiles a rule or a loop and keeps it on disk.

A rule in one file is inlined into a loop of another, which numba's own cache does not notice.
So the cache folder is named by the hash of all compiled sources: after any edit it is a new one.
"""

import os
from collections.abc import Callable
from typing import Any

import numba as nb
from numba.core.dispatcher import Dispatcher

from simulation.compile_cache import CheckedCache, cache_folder
from simulation.sources import COMPILED, hash_of

if not os.environ.get("NUMBA_CACHE_DIR"):
    nb.config.CACHE_DIR = str(cache_folder(hash_of(COMPILED)))


def _kept(**options: Any) -> Callable:
    """Return a decorator that compiles with ``options`` and keeps the code on disk."""

    def decorate(function: Callable) -> Callable:
        compiled = nb.njit(cache=True, nogil=True, error_model="numpy", **options)(function)
        if isinstance(compiled, Dispatcher):  # not with NUMBA_DISABLE_JIT
            compiled._cache = CheckedCache(function)  # noqa: SLF001 - numba has no public door to it
        return compiled

    return decorate


# error_model="numpy": no hidden branch on division; nogil: rows can be shared among threads; no reference
# counts (_nrt): counting the arrays of every tuple passed on took two thirds of a week (measured).
jit = _kept(_nrt=False)
part = nb.njit(nogil=True, error_model="numpy", _nrt=False, forceinline=True)  # a step of a loop, called by it only
makes = _kept()  # may allocate arrays
inline = nb.njit(inline="always")
