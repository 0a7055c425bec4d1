"""What is kept of a run: one row a week of named series, one row a customer life, seats by cohort."""

from typing import NamedTuple

import numpy as np

from simulation.calendar import MONTHS_A_WEEK
from simulation.firm.ledger import ACQUISITION, RETENTION, SUPPORT
from simulation.firm.spending import added
from simulation.flywheel.moves import UNITS
from simulation.people.book import EVENTS, WEEKS_PER_COHORT, Total
from simulation.people.stages import Stage
from simulation.scenario.firm import LEVERS

STOCKS = (*(s.name.lower() for s in Stage), *(name.lower() for name in Total._fields))
MONEY = (
    "acquisition_cents", "retention_cents", "support_cents", "revenue_cents", "cash_cents",
    *(f"{lever}_cents" for lever in LEVERS),
)  # fmt: skip
STATE = (
    "quality", "ease", "brand", "user_topics", "firm_topics", "noise", "posters", "active", "pods", "managers", "engineers", "owed_cents", "at_stake",
)  # fmt: skip
SERIES = (*STOCKS, *EVENTS, *MONEY, *STATE)
PLACE = {name: k for k, name in enumerate(SERIES)}
STOCKS_AT, EVENTS_AT = 0, len(STOCKS)
SATISFACTION_AT = PLACE["satisfaction"]
MONEY_AT, STATE_AT = EVENTS_AT + len(EVENTS), EVENTS_AT + len(EVENTS) + len(MONEY)


class Record(NamedTuple):
    """A finished run. Money is in cents of the real market, counts are rows; ``weight`` accounts a row."""

    weeks: np.ndarray  # float64 (weeks, len(SERIES)), state at the week's end, events within it
    lives: np.ndarray  # the table of lives, book.LIFE
    cohort_revenue: np.ndarray  # int64 cents a week, (periods now, cohorts); period = 4 weeks
    weight: float
    price_usd: float
    gross_margin: float

    def series(self, name: str) -> np.ndarray:
        """Return one weekly series, shape (weeks,)."""
        return self.weeks[:, PLACE[name]]


class Recorder:
    """Fills a record while a model runs."""

    def __init__(self, weeks: int) -> None:
        self.weeks = np.zeros((weeks, len(SERIES)))
        n = weeks // WEEKS_PER_COHORT + 1
        self.cohort_revenue = np.zeros((n, n), np.int64)

    def note(self, week: int, model) -> None:
        """Write the row of ``week``."""
        row = self.weeks[week]
        book, firm, ledger = model.book, model.firm, model.firm.ledger
        row[STOCKS_AT:EVENTS_AT] = book.totals.sum(axis=0)
        row[SATISFACTION_AT] /= UNITS
        row[EVENTS_AT:MONEY_AT] = book.tally
        row[MONEY_AT:STATE_AT] = (
            ledger.booked[ACQUISITION],
            ledger.booked[RETENTION],
            ledger.booked[SUPPORT],
            ledger.revenue_cents,
            ledger.cash_cents,
            *ledger.by_lever.values(),
        )
        row[STATE_AT:] = (
            firm.quality,
            firm.ease,
            firm.brand,
            added(lib.users for lib in firm.libraries),
            added(lib.firm for lib in firm.libraries),
            added(lib.noise for lib in firm.libraries) / len(firm.libraries),
            model.posters.sum(),
            model.n_active(),
            firm.capacity.pods,
            firm.capacity.managers,
            firm.capacity.engineers,
            ledger.owed_cents,
            model.at_stake() / UNITS,
        )
        if week % WEEKS_PER_COHORT == WEEKS_PER_COHORT - 1:
            seats = np.zeros(book.cohort_seats.shape[0])
            for s, level in enumerate(model.price_level):
                seats += book.cohort_seats[:, s] * level
            cents = MONTHS_A_WEEK * model.price_cents * firm.weight * seats
            self.cohort_revenue[week // WEEKS_PER_COHORT] = cents

    def finish(self, model) -> Record:
        """Return the record of the weeks run so far; money becomes amounts a week."""
        weeks = self.weeks[: model.week].copy()
        weeks[:, MONEY_AT:STATE_AT] = np.diff(weeks[:, MONEY_AT:STATE_AT], axis=0, prepend=0.0)
        n = int(model.book.n_lives[0])
        lives = np.array(model.book.lives[:n])
        return Record(
            weeks,
            lives,
            self.cohort_revenue.copy(),
            model.firm.weight,
            model.world.product.price_usd,
            model.world.product.gross_margin,
        )
