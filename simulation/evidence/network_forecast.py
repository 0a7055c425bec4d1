"""The second half of a diffusion on real ties, foretold from the first by the model, and beside it by what knows less.

The model is this one with everything but word of mouth and innovation off (``company=bare`` without churn). Beside it stand the
model without the network (blind: all hear of all alike), a constant hazard, and Bass curves with a
market size that is free and one of all people. All are fitted to the same half, and what their fit leaves open is drawn.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from simulation.evidence.contagion import (
    AMBIENT,
    CONTACT,
    FORMS,
    SATURATION,
    Fit,
    Form,
    Histories,
    contact_interval,
    contacts_adopted,
    draw_forms,
    fit_forms,
    past_on,
    past_without_ties,
    readiness,
)
from simulation.evidence.diffusion import bass, draw_bass, fit_bass
from simulation.evidence.foretold import Foretold
from simulation.evidence.history import NEVER
from simulation.evidence.logit import Ratio, person_period
from simulation.evidence.real_networks import Diffusion
from simulation.mesa_model import GrowthModel
from simulation.people.network import Network
from simulation.people.traits import AS_OTHERS
from simulation.scenario.schema import World

MOST_CONTACTS = 15
BASS_CURVES = 2000
SEED = 1
ONE_COUNTS = 5.0  # saturation at which a second contact adds less than a hundredth of the first
BLIND = tuple(form for form in FORMS if form.exposure in ("constant", "linear"))
CONSTANT = (Form("constant", False),)
NAMES = {
    "network": "model on the ties",
    "blind": "model without ties",
    "constant": "constant hazard",
    "bass": "Bass, any size",
    "bass_all": "Bass, all people",
}


class SecondHalf(NamedTuple):
    """What was seen, what the first half says of the forms, and what was foretold of the second."""

    seen: np.ndarray  # cumulative adopters by period
    half: int
    forms: list[Fit]  # the chosen one first
    contact: dict[str, tuple[float, float]]  # by name of the form: 90 % of the hazard per adopted contact
    curves: dict[str, Foretold]  # as NAMES: cumulative adopters by period, the first half as fitted
    odds_seen: Ratio  # per adopted contact, in the second half
    odds_simulated: Ratio

    def later(self, name: str) -> tuple[Foretold, np.ndarray]:
        """Return a forecast of the second half, and what came."""
        return Foretold(*(curve[self.half :] for curve in self.curves[name])), self.seen[self.half :]


def foretell(data: Diffusion, world: World, runs: int) -> SecondHalf:
    """Fit on the first half, foretell the second ``runs`` times by each that is simulated."""
    half, people = data.periods // 2, data.when.size
    seen = cumulative(data.when, data.periods)
    past, blind = past_on(data.network, data.when, half), past_without_ties(data.when, half)
    forms = fit_forms(past)
    near = simulated(data, world, forms, past, runs, close_talk)
    far = simulated(data, world, fit_forms(blind, BLIND), blind, runs, broadcast_talk)
    alone = simulated(data, world, fit_forms(past, CONSTANT), past, runs, close_talk)
    curves = {
        "network": _middle_and_ends(near, data.periods),
        "blind": _middle_and_ends(far, data.periods),
        "constant": _middle_and_ends(alone, data.periods),
        "bass": _bass(seen, half, people, None),
        "bass_all": _bass(seen, half, people, people),
    }
    contact = {fit.form.name: contact_interval(fit, past) for fit in forms if fit.form.exposure != "constant"}
    odds = [_odds(data.network, when, half, data.periods).value for when in near]
    low, middle, high = np.nanpercentile(odds, (5, 50, 95)).tolist()
    real = _odds(data.network, data.when, half, data.periods)
    return SecondHalf(seen, half, forms, contact, curves, real, Ratio(middle, low, high))


def cumulative(when: np.ndarray, periods: int) -> np.ndarray:
    """Return how many have adopted by the end of each period."""
    return np.cumsum(np.bincount(when[when != NEVER], minlength=periods))


def close_talk(form: Form, numbers: np.ndarray) -> dict[str, float]:
    """Return the settings of ``behaviour.attraction`` under which contacts talk."""
    if form.exposure == "any contact":
        return {"close_talk_per_week": ONE_COUNTS * float(numbers[CONTACT]), "talk_saturation": ONE_COUNTS}
    return {"close_talk_per_week": float(numbers[CONTACT]), "talk_saturation": float(numbers[SATURATION])}


def broadcast_talk(_form: Form, numbers: np.ndarray) -> dict[str, float]:
    """Return those under which everybody hears of everybody."""
    return {"close_talk_per_week": 0.0, "broadcast_talk_per_week": float(numbers[CONTACT])}


def simulated(
    data: Diffusion,
    world: World,
    fits: list[Fit],
    past: Histories,
    runs: int,
    talk: Callable[[Form, np.ndarray], dict[str, float]],
) -> list[np.ndarray]:
    """Return when each person adopts, of each of ``runs`` draws of what the fits leave open."""
    random = np.random.default_rng(SEED)
    drawn = draw_forms(fits, past, runs, random)
    return [
        simulate(
            world,
            data,
            seed,
            {"ambient_per_week": float(numbers[AMBIENT])} | talk(form, numbers),
            readiness(form, numbers, past, random),
        )
        for seed, (form, numbers) in enumerate(drawn)
    ]


def simulate(world: World, data: Diffusion, seed: int, attraction: dict[str, float], ready: np.ndarray) -> np.ndarray:
    """Return when each person adopts if those of the first half have, and the rest, as ``ready`` as that, follow the model."""
    half = data.periods // 2
    settings: dict[str, Any] = {f"behaviour.attraction.{name}": value for name, value in attraction.items()}
    model = GrowthModel(
        world, rng=seed, weeks=data.periods - half, bound_one=True, **settings
    )  # classes know no ``ready``
    most = np.iinfo(np.uint16).max
    model._engine.people["readiness"] = np.minimum(np.rint(AS_OTHERS * ready), most)
    early = (data.when != NEVER) & (data.when < half)
    model.adopt(np.flatnonzero(early))
    record = model.run()
    when = np.where(early, data.when, NEVER)
    late = record.lives[int(early.sum()) :]
    when[late["row"]] = half + late["adopted"]
    return when


def _middle_and_ends(whens: list[np.ndarray], periods: int) -> Foretold:
    low, middle, high = np.percentile([cumulative(when, periods) for when in whens], (5, 50, 95), axis=0)
    return Foretold(middle, low, high)


def _bass(seen: np.ndarray, half: int, people: int, known: float | None) -> Foretold:
    """Return the curve of least squares with what its curvature leaves open; NaN where there are too few periods."""
    fit = fit_bass(seen[:half], people, known)
    curves = draw_bass(seen[:half], seen.size, BASS_CURVES, np.random.default_rng(SEED), people, known)
    low, high = np.percentile(curves, (5, 95), axis=0)
    return Foretold(bass(np.arange(1, seen.size + 1, dtype=float), fit.p, fit.q, fit.m), low, high)


def _odds(network: Network, when: np.ndarray, first: int, last: int) -> Ratio:
    """Return the odds ratio of adopting per contact who has, periods as dummies."""
    rows = []
    for period in range(first, last):
        waits = (when == NEVER) | (when >= period)
        k = np.minimum(contacts_adopted(network, when, period), MOST_CONTACTS)
        rows.append(np.column_stack([when == period, k, np.full(when.size, period)])[waits])
    event, k, period = np.vstack(rows).T
    return person_period(event, k[:, None], period)[0]
