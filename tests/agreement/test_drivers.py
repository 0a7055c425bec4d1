"""One rule, every driver, the same bytes."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

from simulation import engine
from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer, Expert, Newcomer, Prospect
from tests.worlds import differing, lively, world

WEEKS = 40


def ran(config=None, weeks=WEEKS, prepare=None, **settings):
    """Return a model after some weeks."""
    model = GrowthModel(config or lively(f"weeks={WEEKS}"), rng=3, **settings)
    if prepare:
        prepare(model)
    for _ in range(weeks):
        model.step()
    return model


def test_every_mechanism_is_at_work_in_the_world_the_tests_use():
    model = ran()
    silent = [
        name
        for name in (
            "attracted_user_content", "attracted_firm_content", "attracted_close_talk", "attracted_outbound",
            "engaged_community", "engaged_trial", "engaged_sales", "left", "switched", "newcomer_to_prospect", "joined", "questions",
            "answered", "user_pieces", "customer_to_expert", "ties", "attendances", "tickets", "solved_by_peers",
            "solved_by_staff", "expanded_seats",
        )
        if model.series(name).sum() == 0
    ]  # fmt: skip
    assert silent == []


def test_asking_every_agent_in_python_gives_the_same_bytes():
    assert differing(ran(), ran(driver="agents")) == []


def test_a_bound_of_one_gives_the_same_bytes():
    assert differing(ran(), ran(bound_one=True)) == []


def test_yearly_contracts_renew_alike_whatever_the_bound():
    config = lively("weeks=120", "market.segments.smaller.p_contract=1", "market.segments.larger.p_contract=1")
    a, b = ran(config, 120), ran(config, 120, bound_one=True)
    assert a.series("renewals").sum() > 0
    assert differing(a, b) == []


def test_no_python_runs_between_two_stops(monkeypatch):
    """60 weeks with a firm that moves its money are a few stretches, each twice as long as the one before, without Python."""
    monkeypatch.setattr(engine, "STRETCH_SECONDS", 1e9)
    call, stretches, inside = engine.Engine._call, [], []

    def watched(self, function, *numbers):
        stretches.append((function, *numbers))
        outer = len(inside)
        sys.setprofile(lambda frame, event, _: inside.append(frame.f_code.co_name) if event == "call" else None)
        try:
            return call(self, function, *numbers)
        finally:
            sys.setprofile(None)
            assert inside[outer:] == ["_call"]

    model = GrowthModel(lively("weeks=60"), rng=3, **{"motion.adaptive": {"weeks": 8, "step": 0.05}})
    model._engine._call(engine.run_part, 0, 0, 0)  # compiled, and bound
    monkeypatch.setattr(engine.Engine, "_call", watched)
    model.run()
    whole = len(engine.WEEK)
    assert {(function, *phases) for function, _, *phases in stretches} == {(engine.run_part, 0, whole)}
    asked = [weeks for _, weeks, *_ in stretches]
    assert asked[:5] == [1, 2, 4, 8, 16] and len(asked) <= 8  # one more wherever lives needed more room
    assert not np.array_equal(model.firm.shares, GrowthModel(model.config, rng=3).firm.shares)  # money has moved


def test_two_threads_give_the_same_bytes_and_really_start(monkeypatch):
    monkeypatch.setattr(engine, "CHUNK_ROWS", 4)
    meeting = threading.Barrier(2, timeout=20)  # passes only when two threads stand in it at once
    met = set()
    call, retention = engine.Engine._call, engine.SHARED.index("retention")

    def watched(self, function, *numbers):
        in_pool = threading.current_thread() is not threading.main_thread()
        if in_pool and function is engine.loop_part and numbers[0] == retention:
            meeting.wait()
            met.add(threading.get_ident())
        return call(self, function, *numbers)

    monkeypatch.setattr(engine.Engine, "_call", watched)
    both = ran(threads=2)
    assert len(met) == 2
    monkeypatch.undo()
    assert differing(ran(), both) == []


class Plain(Customer):
    def retention(self):
        return super().retention()

    def asking(self):
        return super().asking()


class PlainProspect(Prospect):
    def attraction(self):
        return super().attraction()

    def engagement(self):
        return super().engagement()


class PlainNewcomer(Newcomer):
    def adoption(self):
        return super().adoption()


class Stubborn(Customer):
    def retention(self):
        outcome = super().retention()
        return 0 if outcome == 1 else outcome


def test_overrides_that_only_call_super_change_nothing():
    def use(model):
        for cls in (Plain, PlainProspect, PlainNewcomer):
            model.use(cls, np.arange(model.n) % 2 == 0)

    assert differing(ran(), ran(prepare=use)) == []


def test_an_override_rules_only_its_rows_and_holds_for_experts():
    half = np.arange(400) < 200
    seen = []

    class Watched(Customer):
        def retention(self):
            seen.append((self.row, type(self)))
            return 0

    model = ran(prepare=lambda m: m.use(Watched, half))
    lives = model.record.lives
    assert set(lives["row"][lives["ended"] >= 0]) & set(np.flatnonzero(half)) == set()
    assert (lives["ended"][lives["row"] >= 200] >= 0).any()
    assert {row for row, _ in seen} <= set(range(200))
    assert any(issubclass(cls, Expert) and issubclass(cls, Watched) for _, cls in seen)


def test_an_override_gives_the_same_bytes_under_both_drivers():
    def use(model):
        model.use(Stubborn, np.arange(model.n) < 350)

    a, b = ran(prepare=use), ran(prepare=use, driver="agents")
    assert differing(a, b) == []
    assert differing(a, ran()) != []


def test_a_monkey_patch_is_noticed(monkeypatch):
    monkeypatch.setattr(Customer, "retention", lambda self: 0)
    model = ran()
    assert (model.record.lives["ended"] < 0).all()


def test_what_cannot_be_meant_is_refused():
    model = ran(weeks=2)
    agent = model.agents.at(0)

    class Nothing(Customer):
        def walk(self):
            return 0

    class Wrong(Customer):
        def retention(self):
            return 9

    with pytest.raises(
        TypeError, match=r"Nothing overrides no decision; to choose from: asking, advocacy, support, retention"
    ):
        model.use(Nothing)
    with pytest.raises(AttributeError, match="has no column 'mood'; state lives in model.people"):
        agent.mood = 1
    with pytest.raises(AttributeError, match="override 'adoption' in a subclass"):
        agent.adoption = lambda: 0
    with pytest.raises(TypeError, match="not constructed"):
        Customer(model)
    with pytest.raises(
        ValueError, match=r"retention of WrongExpert|retention of Wrong returned 9; allowed are 0 stays"
    ):
        ran(prepare=lambda m: m.use(Wrong))


PRINT_DIGEST = """
import hashlib, sys
from tests.worlds import lively, state
from simulation.mesa_model import GrowthModel
model = GrowthModel(lively("weeks=12", "market.people=150"), rng=3)
for _ in range(12): model.step()
print(hashlib.sha256(b"".join(state(model).values())).hexdigest())
"""


def digest(**environment):
    """Return the digest of a run in another process."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PRINT_DIGEST],
        env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip()


@pytest.mark.slow
def test_without_jit_the_bytes_are_the_same():
    assert digest() == digest(NUMBA_DISABLE_JIT="1")


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    config = world("clg", "market.people=300", "weeks=20")
    assert differing(GrowthModel(config, rng=1), GrowthModel(config, rng=1)) == []
    one, other = GrowthModel(config, rng=1), GrowthModel(config, rng=2)
    one.run(), other.run()
    assert "affinity" in differing(one, other)


CACHE_HITS = """
from tests.worlds import lively
from simulation import GrowthModel
from simulation.flywheel.launch import recruit
from simulation.model import run_part
GrowthModel(lively("weeks=30"), rng=3).run()
print(sum(sum(f.stats.cache_misses.values()) for f in (run_part, recruit)),
      sum(sum(f.stats.cache_hits.values()) for f in (run_part, recruit)))
"""


@pytest.mark.slow
def test_a_second_process_finds_the_run_compiled():
    ran(weeks=30)
    done = subprocess.run([sys.executable, "-c", CACHE_HITS], capture_output=True, text=True, check=True)
    misses, hits = map(int, done.stdout.split())
    assert misses == 0 and hits == 2
