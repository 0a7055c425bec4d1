"""Study ``optimise``: the best mix of each motion's levers, judged on seeds that the search has not seen.

The search is CMA-ES with a learning rate (Hansen 2016; package ``cmaes``) over the logarithms of the shares, every
mix on the same seeds. The best few and the motion's own are run again on fresh seeds, on which one is chosen; further
fresh seeds judge it, its conditions too, and where it is no better there than the motion's own, that one stays. A motion spends only on the levers its file names, so it stays the motion it is, unless ``study.levers``
adds some. A failed run is refused by its id: the same command tries it again.
"""

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics import METRICS
from simulation.runs.design import DESIGN_SEED
from simulation.runs.enough import is_ahead
from simulation.runs.paired import better, difference, median_first, rows_of, signed, versus
from simulation.runs.session import Runs, Session
from simulation.scenario.errors import BadInput
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Optimise
from simulation.studies.optimum import miss, ranges
from simulation.studies.screen import show
from simulation.studies.tables import row_name, shown, shown_gap, with_interval

STEP = 0.4  # of the search, in log shares
LEAST = 0.01  # of the budget that a lever keeps
TILTS = (2 / 3, 1.5)  # by which a lever is moved to see whether the optimum is flat
AS_GOOD = 1.64  # standard errors of a difference that counts as none
FLAT = 0.02  # of the goal: what does not matter to a reader
FEW = 4  # mixes that are run again on fresh seeds
NEW = 0.05  # share of the budget from which a lever that a motion does not use is tried, judgement


class Mix(NamedTuple):
    """A mix of levers that was tried: mean goal over its seeds, and how much it breaks the conditions.

    ``values`` are the goal and the metrics under conditions by name, shape (seeds,) each.
    """

    motion: str
    shares: dict[str, float]
    goal: float
    broken: float
    values: dict[str, np.ndarray]


class Best(NamedTuple):
    """The best mix of a motion, shares with 90 % intervals (NaN where they are not resolved).

    ``own`` and ``best`` are the goal on fresh seeds (median, 90 %); ``missed`` says which conditions the best misses there,
    ``meets`` whether it met all on the seeds it was chosen on; ``own_stays`` that no mix beat the motion's own,
    ``sure`` that the best is better there beyond luck.
    """

    motion: str
    shares: dict[str, float]
    ranges: dict[str, tuple[float, float]]
    own: tuple[float, float, float]
    best: tuple[float, float, float]
    gain_share_of_seeds: float
    meets: bool
    missed: list[str]
    flat: list[str]
    tried: int
    own_stays: bool
    sure: bool


class Found(NamedTuple):
    """The best mix of each motion, and by motion all mixes tried, its own first."""

    bests: list[Best]
    tried: dict[str, list[Mix]]


def answer(session: Session, study: Optimise) -> Found:
    """Search each motion's mixes, judge the best on fresh seeds, compare the motions at their best."""
    session.check_metrics("study.goal", study.goal, won=True)
    session.check_metrics("study.subject_to", *study.subject_to)
    found = {motion: _search(session, study, motion) for motion in session.worlds}
    bests, judged = [], {}
    for motion, tried in found.items():
        best, values = _judge(session, study, motion, tried)
        bests.append(best)
        judged[motion] = values
    session.store.csv("mixes.csv", _rows([m for tried in found.values() for m in tried]))
    session.store.csv("optimum.csv", [row for best in bests for row in _optimum_rows(study, best)])
    names = list(judged)
    gaps = [difference(study.goal, a, b, judged[a], judged[b]) for i, a in enumerate(names) for b in names[i + 1 :]]
    session.store.csv("differences.csv", rows_of(gaps))
    session.verdict(sentences(study, bests))
    show(session.console, _table(study, bests))
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

    own = {k: v for k, v in session.worlds[motion].motion.shares.items() if v > 0}
    tried = _try(session, study, motion, [own])
    start = started(own, study.levers)
    if len(start) < 2:
        return tried
    search = CMA(
        mean=np.log(np.array([max(v, LEAST) for v in start.values()])),
        sigma=STEP,
        seed=DESIGN_SEED,
        population_size=study.mixes,
    )
    for _ in range(study.rounds):
        asked = [search.ask() for _ in range(search.population_size)]
        mixes = _try(session, study, motion, [_shares(x, list(start)) for x in asked])
        order = ranks(mixes, study.goal)
        search.tell([(x, float(rank)) for x, rank in zip(asked, order, strict=True)])
        tried += mixes
    return tried


