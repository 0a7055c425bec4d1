"""Study ``validate``: is it true. Each target's statistic, computed from the simulation as its source computed it."""

import math
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.evidence.cohorts import FITTED_YEARS, CohortForecast, forecast, read_survival
from simulation.evidence.ends import NEAR, near_end
from simulation.evidence.experiments import (
    COHORT_MOTION,
    COHORT_SETTINGS,
    EXPERIMENTS,
    FIRST_SEED,
    Experiment,
    at_its_size,
)
from simulation.evidence.fitted import fitted
from simulation.evidence.forum import Forum, Shape, read_forum, shapes
from simulation.evidence.network_forecast import SecondHalf
from simulation.evidence.pooling import Estimate
from simulation.evidence.real_networks import Diffusion, read_diffusion
from simulation.evidence.targets import Target, targets
from simulation.runs.output import say
from simulation.runs.session import Session
from simulation.scenario.compose import compose
from simulation.scenario.schema import World
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Validate
from simulation.studies import diffusion
from simulation.studies.elsewhere import corner
from simulation.studies.kind import find_kind
from simulation.studies.screen import show

FEWER_SEEDS = 10  # at most, of a plain run of the scenario, and of markets of another size
SIZES = {"half": 0.5, "five": 5.0}  # times the scenario's market, at which rows are looked at too


class Verdict(NamedTuple):
    """A target and what the simulation does; ``inside``: the value lies in the range. A target missed is shown as missed."""

    id: str
    value: float
    interval_low: float
    interval_high: float
    range_low: float
    range_high: float
    inside: bool
    grade: str
    source: str


class Standing(NamedTuple):
    """What else is known of a target's value.

    ``near``: the end that it is near, ``low``, ``high`` or empty. ``fitted``: whether a search looked at the row. ``plain``: its value
    in plain runs of the scenario, NaN where it cannot be read off them, and ``not_read`` why. ``half``, ``five``: its value in a
    market half as large as the scenario's, and five times as large.
    """

    near: str
    fitted: bool
    plain: float
    not_read: str
    half: float
    five: float


class Given(NamedTuple):
    """What the user's own files hold, none where no file is given."""

    diffusion: tuple[Diffusion, World] | None
    cohorts: dict[str, np.ndarray]
    forum: Forum | None


class Found(NamedTuple):
    """Verdicts in the targets' order, with the patterns in words; forecasts of the user's own data."""

    verdicts: list[Verdict]
    standing: list[Standing]  # of each verdict
    checks: list[Verdict]  # what the targets ask beside them
    patterns: dict[str, str]
    diffusion: SecondHalf | None
    cohorts: list[CohortForecast]
    forum: list[Shape]


def answer(session: Session, study: Validate) -> Found:
    """Run the experiments, compare with the ranges, write ``validation.csv``."""
    given = _given(study)  # a mistake in a file is said before anything runs
    asked = {*study.experiments, *(["community"] if study.forum else [])}
    chosen = [e for e in EXPERIMENTS if e.name in asked]
    own = [e for e in chosen if e.name in study.experiments]
    plain = [e for e in own if not e.not_read]
    asking = [(e, _worlds(session, e), e.seeds) for e in chosen]
    asking += [(e, _worlds(session, e._replace(settings={})), min(e.seeds, FEWER_SEEDS)) for e in plain]
    asking += [(e, _worlds(session, e, size), min(e.seeds, FEWER_SEEDS)) for size in SIZES.values() for e in own]
    items = [(e.observe, world, FIRST_SEED + k) for e, worlds, n in asking for world in worlds for k in range(n)]
    parts = iter(session.each(_observe, items))
    observed = [list(islice(parts, len(worlds) * n)) for _, worlds, n in asking]
    of = dict(zip((e.name for e in chosen), observed, strict=False))
    concluding = [(e.conclude, of[e.name]) for e in chosen if e.name in study.experiments]
    estimates: dict[str, Estimate] = {}
    for found in session.each(_conclude, concluding):
        estimates |= found
    known, beside = targets(), targets("checks.csv")
    verdicts, checks = ([_verdict(t, estimates[t.id]) for t in of if t.id in estimates] for of in (known, beside))
    others = iter(observed[len(chosen) :])
    read, *sizes = (_read(part, others) for part in (plain, *(own for _ in SIZES)))
    standing = _standing(session, chosen, read, sizes, [t for t in known if t.id in estimates], verdicts)
    session.store.csv("validation.csv", [v._asdict() | s._asdict() for v, s in zip(verdicts, standing, strict=True)])
    session.store.csv("checks.csv", [v._asdict() for v in checks])
    patterns = {t.id: t.pattern for t in (*known, *beside)}
    found = Found(
        verdicts,
        standing,
        checks,
        patterns,
        diffusion.answer(session, *given.diffusion, study.foretold) if given.diffusion else None,
        _cohorts(session, study, given),
        _forum(session, study, given, of.get("community", [])),
    )
    if verdicts:
        _print(session, found)
        for e in chosen:
            say(
                session.console,
                f"{e.name}: {', '.join(map(motion_called, e.motions))}, {e.seeds} seeds; differs by: {e.differs}",
            )
    return found


