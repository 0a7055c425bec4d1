"""Decisions in a user's hands: what takes effect takes it, what would have none is refused in a sentence."""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer, Expert, Newcomer, Person, Prospect
from tests.worlds import lively, world

ROWS = 300


def small(weeks=20):
    """Return a model of a few people."""
    return GrowthModel(lively(f"weeks={weeks}", f"market.people={ROWS}"), rng=3)


def overriding(base, **names):
    """Return a class of a stage with these names in it."""
    return type("Mine", (base,), names)


def stays(self):
    return 0


@pytest.mark.parametrize(
    ("cls", "said"),
    [
        (overriding(Customer, attraction=stays), "'attraction', which is for Prospect; a Customer decides asking, advocacy, "),
        (overriding(Customer, retention=stays, adoption=stays), "'adoption', which is for Newcomer; a Customer decides "),
        (overriding(Prospect, retention=stays), "'retention', which is for Customer; a Prospect decides attraction, engagement"),
        (overriding(Customer, retention=stays, __init__=stays), "__init__, which is never called: an agent is a view of a row"),
        (overriding(Customer, retention=stays, __slots__=("mood",)), "__slots__, which is never called: an agent is a view"),
        (overriding(Customer, retention=stays, step=stays), "step, which is never called: the week asks for decisions"),
        (overriding(Customer, retention=stays, seats=9), "column 'seats', which the model reads in its table of people"),
        (overriding(Customer, helper=stays), "no decision; to choose from: asking, advocacy, support, retention"),
        (Customer, "no decision; to choose from"),
    ],
)  # fmt: skip
def test_what_would_have_no_effect_is_refused(cls, said):
    model = small()
    with pytest.raises(TypeError, match=f"^{cls.__name__} overrides {said}"):
        model.use(cls)
    assert not model.people["variant"].any()


def test_what_is_no_class_of_one_stage_is_refused():
    model = small()
    for cls, said in (
        (5, r"^use\(\) takes a subclass of a stage such as Customer, not 5$"),
        (int, r"^use\(\) takes a subclass of a stage such as Customer, not <class 'int'>$"),
        (
            overriding(Person, retention=stays),
            "^Mine refines no stage: subclass one of Prospect, Newcomer, Customer, Expert, ",
        ),
        (
            type("Both", (Prospect, Customer), {"retention": stays}),
            "^Both refines Prospect and Customer: subclass one of ",
        ),
        (
            overriding(Customer, retention=5),
            r"^Mine\.retention is no method: a decision is a method that returns an outcome$",
        ),
    ):
        with pytest.raises(TypeError, match=said):
            model.use(cls)


@pytest.mark.parametrize("kind", [int, np.int8, np.int64, np.uint8, np.bool_, bool])
def test_outcomes_may_be_numbers_of_any_whole_kind(kind):
    model = small()
    model.use(overriding(Customer, retention=lambda self: kind(1)))
    lives = model.run().lives
    assert lives.size > 10
    assert (lives["ended"][lives["adopted"] < 18] >= 0).all()


@pytest.mark.parametrize("outcome", [None, 1.0, -1, 8, "leaves", np.float32(1), np.array([1])])
def test_other_outcomes_are_refused(outcome):
    model = small()
    model.use(overriding(Customer, retention=lambda self: outcome))
    with pytest.raises(ValueError, match=r"^retention of Mine\w* returned .+; allowed are 0 stays, 1 leaves, "):
        model.run()
    with pytest.raises(
        RuntimeError, match=r"^week \d+ has begun and is not over: either a decision called step\(\), or an "
    ):
        model.step()


@pytest.mark.parametrize(
    ("base", "decision", "outcome", "said"),
    [
        (Customer, "retention", 6, r"\(joins\) for <\w+ \d+>, who is a member of the community already"),
        (Newcomer, "adoption", 3, r"\(joins\) for <\w+ \d+>, who is a member of the community already"),
        (Customer, "retention", 5, r"\(shrinks\) for <\w+ \d+>, who has one seat and can only leave"),
        (Prospect, "attraction", 11, r"\(gives a rival up\) for <\w+ \d+>, who uses none"),
        (Prospect, "attraction", 9, r"\(to the first rival\) for <\w+ \d+>, who uses it already"),
    ],
)
def test_an_outcome_that_cannot_be_is_refused(base, decision, outcome, said):
    model = small()
    model.use(overriding(base, **{decision: lambda self: outcome}))
    with pytest.raises(ValueError, match=rf"^{decision} of Mine\w* returned {outcome} {said}"):
        model.run()


@pytest.mark.parametrize(("names", "said"), [([], "no rival"), (["cheaper"], "one rival")])
def test_nobody_goes_to_a_rival_that_is_not_there(names, said):
    model = GrowthModel(
        world("plg", "weeks=30", "market.people=300", f"rival=[{','.join(names)}]" if names else "rival=none"), rng=1
    )
    model.use(overriding(Prospect, attraction=lambda self: 10))
    with pytest.raises(ValueError, match=rf"\(to the second rival\), and the scenario has {said}$"):
        model.run()


def test_a_week_within_a_week_is_refused():
    model = small()
    model.use(overriding(Customer, retention=lambda self: self.model.step() or 0))
    with pytest.raises(RuntimeError, match=r"a decision called step\(\)"):
        model.run()


def test_more_than_256_variants_decide_each_for_itself():
    model, asked = small(20), {}

    def of(row):
        def retention(self):
            asked.setdefault(row, set()).add(self.row)
            return 0

        return overriding(Customer, retention=retention)

    for row in range(ROWS):
        model.use(of(row), [row])
    model.run()
    assert len(asked) > 10
    assert all(rows == {row} for row, rows in asked.items())
    assert len(np.unique(model.people["variant"])) == ROWS
    assert len(model.agents_by_type[Customer]) == 0


def test_the_latest_override_decides_and_earlier_ones_keep_what_it_leaves():
    class Stays(Customer):
        def retention(self):
            return 0

        def support(self):
            return 0

    class Leaves(Customer):
        def retention(self):
            return 1

    class ExpertStays(Expert):
        def retention(self):
            return 0

    def after(*classes):
        model = small()
        for cls in classes:
            model.use(cls)
        record = model.run()
        return (record.lives["ended"] >= 0).any(), record.series("tickets").sum() > 0

    assert after(Leaves) == (True, True)
    assert after(Leaves, Stays) == after(Leaves, Stays, Stays) == after(Stays, Leaves, Stays) == (False, False)
    assert after(Stays, Leaves) == (True, False)
    model = small()
    model.use(Leaves)
    model.use(ExpertStays)
    (expert,) = (c for c in model.agent_types if issubclass(c, Expert) and issubclass(c, Leaves))
    assert expert.retention is ExpertStays.retention


def test_rows_are_a_mask_numbers_or_agents():
    def used(rows):
        model = small()
        model.use(overriding(Customer, retention=stays), rows(model))
        return np.flatnonzero(model.people["variant"] != model.people["variant"][-1]).tolist()

    three = [1, 5, 7]
    assert used(lambda m: three) == used(lambda m: np.isin(np.arange(ROWS), three)) == three
    assert used(lambda m: m.agents.select(lambda a: a.row in three)) == three
    assert used(lambda m: []) == used(lambda m: np.zeros(ROWS, bool)) == []
    with pytest.raises(IndexError, match="300 is out of bounds"):
        used(lambda m: [300])
