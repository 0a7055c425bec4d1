"""Settings under which the simulated firm has the numbers that it says, found on common seeds and judged on fresh ones."""

import math
from collections.abc import Collection
from fnmatch import fnmatchcase
from itertools import count
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.knowns.carriers import PATIENCE, SALES_CYCLE, SEGMENTS, Carrier, Row, new_customers, reaches, rows
from simulation.knowns.firm import direct, reference
from simulation.knowns.markets import LONGEST_WEEKS, Today, lived, until
from simulation.knowns.solver import Function, refine, slopes_of, solve
from simulation.metrics.company import sales_cycle_weeks
from simulation.record import Record
from simulation.scenario.compose import as_world
from simulation.scenario.firm import Motion
from simulation.scenario.known import SOURCES, Known
from simulation.scenario.schema import Config, World
from simulation.scenario.settings import limits_of, said_of

CHECKED_FROM, SOLVED_FROM = 1, 100_001  # seeds of the check, those that a comparison takes first, and of the search
# Of an evaluation: new customers wanted of all markets together; markets, at least and at most; rows of all, at most.
COARSE, FINE = (1_500, 6, 32, 240_000), (12_000, 40, 120, 1_200_000)
FINEST = (24_000, 40, 240, 2_400_000)  # of the last, which judges
RAREST = 3_000  # customers of the rarest source wanted in all markets of the last: two standard errors are then under 5 % of its share
ROUNDS = 8  # of fine evaluations, on markets of their own
LUCK_BETWEEN = 0.005, 0.1  # as few markets tell little of it
YEARS_TRIED = 2  # a past of more than so many years by the clock has accounts that grew another year
WITHIN = 0.05  # of what was said, or two standard errors, whichever is more
CLOSED_SALE_WEEKS = 3  # after the sales cycle, to begin with
OTHERWISE = {
    "arr_usd": "it follows from the customers and what each pays",
    "sales_cycle_weeks": "sales take whole weeks",
}


Size = tuple[int, int, int, int]


class Found(NamedTuple):
    """A company: its own motion, its settings by path, how long it has been there."""

    motion: Motion
    settings: dict[str, Any]
    solved: dict[str, str]  # by path, the known that it was solved for
    weeks: int
    at_bound: frozenset[str]  # knowns whose settings stand at a bound

    def why(self, row: Row) -> str:
        """Return why a known is not met."""
        if row.carrier and row.name in self.at_bound:
            paths = [path for path, what in self.solved.items() if what == row.label.strip()]
            return f"{row.carrier.why} ({', '.join(paths)} at its bound)"
        bound = [name for source in SOURCES if (name := f"sources.{source}") in self.at_bound]
        if bound and (row.name == "new_customers" or row.name.startswith("sources.")):
            return f"it follows from {' and '.join(bound)}, which the firm cannot have"
        if row.name == "customers" and self.weeks == YEAR_WEEKS:
            return "it has more by the end of its first year"
        if row.name == "customers" and self.weeks == LONGEST_WEEKS:
            return "in ten years it comes no nearer"
        return OTHERWISE.get(row.name, "together with the others the search came no nearer")


def find(known: Known, motion: Motion) -> Found:
    """Return the settings that make a firm of these knowns, spending like ``motion``."""
    return Search(known, motion, reference(), direct(known, motion)).found()


