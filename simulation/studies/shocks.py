"""Study ``shocks``: any scenario with and without a shock, on the same seeds: inertia, rivals, criticism, points."""

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.people.stages import Channel
from simulation.scenario.errors import BadInput
from simulation.scenario.study import Shocks
from simulation.studies.paired import quantiles, write_rows
from simulation.studies.session import Runs, Session

AFTER_WEEKS = 26  # over which inertia is counted
YEAR_WEEKS = 52  # over which customers are kept or lost after a rival's entry
WINDOW_WEEKS = 8  # of trailing means of weekly curves
NEW = [f"adopted_{c.name.lower()}" for c in Channel]
SWITCHED = 3  # code of lives.cause
SERIES = (*NEW, "customer", "expert", "satisfaction", "cash_cents")


class Curves(NamedTuple):
    """By motion, weekly values with and without a shock, shape (seeds, weeks) each."""

    name: str
    week: int  # in which it begins
    with_shock: dict[str, dict[str, np.ndarray]]  # motion -> series -> values
    without: dict[str, dict[str, np.ndarray]]


class Line(NamedTuple):
    """One number of an experiment: median and 90 % interval over paired seeds."""

    experiment: str
    motion: str
    group: str
    at: float  # what is varied, such as the rival's discount; NaN where nothing is
    measure: str
    seeds: int
    median: float
    low: float
    high: float


class Found(NamedTuple):
    """What the experiments have found."""

    curves: dict[str, Curves]
    lines: list[Line]


def answer(session: Session, study: Shocks) -> Found:
    """Run the experiments asked for; write ``shocks.csv`` and ``effects.csv``, print what they say."""
    found = Found({}, [])
    run = {"scenario": _scenario, "inertia": _inertia, "rival": _rival, "criticism": _criticism, "loyalty": _loyalty}
    for name in study.experiments:
        run[name](session, study, found)
    write_rows(session.store.folder / "shocks.csv", [line._asdict() for line in found.lines])
    write_rows(session.store.folder / "effects.csv", _effects(found))
    session.console.print(_table(found))
    return found


def _line(experiment: str, motion: str, group: str, at: float, measure: str, values: np.ndarray) -> Line:
    low, mid, high = quantiles(values)
    return Line(experiment, motion, group, at, measure, int(np.isfinite(values).sum()), mid, low, high)


def _curves(session: Session, name: str, week: int, runs: Runs, without: int, shocked: int) -> Curves:
    if week >= session.config.weeks:
        raise BadInput(f"study: the shock '{name}' begins in week {week}, the run ends after {session.config.weeks}")

    def at(point: int) -> dict[str, dict[str, np.ndarray]]:
        found = {}
        for motion in runs.values:
            series = session.weeks(runs, motion, point, SERIES)
            weight = session.weight
            customers = series["customer"] + series["expert"]
            found[motion] = {
                "new customers": weight * sum(series[c] for c in NEW),
                "customers": weight * customers,
                "satisfaction": np.divide(
                    series["satisfaction"], customers, out=np.full_like(customers, np.nan), where=customers > 0
                ),
                "cash_usd": series["cash_cents"] / 100,
            }
        return found

    return Curves(name, week, at(shocked), at(without))


def _scenario(session: Session, study: Shocks, found: Found) -> None:
    """The shock or the rival that the scenario itself has."""
    config = session.config
    weeks = [i.week for i in config.interventions]
    entry = config.rival.entry_week
    if not weeks and entry is None:
        raise BadInput(
            "study.experiments=[scenario]: the scenario has no shock and no rival; add shock=... or rival=..."
        )
    first = min([*weeks, *([entry] if entry is not None else [])])
    runs = session.run([{"interventions": [], "rival.entry_week": None}, {}], keep=study.keep)
    curves = _curves(session, "scenario", first, runs, 0, 1)
    found.curves["scenario"] = curves
    for motion in runs.values:
        for name in ("new customers", "customers", "cash_usd"):
            gap = curves.with_shock[motion][name][:, first:] - curves.without[motion][name][:, first:]
            values = gap[:, -1] if name == "customers" else gap.sum(axis=1)
            measure = "customers at the end, change" if name == "customers" else f"{name} after it, change"
            found.lines.append(_line("scenario", motion, "all", np.nan, measure, values))


def _inertia(session: Session, study: Shocks, found: Found) -> None:
    """All discretionary spending stops: what share of new customers still comes."""
    cut = {"week": study.cut_week, "set": {"budget.usd_per_account_per_week": 0.0, "budget.share_of_revenue": 0.0}}
    runs = session.run([{"interventions": []}, {"interventions": [cut]}], keep=study.keep)
    curves = _curves(session, "inertia", study.cut_week, runs, 0, 1)
    found.curves["inertia"] = curves
    after = slice(study.cut_week, study.cut_week + AFTER_WEEKS)
    for motion in runs.values:
        kept = curves.with_shock[motion]["new customers"][:, after].sum(axis=1)
        otherwise = curves.without[motion]["new customers"][:, after].sum(axis=1)
        share = np.divide(kept, otherwise, out=np.full_like(kept, np.nan), where=otherwise > 0)
        found.lines.append(_line("inertia", motion, "all", np.nan, "inertia", share))


