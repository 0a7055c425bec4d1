"""Study ``members``: who is in a community, what it sources and influences, and whether its members stay longer because of it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import YEAR_WEEKS
from simulation.evidence.customers import JOIN_WEEKS, effect_of_joining, observe_encouragement
from simulation.evidence.history import customers, started
from simulation.evidence.pooling import Estimate, Statistic
from simulation.metrics.members import influenced, sourced
from simulation.metrics.tenure import LEAST_AT_RISK
from simulation.people.audience import Level, levels
from simulation.people.counts import NEVER_JOINED
from simulation.runs.session import Session
from simulation.scenario.compose import world_at
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Members as Settings
from simulation.studies.screen import show
from simulation.studies.tables import with_interval

LEVELS = {
    Level.READER: "readers outside", Level.SILENT: "silent members", Level.CONTRIBUTOR: "contributors",
    Level.EXPERT: "experts", Level.CHAMPION: "champions",
}  # fmt: skip
EVER, ON_A_DAY, CAUSED = LOOKS = ("ever members", "members on a day", "caused by joining")
INVITED = 0.5  # of people


class Members(NamedTuple):
    """One motion with a community; each value with its 90 % interval over simulated markets."""

    motion: str
    audience: float  # people of the real market, mean of markets
    levels: dict[Level, Estimate]  # share of the audience
    shares: dict[str, Estimate]  # of customers, members, new customers and their revenue
    stay: dict[str, Estimate]  # share kept a year, members less others, percentage points, by look


def answer(session: Session, study: Settings) -> list[Members]:
    """Observe every motion with a community, plainly and with random invitations; write ``members.csv``, print tables."""
    last = study.week + JOIN_WEEKS + YEAR_WEEKS
    if session.config.weeks < last:
        raise BadInput(
            f"weeks={session.config.weeks}: who is invited in week {study.week} has half a year to join and is then followed for a year; "
            f"{last} weeks are needed, or an earlier study.week"
        )
    worlds = {motion: world for motion, world in session.worlds.items() if world.motion.community}
    if not worlds:
        raise BadInput(f"motions={','.join(session.worlds)}: none has a community, so nobody could be a member of one")
    seeds = session.config.seeds
    items = [(world, seed, study.week) for world in worlds.values() for seed in range(1, seeds + 1)]
    parts = session.each(observe, items)
    found = [_members(motion, parts[k * seeds : (k + 1) * seeds], session.weight) for k, motion in enumerate(worlds)]
    session.store.csv("members.csv", [row for one in found for row in _rows(one)])
    session.verdict([sentence(one) for one in found])
    show(session.console, _table("its audience at the end, %", found, _levels))
    show(session.console, _table("its part in customers, %", found, lambda one: one.shares))
    show(session.console, _table("kept a year: members less others, points", found, lambda one: one.stay))
    return found


def observe(world: World, seed: int, week: int) -> dict[str, Any]:
    """Return what a run shows of its audience and new customers, and what random invitations in ``week`` do, see ``observe_encouragement``."""
    run = started(world, seed)
    record = run.run()
    pays, member = customers(run), run.people["member"] == 1
    lives, weeks = record.won, record.weeks.shape[0]
    old, ended = lives[lives["adopted"] <= weeks - YEAR_WEEKS], lives["ended"]
    kept = ((ended < 0) | (ended - lives["adopted"] >= YEAR_WEEKS))[lives["adopted"] <= weeks - YEAR_WEEKS]
    by_community = np.array([sourced(lives), influenced(lives), np.ones(lives.size, bool)])
    invited = world_at(world, "", {"behaviour.engagement.encouraged": INVITED})
    return observe_encouragement(invited, seed, week) | {
        "levels": np.bincount(
            levels(run.people, run.counts.lives[: int(run.counts.n_lives[0])], run.clock), minlength=len(Level)
        ),
        "members": np.array([(pays & member).sum(), pays.sum(), member.sum()]),
        "won": by_community.sum(axis=1),
        "seats": (by_community * lives["seats"]).sum(axis=1),
        "ever": np.column_stack([old["joined"] < NEVER_JOINED, kept]),
    }


def _members(motion: str, parts: list[dict[str, Any]], weight: float) -> Members:
    def estimate(of: Callable[[list[dict[str, Any]]], float]) -> Estimate:
        return Statistic(parts, of).estimate()

    def share(name: str, part: int, whole: int) -> Estimate:
        return estimate(lambda ps: 100 * _ratio(np.sum([p[name] for p in ps], axis=0), part, whole))

    def level(which: Level) -> Estimate:
        return estimate(lambda ps: 100 * _of_audience(np.sum([p["levels"] for p in ps], axis=0), which))

    return Members(
        motion,
        weight * float(np.mean([p["levels"][Level.READER :].sum() for p in parts])),
        {which: level(which) for which in LEVELS},
        {
            "customers who are members": share("members", 0, 1),
            "members who pay": share("members", 0, 2),
            "new customers sourced": share("won", 0, 2),
            "new customers influenced": share("won", 1, 2),
            "new seats sourced": share("seats", 0, 2),
            "new seats influenced": share("seats", 1, 2),
        },
        {
            EVER: estimate(lambda ps: 100 * _gap(np.vstack([p["ever"] for p in ps]))),
            ON_A_DAY: estimate(lambda ps: 100 * effect_of_joining(ps).naive),
            CAUSED: estimate(_caused),
        },
    )


def _ratio(of: np.ndarray, part: int, whole: int) -> float:
    return of[part] / of[whole] if of[whole] else np.nan


def _of_audience(counts: np.ndarray, which: Level) -> float:
    audience = counts[Level.READER :].sum()
    return counts[which] / audience if audience else np.nan


def _gap(lives: np.ndarray) -> float:
    """Return the share kept of those who ever joined less that of others; ``lives``: (joined?, kept?)."""
    joined = lives[:, 0] == 1
    return lives[joined, 1].mean() - lives[~joined, 1].mean()


def _caused(parts: list[dict[str, Any]]) -> float:
    """Return what joining does to the share kept a year, in points; NaN where the invitations made too few join to say."""
    effect, invited = effect_of_joining(parts), sum(int(p["encouraged"].sum()) for p in parts)
    return 100 * effect.instrumental if effect.first_stage * invited >= LEAST_AT_RISK else np.nan


def _levels(one: Members) -> dict[str, Estimate]:
    return {LEVELS[which]: of for which, of in one.levels.items()}


def _rows(one: Members) -> list[dict[str, Any]]:
    """Return the rows of ``members.csv``: what is shared out, what of it, and the value in percent or points."""
    tables = {"share of audience": _levels(one), "share": one.shares, "points kept a year": one.stay}
    return [
        {"motion": one.motion, "table": table, "what": what, "value": of.value, "low": of.low, "high": of.high}
        for table, rows in tables.items()
        for what, of in rows.items()
    ]


def _table(title: str, found: list[Members], rows: Callable[[Members], dict[str, Estimate]]) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for one in found:
        table.add_column(motion_called(one.motion), justify="right")
    for name in rows(found[0]):
        table.add_row(name, *(in_short(rows(one)[name]) for one in found))
    return table


def in_short(of: Estimate) -> str:
    """Return a value with its interval, a dash where it is not known."""
    return with_interval(f"{of.value:.1f}", of.low, of.high, "{:.1f}".format) if np.isfinite(of.value) else "-"


def sentence(one: Members) -> str:
    """Say how many are in the audience, how many of them never write, and what being a member has to do with staying."""
    quiet = one.levels[Level.READER].value + one.levels[Level.SILENT].value
    day, caused = one.stay[ON_A_DAY], one.stay[CAUSED]
    kept = (
        f"members on a day are kept a year more often than others by {in_short(day)} points; "
        if np.isfinite(day.value)
        else ""
    )
    return (
        f"{motion_called(one.motion)}: {one.audience:,.0f} people read or are members, {quiet:.0f} % of them without a post in 12 weeks; it sourced "
        f"{in_short(one.shares['new customers sourced'])} % of new customers and influenced {in_short(one.shares['new customers influenced'])} %; "
        f"{kept}joining {cause(caused)}"
    )


def cause(of: Estimate) -> str:
    """Say what joining causes, as far as that is told apart from luck."""
    if not np.isfinite(of.value):
        return "causes what nobody can say: the invitations made too few join"
    if of.low <= 0 <= of.high:
        return f"causes nothing that is told apart from luck: {in_short(of)} points"
    return f"causes {in_short(of)} points of it"
