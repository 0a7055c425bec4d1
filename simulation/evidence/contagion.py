"""How contacts who adopted raise a person's hazard to adopt: forms, fitted to a past by likelihood; what it leaves open, drawn.

The hazard of a period is z (a + b x(k)), k contacts having adopted before it: x is 0 (constant), k (linear), (1 - exp(-c k)) / c
(saturating) or 1 from the first contact on; z is 1, or the person's own, gamma with mean 1 and variance v (frailty). Who waited
through hazards of sum L has not adopted with chance exp(-L), with frailty (1 + v L)^(-1/v) (Vaupel, Manton & Stallard 1979,
Demography 16).
"""

from typing import NamedTuple

import numpy as np

from simulation.evidence.history import NEVER
from simulation.people.network import Network

NUMBERS = ("ambient", "contact", "saturation", "frailty")  # a, b, c, v
AMBIENT, CONTACT, SATURATION, FRAILTY = range(4)
MOST_SATURATION = 0.5  # beyond it nearly all is the first contact's, which has a form of its own
TOLD_APART = 2.0  # of AIC (Burnham & Anderson 2002): nearer forms are hardly worse
LIKELIHOOD_DROP = 1.353  # half of the 90 % point of chi-squared with one degree of freedom
SPAN = (-9.0, 4.0)  # logs: hazards looked at, over the mean hazard
HIGHEST = np.log(10.0)  # certain within the period
FRAILTY_SPAN = (-9.0, 3.0)
STEPS = 200  # of each chain: quantiles are those of an integral over a grid within luck (tests)
STRIDE = 2.4  # over the root of the numbers (Roberts, Gelman & Gilks 1997)
LEAST_CURVATURE = 0.2  # of a log of which the past says next to nothing
BLOCK = 2_000_000  # numbers held at once


class Form(NamedTuple):
    """A form of the hazard: which exposure to contacts, and whether people differ in readiness."""

    exposure: str
    frailty: bool

    @property
    def name(self) -> str:
        return self.exposure + (" with frailty" if self.frailty else "")

    @property
    def free(self) -> list[int]:
        """Which of NUMBERS are fitted; the others are 0."""
        by_exposure = {"constant": [], "saturating": [CONTACT, SATURATION]}.get(self.exposure, [CONTACT])
        return [AMBIENT, *by_exposure, *([FRAILTY] if self.frailty else [])]


FORMS = tuple(
    Form(x, frailty) for x in ("constant", "linear", "saturating", "any contact") for frailty in (False, True)
)


class Histories(NamedTuple):
    """A past, people alike counted once: how long they waited beside how many contacts who had adopted.

    ``levels`` (k,): numbers of contacts that occur; ``waited`` (histories, k): periods begun and ended without having adopted;
    ``last`` (histories,): the level at which they adopted, -1 where they did not; ``people`` (histories,): how many;
    ``of`` (people,): each person's history.
    """

    levels: np.ndarray
    waited: np.ndarray
    last: np.ndarray
    people: np.ndarray
    of: np.ndarray


class Fit(NamedTuple):
    """A form at its greatest likelihood; ``numbers`` as NUMBERS, per period; ``weight``: Akaike's, of all forms 1."""

    form: Form
    numbers: np.ndarray
    log_likelihood: float
    aic: float
    weight: float
    logs: np.ndarray  # where the search ended


def contacts_adopted(network: Network, when: np.ndarray, period: int) -> np.ndarray:
    """Return how many contacts of each person had adopted before ``period``."""
    before = (when != NEVER) & (when < period)
    owner = np.repeat(np.arange(when.size), np.diff(network.indptr))
    return np.bincount(owner, before[network.indices], when.size)


def past_on(network: Network, when: np.ndarray, periods: int) -> Histories:
    """Return the first ``periods`` as people met them who hear of their contacts."""
    return histories(np.column_stack([contacts_adopted(network, when, period) for period in range(periods)]), when)


def past_without_ties(when: np.ndarray, periods: int) -> Histories:
    """Return the first ``periods`` as people met them who hear of everybody alike: k is the share of all who had adopted."""
    shares = [((when != NEVER) & (when < period)).mean() for period in range(periods)]
    return histories(np.tile(shares, (when.size, 1)), when)


