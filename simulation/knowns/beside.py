"""Many worlds of a design, each solved again beside the firm's own: on the same luck, which cancels, so that few markets are enough."""

from collections.abc import Collection, Mapping, Sequence
from time import process_time
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.knowns.carriers import assumed
from simulation.knowns.firm import direct
from simulation.knowns.markets import LONGEST_WEEKS
from simulation.knowns.solved import Search, held_against, means, world_of
from simulation.knowns.solver import Solution, slopes_of, solve_beside
from simulation.knowns.worlds import CYCLE, MIDDLE, NEAR, Firm, search_at
from simulation.scenario.priors import Prior

# Of an evaluation, as COARSE: of the firm's own markets the luck stays in every world's goal, and a tenth of 5,000 new customers is known to 5 %.
COMMON = (5_000, 6, 64, 240_000)
CLOSE = 0.02  # of every known: luck of its own moves a world as far
TURNS = 3  # of a few steps each: before a world that is still farther off than NEAR counts as one that cannot be
FAR = float(np.log1p(NEAR))
EVALUATIONS = 4  # that a world takes, about (measured: 2 where one number alone is moved, 4 to 5 elsewhere)


class Seen(NamedTuple):
    """How far each known is off today, in logs, customers first, shape (1 + carriers,); and how old the firm is then."""

    off: np.ndarray
    weeks: int


class Own(NamedTuple):
    """A firm in its own world, on the luck on which other worlds are solved: what is off here is luck, or not met by the scenario."""

    firm: Firm
    here: Seen
    slopes: np.ndarray  # how each known moves with each carrier, shape (carriers, carriers)
    seconds: float  # of processor time, that one look takes


class Beside(NamedTuple):
    """A point as it was solved: its settings, x of its carriers, and whether the firm has its numbers there."""

    settings: dict[str, Any]
    x: np.ndarray
    met: bool


def own_world(firm: Firm) -> Own:
    """Return a firm in its own world; where it does not say what brings its customers, the source first assumed does in all worlds."""
    known = firm.known
    if not known.sources:
        known = known.model_copy(update={"carried_by": assumed(known, firm.motion)})
    firm = firm._replace(known=known, world=world_of(firm.world, {}, firm.motion))
    search = search_at(firm, {})
    _, high = search.bounds()
    slopes = slopes_of(search.off(COMMON), high)  # what it calls is compiled by now
    began = process_time()
    here = _seen(search, np.zeros(high.size))
    return Own(firm, here, slopes, process_time() - began)


def one_beside(own: Own, point: dict[str, Any], start: np.ndarray) -> Beside:
    """Return ``point``, settings by path, with its carriers moved from ``start`` on until the firm has the numbers of its own world."""
    search = search_at(own.firm, point)
    low, high = search.bounds()
    seen: dict[bytes, Seen] = {}

    def off(x: np.ndarray) -> np.ndarray:
        if x.tobytes() not in seen:
            seen[x.tobytes()] = _seen(search, x)
        return (seen[x.tobytes()].off - own.here.off)[1:]

    near = Solution(start, start, own.slopes)
    for _ in range(TURNS):
        near = solve_beside(off, near.x, near.slopes, low, high, CLOSE)
        if np.abs(near.left).max() <= FAR:
            break
    there = seen[near.x.tobytes()]
    weeks = _age(own) + there.weeks - own.here.weeks
    met = bool(np.abs(there.off - own.here.off).max() <= FAR)
    moved = search.settings(near.x) | {"history.weeks": int(np.clip(weeks, YEAR_WEEKS, LONGEST_WEEKS))}
    return Beside(point | moved, near.x, met)


def checked(own: Own, settings: dict[str, Any], not_held: Collection[str]) -> tuple[bool, float]:
    """Return whether markets that no search has seen have the firm's numbers in a solved world too, and by which share the worst is off."""
    search = search_at(own.firm, settings)
    world = world_of(search.base, dict(search.fixed), own.firm.motion)
    judged = held_against(own.firm.known, world, settings["history.weeks"], MIDDLE)
    names = {"customers", *(row.name for row in search.free)}
    told = [j for j in judged if j.row.name in names and j.row.label.strip() not in not_held]
    return all(j.within(NEAR) for j in told), max(j.off for j in told)


def _seen(search: Search, x: np.ndarray) -> Seen:
    today = search.today(x, COMMON)
    values = means(search.rows, today.records)
    customers = next(row for row in search.rows if row.name == "customers")
    return Seen(np.array([search.log_ratio(row, values) for row in (customers, *search.free)]), today.weeks)


def _age(own: Own) -> int:
    assert own.firm.world.history is not None
    return own.firm.world.history.weeks


class Drawn(NamedTuple):
    """What of the priors is still free in a firm that knows something of itself."""

    free: list[Prior]
    solved: list[Prior]  # each carries a known, by itself
    follows: list[Prior]  # from a known at once
    shared: list[
        Prior
    ]  # of the free: each carries a known together with other settings, so that how it stands to them is free


def still_free(own: Own, priors: Sequence[Prior]) -> Drawn:
    """Return which priors are free, and why the others are not."""
    known, motion = own.firm.known, own.firm.motion
    said = {*direct(known, motion), *(CYCLE if known.sales_cycle_weeks else ())}
    search = search_at(own.firm, {})
    carriers = [{*search.paths(row.carrier)} for row in search.free if row.carrier]
    solved = [p for p in priors if any(paths <= {*p.paths} for paths in carriers)]
    follows = [p for p in priors if said & {*p.paths}]
    free = [p for p in priors if p not in (*solved, *follows)]
    return Drawn(free, solved, follows, [p for p in free if any(paths & {*p.paths} for paths in carriers)])


def beginnings(
    own: Own, alone: Mapping[str, Sequence[tuple[float, np.ndarray]]], priors: Sequence[Prior], unit: np.ndarray
) -> np.ndarray:
    """Return where to begin in a design's points, from x of worlds in which one number alone was moved: as if each added its own.

    ``alone`` by number: its places in the prior and x there; ``unit`` quantiles, shape (points, priors). Result shape (points, carriers).
    """
    from scipy.interpolate import make_interp_spline

    n = own.slopes.shape[0]
    start = np.zeros((unit.shape[0], n))
    for prior, column in zip(priors, unit.T, strict=True):
        x_at = {prior.place(prior.mode): np.zeros(n), **dict(alone.get(prior.name, []))}
        if len(x_at) > 1:
            places = sorted(x_at)
            line = make_interp_spline(places, np.array([x_at[place] for place in places]), k=1)
            start += line([prior.place(float(value)) for value in prior.quantile(column)])
    return start
