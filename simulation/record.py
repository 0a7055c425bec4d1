"""What is kept of a run: one row a week of named series, one row a customer life, seats by cohort, moves by quarter."""

from collections.abc import Iterable
from functools import cached_property
from typing import NamedTuple

import numpy as np

from simulation.calendar import MONTHS_A_WEEK, QUARTER_WEEKS, YEAR_WEEKS
from simulation.compiled import part, phase
from simulation.firm import ledger
from simulation.firm.pricing import monthly_usd
from simulation.flywheel import advocacy, retention
from simulation.flywheel.satisfaction import common_talk
from simulation.people.counts import EVENTS, NEVER_JOINED, WEEKS_PER_COHORT, Total, moves_of
from simulation.people.decision import Phase
from simulation.people.stages import N_CHANNELS, Channel, Stage
from simulation.people.transitions import UNITS, n_members
from simulation.scenario.firm import LEVERS
from simulation.scenario.records import records

STOCKS = (*(s.name.lower() for s in Stage), *(total.name.lower() for total in Total))
MONEY = (
    "acquisition_cents", "retention_cents", "support_cents", "revenue_cents", "cash_cents",
    *(f"{lever}_cents" for lever in LEVERS),
)  # fmt: skip
STATE = (
    "quality", "ease", "brand", "user_topics", "firm_topics", "noise", "posters", "active", "pods", "managers", "engineers", "owed_cents", "at_stake",
    "base_revenue_cents",
)  # fmt: skip
SERIES = (*STOCKS, *EVENTS, *MONEY, *STATE)
PLACE = {name: k for k, name in enumerate(SERIES)}
STOCKS_AT, EVENTS_AT = 0, len(STOCKS)
SATISFACTION_AT, TALK_AT, CUSTOMERS_AT = PLACE["satisfaction"], PLACE["talk"], PLACE["customer"]
MONEY_AT, STATE_AT = EVENTS_AT + len(EVENTS), EVENTS_AT + len(EVENTS) + len(MONEY)
BASE_AT = PLACE["base_revenue_cents"]
REVENUE_AT, CASH_AT, LEVERS_AT = PLACE["revenue_cents"], PLACE["cash_cents"], PLACE["cash_cents"] + 1


YEAR = np.dtype(
    [
        ("then_usd", np.float64),  # a month, rows of the market at their segments' level of price
        ("now_usd", np.float64),  # 0 where the customer has left
        ("door", np.uint8),
        ("contract", np.uint8),
        ("member", np.uint8),  # ever in the community
    ]
)


class _Columns(NamedTuple):
    """What a record holds."""

    weeks: np.ndarray  # float64 (weeks, len(SERIES)), state at the week's end, events within it
    lives: np.ndarray  # the table of lives, book.LIFE: of all who were customers in these weeks
    cohort_revenue: np.ndarray  # int64 cents a week, (periods now, cohorts); period = 4 weeks by the clock
    moves: np.ndarray  # the table of moves between stages, counts.MOVE
    weight: float
    price_usd: float
    gross_margin: float
    year: np.ndarray  # the contracts of a year before the end, YEAR; none where the run is shorter or not over
    today: int = 0  # by the clock: its weeks before the first one here
    past: "Record | None" = None


class Record(_Columns):
    """A finished run. Money is in cents of the real market, counts are rows; ``weight`` accounts a row.

    Where the firm has a past, all of it is from today on, weeks of lives count from today, and customers of before began in
    weeks below zero; ``past`` is the record of what was before.
    """

    @property
    def n_before(self) -> int:
        """Weeks of the past."""
        return self.past.weeks.shape[0] if self.past else 0

    @cached_property
    def won(self) -> np.ndarray:
        """The lives that began in these weeks, in the order of adoption."""
        return self.lives[self.lives["adopted"] >= 0]

    @cached_property
    def base(self) -> np.ndarray:
        """The lives of those who were customers at the start of these weeks."""
        return self.lives[self.lives["adopted"] < 0]

    @cached_property
    def _won_by_channel(self) -> np.ndarray:
        return np.bincount(self.won["channel"], minlength=N_CHANNELS)

    def n_won_by(self, channels: Iterable[Channel]) -> int:
        """Return how many of :attr:`won` came by any of these channels."""
        return int(self._won_by_channel[list(channels)].sum())

    def series(self, name: str) -> np.ndarray:
        """Return one weekly series, shape (weeks,)."""
        return self.weeks[:, PLACE[name]]


@part
def remember(now, town):
    """Keep what every contract is worth a year before the run's end."""
    counts = town.counts
    for life in range(counts.n_lives[0]):
        counts.year_seats[life] = town.people.seats[counts.lives.row[life]] if counts.lives.ended[life] < 0 else 0
    for bought in range(now.began, now.week + 1):
        for contract in range(town.cohorts[bought].paid_usd.size):
            town.cohorts[bought].year_paid_usd[contract] = town.cohorts[bought].paid_usd[contract]


