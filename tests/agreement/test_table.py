"""The table of people in a notebook: traits may be written, in any way and at any time; nothing else, and nothing crashes."""

import re

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.people.columns import COLUMNS
from simulation.people.counts import Total
from simulation.people.table import WRITABLE, ReadOnlyColumn
from tests.property.test_accounting import check
from tests.worlds import differing, lively, state

WEEKS = 30
KEPT = [name for name in COLUMNS if name not in WRITABLE]


def run(weeks=WEEKS, write=lambda model: None, at=(), **settings):
    """Return a small model after some weeks, written to before those in ``at``."""
    model = GrowthModel(lively(f"weeks={WEEKS}", "market.people=300"), rng=3, **settings)
    for week in range(weeks):
        if week in at:
            write(model)
        model.step()
    return model


@pytest.fixture(scope="module")
def model():
    return run()


@pytest.mark.parametrize("name", KEPT)
def test_a_column_that_the_model_keeps_refuses_every_kind_of_write(model, name):
    before, people, agent = state(model), model.people, model.agents[5]
    sentence = f"^column '{name}' is kept by the model and only to be read: .+; may be written: size_seats, need, fit, "
    for write in (
        lambda: model.agents.set(name, 3),
        lambda: model.agents.select(lambda a: a.row < 3).set(name, 3),
        lambda: setattr(agent, name, 3),
        lambda: people[name].__setitem__([1, 2], 3),
        lambda: people[name].__setitem__(slice(None), 3),
        lambda: people.__setitem__(name, 3),
        lambda: people[name].__iadd__(1),
    ):
        with pytest.raises(ReadOnlyColumn, match=sentence):
            write()
    for write in (
        lambda: people[name].fill(3),
        lambda: people[name][2:4].__setitem__(0, 3),
        lambda: people[[1, 2]].__setitem__(name, 3),
        lambda: people[5].__setitem__(name, 3),
        lambda: setattr(people.flags, "writeable", True),
        lambda: setattr(people[name].flags, "writeable", True),
        lambda: np.asarray(people[name]).__setitem__(0, 3),
        lambda: np.copyto(people[name], 3),
    ):
        with pytest.raises(ValueError, match=r"read-only|WRITEABLE"):
            write()
    assert state(model) == before


def test_what_to_do_instead_is_said(model):
    for name, instead in {
        "stage": "override a decision in a subclass of a stage and call model.use(...), or change what it rests on by an "
        "intervention",
        "variant": "call model.use(cls, rows)",
        "eagerness": "write 'affinity', which it follows, or set behaviour.engagement.encouraged or only_reads",
        "answers": "it tells what happened",
    }.items():
        with pytest.raises(
            ReadOnlyColumn, match=re.escape(f"'{name}' is kept by the model and only to be read: {instead};")
        ):
            model.people[name][0] = 1
    with pytest.raises(
        ReadOnlyColumn, match=r"people are written by column, as in model\.people\['fit'\]\[rows\] = -1\.0;"
    ):
        model.people[5] = model.people[6]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("fit", np.nan, "numbers from -50 to 1e+06, not nan"),
        ("fit", -51, "numbers from -50 to 1e+06, not -51"),
        ("affinity", 0, "numbers from 1e-06 to 1e+06, not 0"),
        ("skill", 1.5, "numbers from 0 to 1, not 1.5"),
        ("need", "much", "numbers from -50 to 1e+06, not 'much'"),
        ("need", [1, 2], "2 values do not fit 1 rows"),
    ],
)
def test_a_trait_takes_only_what_it_can_be(model, name, value, said):
    before = state(model)
    for write in (lambda: setattr(model.agents[5], name, value), lambda: model.people[name].__setitem__([5], value)):
        with pytest.raises(ValueError, match=re.escape(f"column '{name}'") + ".*" + re.escape(said)):
            write()
    assert state(model) == before


def test_satisfaction_is_for_customers_and_belonging_for_members(model):
    stranger = int(np.flatnonzero((model.people["stage"] == 0) & (model.people["member"] == 0))[0])
    for name, whose in (("satisfaction", "customers"), ("belonging", "members")):
        with pytest.raises(ValueError, match=f"^column '{name}' is for {whose}, and row {stranger} is none of them$"):
            model.agents.at(stranger).__setattr__(name, 0.5)


def _by_table(model):
    for name, value in (("need", 3.0), ("fit", -2.0), ("affinity", 20.0), ("size_seats", 400.0)):
        model.people[name][::3] = value
    model.people["aptitude"] *= 2


def _by_agents(model):
    for agent in model.agents.select(lambda a: a.row % 3 == 0):
        agent.need, agent.fit, agent.affinity, agent.size_seats = 3.0, -2.0, 20.0, 400.0
    for agent in model.agents:
        agent.aptitude = 2 * agent.aptitude


