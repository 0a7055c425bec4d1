"""The engine of a run: what the phases of a week read and write. Its arrays are for compiled loops and never handed out.

``GrowthModel`` in model.py is the face of it: what a notebook reads there is read-only, what it writes is checked.
"""

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np

from simulation import rates
from simulation.firm.policy import Policy
from simulation.firm.spending import added
from simulation.firm.state import Firm
from simulation.flywheel import help as helping
from simulation.flywheel import moves, retention, rewrite
from simulation.flywheel.decisions import DECISIONS
from simulation.flywheel.launch import dismiss_top_helpers, move_platform, seed_members
from simulation.people import overrides
from simulation.people.agents import STAGE_CLASSES, Person, blank_view
from simulation.people.book import Total, new_book
from simulation.people.draws import Purpose, all_bits, phase_key
from simulation.people.influence import quiet
from simulation.people.stages import N_STAGES, Stage
from simulation.people.start import populate
from simulation.people.table import WRITABLE, checked
from simulation.record import Recorder
from simulation.scenario.schema import World
from simulation.scratch import Scratch

CHUNK_ROWS = 4_000  # a thread is not worth its while for less
SHIPPED = {(name, cls): getattr(cls, name) for name in DECISIONS for cls in STAGE_CLASSES if hasattr(cls, name)}


