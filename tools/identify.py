"""What the published patterns can say about the uncertain numbers: ``python -m tools.identify > identified.csv``.

Every number with a prior is drawn at once, each draw goes through all experiments, and two things are measured: which
number moves which pattern (rank correlation), and how much of a number's variance the patterns predict in draws left out,
were each pattern known no better than its published range. What they do not predict these data cannot identify.
"""

import argparse
import csv
import math
import sys
from functools import partial
from typing import NamedTuple

import numpy as np

from simulation.evidence.posterior import INFORMED, infer
from simulation.evidence.targets import Target, targets
from simulation.scenario.compose import compose
from simulation.scenario.priors import Prior, priors, settings_at
from tools.rows import chosen, pool, values

SEED = 11
FALSE_ALARMS = 0.05  # chance that, among all correlations, one of a number that moves nothing is called a move


class Moves(NamedTuple):
    """A number, the pattern it moves most with the rank correlation, and what all patterns tell of it."""

    number: str
    grade: str
    pattern: str
    correlation: float
    moves: bool
    predicted_share: float
    informed: bool


def statistics(settings: dict[str, float], seeds: int) -> list[float]:
    """Return the statistic of every target in one world, NaN where it is not defined."""
    return list(values(settings, chosen([]), 1, seeds).values())


def ranks(values: np.ndarray) -> np.ndarray:
    """Return ranks of each column scaled to [-1, 1], the middle where a value is not defined; shape (draws, columns)."""
    from scipy.stats import rankdata

    place = rankdata(values, axis=0, nan_policy="omit")
    known = np.isfinite(values).sum(axis=0)
    return np.where(np.isfinite(place), 2 * (place - 0.5) / np.maximum(known, 1) - 1, 0.0)


def inside(seen: np.ndarray, of: list[Target]) -> np.ndarray:
    """Return which patterns a draw holds, bool (draws, targets); one that is not defined is missed."""
    return (seen >= [t.low for t in of]) & (seen <= [t.high for t in of])


def moves(known: list[Prior], unit: np.ndarray, seen: np.ndarray, of: list[Target]) -> list[Moves]:
    """Return a line a number; ``unit`` (draws, numbers), ``seen`` (draws, targets)."""
    from scipy.stats import norm

    n = unit.shape[0]
    u, s = ranks(unit), ranks(seen)
    u, s = ((x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-12) for x in (u, s))
    correlation = u.T @ s / n
    limit = float(norm.isf(FALSE_ALARMS / 2 / correlation.size)) / math.sqrt(n)
    width = np.array([t.high - t.low for t in of])
    blurred = seen + width * (np.random.default_rng(SEED).random(seen.shape) - 0.5)
    told = infer(unit, ranks(blurred), np.zeros(len(of)))
    lines = []
    for k, prior in enumerate(known):
        best = int(np.abs(correlation[k]).argmax())
        r, share = float(correlation[k, best]), float(told.predicted_share[k])
        lines.append(Moves(prior.name, prior.grade, of[best].id, r, abs(r) > limit, max(share, 0.0), share > INFORMED))
    return sorted(lines, key=lambda line: -abs(line.correlation))


def main() -> None:
    """Print a line a number as CSV, those that move a pattern most first."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    from scipy.stats import qmc

    known = priors(compose("motions=[clg]").world("clg"))
    unit = qmc.LatinHypercube(len(known), rng=np.random.default_rng(SEED)).random(options.draws)
    with pool(None) as workers:
        seen = list(workers.map(partial(statistics, seeds=options.seeds), settings_at(known, unit)))
    of = targets()
    held = np.mean(inside(np.array(seen), of), axis=1) * len(of)
    low, middle, high = np.percentile(held, (5, 50, 95))
    print(f"a draw holds {middle:.0f} of {len(of)} patterns (90 %: {low:.0f} to {high:.0f})", file=sys.stderr)
    table = csv.writer(sys.stdout)
    table.writerow(Moves._fields)
    for line in moves(known, unit, np.array(seen), of):
        table.writerow(f"{value:.3g}" if isinstance(value, float) else value for value in line)


if __name__ == "__main__":
    main()
