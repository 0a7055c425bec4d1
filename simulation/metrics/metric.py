"""What a metric is, in one row above its function; tables, figures, studies and docs/metrics.md read it."""

from collections.abc import Callable
from enum import Enum, StrEnum
from typing import NamedTuple

from simulation.record import Record
from simulation.scenario import currency


class Kind(StrEnum):
    """What sort of number a metric is."""

    USD = "usd"
    USD_TOTAL = "usd_total"  # money of the whole market, drawn in millions
    SHARE = "share"  # a part of a whole, 0 to 1
    RATE = "rate"  # over what it is compared with, such as revenue a year ago: may pass 1
    MONTHS = "months"
    WEEKS = "weeks"
    COUNT = "count"
    RATIO = "ratio"
    INDEX = "index"


UNITS = {
    Kind.USD: "USD", Kind.USD_TOTAL: "USD M", Kind.SHARE: "%", Kind.RATE: "%", Kind.MONTHS: "months", Kind.WEEKS: "weeks",
}  # fmt: skip
PERCENT = (Kind.SHARE, Kind.RATE)  # shown in percent, their differences in points


class Better(Enum):
    """Which way is better; where neither is, nobody wins the metric."""

    MORE = 1
    LESS = -1
    NEITHER = 0


class Metric(NamedTuple):
    """A function of a finished run's record, and what a reader needs to know of its values."""

    name: str
    measure: Callable[[Record], float]
    label: str  # without the unit
    kind: Kind
    better: Better
    concepts: str  # whose metric it is: ids of docs/metrics.md
    reference: str
    per: str  # by what its unit is counted, such as "per new customer"
    needs_many: bool  # NaN where too few were seen to say: then it is not known; else a run without it counts as worst
    log: bool  # above zero and over orders of magnitude: logarithmic axes, compared as a ratio
    headline: bool  # in the two tables of a comparison

    def __call__(self, record: Record) -> float:
        """Return its value; NaN where a run does not have it."""
        return float(self.measure(record))

    @property
    def definition(self) -> str:
        """What it is: the first sentence of its docstring."""
        return (self.measure.__doc__ or "").strip().splitlines()[0].removeprefix("Return ").rstrip(".")

    @property
    def called(self) -> str:
        """Its label, of money in the letters of the currency at hand."""
        return currency.in_words(self.label)

    @property
    def unit(self) -> str:
        """The unit in which it is shown, empty where it is a plain number."""
        return currency.in_words(f"{UNITS.get(self.kind, '')} {self.per}".strip())

    @property
    def gap_unit(self) -> str:
        """The unit of a difference of two of its values."""
        return "points" if self.kind in PERCENT else self.unit


def metric(
    label: str,
    kind: Kind,
    better: Better,
    concepts: str,
    reference: str,
    *,
    per: str = "",
    needs_many: bool = False,
    log: bool = False,
    headline: bool = False,
) -> Callable[[Callable[[Record], float]], Metric]:
    """Make a metric of the function below: its name is the function's, its definition the docstring's first sentence."""

    def row(measure: Callable[[Record], float]) -> Metric:
        return Metric(
            measure.__name__, measure, label, kind, better, concepts, reference, per, needs_many, log, headline
        )

    return row
