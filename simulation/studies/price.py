"""Study ``price``: a price raised or cut for newcomers, for customers, for both, against the price as it is, on the same seeds."""

from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.metrics.metric import Kind
from simulation.metrics.sums import ratios
from simulation.people.stages import CAUSES, Channel
from simulation.runs.enough import LEAST_MARKETS, is_ahead
from simulation.runs.paired import median_first, quantiles
from simulation.runs.session import Runs, Session
from simulation.scenario.errors import BadInput
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Price
from simulation.studies.screen import show
from simulation.studies.tables import shown_gap, with_interval

NEWCOMERS, CUSTOMERS, BOTH = WHO = ("newcomers", "customers", "both")
WON = [f"adopted_{channel.name.lower()}" for channel in Channel]
NEEDED = (*WON, *CAUSES, "customer", "expert", "seats", "expanded_seats", "revenue_cents", "cash_cents")
OUTCOMES = {  # what is compared, over the weeks from the change on, and how it is written
    "new customers": Kind.RATE,
    "churn": Kind.RATE,
    "seats added": Kind.RATE,
    "revenue": Kind.RATE,
    "cash": Kind.USD_TOTAL,
}
ALONE = "no rival is there to whom customers could go: a rise looks better than it may be (rival=cheaper)"
RESAMPLES = 1_000
SHOWN_SIZE = 0.2  # of the sizes tried, that nearest to it stands in the table


class Best(NamedTuple):
    """The size of a change that brings most cash by the end, mean over markets, with the 90 % interval of markets drawn again."""

    motion: str
    who: str
    size: float  # 0: none of those tried beats the price as it is
    low: float
    high: float
    at_an_end: bool  # the largest or smallest size tried
    cash_usd: float  # median over markets of what it brings over the price as it is
    cash_low: float
    cash_high: float
    ahead: int  # markets in which it brings more
    markets: int


class Priced(NamedTuple):
    """One motion under every change; arrays of gains over the price as it is, shape (seeds,) or (seeds, weeks)."""

    motion: str
    sizes: list[float]  # in order, 0 among them
    gains: dict[str, dict[str, np.ndarray]]  # by who and outcome, shape (sizes, seeds): shares, of cash USD
    revenue: dict[
        str, np.ndarray
    ]  # by who: over that of the price as it is by week, at the size shown, shape (seeds, weeks)
    week: int

    @property
    def shown(self) -> float:
        """The size that stands in the table."""
        return min((x for x in self.sizes if x), key=lambda x: abs(x - SHOWN_SIZE))

    def best(self, who: str) -> Best:
        """Return the best size for ``who``."""
        cash, sizes = self.gains[who]["cash"], np.array(self.sizes)
        there = np.isfinite(cash).all(axis=0)
        cash = cash[:, there]
        n = cash.shape[1]
        draw = np.random.default_rng(5)
        again = [sizes[cash[:, draw.integers(n, size=n)].mean(axis=1).argmax()] for _ in range(RESAMPLES)] if n else []
        at = int(cash.mean(axis=1).argmax()) if n else sizes.tolist().index(0.0)
        low, high = np.percentile(again, (5, 95)).tolist() if n >= LEAST_MARKETS else (np.nan, np.nan)
        won, ends = cash[at], (0, len(sizes) - 1)
        return Best(self.motion, who, float(sizes[at]), low, high, at in ends, *median_first(won), int((won > 0).sum()), n)  # fmt: skip


def answer(session: Session, study: Price) -> list[Priced]:
    """Run every change of the price; write ``price.csv`` and ``best_price.csv``, print what came out."""
    config = session.config
    if study.week >= config.weeks:
        raise BadInput(f"study.week={study.week}: the run is over in week {config.weeks}; name an earlier one")
    if study.week == 0 and not config.past:
        raise BadInput(
            "study.week=0: nobody is a customer yet; name a later week, or give the firm a past: history={...}"
        )
    points: dict[tuple[float, str], dict[str, Any]] = {(0.0, NEWCOMERS): {}}
    for who in WHO:
        points |= {(x, who): _change(config, who, x, study.week) for x in study.sizes}
    runs = session.run(list(points.values()), keep=study.keep)
    found = [_priced(session, runs, motion, list(points), study) for motion in session.worlds]
    session.store.csv("price.csv", [row for one in found for row in _rows(one)])
    session.store.csv("best_price.csv", [one.best(who)._asdict() for one in found for who in WHO])
    rivals = any(of.entry_week is not None for of in config.rivals.values())
    session.verdict([*map(sentence, found), *([] if rivals else [ALONE])])
    show(session.console, _table(found))
    return found


