"""What makes communities of different kinds, one arrow a test: the same draws of one week are asked twice."""

import numpy as np

from simulation.mesa_model import GrowthModel
from simulation.people.draws import Purpose, all_bits, key_of
from tests.worlds import world

WEEK = 90
DROPS_IN, FOLLOW_UP = "behaviour.habits.drops_in", "behaviour.habits.follow_up_per_week"
FIRST_STEP, FURTHER = "behaviour.help.first_step", "behaviour.help.further_answers"


def after(weeks=1, **settings):
    """Return a run in which ``settings`` come into force in week WEEK, so many weeks later."""
    config = world("clg", "market.people=20000", "weeks=120")
    model = GrowthModel(config, rng=4, interventions=[{"week": WEEK, "set": settings}] if settings else [])
    while model.week < WEEK + weeks:
        model.step()
    return model


def posted(model):
    return model.people["last_post"] == model.week - 1


def test_who_drops_in_posts_no_more_after_a_burst_and_others_do_as_before():
    before, some, none = after(0), after(**{DROPS_IN: 0.5}), after(**{DROPS_IN: 0.0})
    drops_in = all_bits(key_of(key_of(4, 0, 0), 0, Purpose.DROPS_IN), before.n) < np.uint64(2**63)
    last = before.people["last_post"]
    gone = drops_in & (last >= 0) & (before.week - last > 4)
    asked, asks_no_more = (model.people["questions"] > before.people["questions"] for model in (none, some))
    silenced = asked & ~asks_no_more
    assert silenced.sum() >= 3 and gone[silenced].all() and not (asks_no_more & ~asked).any()
    assert (posted(none) & gone).sum() > 5 and not (posted(some) & gone).any()


def test_a_post_brings_on_the_next_for_four_weeks():
    asked, calm = (after(**{FOLLOW_UP: x}).people["questions"] for x in (0.2, 0.0))
    before = after(0)
    more = asked > calm
    last = before.people["last_post"][more]
    assert more.sum() >= 5 and (last >= 0).all() and (before.week - last <= 4).all() and not (asked < calm).any()


def test_with_a_first_step_who_does_not_belong_answers_too():
    before = after(0)
    stranger = before.people["belonging"] == 0.0

    def answers(first_step):
        return (after(12, **{FIRST_STEP: first_step}).people["answers"] - before.people["answers"])[stranger].sum()

    assert answers(1.0) > 2 * answers(0.0)


def test_further_answers_are_deeds_of_helpers_and_change_nothing_for_who_asked():
    before, long, short = after(0), after(**{FURTHER: 0.7}), after(**{FURTHER: 0.0})
    more = long.people["answers"].astype(int) - short.people["answers"]
    given = (short.people["answers"] - before.people["answers"]).sum()
    assert more.min() == 0 and more.sum() > given  # 2.3 more a question answered
    untouched = more == 0
    for column in ("skill", "belonging", "reputation", "last_post"):
        assert (long.people[column][untouched] == short.people[column][untouched]).all()
    assert (long.people["questions"] == short.people["questions"]).all()
