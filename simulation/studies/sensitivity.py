"""Study ``sensitivity``: which assumption decides. Each number with a prior alone, Morris screening, Sobol indices (SALib)."""

import math
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior, choose
from simulation.scenario.study import Sensitivity
from simulation.studies.design import DESIGN_SEED
from simulation.studies.paired import rows_of, write_rows
from simulation.studies.session import Runs, Session

TAILS = (0.05, 0.95)  # quantiles of a prior at which it is tried alone
RESAMPLES = 500


class Alone(NamedTuple):
    """An outcome with one number low or high in its prior and all others at their modes."""

    metric: str
    parameter: str
    grade: str
    low_setting: float
    high_setting: float
    at_mode: float
    at_low: float
    at_high: float


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


def answer(session: Session, study: Sensitivity) -> Found:
    """Screen every number with a prior, then split the variance among those that matter."""
    session.check_metrics(*study.metrics)
    session.check_motion(study.of, "study.of")
    if study.against:
        session.check_motion(study.against, "study.against")
    priors = choose(session.worlds[study.of], study.parameters)
    found = _find(session, study, priors)
    folder = session.store.folder
    write_rows(folder / "one_at_a_time.csv", rows_of(found.alone))
    write_rows(folder / "morris.csv", rows_of(found.screened))
    write_rows(folder / "sobol.csv", rows_of(found.indices))
    (folder / "verdict.txt").write_text("\n".join(found.verdicts) + "\n", encoding="utf-8")
    session.console.print(_table(found))
    for sentence in found.verdicts:
        session.console.print(sentence)
    return found


def _find(session: Session, study: Sensitivity, priors: list[Prior]) -> Found:
    import warnings

    from SALib.analyze import morris, sobol
    from SALib.sample import morris as morris_sample
    from SALib.sample import sobol as sobol_sample

    warnings.filterwarnings("ignore", module="SALib")
    modes = {p.name: p.mode for p in priors}
    points: list[dict[str, Any]] = [{}]
    for prior in priors:
        points += [prior.settings(float(v)) for v in prior.quantile(np.array(TAILS))]
    single = session.run(points, motions=_motions(study), keep=study.keep)

    problem = {"num_vars": len(priors), "names": list(modes), "bounds": [[0.0, 1.0]] * len(priors)}
    screen = morris_sample.sample(problem, study.trajectories, num_levels=4, seed=DESIGN_SEED)
    screened_runs = session.run(_points(priors, screen), motions=_motions(study), keep=study.keep)

    alone, screened, indices, verdicts, outcome = [], [], [], [], {}
    effect = np.zeros(len(priors))
    for metric in study.metrics:
        outcome[metric] = in_words(study, metric)
        y = outcomes(single, study, metric)
        for k, prior in enumerate(priors):
            low, high = prior.quantile(np.array(TAILS)).tolist()
            alone.append(Alone(metric, prior.name, prior.grade, low, high, y[0], y[1 + 2 * k], y[2 + 2 * k]))
        found = morris.analyze(problem, screen, outcomes(screened_runs, study, metric), num_levels=4, seed=DESIGN_SEED)
        for k, name in enumerate(modes):
            screened.append(
                Screened(
                    metric, name, float(found["mu_star"][k]), float(found["mu_star_conf"][k]), float(found["sigma"][k])
                )
            )
        top = np.nanmax(np.asarray(found["mu_star"]))
        effect = np.maximum(effect, np.asarray(found["mu_star"]) / top if top > 0 else 0.0)

    final = [priors[k] for k in np.sort(np.argsort(-effect, kind="stable")[: study.finalists])]
    problem = {"num_vars": len(final), "names": [p.name for p in final], "bounds": [[0.0, 1.0]] * len(final)}
    sample = sobol_sample.sample(problem, study.samples, calc_second_order=False, seed=DESIGN_SEED)
    split = session.run(_points(final, sample), motions=_motions(study), keep=study.keep)
    for metric in study.metrics:
        y = outcomes(split, study, metric)
        s = sobol.analyze(problem, y, calc_second_order=False, num_resamples=RESAMPLES, seed=DESIGN_SEED)
        rows = [
            Index(metric, p.name, *(float(s[key][k]) for key in ("S1", "S1_conf", "ST", "ST_conf")))
            for k, p in enumerate(final)
        ]
        rows.sort(key=lambda r: -r.total_order)
        indices += rows
        verdicts += _verdict(outcome[metric], rows)
    return Found(outcome, alone, screened, indices, verdicts, session.total)


