"""What is written teaches, what answers teach, and what skill does: one arrow a test, on the same people and luck to the byte.

Nothing here is statistical: decisions of one week are asked twice with the same draws, so that who differs differs by the arrow.
"""

from functools import cache

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.stages import Stage
from tests.worlds import world

WEEK = 60


@cache
def clg(*overrides):
    return world("clg", "market.people=20000", "weeks=80", *overrides)


def after(**settings):
    """Return a run in which ``settings`` come into force in week 60, which is over."""
    model = GrowthModel(clg(), rng=4, interventions=[{"week": WEEK, "set": settings}])
    while model.week <= WEEK:
        model.step()
    return model


def before():
    model = GrowthModel(clg(), rng=4)
    while model.week < WEEK:
        model.step()
    return model


def test_an_answer_teaches_who_asked_and_nobody_else():
    taught, not_taught = (after(**{"behaviour.help.answer_skill": x}) for x in (0.5, 0.0))
    asked = taught.people["questions"] > before().people["questions"]
    answered = asked & (taught.people["unanswered"] == 0)
    assert (answered == asked & (not_taught.people["unanswered"] == 0)).all() and answered.sum() > 5
    gained = taught.people["skill"] - not_taught.people["skill"]
    assert (gained[answered] > 0).all() and (gained[~answered] == 0).all()


def test_what_is_written_teaches_readers_by_when_they_look_again():
    looks = {"behaviour.reading.look_again_per_week": 0.5}
    taught, not_taught = (after(**looks, **{"behaviour.reading.learn_per_week": x}) for x in (0.5, 0.0))
    read = (before().people["reads"] == 1) & (before().people["stage"] == Stage.PROSPECT)
    looked = read & (taught.people["skill_week"] == WEEK)
    gained = taught.people["skill"] - not_taught.people["skill"]
    assert looked.sum() > 10 and (gained[looked] > 0).all() and (gained[read & ~looked] == 0).all()


def who(stages, skill, **settings):
    """Return who of those in ``stages`` is a customer after a week that they begin with so much skill; nobody asks anything in it."""
    silent = {"behaviour.help.ask_per_week": 0.0, "behaviour.help.newcomer_ask_per_week": 0.0}
    model = GrowthModel(clg(), rng=4, interventions=[{"week": WEEK, "set": settings | silent}])
    while model.week < WEEK:
        model.step()
    rows = np.flatnonzero(np.isin(model.people["stage"], stages))
    model.people["skill"][rows] = skill
    model.step()
    return np.isin(model.people["stage"][rows], PAYING)


PAYING = (Stage.CUSTOMER, Stage.EXPERT)
ARROWS = {  # what skill does: stages, its setting, others that make a week's difference large
    "buying": ((Stage.NEWCOMER,), "behaviour.adoption.skill", {"behaviour.adoption.rate_per_week": 1.0}),
    "staying": (
        PAYING,
        "behaviour.retention.skill",
        {"market.segments.*.churn_per_week": 0.3, "behaviour.satisfaction.level": 0.0}
        | dict.fromkeys(
            (
                "behaviour.retention.expand_per_week",
                "behaviour.retention.contract_per_week",
                "behaviour.support.tickets_per_week",
            ),
            0.0,
        ),
    ),
}


@pytest.mark.parametrize("what", ARROWS)
def test_skill_sells_and_keeps_by_an_arrow_of_its_own(what):
    """The able are customers wherever the unable are, and more of them; without the arrow nobody decides otherwise."""
    stages, path, settings = ARROWS[what]
    able, unable = (who(stages, skill, **settings) for skill in (1.0, 0.0))
    assert unable.sum() + 5 < able.sum() and not (unable & ~able).any()
    able, unable = (who(stages, skill, **settings, **{path: 0.0}) for skill in (1.0, 0.0))
    assert (able == unable).all()