def _change(config: Any, who: str, size: float, week: int) -> dict[str, Any]:
    """Return the settings of a scenario in which the price changes in ``week``."""
    product = config.product
    settings = {
        NEWCOMERS: {"product.price_usd": product.price_usd * (1 + size), "product.grandfather": True},
        CUSTOMERS: {"product.base_price": product.base_price * (1 + size)},
        BOTH: {"product.price_usd": product.price_usd * (1 + size), "product.grandfather": False},
    }[who]
    own = [i.model_dump() for i in config.interventions]
    return {"interventions": [*own, {"week": week, "set": settings}]}


def _priced(session: Session, runs: Runs, motion: str, points: list[tuple[float, str]], study: Price) -> Priced:
    series = session.weeks_of_points(runs, motion, NEEDED, session.config.weeks)
    paying = series["customer"] + series["expert"]
    since = {name: values[:, :, study.week :] for name, values in series.items()}
    lost = np.sum([since[cause] for cause in CAUSES], axis=(0, 3))
    totals = {
        "new customers": np.sum([since[name] for name in WON], axis=(0, 3)),
        "churn": ratios(lost, paying[:, :, study.week :].sum(axis=2)),
        "seats added": ratios(since["expanded_seats"].sum(axis=2), since["seats"].sum(axis=2)),
        "revenue": since["revenue_cents"].sum(axis=2),
        "cash": since["cash_cents"].sum(axis=2) / 100,
    }
    sizes = sorted({0.0, *study.sizes})
    at = {who: [points.index((x, who if x else NEWCOMERS)) for x in sizes] for who in WHO}
    gains = {
        who: {
            name: of[at[who]] - of[0]
            if name == "cash"
            else ratios(of[at[who]], np.broadcast_to(of[0], of[at[who]].shape)) - 1
            for name, of in totals.items()
        }
        for who in WHO
    }
    one = Priced(motion, sizes, gains, {}, study.week)
    weekly = {who: series["revenue_cents"][points.index((one.shown, who))] for who in WHO}
    return one._replace(revenue={who: ratios(of, series["revenue_cents"][0]) - 1 for who, of in weekly.items()})


def _rows(one: Priced) -> list[dict[str, Any]]:
    """Return a line a change and outcome: the gain over the price as it is, median and 90 % of markets."""
    rows = []
    for who, outcomes in one.gains.items():
        for name, values in outcomes.items():
            for size, of in zip(one.sizes, values, strict=True):
                low, mid, high = quantiles(of)
                unit = "USD" if name == "cash" else "share"
                rows.append({"motion": one.motion, "who": who, "size": size, "outcome": name, "unit": unit, "seeds": int(np.isfinite(of).sum()), "median": mid, "low": low, "high": high})  # fmt: skip
    return rows


def _table(found: list[Priced]) -> Table:
    table = Table(title=f"a price {found[0].shown:+.0%} against the price as it is: median (90 % of simulated markets)", title_justify="left")  # fmt: skip
    for name in ("motion", "who pays it", *OUTCOMES):
        table.add_column(name, justify="left" if name in ("motion", "who pays it") else "right")
    for one in found:
        at = one.sizes.index(one.shown)
        for who in WHO:
            cells = []
            for name, kind in OUTCOMES.items():
                low, mid, high = quantiles(one.gains[who][name][at])
                said = _said(kind)
                cells.append(with_interval(said(mid), low, high, said, apart="\n"))
            table.add_row(motion_called(one.motion) if who == NEWCOMERS else "", who, *cells)
        table.add_section()
    return table


def _said(kind: Kind):
    """Return how a gain is written: a share in percent of what is without it, cash as money."""
    return (lambda v: shown_gap(v, kind)) if kind is Kind.USD_TOTAL else (lambda v: f"{round(100 * v) + 0:+d} %" if np.isfinite(v) else "n/a")  # fmt: skip


def sentence(one: Priced) -> str:
    """Say for whom, and by how much, a change of the price brings most cash by the end."""
    return f"{motion_called(one.motion)}, by the end: " + "; ".join(said_of(one.best(who)) for who in WHO)


def said_of(best: Best) -> str:
    """Say the best size for one group."""
    return f"for {best.who} {what_is_best(best)}"


def what_is_best(best: Best) -> str:
    """Say which size is best, and whether that can be told."""
    if best.size == 0:
        return "no size tried beats the price as it is"
    if not is_ahead(best.ahead, best.markets - best.ahead):
        return "no size tried is told apart from the price as it is"
    beyond = ", the end of what was tried" if best.at_an_end else ""
    size = with_interval(f"{best.size:+.0%}", best.low, best.high, "{:+.0%}".format)
    return f"{size}{beyond} is best: {shown_gap(best.cash_usd, Kind.USD_TOTAL)} in cash, more in {best.ahead} of {best.markets} simulated markets"


def in_short(best: Best) -> str:
    """Say the same in a few words, for a title."""
    if best.size == 0 or not is_ahead(best.ahead, best.markets - best.ahead):
        return "no size told apart from today's"
    return f"{best.size:+.0%} is best ({shown_gap(best.cash_usd, Kind.USD_TOTAL)} in cash)"