def _kept(session: Session, study: Shocks, runs: Runs, motion: str, point: int) -> dict[str, np.ndarray]:
    """Return, of customers at the rival's entry, the share still here a year later, by seed; members, others, and all."""
    seeds = range(1, session.config.seeds + 1)
    lives = session.lives(runs, motion, point, ("adopted", "ended", "cause", "member"))
    here = (lives["adopted"] < study.entry_week) & ((lives["ended"] < 0) | (lives["ended"] >= study.entry_week))
    stays = (lives["ended"] < 0) | (lives["ended"] >= study.entry_week + YEAR_WEEKS)
    switches = ~stays & (lives["cause"] == SWITCHED)
    groups = {"members": lives["member"] == 1, "others": lives["member"] == 0, "all": np.ones(here.size, bool)}
    found = {}
    for name, inside in groups.items():
        of = [here & inside & (lives["seed"] == s) for s in seeds]
        found[name] = np.array([stays[k].mean() if k.sum() >= 5 else np.nan for k in of])
        found[f"{name}, lost to the rival"] = np.array([switches[k].mean() if k.sum() >= 5 else np.nan for k in of])
    return found


def _entry(study: Shocks, **more: Any) -> dict[str, Any]:
    return {"rival.entry_week": study.entry_week} | {f"rival.{k}": v for k, v in study.rival.items()} | more


def _rival(session: Session, study: Shocks, found: Found) -> None:
    """A better rival without a community enters; count whom it takes."""
    without: dict[str, Any] = {"interventions": [], "rival.entry_week": None}
    price = session.config.product.price_usd
    runs = session.run([without, {"interventions": []} | _entry(study, **{"rival.price_usd": price})], keep=study.keep)
    found.curves["rival"] = _curves(session, "rival", study.entry_week, runs, 0, 1)
    for motion in runs.values:
        calm, attacked = (_kept(session, study, runs, motion, p) for p in (0, 1))
        for group in ("members", "others", "all"):
            found.lines.append(_line("rival", motion, group, np.nan, "kept a year, no rival", calm[group]))
            found.lines.append(_line("rival", motion, group, np.nan, "kept a year, rival", attacked[group]))
            lost = attacked[f"{group}, lost to the rival"]
            found.lines.append(_line("rival", motion, group, np.nan, "lost to the rival in a year", lost))
        gap = attacked["members, lost to the rival"] - attacked["others, lost to the rival"]
        found.lines.append(_line("rival", motion, "members less others", np.nan, "lost to the rival in a year", gap))


def _criticism(session: Session, study: Shocks, found: Found) -> None:
    """A storm of criticism, with and without advocates who answer it."""
    storm = [{"week": study.storm_week, "for_weeks": study.storm_weeks, "set": {"outside.criticism": 1.0}}]
    silent = {"behaviour.criticism.advocates_dampen": 0.0}
    points: list[dict[str, Any]] = [{"interventions": []}, {"interventions": storm}, {"interventions": storm} | silent]
    runs = session.run(points, keep=study.keep)
    for name, shocked in (("criticism", 1), ("criticism, no advocates", 2)):
        curves = _curves(session, name, study.storm_week, runs, 0, shocked)
        found.curves[name] = curves
        for motion in runs.values:
            with_it = curves.with_shock[motion]["customers"]
            calm = curves.without[motion]["customers"]
            at = min(study.storm_week + study.storm_weeks, session.config.weeks - 1)
            lost = 1 - np.divide(with_it[:, at], calm[:, at], out=np.full(calm.shape[0], np.nan), where=calm[:, at] > 0)
            group = "no advocates" if shocked == 2 else "advocates"
            found.lines.append(_line("criticism", motion, group, np.nan, "customers lost at its end", lost))


def _loyalty(session: Session, study: Shocks, found: Found) -> None:
    """The rival gives back more and more: what points hold, and what ties hold."""
    price = session.config.product.price_usd
    points, keys = [], []
    for discount in study.discounts_usd:
        entry = {"interventions": []} | _entry(
            study, **{"rival.price_usd": price, "rival.quality": 1.0, "rival.rewards_usd": discount}
        )
        for group in ("no points", "points"):
            points.append(entry | (_with_points(session, study) if group == "points" else {}))
            keys.append((discount, group))
    runs = session.run(points, keep=study.keep)
    for p, (discount, group) in enumerate(keys):
        for motion in runs.values:
            lost = _kept(session, study, runs, motion, p)["all, lost to the rival"]
            found.lines.append(_line("loyalty", motion, group, discount, "lost to the rival in a year", lost))


def _with_points(session: Session, study: Shocks) -> dict[str, Any]:
    """Return the settings under which a part of every motion's budget pays for points."""
    settings: dict[str, Any] = {"loyalty.rewards_usd": study.rewards_usd}
    for motion, world in session.worlds.items():
        kept = {k: v * (1 - study.rewards_share) for k, v in world.motion.shares.items()}
        kept["rewards"] = kept.get("rewards", 0.0) + 1 - sum(kept.values())
        settings[f"motions.{motion}.shares"] = kept
    return settings


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
    table = Table(title="with and without, same seeds: median (90 % of seeds)", title_justify="left")
    for name in ("experiment", "motion", "group", "at", "measure", ""):
        table.add_column(name, justify="right" if name in ("at", "") else "left")
    for x in (line for line in found.lines if line.seeds):
        at = "" if np.isnan(x.at) else f"{x.at:g}"
        table.add_row(
            x.experiment, x.motion.upper(), x.group, at, x.measure, f"{x.median:.3g} ({x.low:.3g} to {x.high:.3g})"
        )
    return table
