"""Study ``sensitivity``: which assumption decides. Each number with a prior alone, Morris screening, Sobol indices (SALib)."""

import math
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics import METRICS
from simulation.runs.design import DESIGN_SEED
from simulation.runs.paired import rows_of
from simulation.runs.session import Runs, Session
from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior, choose, settings_at
from simulation.scenario.settings import motion_called, setting_name
from simulation.scenario.study import Sensitivity
from simulation.studies.firm import Designed
from simulation.studies.screen import show
from simulation.studies.tables import listed

TAILS = (0.05, 0.95)  # quantiles of a prior at which it is tried alone
RESAMPLES = 500
WIDEST = 15  # numbers that are tried alone on more seeds, for each outcome: those that move it most
MORE_SEEDS = 6  # for these, judgement: intervals of a paired mean need more than the two seeds of a screening
TOLD = 3  # numbers that a sentence names
LEAST_WHOLE = 0.5  # of a design's blocks; with fewer what is left is no fair sample of the priors
FAR_BELOW = 0.05  # of the variance: a first order below minus this is noise that must be said
AS_KNOWN = (
    "Every world has the numbers that the firm knows of itself: what a number does is told at the same known numbers"
)
Z95 = 1.96  # of a normal, 95 %
UNSURE = 0.25  # of the variance: a sum of indices that is less sure than this is not told


class Alone(NamedTuple):
    """An outcome with one number low or high in its prior and all others at their modes.

    Half-widths are of the 90 % intervals of ``at_low - at_mode`` and ``at_high - at_mode``, paired over ``seeds`` (Student's t).
    """

    metric: str
    parameter: str
    grade: str
    low_setting: float
    high_setting: float
    at_mode: float
    at_low: float
    at_high: float
    low_half_width: float
    high_half_width: float
    seeds: int


class Tried(NamedTuple):
    """A design as it was run: ``met``, shape (points,), says at which of its points; at others no firm has the numbers that this one knows of itself."""

    runs: Runs
    met: np.ndarray


class Screened(NamedTuple):
    """Morris: mean absolute elementary effect over the prior (unit steps) with the half-width of its 95 % interval."""

    metric: str
    parameter: str
    mu_star: float
    mu_star_half_width: float
    sigma: float


class Index(NamedTuple):
    """Sobol: share of the outcome's variance, first order and total, with half-widths of 95 % intervals."""

    metric: str
    parameter: str
    first_order: float
    first_half_width: float
    total_order: float
    total_half_width: float


class Found(NamedTuple):
    """What a sensitivity study has found, for its tables and figures."""

    outcome: dict[str, str]  # metric -> what is measured, in words
    alone: list[Alone]
    screened: list[Screened]
    indices: list[Index]
    verdicts: list[str]
    runs: int
    known: bool = False  # whether every world has the numbers that the firm knows of itself


def answer(session: Session, study: Sensitivity) -> Found:
    """Screen every number with a prior, then split the variance among those that matter."""
    session.check_metrics("study.metrics", *study.metrics)
    priors = choose(session.worlds[study.of], list(dict.fromkeys(study.parameters)))
    found = _find(session, study, Designed(session, priors))
    session.store.csv("one_at_a_time.csv", rows_of(found.alone))
    session.store.csv("morris.csv", rows_of(found.screened))
    session.store.csv("sobol.csv", rows_of(found.indices))
    session.verdict(found.verdicts)
    show(session.console, _table(found))
    return found


