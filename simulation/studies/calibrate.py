"""Study ``calibrate``: a company's own exports against the model: what they inform, a check on months held out, a scenario."""

from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import weeks_of
from simulation.evidence.changes import base_of, check_changes, scaled, steps
from simulation.evidence.company_file import (
    check_paid,
    check_targets,
    company_yaml,
    motion_yaml,
    shares_of,
    targets,
    unlaunched,
)
from simulation.evidence.exports import Exports, read_exports
from simulation.evidence.posterior import Posterior, infer
from simulation.evidence.predictive import Check, Monthly, check_fit, monthly
from simulation.evidence.readback import read_back
from simulation.evidence.summaries import (
    IN_COHORTS,
    NEEDED,
    as_known,
    cohorts_of,
    in_cohorts,
    kept_by_age,
    observed,
    simulated,
    summarise,
)
from simulation.runs.design import DESIGN_SEED, unit_points
from simulation.runs.output import say, say_whole
from simulation.runs.session import Session
from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior, choose, settings_at
from simulation.scenario.schema import World
from simulation.scenario.settings import setting_name
from simulation.scenario.study import Calibrate
from simulation.studies import held_out
from simulation.studies.held_out import HeldOut
from simulation.studies.misfit import verdicts
from simulation.studies.screen import show

FIRST_SEED = 1_000_000  # of the draws; seeds=... ends at 100,000, so they share their luck with no other run
FEWEST_MONTHS = 6  # to fit
MOTIONS = ("clg", "plg")  # of which one is offered to compare with
NAMED = 12  # numbers about which nothing is said
CHECKED = 80  # worlds drawn from a fit, to see what they go on to do


class Learned(NamedTuple):
    """What the data say of one number: 90 % intervals before and after, share of its variance that they predict."""

    parameter: str
    informed: bool
    predicted_share: float
    prior_low: float
    mode: float
    prior_high: float
    median: float
    low: float
    high: float
    grade: str


class Drawn(NamedTuple):
    """Worlds as they were drawn and what they did in the months of the data, each once, with luck of its own."""

    unit: np.ndarray  # (draws, parameters), quantiles of the priors
    series: dict[str, np.ndarray]  # (draws, months)
    cohorts: np.ndarray | None  # counts (draws, cohorts, months)


class Found(NamedTuple):
    """What a calibration has found, for its tables and figures."""

    learned: list[Learned]
    held_out: list[HeldOut]
    data: Exports
    seen: dict[str, np.ndarray]  # the company's monthly series
    fitted: dict[str, np.ndarray]  # the same of worlds drawn from the fit on the months not held out, (worlds, months)
    train: int  # months fitted
    strange: list[str]
    checks: list[Check]  # on all months


def answer(session: Session, study: Calibrate) -> Found:
    """Simulate the company's history under draws of the priors, keep what looks like it; write the scenario."""
    if study.data is None:
        raise BadInput("study.data=null: name the folder of your exports, such as study.data=my-exports")
    if len(session.worlds) != 1:
        raise BadInput(
            f"motions=[{','.join(session.worlds)}]: name the one motion that is nearest to the company's, such as motions=[plg]"
        )
    if session.config.seeds != 1:
        raise BadInput(
            f"seeds={session.config.seeds}: every draw is one history with luck of its own; ask for more draws instead, such as study.draws=2400"
        )
    if session.config.history:
        raise BadInput("history: study=calibrate makes the past out of the exports; leave it away")
    data = read_exports(Path(study.data))
    months = len(data.months)
    train = months - study.holdout_months
    if train < FEWEST_MONTHS:
        raise BadInput(
            f"study.holdout_months={study.holdout_months}: {months} months are given, at least {FEWEST_MONTHS} must be left to fit"
        )
    by_month = [
        what
        for what, given in (("spend.csv gives spending", data.spend_usd), ("settings.csv gives settings", data.times))
        if given
    ]
    if by_month and session.config.interventions:
        weeks = ", ".join(str(i.week) for i in session.config.interventions)
        raise BadInput(
            f"interventions: the scenario changes settings in week {weeks}, {by_month[0]} month by month; leave one away"
        )
    ((name, world),) = session.worlds.items()
    check_paid(name, world.motion.model_dump(), data)
    check_changes(data, world)
    check_targets(study.company, session.arguments, session.store.folder, fresh=session.config.fresh)
    known = choose(world, study.parameters)
    for line in [*data.notes, *read_back(data, world)]:
        say(session.console, line)
    plan = history(world, data, study)
    drawn = draw(session, study, data, plan, known, _unit(len(known), study.draws), FIRST_SEED)
    first = posterior(drawn, data.upto(train))
    last = posterior(drawn, data) if study.holdout_months else first
    seen = observed(data)
    fitted = draw(session, study, data, plan, known, _sample(first, CHECKED), FIRST_SEED + study.draws).series
    months_after = held_out.hold_out(fitted, seen, train)
    learned = [_learned(prior, last, k) for k, prior in enumerate(known)]
    checks = check_fit(*like_the_company(drawn, data, last, study.warm_up_months), data.months)
    found = Found(learned, months_after, data, seen, fitted, train, _strange(drawn.series, last), checks)
    written = _write(session, study, found, known, last, plan)
    _print(session, study, found, written)
    return found


