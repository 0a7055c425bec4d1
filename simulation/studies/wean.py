"""Study ``wean``: adverts cut step by step as the community grows, against never and at once, on the same seeds."""

from functools import partial
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import QUARTER_WEEKS
from simulation.metrics import METRICS
from simulation.metrics.sums import ratios
from simulation.people.stages import BY_USERS, PAID, Channel
from simulation.runs.enough import Limits, limits
from simulation.runs.paired import Difference, difference, leader, quantiles, rows_of
from simulation.runs.session import Runs, Session
from simulation.scenario.errors import BadInput
from simulation.scenario.firm import LEVERS
from simulation.scenario.schema import World
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Wean
from simulation.studies.screen import show
from simulation.studies.tables import row_name, shown, with_days, with_interval

NEVER, STEPS, ONCE = PLANS = ("never", "step by step", "at once")
PARTS = {  # of new customers, by first touch
    "adverts": (Channel.ADVERT,), "paid": PAID, "the firm's content": (Channel.FIRM_CONTENT,), "users": BY_USERS,
}  # fmt: skip
IN_MONEY = "adverts in the money"
COMPARED = ("new_customers", "cac_usd", "retention_12_months", "cash_usd")
WON = {channel: f"adopted_{channel.name.lower()}" for channel in Channel}
SPENT = [f"{lever}_cents" for lever in LEVERS]


class Cut(NamedTuple):
    """A week in which adverts are cut, and the share of the money that they keep."""

    week: int
    share: float


class Weaned(NamedTuple):
    """One motion under the three plans."""

    motion: str
    cuts: list[Cut]  # of the plan step by step; at once is all of it in the week of the first
    won: dict[str, np.ndarray]  # by plan: new customers of the real market, shape (seeds, quarters)
    shares: dict[str, dict[str, np.ndarray]]  # by plan and part, likewise; NaN where there is nothing to share
    metrics: dict[str, dict[str, np.ndarray]]  # by name and plan, shape (seeds,)

    @property
    def limits(self) -> Limits:
        """Which plans may be compared."""
        won = {plan: quantiles(of)[1] for plan, of in self.metrics["new_customers"].items()}
        return limits(self.won[NEVER].shape[0], won)

    @property
    def cheapest(self) -> str | None:
        """The plan with the lowest fully loaded CAC beyond luck, None where that cannot be told."""
        return leader("cac_usd", {plan: self.metrics["cac_usd"][plan] for plan in self.limits.inside})

    def against_never(self, plan: str, metric: str) -> Difference:
        """Return the paired difference of a plan from adverts kept."""
        values = self.metrics[metric]
        return difference(metric, plan, NEVER, values[plan], values[NEVER])


def answer(session: Session, study: Wean) -> list[Weaned]:
    """Run the three plans; write ``wean.csv`` and ``against_never.csv``, print what came out."""
    for motion, world in session.worlds.items():
        _check(motion, world)
    if session.config.weeks < 2 * QUARTER_WEEKS:
        least = f"adverts are counted by quarter; {2 * QUARTER_WEEKS} weeks are needed at least"
        raise BadInput(f"weeks={session.config.weeks}: {least}")
    never = session.run([{}], keep=study.keep)
    cuts = {motion: _cuts(session, never, motion, study.steps) for motion in session.worlds}
    step_by_step = {f"motions.{m}.plan": _plan(session.worlds[m], of) for m, of in cuts.items()}
    at_once = {f"motions.{m}.plan": _plan(session.worlds[m], _all_in_the_first(of)) for m, of in cuts.items()}
    runs = session.run([{}, step_by_step, at_once], first=0, keep=study.keep)
    found = [_weaned(session, runs, motion, of) for motion, of in cuts.items()]
    quarters = (row for one in found for row in _quarters(one))
    session.store.csv("wean.csv", list(with_days(quarters, session.config.calendar, "quarter", QUARTER_WEEKS, first=1)))
    gaps = [row for one in found for row in rows_of(_gaps(one), {"motion": one.motion})]
    session.store.csv("against_never.csv", gaps)
    session.verdict([sentence(one) for one in found])
    show(session.console, _table(found))
    return found


def _check(motion: str, world: World) -> None:
    """Raise BadInput where a motion has no adverts to cut, nothing to put in their place, or changes its shares itself."""
    shares = world.motion.shares
    if not shares.get("advertising"):
        raise BadInput(f"motions.{motion}.shares: nothing is spent on advertising, so there is nothing to cut")
    if shares["advertising"] == 1:
        raise BadInput(f"motions.{motion}.shares: all of it is spent on advertising, nothing else could get the money")
    if not world.motion.community:
        raise BadInput(f"motions.{motion}: it has no community, as which adverts could be cut while it grows")
    if (week := world.first_change(lambda w: w.motion.shares)) is not None:
        raise BadInput(f"motions.{motion}.shares: they change in week {week}, but study=wean changes them itself")


