"""Study ``wheel``: whether the wheel turns by itself once its money stops, and what limits it, in customers per further dollar."""

import math
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics.sums import ratios
from simulation.people.stages import BY_USERS, CAUSES
from simulation.runs.paired import quantiles
from simulation.runs.session import Runs, Session
from simulation.scenario import currency
from simulation.scenario.errors import BadInput
from simulation.scenario.intervention import NO_MONEY
from simulation.scenario.schema import World
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Wheel
from simulation.studies.flow_table import tell
from simulation.studies.flows import Flows, read
from simulation.studies.screen import show
from simulation.studies.tables import with_interval

NUMBER, KEPT = "reproduction number after the stop", "customers at the end over those at the stop"
FURTHER, THOUSAND_USD = "customers per further 1,000 USD", 1000.0
BROUGHT = [f"adopted_{channel.name.lower()}" for channel in BY_USERS]
SERIES = (*BROUGHT, *CAUSES, "customer", "expert")
SURE = 2.0  # standard errors


class Further(NamedTuple):
    """What more money for a lever wins: mean over paired seeds, and its standard error."""

    lever: str
    seeds: int
    won: float  # customers per further 1,000 USD
    error: float

    @property
    def known(self) -> bool:
        """Whether it is told apart from nothing."""
        return abs(self.won) > SURE * self.error


class Turned(NamedTuple):
    """One motion: what its wheel does without money, by seed, and what a little more of it wins, by lever."""

    motion: str
    number: np.ndarray
    kept: np.ndarray
    further: list[Further]


class Found(NamedTuple):
    """What the study has found; ``flows`` are those with the money."""

    turned: list[Turned]
    flows: dict[str, Flows]


def answer(session: Session, study: Wheel) -> Found:
    """Run the motions with and without a stop and with more for each lever; write ``wheel.csv``, print what came out."""
    _check(session, study)
    own = [i.model_dump() for i in session.config.interventions]
    stopped = {"interventions": [*own, {"week": study.stop_week, "set": NO_MONEY}]}
    runs = session.run([{}, stopped], keep=study.keep)
    turned = [
        Turned(motion, *_after_the_stop(session, runs, motion, study.stop_week), _further(session, study, motion))
        for motion in session.worlds
    ]
    found = Found(turned, read(session, runs))
    session.store.csv("wheel.csv", [row for of in turned for row in _rows(of)])
    session.verdict([sentence(of) for of in turned])
    tell(session, found.flows)
    show(session.console, _table(turned))
    return found


def _check(session: Session, study: Wheel) -> None:
    """Raise BadInput where nothing comes after the stop, there is no money to add to, or a motion changes its shares itself."""
    weeks = session.config.weeks
    if study.stop_week >= weeks:
        raise BadInput(
            f"study.stop_week={study.stop_week}: the run ends after {weeks} weeks; an earlier week or more weeks are needed"
        )
    for motion, world in session.worlds.items():
        if (week := world.first_change(lambda w: (w.motion.shares, w.budget))) is not None:
            raise BadInput(
                f"motions.{motion}: its shares or its budget change in week {week}, but study=wheel changes them itself"
            )
        if not (world.budget.usd_per_account_per_week or world.budget.share_of_revenue):
            raise BadInput("budget: nothing is spent, so there is nothing to stop")


