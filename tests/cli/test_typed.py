"""Numbers as people type them: read where they can mean one thing and said back, else refused with what to write."""

import pytest

from simulation.scenario.compose import compose, composed
from simulation.scenario.errors import BadInput
from simulation.scenario.quantity import read
from simulation.scenario.schema import Config
from simulation.scenario.settings import said_of
from simulation.scenario.typed import asked_of

BUDGET, PRICE, CHURN = "budget.usd_per_account_per_week", "product.price_usd", "market.segments.smaller.churn_per_week"
READ = {
    "product.gross_margin": {"75%": 0.75, "7 %": 0.07, "75 pct": 0.75, "5 pp": 0.05, "300 bps": 0.03, "1e-1": 0.1},
    "behaviour.help.belonging_decay_per_week": {"6 %": 0.06, "6 %/week": 0.06, "20 %/month": 1 - 0.8 ** (12 / 52)},
    "seeds": {"20k": 20_000, "20 K": 20_000, "1e3": 1000, "2 thousand": 2000},
    "market.accounts": {
        "1.5M": 1_500_000, "1,500,000": 1_500_000, "1.500.000": 1_500_000, "15 000": 15_000, "15'000": 15_000, "1_500": 1500,
        "2 mio.": 2_000_000, "0.5bn": 500_000_000, "2 million": 2_000_000,
    },
    "weeks": {
        "3years": 156, "3 years": 156, "3 Y": 156, "7 months": 30, "1.5 months": 6, "2 quarters": 26, "42 days": 6, "6 weeks": 6,
    },
    "product.quality": {"1.125": 1.125},  # 1125 is not allowed, so it can mean one thing
    PRICE: {
        "49 USD/seat/month": 49, "$49": 49, "49 $": 49, "US$49": 49, "49 USD": 49, "588 USD/seat/year": 49, "588 USD per user a year": 49,
        "12k USD/seat/year": 1000, "1.234,50": 1234.5, "1,234.50": 1234.5, "12.1250": 12.125, ".5": 0.5, "49,00": 49,
    },
    BUDGET: {"52 USD/account/year": 1, "1.5M USD/year": 1.5e6 / 52 / 20_000, "USD 1.5m / year": 1.5e6 / 52 / 20_000, "$2": 2},
    "prices.manager_usd_per_week": {"104k USD/year": 2000},
    "prices.event_usd": {"2k": 2000, "2k USD/event": 2000},
    "prices.moderator_usd_per_hour": {"35 USD/hour": 35},
}  # fmt: skip
PER_SEAT = "USD per seat and month are needed; write product.price_usd"
REFUSED = {
    (PRICE, "1.500"): "is it 1500 or 1.5? write product.price_usd=1500 or product.price_usd=1.5",
    (PRICE, "1,500"): "is it 1500 or 1.5? write product.price_usd=1500 or product.price_usd=1.5",
    (PRICE, "1.125"): "is it 1125 or 1.125? write product.price_usd=1125 or product.price_usd=1.1250",
    (PRICE, "1,500 USD"): "is it 1500 or 1.5? write product.price_usd=1500 USD or product.price_usd=1.5 USD",
    (PRICE, "49 USD/month"): f"{PER_SEAT}=49 USD/seat/month",
    (PRICE, "1k"): f"{PER_SEAT}=1k USD/seat/year",
    (PRICE, "€49"): "no currency is converted here; write it in USD",
    (PRICE, "349 kr."): "no currency is converted here; write it in USD",
    (BUDGET, "1.5M"): (
        f"USD per account and week are needed; write {BUDGET}=1.5M USD/account/year, or 1.5M USD/year for all accounts"
    ),
    ("prices.manager_usd_per_week", "104k"): (
        "USD per week are needed; write prices.manager_usd_per_week=104k USD/year"
    ),
}
NOT_READ = {  # said with all else that is wrong
    ("weeks", "3 moons"): "a whole number (weeks) is needed",
    ("weeks", "1.5"): "a whole number (weeks) is needed",
    ("weeks", "75%"): "this is a share; a whole number (weeks) is needed",
    (PRICE, "75%"): "this is a share; a number (USD per seat and month) is needed",
    (PRICE, "-3"): "0 to 1e+06 (USD per seat and month) is allowed",
    (PRICE, "4-6 USD"): (
        "this is a range, and what hangs on it is for study=uncertainty; a number (USD per seat and month) is needed"
    ),
    ("product.gross_margin", "2k"): "a number (share) is needed",
    (CHURN, "2k"): "a number (hazard, monthly contract, average person) is needed",
    (CHURN, "4 %/month"): (
        "this is a hazard a week before what protects, no share of customers lost; write known.monthly_churn=4 %/month"
    ),
    ("behaviour.engagement.trial_per_week", "4 %"): "this is a share; a number (hazard) is needed",
}


def number(path: str, text: str):
    return read(path, text, asked_of(path, said_of(Config, path.split(".")), accounts=20_000)).value


