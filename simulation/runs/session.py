"""One command at work: it runs what is missing of a plan, keeps it, and reads it back in the plan's order."""

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import chain, pairwise
from typing import Any, NamedTuple, Self

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from simulation.metrics import METRICS
from simulation.metrics.metric import Better
from simulation.people.counts import MOVE
from simulation.runs.cluster import Engine
from simulation.runs.observed import Observed
from simulation.runs.output import say
from simulation.runs.run import Outcome, Task, run_id, world_hash
from simulation.runs.store import Store
from simulation.scenario.compose import world_at
from simulation.scenario.errors import BadInput, NothingRan, NotKept, nearest
from simulation.scenario.schema import Config

SAY_SECONDS = 30.0  # between two lines of progress where no terminal shows a bar
PACE_SECONDS, LONG_SECONDS = 5.0, 60.0  # after which the pace is known; which are said beforehand
PACE_RUNS = 10  # by then every process has compiled what it needs
METRIC_AT = {name: k for k, name in enumerate(METRICS)}


class Runs(NamedTuple):
    """What a plan's runs say. Point p of ``points`` under a motion and a seed has the metrics ``values[motion][p, seed]``."""

    points: list[dict[str, Any]]
    values: dict[str, np.ndarray]  # motion -> (points, seeds, metrics), NaN where a metric is not defined
    ids: dict[str, list[list[str]]]  # motion -> points -> seeds -> run_id
    missing: list[str]  # ids of runs that failed

    def metric(self, motion: str, name: str) -> np.ndarray:
        """Return one metric under a motion, shape (points, seeds)."""
        return self.values[motion][:, :, METRIC_AT[name]]

    def as_one(self) -> "Runs":
        """Return the runs of all points as those of one point."""
        values = {m: v.reshape(1, -1, v.shape[2]) for m, v in self.values.items()}
        return Runs([{}], values, {m: [list(chain(*rows))] for m, rows in self.ids.items()}, self.missing)


