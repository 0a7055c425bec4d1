"""The wheel of a motion in words: who moves on in a quarter of the last year, as one short table and one sentence."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from simulation.calendar import QUARTER_WEEKS
from simulation.metrics.metric import Kind
from simulation.people.stages import MOVES, Stage
from simulation.runs.output import say
from simulation.runs.paired import quantiles
from simulation.runs.session import Session
from simulation.scenario.settings import motion_called
from simulation.studies.flows import GAINS, TURN, Flows, gain_rows, pooled, rows
from simulation.studies.screen import WIDTH, show
from simulation.studies.tables import shown_small, with_days, with_interval

WHO = {
    Stage.PROSPECT: "others in the market", Stage.ATTRACTED: "interested people", Stage.NEWCOMER: "people who try it",
    Stage.CUSTOMER: "customers", Stage.EXPERT: "experts", Stage.LAPSED: "former customers",
}  # fmt: skip
WHAT = {
    (Stage.PROSPECT, Stage.ATTRACTED): "hear of it",
    (Stage.ATTRACTED, Stage.PROSPECT): "lose interest",
    (Stage.ATTRACTED, Stage.NEWCOMER): "come in",
    (Stage.NEWCOMER, Stage.PROSPECT): "give up",
    (Stage.NEWCOMER, Stage.CUSTOMER): "buy",
    (Stage.CUSTOMER, Stage.EXPERT): "become experts",
    (Stage.EXPERT, Stage.CUSTOMER): "step back",
    (Stage.CUSTOMER, Stage.LAPSED): "leave",
    (Stage.EXPERT, Stage.LAPSED): "leave",
    (Stage.LAPSED, Stage.ATTRACTED): "look again",
    (Stage.LAPSED, Stage.PROSPECT): "forget it",
}


def table(motion: str, flows: Flows):
    """Return the table of a quarter of the last year: a row a move that anybody makes, medians over simulated markets."""
    from rich.table import Table

    year = flows.last_year()
    drawn = Table(
        title=f"The wheel of {motion_called(motion)}, a quarter of the last year", title_justify="left", width=WIDTH,
        caption="median (90 % of markets); share of who stood there; weeks they had been there",
    )  # fmt: skip
    for name in ("who", "what they do", "people", "share", "weeks"):
        drawn.add_column(name, justify="left" if name in ("who", "what they do") else "right")
    for k, move in enumerate(MOVES):
        people = year.of(move)[:, 0]
        if people.any():
            low, mid, high = quantiles(people)
            weeks = quantiles(year.weeks[:, 0, k, 0])[1] if move[0] is not Stage.PROSPECT else math.nan
            drawn.add_row(
                WHO[move[0]], WHAT[move], with_interval(f"{mid:,.0f}", low, high, "{:,.0f}".format),
                shown_small(quantiles(year.rate(move)[:, 0])[1], Kind.SHARE), f"{weeks:.0f}" if math.isfinite(weeks) else "-",
            )  # fmt: skip
    return drawn


def sentence(motion: str, flows: Flows) -> str:
    """Return what one turn of the wheel gains in a quarter of the last year, its links multiplied."""
    year = flows.last_year()
    name = motion_called(motion)
    found = {gain: value for gain, value, *_ in pooled(year, 0)}
    if not math.isfinite(found[TURN]):
        brought = float(np.median(year.by_users))
        return f"{name}: nobody becomes an expert, so no turn is counted; users bring {brought:,.0f} people in a quarter all the same."
    return (
        f"{name}: of 100 who hear of it {100 * found[GAINS[0]]:.0f} come in, of 100 of those {100 * found[GAINS[1]]:.0f} buy, "
        f"of 100 of those {100 * found[GAINS[2]]:.1f} become experts, and there are {found[GAINS[3]]:,.1f} people whom users bring in a quarter "
        f"for each expert: one turn gains {found[TURN]:.2f}."
    )


def tell(session: Session, flows: dict[str, Flows]) -> None:
    """Print the table and the sentence of each motion, after writing them as :func:`keep` does."""
    keep(session, flows)
    for motion, of in flows.items():
        show(session.console, table(motion, of))
        say(session.console, sentence(motion, of))


def keep(session: Session, flows: dict[str, Flows]) -> None:
    """Write ``flywheel.csv`` and ``gains.csv``."""
    session.store.csv(
        "flywheel.csv", _dated(session, (row for motion, of in flows.items() for row in rows(motion, of)))
    )
    session.store.csv(
        "gains.csv", _dated(session, (row for motion, of in flows.items() for row in gain_rows(motion, of)))
    )


def _dated(session: Session, found: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows by quarter with the day on which it begins, where weeks have dates."""
    return list(with_days(found, session.config.calendar, "quarter", QUARTER_WEEKS, first=1))