class Engine:
    """State and loops of one run of ``config`` under ``key``; ``model`` is what agents call their model.

    ``threads``: rows are shared among so many threads; the result does not depend on it.
    ``by_agents``: ask every agent in Python. ``bound_one``: ask everybody.
    """

    def __init__(
        self, model: Any, config: World, key: np.uint64, threads: int, by_agents: bool, bound_one: bool
    ) -> None:
        self.model, self.config, self.key = model, config, key
        self.by_agents, self.bound_one, self.threads = by_agents, bound_one, threads
        self.worlds = self.config.timeline()
        self.world = self.worlds[0]
        self.week = 0
        self.in_week = False
        self._start_threads()
        market = self.world.market
        self.people, self.network, self.ids, self.notes = populate(market, self.key)
        self.net = quiet(self.network)
        self.n = self.people.shape[0]
        n_segments = len(market.segments)
        accounts = market.accounts or self.n
        self.firm = Firm(self.world, accounts, accounts / self.n)
        self.book = new_book(self.n, n_segments, self.config.weeks)
        self.recorder = Recorder(self.config.weeks)
        self.scratch = Scratch(self.n, n_segments)
        self.members = np.zeros(self.n + 1, np.int32)
        self.keys = np.zeros(max(Purpose) + 1, np.uint64)
        self.answered, self.backlog, self.effort = np.zeros(n_segments), np.zeros(n_segments), np.ones(n_segments)
        self.posters = np.zeros(n_segments, np.int64)
        self.first_lives = np.zeros(self.config.weeks + 2, np.int64)
        self.leaving: deque = deque()
        self.joined = self.n_arrived = self.revenue_cents = self.booked_cents = 0
        self.leaver_rows = self.heard_rows = np.zeros(0, np.int32)
        self.views: dict[int, Person] = {}
        self.stacks: list[overrides.Stack] = [()]
        self.classes: list[list[type]] = [list(STAGE_CLASSES)]
        self._pairs: list[tuple[str, type]] = []
        self._methods: list = []
        self._settle()
        np.add.at(self.book.totals[:, 0], self.people["segment"], 1)
        self._methods_changed()
        self._ask_in_python([self._asked(self.classes[0])])
        moves.start_prospects(self.people, self.net, self.book, self.fixed.moves)
        if self.world.motion.community:
            self.firm.launch(self.world)
            seed_members(self)

    def refuse_half_weeks(self) -> None:
        """Raise RuntimeError where a week stopped half way: who was moved by it is not known."""
        if self.in_week:
            raise RuntimeError(
                f"week {self.week} has begun and is not over: either a decision called step(), or an error or a key "
                "stopped it half way; make the model anew"
            )

    def run_week(self, phases: Iterable[Callable[["Engine"], None]]) -> None:
        """Run the phases of a week, in order."""
        self.refuse_half_weeks()
        self.in_week = True
        for phase in phases:
            phase(self)
        self.in_week = False
        self.week += 1
        self.retype()

    @property
    def n_members(self) -> int:
        """Members of the community now."""
        return int(self.book.totals[:, Total.MEMBERS].sum())

    def n_active(self) -> int:
        """Return the members now who posted in the last four weeks; ``posters`` has those who have left this week too."""
        by_segment = np.zeros_like(self.posters)
        helping.count_active(self.members, self.n_members, self.week, self.people, by_segment)
        return int(by_segment.sum())

    def at_stake(self) -> int:
        """Return the social capital of paying members (retention.social_capital), summed in 65,536ths."""
        return retention.sum_at_stake(self.members, self.n_members, self.people, self.rates.retention)

    def _start_threads(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None

    def __getstate__(self):
        """Leave out what a copy makes anew: threads, and classes put together of several overrides."""
        return {
            name: value for name, value in vars(self).items() if name not in {"_pool", "classes", "_pairs", "_methods"}
        }

    def __setstate__(self, state):
        vars(self).update(state)
        self._start_threads()
        self.classes = [overrides.classes_of(stack) for stack in self.stacks]
        self._pairs, self._methods = [], []

    # --- settings ------------------------------------------------------------------------------

    def _settle(self) -> None:
        """Take over what follows from the settings in force."""
        world = self.world
        segments = list(world.market.segments.values())
        self.fixed = self.rates = rates.fixed(world)
        self.price_cents = round(100 * world.product.price_usd)
        self.price_level = self.fixed.moves.price_level
        self.time_zones = np.array([s.time_zone_hours for s in segments])
        self.contact_costs = np.array([s.contact_cost_usd for s in segments])
        self.yearly_contracts = any(s.p_contract > 0 for s in segments) or bool(self.people["contract"].any())
        rates.attention_across(world, self.firm, self.scratch.across)
        self._encourage()

    def _encourage(self) -> None:
        """Make a random share of people more eager to join, as an experimenter's invitations do."""
        e = self.world.behaviour.engagement
        self.boost = np.ones(self.n, np.float32)
        if e.encouraged > 0:
            self.boost[self.encouraged()] = e.encouragement
        self.people["eagerness"] = self.people["affinity"] * self.boost

    def encouraged(self) -> np.ndarray:
        """Return who is randomly encouraged, bool (people,)."""
        key = np.uint64(phase_key(self.key, 0, Purpose.ENCOURAGEMENT))
        share = self.world.behaviour.engagement.encouraged
        return (all_bits(key, self.n) >> np.uint64(11)).astype(np.float64) / 2.0**53 < share

    def change_settings(self, world: World) -> None:
        """Put new settings in force in the middle of a run."""
        old, self.world = self.world, world
        self._settle()
        if world.motion.shares != old.motion.shares:
            self.firm.policy = Policy(world.motion.shares)
        if world.platform.moves > old.platform.moves:
            move_platform(self, world.platform.lost_when_moving)
        if world.outside.top_helpers_leave > old.outside.top_helpers_leave:
            dismiss_top_helpers(self, world.outside.top_helpers_leave)
        moves.refresh_everybody(self.people, self.net, self.book, self.fixed.moves)

    def contact_cost_usd(self) -> float:
        """Return the mean cost of a contact over the prospects that sellers call."""
        weights = self.book.totals[:, Total.CALL_WEIGHT]
        return added((weights * self.contact_costs).tolist()) / max(int(weights.sum()), 1)

    def platform_usd(self, members: float) -> float:
        """Return a week's bill of the community platform."""
        p = self.world.platform
        return p.licence_usd_per_week + p.usd_per_member_per_week * members if self.world.motion.community else 0.0

    # --- loops and decisions ---------------------------------------------------------------------

    def _cuts(self, n: int) -> np.ndarray:
        chunks = self.threads if self._pool and n >= CHUNK_ROWS else 1
        return np.array([n * c // chunks for c in range(chunks + 1)], np.int64)

    def in_chunks(self, sweep, n: int, key, *arrays) -> tuple[np.ndarray, np.ndarray]:
        """Run a sweep over ``n`` rows, one chunk a thread; return where each chunk's rows start and how many."""
        cuts = self._cuts(n)
        if self._pool is None or cuts.size == 2:
            return cuts[:1], np.array([sweep(key, 0, n, *arrays)])
        jobs = [self._pool.submit(sweep, key, lo, hi, *arrays) for lo, hi in pairwise(cuts)]
        return cuts[:-1], np.array([job.result() for job in jobs])

    def in_chunks_of(self, loop, n: int, rows: np.ndarray, *arguments) -> None:
        """Run ``loop(rows, lo, hi, *arguments)`` over all rows, one chunk a thread; rows do not touch each other."""
        cuts = self._cuts(n)
        if self._pool is None or cuts.size == 2:
            loop(rows, 0, n, *arguments)
            return
        jobs = [self._pool.submit(loop, rows, lo, hi, *arguments) for lo, hi in pairwise(cuts)]
        for job in jobs:
            job.result()

    def decide(self, name: str, rows: np.ndarray, n: int) -> None:
        """Fill ``scratch.code`` with what each row decides; nothing is changed until all have decided."""
        decision, code = DECISIONS[name], self.scratch.code
        self.in_chunks_of(decision.loop, n, rows, code, *decision.arguments(self))
        by_hand = self._by_hand.get(name)
        if by_hand is None:
            return
        self.retype()
        for j in np.flatnonzero(by_hand[self.people["variant"][rows[:n]], self.people["stage"][rows[:n]]]).tolist():
            agent = self.view(int(rows[j]))
            method = getattr(agent, name, None)
            if method is not None:
                code[j] = overrides.carried_out(decision, method(), agent)

    def leavers(self, n: int) -> np.ndarray:
        """Return a buffer for the rows that leave this week."""
        if self.leaver_rows.size < n:
            self.leaver_rows = np.zeros(2 * n, np.int32)
        return self.leaver_rows

    def heard_by(self, n: int) -> np.ndarray:
        """Return a buffer for the tied members who hear of a leaving."""
        if self.heard_rows.size < n:
            self.heard_rows = np.zeros(2 * n, np.int32)
        return self.heard_rows

    # --- agents and users' hands -----------------------------------------------------------------

    def class_of(self, row: int) -> type:
        """Return the class of a row's agent."""
        return self.classes[self.people["variant"][row]][self.people["stage"][row]]

    def view(self, row: int) -> Person:
        """Return the agent of ``row``, made when it is first asked for."""
        view = self.views.get(row)
        if view is None:
            view = self.views[row] = blank_view()
            view.__setstate__({"model": self.model, "row": row, "__class__": self.class_of(row)})
        return view

    def retype(self) -> None:
        """Let every view that somebody holds follow its row's stage."""
        for row, view in self.views.items():
            object.__setattr__(view, "__class__", self.class_of(row))

    def rewrite(self, name: str, rows: Any, values: Any) -> None:
        """Write a column of the people table from outside, with all that hangs on it.

        Raises ReadOnlyColumn where the model keeps it, ValueError for what cannot stand in it.
        """
        given, column = checked(name, values), self.people[name]
        one = isinstance(rows, int | np.integer)  # without looking at everybody
        at = np.array([range(self.n)[rows]]) if one else np.arange(self.n)[rows]
        try:
            values = np.broadcast_to(given, at.shape).reshape(-1).astype(column.dtype)
        except ValueError:
            raise ValueError(f"column '{name}': {given.size} values do not fit {at.size} rows") from None
        at = at.reshape(-1)
        theirs = self._are(WRITABLE[name].of, at)
        strange = at[~theirs & (column[at] != values)]
        if strange.size:
            raise ValueError(f"column '{name}' is for {WRITABLE[name].of}, and row {strange[0]} is none of them")
        at, values = at[theirs], values[theirs]
        if name == "skill":
            rewrite.rewrite_skill(at, values, self.week, self.people)
        elif name == "satisfaction":
            rewrite.rewrite_satisfaction(at, values, self.people, self.net, self.book, self.fixed.moves)
        elif name == "belonging":
            column[at] = values
        else:
            once = np.unique(at)
            rewrite.take_out(once, self.people, self.book, self.fixed.moves)
            column[at] = values
            self.people["eagerness"][once] = self.people["affinity"][once] * self.boost[once]
            rewrite.put_back(once, self.people, self.net, self.book, self.fixed.moves)

    def _are(self, who: str, rows: np.ndarray) -> np.ndarray:
        if who == "members":
            return self.people["member"][rows] == 1
        if who == "customers":
            return np.isin(self.people["stage"][rows], (Stage.CUSTOMER, Stage.EXPERT))
        return np.ones(rows.size, bool)

    def take_over(self, cls: type, rows: Any) -> list[str]:
        """Let ``rows`` decide as ``cls``; return its decisions. Overrides of other stages stay in force."""
        own = overrides.overridden(cls, DECISIONS)
        here, variant = np.zeros(self.n, bool), self.people["variant"]
        here[rows] = True
        stacks, classes, asks, becomes = list(self.stacks), list(self.classes), list(self._asks), variant.copy()
        for v in np.unique(variant[here]):
            stack = overrides.on_top(cls, stacks[v])
            if stack not in stacks:
                stacks.append(stack)
                classes.append(overrides.classes_of(stack))
                asks.append(self._asked(classes[-1]))
            becomes[here & (variant == v)] = stacks.index(stack)
        used, places = np.unique(np.append(becomes, 0), return_inverse=True)  # the shipped classes stay known
        self.people["variant"] = places[:-1]
        self.stacks, self.classes = [stacks[v] for v in used], [classes[v] for v in used]
        self._pairs = []
        self._ask_in_python([asks[v] for v in used])
        moves.refresh_everybody(self.people, self.net, self.book, self.fixed.moves)
        self.retype()
        return own

    def watch_for_overrides(self) -> None:
        """Notice which decisions Python takes, by subclass or by monkey-patch, and have those rows asked every week."""
        if self._methods_changed():
            self._ask_in_python([self._asked(classes) for classes in self.classes])
            moves.refresh_everybody(self.people, self.net, self.book, self.fixed.moves)

    def _methods_changed(self) -> bool:
        if not self._pairs:
            known = dict.fromkeys(c for classes in self.classes for c in classes)
            self._pairs = [(d, c) for c in known for d in DECISIONS if hasattr(c, d)]
        before, self._methods = self._methods, [getattr(cls, name) for name, cls in self._pairs]
        return self._methods != before

    def _asked(self, classes: list[type]) -> np.ndarray:
        """Return which decisions of which stage these classes take in Python, bool (stages, decisions)."""
        asked = np.zeros((N_STAGES, len(DECISIONS)), bool)
        for s, cls in enumerate(classes):
            for d, name in enumerate(DECISIONS):
                shipped = SHIPPED.get((name, STAGE_CLASSES[s]))
                asked[s, d] = shipped is not None and (self.by_agents or getattr(cls, name) is not shipped)
        return asked

    def _ask_in_python(self, asks: list[np.ndarray]) -> None:
        """Enter in the books who is asked in Python; ``asks`` says it by variant, bool (stages, decisions)."""
        self._asks, asked = asks, np.stack(asks)
        self._by_hand = {name: asked[:, :, d] for d, name in enumerate(DECISIONS) if asked[:, :, d].any()}
        self.book = self.book._replace(by_hand=np.any(asked, axis=2).astype(np.uint8))
