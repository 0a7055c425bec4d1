"""Study ``shocks``: any scenario with and without a shock, on the same seeds: inertia, rivals, criticism, points."""

import re
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import YEAR_WEEKS
from simulation.mesa_model import GrowthModel
from simulation.metrics.metric import Kind
from simulation.metrics.sums import ratios
from simulation.people.stages import Cause, Channel
from simulation.runs.paired import quantiles
from simulation.runs.session import Runs, Session
from simulation.scenario import currency
from simulation.scenario.compose import one_rival, world_at
from simulation.scenario.errors import BadInput
from simulation.scenario.intervention import NO_MONEY
from simulation.scenario.schema import World
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Shocks
from simulation.studies.screen import show
from simulation.studies.tables import shown_gap, shown_small, with_days, with_interval

AFTER_WEEKS = 26  # over which inertia and answers are counted
WINDOW_WEEKS = 8  # of trailing sums of weekly counts
FEWEST = 5  # customers of a seed of whom a share is taken
NEW = [f"adopted_{c.name.lower()}" for c in Channel]
COMMUNITY = ("members", "questions", "answered", "attracted_user_content", "user_topics")
SERIES = (*NEW, "customer", "expert", "satisfaction", "cash_cents", *COMMUNITY)
NO_SHOCK: dict[str, Any] = {"interventions": [], "rivals": {}}
DOORS = ("doors closed", "doors kept")  # what becomes of a free plan and a community that nobody pays for
BARE = re.compile(" (?:%|points)$")  # what an interval need not say again
GAPS = ("members less others", "no advocates less advocates", "no points less points")  # paired by seed


class Curves(NamedTuple):
    """By motion, weekly values with and without a shock, shape (seeds, weeks) each."""

    name: str
    week: int  # in which it begins
    with_shock: dict[str, dict[str, np.ndarray]]  # motion -> series -> values
    without: dict[str, dict[str, np.ndarray]]


class Line(NamedTuple):
    """One number of an experiment: median and 90 % interval over paired seeds, none (NaN) from fewer than ten."""

    experiment: str
    motion: str
    group: str
    at: float  # what is varied, such as the rival's discount; NaN where nothing is
    measure: str
    seeds: int
    median: float
    low: float
    high: float


class Fates(NamedTuple):
    """Customers when a rival enters, over all seeds, and what became of each."""

    seed: np.ndarray
    row: np.ndarray
    kept: np.ndarray  # bool
    switched: np.ndarray  # bool, went to the rival

    def share(self, what: np.ndarray, seeds: range, inside: np.ndarray | bool = True) -> np.ndarray:
        """Return the share of those ``inside`` of whom ``what`` holds, by seed; NaN where they are too few."""
        of = [inside & (self.seed == s) for s in seeds]
        return np.array([what[k].mean() if k.sum() >= FEWEST else np.nan for k in of])

    def among(self, rows: list[np.ndarray]) -> np.ndarray:
        """Return who is among ``rows``, given by seed from 1 on, bool (customers,)."""
        found = np.zeros(self.seed.size, bool)
        for seed, of in enumerate(rows, 1):
            found |= (self.seed == seed) & np.isin(self.row, of)
        return found


BEGINS = {"inertia": "cut_week", "rival": "entry_week", "criticism": "storm_week", "loyalty": "entry_week"}  # settings


class Found(NamedTuple):
    """What the experiments have found."""

    curves: dict[str, Curves]
    lines: list[Line]


def answer(session: Session, study: Shocks) -> Found:
    """Run the experiments asked for; write ``shocks.csv`` and ``effects.csv``, print what they say."""
    _check_weeks(session, study)
    _check_rival(session, study)
    found = Found({}, [])
    run = {"scenario": _scenario, "inertia": _inertia, "rival": _rival, "criticism": _criticism, "loyalty": _loyalty}
    for name in study.experiments:
        run[name](session, study, found)
    session.store.csv("shocks.csv", [line._asdict() for line in found.lines])
    session.store.csv("effects.csv", list(with_days(_effects(found), session.config.calendar, "week")))
    show(session.console, _table(found))
    return found


