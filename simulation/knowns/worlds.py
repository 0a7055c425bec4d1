"""Worlds of a study, solved again: in each the firm has the numbers that it knows of itself, and only what it does not know differs."""

from collections.abc import Callable, Collection, Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.knowns.carriers import CARRIERS, PATIENCE, SALES_CYCLE, assumed, reaches
from simulation.knowns.firm import direct, reference
from simulation.knowns.solved import COARSE, Search, at, held_against, world_of
from simulation.knowns.solver import refine, slopes_of, solve, solve_beside
from simulation.scenario.compose import world_at
from simulation.scenario.firm import Motion
from simulation.scenario.known import SOURCES, Known, Source
from simulation.scenario.schema import World

# Of an evaluation, as COARSE: a world is one of many, and need not be as fine as the firm's own.
MIDDLE = (4_000, 16, 60, 400_000)
ROUNDS = 3  # of them, on markets of their own
CYCLE = SALES_CYCLE, PATIENCE
NEAR = 0.1  # of what was said, or two standard errors: farther off a world is another firm

Each = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]]], list[Any]]
EachKept = Callable[[Callable[..., Any], Sequence[tuple[Any, ...]], Sequence[Any]], list[Any]]


class Firm(NamedTuple):
    """A firm that knows something of itself: how it spent its money until today, in the world of its scenario."""

    known: Known
    motion: Motion
    world: World  # of any motion, with its past


class Way(NamedTuple):
    """A firm as one source may have brought it what new customers it has more or fewer than the reference."""

    firm: Firm
    times: dict[
        str, float
    ]  # what is drawn of these settings is drawn around the firm's own value: its value here over that
    start: np.ndarray  # x at which the firm has its numbers
    slopes: np.ndarray  # how each known moves with each carrier there


class Again(NamedTuple):
    """Points of a study as they were solved, and how near the firm's numbers are in them."""

    points: list[dict[str, Any]]
    met: np.ndarray  # bool (points,)
    off: np.ndarray  # (points, knowns): share by which each is off
    carried_by: list[
        Source | None
    ]  # by point, the source held to bring new customers where the firm does not say; None where it does
    not_held: list[str]  # knowns that the scenario itself does not meet: no world is held to them

    def sentence(self, else_they: str) -> str:
        """Say how many worlds are this firm's, and what becomes of the others."""
        n, met = len(self.points), int(self.met.sum())
        text = f"{n} worlds were solved again for what the firm knows of itself: in {met} its numbers are within {100 * NEAR:.0f} % or two standard errors"
        if met:
            text += f", typically within {100 * np.median(self.off[self.met]):.0f} %"
        if met < n:
            text += f"; {n - met} cannot have them and {else_they}"
        if self.not_held:
            text += f"; not held, since the scenario itself does not meet it: {', '.join(self.not_held)}"
        return text


def solve_again(
    each: Each, each_kept: EachKept, firm: Firm, points: Sequence[dict[str, Any]], held: Collection[str] = ()
) -> Again:
    """Return ``points``, settings by path, with those settings moved that the firm's knowns lean on, and its past as long as it then was.

    ``each`` runs a function on every item, ``each_kept`` keeps what is found by what decides it; settings ``held`` stay as a point has them, even where a known leans on them. What
    follows from knowns at once (price, accounts, budget) is not drawn.
    """
    firm = firm._replace(world=world_of(firm.world, {}, firm.motion))
    settings = direct(firm.known, firm.motion), CYCLE if firm.known.sales_cycle_weeks else ()
    said = {*chain(*settings)} - {*held}
    points = [{path: value for path, value in point.items() if path not in said} for point in points]
    ways = each(way_of, [(firm, source, held) for source in _sources(firm)])
    not_held = not_held_to(firm)
    turns = [ways[k % len(ways)] for k in range(len(points))]
    solved = each_kept(
        one_again,
        [(way, p, held, not_held) for way, p in zip(turns, points, strict=True)],
        [[way.firm.known.carried_by, p, sorted(held)] for way, p in zip(turns, points, strict=True)],
    )
    found, met, off = zip(*solved, strict=True)
    carried = [way.firm.known.carried_by for way in turns]
    return Again(list(found), np.array(met), np.array(off), carried, not_held)


def _sources(firm: Firm) -> list[Source | None]:
    """Return the sources that may bring a firm its new customers: the knowns do not settle which, where none is said."""
    if firm.known.sources or firm.known.carried_by:
        return [firm.known.carried_by]
    return [source for source in SOURCES if reaches(source, firm.motion)]


def not_held_to(firm: Firm) -> list[str]:
    """Return the knowns that a firm's own world does not meet, as they are called."""
    assert firm.world.history is not None
    judged = held_against(firm.known, firm.world, firm.world.history.weeks, MIDDLE)
    return [j.row.label.strip() for j in judged if not j.within(NEAR)]


def way_of(firm: Firm, source: Source | None, held: Collection[str]) -> Way:
    """Return a firm as ``source`` brings it new customers: what its scenario has solved for another source goes back to the reference."""
    first = assumed(firm.known, firm.motion)
    known, times = firm.known.model_copy(update={"carried_by": source}), {}
    if source not in (None, first):
        own, there = firm.world.model_dump(), reference().model_dump()
        paths = Search(firm.known, firm.motion, firm.world, {}).paths(CARRIERS[first])
        times = {path: at(there, path) / at(own, path) for path in paths}
        firm = firm._replace(world=world_at(firm.world, "hybrid", {path: at(there, path) for path in paths}))
    search = search_at(firm._replace(known=known), {}, held)
    low, high = search.bounds()
    off = search.off(COARSE)
    start = solve(off, low, high).x if times else np.zeros(low.size)
    return Way(firm._replace(known=known), times, start, slopes_of(lambda by: off(start + by), high - start))


def one_again(
    way: Way, point: dict[str, Any], held: Collection[str], not_held: Collection[str]
) -> tuple[dict[str, Any], bool, list[float]]:
    """Return a point with what was solved for, whether the firm has its numbers there, on markets that no search has seen, and how far off each is."""
    firm = way.firm
    point = {path: value * way.times.get(path, 1.0) for path, value in point.items()}
    search = search_at(firm, point, held)
    low, high = search.bounds()
    near = solve_beside(search.off(COARSE), way.start, way.slopes, low, high)
    x = refine((search.off(MIDDLE, luck) for luck in range(1, ROUNDS + 1)), near, low, high)
    moved, weeks = search.settings(x), search.today(x, MIDDLE, ROUNDS + 1).weeks
    judged = held_against(firm.known, world_of(search.base, moved, firm.motion), weeks, MIDDLE)
    free = {"customers", *(row.name for row in search.free)}
    told = [j for j in judged if j.row.name in free and j.row.label.strip() not in not_held]
    return point | moved | {"history.weeks": weeks}, all(j.within(NEAR) for j in told), [j.off for j in told]


def search_at(firm: Firm, point: dict[str, Any], held: Collection[str] = ()) -> Search:
    """Return the search for a firm's numbers at a point, by the clock of its past."""
    assert firm.world.history is not None
    search = Search(firm.known, firm.motion, world_at(firm.world, "hybrid", point), {}, held)
    search.clock = -firm.world.history.weeks % YEAR_WEEKS
    return search
