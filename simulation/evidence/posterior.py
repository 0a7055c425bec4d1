"""What data say about parameters, without a likelihood: simulate from the priors, keep what looks like the data.

Semi-automatic approximate Bayesian computation (Fearnhead & Prangle 2012, JRSS B 74): each parameter's ridge prediction
from the data's summaries is its statistic. The draws nearest to the data are kept and moved by the difference of
predictions (regression adjustment, Beaumont, Zhang & Balding 2002, Genetics 162), every prediction made by a fit that
has not seen the draw: with predictions in hand that had, 90 % intervals held 71 % of known truths, without 89 %.
"""

from typing import NamedTuple

import numpy as np

KEPT_SHARE = 0.2  # of the draws
FEWEST_KEPT = 60
FOLDS = 5
PENALTIES = (1.0, 10.0, 100.0, 1000.0)
INFORMED = 0.05  # share of a parameter's variance that the data must predict in draws left out
EDGE = 1e-4  # a quantile is kept this far from 0 and 1 before its logit is taken


class Posterior(NamedTuple):
    """A sample of prior quantiles; ``informed`` says of which parameters the data tell anything."""

    unit: np.ndarray  # (kept, parameters), in (0, 1)
    informed: np.ndarray  # bool (parameters)
    predicted_share: np.ndarray  # (parameters), of variance, in draws left out
    kept: np.ndarray  # indices of the draws that look like the data
    strange: np.ndarray  # bool (summaries): outside all that the priors produce

    def interval(self, level: float = 0.9) -> np.ndarray:
        """Return low and high quantiles of each parameter, shape (2, parameters)."""
        return np.quantile(self.unit, (0.5 - level / 2, 0.5 + level / 2), axis=0)


def _ridge(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """Return coefficients, shape (1 + columns of x, columns of y); the first row is the constant."""
    mean = x.mean(axis=0)
    centred = x - mean
    gram = centred.T @ centred + penalty * np.eye(x.shape[1])
    slope = np.linalg.solve(gram, centred.T @ (y - y.mean(axis=0)))
    return np.vstack([y.mean(axis=0) - mean @ slope, slope])


def _predict(coefficients: np.ndarray, x: np.ndarray) -> np.ndarray:
    return coefficients[0] + x @ coefficients[1:]


def _features(stats: np.ndarray) -> np.ndarray:
    """Return the summaries and their squares: counts bend."""
    return np.hstack([stats, stats**2])


def _left_out(x: np.ndarray, y: np.ndarray, penalty: float) -> np.ndarray:
    """Return each row's prediction by a fit on the other folds: one that has seen the row would be too sure."""
    fold = np.arange(x.shape[0]) % FOLDS
    guess = np.zeros_like(y)
    for k in range(FOLDS):
        guess[fold == k] = _predict(_ridge(x[fold != k], y[fold != k], penalty), x[fold == k])
    return guess


def infer(unit: np.ndarray, stats: np.ndarray, observed: np.ndarray) -> Posterior:
    """Return the posterior given ``observed`` summaries.

    ``unit``: (draws, parameters) quantiles of the priors; ``stats``: (draws, summaries) what they produced; both finite.
    """
    scale = stats.std(axis=0)
    useful = scale > 1e-12
    z = (stats[:, useful] - stats[:, useful].mean(axis=0)) / scale[useful]
    seen = (observed[useful] - stats[:, useful].mean(axis=0)) / scale[useful]
    strange = np.zeros(observed.size, bool)
    strange[useful] = (observed[useful] < stats[:, useful].min(axis=0)) | (
        observed[useful] > stats[:, useful].max(axis=0)
    )
    strange[~useful] = np.abs(observed[~useful] - stats[0, ~useful]) > 1e-9
    seen = np.clip(seen, z.min(axis=0), z.max(axis=0))  # a regression knows nothing beyond what it has seen
    theta = np.log(np.clip(unit, EDGE, 1 - EDGE) / (1 - np.clip(unit, EDGE, 1 - EDGE)))
    x, at = _features(z), _features(seen[None, :])
    guesses = {p: _left_out(x, theta, p) for p in PENALTIES}
    shares = {p: 1.0 - ((theta - guess) ** 2).mean(axis=0) / theta.var(axis=0) for p, guess in guesses.items()}
    penalty = max(PENALTIES, key=lambda p: np.clip(shares[p], 0, None).sum())
    share = shares[penalty]
    informed = share > INFORMED
    n_kept = min(max(FEWEST_KEPT, int(KEPT_SHARE * unit.shape[0])), unit.shape[0])
    if not informed.any():
        return Posterior(unit[:n_kept], informed, share, np.arange(n_kept), strange)
    fit = _ridge(x, theta[:, informed], penalty)
    guess, target = guesses[penalty][:, informed], _predict(fit, at)[0]
    spread = (theta[:, informed] - guess).std(axis=0)
    distance = np.sqrt((((guess - target) / spread) ** 2).mean(axis=1))
    kept = np.argsort(distance, kind="stable")[:n_kept]
    moved = theta[kept].copy()
    moved[:, informed] += target - guess[kept]  # the errors of predictions like this one, around this prediction
    return Posterior(1 / (1 + np.exp(-moved)), informed, share, kept, strange)


def coverage(unit: np.ndarray, stats: np.ndarray, cases: np.ndarray, level: float = 0.9) -> np.ndarray:
    """Return, of each parameter, in which share of ``cases`` (rows of the table, each left out in turn) it is recovered.

    Shape (2, parameters): the share of cases in which it was informed and inside its interval, and that in which it was informed.
    """
    inside, counted = np.zeros(unit.shape[1]), np.zeros(unit.shape[1])
    for case in cases:
        rest = np.arange(unit.shape[0]) != case
        found = infer(unit[rest], stats[rest], stats[case])
        low, high = found.interval(level)
        counted += found.informed
        inside += found.informed & (unit[case] >= low) & (unit[case] <= high)
    return np.vstack([inside, counted]) / cases.size