def _motions(study: Sensitivity) -> list[str]:
    return [study.of, study.against] if study.against else [study.of]


def _points(priors: list[Prior], unit: np.ndarray) -> list[dict[str, float]]:
    """Return settings for points of the unit cube, shape (points, priors)."""
    columns = [prior.quantile(unit[:, k]) for k, prior in enumerate(priors)]
    points = []
    for i in range(unit.shape[0]):
        point: dict[str, float] = {}
        for prior, column in zip(priors, columns, strict=True):
            point |= prior.settings(float(column[i]))
        points.append(point)
    return points


def in_words(study: Sensitivity, metric: str) -> str:
    """Return what is measured: CAC and the like compared as a ratio, by its logarithm."""
    if study.against is None:
        return f"{metric} of {study.of.upper()}"
    how = "over" if is_ratio(metric) else "less"
    return f"{metric} of {study.of.upper()} {how} that of {study.against.upper()}"


def is_ratio(metric: str) -> bool:
    """Return whether a metric is a cost per head or another number above zero that spans orders of magnitude."""
    return metric.startswith(("cac_", "ltv_", "payback", "acquisition_per"))


def outcomes(runs: Runs, study: Sensitivity, metric: str) -> np.ndarray:
    """Return the outcome at each point, mean over seeds, shape (points,); raises BadInput where a run has none."""
    parts = []
    for motion in _motions(study):
        values = runs.metric(motion, metric)
        values = np.log(np.where(values > 0, values, np.nan)) if is_ratio(metric) else values
        bad = np.argwhere(~np.isfinite(values))
        if bad.size:
            p, k = bad[0]
            name = runs.ids[motion][p][k]
            why = "failed" if name in runs.missing else f"has no {metric}"
            raise BadInput(
                f"run {name} ({motion}, point {p}, seed {k + 1}) {why}, and {len(bad)} of {values.size} in all: "
                "indices would be wrong; choose another metric, more people or longer runs"
            )
        parts.append(values.mean(axis=1))
    return parts[0] - parts[1] if len(parts) > 1 else parts[0]


def _verdict(what: str, rows: list[Index]) -> list[str]:
    """Say what can be ranked and what can not."""
    said = []
    first = rows[0]
    total = 100 * first.total_order
    said.append(
        f"{what}: {first.parameter} decides most ({total:.0f} % of the variance, ± {100 * first.total_half_width:.0f})"
    )
    for a, b in pairwise(rows[:4]):
        if a.total_order - a.total_half_width < b.total_order + b.total_half_width:
            gap = max(a.total_order - b.total_order, 1e-3)
            need = ((a.total_half_width + b.total_half_width) / gap) ** 2
            times = (
                f"about {min(need, 1000):.0f} times the samples would tell them apart"
                if need < 1000
                else "they may be equal"
            )
            said.append(f"{what}: too few runs to rank {a.parameter} and {b.parameter}; {times}")
    noise = sum(r.total_half_width for r in rows) / len(rows)
    if noise > 0.1 or not math.isfinite(noise):
        said.append(
            f"{what}: intervals are ± {100 * noise:.0f} % of the variance on average; four times study.samples halve them"
        )
    return said


def _table(found: Found) -> Table:
    table = Table(title=f"share of the variance, {found.runs:,} runs", title_justify="left")
    for name in ("outcome", "number", "first order", "total"):
        table.add_column(name, justify="right" if name in ("first order", "total") else "left")
    before = ""
    for row in found.indices:
        what = found.outcome[row.metric]
        table.add_row(
            "" if what == before else what, row.parameter,
            f"{100 * row.first_order:.0f} % ± {100 * row.first_half_width:.0f}",
            f"{100 * row.total_order:.0f} % ± {100 * row.total_half_width:.0f}",
        )  # fmt: skip
        before = what
    return table
