"""The model: a Mesa model whose week is the ordered list ``WEEK``."""

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import mesa
import numpy as np
from mesa.datacollection import DataCollector

from simulation import rates, week
from simulation.firm.policy import Policy
from simulation.firm.spending import added
from simulation.firm.state import Firm
from simulation.flywheel import moves, retention
from simulation.flywheel.decisions import DECISIONS
from simulation.flywheel.launch import dismiss_top_helpers, move_platform, seed_members
from simulation.people.agents import STAGE_CLASSES, ByType, Everybody, refine, stage_base
from simulation.people.book import Total, new_book
from simulation.people.draws import Purpose, all_bits, phase_key
from simulation.people.influence import quiet
from simulation.people.stages import N_STAGES
from simulation.people.start import populate
from simulation.record import PLACE, Record, Recorder
from simulation.scenario.compose import as_world
from simulation.scenario.schema import World
from simulation.scratch import Scratch

WEEK = (
    week.interventions,
    week.spending,
    week.look,
    week.attract,
    week.engage,
    week.exchange,
    week.adopt,
    week.advocate,
    week.help_customers,
    week.retain,
    week.win_back,
    week.feedback,
    week.book_money,
    week.record,
)

CHUNK_ROWS = 4_000  # a thread is not worth its while for less
SHIPPED = {(name, cls): getattr(cls, name) for name in DECISIONS for cls in STAGE_CLASSES if hasattr(cls, name)}