def _line(experiment: str, motion: str, group: str, at: float, measure: str, values: np.ndarray) -> Line:
    low, mid, high = quantiles(values)
    return Line(experiment, motion, group, at, measure, int(np.isfinite(values).sum()), mid, low, high)


def trailing(values: np.ndarray) -> np.ndarray:
    """Return sums over the last ``WINDOW_WEEKS`` weeks, same shape (seeds, weeks)."""
    total = np.cumsum(values, axis=1)
    total[:, WINDOW_WEEKS:] -= total[:, :-WINDOW_WEEKS].copy()
    return total


def _check_weeks(session: Session, study: Shocks) -> None:
    """Raise BadInput where an experiment begins after the run's end, or there is nothing to try; before anything runs."""
    for name in study.experiments:
        said = (
            f"study.{BEGINS[name]}"
            if name in BEGINS
            else "study.experiments=[scenario]: the first change comes in week"
        )
        week = getattr(study, BEGINS[name]) if name in BEGINS else _first_week(session)
        if week >= session.config.weeks:
            end = f"the run ends after {session.config.weeks} weeks; an earlier week or more weeks are needed"
            raise BadInput(f"{said}={week}: {end}" if name in BEGINS else f"{said} {week}, {end}")


def _check_rival(session: Session, study: Shocks) -> None:
    """Raise BadInput where the rival or the points of an experiment cannot be; before anything runs."""
    if not {"rival", "loyalty"} & set(study.experiments):
        return
    for motion, world in session.worlds.items():
        try:
            world_at(world, motion, _entry(session, study))
        except BadInput as error:  # as it was written
            raise BadInput(re.sub(r"(?<![\w.])rivals\.rival(?=\.)", "study.rival", str(error))) from None
        if "loyalty" in study.experiments:
            _arm(session, study, motion, True)


def _first_week(session: Session) -> int:
    """Return when the scenario's own shock or rival comes."""
    config = session.config
    weeks = [i.week for i in config.interventions]
    weeks += [rival.entry_week for rival in config.rivals.values() if rival.entry_week is not None]
    if not weeks:
        raise BadInput(
            "study.experiments=[scenario]: the scenario has no shock and no rival; add shock=... or rival=..."
        )
    return min(weeks)


def _span(session: Session, week: int, most: int) -> tuple[int, str]:
    """Return how many weeks from ``week`` on are counted, and in words: the run may end before ``most`` have passed."""
    weeks = min(most, session.config.weeks - week)
    return weeks, {YEAR_WEEKS: "a year", AFTER_WEEKS: "half a year"}.get(weeks, f"{weeks} weeks")


def _curves(session: Session, name: str, week: int, runs: Runs, without: int, shocked: int) -> Curves:
    found: tuple[dict, dict] = ({}, {})
    weight = session.weight
    for motion in runs.values:
        series = session.weeks_of_points(runs, motion, SERIES, session.config.weeks)
        community = np.nanmax(series["members"][[without, shocked]]) > 0
        for of, point in zip(found, (shocked, without), strict=True):
            at = {k: v[point] for k, v in series.items()}
            customers = at["customer"] + at["expert"]
            of[motion] = {
                "new customers": weight * sum(at[c] for c in NEW),
                "customers": weight * customers,
                "experts": weight * at["expert"],
                "satisfaction": ratios(at["satisfaction"], customers),
                "cash_usd": at["cash_cents"] / 100,
            }
            if community:
                of[motion] |= {
                    "members": weight * at["members"],
                    "questions": weight * at["questions"],
                    "questions answered": weight * at["answered"],
                    "answered share": ratios(trailing(at["answered"]), trailing(at["questions"])),
                    "content views": weight * at["attracted_user_content"],
                    "user topics": at["user_topics"],
                }
    return Curves(name, week, *found)


