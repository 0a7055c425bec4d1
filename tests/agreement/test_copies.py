"""Copies go the same way, whatever carries them; seeds of every kind that Mesa takes; Mesa's own batch runs."""

import copy
import inspect
import pickle
import warnings

import mesa
import numpy as np
import pytest
from mesa.datacollection import DataCollector

from simulation.mesa_model import GrowthModel
from simulation.people.agents import Customer, Expert
from tests.worlds import lively, state


class Loyal(Customer):
    def retention(self):
        outcome = super().retention()
        return 0 if outcome == 1 and self.live_ties > 0 else outcome


class Keen(Expert):
    def asking(self):
        return 1


def begun(**settings):
    """Return a small model in mid-run, with overrides and agents that somebody holds."""
    model = GrowthModel(lively("weeks=24", "market.people=200"), rng=3, **settings)
    model.use(Loyal)
    model.use(Keen, np.arange(100))
    for _ in range(12):
        model.step()
    model.favourite, model.everybody = model.agents[7], model.agents
    return model


WAYS = {"deepcopy": copy.deepcopy, "pickle": lambda x: pickle.loads(pickle.dumps(x))}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("settings", [{}, {"threads": 2}, {"driver": "agents"}, {"bound_one": True}])
def test_a_copy_of_a_model_goes_the_same_way(way, settings):
    model = begun(**settings)
    twin = WAYS[way](model)
    assert state(twin) == state(model)
    assert twin.favourite is twin.agents[7]
    assert twin.favourite.model is twin
    assert [type(a).__name__ for a in twin.agents] == [type(a).__name__ for a in model.agents]
    before = state(model)
    twin.run()
    assert state(model) == before
    model.run()
    assert state(model) == state(twin)
    assert twin.datacollector.get_model_vars_dataframe().equals(model.datacollector.get_model_vars_dataframe())


@pytest.mark.parametrize("way", WAYS)
def test_agents_and_their_sets_are_copied_with_their_model(way):
    model = begun()
    agent = model.agents[7]
    twin = WAYS[way](agent)
    assert twin is not agent
    assert (twin.row, type(twin).__name__, twin.stage) == (7, type(agent).__name__, agent.stage)
    assert twin is twin.model.agents[7]
    some = WAYS[way](model.agents.select(lambda a: a.row < 20))
    assert [a.row for a in some] == list(range(20))
    everybody = WAYS[way](model.agents)
    assert everybody.get("stage") == model.agents.get("stage")
    assert everybody[3].model is not model
    assert copy.copy(agent) is agent


SEEDS = {
    "int": lambda: 5,
    "numpy int": lambda: np.int64(5),
    "large int": lambda: 2**63 + 5,
    "huge int": lambda: 2**200,
    "sequence": lambda: [1, 2, 3],
    "array": lambda: np.array([1, 2, 3]),
    "seed sequence": lambda: np.random.SeedSequence(5),
    "generator": lambda: np.random.default_rng(5),
    "bit generator": lambda: np.random.PCG64(5),
}


@pytest.mark.parametrize("kind", SEEDS)
def test_a_seed_of_any_kind_decides_the_run(kind):
    def run(seed):
        model = GrowthModel(lively("weeks=4", "market.people=60"), rng=seed)
        model.run()
        return state(model)

    assert run(SEEDS[kind]()) == run(SEEDS[kind]()) != run(6)
    if kind == "numpy int":
        assert run(np.int64(5)) == run(5)


def test_without_a_seed_every_model_is_another():
    one, other = (GrowthModel(lively("weeks=4", "market.people=60")) for _ in range(2))
    assert state(one) != state(other)


def batch(parameters, **settings):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return mesa.batch_run(
            GrowthModel, {"market.people": [150], "weeks": [6], **parameters}, number_processes=1, display_progress=False,
            **settings,
        )  # fmt: skip


@pytest.mark.parametrize("collect", [{}, {"collect": [True]}])
def test_mesas_batch_run_needs_no_collecting(collect):
    by_keyword = "rng" in inspect.signature(mesa.batch_run).parameters
    seed = ({}, {"rng": [1]}) if by_keyword else ({"rng": [1]}, {})
    rows = batch({"product.price_usd": [20.0, 60.0]} | collect | seed[0], data_collection_period=1, **seed[1])
    assert len(rows) == 12
    model = GrowthModel(rng=1, **{"market.people": 150, "weeks": 6, "product.price_usd": 60.0})
    model.run()
    assert [row["prospect"] for row in rows if row["product.price_usd"] == 60.0] == model.series("prospect").tolist()


def test_a_collector_of_ones_own_is_called_every_week():
    class Watched(GrowthModel):
        def __init__(self, **settings):
            super().__init__(collect=True, **settings)
            self.datacollector = DataCollector({"members": "n_members"}, agent_reporters={"seats": "seats"})

    model = Watched(rng=1, **{"market.people": 50, "weeks": 5})
    model.run()
    assert model.datacollector.get_model_vars_dataframe()["members"].tolist() == model.series("members").tolist()
    assert len(model.datacollector.get_agent_vars_dataframe()) == 5 * 50


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"driver": "agent"}, "^driver='agent': compiled or agents is allowed$"),
        ({"threads": 0}, "^threads=0: a whole number from 1 is needed$"),
        ({"threads": 1.5}, r"^threads=1\.5: a whole number from 1 is needed$"),
    ],
)
def test_a_wrong_way_to_run_is_refused(settings, said):
    with pytest.raises(ValueError, match=said):
        GrowthModel(lively("weeks=4", "market.people=60"), rng=1, **settings)