def _find(session: Session, study: Sensitivity, designed: Designed) -> Found:
    import warnings

    from SALib.analyze import sobol
    from SALib.sample import morris as morris_sample
    from SALib.sample import sobol as sobol_sample

    warnings.filterwarnings("ignore", module="SALib")
    priors = designed.priors
    finalists = min(study.finalists, len(priors))
    run = partial(session.run, motions=_motions(study), keep=study.keep)
    problem = {"num_vars": len(priors), "names": [p.name for p in priors], "bounds": [[0.0, 1.0]] * len(priors)}
    screen = morris_sample.sample(problem, study.trajectories, num_levels=4, seed=DESIGN_SEED)
    points: list[dict[str, Any]] = [{}]
    for prior in priors:
        points += [prior.settings(float(v)) for v in prior.quantile(np.array(TAILS))]
    designed.ahead(len(points), len(screen) + study.samples * (finalists + 2))

    points, met = designed.alone(points, [None, *(prior for prior in priors for _ in TAILS)])
    single = _tried(run, points, met)
    seeds = range(1, max(MORE_SEEDS, session.config.seeds) + 1)
    beyond = [k for k in range(len(priors)) if not met[_places(k)].all()]
    widest = [k for k in _widest(single, study, len(priors)) if k not in beyond]
    again = run([points[i] for i in (0, *(i for k in widest for i in _places(k)[1:]))], seeds=seeds)
    points, met = designed.at(settings_at(priors, screen), priors, screen)
    screened_runs = _tried(run, points, met)

    alone, screened, indices, verdicts, outcome = [], [], [], [], {}
    effect = np.zeros(len(priors))
    for metric in study.metrics:
        outcome[metric] = in_words(study, metric)
        few, many = (
            by_seed(single, study, metric),
            by_seed(Tried(again, np.ones(len(again.points), bool)), study, metric),
        )
        for k, prior in enumerate(priors):
            if k not in beyond:
                at = _places(widest.index(k)) if k in widest else None
                alone.append(_alone(metric, prior, few[_places(k)] if at is None else many[at]))
        y, _ = complete(screened_runs, study, metric, 1)
        effects = elementary(screen, y)
        verdicts += _nothing_said(outcome[metric], effects, firm=designed.known)
        screened += [_screened(metric, prior.name, of) for prior, of in zip(priors, effects, strict=True)]
        moves = np.array([row.mu_star for row in screened[-len(priors) :]])
        top = np.nanmax(moves)
        effect = np.fmax(effect, moves / top if top > 0 else 0.0)

    final = [priors[k] for k in np.sort(np.argsort(-effect, kind="stable")[:finalists])]
    problem = {"num_vars": len(final), "names": [p.name for p in final], "bounds": [[0.0, 1.0]] * len(final)}
    sample = sobol_sample.sample(problem, study.samples, calc_second_order=False, seed=DESIGN_SEED)
    points, met = designed.at(settings_at(final, sample), final, sample)
    split = _tried(run, points, met)
    for metric in study.metrics:
        y, known = complete(split, study, metric, len(final) + 2)
        s = sobol.analyze(problem, y[known], calc_second_order=False, num_resamples=RESAMPLES, seed=DESIGN_SEED)
        rows = [
            Index(metric, p.name, *(float(s[key][k]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
            for k, p in enumerate(final)
        ]
        rows.sort(key=lambda r: -r.total_order)
        indices += rows
        verdicts += _verdict(outcome[metric], rows) + _left_out(
            outcome[metric], known, len(final) + 2, firm=designed.known
        )
    designed.close()
    if designed.known:
        verdicts = [AS_KNOWN, *_out_of_reach([priors[k] for k in beyond]), *verdicts]
    return Found(outcome, alone, screened, indices, verdicts, session.runs, designed.known)


def _tried(run: Callable[..., Runs], points: list[dict[str, Any]], met: np.ndarray) -> Tried:
    """Run a design at the points at which the firm has its numbers."""
    return Tried(run([point for point, there in zip(points, met, strict=True) if there]), met)


def _places(k: int) -> list[int]:
    """Return which points of a design that moves one number after another are the mode, and number ``k`` low and high."""
    return [0, 1 + 2 * k, 2 + 2 * k]


def elementary(unit: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return elementary effects, shape (numbers, trajectories), NaN where a step lacks the outcome at one of its ends (Morris 1991).

    ``unit``: trajectories one after another, shape (trajectories * (numbers + 1), numbers), a number moved at each step; ``y`` the
    outcome, shape (points,).
    """
    n = unit.shape[1]
    steps, rises = np.diff(unit.reshape(-1, n + 1, n), axis=1), np.diff(y.reshape(-1, n + 1), axis=1)
    moved = np.abs(steps).argmax(axis=2)
    effects = np.empty(rises.shape)
    np.put_along_axis(effects, moved, rises / np.take_along_axis(steps, moved[..., None], axis=2)[..., 0], axis=1)
    return effects.T


def _screened(metric: str, name: str, effects: np.ndarray) -> Screened:
    """Return what the effects of a number come to; its half-width is that of a bootstrap with resamples without end."""
    seen = effects[np.isfinite(effects)]
    if not seen.size:
        return Screened(metric, name, np.nan, np.nan, np.nan)
    half = Z95 * np.abs(seen).std() / math.sqrt(seen.size)
    return Screened(
        metric, name, float(np.abs(seen).mean()), float(half), float(seen.std(ddof=1)) if seen.size > 1 else np.nan
    )


def _widest(single: Tried, study: Sensitivity, n: int) -> list[int]:
    """Return which numbers move an outcome most, over all outcomes."""
    found: set[int] = set()
    for metric in study.metrics:
        y = by_seed(single, study, metric).mean(axis=1)[1:].reshape(n, 2)
        found |= set(np.argsort(-np.abs(y[:, 1] - y[:, 0]), kind="stable")[:WIDEST].tolist())
    return sorted(found)


def _alone(metric: str, prior: Prior, y: np.ndarray) -> Alone:
    """Return what a number does alone; ``y`` at mode, low and high, shape (3, seeds)."""
    from scipy.stats import t

    n = y.shape[1]
    error = (y[1:] - y[0]).std(axis=1, ddof=1) / np.sqrt(n) * t.ppf(0.95, n - 1) if n > 1 else np.full(2, np.nan)
    low, high = prior.quantile(np.array(TAILS)).tolist()
    at_mode, at_low, at_high = y.mean(axis=1).tolist()
    return Alone(
        metric, prior.name, prior.grade, low, high, at_mode, at_low, at_high, float(error[0]), float(error[1]), n
    )


def _motions(study: Sensitivity) -> list[str]:
    return [study.of, study.against] if study.against else [study.of]


def in_words(study: Sensitivity, metric: str) -> str:
    """Return what is measured: a metric that spans orders of magnitude is compared as a ratio, by its logarithm."""
    row = METRICS[metric]
    if study.against is None:
        return f"{row.called} of {motion_called(study.of)}"
    how = "over" if row.log else "less"
    return f"{row.called} of {motion_called(study.of)} {how} that of {motion_called(study.against)}"


def complete(tried: Tried, study: Sensitivity, metric: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the outcome at each point, mean over the seeds that have it, and which points belong to whole blocks of ``size``.

    A design may be made of blocks (base points with their neighbours), of which one that lacks a point says nothing. Raises
    BadInput where more than half of them do, or a run failed.
    """
    values = by_seed(tried, study, metric, gaps=True)
    there = np.isfinite(values)
    y = np.where(there, values, 0.0).sum(axis=1) / np.where(there.any(axis=1), there.sum(axis=1), np.nan)
    whole = np.isfinite(y).reshape(-1, size).all(axis=1)
    if whole.mean() < LEAST_WHOLE:
        by_seed(tried, study, metric)
        raise BadInput(
            f"known: in {(~whole).sum()} of {whole.size} drawn worlds{' or a neighbour of theirs' if size > 1 else ''} the firm cannot have its "
            "numbers, and the others are no fair sample of the priors; name fewer study.parameters, or known=null does without"
        )
    return y, np.repeat(whole, size)


def _left_out(what: str, known: np.ndarray, size: int, *, firm: bool = False) -> list[str]:
    blocks, gone = known.size // size, int((~known).sum()) // size
    of = f"{what}: {gone} of {blocks} drawn worlds are left out, in one of whose neighbours {_why_not(firm)}"
    return [of] if gone else []


def _nothing_said(what: str, effects: np.ndarray, *, firm: bool) -> list[str]:
    """Say how many steps of a screening tell nothing, and of how many numbers none does."""
    gone, silent = int(np.isnan(effects).sum()), int(np.isnan(effects).all(axis=1).sum())
    text = f"screening of {what}: {gone} of {effects.size} steps are left out, at one of whose ends {_why_not(firm)}"
    return [text + (f"; none is left of {silent} numbers" if silent else "")] if gone else []


def _why_not(firm: bool) -> str:
    return f"too few customers were won to tell{', or the firm cannot have its numbers' if firm else ''}"


def _out_of_reach(priors: list[Prior]) -> list[str]:
    if not priors:
        return []
    names = _listed([setting_name(prior.name) for prior in priors])
    return [f"not tried alone: {names}; at an end of the prior the firm cannot have its numbers"]


def by_seed(tried: Tried, study: Sensitivity, metric: str, *, gaps: bool = False) -> np.ndarray:
    """Return the outcome at each point under each seed, shape (points, seeds); raises BadInput where a run failed or has none.

    It is NaN where the firm cannot have its numbers, and with ``gaps`` of a run that has none.
    """
    parts, runs = [], tried.runs
    for motion in _motions(study):
        values = runs.metric(motion, metric)
        values = np.log(np.where(values > 0, values, np.nan)) if METRICS[metric].log else values
        bad = np.argwhere(~np.isfinite(values))
        if gaps:
            bad = np.array([(p, k) for p, k in bad if runs.ids[motion][p][k] in runs.missing])
        if bad.size:
            p, k = bad[0]
            name = runs.ids[motion][p][k]
            why = "failed" if name in runs.missing else f"has no {metric}"
            raise BadInput(
                f"run {name} ({motion}, point {p}, seed {k + 1}) {why}, and {len(bad)} of {values.size} in all: "
                "indices would be wrong; choose another metric, more people or longer runs"
            )
        parts.append(values)
    found = np.full((tried.met.size, parts[0].shape[1]), np.nan)
    found[tried.met] = parts[0] - parts[1] if len(parts) > 1 else parts[0]
    return found


def _verdict(what: str, rows: list[Index]) -> list[str]:
    """Say what decides, what can be ranked and what can not; ``rows`` by total order, largest first."""
    first = rows[0]
    top = [r for r in rows if alike(first, r)]
    shares = _listed([f"{100 * r.total_order:.0f} % ± {100 * r.total_half_width:.0f}" for r in top])
    verb = "decides" if len(top) == 1 else "decide"
    said = [f"{what}: {_listed([setting_name(r.parameter) for r in top])} {verb} most ({shares} of the variance)"]
    if len(top) > 1:
        said[0] += f"; too few runs to tell them apart, {_times(first, top[1])}"
    rest = [r for r in rows if r not in top][:TOLD]
    said += [
        f"{what}: behind, too few runs to rank {setting_name(a.parameter)} and {setting_name(b.parameter)}; {_times(a, b)}"
        for a, b in pairwise(rest)
        if alike(a, b)
    ]
    said += [
        f"{what}: too few samples: the first order of {setting_name(r.parameter)} is {100 * r.first_order:.0f} %, it cannot be below 0"
        for r in rows
        if r.first_order < -FAR_BELOW
    ]
    noise = sum(r.total_half_width for r in rows) / len(rows)
    if noise > 0.1 or not math.isfinite(noise):
        said.append(
            f"{what}: intervals are ± {100 * noise:.0f} % of the variance on average; four times study.samples halve them"
        )
    return said


def alike(a: Index, b: Index) -> bool:
    """Return whether the intervals of two totals overlap."""
    return not a.total_order - a.total_half_width >= b.total_order + b.total_half_width


def _times(a: Index, b: Index) -> str:
    gap = max(a.total_order - b.total_order, 1e-3)
    need = ((a.total_half_width + b.total_half_width) / gap) ** 2
    return f"about {need:.0f} times the samples would" if need < 1000 else "they may be equal"


def _listed(names: list[str]) -> str:
    """Return names in a sentence, the first few of them."""
    return listed(names if len(names) <= TOLD else [", ".join(names[:TOLD]), f"{len(names) - TOLD} more"])


def together(rows: list[Index]) -> tuple[float, float, bool]:
    """Return the sum of first-order indices, its half-width (as if independent), and whether it says anything."""
    total = sum(r.first_order for r in rows)
    half = math.sqrt(sum(r.first_half_width**2 for r in rows))
    return total, half, half <= UNSURE and -half <= total <= 1 + half


def _table(found: Found) -> Table:
    table = Table(title=f"share of the variance, {found.runs:,} runs", title_justify="left")
    for name in ("outcome", "number", "first order", "total"):
        table.add_column(name, justify="right" if name in ("first order", "total") else "left")
    before = ""
    for row in found.indices:
        what = found.outcome[row.metric]
        table.add_row(
            "" if what == before else what, setting_name(row.parameter),
            f"{100 * row.first_order:.0f} % ± {100 * row.first_half_width:.0f}",
            f"{100 * row.total_order:.0f} % ± {100 * row.total_half_width:.0f}",
        )  # fmt: skip
        before = what
    return table