def _scenario(session: Session, study: Shocks, found: Found) -> None:
    """The shock or the rival that the scenario itself has."""
    first = _first_week(session)
    runs = session.run([NO_SHOCK, {}], keep=study.keep)
    curves = found.curves["scenario"] = _curves(session, "scenario", first, runs, 0, 1)
    span, time = _span(session, first, AFTER_WEEKS)
    after = slice(first, first + span)
    for motion in runs.values:
        shocked, calm = curves.with_shock[motion], curves.without[motion]
        for name in ("new customers", "customers", "cash_usd", "members", "content views", "user topics"):
            if name not in shocked:
                continue
            gap = shocked[name][:, first:] - calm[name][:, first:]
            stock = name in ("customers", "members", "user topics")
            values = gap[:, -1] if stock else gap.sum(axis=1)
            measure = f"{name} at the end, change" if stock else f"{name} after it, change"
            found.lines.append(_line("scenario", motion, "all", np.nan, measure, values))
        if "questions" in shocked:
            share = [
                ratios(of["questions answered"][:, after].sum(axis=1), of["questions"][:, after].sum(axis=1))
                for of in (shocked, calm)
            ]
            measure = f"answered share in {time} after it, change"
            found.lines.append(_line("scenario", motion, "all", np.nan, measure, share[0] - share[1]))


def _inertia(session: Session, study: Shocks, found: Found) -> None:
    """All discretionary spending stops: what share of new customers still comes, with unpaid doors closing and with doors kept up."""
    cuts = [[{"week": study.cut_week, "set": NO_MONEY | {"budget.keeps_doors": kept}}] for kept in (False, True)]
    runs = session.run([{"interventions": cut} for cut in ([], *cuts)], keep=study.keep)
    span, time = _span(session, study.cut_week, AFTER_WEEKS)
    after = slice(study.cut_week, study.cut_week + span)
    for point, group in enumerate(DOORS, 1):
        name = "inertia" if point == 1 else f"inertia, {group}"
        curves = found.curves[name] = _curves(session, name, study.cut_week, runs, 0, point)
        for motion in runs.values:
            kept, otherwise = (of[motion]["new customers"][:, after].sum(axis=1) for of in curves[2:])
            found.lines.append(_line("inertia", motion, group, np.nan, f"inertia over {time}", ratios(kept, otherwise)))


def _fates(session: Session, study: Shocks, runs: Runs, motion: str, point: int, weeks: int) -> Fates:
    """Return what became within ``weeks`` of those who were customers when the rival entered."""
    lives = session.lives(runs, motion, point, ("adopted", "ended", "cause", "row"))
    here = (lives["adopted"] < study.entry_week) & ((lives["ended"] < 0) | (lives["ended"] >= study.entry_week))
    ended = lives["ended"][here]
    kept = (ended < 0) | (ended >= study.entry_week + weeks)
    return Fates(lives["seed"][here], lives["row"][here], kept, ~kept & (lives["cause"][here] == Cause.SWITCHED))


def members_at(world: World, seed: int, week: int) -> np.ndarray:
    """Return the rows of those in the community when ``week`` begins.

    The table of lives knows who was *ever* a member; those who stay longest have most time to join, so shares by that
    column would credit the community with what time did.
    """
    model = GrowthModel(world, rng=seed)
    while model.week < week:
        model.step()
    return np.array(model.members[: model.n_members])


def _members(session: Session, study: Shocks) -> dict[str, list[np.ndarray]]:
    """Return by motion with a community, seed by seed, the rows of its members when the rival enters."""
    worlds = {m: world_at(w, m, NO_SHOCK) for m, w in session.worlds.items() if w.motion.community}
    seeds = session.config.seeds
    items = [(world, seed, study.entry_week) for world in worlds.values() for seed in range(1, seeds + 1)]
    rows = session.each(members_at, items)
    return {motion: rows[k * seeds : (k + 1) * seeds] for k, motion in enumerate(worlds)}


def _entry(session: Session, study: Shocks, **more: Any) -> dict[str, Any]:
    """Return the settings with which the study's rival enters; it asks our price."""
    return {"interventions": []} | one_rival(session.config, entry_week=study.entry_week, **(study.rival | more))