@pytest.mark.parametrize("path", READ)
def test_what_can_mean_one_thing_is_read(path):
    assert {text: number(path, text) for text in READ[path]} == pytest.approx(READ[path], rel=1e-14)
    whole = int in said_of(Config, path.split("."))
    assert all(type(number(path, text)) is (int if whole else float) for text in READ[path])


@pytest.mark.parametrize(("path", "text"), REFUSED)
def test_what_can_mean_two_things_is_refused_with_what_to_write(path, text):
    with pytest.raises(BadInput) as error:
        number(path, text)
    assert str(error.value) == f"{path}={text}: {REFUSED[path, text]}"


@pytest.mark.parametrize(("path", "text"), NOT_READ)
def test_what_is_no_single_number_is_said_with_all_else_that_is_wrong(path, text):
    with pytest.raises(BadInput) as error:
        compose(f"{path}={text}", "product.ease=2")
    assert set(str(error.value).splitlines()) == {
        f"{path}={text}: {NOT_READ[path, text]}",
        "product.ease=2: 0 to 1 (share) is allowed; 2 % is 0.02",
    }


def test_what_was_read_is_said_with_its_unit():
    found = composed(
        "product.gross_margin=75%", "weeks=3years", "market.accounts=20k", f"{BUDGET}=1.5M USD/year", "seeds=3"
    )
    assert found.read == (
        "weeks=3years: read as 156 (weeks)",
        "product.gross_margin=75%: read as 0.75 (share)",
        "market.accounts=20k: read as 20,000 (accounts)",
        f"{BUDGET}=1.5M USD/year: read as 1.442307692 (USD)",
    )
    assert found.config.budget.usd_per_account_per_week == pytest.approx(1.5e6 / 52 / 20_000)


def test_a_whole_number_that_a_point_or_comma_parts_is_said_back():
    """It can mean one thing, but looks like 1.5."""
    assert composed("weeks=1.500").read == ("weeks=1.500: read as 1,500 (weeks)",)
    assert composed("weeks=1,500").read == ("weeks=1,500: read as 1,500 (weeks)",)
    assert composed("weeks=1500", "seeds=1e1").read == ()


def test_a_budget_of_all_accounts_needs_to_know_how_many_there_are():
    with pytest.raises(BadInput, match=f"write {BUDGET}=1.5M USD/account/year$"):
        compose("market.network.file=edges.csv", f"{BUDGET}=1.5M USD/year")


def test_values_inside_a_sweep_and_a_dated_change_are_read_too():
    swept = compose(
        "study=sweep", "study.over={product.price_usd: [$10, 24 USD/seat/year], motion.adaptive.step: [5%]}"
    )
    assert swept.study.over == {"product.price_usd": [10, 2], "motion.adaptive.step": [0.05]}
    changed = compose("interventions=[{week: 3, set: {product.gross_margin: 50%}}]")
    assert changed.interventions[0].set == {"product.gross_margin": 0.5}
    planned = compose(
        "motions=[clg]", "motions.clg.plan=[{week: 1 year, set: {launch.factor: 1, launch.weeks: 2 quarters}}]"
    )
    assert planned.motions["clg"].plan[0].week == 52 and planned.motions["clg"].plan[0].set["launch.weeks"] == 26
    span = compose("study=sweep", "study.over={product.gross_margin: {low: 50 %, high: 0.8, n: 3}}")
    assert span.study.over["product.gross_margin"].low == 0.5


def test_amounts_are_read_in_the_currency_of_the_scenario():
    for typed in ("currency=EUR", "currency=eur", "currency=€"):
        found = composed(typed, "product.price_usd='20 €'")
        assert found.config.currency == "EUR" and found.config.product.price_usd == 20
        assert found.read == ("product.price_usd=20 €: read as 20 (EUR per seat and month)",)
    assert compose("currency=DKK", "product.price_usd='349 kr.'").product.price_usd == 349
    for given, sentence in {
        (
            "currency=EUR",
            "product.price_usd='$20'",
        ): "product.price_usd=$20: no currency is converted here; write it in EUR",
        (
            "currency=EUR",
            "product.price_usd='20 USD'",
        ): "product.price_usd=20 USD: no currency is converted here; write it in EUR",
        (
            "currency=EUR",
            "product.price_usd='1k'",
        ): "product.price_usd=1k: EUR per seat and month are needed; write product.price_usd=1k EUR/seat/year",
        (
            "currency=EUR",
            "product.price_usd=-1",
        ): "product.price_usd=-1: 0 to 1e+06 (EUR per seat and month) is allowed",
        (
            "currency=EUR",
            "product.price_usd=much",
        ): "product.price_usd=much: a number (EUR per seat and month) is needed",
        ("currency=kr",): "currency=kr: write the three letters of a currency, such as EUR or DKK",
        ("currency=euros",): "currency=euros: write the three letters of a currency, such as EUR or DKK",
    }.items():
        with pytest.raises(BadInput) as error:
            compose(*given)
        assert str(error.value) == sentence
