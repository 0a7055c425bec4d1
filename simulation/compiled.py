"""The one door to numba: ``jit`` compiles a rule or a loop and keeps it on disk.

A rule in one file is inlined into a loop of another, which numba's own cache does not notice.
So the cache folder is named by the hash of all compiled sources: after any edit it is a new one.
"""

import os
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numba as nb
import numpy as np
from numba.core.dispatcher import Dispatcher
from numba.core.registry import CPUDispatcher

from simulation.compile_cache import CheckedCache, cache_folder, say_progress
from simulation.sources import COMPILED, hash_of

INTERPRETED = bool(nb.config.DISABLE_JIT)
if not INTERPRETED:
    say_progress()
if not os.environ.get("NUMBA_CACHE_DIR"):
    nb.config.CACHE_DIR = str(cache_folder(hash_of(COMPILED)))


class _Inner(CPUDispatcher):
    """What only compiled code calls: it has no wrapper, and without this a call from Python would end the process."""

    def __call__(self, *_):
        raise TypeError(f"{self.__name__} is called by compiled code only")


def _compiles(*, kept: bool, inner: bool, **options: Any) -> Callable:
    """Return a decorator that compiles with ``options``; the code may be kept on disk, or be for compiled code only."""
    if inner:
        options |= {"no_cpython_wrapper": True}

    def decorate(function: Callable) -> Callable:
        compiled = nb.njit(cache=kept, nogil=True, error_model="numpy", no_cfunc_wrapper=True, **options)(function)
        if isinstance(compiled, Dispatcher):  # not where it is interpreted
            if kept:
                compiled._cache = CheckedCache(function)  # noqa: SLF001 - numba has no public door to it
            if inner:
                compiled.__class__ = _Inner
        return compiled

    return decorate


# error_model="numpy": no hidden branch on division; nogil: rows can be shared among threads; no reference
# counts (_nrt): counting the arrays of every tuple passed on took two thirds of a week (measured).
# inner: unpacking named tuples of arrays for Python takes half a second of compiling a function.
jit = _compiles(kept=True, inner=False, _nrt=False)
phase = _compiles(kept=True, inner=True, _nrt=False)
part = _compiles(kept=False, inner=True, _nrt=False, forceinline=True)  # a step of a loop
# Nobody allocates here: compiling np.empty for the first time takes three seconds, most of it for the text of its error.
inline = nb.njit(inline="always")


_entries: dict[tuple, Callable[..., Any]] = {}


def entry_point(function: Any, arguments: tuple) -> Callable[..., Any]:
    """Return what calls ``function`` with arguments of these types, compiled or loaded from disk when it is first asked for."""
    if INTERPRETED:
        return function
    kinds = (function, *_kinds(arguments))
    if kinds not in _entries:
        with warnings.catch_warnings():  # a list of functions to walk is what numba calls experimental
            warnings.simplefilter("ignore", nb.NumbaExperimentalFeatureWarning)
            _entries[kinds] = function.compile(tuple(nb.typeof(a) for a in arguments))
    return _entries[kinds]


def _kinds(arguments: tuple) -> Iterator[Any]:
    """Yield all that numba's types hang on: numba itself takes as long as half a run of 2,000 people to say them (measured)."""
    for a in arguments:
        if isinstance(a, tuple):
            yield type(a)
            yield from _kinds(a)
        elif isinstance(a, np.ndarray):
            flags = a.flags
            yield a.dtype, a.ndim, flags.c_contiguous, flags.f_contiguous, flags.aligned, flags.writeable
        else:
            yield getattr(a, "dtype", type(a))
