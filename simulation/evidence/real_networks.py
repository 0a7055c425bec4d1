"""A user's real ties and real adopters, and the world on which their diffusion is run again."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.evidence.history import NEVER
from simulation.mesa_model import GrowthModel
from simulation.people.network import Network
from simulation.scenario.compose import as_world, compose
from simulation.scenario.csv_table import once, read_sheet, shown, whole_in
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World

FEWEST_PERIODS = 6  # half of them are fitted; a Bass curve needs four and is left out where there are fewer
MOST_PERIODS = 5200  # weeks of a run; more are no periods but dates
FEWEST = 5  # adopters in each half


class Diffusion(NamedTuple):
    """A real network and when each person adopted, in periods from 0; ``NEVER`` where not within the observed time."""

    network: Network
    when: np.ndarray
    periods: int
    notes: list[str]  # what the reader of the ties set aside, and whom the data cannot hold


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
    never = int((when == NEVER).sum())
    if never < FEWEST:
        notes.append(
            f"{adoptions}: all but {never} of {when.size} adopt, so who never would is missing: how many people there are, and "
            "who is tied to those who came later, is known only afterwards; what is foretold with them is a bound, no forecast"
        )
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
