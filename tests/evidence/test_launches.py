"""E13: which new communities live, and whether a welcome brings newcomers back: what is observed and what is concluded of it."""

import numpy as np
import pytest

from simulation.evidence.experiments import EXPERIMENTS, FIRST_SEED, at_its_size
from simulation.evidence.history import FIRST_TIES_WEEKS, watch_posts
from simulation.evidence.launches import SIZES, conclude_launches, conclude_welcome, observe_welcome
from simulation.evidence.targets import targets
from tests.worlds import lively, world


def test_without_an_effect_the_halves_hold_all_newcomers_of_a_run_that_nobody_touches():
    config = lively(
        "weeks=60", "behaviour.engagement.welcome_belonging=0", "behaviour.engagement.encouraged=0.5",
        "behaviour.engagement.encouragement=1",
    )  # fmt: skip
    found = observe_welcome(config, 5)
    _, who = watch_posts(config, 5)
    new = (who.first_post > 0) & (who.first_post < 60 - FIRST_TIES_WEEKS)
    assert found["welcomed"][0] + found["others"][0] == new.sum() > 50
    assert 0.3 < found["welcomed"][0] / new.sum() < 0.7
    assert 0 < found["welcomed"][1] < found["welcomed"][0]


def test_a_welcome_counts_by_the_relative_risk_of_another_contribution():
    parts = [{"welcomed": (40, 20), "others": (60, 20)}, {"welcomed": (60, 40), "others": (40, 20)}]
    assert conclude_welcome(parts)["V29"].value() == pytest.approx((60 / 100) / (40 / 100))


@pytest.mark.parametrize("which", [0, 1])
def test_people_and_pieces_are_told_apart_by_what_decides_who_lives(which):
    """Of 1,000 launches those live in which one of the two is large: its coefficient is the larger one, whatever the unit."""
    draw = np.random.default_rng(2)
    large = draw.normal(size=(1000, 2))
    alive = draw.random(1000) < 1 / (1 + np.exp(-2 * large[:, which]))
    counts = np.exp(large * (1.0, 0.2) + (4, 2))
    parts = [{"alone": [1, 0, 0], "staffed": [0, 0, 0], "varied": list(zip(*counts.T, alive, strict=True))}]
    found = conclude_launches(parts)
    assert np.sign(found["V28c"].value()) == (1 if which == 0 else -1)
    assert found["V28a"].value() == pytest.approx(1 / 3) and found["V28b"].value() == 0


@pytest.mark.slow
@pytest.mark.parametrize("name", ["launch", "welcome"])
def test_the_patterns_of_a_launch_hold(name):
    """V28a to V28c and V29 on a fifth of the seeds of `study=validate`, inside their ranges with two standard errors to spare of V28a
    (150 communities in three sizes of market: 0.04)."""
    e = next(e for e in EXPERIMENTS if e.name == name)
    base = at_its_size(world("clg"), "clg", e.settings)
    found = e.conclude([e.observe(base, FIRST_SEED + k) for k in range(e.seeds // 5)])
    assert len(SIZES) == 3
    ranges = {t.id: t for t in targets()}
    for row, statistic in found.items():
        assert ranges[row].low <= statistic.value() <= ranges[row].high, row
