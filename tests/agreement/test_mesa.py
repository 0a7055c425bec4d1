"""The model is a Mesa model, on every Mesa it supports."""

import copy
import gc
import warnings
import weakref

import mesa
import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer, Expert, Former, Newcomer, Prospect
from tests.worlds import lively, state, world


@pytest.fixture(scope="module")
def model():
    model = GrowthModel(lively("weeks=40"), rng=3)
    model.run()
    return model


def test_agents_are_mesa_agents_of_the_class_of_their_stage(model):
    assert isinstance(model, mesa.Model)
    assert len(model.agents) == 400
    by_type = model.agents_by_type
    assert sum(len(by_type[cls]) for cls in (Prospect, Newcomer, Customer, Expert, Former)) == 400
    assert len(by_type[Expert]) == int((model.people["stage"] == 4).sum()) > 0
    assert all(type(agent) is Expert and isinstance(agent, Customer) for agent in by_type[Expert])
    assert set(model.agent_types) == {Prospect, Newcomer, Customer, Expert, Former}


def test_agent_sets_select_group_and_aggregate(model):
    rich = model.agents.select(lambda a: a.seats > 3)
    assert len(rich) == int((model.people["seats"] > 3).sum())
    assert model.agents.agg("seats", sum) == int(model.people["seats"].sum())
    groups = model.agents.groupby("segment").count()
    assert groups == dict(
        zip(*(x.tolist() for x in np.unique(model.people["segment"], return_counts=True)), strict=True)
    )
    assert model.agents.get(["stage", "row"])[7] == [int(model.people["stage"][7]), 7]


def test_a_view_is_kept_and_follows_its_row():
    model = GrowthModel(lively("weeks=40"), rng=3)
    agent = model.agents.at(int(GrowthModel(lively("weeks=40"), rng=3).run().lives["row"][0]))
    classes = [type(agent)]
    for _ in range(40):
        model.step()
        assert agent is model.agents.at(agent.row)
        classes.append(type(agent))
    assert Customer in classes
    agent.fit = 0.25
    assert model.people["fit"][agent.row] == np.float32(0.25)


def test_the_data_collector_works_when_asked():
    model = GrowthModel(lively("weeks=5"), rng=3)
    for _ in range(5):
        model.step()
        model.datacollector.collect(model)
    frame = model.datacollector.get_model_vars_dataframe()
    assert frame["customer"].tolist() == model.series("customer").tolist()


def test_mesa_batch_run_sweeps_dotted_settings():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        rows = mesa.batch_run(
            GrowthModel, {"market.people": [200], "product.price_usd": [20.0, 60.0], "weeks": [6], "collect": [True]},
            number_processes=1, max_steps=6, data_collection_period=-1, display_progress=False,
        )  # fmt: skip
    assert {row["product.price_usd"] for row in rows} == {20.0, 60.0}


def test_a_copy_goes_the_same_way_and_models_are_freed():
    model = GrowthModel(world("clg", "market.people=200", "weeks=12"), rng=1)
    model.step()
    twin = copy.deepcopy(model)
    model.run(), twin.run()
    assert state(model) == state(twin)
    gone = weakref.ref(twin)
    del twin
    gc.collect()
    assert gone() is None


def test_a_view_knows_its_contacts_its_friends_and_how_it_came(model):
    rows = np.flatnonzero(model.people["live_ties"] > 0)
    agent = model.agents.at(int(rows[0]))
    assert agent in [back for friend in agent.friends for back in friend.friends]
    assert all(agent in contact.contacts for contact in agent.contacts) and agent.contacts
    channel, door = agent.came_by
    assert channel != "none" and door in {"none", "community", "trial", "sales"}


@pytest.mark.parametrize("go_on", ["step", "run_for", "run_until"])
def test_after_an_error_no_way_to_run_passes_in_silence(go_on):
    class Failing(Prospect):
        def attraction(self):
            raise ZeroDivisionError

    model = GrowthModel(world("clg", "market.people=100", "weeks=30"), rng=1)
    if not hasattr(model, go_on):
        pytest.skip("this Mesa has no such way to run")
    model.use(Failing)
    with pytest.raises(ZeroDivisionError):
        model.step()
    for _ in range(2):
        with pytest.raises(RuntimeError, match="^week 0 has begun and is not over: "):
            getattr(model, go_on)(*[] if go_on == "step" else [model.time + 3])
    assert model.week == 0
