"""Real ties and real adopters: fit on the first half of the observed time, foretell the second.

The model is this one with everything but word of mouth and innovation off (``company=bare`` without churn): a person adopts
with chance H(a + b k), k contacts having adopted. Beside it stand the same model without the network (k is what the average
person's contacts would have) and a Bass curve, all three fitted to the same half.
"""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from simulation.evidence.diffusion import bass, fit_bass
from simulation.evidence.history import NEVER
from simulation.evidence.logit import Ratio, person_period
from simulation.mesa_model import GrowthModel
from simulation.people.network import Network
from simulation.scenario.compose import as_world, compose
from simulation.scenario.csv_table import once, read_sheet, shown, whole_in
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World

MOST_CONTACTS = 15
FEWEST_PERIODS = 6  # half of them fit the three numbers of a Bass curve
MOST_PERIODS = 5200  # weeks of a run; more are no periods but dates
FEWEST = 5  # adopters in each half


class Diffusion(NamedTuple):
    """A real network and when each person adopted, in periods from 0; ``NEVER`` where not within the observed time."""

    network: Network
    when: np.ndarray
    periods: int
    notes: list[str]  # what the reader of the ties set aside


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
    files = {"market.network.file": str(edges), "market.network.traits_file": str(adoptions)}
    world = as_world(_bare(), "bare", {"market.people": None, "market.network.kind": "file", **files})
    try:
        model = GrowthModel(world, rng=1)
    except BadInput as error:  # in the words of the command
        text = str(error).replace("market.network.traits_file=", "study.adoptions=")
        raise BadInput(text.replace("market.network.file=", "study.edges=")) from None
    ids = model.ids or []
    if unknown := next((name for name in ids if name not in times), None):
        raise BadInput(
            f"{said}: there is no row for '{shown(unknown)}', whom study.edges names; "
            "who did not adopt has a row too, with the largest toa"
        )
    periods = max(times.values()) - 1
    toa = np.array([times[name] for name in ids])
    when = np.where(toa <= periods, toa - 1, NEVER)
    half = periods // 2
    early, late = int(((when != NEVER) & (when < half)).sum()), int((when >= half).sum())
    if min(early, late) < FEWEST:
        raise BadInput(
            f"{said}: {early} adopt in the periods 1 to {half} and {late} in {half + 1} to {periods}; "
            f"at least {FEWEST} in each half are needed, to fit and to compare"
        )
    notes = [note for note in model.notes if note.startswith(f"{edges}:")]
    return Diffusion(model.network, when, periods, notes), world


def _bare() -> World:
    """Return a world of word of mouth alone, whose customers stay."""
    stay = (f"market.segments.{s}.churn_per_week=0" for s in ("smaller", "larger"))
    return compose("company=bare", "motions=[bare]", *stay, "behaviour.attraction.forgetting_per_week=0").world("bare")


def _times(said: str, file: Path) -> dict[str, int]:
    """Return when each id adopted, the largest value for those who did not."""
    sheet = read_sheet(file, said, ("id", "toa"))
    rows: dict[str, int] = {}
    times: dict[str, int] = {}
    for n, row in sheet.rows:
        once(said, n, "id", row["id"], rows)
        times[row["id"]] = whole_in(said, n, "toa", row["toa"], 1)
    periods = max(times.values(), default=1) - 1
    if not FEWEST_PERIODS <= periods <= MOST_PERIODS:
        raise BadInput(
            f"{said}: the largest toa stands for not adopted, so {periods} periods were watched; "
            f"{FEWEST_PERIODS} to {MOST_PERIODS} are allowed"
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
    model.adopt(np.flatnonzero(early))
    record = model.run()
    when = np.where(early, data.when, NEVER)
    late = record.lives[int(early.sum()) :]
    when[late["row"]] = half + late["adopted"]
    return when


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
