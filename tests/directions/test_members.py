"""Who is in a community: readers, members, those who never join; one arrow a test.

The same people and luck on both sides. An effect is judged by its mean paired difference at two standard errors (error rate 2.5 % an
effect).
"""

from functools import cache

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.people.audience import silent_share
from simulation.scenario.compose import compose
from simulation.studies.members import _gap, observe
from tests.directions.test_growth import larger

pytestmark = pytest.mark.slow
SEEDS = range(10)


@cache
def world(motion, company="reference"):
    return compose(f"company={company}", "rows=10000", f"motions=[{motion}]").world(motion)


def measured(motion, name, company="reference", **settings):
    return [measure(GrowthModel(world(motion, company), rng=seed, **settings).run())[name] for seed in SEEDS]


ARROWS = {  # setting: (motion, more, less, metric, sign)
    "behaviour.reading.reads_on": ("clg", 0.9, 0.0, "readers_end", 1),
    "behaviour.reading.stop_per_week": ("clg", 0.2, 0.01, "readers_end", -1),
    "behaviour.reading.look_again_per_week": ("clg", 0.03, 0.0, "content_views", 1),
    "behaviour.engagement.only_reads": ("clg", 0.6, 0.0, "customers_in_community", -1),
    "behaviour.engagement.drops_out_at_once": ("plg", 0.9, 0.3, "sign_up_to_paid_60_days", -1),
    "platform.searchability": ("clg", 1.0, 0.1, "readers_end", 1),
}


@pytest.mark.parametrize("path", ARROWS)
def test_an_arrow_of_who_is_in_a_community(path):
    motion, more, less, metric, sign = ARROWS[path]
    high, low = (measured(motion, metric, **{path: x}) for x in (more, less))
    larger(*((high, low) if sign > 0 else (low, high)))


def test_nobody_reads_where_nobody_reads_on_or_only_reads():
    none = {"behaviour.reading.reads_on": 0.0, "behaviour.engagement.only_reads": 0.0}
    record = GrowthModel(world("clg"), rng=1, **none).run()
    assert record.series("readers").max() == 0 < record.series("members")[-1]


def test_who_never_joins_never_does():
    """Not even as a seed member; they come in by the community's door all the same, and buy."""
    record = GrowthModel(world("clg"), rng=1, **{"behaviour.engagement.only_reads": 1.0}).run()
    assert record.series("members").max() == record.series("joined").sum() == 0
    assert record.series("posts").sum() == 0


COMPANIES = ("reference", "slack", "lego_ideas", "figma")  # the last three nobody fitted


@pytest.mark.parametrize("company", COMPANIES)
def test_most_of_an_audience_never_writes(company):
    """V30 asks for 60 to 97 % on the reference's experiment; here the shipped scenario."""
    silent = everyone = 0
    for seed in range(5):
        model = GrowthModel(world("clg", company), rng=seed)
        model.run()
        quiet, there = silent_share(model.people, model.week)
        silent, everyone = silent + quiet, everyone + there
    assert 0.6 < silent / everyone < 0.97


@pytest.mark.parametrize("company", COMPANIES)
def test_customers_are_members_or_not_under_every_motion_with_a_community(company):
    for motion in ("clg", "hybrid", "community_assisted_plg"):
        assert 0.2 < np.mean(measured(motion, "customers_in_community", company=company)) < 0.8


@pytest.mark.parametrize("company", COMPANIES)
def test_more_is_influenced_by_a_community_than_sourced_and_both_most_where_there_is_nothing_else(company):
    clg, hybrid = (
        {name: np.array(measured(motion, name, company=company)) for name in ("sourced_share", "influenced_share")}
        for motion in ("clg", "hybrid")
    )
    for of in (clg, hybrid):
        assert (of["sourced_share"] <= of["influenced_share"]).all() and (of["influenced_share"] < 1).all()
    larger(clg["sourced_share"], hybrid["sourced_share"])
    larger(hybrid["influenced_share"], hybrid["sourced_share"])  # some read or join before another door sells to them


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("motion", ["community_assisted_plg", "hybrid"])
def test_who_ever_joined_looks_more_loyal_than_members_of_a_day(motion, company):
    """Who stays longest has most time to join: each market's gap by who ever joined, less that of members on a day (immortal time)."""
    town = compose(f"company={company}", "rows=20000", f"motions=[{motion}]", "weeks=156").world(motion)
    parts = [observe(town, seed, 78) for seed in range(20)]
    larger([_gap(part["ever"]) for part in parts], [_gap(part["naive"]) for part in parts])
