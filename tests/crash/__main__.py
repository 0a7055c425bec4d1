"""``python -m tests.crash [study ...] [every=1]``: nothing is lost, or it ends with what was.

Each fault at every n-th file operation of compare and sweep, with and without fresh=true (each kind at places of its own, so
every=6 strikes each operation once), and at twenty places of each other study.
"""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.commands import STUDIES, WORLD, check, forked, load
from tests.crash.faults import ERRORS, SIGNALS

KINDS = (*SIGNALS, *ERRORS)
OFTEN = ("compare", "sweep")
PLACES = 20


def main(arguments: list[str]) -> None:
    """Run all of it."""
    every = next((int(a.partition("=")[2]) for a in arguments if a.startswith("every=")), 1)
    load()
    total = Counter()
    for study in [a for a in arguments if "=" not in a] or STUDIES:
        for fresh in (False, True) if study in OFTEN else (False,):
            with tempfile.TemporaryDirectory() as home:
                n = _operations(study, Path(home), fresh)
                cases = _often(n, every) if study in OFTEN else _seldom()
                codes = Counter((c.how, c.code) for c in check(study, cases, Path(home), fresh))
            total += codes
            ends = ", ".join(f"{how} {code}: {n}" for (how, code), n in sorted(codes.items()))
            print(
                f"{study}{' fresh=true' * fresh}: {n} file operations, {len(cases)} faults, nothing lost ({ends})",
                flush=True,
            )
    print(f"{total.total()} faults, nothing lost")


def _often(n: int, every: int) -> list[tuple[str, int]]:
    """Return kinds of faults, with the operations that they strike."""
    return [(how, at) for at in range(1, n + 1) for k, how in enumerate(KINDS) if (at + k) % every == 0]


def _seldom() -> list[tuple[str, float]]:
    """Return kinds of faults in turn, with shares of a study's operations."""
    return [(KINDS[k % len(KINDS)], (k + 0.5) / PLACES) for k in range(PLACES)]


def _operations(study: str, home: Path, fresh: bool) -> int:
    folder = home / "count"
    code, said, done = forked(
        [f"study={study}", *WORLD, *STUDIES[study], *["fresh=true"] * fresh, f"out={folder}"], folder
    )
    assert code == 0, said
    return len(done)


if __name__ == "__main__":
    main(sys.argv[1:])