def _given(study: Validate) -> Given:
    """Read the user's own files; raises BadInput."""
    return Given(
        read_diffusion(Path(study.edges), Path(study.adoptions)) if study.edges and study.adoptions else None,
        read_survival(Path(study.cohorts)) if study.cohorts else {},
        read_forum(Path(study.forum)) if study.forum else None,
    )


def _forum(session: Session, study: Validate, given: Given, parts: list[dict[str, Any]]) -> list[Shape]:
    """Hold a real help community's tables beside the simulated ones."""
    if not given.forum:
        return []
    found = shapes(given.forum, parts)
    rows = [
        {"table": s.what, "at": int(s.at[k]), "seen": float(s.seen[k]), "simulated": float(s.simulated[k])}
        for s in found
        for k in range(s.at.size)
    ]
    session.store.csv("forum.csv", rows)
    for s in found[:-1]:
        say(
            session.console,
            f"forum, {s.what} of those who ever posted: the two shares are at most {100 * s.apart:.0f} points apart",
        )
    say(session.console, f"forum, exit hazard by month: simulated over seen {found[-1].apart:.2f} in the median month")
    if study.kind_rounds:
        find_kind(session, given.forum, parts, _world, study.kind_rounds)
    return found


def _cohorts(session: Session, study: Validate, given: Given) -> list[CohortForecast]:
    """Foretell cohorts from their first three years."""
    if not given.cohorts:
        return []
    world = _world(session, COHORT_MOTION, COHORT_SETTINGS)
    found = session.each(forecast, [(name, seen, world, study.foretold) for name, seen in given.cohorts.items()])
    rows = [
        {
            "cohort": f.cohort,
            "year": k + 1,
            "seen": f.seen[k],
            **{
                f"{name}{end}": of[k]
                for name, band in (("model", f.model), ("sbg", f.sbg), ("weibull", f.weibull))
                for end, of in (("", band.middle), ("_low", band.low), ("_high", band.high))
            },
            "geometric": f.geometric[k],
        }
        for f in found
        for k in range(f.seen.size)
    ]
    session.store.csv("cohorts.csv", rows)
    for f in found:
        for name, band in (("model", f.model), ("sBG", f.sbg), ("discrete Weibull", f.weibull)):
            inside, score = f.later(band)
            say(
                session.console,
                f"cohort {f.cohort}, fitted on {FITTED_YEARS} years, {name}: mean error in the later years "
                f"{100 * f.error(band.middle):.1f} points, {inside} of {f.seen.size - FITTED_YEARS} inside 90 %, "
                f"interval score {100 * score:.1f} points",
                # a cohort may be called [a]
            )
        say(
            session.console,
            f"cohort {f.cohort}, a constant rate: {100 * f.error(f.geometric):.1f} points",
        )
    return found


def _observe(observe: Any, world: World, seed: int) -> dict[str, Any]:
    return observe(world, seed)


def _conclude(conclude: Any, parts: list[dict[str, Any]]) -> dict[str, Estimate]:
    return {name: statistic.estimate() for name, statistic in conclude(parts).items()}


def _read(experiments: list[Experiment], observed: Iterator[list[dict[str, Any]]]) -> dict[str, float]:
    """Return the value of each row of ``experiments``, of as many parts as there are of them."""
    return {row: found.value() for e in experiments for row, found in e.conclude(next(observed)).items()}


def _worlds(session: Session, e: Experiment, times: float = 1.0) -> list[World]:
    return [_world(session, motion, e.settings, times) for motion in e.motions]


def _world(session: Session, motion: str, settings: dict[str, Any], times: float = 1.0) -> World:
    """Return the session's scenario under a motion, at the size that an experiment needs, or in a market ``times`` as large."""
    base = session.config
    if motion not in base.motions:
        base = base.model_copy(update={"motions": _shipped(motion)})
    return at_its_size(base.world(motion), motion, settings, times)