@phase
def note(now, town, said, desk):
    """Write the row of this week, start the next one's tally."""
    week, row, counts, firm = now.week, desk.weeks[now.week], town.counts, said.firm
    libraries, n = said.libraries, n_members(counts)
    for k in range(counts.totals.shape[1]):
        total = np.int64(0)
        for s in range(counts.totals.shape[0]):
            total += counts.totals[s, k]
        row[STOCKS_AT + k] = total
    customers = row[CUSTOMERS_AT] + row[CUSTOMERS_AT + 1]
    row[SATISFACTION_AT] = row[SATISFACTION_AT] / UNITS + town.mood.common * customers
    row[TALK_AT] += common_talk(town) * customers
    for k in range(counts.tally.size):
        row[EVENTS_AT + k] = counts.tally[k]
    for tag in range(firm.booked.size):
        row[MONEY_AT + tag] = firm.booked[tag]
    row[REVENUE_AT], row[CASH_AT] = firm.revenue_cents, firm.cash_cents
    for lever in range(firm.by_lever.size):
        row[LEVERS_AT + lever] = firm.by_lever[lever]
    users, own, noise, posters = 0.0, 0.0, 0.0, np.int64(0)
    for k in range(libraries.size):
        users += libraries[k].users
        own += libraries[k].firm
        noise += libraries[k].noise
    for s in range(town.community.posters.size):
        posters += town.community[s].posters
    state = (
        firm.quality,
        firm.ease,
        firm.brand,
        users,
        own,
        noise / libraries.size,
        float(posters),
        float(advocacy.n_active(week, n, town)),
        firm.pods,
        firm.managers,
        firm.engineers,
        float(ledger.owed_cents(firm)),
        retention.sum_at_stake(n, town, retention.rates(now, town, said, desk)) / UNITS,
    )
    for k in range(len(state)):
        row[STATE_AT + k] = state[k]
    cents = 100.0 * MONTHS_A_WEEK * firm.weight
    for bought in range(now.began, now.today):
        row[BASE_AT] += cents * monthly_usd(bought, town)
    if week % WEEKS_PER_COHORT == WEEKS_PER_COHORT - 1:
        for bought in range(now.began, week + 1):
            cohort = desk.cohort_revenue[week // WEEKS_PER_COHORT]
            cohort[bought // WEEKS_PER_COHORT] += np.int64(cents * monthly_usd(bought, town))
    if now.weeks - week - 1 == YEAR_WEEKS:
        remember(now, town)
    counts.tally[:] = 0
    now.week += 1


NOTE = Phase("record", note)


def blank(weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what a run of ``weeks`` is recorded on: series by week, revenue by period and cohort."""
    n = weeks // WEEKS_PER_COHORT + 1
    return np.zeros((weeks, len(SERIES))), np.zeros((n, n), np.int64)


def longer_blank(desk, weeks: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what :func:`blank` makes for so many weeks, with what ``desk`` has recorded at its head."""
    series, revenue = blank(weeks)
    series[: desk.weeks.shape[0]] = desk.weeks
    n = desk.cohort_revenue.shape[0]
    revenue[:n, :n] = desk.cohort_revenue
    return series, revenue


def finish(now, town, said, desk) -> Record:
    """Return the record of the weeks run so far; money becomes amounts a week."""
    began, today, week = (int(now[name]) for name in ("began", "today", "week"))
    series = desk.weeks[:week].copy()
    series[:, MONEY_AT:STATE_AT] = np.diff(series[:, MONEY_AT:STATE_AT], axis=0, prepend=0.0)
    lives = town.counts.lives[: int(town.counts.n_lives[0])]  # each choice of lives below is a copy
    product, n, quarter = said.world["product"], today // WEEKS_PER_COHORT, today // QUARTER_WEEKS
    terms = (float(said.firm["weight"]), float(product["price_usd"]), float(product["gross_margin"]))
    moves, past, year = moves_of(town.counts), None, _year(now, town)
    before = moves["quarter"] < quarter
    if began < today:
        older = lives[lives["adopted"] < today]
        later = older["ended"] >= today
        older["ended"][later], older["cause"][later] = -1, 0
        revenue, moved = desk.cohort_revenue[:n, :n].copy(), _moved(moves[before], began // QUARTER_WEEKS)
        past = Record(series[began:today], _from(older, began), revenue, moved, *terms, year[:0], began)
    lives, moves = (
        _from(lives[(lives["ended"] < 0) | (lives["ended"] >= today)], today),
        _moved(moves[~before], quarter),
    )
    return Record(series[today:], lives, desk.cohort_revenue.copy(), moves, *terms, year, today, past)


def _year(now, town) -> np.ndarray:
    """Return the contracts of a year before the run's end, once it is over."""
    counts, n = town.counts, int(town.counts.n_lives[0])
    over = now["week"] == now["weeks"] and now["weeks"] - now["today"] > YEAR_WEEKS
    of = np.flatnonzero(counts.year_seats[:n] > 0) if over else np.zeros(0, int)
    lives, year = counts.lives[:n][of], records(of.size, YEAR)
    bought, level = lives["adopted"], town.segments["price_level"][lives["segment"]]
    contract = lives["contract"].astype(int)
    year["then_usd"] = counts.year_seats[:n][of] * town.cohorts["year_paid_usd"][bought, contract] * level
    seats = np.where(lives["ended"] < 0, town.people["seats"][lives["row"]], 0)
    year["now_usd"] = seats * town.cohorts["paid_usd"][bought, contract] * level
    year["member"] = lives["joined"] < NEVER_JOINED
    for name in ("door", "contract"):
        year[name] = lives[name]
    return year


def _from(lives: np.ndarray, week: int) -> np.ndarray:
    """Return lives with their weeks counted from ``week`` by the clock, in place."""
    for name in ("engaged", "adopted"):
        lives[name] -= week
    lives["ended"] -= np.where(lives["ended"] < 0, 0, week).astype(np.int16)
    lives["joined"] -= np.where(lives["joined"] == NEVER_JOINED, 0, week).astype(np.int32)
    return lives


def _moved(moves: np.ndarray, quarter: int) -> np.ndarray:
    """Return moves with their quarters counted from ``quarter`` by the clock, in place."""
    moves["quarter"] -= quarter
    return moves