class GrowthModel(mesa.Model):
    """People, a firm and a market, week by week.

    ``config``: a World (one scenario with one motion), or None for the reference scenario under ``motion``.
    ``rng``: the seed; two models with the same settings and seed are the same to the byte.
    ``threads``: rows are shared among so many threads; the result does not depend on it.
    ``driver``: "compiled", or "agents" to ask every Mesa agent in Python. ``bound_one``: ask everybody.
    ``collect``: let Mesa's DataCollector collect every week, as ``mesa.batch_run`` needs.
    ``settings``: dotted paths and values, such as ``**{"product.price_usd": 20}``.
    """

    decisions = DECISIONS

    def __init__(
        self,
        config: World | None = None,
        *,
        rng: int | None = None,
        motion: str = "clg",
        threads: int = 1,
        driver: str = "compiled",
        bound_one: bool = False,
        collect: bool = False,
        **settings: Any,
    ) -> None:
        super().__init__(rng=rng)
        self.config = as_world(config, motion, settings)
        self.worlds = self.config.timeline()
        self.world = self.worlds[0]
        self.week = 0
        self.key = np.uint64(phase_key(int(rng) if rng is not None else int(self.rng.integers(2**63)), 0, 0))
        self.driver, self.bound_one, self.collect = driver, bound_one, collect
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._threads = threads
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
        self.classes: list[list[type]] = [list(STAGE_CLASSES)]
        self._everybody = Everybody(self)
        self._by_hand: dict[str, np.ndarray] = {}
        self._methods: list = []
        self._pairs: list[tuple[str, type]] = list(SHIPPED)
        self.datacollector = DataCollector(
            model_reporters={
                name: (lambda m, at=at: float(m.recorder.weeks[m.week - 1, at])) for name, at in PLACE.items()
            }
        )
        self._settle()
        np.add.at(self.book.totals[:, 0], self.people["segment"], 1)
        self.watch_for_overrides()
        moves.start_prospects(self.people, self.net, self.book, self.fixed.moves)
        if self.world.motion.community:
            self.firm.launch(self.world)
            seed_members(self)

    # --- running -------------------------------------------------------------------------------

    def step(self) -> None:
        """Run one week; ``WEEK`` says what happens in it, in order."""
        if self.week >= self.config.weeks:
            self.running = False
            return
        for phase in WEEK:
            phase(self)
        self.week += 1
        self.running = self.week < self.config.weeks
        self._everybody.retype()
        if self.collect:
            self.datacollector.collect(self)

    def run(self) -> Record:
        """Run all weeks that are left and return the record."""
        while self.week < self.config.weeks:
            self.step()
        return self.record

    @property
    def record(self) -> Record:
        """What has been recorded so far."""
        return self.recorder.finish(self)

    @property
    def n_members(self) -> int:
        """Members of the community now."""
        return int(self.book.totals[:, Total.MEMBERS].sum())

    def at_stake(self) -> int:
        """Return the social capital of paying members (retention.social_capital), summed in 65,536ths."""
        return retention.sum_at_stake(self.members, self.n_members, self.people, self.rates.retention)

    def series(self, name: str) -> np.ndarray:
        """Return one weekly series so far, shape (weeks,)."""
        return self.recorder.weeks[: self.week, PLACE[name]]

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
        eagerness = self.people["affinity"].copy()
        if e.encouraged > 0:
            eagerness[self.encouraged()] *= np.float32(e.encouragement)
        self.people["eagerness"] = eagerness

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
        chunks = self._threads if self._pool and n >= CHUNK_ROWS else 1
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
        self._everybody.retype()
        for j in np.flatnonzero(by_hand[self.people["variant"][rows[:n]], self.people["stage"][rows[:n]]]).tolist():
            agent = self._everybody.at(int(rows[j]))
            method = getattr(agent, name, None)
            if method is None:
                continue
            outcome = method()
            if not (isinstance(outcome, int) and 0 <= outcome < len(decision.outcomes)):
                allowed = ", ".join(f"{i} {what}" for i, what in enumerate(decision.outcomes))
                raise ValueError(f"{name} of {type(agent).__name__} returned {outcome!r}; allowed are {allowed}")
            code[j] = outcome

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

    # --- Mesa's public face ----------------------------------------------------------------------

    @property
    def agents(self) -> Everybody:
        """Everybody, as Mesa agents."""
        return self._everybody

    @property
    def agents_by_type(self) -> ByType:
        """Agents by their exact class."""
        return ByType(self)

    @property
    def agent_types(self) -> list[type]:
        """The classes that agents may have now."""
        return list(self.agents_by_type)

    def register_agent(self, _agent) -> None:
        """Refuse: people are rows."""
        raise TypeError("people are rows of the model; their number is market.people")

    def class_of(self, row: int) -> type:
        """Return the class of a row's agent."""
        return self.classes[self.people["variant"][row]][self.people["stage"][row]]

    def use(self, cls: type, rows: Any = slice(None)) -> list[str]:
        """Let ``rows`` decide as ``cls`` in the stage that it refines and those built on it; return its decisions.

        Raises TypeError where ``cls`` refines no stage or overrides no decision.
        """
        base = stage_base(cls)
        own = [d for d in DECISIONS if base and getattr(cls, d, None) is not getattr(base, d, None)]
        if base is None or not own:
            have = [d for d in DECISIONS if base and hasattr(base, d)] or list(DECISIONS)
            raise TypeError(f"{cls.__name__} overrides no decision; to choose from: {', '.join(have)}")
        variant = self.people["variant"]
        for v in np.unique(variant[rows]):  # earlier overrides of other stages stay in force
            here = np.zeros(self.n, bool)
            here[rows] = True
            self.classes.append(refine(self.classes[v], cls, base))
            variant[here & (variant == v)] = len(self.classes) - 1
        self._methods = []
        self._pairs = [(d, c) for classes in self.classes for c in set(classes) for d in DECISIONS if hasattr(c, d)]
        self.watch_for_overrides()
        self._everybody.retype()
        return own

    def watch_for_overrides(self) -> None:
        """Notice which decisions Python takes, by subclass or by monkey-patch, and have those rows asked every week."""
        methods = [getattr(cls, name) for name, cls in self._pairs]
        if methods == self._methods:
            return
        first, self._methods = not self._methods, methods
        table = {}
        for name in DECISIONS:
            by_hand = np.zeros((len(self.classes), N_STAGES), bool)
            for v, classes in enumerate(self.classes):
                for s, cls in enumerate(classes):
                    shipped = SHIPPED.get((name, STAGE_CLASSES[s]))
                    if shipped is not None:
                        by_hand[v, s] = self.driver == "agents" or getattr(cls, name) is not shipped
            if by_hand.any():
                table[name] = by_hand
        self._by_hand = table
        every = np.zeros((len(self.classes), N_STAGES), np.uint8)
        for by_hand in table.values():
            every |= by_hand
        self.book = self.book._replace(by_hand=every)
        if not (first and self.driver == "compiled" and self.week == 0 and not table):
            moves.refresh_everybody(self.people, self.net, self.book, self.fixed.moves)
