"""``python -m tests.crash [study ...] [every=1]``: each fault at every n-th file operation of compare and sweep, with and
without fresh=true, and at twenty places of each other study; what is lost ends it, else the counts are printed."""

import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.crash.commands import STUDIES, check, forked, load
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
                places = range(1, n + 1, every) if study in OFTEN else [(k + 0.5) / PLACES for k in range(PLACES)]
                cases = [(how, at) for k, at in enumerate(places) for how in _kinds(study, k)]
                codes = Counter((c.how, c.code) for c in check(study, cases, Path(home), fresh))
            total += codes
            ends = ", ".join(f"{how} {code}: {n}" for (how, code), n in sorted(codes.items()))
            print(
                f"{study}{' fresh=true' * fresh}: {n} file operations, {len(cases)} faults, nothing lost ({ends})",
                flush=True,
            )
    print(f"{total.total()} faults, nothing lost")


def _kinds(study: str, k: int) -> tuple[str, ...]:
    """Return every kind of fault for the studies that are run often, one after another for the others."""
    return KINDS if study in OFTEN else (KINDS[k % len(KINDS)],)


def _operations(study: str, home: Path, fresh: bool) -> int:
    from tests.crash.commands import STUDIES, WORLD

    folder = home / "count"
    code, said, done = forked(
        [f"study={study}", *WORLD, *STUDIES[study], *["fresh=true"] * fresh, f"out={folder}"], folder
    )
    assert code == 0, said
    return len(done)


if __name__ == "__main__":
    main(sys.argv[1:])