class Session:
    """Runs plans of one command in one results folder."""

    def __init__(self, config: Config, store: Store, console: Console, arguments: Sequence[str] = ()) -> None:
        self.config, self.store, self.console, self.arguments = config, store, console, list(arguments)
        self.worlds = {motion: config.world(motion) for motion in config.motions}
        self.twins = {twin: config.world(twin) for twin in config.twins}
        self._told = self.worlds | self.twins
        self.failed: list[Outcome] = []
        self.judged = False  # whether a verdict has been given
        self._asked: set[str] = set()
        self._kept: set[str] = set()
        self._observations = self._observed = 0
        self._points = 0
        self._said = time.monotonic()
        self._pace: tuple[float, int] | None = None  # when a plan's first runs were done, which compile, and how many
        self._foretold = False
        self._open = ExitStack()

    def __enter__(self) -> Self:
        self.engine = self._open.enter_context(Engine(self._told, self.config.cluster, self.config.jobs))
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._bar = self._open.enter_context(Progress(*columns, console=self.console, transient=True))
        self._row = self._bar.add_task("runs", total=None)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def check_metrics(self, setting: str, *names: str, won: bool = False) -> None:
        """Raise BadInput where ``setting`` names a metric that does not exist, or, if it is to be ``won``, that nobody can."""
        for name in names:
            if name not in METRICS:
                raise BadInput(f"{setting}: there is no metric '{name}'{nearest(name, METRICS)}")
            if won and METRICS[name].better is Better.NEITHER:
                raise BadInput(
                    f"{setting}: of {name} neither more nor less is better, so no motion wins it; name another"
                )

    def run(
        self,
        points: Sequence[dict[str, Any]],
        *,
        motions: Sequence[str] | None = None,
        seeds: Sequence[int] | None = None,
        luck: Sequence[Sequence[int]] | None = None,
        first: int | None = None,
        keep: Sequence[str] = ("runs",),
    ) -> Runs:
        """Run every motion at every point under every seed, except what is there already; return all of it.

        ``points`` are settings by path on top of the scenario; every point meets the same seeds (common random
        numbers), unless ``luck`` gives each point seeds of its own, equally many; motions always share them. ``first`` is
        the number of the first point in the tables, the next one that is free unless it is given. Raises
        BadInput where a point's settings are out of bounds, before anything runs, NothingRan where every run failed.
        """
        motions = list(motions or self.worlds)
        luck = luck or [list(seeds or range(1, self.config.seeds + 1))] * len(points)
        first = self._points if first is None else first
        self._points = max(self._points, first + len(points))
        digests = self._digests(points, motions)
        ids = {
            m: [[run_id(d, seed) for seed in mine] for d, mine in zip(digests[m], luck, strict=True)] for m in motions
        }
        known = self.store.finished()

        def tasks() -> Iterator[Task]:
            asked = set(known)
            for p, settings in enumerate(points):
                for k, seed in enumerate(luck[p]):
                    for m in motions:
                        if (name := ids[m][p][k]) not in asked:
                            asked.add(name)
                            yield Task(name, first + p, m, seed, settings)

        everything = {name for of_motion in ids.values() for row in of_motion for name in row}
        self._asked |= everything
        self._kept |= everything & known
        self._pace = None
        self._advance()
        for chunk in self.engine.outcomes(tasks(), len(everything - known), keep):
            self.store.add(chunk, keep)
            self.failed += [o for o in chunk if o.error]
            self._kept |= {o.task.run_id for o in chunk if not o.error}
            self._advance()
            self._foretell(kept=True)
        return self._read(list(points), ids)

    def verdict(self, sentences: Sequence[str], below: str = "") -> None:
        """Say what a study has found, in the sentences of ``verdict.txt``; there a table may stand ``below``."""
        self.judged = True
        self.store.text("verdict.txt", "\n".join([*sentences, *(["", below] if below else [])]) + "\n")
        for sentence in sentences:
            say(self.console, sentence)

    def each(
        self, function: Callable[..., Any], items: Sequence[tuple[Any, ...]], *, foretold: bool = False
    ) -> list[Any]:
        """Return ``function(*item)`` of every item, in their order; what is observed is not a run and is not stored.

        ``foretold``: it has been said how long it takes.
        """
        found: list[Any] = [None] * len(items)
        for k, value in self._observing(function, items, foretold=foretold):
            found[k] = value
        return found

    def each_kept(
        self,
        function: Callable[..., Any],
        items: Sequence[tuple[Any, ...]],
        told: Sequence[Any],
        *,
        foretold: bool = False,
    ) -> list[Any]:
        """Return the same as JSON holds it, and keep it: ``told`` is what decides an item beside the command, as JSON holds it."""
        with Observed(self.store, function, told) as kept:
            waiting = kept.waiting
            self._observations += len(items) - len(waiting)
            self._observed += len(items) - len(waiting)
            for k, value in self._observing(function, [items[k] for k in waiting], foretold=foretold, kept=True):
                kept.add(waiting[k], value)
        return kept.found

    def _observing(
        self, function: Callable[..., Any], items: Sequence[tuple[Any, ...]], *, foretold: bool, kept: bool = False
    ) -> Iterator[tuple[int, Any]]:
        self._observations += len(items)
        self._pace = None
        for k, value in self.engine.each(function, items):
            yield k, value
            self._observed += 1
            self._advance()
            if not foretold:
                self._foretell(kept=kept)

    def _digests(self, points: Sequence[dict[str, Any]], motions: Sequence[str]) -> dict[str, list[str]]:
        """Return the hash of every world of a plan, by motion; half a millisecond each, so how far it is can be seen."""
        digests: dict[str, list[str]] = {m: [] for m in motions}
        row = self._bar.add_task("checking the plan", total=len(points) * len(motions))
        with self.engine.interrupts.at_once():
            for m in motions:
                for settings in points:
                    digests[m].append(world_hash(world_at(self._told[m], m, settings), m))
                    self._bar.advance(row)
        self._bar.remove_task(row)
        return digests

    @property
    def total(self) -> int:
        """How many runs and observations were asked for so far."""
        return self.runs + self._observations

    @property
    def runs(self) -> int:
        """How many runs were asked for so far."""
        return len(self._asked)

    @property
    def kept(self) -> int:
        """How many of them the results folder holds."""
        return len(self._kept)

    @property
    def _done(self) -> int:
        return len(self._kept) + len(self.failed) + self._observed

    def _foretell(self, *, kept: bool) -> None:
        """Say once how long a command will take, as soon as the pace of its runs tells that it is long."""
        now, done = time.monotonic(), self._done
        if self._pace is None:
            self._pace = now, done
            return
        since, first = self._pace
        enough = max(1, min(PACE_RUNS, self.total // PACE_RUNS))
        if self._foretold or now - since < PACE_SECONDS or done - first < enough:
            return
        left = self.total - done
        seconds = left * (now - since) / (done - first)
        said = f"{left:,} runs are left, which take {{}}" + "; Ctrl-C keeps what is finished" * kept
        self._foretold = self.foretell(said, seconds)

    def foretell(self, what: str, seconds: float) -> bool:
        """Say how long ``what`` takes, in the place of its braces, if that is long; return whether it is."""
        if long := seconds > LONG_SECONDS:
            minutes = f"about {seconds / 60:.0f} minutes" if seconds >= 90 else "about a minute"
            say(self.console, what.format(minutes))
        return long

    def _advance(self) -> None:
        done = self._done
        self._bar.update(self._row, total=self.total, completed=done)
        if not self.console.is_terminal and time.monotonic() - self._said >= SAY_SECONDS:
            self._said = time.monotonic()
            print(f"{done:,} of {self.total:,} runs", file=sys.stderr, flush=True)

    def _read(self, points: list[dict[str, Any]], ids: dict[str, list[list[str]]]) -> Runs:
        names = ", ".join(f"cast({name} as double) as {name}" for name in METRICS)
        place = {name for rows in ids.values() for row in rows for name in row}
        shapes = {m: (len(rows), len(rows[0]) if rows else 0, len(METRICS)) for m, rows in ids.items()}
        values = {m: np.full(shape, np.nan) for m, shape in shapes.items()}
        there: dict[str, int] = {}
        if self.store.finished():
            columns = self.store.read(f"select run_id, {names} from runs")
            there = {name: i for i, name in enumerate(columns.pop("run_id").tolist()) if name in place}
            for m, rows in ids.items():
                at = np.array([[there.get(name, -1) for name in row] for row in rows], np.int64).reshape(shapes[m][:2])
                for k, name in enumerate(METRICS):
                    found = np.ma.filled(columns[name], np.nan)
                    values[m][at >= 0, k] = found[at[at >= 0]]
        if gone := (place & self._kept) - there.keys():
            raise NotKept(f"{self.store.place}: the parts of {len(gone)} runs were removed meanwhile")
        if place and not there:
            raise NothingRan
        return Runs(points, values, ids, sorted(set(place) - set(there)))

    def weeks(
        self, runs: Runs, motion: str, point: int, names: Sequence[str], before: int = 0
    ) -> dict[str, np.ndarray]:
        """Return weekly series of a point's runs that are there, each of shape (seeds, weeks); ``before``: weeks of the past, too."""
        ids = ", ".join(f"'{name}'" for name in runs.ids[motion][point])
        where = f"run_id in ({ids}) and week >= {-before} order by seed, week"
        rows = self.store.read(f"select {_quoted(names)} from weeks where {where}")
        return {name: np.asarray(rows[name], float).reshape(-1, before + self.config.weeks) for name in names}

    def weeks_of_points(self, runs: Runs, motion: str, names: Sequence[str], weeks: int) -> dict[str, np.ndarray]:
        """Return weekly series of all points' runs in one go, each of shape (points, seeds, weeks); NaN where a run is missing."""
        place = {name: (p, k) for p, row in enumerate(runs.ids[motion]) for k, name in enumerate(row)}
        shape = (len(runs.points), len(runs.ids[motion][0]), weeks)
        found = {name: np.full(shape, np.nan) for name in names}
        columns = _quoted(names)
        rows = self.store.read(
            f"select run_id, {columns} from weeks where motion = '{motion}' and week >= 0 order by run_id, week"
        )
        ids = np.asarray(rows["run_id"]).reshape(-1, weeks)[:, 0]
        known = [(i, place[name]) for i, name in enumerate(ids) if name in place]
        for name in names:
            values = np.asarray(rows[name], float).reshape(-1, weeks)
            for i, at in known:
                found[name][at] = values[i]
        return found

    def lives_by_run(self, motion: str) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return the weeks of adoption and end of every customer life, by run_id."""
        sql = f"select run_id, adopted, ended from lives where motion = '{motion}' order by run_id, adopted, row"
        rows = {name: np.asarray(column) for name, column in self.store.read(sql).items()}
        names, starts = np.unique(rows["run_id"].astype(str), return_index=True)
        edges = [*starts.tolist(), rows["adopted"].size]
        return {
            str(name): (rows["adopted"][a:b], rows["ended"][a:b])
            for name, (a, b) in zip(names, pairwise(edges), strict=True)
        }

    def lives(self, runs: Runs, motion: str, point: int, names: Sequence[str]) -> dict[str, np.ndarray]:
        """Return columns of the customer lives of a point's runs, seeds one after another, with the column ``seed``."""
        ids = ", ".join(f"'{name}'" for name in runs.ids[motion][point])
        where = f"run_id in ({ids}) order by seed, adopted, row"
        rows = self.store.read(f"select seed, {_quoted(names)} from lives where {where}")
        return {name: np.asarray(column) for name, column in rows.items()}

    def moves(self, runs: Runs, motion: str, point: int) -> dict[str, np.ndarray]:
        """Return the columns of the moves of a point's runs, int, with ``run``, its place among those that are there."""
        there = [name for name in runs.ids[motion][point] if name not in runs.missing]
        ids = ", ".join(f"'{name}'" for name in there)
        rows = self.store.read(f"select * from moves where run_id in ({ids})")
        place = {name: k for k, name in enumerate(there)}
        run = np.array([place[name] for name in rows["run_id"].tolist()], int)
        return {"run": run} | {name: np.asarray(rows[name]).astype(int) for name in MOVE.names or ()}

    @property
    def _market(self) -> tuple[int, int]:
        """Accounts of the real market, and simulated rows."""
        market = next(iter(self.worlds.values())).market
        people = market.people
        if people is None:
            from simulation.people.populate import populate

            people = populate(market, 0).people.shape[0]
        return market.accounts or people, people

    @property
    def accounts(self) -> int:
        """Accounts of the real market."""
        return self._market[0]

    @property
    def weight(self) -> float:
        """Accounts of the real market that one simulated row stands for."""
        accounts, people = self._market
        return accounts / people


def _quoted(names: Sequence[str]) -> str:
    """Return column names for a query; ``left`` is a word of SQL."""
    return ", ".join(f'"{name}"' for name in names)
