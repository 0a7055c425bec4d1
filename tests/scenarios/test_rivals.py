"""Which rivals a scenario has: chosen by name, at most two, and which setting is whose."""

import pytest

from simulation.mesa_model import GrowthModel
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from tests.worlds import lively

TWO = "rival=[cheaper,discounter]"
SENTENCES = {
    "rival=[cheaper,discounter,like_us]": "rival=[cheaper,discounter,like_us]: at most 2 rivals can be chosen; leave one away",
    "rival=[cheaper,cheaper]": "rival=[cheaper,cheaper]: cheaper stands there twice, once is enough",
    "rival=cheaper,discounter": "rival=cheaper,discounter: write a list, rival=[cheaper,discounter], or add --multirun for a command each",
    "rival=[cheaper,discunter]": (
        "rival=[cheaper,discunter]: there is no rival 'discunter'; there are better_but_empty, better_with_community, cheaper, "
        "discounter, like_us, none; did you mean discounter?"
    ),
    "rival.entry_week=0": "rival.entry_week: no rival is chosen; add one, such as rival=cheaper",
    f"{TWO} rival.entry_week=0": "rival.entry_week: of which rival? write rivals.cheaper.entry_week or rivals.discounter.entry_week",
    "rivals.cheaper.entry_week=0": "rivals.cheaper.entry_week: 'cheaper' is not among rival=none; add it there",
    f"{TWO} rivals.like_us.reach_per_week=0": (
        "rivals.like_us.reach_per_week: 'like_us' is not among rival=[cheaper,discounter]; add it there"
    ),
    "rival=cheaper rival.entry_weak=0": (
        "rivals.cheaper.entry_weak: there is no such setting; did you mean rivals.cheaper.entry_week?"
    ),
    "rival=cheaper rival.users=2": "rivals.cheaper.users=2: 0 to 1 (share of those who use nothing that uses it when it enters) is allowed; 2 % is 0.02",
    "interventions=[{week:3,set:{rival.price_usd:3}}]": "rival.price_usd: no rival is chosen; add one, such as rival=cheaper",
    "rival=cheaper interventions=[{week:3,set:{rivals:{}}}]": "interventions: week 3 sets 'rivals', which cannot change during a run",
}  # fmt: skip


@pytest.mark.parametrize("given", SENTENCES)
def test_a_rival_that_cannot_be_is_one_sentence(given):
    with pytest.raises(BadInput) as error:
        compose(*given.split())
    assert str(error.value) == SENTENCES[given]


def test_the_only_rival_needs_no_name():
    assert compose("rival=cheaper", "rival.entry_week=0") == compose("rival=cheaper", "rivals.cheaper.entry_week=0")
    assert compose("rival=cheaper").rivals["cheaper"].entry_week == 78
    assert compose().rivals == {}


def test_two_rivals_are_composed_each_of_its_file():
    rivals = compose(TWO, "rivals.cheaper.entry_week=3", "product.price_usd=10").rivals
    assert [(name, of.entry_week, of.price_usd, of.rewards_usd) for name, of in rivals.items()] == [
        ("cheaper", 3, 6.25, 0.0),
        ("discounter", 78, 10.0, 3.25),
    ]


def test_a_dated_change_reaches_one_of_two_rivals():
    change = {"week": 15, "set": {"rivals.cheaper.price_usd": 1.0}}
    model = GrowthModel(lively("weeks=30"), rng=1, interventions=[change])
    while model.week < 20:
        model.step()
    assert [of.price_usd for of in model.world.rivals.values()] == [1.0, 40.0]