def _rival(session: Session, study: Shocks, found: Found) -> None:
    """A better rival without a community enters; count whom it takes, members against others of one firm."""
    weeks, time = _span(session, study.entry_week, YEAR_WEEKS)
    entry = _entry(session, study)
    runs = session.run([NO_SHOCK, entry], keep=study.keep)
    found.curves["rival"] = _curves(session, "rival", study.entry_week, runs, 0, 1)
    calm, attacked = ({m: _fates(session, study, runs, m, p, weeks) for m in runs.values} for p in (0, 1))
    members = _members(session, study)
    seeds = range(1, session.config.seeds + 1)
    for motion in runs.values:
        before, after = calm[motion], attacked[motion]
        groups: dict[str, tuple[Any, Any]] = {"all": (True, True)}
        if motion in members:
            mine, theirs = before.among(members[motion]), after.among(members[motion])
            groups |= {"members": (mine, theirs), "others": (~mine, ~theirs)}
        values = {
            group: {
                f"kept {time}, no rival": before.share(before.kept, seeds, here),
                f"kept {time}, rival": after.share(after.kept, seeds, there),
                f"lost to the rival in {time}": after.share(after.switched, seeds, there),
            }
            for group, (here, there) in groups.items()
        }
        if motion in members:
            values[GAPS[0]] = {k: v - values["others"][k] for k, v in values["members"].items()}
        found.lines.extend(
            _line("rival", motion, group, np.nan, measure, v)
            for group, of in values.items()
            for measure, v in of.items()
        )


def _criticism(session: Session, study: Shocks, found: Found) -> None:
    """A storm of criticism, with and, where there are any, without advocates who answer it."""
    storm = [{"week": study.storm_week, "for_weeks": study.storm_weeks, "set": {"outside.criticism": 1.0}}]
    silent = {"behaviour.criticism.advocates_dampen": 0.0}
    points: list[dict[str, Any]] = [{"interventions": []}, {"interventions": storm}, {"interventions": storm} | silent]
    runs = session.run(points, keep=study.keep)
    answered, alone = (
        _curves(session, name, study.storm_week, runs, 0, point)
        for name, point in (("criticism", 1), ("criticism, no advocates", 2))
    )
    advocates = [m for m, of in answered.without.items() if np.nansum(of["experts"][:, study.storm_week - 1]) > 0]
    alone = Curves(*alone[:2], *({m: of[m] for m in advocates} for of in alone[2:]))
    found.curves[answered.name], found.curves[alone.name] = answered, alone
    end = min(study.storm_week + study.storm_weeks, session.config.weeks) - 1
    for motion in runs.values:
        lost = {
            group: 1 - ratios(of.with_shock[motion]["customers"][:, end], of.without[motion]["customers"][:, end])
            for group, of in (("advocates", answered), ("no advocates", alone))
            if motion in of.with_shock
        }
        if motion in advocates:
            lost[GAPS[1]] = lost["no advocates"] - lost["advocates"]
        else:
            lost = {"nobody an advocate": lost["advocates"]}
        for group, values in lost.items():
            found.lines.append(_line("criticism", motion, group, np.nan, "customers lost at its end", values))


def _loyalty(session: Session, study: Shocks, found: Found) -> None:
    """The rival gives back more and more: what points hold, and what ties hold.

    Both arms are the same until the rival enters, so that points act on the same customers; their money then comes out
    of the other levers, or goes back to them.
    """
    weeks, time = _span(session, study.entry_week, YEAR_WEEKS)
    quality = session.config.product.quality
    seeds = range(1, session.config.seeds + 1)
    arms = {motion: [_arm(session, study, motion, paid) for paid in (False, True)] for motion in session.worlds}
    for motion, of in arms.items():
        points = [
            _entry(session, study, quality=quality, rewards_usd=discount) | {"interventions": [arm]}
            for discount in study.discounts_usd
            for arm in of
        ]
        runs = session.run(points, motions=[motion], keep=study.keep)
        paid = _paid(session, study, runs, motion, weeks)
        for k, discount in enumerate(study.discounts_usd):
            fates = [_fates(session, study, runs, motion, p, weeks) for p in (2 * k, 2 * k + 1)]
            bare, pointed = (f.share(f.switched, seeds) for f in fates)
            for group, values in (("no points", bare), ("points", pointed), (GAPS[2], bare - pointed)):
                found.lines.append(_line("loyalty", motion, group, discount, f"lost to the rival in {time}", values))
            found.lines.append(_line("loyalty", motion, "points", discount, "share of the promise paid", paid[k]))


