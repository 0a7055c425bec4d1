"""What must be the same on two machines for a run on both to be the same run."""

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version

from simulation.sources import SOURCES_HASH

DECIDING = ("numpy", "numba", "scipy", "mesa")  # packages whose versions can change a result
SOURCES = "this project's rules"


@cache
def versions() -> dict[str, str]:
    """Return the versions of this process by name: Python without its patch, packages, the hash of the rules."""
    found = {"Python": ".".join(platform.python_version_tuple()[:2])}
    for name in DECIDING:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "none"
    return found | {SOURCES: SOURCES_HASH}


def refusal(theirs: dict[str, str]) -> str | None:
    """Return what another machine has that is not ours, named with both versions; None where all is the same."""
    for name, mine in versions().items():
        if theirs.get(name) != mine:
            return f"has {name} {theirs.get(name, 'none')}, here it is {mine}"
    return None