def started(own: dict[str, float], more: list[str]) -> dict[str, float]:
    """Return a motion's own shares with further levers at ``NEW`` each, its own smaller in proportion."""
    new = [lever for lever in dict.fromkeys(more) if lever not in own]
    return {k: v * (1 - NEW * len(new)) for k, v in own.items()} | dict.fromkeys(new, NEW)


def ranks(mixes: list[Mix], goal: str) -> np.ndarray:
    """Return the place of each mix, 0 the best: first those that meet the conditions, by goal; then by how much they miss."""
    goals = signed(goal, np.array([m.goal for m in mixes]))
    broken = np.array([m.broken for m in mixes])
    return np.argsort(np.lexsort((-goals, broken)))


def _run(session: Session, study: Optimise, motion: str, mixes: list[dict[str, float]], seeds: range | None) -> Runs:
    """Run mixes; raise BadInput by run id where one failed: a mix with fewer seeds than the others cannot be ranked."""
    points: list[dict[str, Any]] = [{"motion.shares": shares} for shares in mixes]
    runs = session.run(points, motions=[motion], seeds=seeds, keep=study.keep)
    if runs.missing:
        raise BadInput(
            f"run {runs.missing[0]} ({motion}) failed, and {len(runs.missing)} of {sum(map(len, runs.ids[motion]))} in all: "
            "mixes could not be ranked over the same seeds; failures.parquet says why, the same command tries them again"
        )
    return runs


def _try(
    session: Session, study: Optimise, motion: str, mixes: list[dict[str, float]], seeds: range | None = None
) -> list[Mix]:
    runs = _run(session, study, motion, mixes, seeds)
    tried = []
    for p, shares in enumerate(mixes):
        values = {metric: runs.metric(motion, metric)[p] for metric in (study.goal, *study.subject_to)}
        tried.append(Mix(motion, shares, float(values[study.goal].mean()), _broken(study, values), values))
    return tried


def _broken(study: Optimise, values: dict[str, np.ndarray]) -> float:
    """Return by how much the means over seeds miss the conditions, relative to the bounds; 0 where all are met."""
    total = 0.0
    for metric, span in study.subject_to.items():
        value = float(values[metric].mean())
        if not np.isfinite(value):
            return np.inf
        total += miss(value, span)
    return total


def _missed(study: Optimise, mix: Mix) -> list[str]:
    """Return in words which conditions a mix misses."""
    said = []
    for metric, span in study.subject_to.items():
        values = mix.values[metric]
        unknown = int((~np.isfinite(values)).sum())
        if unknown:
            said.append(f"{metric} is not defined in {unknown} of {values.size} simulated markets")
        elif miss(values.mean(), span) > 0:
            said.append(f"{metric} {values.mean():.4g}, asked {span.low:g} to {span.high:g}")
    return said


def _judge(session: Session, study: Optimise, motion: str, tried: list[Mix]) -> tuple[Best, np.ndarray]:
    """Choose among the best few on fresh seeds, and judge the chosen on others: whatever was chosen is lucky."""
    best_few = np.argsort(ranks(tried, study.goal))[:FEW].tolist()
    few = [tried[k] for k in dict.fromkeys([0, *best_few])]
    seeds = session.config.seeds
    choosing, fresh = (
        range(seeds + 1 + k * study.check_seeds, seeds + 1 + (k + 1) * study.check_seeds) for k in (0, 1)
    )
    again = _try(session, study, motion, [m.shares for m in few], choosing)
    chosen = again[int(np.argmin(ranks(again, study.goal)))]
    own, best = _try(session, study, motion, [tried[0].shares, chosen.shares], fresh)
    if not is_better(best, own, study.goal):
        chosen, best = again[0], own
    mine, was = best.values[study.goal], own.values[study.goal]
    gain = versus(study.goal, mine, was)
    return Best(
        motion,
        best.shares,
        ranges(study, best.shares, [m for m in tried if len(m.shares) == len(best.shares)]),
        median_first(was),
        median_first(mine),
        float((gain[np.isfinite(gain)] > 0).mean()) if np.isfinite(gain).any() else np.nan,
        chosen.broken == 0,
        _missed(study, best),
        _flat(session, study, best, fresh, mine),
        len(tried),
        best is own,
        is_ahead(int((gain > 0).sum()), int((gain < 0).sum())),
    ), mine


