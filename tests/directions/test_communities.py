"""Communities open and close at any week. That most that are left alone die is a published pattern (tests/evidence/test_launches.py).

A sign test over n pairs that asks for all n has the error rate 2^-n under no effect.
"""

import pytest

from simulation.mesa_model import GrowthModel
from tests.worlds import lively, world

RUNNING = ("market.people=3000", "market.accounts=30000", "weeks=130")
SHARES = {"product_growth": 0.3, "advertising": 0.2, "content": 0.15, "community_team": 0.35}
WITH_COMMUNITY = {"motion.shares": SHARES, "motion.team_hours": {"welcome": 0.4, "answers": 0.3, "hosting": 0.3}}
OPENS = {"motion.community": True, "motion.launch.seed_members": 400.0, **WITH_COMMUNITY}


def run(of, seed, *interventions):
    """Return a finished model."""
    model = GrowthModel(of, rng=seed, interventions=list(interventions))
    model.run()
    return model


def test_a_community_opened_in_a_running_firm_takes_customers_first_and_grows():
    """Members grow, and customers keep more of theirs than without, all of 6 seeds (1.6 %); the seeds are billed."""
    of = world("plg", *RUNNING)
    spent = {"week": 60, "set": {"motion.shares": SHARES}}
    for seed in range(6):
        opened = run(of, seed, {"week": 60, "set": OPENS})
        members = opened.series("members")
        assert members[:60].sum() == 0
        assert opened.series("joined")[60] >= 40  # the seed members, and nobody had to come from outside
        assert opened.series("attracted_seed").sum() == 0
        assert members[-1] > members[60]
        never = run(of, seed, spent)
        assert never.series("members").sum() == 0
        assert opened.firm.by_lever[4] == never.firm.by_lever[4]  # the same money for the team, hosting or not


def test_with_neither_seeds_nor_hours_a_community_stays_empty():
    empty = {
        "motion.community": True,
        "motion.launch.seed_members": 0.0,
        "motion.launch.seed_pieces": 0.0,
        "motion.shares": SHARES,
        "motion.team_hours": {"listening": 1.0},
    }
    for seed in range(3):
        assert run(world("plg", *RUNNING), seed, {"week": 60, "set": empty}).series("members").sum() == 0
        hosted = run(world("plg", *RUNNING), seed, {"week": 60, "set": empty | {"motion.team_hours": {"hosting": 1.0}}})
        assert hosted.series("members")[-1] > 0


@pytest.mark.parametrize(("people", "rows", "founders"), [(2000, 0, 60.0), (20_000, 1, 10.0), (33_334, 2, 0.0012)])
def test_of_seed_members_what_is_less_than_a_row_founds_the_community(people, rows, founders):
    model = GrowthModel(world("clg", f"market.people={people}", "market.accounts=1000000"), rng=1)
    assert model.n_members == rows
    assert model.firm.founders == pytest.approx(founders, rel=1e-3)
    assert rows * model.firm.weight + model.firm.founders == pytest.approx(60)


def test_a_community_of_a_large_market_begins_at_few_rows_too():
    """A million accounts at 2,000 rows: the 60 seed members are less than a row, nobody hosts, and yet members come.

    As many, in accounts, as at 20,000 rows, within a quarter: the 200 or so rows that join in 3 seeds at 2,000 have a standard
    error of 4 %. Founders fall silent as members do; without them nobody joins.
    """
    team = "motions.clg.team_hours={listening:1,hosting:0,welcome:0,answers:0,introductions:0}"
    large = ("market.accounts=1000000", "weeks=52", team)
    joined = {}
    for people in (2000, 20_000):
        models = [GrowthModel(world("clg", f"market.people={people}", *large), rng=seed) for seed in range(3)]
        begun = [model.firm.founders for model in models]
        for model in models:
            model.run()
        assert all(0 < model.firm.founders < was for model, was in zip(models, begun, strict=True))
        joined[people] = sum(model.series("joined")[1:].sum() * model.firm.weight for model in models)
    assert joined[2000] == pytest.approx(joined[20_000], rel=0.25)
    none = run(world("clg", "market.people=2000", *large, "motions.clg.launch.seed_members=0"), 1)
    assert none.series("joined").sum() == none.firm.founders == 0


def test_a_closed_community_scatters_its_members():
    model = run(lively("weeks=60"), 3, {"week": 40, "set": {"motion.community": False}})
    assert model.series("members")[39] > 0
    assert (
        model.series("members")[40:].sum() == model.series("expert")[40:].sum() == model.series("ties")[40:].sum() == 0
    )
    assert model.people["live_ties"].sum() == model.people["belonging"].sum() == 0
    assert model.series("posts")[40:].sum() == 0


def test_who_is_invited_joins_sooner():
    """More customers join where the team invites than where it listens in these hours, all of 6 seeds (1.6 %)."""
    for seed in range(6):
        asked, not_ = (
            run(
                world("plg", *RUNNING),
                seed,
                {"week": 60, "set": OPENS | {"motion.team_hours": {"hosting": 0.7, task: 0.3}}},
            )
            for task in ("invitations", "listening")
        )
        assert asked.series("joined")[61:].sum() > not_.series("joined")[61:].sum()


def test_the_quiet_leave_and_who_belongs_stays():
    """Without the hazard nobody goes quiet and more are members at the end: all of 6 seeds (1.6 %)."""
    of = ("market.people=2000", "market.accounts=20000", "weeks=104")
    for seed in range(6):
        leaving, staying = (
            run(world("clg", *of, f"behaviour.advocacy.quiet_per_week={rate}"), seed) for rate in (0.05, 0.0)
        )
        assert staying.series("went_quiet").sum() == 0 < leaving.series("went_quiet").sum()
        assert staying.series("members")[-1] > leaving.series("members")[-1]
