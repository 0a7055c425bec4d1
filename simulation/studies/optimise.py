"""Study ``optimise``: the best mix of each motion's levers, judged on seeds that the search has not seen.

The search is CMA-ES with a learning rate (Hansen 2016; package ``cmaes``) over the logarithms of the shares, every
mix on the same seeds. A motion spends only on the levers its file names, so it stays the motion it is.
"""

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.scenario.study import Optimise
from simulation.studies.design import DESIGN_SEED
from simulation.studies.paired import better, difference, quantiles, rows_of, write_rows
from simulation.studies.session import Runs, Session
from simulation.studies.tables import shown

STEP = 0.4  # of the search, in log shares
LEAST = 0.01  # of the budget that a lever keeps
TILTS = (2 / 3, 1.5)  # by which a lever is moved to see whether the optimum is flat
AS_GOOD = 1.64  # standard errors of a difference that counts as none
FLAT = 0.02  # of the goal: what does not matter to a reader
RESAMPLES = 200


class Mix(NamedTuple):
    """A mix of levers that was tried: mean goal over the search's seeds, and how much it breaks the conditions."""

    motion: str
    shares: dict[str, float]
    goal: float
    broken: float
    by_seed: np.ndarray


class Best(NamedTuple):
    """The best mix of a motion, shares with 90 % intervals; ``own`` and ``best`` are the goal on fresh seeds (median, 90 %)."""

    motion: str
    shares: dict[str, float]
    ranges: dict[str, tuple[float, float]]
    own: tuple[float, float, float]
    best: tuple[float, float, float]
    gain_share_of_seeds: float
    meets: bool
    flat: list[str]
    tried: int


class Found(NamedTuple):
    """The best mix of each motion, and by motion all mixes tried, its own first."""

    bests: list[Best]
    tried: dict[str, list[Mix]]


def answer(session: Session, study: Optimise) -> Found:
    """Search each motion's mixes, judge the best on fresh seeds, compare the motions at their best."""
    session.check_metrics(study.goal, *study.subject_to)
    found = {motion: _search(session, study, motion) for motion in session.worlds}
    bests, judged = [], {}
    for motion, tried in found.items():
        best, values = _judge(session, study, motion, tried)
        bests.append(best)
        judged[motion] = values
    folder = session.store.folder
    write_rows(folder / "mixes.csv", [_row(m) for tried in found.values() for m in tried])
    write_rows(folder / "optimum.csv", [row for best in bests for row in _optimum_rows(study, best)])
    names = list(judged)
    gaps = [difference(study.goal, a, b, judged[a], judged[b]) for i, a in enumerate(names) for b in names[i + 1 :]]
    write_rows(folder / "differences.csv", rows_of(gaps))
    session.console.print(_table(study, bests))
    for sentence in sentences(study, bests):
        session.console.print(sentence)
    return Found(bests, found)


def _shares(x: np.ndarray, levers: list[str]) -> dict[str, float]:
    """Return shares that sum to 1, each at least ``LEAST``, from unbounded numbers."""
    part = np.exp(x - x.max())
    part = LEAST + (1 - LEAST * len(levers)) * part / part.sum()
    part = np.round(part, 6)
    part[int(part.argmax())] += 1.0 - part.sum()
    return {lever: float(v) for lever, v in zip(levers, part, strict=True)}


def _search(session: Session, study: Optimise, motion: str) -> list[Mix]:
    from cmaes import CMA

    start = {k: v for k, v in session.worlds[motion].motion.shares.items() if v > 0}
    levers = list(start)
    first = np.log(np.array([max(v, LEAST) for v in start.values()]))
    tried = _try(session, study, motion, [start])
    if len(levers) < 2:
        return tried
    search = CMA(mean=first, sigma=STEP, seed=DESIGN_SEED, population_size=study.mixes)
    for _ in range(study.rounds):
        asked = [search.ask() for _ in range(search.population_size)]
        mixes = _try(session, study, motion, [_shares(x, levers) for x in asked])
        order = ranks(mixes, study.goal)
        search.tell([(x, float(rank)) for x, rank in zip(asked, order, strict=True)])
        tried += mixes
    return tried


def ranks(mixes: list[Mix], goal: str) -> np.ndarray:
    """Return the place of each mix, 0 the best: first those that meet the conditions, by goal; then by how much they miss."""
    signed = np.array([better(goal) * m.goal for m in mixes])
    signed = np.where(np.isfinite(signed), signed, -np.inf)
    broken = np.array([m.broken for m in mixes])
    return np.argsort(np.lexsort((-signed, broken)))


def _try(session: Session, study: Optimise, motion: str, mixes: list[dict[str, float]]) -> list[Mix]:
    points: list[dict[str, Any]] = [{"motion.shares": shares} for shares in mixes]
    runs = session.run(points, motions=[motion], keep=study.keep)
    tried = []
    for p, shares in enumerate(mixes):
        by_seed = runs.metric(motion, study.goal)[p]
        tried.append(Mix(motion, shares, float(by_seed.mean()), _broken(runs, study, motion, p), by_seed))
    return tried


def _broken(runs: Runs, study: Optimise, motion: str, point: int) -> float:
    """Return by how much the means over seeds miss the conditions, relative to the bounds; 0 where all are met."""
    total = 0.0
    for metric, span in study.subject_to.items():
        value = float(runs.metric(motion, metric)[point].mean())
        if not np.isfinite(value):
            return np.inf
        total += max(0.0, span.low - value, value - span.high) / max(abs(span.low), abs(span.high), 1e-9)
    return total