def _standing(
    session: Session,
    chosen: list[Experiment],
    read: dict[str, float],
    sizes: list[dict[str, float]],
    known: list[Target],
    verdicts: list[Verdict],
) -> list[Standing]:
    """Return the standing of each verdict; ``read``: rows as plain runs have them, ``sizes`` as markets of each of ``SIZES``."""
    why = {row: e.not_read for e in chosen if e.not_read for row in e.conclude([])}
    short = f"not defined in the {session.config.weeks} weeks of a plain run"
    looked_at = fitted()
    found = []
    for target, verdict in zip(known, verdicts, strict=True):
        value = read.get(target.id, math.nan)
        not_read = "" if math.isfinite(value) else why.get(target.id, short)
        at = [size[target.id] for size in sizes]
        found.append(Standing(near_end(target, verdict.value), target.id in looked_at, value, not_read, *at))
    return found


def _shipped(motion: str) -> dict[str, Any]:
    return compose(f"motions=[{motion}]").motions


def _verdict(target: Target, found: Estimate) -> Verdict:
    inside = math.isfinite(found.value) and target.low <= found.value <= target.high
    return Verdict(
        target.id, found.value, found.low, found.high, target.low, target.high, inside, target.grade, target.source
    )


def _print(session: Session, found: Found) -> None:
    inside = sum(v.inside for v in found.verdicts)
    title = f"{inside} of {len(found.verdicts)} published patterns inside their range"
    show(session.console, _table(title, found.verdicts, found.patterns, found.standing))
    for sentence in sentences(found.verdicts, found.standing):
        say(session.console, sentence)
    show(session.console, _table("asked or shown beside them", found.checks, found.patterns))
    say(session.console, corner(session))


def sentences(verdicts: list[Verdict], standing: list[Standing]) -> list[str]:
    """Return which rows are near an end, how many of those fitted and of those foretold hold, and why some cannot be read plainly."""
    rows = list(zip(verdicts, standing, strict=True))
    near = [v.id for v, s in rows if s.near]
    said = [
        f"near an end (within {100 * NEAR:.0f} % of the range's width of one that can be passed): {', '.join(near) or 'none'}"
    ]
    for name, which in (("fitted, or history does not say", True), ("foretold, as no search looked at them", False)):
        of = [v for v, s in rows if s.fitted == which]
        missed = [v.id for v in of if not v.inside]
        hold = f"{len(of) - len(missed)} of {len(of)} rows hold" if of else "no row"
        said.append(f"{name}: {hold}" + (f", all but {', '.join(missed)}" if missed else ""))
    off = [v.id for v, s in rows if not s.not_read and not v.range_low <= s.plain <= v.range_high]
    said.append(
        f"plain runs, of the scenario without an experiment: {len(rows) - sum(bool(s.not_read) for _, s in rows)} rows can be read off them"
        + (f", outside their range {', '.join(off)}" if off else "")
    )
    for name, at in (("half as large", [s.half for _, s in rows]), ("five times as large", [s.five for _, s in rows])):
        out = [v.id for (v, _), x in zip(rows, at, strict=True) if not v.range_low <= x <= v.range_high]
        turned = [v.id for v, _ in rows if v.inside and v.id in out]
        said.append(
            f"in a market {name}: {len(rows) - len(out)} of {len(rows)} rows hold"
            + (f", no longer {', '.join(turned)}" if turned else "")
        )
    reasons = dict.fromkeys(s.not_read for _, s in rows if s.not_read)
    said += [f"-, {why}: {', '.join(v.id for v, s in rows if s.not_read == why)}" for why in reasons]
    return said


def _table(
    title: str, verdicts: list[Verdict], patterns: dict[str, str], standing: list[Standing] | None = None
) -> Table:
    """Return a table of verdicts; ``standing`` adds what plain runs of the scenario have."""
    table = Table(title=title, title_justify="left")
    right = ("simulated (90 %)", "plain runs", "range")
    for name in ("", "pattern", "simulated (90 %)", *(["plain runs"] if standing else []), "range", "grade", ""):
        table.add_column(name, justify="right" if name in right else "left")
    for k, v in enumerate(verdicts):
        value = f"{v.value:.3g} ({v.interval_low:.3g} to {v.interval_high:.3g})"
        asked = math.isfinite(v.range_low) or math.isfinite(v.range_high)
        said = ("inside" if v.inside else "MISSED") if asked else ""
        if said and not (v.range_low <= v.interval_low and v.interval_high <= v.range_high):
            said += ", interval crosses the end" if v.inside or v.interval_high > v.range_low > v.interval_low else ""
        span = f"{v.range_low:g} to {v.range_high:g}" if math.isfinite(v.range_high) else f"above {v.range_low:g}"
        plain = [("-" if standing[k].not_read else f"{standing[k].plain:.3g}")] if standing else []
        table.add_row(v.id, patterns[v.id], value, *plain, span if asked else "", v.grade, said)
    return table