class Search:
    """One firm's search; a point of it is x, the shift of each carrier from its value in ``base``.

    ``fixed``: settings by path that stand in place of those of ``base``; carriers that move a path ``held`` stay where they are.
    """

    def __init__(
        self, known: Known, motion: Motion, base: World, fixed: dict[str, Any], held: Collection[str] = ()
    ) -> None:
        self.known, self.motion, self.base, self.fixed = known, motion, base, dict(fixed)
        self.rows = list(rows(known, motion))
        # Accounts grow by the clock, and today begins a year of it: in which week the past began is not yet known.
        self.clock = YEAR_WEEKS // 2
        self.free = [row for row in self.rows if row.carrier and row.said > 0 and not self._holds(row.carrier, held)]
        for row in self.rows:  # a source that is paid for and brings nobody
            if row.carrier and row.said == 0 and reaches(row.name.rpartition(".")[2], motion):
                self.fixed |= dict.fromkeys(self.paths(row.carrier), 0.0)

    def found(self) -> Found:
        if self.known.sales_cycle_weeks is not None:
            self._cycle(round(self.known.sales_cycle_weeks) - CLOSED_SALE_WEEKS)
        low, high = self.bounds()
        off = self.off(COARSE)
        near = solve(off, low, high)
        there = near.x
        near = near._replace(slopes=slopes_of(lambda by: off(there + by), high - there))
        today = self.today(near.x, COARSE)
        if self.known.sales_cycle_weeks is not None:
            self._shift_cycle(today)
        weeks, luck, each = today.weeks, count(1), self._luck(today)
        for _ in range(YEARS_TRIED):
            years = -(-weeks // YEAR_WEEKS)
            self._begin(weeks, years)
            near = near._replace(
                x=refine((self._in_turn(next(luck), years) for _ in range(ROUNDS)), near, low, high, each)
            )
            weeks = self.today(near.x, FINE, next(luck)).weeks
            if -(-weeks // YEAR_WEEKS) == years:
                break
        weeks = self._begin(weeks, years)
        at_bound = frozenset(
            row.name for row, by, a, b in zip(self.free, near.x, low, high, strict=True) if by in (a, b)
        )
        return Found(self.motion, self.settings(near.x), self._solved(), weeks, at_bound)

    def _begin(self, weeks: int, years: int) -> int:
        """Let the past begin so that today begins a year of the clock, which accounts have grown ``years`` of; return its weeks."""
        weeks = min(max(weeks, (years - 1) * YEAR_WEEKS + 1, YEAR_WEEKS), years * YEAR_WEEKS)
        self.clock = -weeks % YEAR_WEEKS
        return weeks

    def _luck(self, today: Today) -> np.ndarray:
        """Return by how much luck moves each known in one fine evaluation, standard error of its logarithm, from markets of another."""
        n = len(markets(0, FINE, self.known, self._people))
        found = []
        for row in self.free:
            won = [new_customers(r) if row.name.startswith("sources.") else 1.0 for r in today.records]
            seen = np.array([row.measure(r) * of for r, of in zip(today.records, won, strict=True)])
            spread = np.nanstd(seen, ddof=1) / max(np.nanmean(seen), 1e-12) if np.isfinite(seen).sum() > 1 else 1.0
            found.append(spread / math.sqrt(n))
        return np.clip(found, *LUCK_BETWEEN)

    def _in_turn(self, luck: int, years: int) -> Function:
        """Return what is off on markets of this ``luck``, of a firm as old as it was found to be on those before."""

        def off(x: np.ndarray) -> np.ndarray:
            today = self.today(x, FINE, luck)
            self._begin(today.weeks, years)
            return self._off(today)

        return off

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the most of x."""
        low, high = np.array([self._bounds(row.carrier) for row in self.free if row.carrier]).reshape(-1, 2).T
        return low, high

    def _bounds(self, carrier: Carrier) -> tuple[float, float]:
        """Return how far a carrier may move: within its own bounds, and those of each of its settings."""
        tree, low, high = self.base.model_dump(), carrier.low, carrier.high
        for path in self.paths(carrier):
            value = at(tree, path)
            ends = sorted(carrier.at(path, value, limit) for limit in limits_of(said_of(Config, path.split("."))))
            low, high = max(low, ends[0]), min(high, ends[1])
        return low, high

    def _shift_cycle(self, today: Today) -> None:
        """Let the median sale take as long as it is said to: what comes after the cycle hardly moves with it."""
        assert self.known.sales_cycle_weeks is not None
        measured = _mean([sales_cycle_weeks(record) for record in today.records])
        if np.isfinite(measured):
            self._cycle(self.fixed[SALES_CYCLE] + round(self.known.sales_cycle_weeks - measured))

    def off(self, size: Size, luck: int = 0) -> Function:
        """Return the function of x that says how far each known is off, in logs, on markets by the number of their ``luck``."""
        return lambda x: self._off(self.today(x, size, luck))

    def _off(self, today: Today) -> np.ndarray:
        values = means(self.rows, today.records)
        return np.array([self.log_ratio(row, values) for row in self.free])

    def log_ratio(self, row: Row, values: dict[str, float]) -> float:
        """Return ln of simulated over said; of a source, of the customers whom it brings."""
        value, said = values[row.name], row.said
        if row.name.startswith("sources."):
            one = self.known.accounts / self._people  # of a source that brings nobody
            value, said = values["new_customers"] * value + one, self.known.new_customers * said + one
        return float(np.log(value / said)) if value > 0 else 0.0

    @property
    def _people(self) -> int:
        return int(self.fixed.get("market.people") or self.base.market.people or self.known.accounts)

    def today(self, x: np.ndarray, size: Size, luck: int = 0) -> Today:
        """Return the firm at x when it has the customers that it says."""
        seeds = markets(SOLVED_FROM * (luck + 1), size, self.known, self._people)
        return until(world_of(self.base, self.settings(x), self.motion), self.known.customers, seeds, self.clock)

    def settings(self, x: np.ndarray) -> dict[str, Any]:
        """Return what stands in place of the settings of ``base`` at x."""
        tree, found = self.base.model_dump(), dict(self.fixed)
        for by, row in zip(x, self.free, strict=True):
            assert row.carrier
            for path in self.paths(row.carrier):
                found[path] = row.carrier.moved(path, at(tree, path), by)
        return found

    def _solved(self) -> dict[str, str]:
        return {path: row.label.strip() for row in self.rows if row.carrier for path in self.paths(row.carrier)}

    def _holds(self, carrier: Carrier, held: Collection[str]) -> bool:
        return any(fnmatchcase(path, name) for path in self.paths(carrier) for name in held)

    def paths(self, carrier: Carrier) -> list[str]:
        """Return the settings of a carrier, of each segment its own."""
        return [
            path.replace("*", segment) if path.startswith(SEGMENTS) else path
            for path in (*carrier.paths, *carrier.against)
            for segment in (self.base.market.segments if path.startswith(SEGMENTS) else [""])
        ]

    def _cycle(self, weeks: int) -> None:
        more = self.base.behaviour.adoption.seller_patience_weeks - self.base.behaviour.adoption.sales_cycle_weeks
        self.fixed |= {SALES_CYCLE: max(weeks, 0), PATIENCE: max(weeks, 0) + more}


def markets(first: int, size: Size, known: Known, rows: int) -> range:
    """Return seeds from ``first`` on: as many markets of so many rows as ``size`` wants for a firm, whose luck is that of its customers."""
    new, least, most, most_rows = size
    wanted = math.ceil(new * known.accounts / (rows * known.new_customers))
    return range(first, first + min(max(wanted, least), most, max(most_rows // rows, least)))


def at(tree: Any, path: str) -> float:
    """Return the value of a setting in a tree of settings."""
    for name in path.split("."):
        tree = tree[name]
    return tree


def world_of(base: World, settings: dict[str, Any], motion: Motion) -> World:
    """Return a world with a firm's own settings and motion."""
    return as_world(base, "hybrid", settings | {"motion": motion.model_dump()})


def means(of: list[Row], records: list[Record]) -> dict[str, float]:
    """Return the mean of each known over markets, NaN where none has it."""
    return {row.name: _mean([row.measure(record) for record in records]) for row in of}


def _mean(values: list[float]) -> float:
    seen = [v for v in values if np.isfinite(v)]
    return float(np.mean(seen)) if seen else float("nan")


class Judged(NamedTuple):
    """A known held against fresh markets."""

    row: Row
    values: np.ndarray  # by market

    @property
    def mean(self) -> float:
        return _mean(list(self.values))

    @property
    def off(self) -> float:
        """Return by which share of what was said the mean is off."""
        return abs(self.mean / self.row.said - 1) if self.row.said else abs(self.mean)

    @property
    def met(self) -> bool:
        """Within 5 % of what was said or two standard errors of the mean, whichever is more."""
        return self.within(WITHIN)

    def within(self, share: float) -> bool:
        """Return whether the mean is within a share of what was said, or two standard errors, whichever is more."""
        seen = self.values[np.isfinite(self.values)]
        error = seen.std(ddof=1) / np.sqrt(seen.size) if seen.size > 1 else 0.0
        return bool(seen.size) and bool(abs(self.mean - self.row.said) <= max(share * self.row.said, 2 * error))


def judge(known: Known, found: Found) -> list[Judged]:
    """Return each known as fresh markets have it today."""
    world = world_of(reference(), found.settings, found.motion)
    shares = [share for name in SOURCES if known.sources and (share := getattr(known.sources, name)) > 0]
    return held_against(
        known, world, found.weeks, (max(FINEST[0], math.ceil(RAREST / min(shares, default=1))), *FINEST[1:])
    )


def held_against(known: Known, world: World, weeks: int, size: Size) -> list[Judged]:
    """Return each known as markets that no search has seen have it after ``weeks`` of a past."""
    records = lived(world, weeks, markets(CHECKED_FROM, size, known, world.market.people or known.accounts))
    return [Judged(row, np.array([row.measure(r) for r in records])) for row in rows(known, world.motion)]
