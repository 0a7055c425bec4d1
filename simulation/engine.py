"""One run: its state, its settings, its stretches of compiled weeks; and the past that runs of a seed share."""

import copy
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Lock
from typing import Any

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.compiled import entry_point
from simulation.firm import state
from simulation.flywheel import launch
from simulation.flywheel.desk import new_desk
from simulation.model import SHARED, WEEK, loop_part, ready_part, run_part
from simulation.people import bounds, transitions
from simulation.people import town as towns
from simulation.people.counts import MOVED, Total, for_weeks, with_room
from simulation.people.draws import Purpose, all_bits, key_of
from simulation.people.populate import shared
from simulation.people.stages import Cause, Channel, Door, Stage
from simulation.people.traits import LARGEST
from simulation.record import PLACE, Record, blank, finish, longer_blank
from simulation.scenario.records import apart, longer, nameless
from simulation.scenario.schema import World

CHUNK_ROWS = 4_000  # a thread is not worth its while for less
STRETCH_SECONDS = 0.2  # between two looks at Ctrl-C
MOST_KEPT = 100_000  # people of a past that is kept for the next run; what is large is a small part of its run
_lived: dict[tuple[str, int], "Engine"] = {}  # the last past: the motions of a seed run one after another
_lock = Lock()


class Engine:
    """State of one run of ``config`` under ``key``. Its arrays are for compiled loops and never handed out.

    ``threads``: rows are shared among so many threads; the result does not depend on it. ``bound_one``: look at everybody
    every week. Nothing here knows of Mesa: a process that only runs need not load it. With agents it is an ``EngineWithAgents``.
    """

    def __init__(
        self,
        config: World,
        key: np.uint64,
        *,
        threads: int = 1,
        bound_one: bool = False,
        first_week: int = 0,
    ) -> None:
        self.config, self.key, self.threads = config, key, threads
        self.worlds = config.timeline()
        self.world = self.worlds[0]
        self.in_week = False
        self._start_threads()
        if config.history:
            self._go_on_from(past_of(config, key, threads), everything=bound_one)
        else:
            self._begin(first_week, everything=bound_one)

    def _begin(self, first_week: int, *, everything: bool) -> None:
        """Let there be people, and a firm without customers."""
        market, weeks = self.world.market, first_week + self.config.weeks
        population = shared(market, self.key)
        self.network, self.ids, self.notes = population.network, population.ids, population.notes
        self.n, segments = population.people.shape[0], len(market.segments)
        accounts = market.accounts or self.n
        self.now = towns.new_now(self.key, self.config.weeks, first_week)
        self.town = towns.new_town(population, segments, weeks)
        self.said = state.new_said(self.world, accounts, accounts / self.n, weeks)
        self._meet_rivals()
        self.desk = new_desk(self.town, self._cuts(self.n), *blank(weeks), everything=everything)
        for name in ("growth", "joins", "drops_in"):
            self.town.terms[f"{name}_key"] = key_of(self.key, 0, Purpose[name.upper()])
        self._settle()
        transitions.start_prospects(self.town)
        if self.world.motion.community:
            launch.open_community(self)
        self.firm["launched"] = first_week
        self.counts.tally[:MOVED] = 0  # the opening's moves stay: stocks began with prospects alone

    def _go_on_from(self, past: "Engine", *, everything: bool) -> None:
        """Take over the state of ``past``, which is nobody else's: from here on it is today, and luck is this run's own."""
        self.network, self.ids, self.notes, self.n = past.network, past.ids, past.notes, past.n
        self.now, self.town, self.said, self.desk = past.now, past.town, past.said, past.desk
        self.now["key"], self.now["today"] = self.key, past.clock
        self.now["weeks"] = weeks = past.clock + self.config.weeks
        counts, cohorts = for_weeks(self.counts, weeks), longer(self.town.cohorts, weeks + 1)
        self.town = self.town._replace(counts=counts, cohorts=cohorts)
        self.said = self.said._replace(season=np.ones(weeks))
        series, revenue = longer_blank(self.desk, weeks)
        self.desk = self.desk._replace(cuts=self._cuts(self.n), weeks=series, cohort_revenue=revenue)
        self.desk.screen["everything"] = everything
        self.world = past.world
        self._meet_rivals()
        self.change_settings(self.worlds[0])
        if self.config.motion != past.config.motion:
            self.firm["launched"] = self.clock

    def _meet_rivals(self) -> None:
        """Let there be the rivals that the scenario names, before any of them enters."""
        self.said = self.said._replace(rivals=state.new_rivals(self.config))
        there = np.zeros(self.n if self.config.rivals else 0, np.int32)
        self.town = self.town._replace(net=self.town.net._replace(there=there))

    def _start_threads(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._entries: dict[Callable, tuple[Callable, state.Said]] = {}

    def __getstate__(self):
        """Leave out threads, which a copy starts anew."""
        return {name: value for name, value in vars(self).items() if name not in {"_pool", "_entries"}}

    def __setstate__(self, state):
        vars(self).update(state)
        self._start_threads()

    # --- what there is -------------------------------------------------------------------------

    @property
    def clock(self) -> int:
        """The week by the clock, which began with the past: columns of people and lives are written in it."""
        return int(self.now["week"])

    @property
    def week(self) -> int:
        """Weeks run so far, from today on."""
        return self.clock - self.today

    @property
    def today(self) -> int:
        """Today by the clock."""
        return int(self.now["today"])

    @property
    def people(self) -> np.ndarray:
        """The table of people."""
        return self.town.people

    @property
    def net(self):
        """What contacts say and do."""
        return self.town.net

    @property
    def firm(self):
        """The firm: money, capacity, stocks; a record of ``firm.state.FIRM``."""
        return self.said.firm

    @property
    def counts(self):
        """Totals, this week's tally, lives."""
        return self.town.counts

    @property
    def cohorts(self) -> np.ndarray:
        """Customers by the week in which they bought; records of ``cohorts.COHORT``."""
        return self.town.cohorts

    @property
    def members(self) -> np.ndarray:
        """Rows of members, in the first :attr:`n_members` places."""
        return self.town.members

    @property
    def n_members(self) -> int:
        """Members of the community now."""
        return int(self.counts.totals[:, Total.MEMBERS].sum())

    @property
    def libraries(self) -> np.ndarray:
        """What is written, by language; records of ``firm.state.LIBRARY``."""
        return self.said.libraries

    @property
    def keys(self) -> np.ndarray:
        """The keys of this week's draws, by purpose."""
        return self.now["keys"]

    @property
    def record(self) -> Record:
        """What has been recorded so far."""
        return finish(self.now, self.town, self.said, self.desk)

    def series(self, name: str) -> np.ndarray:
        """Return one weekly series so far, from today on, shape (weeks,); money is summed up from the start of the past."""
        return self.desk.weeks[self.today : self.clock, PLACE[name]]

    # --- settings ------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Take over the settings in force."""
        towns.settle(self.town, self.world)
        state.settle(self.said, self.world, self.today)
        self._encourage()

    def _encourage(self) -> None:
        """Say how eager people are to join: a random share more than others, as by an experimenter's invitations; some never, more of the least keen."""
        e = self.world.behaviour.engagement
        with np.errstate(under="ignore"):  # of who likes communities far more than others
            joins = 1.0 - e.only_reads ** self.people["affinity"].astype(np.float64)
        self.boost = self._random_share(self.town.terms["joins_key"], joins).astype(np.float32)
        if e.encouraged > 0:
            self.boost[self.encouraged()] *= np.float32(e.encouragement)
        self.people["eagerness"] = self.people["affinity"] * self.boost

    def encouraged(self) -> np.ndarray:
        """Return who is randomly encouraged, bool (people,)."""
        return self._random_share(self.draws(Purpose.ENCOURAGEMENT, 0), self.world.behaviour.engagement.encouraged)

    def _random_share(self, key: np.uint64, share: float | np.ndarray) -> np.ndarray:
        return (all_bits(key, self.n) >> np.uint64(11)).astype(np.float64) / 2.0**53 < share

    def draws(self, purpose: Purpose, week: int | None = None) -> np.uint64:
        """Return the key of the draws for ``purpose`` in a week, counted as luck is: from today, or from the past's start."""
        return key_of(self.key, self.week if week is None else week, purpose)

    def change_settings(self, world: World) -> None:
        """Put new settings in force in the middle of a run."""
        old, self.world = self.world, world
        self._settle()
        if world.motion.shares != old.motion.shares:
            state.follow(self.firm, world)
        if world.product.quality != old.product.quality:
            self.firm["quality"] = world.product.quality
        for k, (is_, was) in enumerate(zip(world.rivals.values(), old.rivals.values(), strict=False)):
            if is_.quality != was.quality:
                self.said.rivals[k]["quality"] = is_.quality
        if world.motion.community and not old.motion.community:
            launch.open_community(self)
        if old.motion.community and not world.motion.community:
            launch.close_community(self, world.platform.lost_when_moving)
        if world.platform.moves > old.platform.moves:
            launch.move_platform(self, world.platform.lost_when_moving)
        if world.outside.top_helpers_leave > old.outside.top_helpers_leave:
            launch.dismiss_top_helpers(self, world.outside.top_helpers_leave)
        bounds.refresh_everybody(self.town)

    # --- people chosen from outside ------------------------------------------------------------

    def adopt(self, rows: np.ndarray, seats: int = 1) -> None:
        """Let prospects buy ``seats`` seats each, through every stage; raises ValueError where somebody is none.

        It also does where ``seats`` is not a whole number from 1 to ``traits.LARGEST``.
        """
        if not isinstance(seats, int | np.integer) or isinstance(seats, bool) or not 1 <= seats <= LARGEST:
            raise ValueError(f"seats must be a whole number from 1 to {LARGEST:,.0f}, not {seats!r}")
        rows = self._chosen(rows, self.people["stage"] == Stage.PROSPECT, "a prospect")
        while self.counts.n_lives[0] + rows.size > self.counts.lives.size:
            self.town = self.town._replace(counts=with_room(self.counts))
        transitions.attract(rows, Channel.AMBIENT, self.clock, self.town)
        transitions.engage(rows, Door.TRIAL, self.clock, self.town)
        transitions.adopt(rows, int(seats), self.clock, self.town)

    def join(self, rows: np.ndarray) -> None:
        """Let newcomers and customers join the community; raises ValueError where somebody is a member, or neither."""
        here = np.isin(self.people["stage"], (Stage.NEWCOMER, Stage.CUSTOMER, Stage.EXPERT))
        rows = self._chosen(rows, here & (self.people["member"] == 0), "a newcomer or customer outside the community")
        transitions.join(rows, self.clock, self.town)

    def leave(self, rows: np.ndarray) -> None:
        """Let customers leave, so that their contacts hear it; raises ValueError where somebody is none."""
        here = np.isin(self.people["stage"], (Stage.CUSTOMER, Stage.EXPERT))
        transitions.leave(self._chosen(rows, here, "a customer"), Cause.LEFT, self.clock, True, self.town)

    def _chosen(self, rows: np.ndarray, fit: np.ndarray, what: str) -> np.ndarray:
        chosen = np.unique(np.arange(self.n)[rows])
        if (strange := chosen[~fit[chosen]]).size:
            raise ValueError(f"row {strange[0]} is not {what}")
        return chosen

    # --- running -------------------------------------------------------------------------------

    def refuse_half_weeks(self) -> None:
        """Raise RuntimeError where a week stopped half way: who was moved by it is not known."""
        if self.in_week:
            raise RuntimeError(
                f"week {self.week} has begun and is not over: either a decision called step(), or an error or a key "
                "stopped it half way; make the model anew"
            )

    def run(self) -> Record:
        """Run all weeks that are left and return the record."""
        self.advance(self.config.weeks)
        return self.record

    def advance(self, until: int) -> None:
        """Run up to week ``until``: in stretches that end where settings change or Python has a say.

        Raises RuntimeError where a week stopped half way before.
        """
        weeks = 1
        while self.week < until:
            self.refuse_half_weeks()
            self.in_week = True
            if self.week in self.worlds and self.week > 0:
                self.change_settings(self.worlds[self.week])
            change = min((w for w in self.worlds if w > self.week), default=until)
            start = time.perf_counter()
            weeks = min(weeks, until - self.week, change - self.week)
            self._stretch(weeks)
            weeks = 2 * weeks if time.perf_counter() - start < STRETCH_SECONDS / 2 else max(1, weeks // 2)
            self.in_week = False

    def _stretch(self, weeks: int) -> None:
        """Run ``weeks`` weeks, or as many as may be run in one go."""
        if self._pool:
            self._make_room()
            self._phases(0, len(WEEK))
        elif self._part(weeks, 0, len(WEEK)) < weeks:
            self.town = self.town._replace(counts=with_room(self.counts))

    def _make_room(self) -> None:
        """See to it that there is room for the lives of a week that is run in parts."""
        while self._part(1, 0, 0) == 0:
            self.town = self.town._replace(counts=with_room(self.counts))

    def _phases(self, first: int, last: int) -> None:
        if self._pool is None:
            self._part(1, first, last)
            return
        for at in range(first, last):
            if WEEK[at].name not in SHARED:
                self._part(1, at, at + 1)
                continue
            which = SHARED.index(WEEK[at].name)
            cuts = self._cuts(self._call(ready_part, which)).tolist()
            if len(cuts) == 2:
                self._call(loop_part, which, *cuts)
                continue
            jobs = [self._pool.submit(self._call, loop_part, which, lo, hi) for lo, hi in pairwise(cuts)]
            for job in jobs:
                job.result()

    def _part(self, weeks: int, first: int, last: int) -> int:
        return self._call(run_part, weeks, first, last)

    def _call(self, function: Callable, *numbers: int) -> Any:
        """Call compiled code by its entry point, bound once: looking the types up anew costs more than a small week."""
        if function not in self._entries:
            arguments = (*numbers, self.now, self.town, self.said, self.desk)
            self._entries[function] = entry_point(function, arguments), nameless(self.said)
        entry, said = self._entries[function]
        return entry(*numbers, self.now, self.town, said, self.desk)

    def _cuts(self, n: int) -> np.ndarray:
        chunks = self.threads if self._pool and n >= CHUNK_ROWS else 1
        return np.array([n * c // chunks for c in range(chunks + 1)], np.int64)


def past_of(config: World, key: np.uint64, threads: int) -> Engine:
    """Return the past of ``config`` lived through, the caller's own; runs of a seed share it, whatever comes after today.

    It is a run of its own, on luck of its own, that begins so late in the clock's first year that today begins a year, a quarter and a cohort.
    """
    asked = (config.past().model_dump_json(), int(key))
    with _lock:
        lived = _lived.get(asked)
    if lived is None:
        world, own = config.past(), key_of(key, 0, Purpose.PAST)
        lived = Engine(world, own, threads=threads, first_week=-world.weeks % YEAR_WEEKS)
        lived.advance(world.weeks)
        if lived.n > MOST_KEPT:
            return lived
        with _lock:
            _lived.clear()
            _lived[asked] = lived
    again = copy.copy(lived)
    again.now, again.town, again.said, again.desk = (apart(x) for x in (lived.now, lived.town, lived.said, lived.desk))
    return again


def simulate(world: World, seed: int) -> Record:
    """Return the record of a whole run; ``GrowthModel(world, rng=seed)`` goes the same way."""
    return Engine(world, key_of(seed, 0, 0)).run()
