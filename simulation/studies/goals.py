"""What a comparison is asked for, ``study.goal``: which numbers its verdict weighs, in which words."""

from typing import NamedTuple

from simulation.metrics import METRICS
from simulation.metrics.metric import Kind

NEW_DOLLAR = "cost_per_new_arr"  # the cost that tells motions apart whose customers are unlike


class Goal(NamedTuple):
    """Numbers that are compared, by metric, with how a sentence begins; and the columns of the table."""

    leads: dict[str, str]
    heads: dict[str, str]


SALES = Goal(
    {
        "cac_usd": "A new customer costs",
        NEW_DOLLAR: "A dollar of new yearly revenue costs, in dollars,",
        "retention_12_months": "The share of customers kept for 12 months is",
        "cash_usd": "Cumulative cash is",
    },
    {
        "cac_usd": "cost of a new customer",
        NEW_DOLLAR: "cost of a new yearly dollar",
        "new_arr": "new yearly revenue",
        "retention_12_months": "kept 12 months",
        "cash_usd": "cumulative cash",
    },
)
GOALS = {
    "sales": SALES,
    "awareness": Goal(
        {
            "leads": "Of accounts that come to know the product there are",
            "lead_usd": "One that comes to know it costs",
            "sentiment": "Talk of a customer, 1 where all of it is for us, is",
        },
        {
            "leads": "come to know it",
            "lead_usd": "cost of one",
            "users_share": "new customers by users",
            "sentiment": "sentiment",
            "cac_usd": "cost of a new customer",
        },
    ),
    "support": Goal(
        {
            "support_usd_per_customer_week": "Support of a customer costs, a week,",
            "deflected_share": "The share of tickets that peers solve is",
            "satisfaction": "Satisfaction of customers, from 0 to 1, is",
        },
        {
            "support_usd_per_customer_week": "support cost a week",
            "deflected_share": "tickets solved by peers",
            "answered_share": "questions answered",
            "satisfaction": "how satisfied, 0 to 1",
            "retention_12_months": "kept 12 months",
        },
    ),
    "cash": Goal(
        {
            "cash_usd": "Cumulative cash is",
            "payback_months": "The months until a new customer has paid back are",
            NEW_DOLLAR: "A dollar of new yearly revenue costs, in dollars,",
        },
        {
            "cash_usd": "cumulative cash",
            "payback_months": "payback, months",
            NEW_DOLLAR: "cost of a new yearly dollar",
            "new_arr": "new yearly revenue",
            "nrr_12_months": "revenue kept, net",
        },
    ),
}
KINDS = {
    name: METRICS[name].kind if name in METRICS else Kind.USD_TOTAL for goal in GOALS.values() for name in goal.heads
}
