"""What was read, said back so that a wrong unit shows."""

import numpy as np
import pytest

from simulation.evidence.exports import TEMPLATES, Exports, read_exports
from simulation.evidence.readback import read_back
from simulation.scenario.errors import BadInput
from tests.worlds import world

MARKET = world("clg", "market.accounts=20000")
HARDLY = "spend.csv hardly fits the price: firms are known to pay 5 to 30 months of margin; "
BLIND = " The fit cannot tell, effects of money saturate"


def with_spending(data, factor):
    return data._replace(spend_usd={lever: factor * series for lever, series in data.spend_usd.items()})


def test_the_templates_are_said_back_per_account_customer_and_month():
    assert read_back(read_exports(TEMPLATES), MARKET) == [
        "read: 18 months, 2023-01 to 2024-06, of 20,000 accounts",
        (
            "spending: 1,560,000 USD, 1 USD per account and week, 2,971 USD per new customer: 6.0 months of gross margin of a "
            "mean account (16.4 seats at 40 USD a month, margin 75 %)"
        ),
        "new customers: 525, 29.2 a month, 2.62 % of the accounts",
        "churned customers: 67, 3.7 a month, 2.09 % of those there a month, if none were before 2023-01",
        "members: 672 at the end, 3.36 % of the accounts; 0.59 posts a member and month; 68.8 % of questions answered",
    ]


@pytest.mark.parametrize(
    ("factor", "why"),
    [
        (100, "is usd in cents, or price_usd too low?"),
        (0.001, "is usd in thousands, or spending left out?"),
    ],
)
def test_spending_in_another_unit_is_said_to_be_implausible(factor, why):
    """The right one, half of it and twice as much pass; less than a week's margin or more than ten years' do not."""
    data = read_exports(TEMPLATES)
    assert HARDLY + why + BLIND in read_back(with_spending(data, factor), MARKET)
    for fine in (0.5, 1, 2):
        assert not [line for line in read_back(with_spending(data, fine), MARKET) if line.startswith(HARDLY)]


def few(**kinds):
    return Exports(["2024-01", "2024-02"], {}, None, None, {}, {})._replace(**kinds)


def test_months_that_are_not_known_are_not_read_back_as_nothing():
    some = np.nan
    data = few(
        months=["2024-01", "2024-02", "2024-03", "2024-04"],
        new_customers={"advert": np.array([10.0, some, 30.0, 0.0]), "invite": np.array([0.0, some, 10.0, 10.0])},
        churned=np.array([1.0, 2.0, some, 3.0]),
        community={"members": np.array([40.0, some, 50.0, some]), "posts": np.array([20.0, 9.0, 25.0, 9.0])},
        spend_usd={"sales": np.full(4, 40_000.0)},
    )
    _, spent, *said = read_back(data, MARKET)
    assert (
        spent.startswith("spending: 160,000 USD") and ", 2,000 USD per new customer: " in spent
    )  # 40,000 a month for 20
    assert said == [
        "new customers: 60, 20.0 a month, 0.3 % of the accounts",
        "churned customers: 6, 2.0 a month, 33.3 % of those there a month, if none were before 2024-01",
        "members: 50 at the end, 0.25 % of the accounts; 0.50 posts a member and month",
    ]


def test_more_customers_or_members_than_accounts_are_refused():
    small = world("clg", "market.people=100")
    much = "market.accounts=100: the exports have {} in 2024-02; give all accounts that could buy"
    for data, what in (
        (few(new_customers={"all": np.array([60.0, 90.0])}, churned=np.array([0.0, 10.0])), "140 customers"),
        (few(cohorts=np.array([[60.0, 60.0], [np.nan, 80.0]])), "140 customers"),
        (few(community={"members": np.array([20.0, 101.0])}), "101 members"),
    ):
        with pytest.raises(BadInput) as error:
            read_back(data, small)
        assert str(error.value) == much.format(what)


def test_customers_from_before_the_data_are_said():
    data = few(new_customers={"all": np.array([5.0, 5.0])}, churned=np.array([4.0, 9.0]))
    assert read_back(data, MARKET)[-1] == (
        "customers.csv and churn.csv: in 2024-02 more customers have left than came; the simulated firm begins with none, "
        "study.warm_up_months gives it the months before the data"
    )
