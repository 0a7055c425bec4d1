"""Every move between stages is counted: moves add up to the changes of stocks, and lives know the same stays."""

import numpy as np
import pytest

from simulation.calendar import QUARTER_WEEKS
from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer
from simulation.people.counts import LONGEST_STAY
from simulation.people.stages import MOVES, Door, Stage
from tests.worlds import lively

WEEKS = 70
LEAVES = MOVES.index((Stage.CUSTOMER, Stage.LAPSED))


def moved(record):
    """Return how many people made each move in each week, int, shape (weeks, moves)."""
    return np.array([record.series(f"{a.name}_to_{b.name}".lower()) for a, b in MOVES]).T.astype(int)


def check(model):
    """Assert that stocks began with prospects alone and changed by moves only, and that the table holds the same moves."""
    record = model.record
    stocks = np.array([record.series(stage.name.lower()) for stage in Stage]).T
    by_move = moved(record)
    found = np.zeros(stocks.shape, int)
    for k, (before, after) in enumerate(MOVES):
        found[:, before] -= by_move[:, k]
        found[:, after] += by_move[:, k]
    start = np.where(np.array(Stage) == Stage.PROSPECT, model.n, 0)
    assert (np.diff(stocks, axis=0, prepend=start[None]) == found).all()
    quarters = np.arange(model.week) // QUARTER_WEEKS
    for k, (before, after) in enumerate(MOVES):
        of = record.moves[(record.moves["from_stage"] == before) & (record.moves["to_stage"] == after)]
        counted = np.bincount(of["quarter"], of["people"], quarters[-1] + 1)
        assert (counted == np.bincount(quarters, by_move[:, k])).all()


def ran(model):
    """Return a model that was run to its end, of which the check holds."""
    model.run()
    check(model)
    return model


class Restless(Customer):
    """Leaves where its number is even."""

    def retention(self) -> int:
        """Return 1 for every second."""
        return 1 if self.row % 2 == 0 else super().retention()


def test_moves_add_up_where_everything_happens_and_every_move_is_made():
    back = ("behaviour.retention.win_back_per_week=0.05", "behaviour.attraction.forgetting_per_week=0.05")
    model = ran(GrowthModel(lively(f"weeks={WEEKS}", *back), rng=9))
    never = [
        f"{a.name} to {b.name}" for (a, b), n in zip(MOVES, moved(model.record).sum(axis=0), strict=True) if n == 0
    ]
    assert never == []


@pytest.mark.parametrize(
    "changes",
    [
        [(20, "motion.community", False), (40, "motion.community", True), (55, "motion.community", False)],
        [(20, "budget.usd_per_account_per_week", 0.0), (30, "outside.top_helpers_leave", 0.2), (50, "platform.moves", 1)],
    ],
)  # fmt: skip
def test_moves_add_up_where_settings_change(changes):
    """Communities close and open, money stops, helpers go: by an intervention, and by the motion's own plan."""
    by_week = [{"week": week, "set": {path: value}} for week, path, value in changes]
    ran(GrowthModel(lively(f"weeks={WEEKS}"), rng=9, interventions=by_week))
    plan = [{"week": week, "set": {path.removeprefix("motion."): value}} for week, path, value in changes if path.startswith("motion.")]  # fmt: skip
    ran(GrowthModel(lively(f"weeks={WEEKS}"), rng=9, **{"motion.plan": plan}))


def test_moves_add_up_whoever_decides():
    """Every agent asked in Python moves the same people; rows that decide otherwise are counted too."""
    settings = lively("weeks=30")
    compiled, asked = (ran(GrowthModel(settings, rng=9, **more)) for more in ({}, {"driver": "agents"}))
    assert compiled.record.moves.tobytes() == asked.record.moves.tobytes()
    restless = GrowthModel(settings, rng=9)
    restless.use(Restless)
    assert moved(ran(restless).record)[:, LEAVES].sum() > moved(compiled.record)[:, LEAVES].sum()


@pytest.mark.parametrize("code", [1, 2])
def test_who_is_told_to_become_what_he_is_does_not_move(code):
    """An expert who becomes an expert, or a customer who steps back from nothing, is counted nowhere."""
    told = type("Told", (Customer,), {"advocacy": lambda _self: code})
    model = GrowthModel(lively("weeks=30"), rng=9)
    while model.week < 15:
        model.step()
    model.use(told)
    ran(model)
    expected = {1: Stage.EXPERT, 2: Stage.CUSTOMER}[code]
    pays = np.isin(model.people["stage"], (Stage.CUSTOMER, Stage.EXPERT)) & (model.people["member"] == 1)
    later = model.people["joined"] < model.week - 1
    assert np.all(model.people["stage"][pays & later] == expected)
    assert pays.sum() > 5


def test_people_moved_from_outside_are_counted():
    """Who adopts, joins or leaves by hand between two weeks counts in the next one, by door, membership and time."""
    model = GrowthModel(lively("weeks=30", "market.people=300"), rng=4)
    while model.week < 12:
        model.step()
    buy = np.flatnonzero(model.people["stage"] == Stage.PROSPECT)[:20]
    model.adopt(buy)
    model.join(buy[:7])
    model.leave(buy[:10])
    table = model.record.moves
    of = table[(table["to_stage"] == Stage.LAPSED) & (table["stayed"] == 0) & (table["door"] == Door.TRIAL)]
    assert of["people"][of["member"] == 1].sum() == 7 and of["people"].sum() >= 10
    ran(model)


def test_time_in_a_stage_is_that_of_the_table_of_lives():
    """Where nobody becomes an expert, customers leave after as many weeks, by door and quarter, as their lives lasted."""
    model = ran(GrowthModel(lively(f"weeks={WEEKS}", "behaviour.advocacy.answers_of_expert=10000"), rng=9))
    moves, lives = model.record.moves, model.record.lives
    left = moves[(moves["from_stage"] == Stage.CUSTOMER) & (moves["to_stage"] == Stage.LAPSED)]
    by_move = np.repeat(left, left["people"])[["quarter", "door", "stayed"]]
    over = lives[lives["ended"] >= 0]
    stayed = np.minimum(over["ended"] - over["adopted"], LONGEST_STAY)
    by_life = list(zip(over["ended"] // QUARTER_WEEKS, over["door"], stayed, strict=True))
    assert sorted(by_move.tolist()) == sorted((int(q), int(d), int(w)) for q, d, w in by_life)
    assert len(by_life) > 30


def test_a_stay_beyond_the_longest_counts_as_that():
    settings = lively(f"weeks={LONGEST_STAY + 30}", "market.people=200")
    model = GrowthModel(settings, rng=2)
    while model.week < 3:
        model.step()
    assert model.record.moves["stayed"].max() <= 3
    assert ran(model).record.moves["stayed"].max() == LONGEST_STAY


def test_a_single_move_in_a_late_quarter_is_found_in_the_table():
    """A market in which next to nothing happens for a year."""
    settings = lively("weeks=70", "market.people=3")
    model = GrowthModel(
        settings, rng=1, **{"behaviour.attraction.ambient_per_week": 0.0, "budget.usd_per_account_per_week": 0.0}
    )
    while model.week < 65:
        model.step()
    prospects = np.flatnonzero(model.people["stage"] == Stage.PROSPECT)
    model.adopt(prospects[:1])
    table = model.record.moves
    assert table["people"][table["quarter"] == 5].sum() >= 3  # attracted, come in, bought
