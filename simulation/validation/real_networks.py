"""Real ties and real adopters: fit on the first half of the observed time, foretell the second.

The model is this one with everything but word of mouth and innovation off (``company=bare`` without churn): a person adopts
with chance H(a + b k), k contacts having adopted. Beside it stand the same model without the network (k is what the average
person's contacts would have) and a Bass curve, all three fitted to the same half.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.estimators.diffusion import bass, fit_bass
from simulation.estimators.logit import Ratio, person_period
from simulation.flywheel import moves
from simulation.model import GrowthModel
from simulation.people.network import Network
from simulation.people.stages import Channel, Door
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.scenario.sheet import cell, number_in, read_sheet
from simulation.validation.history import NEVER

MOST_CONTACTS = 15
FEWEST_PERIODS = 6  # half of them fit the three numbers of a Bass curve
FEWEST = 5  # adopters in each half


class Diffusion(NamedTuple):
    """A real network and when each person adopted, in periods from 0; ``NEVER`` where not within the observed time."""

    network: Network
    when: np.ndarray
    periods: int


class Foretold(NamedTuple):
    """Cumulative adopters by period, of all three; the simulated ones (runs, periods)."""

    seen: np.ndarray
    half: int
    network: np.ndarray
    blind: np.ndarray
    bass: np.ndarray
    innovation: float
    imitation: float
    odds_seen: Ratio  # per adopted contact, in the second half
    odds_simulated: Ratio


def read_diffusion(edges: Path, adoptions: Path) -> tuple[Diffusion, World]:
    """Read ties (source, target) and times of adoption (id, toa: 1, 2, ...; the largest stands for not adopted)."""
    said = f"study.adoptions={adoptions}"
    times = _times(said, adoptions)
    config = compose(
        "company=bare", "motions=[bare]", f"market.network.file={edges}", f"market.network.traits_file={adoptions}",
        *(f"market.segments.{s}.churn_per_week=0" for s in ("smaller", "larger")), "behaviour.attraction.forgetting_per_week=0",
    )  # fmt: skip
    world = config.world("bare")
    model = GrowthModel(world, rng=1)
    periods = max(times.values()) - 1
    toa = np.array([times.get(name, periods + 1) for name in model.ids or []])
    when = np.where(toa <= periods, toa - 1, NEVER)
    half = periods // 2
    early, late = int(((when != NEVER) & (when < half)).sum()), int((when >= half).sum())
    if min(early, late) < FEWEST:
        raise BadInput(
            f"{said}: {early} adopt in the periods 1 to {half} and {late} in {half + 1} to {periods}; "
            f"at least {FEWEST} in each half are needed, to fit and to compare"
        )
    return Diffusion(model.network, when, periods), world


def _times(said: str, file: Path) -> dict[str, int]:
    """Return when each id adopted, the largest value for those who did not."""
    sheet = read_sheet(file, said)
    if missing := [name for name in ("id", "toa") if name not in sheet.head]:
        raise BadInput(
            f"{said}: row 1 has no column {' and '.join(missing)}; id and toa (time of adoption: 1, 2, ...) are needed"
        )
    times: dict[str, int] = {}
    for n, row in sheet.rows:
        toa = number_in(said, n, "toa", row["toa"])
        if toa < 1 or toa != int(toa):
            raise BadInput(f"{cell(said, n, 'toa', row['toa'])}, a whole number from 1 on is needed")
        if row["id"] in times:
            raise BadInput(f"{cell(said, n, 'id', row['id'])}, which stands in the file before; one row each")
        times[row["id"]] = int(toa)
    periods = max(times.values(), default=1) - 1
    if periods < FEWEST_PERIODS:
        raise BadInput(
            f"{said}: the largest toa stands for not adopted, so {periods} periods were watched; at least {FEWEST_PERIODS} are needed"
        )
    return times


def contacts_adopted(data: Diffusion, when: np.ndarray, period: int) -> np.ndarray:
    """Return how many contacts of each person had adopted before ``period``."""
    before = (when != NEVER) & (when < period)
    owner = np.repeat(np.arange(when.size), np.diff(data.network.indptr))
    return np.bincount(owner, before[data.network.indices], when.size)


def person_periods(data: Diffusion, when: np.ndarray, first: int, last: int) -> np.ndarray:
    """Return (adopted?, adopted contacts, share of all who adopted before, period) of those at risk in [first, last)."""
    rows = []
    for period in range(first, last):
        at_risk = (when == NEVER) | (when >= period)
        k = contacts_adopted(data, when, period)
        share = ((when != NEVER) & (when < period)).mean()
        n = int(at_risk.sum())
        rows.append(np.column_stack([when[at_risk] == period, k[at_risk], np.full(n, share), np.full(n, period)]))
    return np.vstack(rows)


def fit(events: np.ndarray, exposure: np.ndarray) -> tuple[float, float]:
    """Return a and b of hazards a + b * exposure by maximum likelihood."""
    from scipy.optimize import minimize

    def loss(logs: np.ndarray) -> float:
        hazard = np.exp(logs[0]) + np.exp(logs[1]) * exposure
        return float(-np.where(events > 0, np.log(-np.expm1(-hazard)), -hazard).sum())

    found = min(
        (minimize(loss, np.log([0.05, b]), method="Nelder-Mead", options={"maxiter": 2000}) for b in (0.001, 0.1)),
        key=lambda f: f.fun,
    )
    a, b = np.exp(found.x).tolist()
    return a, b


def simulate(world: World, data: Diffusion, half: int, seed: int, talk: dict[str, float]) -> np.ndarray:
    """Return when each person adopts if those of the first half have, and the rest follow the model."""
    settings: dict[str, Any] = {f"behaviour.attraction.{name}": value for name, value in talk.items()}
    model = GrowthModel(world, rng=seed, weeks=data.periods - half, **settings)
    early = (data.when != NEVER) & (data.when < half)
    for row in np.flatnonzero(early).tolist():
        adopt(model, row)
    record = model.run()
    when = np.where(early, data.when, NEVER)
    late = record.lives[int(early.sum()) :]
    when[late["row"]] = half + late["adopted"]
    return when


def adopt(model: GrowthModel, row: int) -> None:
    """Make a person a customer now, through every stage, so that books and contacts know it."""
    m = model.fixed.moves
    moves.be_attracted(row, Channel.AMBIENT, -1, 0, model.people, model.net, model.book, m)
    moves.be_newcomer(row, Door.TRIAL, 0, model.people, model.net, model.members, model.book, m)
    moves.be_customer(row, 1, 0, model.price_cents, 0, model.people, model.net, model.book, m)


def foretell(data: Diffusion, world: World, runs: int) -> Foretold:
    """Fit on the first half, foretell the second ``runs`` times."""
    half = data.periods // 2
    seen = np.cumsum(np.bincount(data.when[data.when != NEVER], minlength=data.periods))
    rows = person_periods(data, data.when, 0, half)
    a, b = fit(rows[:, 0], rows[:, 1])
    blind_a, blind_b = fit(rows[:, 0], rows[:, 2])
    near = {"ambient_per_week": a, "close_talk_per_week": b}
    far = {"ambient_per_week": blind_a, "close_talk_per_week": 0.0, "broadcast_talk_per_week": blind_b}
    paths, odds = {}, []
    for name, talk in (("near", near), ("far", far)):
        curves = []
        for seed in range(runs):
            when = simulate(world, data, half, seed, talk)
            curves.append(np.cumsum(np.bincount(when[when != NEVER], minlength=data.periods)))
            if name == "near":
                late = person_periods(data, when, half, data.periods)
                odds.append(person_period(late[:, 0], np.minimum(late[:, 1:2], MOST_CONTACTS), late[:, 3])[0].value)
        paths[name] = np.array(curves)
    curve = fit_bass(seen[:half], data.when.size)
    late = person_periods(data, data.when, half, data.periods)
    real = person_period(late[:, 0], np.minimum(late[:, 1:2], MOST_CONTACTS), late[:, 3])[0]
    low, middle, high = np.nanpercentile(odds, (5, 50, 95)).tolist()
    foretold = bass(np.arange(1, data.periods + 1, dtype=float), curve.p, curve.q, curve.m)
    return Foretold(seen, half, paths["near"], paths["far"], foretold, a, b, real, Ratio(middle, low, high))
