"""Quantities that people type, a line of the table each: what they are in base units, or the sentence that refuses them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulation.scenario.errors import BadInput
from simulation.scenario.quantity import Asked, Kind, NotRead, read

ASKED = {
    "known.monthly_churn": Asked(Kind.SHARE, "share a month", ("month",), 0, 1),
    "known.budget": Asked(Kind.MONEY, "USD a year", ("year",), 0, 1e12),
    "known.arr": Asked(Kind.MONEY, "USD a year", ("year",), 0, 1e12, named=True),
    "known.paid": Asked(Kind.MONEY, "USD", (), 0, 1e12),
    "known.price": Asked(Kind.MONEY, "USD per seat and month", ("seat", "month"), 0, 1e6, named=True),
    "known.sales_cycle": Asked(Kind.TIME, "weeks", (), 0, 520, whole=True),
    "known.gross_margin": Asked(Kind.SHARE, "share", (), 0, 1),
    "known.customers": Asked(Kind.COUNT, "customers", (), 0, 1e9, whole=True),
    "churn_per_week": Asked(Kind.HAZARD, "hazard", ("week",), 0, 50, named=True, instead="known.monthly_churn"),
    "growth": Asked(Kind.SHARE, "share a year", ("year",), 0, 1, grows=True),
}
READ = {  # of each line of the table: what is typed, its value
    "known.monthly_churn": {
        "4 %/month": 0.04, "4% per month": 0.04, "4 % a month": 0.04, "0.04/month": 0.04, "4,5 %/month": 0.045,
        "4 % om måneden": 0.04, "4 pct. pr. måned": 0.04, "40 %/year": 1 - 0.6 ** (1 / 12), "1 %/week": 1 - 0.99 ** (52 / 12),
    },
    "growth": {"1 %/month": 1.01**12 - 1},
    "known.budget": {
        "1.5M USD/year": 1.5e6, "1,5 mio. USD/år": 1.5e6, "$1.5M a year": 1.5e6, "125k USD/month": 1.5e6, "375k USD per quarter": 1.5e6,
        "1 mia. USD/år": 1e9,
    },
    "known.paid": {
        "USD 1.5m": 1.5e6, "1 500 000": 1.5e6, "1_500_000": 1.5e6, "1,500,000": 1.5e6, "1.500.000": 1.5e6,
        "1.234,50": 1234.5, "1,234.50": 1234.5, "500k": 5e5, "1.5B": 1.5e9, "1,5 mia.": 1.5e9, "2 bn": 2e9, "1e3": 1000,
    },
    "known.price": {"49 USD/seat/month": 49, "$49": 49, "49": 49, "588 USD/seat/year": 49, "49 USD per user a month": 49},
    "known.arr": {"2M USD": 2e6, "ARR 2M": 2e6, "2,04 mio.": 2.04e6, "170k USD/month": 2.04e6},
    "known.sales_cycle": {
        "6 weeks": 6, "6 uger": 6, "42 days": 6, "1.5 months": 6, "a quarter": 13, "et år": 52, "3 years": 156, "2 kvartaler": 26,
    },
    "known.gross_margin": {"75 %": 0.75, "75 pct": 0.75, "0.75": 0.75, "0,75": 0.75, "0,75 %": 0.0075, "5 pp": 0.05, "300 bps": 0.03},
    "known.customers": {"1e3": 1000, "1500": 1500, "1 500 customers": 1500, "2k": 2000},
    "churn_per_week": {"0.01": 0.01, "0.01/week": 0.01},
}  # fmt: skip
PIECES = (
    "4", "49", "1.500", "1,5", "0,75", "1 500", "1e3", "-3", "nan", ".5", "4-6", "~4", "1e308", "1e999", "", " ", "%", "bps", "USD", "$", "€", "kr",
    "k", "mio.", "/", "/month", " a year", " per ", "seat", "uger", "år", "a ", "MRR ", "Q4 2028", ",", ".", "\u00a0", "\uff14", "²",
)  # fmt: skip
A_SHARE, SEAT_PRICE = "a number (share a month) is needed", "a number (USD per seat and month) is needed"
NO_CURRENCY = "no currency is converted here; write it in USD"
RANGE = "this is a range, and what hangs on it is for study=uncertainty"
REFUSED = {
    "known.monthly_churn": {
        "4 %": "a month or a year? write known.monthly_churn=4 %/month or known.monthly_churn=4 %/year",
        "4": "percent, a month or a year? write known.monthly_churn=4 %/month or known.monthly_churn=4 %/year",
        "1 500 000": "percent, a month or a year? write known.monthly_churn=1 500 000 %/month or known.monthly_churn=1 500 000 %/year",
        "0.04": "a month or a year? write known.monthly_churn=0.04/month or known.monthly_churn=0.04/year",
        "4/month": "0 to 1 (share a month) is allowed; 4 % is 0.04",
        "-5 %/month": "0 to 1 (share a month) is allowed",
        "140 %/year": "a share of 0 to 1 a year is needed",
        "nan": A_SHARE,
        "~4 %": f"write 4 % alone; {A_SHARE}",
        "4-6 %": f"{RANGE}; {A_SHARE}",
        "4 % to 6 %": f"{RANGE}; {A_SHARE}",
        "4 USD/month": f"this is an amount of money; {A_SHARE}",
    },
    "churn_per_week": {
        "4 %/month": "this is a hazard a week before what protects, no share of customers lost; write known.monthly_churn=4 %/month",
    },
    "known.budget": {
        "1.5M USD": "USD per year are needed; write known.budget=1.5M USD/year",
        "1500000": "USD per year are needed; write known.budget=1500000 USD/year",
        "1.5M USD/seat/year": "USD per year are needed; write known.budget=1.5M USD/year",
    },
    "known.paid": {
        "1.500": "is it 1500 or 1.5? write known.paid=1500 or known.paid=1.5",
        "1,500": "is it 1500 or 1.5? write known.paid=1500 or known.paid=1.5",
        "49 USD/month": "this is USD per month; a number (USD) is needed",
        "75 %": "this is a share; a number (USD) is needed",
        "3 years": "this is a time; a number (USD) is needed",
    },
    "known.price": {
        "49 USD/month": "USD per seat and month are needed; write known.price=49 USD/seat/month",
        "€49": NO_CURRENCY,
        "349 kr": NO_CURRENCY,
        "349 kr.": NO_CURRENCY,
        "DKK 349": NO_CURRENCY,
        "349 PLN": NO_CURRENCY,
        "1:30": SEAT_PRICE,
        "049": SEAT_PRICE,
        "0x10": SEAT_PRICE,
        "no": SEAT_PRICE,
        "\uff14\uff19": SEAT_PRICE,
        "4 9": SEAT_PRICE,
        "1,50,000": SEAT_PRICE,
    },
    "known.arr": {"MRR 170k": "that is of a month; x 12 = 2.04M? write known.arr=2.04M USD"},
    "known.sales_cycle": {
        "6": "weeks or months? write known.sales_cycle=6 weeks or known.sales_cycle=6 months",
        "75 %": "this is a share; a whole number (weeks) is needed",
        "30k weeks": "a whole number (weeks) is needed",
        "3 years/year": "a whole number (weeks) is needed",
    },
    "known.gross_margin": {
        "75": "0 to 1 (share) is allowed; 75 % is 0.75",
        "3 months": "this is a time; a number (share) is needed",
        "75 %/month": "a number (share) is needed",
    },
    "known.customers": {
        "1.5": "a whole number (customers) is needed",
        "$20": "this is an amount of money; a whole number (customers) is needed",
        "20 frogs": "a whole number (customers) is needed",
    },
}
SAID = {
    ("known.monthly_churn", "40 %/year"): "known.monthly_churn=40 %/year: read as 0.04167547137 (share a month)",
    ("known.gross_margin", "0,75 %"): "known.gross_margin=0,75 %: read as 0.0075 (share)",
    ("known.budget", "1,5 mio. USD/år"): "known.budget=1,5 mio. USD/år: read as 1,500,000 (USD a year)",
    ("known.sales_cycle", "1.5 months"): "known.sales_cycle=1.5 months: read as 6 (weeks), rounded from 6.5",
    ("known.sales_cycle", "a quarter"): "known.sales_cycle=a quarter: read as 13 (weeks)",
    ("known.price", "49"): "known.price=49: read as 49 (USD per seat and month)",
}


@pytest.mark.parametrize(("where", "text", "value"), [(w, t, v) for w, of in READ.items() for t, v in of.items()])
def test_what_means_one_quantity_is_read_in_base_units(where, text, value):
    found = read(where, text, ASKED[where]).value
    assert found == pytest.approx(value, rel=1e-14)
    assert type(found) is (int if ASKED[where].whole else float)


@pytest.mark.parametrize(("where", "text", "why"), [(w, t, y) for w, of in REFUSED.items() for t, y in of.items()])
def test_what_means_two_or_none_is_refused_in_one_sentence(where, text, why):
    with pytest.raises(BadInput) as error:
        read(where, text, ASKED[where])
    assert str(error.value) == f"{where}={text}: {why}"
    assert not isinstance(error.value, NotRead) or error.value.why == why


@pytest.mark.parametrize(("where", "text"), SAID)
def test_what_was_read_is_said_back_in_base_units(where, text):
    assert read(where, text, ASKED[where]).said == SAID[where, text]


def test_spaces_that_do_not_break_part_thousands_too():
    assert read("known.paid", "1\u00a0500\u202f000 USD", ASKED["known.paid"]).value == 1.5e6


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), st.sampled_from(sorted(ASKED)))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_within_bounds_or_refused_in_one_line(text, where):
    try:
        found = read(where, text, ASKED[where])
    except BadInput as error:
        assert str(error) and "\n" not in str(error)
    else:
        assert ASKED[where].low <= found.value <= ASKED[where].high and found.said.startswith(f"{where}=")


def test_amounts_are_read_in_the_currency_of_the_scenario():
    price = ASKED["known.price"]
    for code, text in (("EUR", "€49"), ("DKK", "49 kr."), ("DKK", "DKK 49"), ("PLN", "49 PLN")):
        assert read("known.price", text, price, code).value == 49
    assert read("known.price", "49 EUR", price, "EUR").said == "known.price=49 EUR: read as 49 (EUR per seat and month)"
    with pytest.raises(BadInput, match="^known.price=\\$49: no currency is converted here; write it in EUR$"):
        read("known.price", "$49", price, "EUR")