def is_better(mix: Mix, than: Mix, goal: str) -> bool:
    """Return whether a mix beats another on the same seeds: it ranks before it and is no worse in the median either, which is told."""
    a, b = (signed(goal, np.array([median_first(m.values[goal])[0]]))[0] for m in (mix, than))
    return bool(ranks([than, mix], goal)[1] == 0 and (a >= b or mix.broken < than.broken))


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
    tilted = [_tilted(best.shares, k, f) for k in best.shares for f in TILTS]
    runs = _run(session, study, best.motion, tilted, seeds)
    gaps = (runs.metric(best.motion, study.goal) - mine).reshape(len(best.shares), len(TILTS), -1)
    error = gaps.std(axis=2, ddof=1) / np.sqrt(gaps.shape[2])
    small = np.abs(gaps.mean(axis=2)) <= np.maximum(FLAT * abs(mine.mean()), AS_GOOD * error)
    return [lever for lever, is_small in zip(best.shares, small.all(axis=1), strict=True) if is_small]


def sentences(study: Optimise, bests: list[Best]) -> list[str]:
    """Say what the optimum is worth, and where it is flat."""
    said = []
    goal = METRICS[study.goal]
    for best in bests:
        if not np.isfinite([best.own[0], best.best[0]]).all():
            said.append(
                f"{motion_called(best.motion)}: {goal.called} is not defined in the fresh markets, nothing can be said"
            )
            continue
        text = f"{motion_called(best.motion)}: {_gain(study, best)}"
        if best.flat:
            text += f"; the optimum is flat in {', '.join(best.flat).replace('_', ' ')}"
        if not best.meets:
            text += "; no mix met the conditions, this one misses them least"
        if best.missed:
            text += f"; in the fresh markets it does not meet the conditions: {'; '.join(best.missed)}"
        elif study.subject_to:
            text += "; it meets the conditions in the fresh markets"
        if len(best.shares) > 1 and not all(np.isfinite(ends).all() for ends in best.ranges.values()):
            text += "; too few mixes near it to say how far its shares are sure: more study.rounds"
        said.append(text)
    return said


def _gain(study: Optimise, best: Best) -> str:
    """Say what the best mix gains in the fresh markets over the motion's own."""
    goal, gain = METRICS[study.goal], best.best[0] - best.own[0]
    if best.own_stays:
        return f"none of {best.tried} mixes is better in {goal.called} than its own in {study.check_seeds} fresh simulated markets, so its own stays"
    much = f"{100 * abs(gain) / best.own[0]:.0f} %" if goal.log and best.own[0] else shown_gap(gain, goal.kind)[1:]
    verb = "improves" if better(study.goal) * gain >= 0 else "worsens"  # to meet a condition
    return (
        f"the best of {best.tried} mixes {verb} {goal.called} by {much} on "
        f"{study.check_seeds} fresh simulated markets (better in {100 * best.gain_share_of_seeds:.0f} % of them{'' if best.sure or verb == 'worsens' else ', which luck alone may do'})"
    )


def _rows(mixes: list[Mix]) -> list[dict[str, Any]]:
    levers = dict.fromkeys(lever for mix in mixes for lever in mix.shares)
    return [{"motion": m.motion, "goal": m.goal, "broken": m.broken, **levers, **m.shares} for m in mixes]


def _optimum_rows(study: Optimise, best: Best) -> list[dict[str, Any]]:
    return [
        {
            "motion": best.motion, "goal": study.goal, "lever": lever, "share": share, "share_low": best.ranges[lever][0],
            "share_high": best.ranges[lever][1], "flat": lever in best.flat, "meets": best.meets and not best.missed, "goal_median": best.best[0], "goal_low": best.best[1],
            "goal_high": best.best[2], "own_mix_median": best.own[0],
        }
        for lever, share in best.shares.items()
    ]  # fmt: skip


def _table(study: Optimise, bests: list[Best]) -> Table:
    name, kind = row_name(METRICS[study.goal]), METRICS[study.goal].kind
    table = Table(title=f"each motion at its own best mix for {name} (90 % interval)", title_justify="left")
    table.add_column("")
    for best in bests:
        table.add_column(motion_called(best.motion), justify="right")
    table.add_row(f"{name}, own mix", *(shown(b.own[0], kind) for b in bests))
    table.add_row(
        f"{name}, best mix",
        *(with_interval(shown(b.best[0], kind), *b.best[1:], lambda end: shown(end, kind)) for b in bests),
    )
    for lever in dict.fromkeys(k for b in bests for k in b.shares):
        cells = []
        for b in bests:
            low, high = b.ranges.get(lever, (0.0, 0.0))
            span = f"({100 * low:.0f} to {100 * high:.0f})" if np.isfinite(low) else "(not resolved)"
            cells.append(f"{100 * b.shares[lever]:.0f} % {span}" if lever in b.shares else "")
        table.add_row(lever.replace("_", " "), *cells)
    return table