def _by_sets(model):
    some = model.agents.select(lambda a: a.row % 3 == 0)
    some.set("need", 3.0).set("fit", -2.0).set("affinity", 20.0).set("size_seats", 400.0)
    model.people["aptitude"][:] = np.minimum(2 * model.people["aptitude"], 1e6)


@pytest.mark.parametrize("write", [_by_table, _by_agents, _by_sets])
def test_traits_written_in_mid_run_give_the_same_bytes_as_with_every_bound_at_one(write):
    at = (3, 9, 20)
    written, asked = run(write=write, at=at), run(write=write, at=at, bound_one=True)
    assert differing(written, asked) == []
    assert "stage" in differing(written, run())
    assert differing(written, run(write=_by_table, at=at)) == []


def test_states_written_in_mid_run_give_the_same_bytes_as_with_every_bound_at_one():
    def write(model):
        model.agents.select(lambda a: a.row % 2 == 0).set("skill", 0.9)
        model.agents.select(lambda a: a.stage in (3, 4)).set("satisfaction", 0.1)
        model.agents.select(lambda a: a.member == 1).set("belonging", 0.8)

    written, asked = run(write=write, at=(5, 15)), run(write=write, at=(5, 15), bound_one=True)
    assert differing(written, asked) == []
    assert "stage" in differing(written, run())


def test_the_books_are_kept_whatever_traits_are_written():
    rng = np.random.default_rng(1)

    def write(model):
        rows = rng.integers(0, model.n, 60)  # some of them twice
        for name in ("size_seats", "need", "fit", "affinity"):
            low, high, _ = WRITABLE[name]
            model.people[name][rows] = rng.choice([low, high, 1.0, 30.0], rows.size)
        pays = np.isin(model.people["stage"], (3, 4))
        model.people["satisfaction"][pays] = rng.random(pays.sum())
        check(model)

    model = run(write=write, at=range(WEEKS))
    check(model)
    selling = (model.people["stage"] == 2) & (model.people["door"] == 3)
    per_ln_size = model.world.prices.seller_hours_per_deal_ln_size
    slots = np.floor(16 * (1 + per_ln_size * np.log(model.people["size_seats"][selling].astype(float))))
    assert model.counts.totals[:, Total.DEALS].sum() == slots.sum()


def test_everything_else_that_is_handed_out_is_read_only(model):
    before = state(model)
    for write in (
        lambda: model.counts.totals.__setitem__(..., -1),
        lambda: model.counts.lives.__setitem__(0, model.counts.lives[1]),
        lambda: model.net.indices.__setitem__(0, 10**9),
        lambda: model.network.indptr.__setitem__(1, 10**9),
        lambda: model.members.__setitem__(0, 10**9),
        lambda: model.series("customer").__setitem__(0, 5),
        lambda: model.desk.rows.__setitem__(..., 10**9),
        lambda: model.libraries.__setitem__(0, model.libraries[0]),
        lambda: model.firm.purse.__setitem__(0, 10**9),
        lambda: model.keys.__setitem__(..., 1),
    ):
        with pytest.raises(ValueError, match="read-only"):
            write()
    for write in (
        lambda: setattr(model.firm, "quality", np.nan),
        lambda: setattr(model.desk.screen, "everything", 1),
        lambda: setattr(model.counts, "lives", None),
    ):
        with pytest.raises(
            (AttributeError, TypeError), match="own account: settings change by an intervention|can't set attribute"
        ):
            write()
    for name in ("network", "people", "agents", "week", "record", "counts", "world", "decisions"):
        with pytest.raises(
            AttributeError, match=rf"^model\.{name} is the model's own account and only to be read: settings"
        ):
            setattr(model, name, None)
    record = model.record
    record.cohort_revenue[:], record.weeks[:], record.lives["row"] = 0, 0, 7
    assert state(model) == before
    assert model.record.cohort_revenue.any()


def test_a_copy_of_the_table_is_an_ordinary_array(model):
    copy = model.people.copy()
    copy["stage"][:] = 3
    copy[4] = copy[5]
    columns = model.people["seats"].copy()
    columns += 1
    assert (copy["stage"] == 3).all() and (columns == model.people["seats"] + 1).all()
    assert type(model.people["fit"] * 2) is np.ndarray


def test_settings_in_force_are_read_only(model):
    for write in (
        model.world.market.segments.clear,
        lambda: model.world.motion.shares.update(sales=2.0),
        lambda: model.config.switches.__setitem__("ties", None),
        lambda: model.config.interventions.append(3),
    ):
        with pytest.raises(
            TypeError, match="^settings are read-only: compose them anew, or give GrowthModel their dotted paths$"
        ):
            write()