def _judge(session: Session, study: Optimise, motion: str, tried: list[Mix]) -> tuple[Best, np.ndarray]:
    """Return the best mix with its goal on seeds the search has not seen: the search's own best is lucky."""
    place = ranks(tried, study.goal)
    best = tried[int(np.argmin(place))]
    fresh = range(session.config.seeds + 1, session.config.seeds + 1 + study.check_seeds)
    points: list[dict[str, Any]] = [{}, {"motion.shares": best.shares}]
    runs = session.run(points, motions=[motion], seeds=fresh, keep=study.keep)
    own, mine = runs.metric(motion, study.goal)
    gain = better(study.goal) * (mine - own)
    return Best(
        motion,
        best.shares,
        _interval(tried, study.goal),
        _middle(own),
        _middle(mine),
        float((gain > 0).mean()),
        best.broken == 0,
        _flat(session, study, best, fresh, mine),
        len(tried),
    ), mine


def _middle(values: np.ndarray) -> tuple[float, float, float]:
    low, mid, high = quantiles(values)
    return mid, low, high


def _interval(tried: list[Mix], goal: str) -> dict[str, tuple[float, float]]:
    """Return the 90 % interval of each share of the optimum: which mix would be best had other seeds been drawn."""
    draw = np.random.default_rng(DESIGN_SEED)
    by_seed = np.array([m.by_seed for m in tried])
    chosen = []
    for _ in range(RESAMPLES):
        again = by_seed[:, draw.integers(by_seed.shape[1], size=by_seed.shape[1])].mean(axis=1)
        mixes = [m._replace(goal=float(v)) for m, v in zip(tried, again, strict=True)]
        chosen.append(tried[int(np.argmin(ranks(mixes, goal)))])
    return {k: _ends(np.array([m.shares[k] for m in chosen])) for k in tried[0].shares}


def _ends(values: np.ndarray) -> tuple[float, float]:
    low, _, high = quantiles(values)
    return low, high


def _tilted(shares: dict[str, float], lever: str, factor: float) -> dict[str, float]:
    """Return the mix with one lever's share times ``factor``, the others in proportion."""
    new = min(shares[lever] * factor, 0.95)
    rest = (1 - new) / (1 - shares[lever])
    mix = {k: round(new if k == lever else v * rest, 6) for k, v in shares.items()}
    mix[lever] += 1.0 - sum(mix.values())
    return mix


def _flat(session: Session, study: Optimise, best: Mix, seeds: range, mine: np.ndarray) -> list[str]:
    """Return the levers that can be a third lower or a half higher without moving the goal by 2 % or beyond its error."""
    if len(best.shares) < 2:
        return []
    points: list[dict[str, Any]] = [{"motion.shares": _tilted(best.shares, k, f)} for k in best.shares for f in TILTS]
    runs = session.run(points, motions=[best.motion], seeds=seeds, keep=study.keep)
    gaps = (runs.metric(best.motion, study.goal) - mine).reshape(len(best.shares), len(TILTS), -1)
    error = gaps.std(axis=2, ddof=1) / np.sqrt(gaps.shape[2])
    small = np.abs(gaps.mean(axis=2)) <= np.maximum(FLAT * abs(mine.mean()), AS_GOOD * error)
    return [lever for lever, is_small in zip(best.shares, small.all(axis=1), strict=True) if is_small]


def sentences(study: Optimise, bests: list[Best]) -> list[str]:
    """Say what the optimum is worth, and where it is flat."""
    said = []
    for best in bests:
        gain = abs(best.best[0] / best.own[0] - 1) if best.own[0] else np.nan
        verb = "improves" if better(study.goal) * (best.best[0] - best.own[0]) > 0 else "does not improve"
        text = (
            f"{best.motion.upper()}: the best of {best.tried} mixes {verb} {study.goal} by {100 * gain:.0f} % on "
            f"{study.check_seeds} fresh seeds (better in {100 * best.gain_share_of_seeds:.0f} % of them)"
        )
        if best.flat:
            text += f"; the optimum is flat in {', '.join(best.flat)}"
        if not best.meets:
            text += "; no mix met the conditions, this one misses them least"
        said.append(text)
    return said


def _row(mix: Mix) -> dict[str, Any]:
    return {"motion": mix.motion, "goal": mix.goal, "broken": mix.broken, **mix.shares}


def _optimum_rows(study: Optimise, best: Best) -> list[dict[str, Any]]:
    return [
        {
            "motion": best.motion, "goal": study.goal, "lever": lever, "share": share, "share_low": best.ranges[lever][0],
            "share_high": best.ranges[lever][1], "flat": lever in best.flat, "goal_median": best.best[0], "goal_low": best.best[1],
            "goal_high": best.best[2], "own_mix_median": best.own[0],
        }
        for lever, share in best.shares.items()
    ]  # fmt: skip


def _table(study: Optimise, bests: list[Best]) -> Table:
    kind = "usd" if study.goal.endswith("_usd") else "share" if study.goal.startswith("retention") else "number"
    table = Table(title=f"each motion at its own best mix for {study.goal} (90 % interval)", title_justify="left")
    table.add_column("")
    for best in bests:
        table.add_column(best.motion.upper(), justify="right")
    table.add_row(f"{study.goal}, own mix", *(shown(b.own[0], kind) for b in bests))
    table.add_row(
        f"{study.goal}, best mix",
        *(f"{shown(b.best[0], kind)} ({shown(b.best[1], kind)} to {shown(b.best[2], kind)})" for b in bests),
    )
    for lever in dict.fromkeys(k for b in bests for k in b.shares):
        cells = []
        for b in bests:
            low, high = b.ranges.get(lever, (0.0, 0.0))
            cells.append(
                f"{100 * b.shares[lever]:.0f} % ({100 * low:.0f} to {100 * high:.0f})" if lever in b.shares else ""
            )
        table.add_row(lever, *cells)
    return table