def _arm(session: Session, study: Shocks, motion: str, paid: bool) -> dict[str, Any]:
    """Return the change at the rival's entry: the motion pays for points, or nobody does and other levers get the money.

    A motion that has the lever `rewards` pays its own share for points, the others ``study.rewards_share``.
    """
    shares = session.worlds[motion].motion.shares
    own = shares.get("rewards", 0.0)
    if own == 1:
        raise BadInput(
            f"motions.{motion}.shares: all of it pays for rewards; without points there is nothing else to spend it on"
        )
    rewards = (own or study.rewards_share) if paid else 0.0
    others = {k: v * (1 - rewards) / (1 - own) for k, v in shares.items() if k != "rewards"}
    mix = others | ({"rewards": 1 - sum(others.values())} if paid else {})
    promised = study.rewards_usd if paid else 0.0
    return {"week": study.entry_week, "set": {"loyalty.rewards_usd": promised, "motion.shares": mix}}


def _paid(session: Session, study: Shocks, runs: Runs, motion: str, weeks: int) -> list[np.ndarray]:
    """Return, by discount and seed, the share of the promised points that the money pays for while the rival is there."""
    names = ("customer", "expert", "rewards_cents")
    series = session.weeks_of_points(runs, motion, names, session.config.weeks)
    within = slice(study.entry_week, study.entry_week + weeks)
    customers = session.weight * (series["customer"] + series["expert"])[:, :, within]
    promised = study.rewards_usd * customers * 12 / YEAR_WEEKS
    share = np.minimum(1.0, ratios(series["rewards_cents"][:, :, within] / 100, promised))
    known = np.isfinite(share)
    mean = ratios(np.where(known, share, 0.0).sum(axis=2), known.sum(axis=2))
    return list(mean[1::2])


def _effects(found: Found) -> list[dict[str, Any]]:
    """Return the weekly effect of each shock: with less without, median and 90 % over seeds."""
    rows = []
    for name, curves in found.curves.items():
        for motion in curves.with_shock:
            for series in curves.with_shock[motion]:
                gap = curves.with_shock[motion][series] - curves.without[motion][series]
                for week in range(curves.week, gap.shape[1]):
                    low, mid, high = quantiles(gap[:, week])
                    rows.append({"experiment": name, "motion": motion, "series": series, "week": week, "median": mid, "low": low, "high": high})  # fmt: skip
    return rows


def _table(found: Found) -> Table:
    table = Table(title="with and without, the same simulated markets: median (90 % of them)", title_justify="left")
    for name in ("experiment", "motion", "group", "measure"):
        table.add_column(name)
    table.add_column("", justify="right")
    for x in (line for line in found.lines if line.seeds):
        group = x.group if np.isnan(x.at) else f"{x.group}, {currency.sign()}{x.at:g} back from the rival"
        said = said_of(x)
        table.add_row(
            x.experiment, motion_called(x.motion), group, x.measure.replace("_usd", ""),
            with_interval(said(x.median), x.low, x.high, partial(_bare, said)),
        )  # fmt: skip
    return table


def _bare(said: Callable[[float], str], value: float) -> str:
    """Return an end of an interval without the unit that the middle has."""
    return BARE.sub("", said(value))


def said_of(x: Line) -> Callable[[float], str]:
    """Return how a line's values are written: shares in percent, differences of shares in points, changes with their sign."""
    if x.group in GAPS or x.measure.startswith("answered share"):
        return partial(shown_gap, kind=Kind.SHARE)
    if x.measure.endswith("change"):
        return partial(shown_gap, kind=Kind.USD_TOTAL if x.measure.startswith("cash") else Kind.COUNT)
    return partial(shown_small, kind=Kind.SHARE)