def _cuts(session: Session, never: Runs, motion: str, steps: int) -> list[Cut]:
    """Return equal cuts, the k-th in the week after the median community has k of ``steps`` + 1 parts of its largest size.

    That size is the one with adverts kept. Steps that fall into one week are one; there is none where nobody joins.
    """
    series = session.weeks_of_points(never, motion, ("members",), session.config.weeks)
    members = np.nanmedian(series["members"][0], axis=0)
    share = session.worlds[motion].motion.shares["advertising"]
    at: dict[int, float] = {}
    for k in range(1, steps + 1):
        week = int(np.argmax(members >= k / (steps + 1) * members.max())) + 1
        if members.max() > 0 and week < session.config.weeks:
            at[week] = share * (1 - k / steps)
    return [Cut(week, kept) for week, kept in at.items()]


def _all_in_the_first(cuts: list[Cut]) -> list[Cut]:
    return [Cut(cut.week, 0.0) for cut in cuts[:1]]


def _plan(world: World, cuts: list[Cut]) -> list[dict[str, Any]]:
    """Return the motion's plan with the cuts: the other levers get the money, in proportion."""
    shares = world.motion.shares
    own = [i.model_dump() for i in world.motion.plan]
    return own + [
        {
            "week": cut.week,
            "set": {
                "shares": {
                    lever: cut.share if lever == "advertising" else of * (1 - cut.share) / (1 - shares["advertising"])
                    for lever, of in shares.items()
                }
            },
        }
        for cut in cuts
    ]


def _weaned(session: Session, runs: Runs, motion: str, cuts: list[Cut]) -> Weaned:
    series = session.weeks_of_points(runs, motion, (*WON.values(), *SPENT), session.config.weeks)
    quarters = {name: _by_quarter(values) for name, values in series.items()}
    won, spent = (np.sum([quarters[name] for name in names], axis=0) for names in (WON.values(), SPENT))
    shares = {part: ratios(np.sum([quarters[WON[c]] for c in of], axis=0), won) for part, of in PARTS.items()}
    shares[IN_MONEY] = ratios(quarters["advertising_cents"], spent)
    return Weaned(
        motion,
        cuts,
        {plan: session.weight * won[p] for p, plan in enumerate(PLANS)},
        {plan: {part: of[p] for part, of in shares.items()} for p, plan in enumerate(PLANS)},
        {name: {plan: runs.metric(motion, name)[p] for p, plan in enumerate(PLANS)} for name in COMPARED},
    )


def _by_quarter(weekly: np.ndarray) -> np.ndarray:
    """Return sums over whole quarters, shape (points, seeds, quarters); the weeks after the last whole one are left out."""
    points, seeds, weeks = weekly.shape
    n = weeks // QUARTER_WEEKS
    return weekly[:, :, : n * QUARTER_WEEKS].reshape(points, seeds, n, QUARTER_WEEKS).sum(axis=3)


def _quarters(one: Weaned) -> list[dict[str, Any]]:
    """Return a line a plan, part and quarter: the share in it, median and 90 % of seeds."""
    rows = []
    for plan, parts in one.shares.items():
        for part, values in parts.items():
            for quarter, of in enumerate(values.T, 1):
                low, mid, high = quantiles(of)
                known = int(np.isfinite(of).sum())
                rows.append({"motion": one.motion, "plan": plan, "part": part, "quarter": quarter, "seeds": known, "median": mid, "low": low, "high": high})  # fmt: skip
    return rows


def _gaps(one: Weaned) -> list[Difference]:
    return [one.against_never(plan, metric) for plan in PLANS[1:] for metric in COMPARED]


def _table(found: list[Weaned]) -> Table:
    table = Table(title="adverts cut and not, the same simulated markets: median (90 % of them)", title_justify="left")
    for name in ("motion", "adverts cut", *(row_name(METRICS[m]) for m in COMPARED)):
        table.add_column(name, justify="left" if name in ("motion", "adverts cut") else "right")
    for one in found:
        for plan in PLANS:
            cells = []
            for name in COMPARED:
                kind = METRICS[name].kind
                low, mid, high = quantiles(one.metrics[name][plan])
                cells.append(with_interval(shown(mid, kind), low, high, partial(shown, kind=kind)))
            table.add_row(motion_called(one.motion) if plan == NEVER else "", plan, *cells)
    return table


def sentence(one: Weaned) -> str:
    """Say when adverts are cut, what that does to new customers in the same market, and which plan is the cheapest."""
    name = motion_called(one.motion)
    if not one.cuts:
        return f"{name}: nobody joins its community, so adverts are never cut"
    when = ", ".join(f"{cut.week} to {100 * cut.share:.3g} %" for cut in one.cuts)
    lost = " and ".join(f"{_change(one, plan)} {plan}" for plan in PLANS[1:])
    costs = ", ".join(
        f"{shown(quantiles(one.metrics['cac_usd'][plan])[1], METRICS['cac_usd'].kind)} {plan}" for plan in PLANS
    )
    return f"{name}, cut in week {when} of the money: {lost} in new customers; a new customer costs {costs}; {said_of_cheapest(one)}"


def _change(one: Weaned, plan: str) -> str:
    values = one.metrics["new_customers"]
    low, mid, high = quantiles(100 * (ratios(values[plan], values[NEVER]) - 1))
    return with_interval(f"{mid:+.1f} %", low, high, "{:+.1f}".format)


def said_of_cheapest(one: Weaned) -> str:
    """Say which plan has the lowest CAC beyond luck, or why none is named."""
    if one.cheapest:
        return f"{one.cheapest} is the cheapest"
    return "the cheapest is not told apart" if one.limits.compares else one.limits.sentence
