"""Person-period regressions (statsmodels): odds and hazard ratios with 95 % intervals."""

import warnings
from typing import NamedTuple

import numpy as np


class Ratio(NamedTuple):
    """An odds or hazard ratio per unit, with its 95 % interval."""

    value: float
    low: float
    high: float


def person_period(
    event: np.ndarray, columns: np.ndarray, period: np.ndarray, count: np.ndarray | None = None, *, hazard: bool = False
) -> list[Ratio]:
    """Return the ratio of each column, periods as dummies (Allison 1982, Sociological Methodology 13).

    ``event``: 0 or 1 of each person-period; ``columns``: (person-periods, k); ``period``: whole numbers; ``count``: how many
    person-periods a row stands for. ``hazard``: hazard ratios by the complementary log-log link, else odds ratios. Rows alike are counted together, which changes nothing.
    Periods without an event, or with nothing else, tell nothing and are left out; NaN where nothing is left, or no column varies.
    """
    import statsmodels.api as sm
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

    table, place = np.unique(np.column_stack([columns, period]), axis=0, return_inverse=True)
    count = np.ones(place.size) if count is None else count
    events = np.bincount(place, event * count, table.shape[0])
    trials = np.bincount(place, count, table.shape[0])
    x, when = table[:, :-1], table[:, -1]
    known = [v for v in np.unique(when) if 0 < events[when == v].sum() < trials[when == v].sum()]
    n = x.shape[1]
    unknown = [Ratio(np.nan, np.nan, np.nan)] * n
    if not known:
        return unknown
    keep = np.isin(when, known)
    dummies = (when[keep, None] == np.array(known)[None, :]).astype(float)
    link = sm.families.links.CLogLog() if hazard else sm.families.links.Logit()
    outcome = np.column_stack([events[keep], trials[keep] - events[keep]])
    model = sm.GLM(outcome, np.hstack([x[keep], dummies]), family=sm.families.Binomial(link), hasconst=True)
    with warnings.catch_warnings(), np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", PerfectSeparationWarning)  # an interval from 0 to infinity says it
        try:
            found = model.fit(wls_method="qr")  # a third of the time of its default, which looks for ties among columns
        except np.linalg.LinAlgError:
            return unknown
        interval = np.exp(found.conf_int()[:n])
        values = np.exp(found.params[:n])
    return [Ratio(float(v), float(a), float(b)) for v, (a, b) in zip(values, interval, strict=True)]


def slopes(event: np.ndarray, columns: np.ndarray) -> list[Ratio]:
    """Return the logit coefficients (not their exponents) of ``columns`` with 95 % intervals."""
    import statsmodels.api as sm

    found = sm.GLM(event, sm.add_constant(columns), family=sm.families.Binomial()).fit()
    interval = found.conf_int()[1:]
    return [Ratio(float(v), float(a), float(b)) for v, (a, b) in zip(found.params[1:], interval, strict=True)]