def _unit(dimensions: int, n: int) -> np.ndarray:
    from scipy.stats import qmc

    return unit_points(qmc.LatinHypercube, dimensions, n)


def history(world: World, data: Exports, study: Calibrate) -> dict[str, Any]:
    """Return the settings of the company's past: length, and its spending month by month where it is given."""
    weeks = weeks_of(study.warm_up_months + len(data.months))
    plan: dict[str, Any] = {"weeks": weeks}
    if not data.spend_usd:
        return plan
    accounts = world.market.accounts or world.market.people or 1
    motion = world.motion.model_dump()
    steps = []
    for k in range(len(data.months)):
        start, end = (weeks_of(study.warm_up_months + k + d) for d in (0, 1))
        usd = {lever: float(series[k]) for lever, series in data.spend_usd.items()}
        shares = shares_of(usd, motion)
        steps.append((start, sum(usd.values()) / accounts / (end - start), shares))
    first = steps[0]
    plan["motion"] = unlaunched(motion, first[2])
    plan["budget"] = {"usd_per_account_per_week": first[1], "share_of_revenue": 0.0}
    plan["interventions"] = [
        {"week": start, "set": {"budget.usd_per_account_per_week": usd, "motion.shares": shares}}
        for start, usd, shares in steps
        if start > 0
    ]
    return plan


def _past(
    plan: dict[str, Any], data: Exports, world: World, settings: dict[str, float], study: Calibrate
) -> dict[str, Any]:
    """Return a plan with what the company changed, of a world with these settings."""
    changed = steps(data, world, settings, study.warm_up_months)
    return plan | {"interventions": [*plan.get("interventions", []), *changed]} if changed else plan


def draw(
    session: Session,
    study: Calibrate,
    data: Exports,
    plan: dict[str, Any],
    known: list[Prior],
    unit: np.ndarray,
    first_seed: int,
) -> Drawn:
    """Simulate each row of ``unit`` once over the months of ``data``; a run that failed is left out.

    Every draw has a seed of its own: a company has lived once, and its luck is part of what it shows. Under one seed for
    all, 90 % intervals held 0 to 48 % of known truths.
    """
    (world,) = session.worlds.values()
    points = [_past(plan, data, world, settings, study) | settings for settings in settings_at(known, unit)]
    return drawn_at(session, study, data, points, unit, first_seed)


def drawn_at(
    session: Session,
    study: Calibrate,
    data: Exports,
    points: list[dict[str, Any]],
    unit: np.ndarray,
    first_seed: int,
) -> Drawn:
    """Simulate each of ``points`` once; their quantiles of the priors are ``unit``."""
    motion = next(iter(session.worlds))
    runs = session.run(points, luck=[[first_seed + k] for k in range(len(points))], keep=study.keep)
    ids = [row[0] for row in runs.ids[motion]]
    good = ~np.isin(ids, runs.missing)
    months, skip = len(data.months), study.warm_up_months
    weekly = session.weeks_of_points(runs, motion, NEEDED, weeks_of(skip + months))
    series = simulated({name: values[good, 0] for name, values in weekly.items()}, data, skip, session.weight)
    if data.cohorts is None:
        return Drawn(unit[good], series, None)
    lives, none = session.lives_by_run(motion), (np.zeros(0, int), np.zeros(0, int))
    counts = [
        cohorts_of(*lives.get(name, none), skip, data.cohorts) for name, fine in zip(ids, good, strict=True) if fine
    ]
    cohorts = session.weight * np.array(counts)
    return Drawn(unit[good], series | {IN_COHORTS: in_cohorts(cohorts)}, cohorts)


def posterior(drawn: Drawn, data: Exports) -> Posterior:
    """Return what ``data`` say, from draws over as many months or more."""
    months, of = len(data.months), observed(data)
    cut = {name: values[:, :months] for name, values in drawn.series.items()}
    stats, seen = [summarise(as_known(cut, of))], [summarise({name: of[name] for name in cut})]
    if data.cohorts is not None and drawn.cohorts is not None:
        stats.append(kept_by_age(drawn.cohorts[:, :months, :months]))
        seen.append(kept_by_age(data.cohorts))
    return infer(drawn.unit, np.concatenate(stats, axis=1), np.concatenate(seen))


def like_the_company(
    drawn: Drawn, data: Exports, fit: Posterior, warm_up_months: int
) -> tuple[list[Monthly], list[Monthly]]:
    """Return what is checked of a company, and of the draws that the fit holds for like it: runs with luck of their own."""
    seen = observed(data)
    series = as_known({name: values[fit.kept] for name, values in drawn.series.items()}, seen)
    cohorts = None if drawn.cohorts is None else drawn.cohorts[fit.kept]
    return (
        monthly(seen, data.cohorts, data, warm_up_months),
        monthly(series, cohorts, data, warm_up_months),
    )


