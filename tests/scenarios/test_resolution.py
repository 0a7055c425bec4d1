"""Rows are chosen by what must be resolved: a community must not start by the luck of a few rows."""

import pytest

from simulation.scenario.compose import compose, options
from simulation.scenario.resolution import FEWEST, SEED_ROWS, seeds_of
from simulation.scenario.schema import FULL_SIZE
from simulation.scenario.warnings import notes

COMPARING = ("attribution", "regimes", "sensitivity", "uncertainty")  # take two motions at least
STUDIES = [name for name in options("study") if name not in FULL_SIZE]
COMPANIES = [name for name in options("company") if name != "bare"]
OVER = {
    "sweep": ["study.over={product.complexity: [1, 2]}"],
    "regimes": ["study.over={product.complexity: [1, 2], product.ease: [0.1, 0.5]}"],
}


@pytest.mark.parametrize("company", COMPANIES)
@pytest.mark.parametrize("study", ["compare", "optimise"])
def test_the_seed_members_of_every_company_are_rows_enough(company, study):
    config = compose(f"company={company}", f"study={study}")
    for name, motion in config.motions.items():
        market = config.world(name).market
        seeds = seeds_of(motion) * market.people / (market.accounts or market.people)
        assert seeds == 0 or seeds >= SEED_ROWS
    assert not [note for note in notes(config) if "coarse" in note]


@pytest.mark.parametrize("study", STUDIES)
def test_a_study_of_many_runs_takes_as_few_rows_as_resolve_the_market(study):
    given = [f"study={study}", *OVER.get(study, ())]
    without = ["study.of=plg", "study.against=slg"] if study in ("attribution", "sensitivity") else []
    clg = "motions=[clg,plg,slg]" if study in COMPARING else "motions=[clg]"
    assert compose(*given, "motions=[clg,plg,slg]").world("plg").market.people == 6667
    assert compose(*given, *without, "motions=[plg,slg]").world("plg").market.people == FEWEST
    assert compose(*given, clg, "company=notion").world("clg").market.people == 40_000
    assert compose(*given, clg, "company=notion", "rows=7000").world("clg").market.people == 7000
    assert compose(*given, clg, "market.people=3000").world("clg").market.people == 3000
    assert compose(*given, clg, "motions.clg.launch.seed_members=6").world("clg").market.people == 20_000


def test_a_comparison_takes_all_rows():
    assert compose("company=notion").world("clg").market.people == 40_000
    assert compose().world("clg").market.people == 20_000


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            ("market.accounts=100000",),
            ("20000 rows of 100000 accounts are coarse: the 60 seed members of clg are 12 rows, with fewer than 20 a community "
            "starts by luck; write market.people=33334"),
        ),
        (
            ("company=notion", "rows=5000"),
            ("5000 rows of 120000 accounts are coarse: the 60 seed members of clg are 2.5 rows, with fewer than 20 a community "
            "starts by luck; write rows=40000"),
        ),
        (
            ("study=optimise", "market.accounts=100000", "rows=5000"),
            ("5000 rows of 100000 accounts are coarse: the 60 seed members of clg are 3 rows, with fewer than 20 a community "
            "starts by luck; write market.people=33334 rows=33334"),
        ),
        (("study=calibrate", "motions=[clg]", "market.accounts=1000000"), ("20000 rows of 1000000 accounts are coarse: the 60 seed "
            "members of clg are 1.2 rows, with fewer than 20 a community starts by luck; write market.people=333334")),
    ],
)  # fmt: skip
def test_a_coarse_market_is_said_with_what_to_write(given, said):
    assert [note for note in notes(compose(*given)) if "coarse" in note] == [said]


@pytest.mark.parametrize("given", [("motions=[plg,slg]", "market.accounts=1000000"), ("market.people=2000",)])
def test_a_market_without_seed_members_or_with_a_row_an_account_is_not_coarse(given):
    assert not [note for note in notes(compose(*given)) if "coarse" in note]
