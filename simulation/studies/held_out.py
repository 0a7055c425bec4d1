"""The months held out: what the fit on the months before foretold of them, beside forecasts that know nothing of the market."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from rich.table import Table

from simulation.evidence.foretold import Foretold
from simulation.evidence.simple_forecasts import straight_line, year_before
from simulation.runs.paired import INTERVAL

MODEL, LINE, YEAR = "the model", "a straight line", "the year before"


class HeldOut(NamedTuple):
    """A series over the months held out under a forecast: means a month of what came, of the median and of the 90 % interval.

    ``inside``: months that lie in it; ``error``: mean absolute error of the median; ``score``: mean interval score.
    """

    series: str
    forecast: str
    months: int
    came: float
    foretold: float
    low: float
    high: float
    inside: int
    error: float
    score: float


def hold_out(fitted: Mapping[str, np.ndarray], seen: Mapping[str, np.ndarray], train: int) -> list[HeldOut]:
    """Compare the months after the first ``train`` with what worlds that fit these go on to do, and with simple forecasts of them."""
    found = []
    for name, worlds in fitted.items():
        came = seen[name][train:]
        known = np.isfinite(came)
        if not known.any():
            continue
        low, middle, high = np.percentile(worlds[:, train:], INTERVAL, axis=0)
        before = seen[name][:train]
        forecasts = {
            MODEL: Foretold(middle, low, high),
            LINE: straight_line(before, came.size),
            YEAR: year_before(before, came.size),
        }
        found += [_held(name, of, Foretold(*(x[known] for x in f)), came[known]) for of, f in forecasts.items() if f]
    return found


def _held(series: str, forecast: str, f: Foretold, came: np.ndarray) -> HeldOut:
    middle, low, high = (float(x.mean()) for x in f)
    error, inside = float(np.abs(f.middle - came).mean()), int(f.inside(came).sum())
    return HeldOut(series, forecast, came.size, float(came.mean()), middle, low, high, inside, error, f.score(came))


def table(held: list[HeldOut], months: int) -> Table:
    """Return the comparison, a row for each series."""
    found = Table(
        title=f"held out, the last {months} months: a month's mean, months inside, interval score", title_justify="left"
    )
    found.add_column("series")
    for name in ("came", MODEL, "inside", "score", f"{LINE}: score", f"{YEAR}: score"):
        found.add_column(name, justify="right")
    for mine in by_series(held):
        model, scores = mine[MODEL], [f"{mine[of].score:,.1f}" if of in mine else "" for of in (LINE, YEAR)]
        span = f"{model.foretold:,.1f} ({model.low:,.1f} to {model.high:,.1f})"
        found.add_row(
            series_called(model.series),
            f"{model.came:,.1f}",
            span,
            f"{model.inside} of {model.months}",
            f"{model.score:,.1f}",
            *scores,
        )
    return found


def sentences(held: list[HeldOut]) -> list[str]:
    """Say how often the model's intervals hold, and which series a simple forecast foretells better."""
    every = by_series(held)
    inside, of = (sum(getattr(mine[MODEL], name) for mine in every) for name in ("inside", "months"))
    said = [
        f"{inside} of {of} months inside the model's 90 % interval; the score counts its width, and what lies outside 20 times"
    ]
    for simple in (LINE, YEAR):
        both = [mine for mine in every if simple in mine]
        won = [series_called(mine[MODEL].series) for mine in both if mine[simple].score < mine[MODEL].score]
        if won:
            said.append(
                f"{simple} foretells {len(won)} of {len(both)} series better than the model (lower score): {', '.join(won)}"
            )
        elif both:
            said.append(f"{simple} foretells none of {len(both)} series better than the model (lower score)")
    return said


def series_called(series: str) -> str:
    """Return what a series is called: of new customers with the channel through which they came."""
    head, _, channel = series.partition("/")
    return f"new customers ({channel.replace('_', ' ')})" if head == "new" else series


def by_series(held: list[HeldOut]) -> list[dict[str, HeldOut]]:
    """Return the forecasts of each series by name."""
    found: dict[str, dict[str, HeldOut]] = {}
    for line in held:
        found.setdefault(line.series, {})[line.forecast] = line
    return list(found.values())
