"""What a company's advice is under other numbers: ratios of motions, on the seeds of ``study=validate``."""

import csv
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from simulation.evidence.experiments import FIRST_SEED, at_its_size
from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.scenario.priors import choose
from tools.rows import REFERENCE, world_of

IDENTIFIED = Path(__file__).parents[1] / "docs" / "identified.csv"
COMPARED = 20  # seeds of the comparison
PEOPLE = {"market.people": 5000}  # simulated there, of a market of as many accounts as shipped
MOTIONS = ("clg", "plg", "slg")
ANSWERS = (  # metric, first motion, second: the ratio of their medians is an answer, as `compare` shows them
    ("cac_usd", "clg", "plg"),
    ("cost_per_new_arr", "clg", "plg"),
    ("cost_per_new_arr", "clg", "slg"),
    ("ltv_to_cac", "clg", "plg"),
)
NAMES = [f"{metric} {first}/{second}" for metric, first, second in ANSWERS]


def answers(settings: dict[str, float], company: str = REFERENCE) -> list[float]:
    """Return the answers of a company's scenario with ``settings``, in the order of ``NAMES``."""
    worlds = {m: at_its_size(world_of(m, company), m, settings | PEOPLE) for m in MOTIONS}
    seeds = range(FIRST_SEED, FIRST_SEED + COMPARED)
    runs = {m: [measure(GrowthModel(world, rng=seed).run()) for seed in seeds] for m, world in worlds.items()}
    typical = {m: {k: float(np.nanmedian([run[k] for run in of])) for k, *_ in ANSWERS} for m, of in runs.items()}
    return [typical[first][metric] / typical[second][metric] for metric, first, second in ANSWERS]


def movers() -> list[str]:
    """Return the numbers that move some pattern detectably, as docs/identified.csv has them."""
    with IDENTIFIED.open(newline="", encoding="utf-8") as file:
        return [row["number"] for row in csv.DictReader(file) if row["moves"] == "True"]


def write_set(file: Path, found: Iterable[tuple[str, dict[str, float], list[float]]]) -> None:
    """Write points at which rows hold, as simulation/evidence/solutions.csv has them: how it was found, numbers by name, answers.

    A number that is not named is as it ships.
    """
    shipped = {p.name: p.mode for p in choose(world_of("clg"), movers(), "settings")}
    with file.open("w", newline="", encoding="utf-8") as out:
        lines = csv.writer(out, lineterminator="\n")
        lines.writerow(["found", *shipped, *NAMES])
        for how, numbers, answer in found:
            lines.writerow(
                [how, *(numbers.get(name, mode) for name, mode in shipped.items()), *(f"{x:.3g}" for x in answer)]
            )