def _strange(series: dict[str, np.ndarray], found: Posterior) -> list[str]:
    """Return the series that the priors cannot produce in some quarter."""
    names, at = [], 0
    for name, values in series.items():
        n = -(-values.shape[1] // 3)
        if found.strange[at : at + n].any():
            names.append(name)
        at += n
    return names


def _learned(prior: Prior, found: Posterior, k: int) -> Learned:
    low, median, high = prior.quantile(np.quantile(found.unit[:, k], (0.05, 0.5, 0.95))).tolist()
    before_low, before_high = prior.quantile(np.array([0.05, 0.95])).tolist()
    share = max(0.0, float(found.predicted_share[k]))
    return Learned(
        prior.name, bool(found.informed[k]), share, before_low, prior.mode, before_high, median, low, high, prior.grade
    )


def _sample(fit: Posterior, n: int) -> np.ndarray:
    """Return ``n`` draws of a posterior, in an order that makes any first few of them a fair sample."""
    order = np.random.default_rng(DESIGN_SEED).permutation(fit.unit.shape[0])
    return fit.unit[order[:n]]


def _changes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what changed in the past, from its first week on: the company's spending month by month, where it is given."""
    if "budget" not in plan:
        return []
    first = {f"budget.{name}": value for name, value in plan["budget"].items()}
    return [{"week": 0, "set": first | {"motion.shares": plan["motion"]["shares"]}}, *plan["interventions"]]


def _write(
    session: Session, study: Calibrate, found: Found, known: list[Prior], fit: Posterior, plan: dict[str, Any]
) -> list[Path]:
    """Write the tables, and the company's files for other commands, each with a copy beside the results; return those."""
    session.store.csv("calibration.csv", [x._asdict() for x in found.learned])
    session.store.csv("holdout.csv", [x._asdict() for x in found.held_out])
    session.store.csv("misfit.csv", [x._asdict() for x in found.checks])
    informed: dict[str, float] = {}
    for k, (prior, learned) in enumerate(zip(known, found.learned, strict=True)):
        if learned.informed:
            informed |= prior.settings(float(prior.quantile(np.array([np.median(fit.unit[:, k])]))[0]))
    name, ((motion, world),) = study.company, session.worlds.items()
    company, sample, mix = targets(name)
    own = motion_yaml(name, motion, world.motion.model_dump(), found.data)
    changed = [*_changes(plan), *steps(found.data, world, informed, study.warm_up_months)]
    past = {"motion": name if own else motion, "weeks": plan["weeks"], "interventions": changed}
    today = informed | scaled(found.data, base_of(found.data, world, informed))
    scenario = company_yaml(name, session.config, session.arguments, found.data, today, past)
    session.store.text(company.as_posix(), scenario)
    worlds = settings_at(known, _sample(fit, study.sample))
    session.store.csv(sample.as_posix(), [settings | scaled(found.data, settings) for settings in worlds])
    written = [company, sample]
    if own:
        session.store.text(mix.as_posix(), own)
        written.append(mix)
    for path in written:
        session.store.publish(path.as_posix(), path)
    return written


def _print(session: Session, study: Calibrate, found: Found, written: list[Path]) -> None:
    table = Table(title="what the data inform: 90 % intervals before and after", title_justify="left")
    for name in ("number", "before", "after", "predicted"):
        table.add_column(name, justify="left" if name == "number" else "right", overflow="fold")
    informed = sorted((x for x in found.learned if x.informed), key=lambda x: -x.predicted_share)
    for x in informed:
        table.add_row(
            setting_name(x.parameter),
            f"{x.prior_low:.3g} to {x.prior_high:.3g}",
            f"{x.median:.3g} ({x.low:.3g} to {x.high:.3g})",
            f"{100 * x.predicted_share:.0f} %",
        )
    if informed:
        show(session.console, table)
    say(session.console, _silence([x.parameter for x in found.learned if not x.informed], len(found.learned)))
    if found.held_out:
        show(session.console, held_out.table(found.held_out, study.holdout_months))
        for line in held_out.sentences(found.held_out):
            say(session.console, line)
    for line in verdicts(found.checks, found.data.months, session.weight):
        say(session.console, line)
    if found.strange:
        say(
            session.console,
            f"the priors cannot produce: {', '.join(found.strange)}; check market.accounts, price, motion and the file's unit",
        )
    say_whole(session.console, f"written: {', '.join(map(str, written))}")
    name, sample = study.company, written[1]
    rival = next(m for m in MOTIONS if m not in session.worlds)
    mine = name if len(written) > 2 else next(iter(session.worlds))
    say_whole(session.console, f"compare: flywheel company={name} motions=[{mine},{rival}] study.posterior={sample}")


def _silence(silent: list[str], of: int) -> str:
    """Say which numbers the data cannot tell: by name, or by section where they are many."""
    if len(silent) <= NAMED:
        return f"the data say nothing about {len(silent)} of {of} numbers: {', '.join(map(setting_name, silent)) or 'none'}"
    sections = Counter(".".join(name.split(".")[: 2 if name.startswith("behaviour") else 1]) for name in silent)
    parts = ", ".join(f"{n} of {section}" for section, n in sections.items())
    return f"the data say nothing about {len(silent)} of {of} numbers (informed=False in data/calibration.csv): {parts}"