def histories(contacts: np.ndarray, when: np.ndarray) -> Histories:
    """Return the past of everybody; ``contacts`` (people, periods) who had adopted at each period's start, ``when`` as in data."""
    periods = contacts.shape[1]
    levels, place = np.unique(contacts, return_inverse=True)
    place = place.reshape(contacts.shape)
    table = np.zeros((when.size, levels.size + 1), np.int64)
    everybody = np.arange(when.size)
    for period in range(periods):
        waiting = (when == NEVER) | (when > period)
        table[everybody[waiting], place[waiting, period]] += 1
    adopted = (when != NEVER) & (when < periods)
    table[:, -1] = np.where(adopted, place[everybody, np.where(adopted, when, 0)], -1)
    alike, of, people = np.unique(table, axis=0, return_inverse=True, return_counts=True)
    return Histories(levels.astype(float), alike[:, :-1].astype(float), alike[:, -1], people, of.reshape(-1))


def exposure(form: Form, levels: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """Return x(k) at each level, shape (draws, levels); ``numbers`` (draws, 4)."""
    if form.exposure == "saturating":
        c = numbers[:, SATURATION, None]
        return -np.expm1(-c * levels) / c
    x = levels > 0 if form.exposure == "any contact" else levels
    return np.broadcast_to(x.astype(float), (numbers.shape[0], levels.size))


def waited_through(form: Form, numbers: np.ndarray, past: Histories) -> np.ndarray:
    """Return the sum of hazards at z = 1 that each history withstood, shape (draws, histories)."""
    a, b = numbers[:, AMBIENT, None], numbers[:, CONTACT, None]
    return a * past.waited.sum(axis=1) + b * (exposure(form, past.levels, numbers) @ past.waited.T)


def log_likelihood(form: Form, numbers: np.ndarray, past: Histories) -> np.ndarray:
    """Return the log-likelihood of each draw, shape (draws,); ``numbers`` (draws, 4)."""
    block = max(1, BLOCK // past.people.size)
    parts = [_log_likelihood(form, numbers[k : k + block], past) for k in range(0, numbers.shape[0], block)]
    return np.concatenate(parts)


def _log_likelihood(form: Form, numbers: np.ndarray, past: Histories) -> np.ndarray:
    adopted = past.last >= 0
    before = waited_through(form, numbers, past)
    x = exposure(form, past.levels, numbers)[:, past.last[adopted]]
    after = before[:, adopted] + numbers[:, AMBIENT, None] + numbers[:, CONTACT, None] * x
    v = numbers[:, FRAILTY, None]
    waits, adopts = (-np.log1p(v * s) / v if form.frailty else -s for s in (before, after))  # logs of chances to wait
    fell = adopts - waits[:, adopted]
    return waits @ past.people + np.log(-np.expm1(np.minimum(fell, -1e-300))) @ past.people[adopted]


def _bounds(form: Form, past: Histories) -> np.ndarray:
    """Return the lowest and highest logs looked at, shape (free, 2): over the mean hazard, of frailty as they are."""
    events = past.people[past.last >= 0].sum()
    mean = np.log(max(events, 0.5) / (past.people @ past.waited.sum(axis=1) + events))
    span = {FRAILTY: FRAILTY_SPAN, SATURATION: (-SPAN[1], SPAN[1])}
    hazards = (mean + SPAN[0], min(mean + SPAN[1], HIGHEST))
    return np.array([span.get(k, hazards) for k in form.free])


def _numbers(form: Form, logs: np.ndarray) -> np.ndarray:
    """Return numbers (draws, 4) from logs (draws, free); saturation is a logit within its range."""
    numbers = np.zeros((logs.shape[0], len(NUMBERS)))
    numbers[:, form.free] = np.exp(logs)
    odds = numbers[:, SATURATION]
    numbers[:, SATURATION] = MOST_SATURATION * odds / (1 + odds)
    return numbers


def _fit(form: Form, past: Histories, held: tuple[int, float] | None = None) -> tuple[np.ndarray, float]:
    """Return logs of the greatest likelihood and its logarithm; ``held``: one of ``free`` and the log at which it is kept."""
    from scipy.optimize import minimize

    bounds = _bounds(form, past)
    start = bounds[:, 0] + 0.6 * (bounds[:, 1] - bounds[:, 0])
    if held:
        start[held[0]], bounds[held[0]] = held[1], held[1]
    found = (
        minimize(  # of scipy's methods with bounds the fastest that found every maximum: 24 fits in .4 s, L-BFGS-B 4.0
            lambda logs: -log_likelihood(form, _numbers(form, logs[None]), past)[0],
            start,
            method="SLSQP",
            bounds=bounds,
        )
    )
    return found.x, -float(found.fun)


def fit_forms(past: Histories, forms: tuple[Form, ...] = FORMS) -> list[Fit]:
    """Return each form at its greatest likelihood, the lowest AIC (chosen) first."""
    found = [(form, *_fit(form, past)) for form in forms]
    aic = np.array([2 * len(form.free) - 2 * likelihood for form, _, likelihood in found])
    weights = np.exp((aic.min() - aic) / 2)
    weights /= weights.sum()
    fits = [
        Fit(form, _numbers(form, logs[None])[0], likelihood, float(a), float(w), logs)
        for (form, logs, likelihood), a, w in zip(found, aic, weights, strict=True)
    ]
    return sorted(fits, key=lambda fit: fit.aic)


def contact_interval(fit: Fit, past: Histories) -> tuple[float, float]:
    """Return the 90 % profile-likelihood interval of what contacts add; its low end is 0 where none at all is as likely."""
    from scipy.optimize import brentq

    place = fit.form.free.index(CONTACT)
    low, high = _bounds(fit.form, past)[place]
    at = fit.logs[place]

    def lacks(log: float) -> float:
        return fit.log_likelihood - LIKELIHOOD_DROP - _fit(fit.form, past, (place, log))[1]

    ends = [
        np.exp(brentq(lacks, *sorted((at, end)), xtol=0.01)) if lacks(end) > 0 else alone
        for end, alone in ((low, 0.0), (high, np.inf))
    ]
    return float(ends[0]), float(ends[1])


def _curvature(form: Form, logs: np.ndarray, past: Histories, step: float = 0.01) -> np.ndarray:
    """Return the second derivatives of minus the log-likelihood by its logs."""
    n = logs.size
    corners = step * np.array([[1, 1], [1, -1], [-1, 1], [-1, -1]])
    points = np.array(
        [logs + p * np.eye(n)[i] + q * np.eye(n)[j] for i in range(n) for j in range(n) for p, q in corners]
    )
    values = -log_likelihood(form, _numbers(form, points), past).reshape(n, n, 4)
    return (values @ np.array([1, -1, -1, 1])) / (4 * step**2)


def draw(fit: Fit, past: Histories, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return ``n`` draws of the numbers, shape (n, 4), as likely as the past makes them: every value within bounds alike before it.

    As many chains walk side by side (Metropolis et al. 1953), their steps as wide as the curvature says.
    """
    root, turn = np.linalg.eigh(_curvature(fit.form, fit.logs, past))
    spread = STRIDE / np.sqrt(fit.logs.size) * turn / np.sqrt(np.maximum(root, LEAST_CURVATURE))
    low, high = _bounds(fit.form, past).T

    def log_density(logs: np.ndarray) -> np.ndarray:
        """Return it by log: of numbers alike at all values, it grows as these do."""
        numbers = _numbers(fit.form, np.clip(logs, low, high))
        grows = numbers[:, fit.form.free]
        if SATURATION in fit.form.free:
            grows[:, fit.form.free.index(SATURATION)] *= 1 - numbers[:, SATURATION] / MOST_SATURATION
        inside = ((logs >= low) & (logs <= high)).all(axis=1)
        return np.where(inside, log_likelihood(fit.form, numbers, past) + np.log(grows).sum(axis=1), -np.inf)

    logs = np.repeat(fit.logs[None], n, axis=0)
    density = log_density(logs)
    for _ in range(STEPS):
        tried = logs + rng.standard_normal(logs.shape) @ spread.T
        there = log_density(tried)
        goes = np.log(rng.random(n)) < there - density
        logs[goes], density[goes] = tried[goes], there[goes]
    return _numbers(fit.form, logs)


def draw_forms(fits: list[Fit], past: Histories, n: int, rng: np.random.Generator) -> list[tuple[Form, np.ndarray]]:
    """Return ``n`` draws of (form, numbers): forms by their weight, since the past seldom tells them apart.

    Measured on 120 simulated diffusions (tests): with the chosen form alone 90 % bands held 71 % of truths, with all 93.
    """
    counts = rng.multinomial(n, [fit.weight for fit in fits])
    return [
        (fit.form, numbers)
        for fit, count in zip(fits, counts, strict=True)
        if count
        for numbers in draw(fit, past, int(count), rng)
    ]


def readiness(form: Form, numbers: np.ndarray, past: Histories, rng: np.random.Generator) -> np.ndarray:
    """Return everybody's z given that they waited so long, shape (people,): who is ready does not wait.

    Gamma of shape 1/v and rate 1/v + L; of those who adopted it says nothing, as nothing hangs on it.
    """
    if not form.frailty:
        return np.ones(past.of.size)
    v, waited = numbers[FRAILTY], waited_through(form, numbers[None], past)[0][past.of]
    return rng.gamma(1 / v, 1 / (1 / v + waited))
