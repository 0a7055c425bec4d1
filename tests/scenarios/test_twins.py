"""Settings that mean something only beside another one follow it, unless they are given."""

from pathlib import Path

import pytest

from simulation.cli import main
from simulation.mesa_model import GrowthModel
from simulation.runs.design import grid
from simulation.scenario.compose import compose, world_at
from simulation.scenario.warnings import notes
from tests.worlds import world

PLG = "motions=[plg]"
PRICE, USED_TO = "product.price_usd", "product.reference_price_usd"


def test_the_reference_price_follows_the_price_of_the_documented_template(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = Path("scenarios/company/mine.yaml")
    file.parent.mkdir(parents=True)
    file.write_text("# @package _global_\ndefaults:\n  - reference\nproduct: {price_usd: 12.0, complexity: 0.7}\n")
    config = compose("company=mine", "rival=cheaper", "loyalty=points", PLG)
    assert config.product.reference_price_usd == 12.0
    assert (config.rivals["cheaper"].price_usd, config.loyalty.rewards_usd) == (7.5, 1.2)


def test_a_reference_price_that_is_given_stays():
    product = compose("product.price_usd=12", "product.reference_price_usd=40", PLG).product
    assert (product.price_usd, product.reference_price_usd) == (12, 40)


def test_a_sweep_of_the_price_is_a_change_in_a_market_that_is_used_to_the_old_one():
    base = world("plg", "product.price_usd=30")
    for point in grid({PRICE: [10, 60]}, base):
        assert world_at(base, "plg", point).product.reference_price_usd == 30
    rise = compose("shock=price_rise", "product.price_usd=30", PLG).world("plg").timeline()
    assert [(w.product.price_usd, w.product.reference_price_usd) for w in rise.values()] == [(30, 30), (45, 30)]


def test_a_firm_of_another_price_wins_as_many_and_one_that_lowers_its_price_wins_more():
    small = ("market.people=400", "market.accounts=20000", "weeks=60", "behaviour.attraction.ambient_per_week=0.02")

    def won(*overrides, **settings):
        return GrowthModel(world("plg", *small, *overrides), rng=1, **settings).run().lives.size

    assert won() == won("product.price_usd=12")
    assert won(**{PRICE: 12.0}) == won("product.price_usd=12", "product.reference_price_usd=40") > 1.2 * won()


@pytest.mark.parametrize(
    ("override", "path", "follows"),
    [
        ("product.quality=2", "product.quality_ceiling", 3.2),
        ("product.quality=2 rival=like_us", "rivals.like_us.quality", 2),
        ("product.quality=2 rival=better_but_empty", "rivals.better_but_empty.quality", 3.0),
        ("product.quality=2 rival=better_but_empty rival.quality=1.5", "rivals.better_but_empty.quality", 1.5),
        (
            "product.quality=2 study=shocks",
            "study.rival",
            {"quality": 3.0, "community": 0.0, "reach_per_week": 0.2, "switching_per_week": 0.02},
        ),
        ("behaviour.adoption.sales_cycle_weeks=20", "behaviour.adoption.seller_patience_weeks", 29),
        ("company=sap", "behaviour.adoption.seller_patience_weeks", 52),
        ("market.accounts=5000", "market.people", 5000),
        ("market.accounts=50000", "market.people", 20000),
        ("company=bare product.price_usd=3", "product.reference_price_usd", 3),
    ],
)
def test_a_setting_follows_the_one_it_is_relative_to(override, path, follows):
    found = compose(*override.split(), PLG)
    for name in path.split("."):
        found = found[name] if isinstance(found, dict) else getattr(found, name)
    assert found == follows


def test_a_row_never_stands_for_less_than_an_account_in_a_sweep_either():
    base = world("plg", "market.people=2000")
    points = grid({"market.accounts": [500, 8000]}, base)
    assert [world_at(base, "plg", point).market.people for point in points] == [500, 2000]


def test_what_a_sweep_of_the_price_asks_is_said():
    sweep = ("study=sweep", PLG, "product.price_usd=30")
    assert notes(compose(*sweep, "study.over={product.price_usd: [20, 40]}")) == [
        (
            "study.over: product.price_usd is changed in a market that is used to 30 USD; for firms of different prices, a command "
            "each: --multirun product.price_usd=..."
        )
    ]
    both = "study.over={product.price_usd: [20, 40], product.reference_price_usd: [20, 40]}"
    assert notes(compose(*sweep, both)) == []


def test_sellers_without_patience_are_said():
    given = ("behaviour.adoption.sales_cycle_weeks=20", "behaviour.adoption.seller_patience_weeks=15")
    assert notes(compose(*given, "motions=[slg]")) == [
        (
            "behaviour.adoption.seller_patience_weeks=15: sellers move on before a sales cycle of 20 weeks is over, so they sell next "
            "to nothing"
        )
    ]
    assert notes(compose(*given, PLG)) == []


def test_a_price_of_nothing_needs_the_price_people_are_used_to(capsys):
    assert main(["product.price_usd=0", PLG]) == 2
    assert capsys.readouterr().err.strip() == (
        "product.price_usd=0: what the market is used to pay follows the price and is 0.01 or more; give "
        "product.reference_price_usd as well"
    )
    assert compose("product.price_usd=0", "product.reference_price_usd=5", PLG).product.price_usd == 0