def _after_the_stop(session: Session, runs: Runs, motion: str, week: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the average reproduction number and how many of its customers a motion still has at the end, by seed.

    The number: customers brought by users' content, talk and invites per customer-week after the stop, times the mean life in
    weeks then (customer-weeks per ended life).
    """
    after = session.weeks(runs, motion, 1, SERIES)
    brought, ended = (np.sum([after[name][:, week:] for name in names], axis=(0, 2)) for names in (BROUGHT, CAUSES))
    customers = after["customer"] + after["expert"]
    return ratios(brought, ended), ratios(customers[:, -1], customers[:, week - 1])


def more_for(world: World, lever: str, more: float) -> dict[str, Any]:
    """Return the settings with ``more`` of the budget added, all of it for one lever: the others are paid as before."""
    shares, budget = world.motion.shares, world.budget
    given = {name: (of + more * (name == lever)) / (1 + more) for name, of in shares.items()}
    given[lever] += 1.0 - sum(given.values())  # to the last digit
    settings = {"motion.shares": given, "budget.usd_per_account_per_week": budget.usd_per_account_per_week * (1 + more)}
    if budget.share_of_revenue:
        settings["budget.share_of_revenue"] = budget.share_of_revenue * (1 + more)
    return settings


def _further(session: Session, study: Wheel, motion: str) -> list[Further]:
    world = session.worlds[motion]
    levers = [lever for lever, share in world.motion.shares.items() if share]
    runs = session.run(
        [{}, *(more_for(world, lever, study.more) for lever in levers)], motions=[motion], keep=("runs",)
    )
    won, spent = (runs.metric(motion, name) for name in ("new_customers", "budget_usd"))
    return [further(lever, won[k] - won[0], spent[k] - spent[0]) for k, lever in enumerate(levers, 1)]


def further(lever: str, won: np.ndarray, spent_usd: np.ndarray) -> Further:
    """Return what further money wins, from paired differences by seed."""
    each = THOUSAND_USD * ratios(won, spent_usd)
    each = each[np.isfinite(each)]
    error = float(each.std(ddof=1) / math.sqrt(each.size)) if each.size > 1 else math.nan
    return Further(lever, each.size, float(each.mean()) if each.size else math.nan, error)


def _rows(of: Turned) -> list[dict[str, Any]]:
    rows = []
    for measure, values in ((NUMBER, of.number), (KEPT, of.kept)):
        low, mid, high = quantiles(values)
        seeds = int(np.isfinite(values).sum())
        rows.append({"motion": of.motion, "measure": measure, "lever": "", "seeds": seeds, "value": mid, "low": low, "high": high, "error": math.nan})  # fmt: skip
    return rows + [
        {"motion": of.motion, "measure": FURTHER, "lever": x.lever, "seeds": x.seeds, "value": x.won, "low": x.won - SURE * x.error, "high": x.won + SURE * x.error, "error": x.error}
        for x in of.further
    ]  # fmt: skip


def hub(of: Turned) -> str:
    """Return what stands in the middle of a motion's wheel, empty where the number is not known."""
    mid = quantiles(of.number)[1]
    return f"{mid:.2f}\nafter a stop" if math.isfinite(mid) else ""


def sentence(of: Turned) -> str:
    """Return whether a motion's wheel turns by itself, and which lever wins most for more money."""
    name, (low, mid, high) = motion_called(of.motion), quantiles(of.number)
    if not math.isfinite(mid):
        said = f"{name}: after its money stops nobody leaves, so no reproduction number is known"
    else:
        number = with_interval(f"{mid:.2f}", low, high, "{:.2f}".format)
        said = f"{name}: after its money stops a customer brings {number} others in a mean life: {_turns(low, high)}"
    if not (best := leading(of)):
        return f"{said}; what {currency.in_words('1,000 USD')} more win is not told apart from nothing for any lever."
    return f"{said}; {currency.in_words('1,000 USD')} more win most with {best}, in customers (standard errors in the table)."


def leading(of: Turned) -> str:
    """Return the lever that wins most for further money and those not told apart from it, with what they win; empty where none does."""
    known = sorted((x for x in of.further if x.known), key=lambda x: -x.won)
    near = [x for x in known if known[0].won - x.won <= SURE * math.hypot(known[0].error, x.error)]
    return " or ".join(f"{x.lever.replace('_', ' ')} ({x.won:.2f})" for x in near)


def _turns(low: float, high: float) -> str:
    """Return what an interval of the reproduction number says."""
    if not math.isfinite(low):
        return "too few simulated markets to say whether the wheel turns by itself"
    if low > 1 or high < 1:
        return f"the wheel {'turns' if low > 1 else 'does not turn'} by itself"
    return "whether the wheel turns by itself is not told"


def _table(turned: list[Turned]) -> Table:
    table = Table(title=f"{currency.in_words(FURTHER)}, paired simulated markets", title_justify="left")
    for name in ("motion", "lever", "mean", "error"):
        table.add_column(name, justify="left" if name in ("motion", "lever") else "right")
    for of in turned:
        for x in of.further:
            table.add_row(motion_called(of.motion), x.lever.replace("_", " "), f"{x.won:.2f}", f"{x.error:.2f}")
    return table
