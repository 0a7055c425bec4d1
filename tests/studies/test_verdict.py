"""What a verdict must and must not say, case by case: from runs that are known."""

import re

import numpy as np
import pytest

from simulation.evidence.published import Published
from simulation.metrics import METRICS
from simulation.metrics.metric import Better
from simulation.report.story import tell
from simulation.runs.paired import since
from simulation.runs.session import METRIC_AT
from simulation.studies.comparison import CHANNELS, NEEDED, Comparison
from simulation.studies.goals import GOALS
from simulation.studies.verdict import MOST, drawn, verdict
from tests.studies.small import run

WEEKS = 104
USUAL = {"new_customers": 500.0, "new_arr_per_customer_usd": 1000.0, "retention_12_months": 0.70, "cash_usd": -1e6}


def of(seeds=20, **given):
    """Return metrics of one motion, shape (seeds, metrics): ``given`` by name, a number or one a market; NaN for all others."""
    found = np.full((seeds, len(METRICS)), np.nan)
    for name, values in (USUAL | given).items():
        found[:, METRIC_AT[name]] = values
    if "cac_usd" in given:
        found[:, METRIC_AT["cost_per_new_arr"]] = (
            found[:, METRIC_AT["cac_usd"]] / found[:, METRIC_AT["new_arr_per_customer_usd"]]
        )
    return found


def told(motions, weekly=None, each="simulated markets", missing=(), goal="sales"):
    seeds = len(next(iter(motions.values())))
    return verdict(Comparison(weekly or {}, {}, motions, WEEKS, seeds, each, 1.0), list(missing), goal)


def of_a_firm(untried):
    """Return the last sentence of a firm that has never paid for ``untried``, by motion."""
    motions = {"clg": of(), "plg": of()}
    return verdict(Comparison({}, {}, motions, WEEKS, 20, "simulated markets", 1.0, untried=untried), []).sentences[-1]


def said(clg, plg, **more):
    return told({"clg": clg, "plg": plg}, **more).sentences


def spread(middle, wins, seeds=20, by=100.0):
    """Return values that lie ``by`` below the middle in so many markets and above it in the others."""
    return middle - by * np.where(np.arange(seeds) < wins, 1.0, -1.0)


FIXED = "How sure: these counts are over the luck of 20 simulated markets; the model's own numbers are held fixed, and flywheel study=uncertainty with the same settings varies them."
KEPT = "The share of customers kept for 12 months is 70 % with CLG and PLG, the same."
CASH = "Cumulative cash is -$1.0 M with CLG and PLG, the same."
MANY = range(20)


def test_1_what_neither_has_is_in_no_sentence():
    both = of(cac_usd=np.nan, retention_12_months=np.nan)
    found = told({"clg": both, "plg": both})
    assert found.sentences == [CASH, FIXED]
    assert not re.search(r"\bnan\b|n/a|best", "\n".join([*found.sentences, drawn(found)]))
    nothing = of(**dict.fromkeys((*USUAL, "cac_usd"), np.nan))
    for sentences in (said(nothing, nothing), said(both, nothing)):
        assert sentences and not re.search(r"\bnan\b|n/a|best|ahead", " ".join(sentences))


def test_2_an_exact_tie_is_the_same():
    assert said(of(cac_usd=600.0), of(cac_usd=600.0)) == ["A new customer costs $600 with CLG and PLG, the same.", KEPT, CASH, FIXED]  # fmt: skip


CASES = {
    "ahead": (of(cac_usd=600.0), of(cac_usd=900.0)),
    "not told apart": (of(cac_usd=spread(600.0, 12)), of(cac_usd=600.0)),
    "practically the same": (of(cac_usd=600.0), of(cac_usd=605.0)),
    "few markets": (of(9, cac_usd=600.0), of(9, cac_usd=900.0)),
    "few customers": (of(cac_usd=600.0, new_customers=29.0), of(cac_usd=900.0)),
    "unlike": (of(cac_usd=600.0), of(cac_usd=900.0, new_arr_per_customer_usd=2000.0)),
    "less revenue": (of(cac_usd=600.0, new_customers=200.0), of(cac_usd=900.0)),
    "cash": (of(cac_usd=600.0, cash_usd=-2e6), of(cac_usd=600.0, cash_usd=3e6)),
    "nobody": (of(cac_usd=600.0, new_customers=np.repeat([0.0, 500.0], (2, 18))), of(cac_usd=900.0)),
}


@pytest.mark.parametrize("case", CASES)
def test_3_names_swapped_and_order_reversed_swap_the_names_in_the_same_sentences(case):
    """Each way of giving the same runs: columns, rows and names; of two that stand alike the order of names says nothing."""
    a, b = CASES[case]
    found = told({"clg": a, "plg": b})
    for other in (told({"plg": b, "clg": a}), told({"clg": a[::-1], "plg": b[::-1]})):
        assert (other.sentences, other.ahead) == (found.sentences, found.ahead)
    names = {"CLG": "PLG", "PLG": "CLG"}
    swapped = [re.sub("CLG|PLG", lambda m: names[m[0]], s) for s in told({"plg": a, "clg": b}).sentences]
    alike = [s.replace("PLG and CLG", "CLG and PLG") for s in swapped]
    assert alike == [s.replace("PLG and CLG", "CLG and PLG") for s in found.sentences]


@pytest.mark.parametrize(
    ("seeds", "won", "sentence"),
    [
        (20, 15, "A new customer costs $500 with CLG and $600 with PLG: CLG is ahead in 15 of 20 simulated markets."),
        (10, 9, "A new customer costs $500 with CLG and $600 with PLG: CLG is ahead in 9 of 10 simulated markets."),
        (20, 14, "A new customer costs $500 with CLG and $600 with PLG, not told apart: CLG is better in 14 and PLG in 6 of 20 simulated markets."),
        (10, 8, "A new customer costs $500 with CLG and $600 with PLG, not told apart: CLG is better in 8 and PLG in 2 of 10 simulated markets."),
    ],
)  # fmt: skip
def test_4_ahead_is_who_is_ahead_beyond_luck(seeds, won, sentence):
    found = told({"clg": of(seeds, cac_usd=spread(600.0, won, seeds)), "plg": of(seeds, cac_usd=600.0)})
    assert found.sentences[0] == sentence
    assert found.ahead["cac_usd"] == ("CLG" if "is ahead" in sentence else "not told apart")
    assert "% of" not in " ".join(s for s in found.sentences if "better" in s)


def test_4_ties_count_for_neither_and_what_is_left_may_be_too_few():
    clg = np.r_[np.full(9, 500.0), 600.0]
    assert said(of(10, cac_usd=clg), of(10, cac_usd=600.0))[0] == (
        "A new customer costs $500 with CLG and $600 with PLG, and too few simulated markets tell them apart to say who is better."
    )


@pytest.mark.parametrize("n", [1, 9])
def test_5_from_fewer_than_ten_markets_nobody_is_better(n):
    found = told({"clg": of(n, cac_usd=600.0), "plg": of(n, cac_usd=900.0)})
    assert found.sentences == [
        f"{n} simulated market{'s' * (n > 1)}, too few to say who is better.",
        "A new customer costs from $600 with CLG to $900 with PLG.",
        "The share of customers kept for 12 months is 70 % with CLG and PLG.",
        "More simulated markets would tell: the same command with seeds=20.",
    ]
    assert (
        not any(found.ahead.values())
        and " to\n" not in drawn(found)
        and "ahead" not in "\n".join([*found.sentences, drawn(found)])
    )


def test_5_markets_whose_run_failed_are_not_counted():
    clg = of(12, cac_usd=600.0)
    clg[:3] = np.nan
    sentences = said(clg, of(12, cac_usd=900.0), missing=["a", "b", "c"])
    assert sentences[0] == (
        "3 runs failed (a, b, c): their markets count for no motion; 9 simulated markets, too few to say who is better."
    )


def test_6_who_wins_too_few_is_left_out_with_its_count():
    sentences = said(of(cac_usd=598.0, new_customers=29.0), of(cac_usd=900.0))
    assert sentences[:2] == [
        "Outside the comparison: CLG wins 29 customers.",
        "A new customer costs $900 with PLG.",
    ]
    assert "598" not in " ".join(sentences)
    none = of(cac_usd=598.0, new_customers=12.0)
    assert said(none, none) == ["Outside the comparison: CLG wins 12, PLG wins 12 customers."]


def test_7_where_it_wins_nobody_comes_before_any_cost():
    clg = of(
        cac_usd=np.where(np.arange(20) < 17, np.nan, 600.0), new_customers=np.where(np.arange(20) < 17, 0.0, 500.0)
    )
    assert said(clg, of(cac_usd=900.0))[0] == (
        "Outside the comparison: CLG wins 0 customers; CLG wins nobody in 17 of 20 simulated markets."
    )


def test_8_cheaper_but_less_than_half_the_revenue_is_one_sentence():
    assert said(*CASES["less revenue"])[0] == (
        "A new customer costs $600 with CLG and $900 with PLG: CLG is ahead in 20 of 20 simulated markets, "
        "but brings less than half of PLG's new yearly revenue."
    )
    assert "half" not in said(of(cac_usd=600.0, new_customers=251.0), of(cac_usd=900.0))[0]


def test_9_where_customers_are_unlike_the_new_yearly_dollar_decides():
    assert said(*CASES["unlike"])[0] == (
        "Customers are unlike, so the cost of a new yearly dollar decides: a dollar of new yearly revenue costs, in dollars, "
        "0.45 with PLG and 0.60 with CLG: PLG is ahead in 20 of 20 simulated markets."
    )
    assert said(of(cac_usd=600.0), of(cac_usd=900.0, new_arr_per_customer_usd=1490.0))[0].startswith("A new customer")


@pytest.mark.parametrize(("clg", "plg", "word"), [(-2e6, 3e6, "PLG is ahead"), (-2e6, -3e6, "CLG loses least"), (2e6, 3e6, "PLG is ahead")])  # fmt: skip
def test_10_of_cash_no_ratio_and_who_loses_least(clg, plg, word):
    cash = next(s for s in said(of(cac_usd=1.0, cash_usd=clg), of(cac_usd=1.0, cash_usd=plg)) if "cash" in s)
    assert cash.endswith(f": {word} in 20 of 20 simulated markets.") and "times" not in cash and "%" not in cash


def weekly(costs):
    """Return weekly series of a motion that wins 10 customers a week at ``costs``, shape (seeds, weeks), USD each."""
    series = {name: np.zeros(costs.shape) for name in NEEDED}
    series[f"adopted_{CHANNELS[0]}"] += 10
    series["acquisition_cents"] = costs * 1000.0
    return series


def crossing(weeks):
    """Return sentences where CLG costs 900 until a week, one a market, and 300 after it; PLG 600 throughout."""
    clg = np.where(np.arange(WEEKS) < np.asarray(weeks)[:, None], 900.0, 300.0)
    values = {"clg": of(cac_usd=clg.mean(axis=1)), "plg": of(cac_usd=600.0)}
    return said(*values.values(), weekly={"clg": weekly(clg), "plg": weekly(np.full(clg.shape, 600.0))})


def test_11_who_leads_at_the_end_only_since_a_month_is_told_with_it():
    """Costs fall at week 52; over 26 trailing weeks CLG's mean is below PLG's from the 14th of them on: week 65, month 15."""
    text = "Halfway PLG had the lower cost over the trailing half-year, at the end CLG has it"
    assert f"{text}: since month 15 (90 % of simulated markets: 15 to 15)." in crossing([52] * 20)
    assert f"{text}." in crossing([52] * 15 + [WEEKS] * 5)  # 15 of 20 are enough to lead, and too few for a month
    assert not any("Halfway" in s for s in crossing([0] * 20))


def test_11_since_is_the_week_from_which_it_stays():
    found = np.array([[1, -1, 1, 1], [1, 1, 1, 1], [1, 1, 1, -1], [np.nan, np.nan, np.nan, 1]])
    assert since(found).tolist()[:2] == [2, 0] and np.isnan(since(found)[2]) and since(found)[3] == 3


@pytest.mark.parametrize(("clg", "plg", "alike"), [(600.0, 611.0, True), (600.0, 613.0, False)])
def test_12_below_what_matters_is_practically_the_same(clg, plg, alike):
    assert ("practically the same" in said(of(cac_usd=clg), of(cac_usd=plg))[0]) == alike
    found = said(of(cac_usd=600.0, retention_12_months=0.709), of(cac_usd=600.0))
    assert (
        "The share of customers kept for 12 months is 71 % with CLG and 70 % with PLG, practically the same." in found
    )


def test_13_and_14_no_count_that_grows_with_the_firm_and_no_channel_is_compared():
    tickets = {"staff_tickets": 1.0, "member_growth_per_year": -1.0, "cac_adverts_usd": 1.0}
    found = told({"clg": of(cac_usd=600.0, **tickets), "plg": of(cac_usd=600.0)})
    assert found.sentences == said(of(cac_usd=600.0), of(cac_usd=600.0))
    assert set(found.ahead) == {"cac_usd", "cost_per_new_arr", "new_arr", "retention_12_months", "cash_usd"}


def test_15_what_seeds_can_tell_is_luck_alone():
    assert said(*CASES["ahead"])[-1] == FIXED
    assert said(*CASES["ahead"], each="worlds")[-1] == (
        "How sure: each of 20 worlds of the sample met luck of its own, so these counts hold both what is unknown and luck."
    )


def test_20_of_a_firm_with_a_past_the_next_money_comes_before_all_and_in_place_of_what_its_motions_cost():
    money = ["A dollar of the next money has brought back 0.9.", "Against going on as before: PLG +$1."]
    motions = {"clg": of(cac_usd=spread(1000.0, 20)), "plg": of(cac_usd=2000.0), "slg": of(new_customers=0.0)}
    data = Comparison({}, {}, motions, WEEKS, 20, "simulated markets", 1.0)
    alone, found = (verdict(data, ["a run"], next_money=of).sentences for of in ((), money))
    assert any("costs" in text for text in alone) and not any("costs" in text or "ash" in text for text in found)
    assert found[1:3] == money and "wins nobody in 20 of 20" in found[0] and len(found) <= MOST
    support = verdict(data, ["a run"], "support", money).sentences
    assert support[1] == money[0] and len(support) <= MOST


def test_what_is_spent_outside_what_such_firms_report_is_said():
    def beside(**spent):
        """Return what is said of these acquisition costs of a new yearly dollar beside a range of 0.9 to 2 and one of 0.3 to 0.8."""
        plg = Published("self-serve", 0.3, 0.8)
        ranges = {"slg": Published("sales-led", 0.9, 2.0), "plg": plg, "mine": plg}  # of CLG nothing is published
        motions = {m: of(acquisition_per_new_arr=cost, cac_usd=1000.0) for m, cost in spent.items()}
        data = Comparison({}, {}, motions, WEEKS, 20, "simulated markets", 1.0, published=ranges)
        found = verdict(data, []).sentences
        assert len(found) <= MOST
        return [text for text in found if "firms report" in text]

    assert beside(clg=9.0, slg=0.9, plg=0.8, mine=0.3) == []
    assert beside(clg=1.0, slg=spread(0.9, 12, by=0.1), plg=0.5) == []  # below in 12 of 20 markets: luck
    assert beside(clg=1.0, slg=0.66, plg=0.5) == [
        "For a new yearly dollar SLG spends less on acquisition than sales-led firms report (0.9 to 2)."
    ]
    assert beside(clg=1.0, slg=0.66, plg=2.36, mine=2.36) == [
        "For a new yearly dollar SLG spends less on acquisition than sales-led firms report (0.9 to 2), and MINE and PLG more than self-serve ones (0.3 to 0.8)."
    ]


def test_what_a_firm_has_never_paid_for_is_said_to_be_the_references():
    assert of_a_firm({}) == FIXED
    assert of_a_firm({"clg": ["events", "community_team"]}) == FIXED.replace(
        "markets; ",
        "markets; CLG pays for what the firm never has (community team and events), and what that returns is the reference's, not its own; ",
    )
    assert (
        "; CLG and SLG pay for what the firm never has (sales, account management and events), and what that returns is the reference's, "
        in of_a_firm({"clg": ["events"], "slg": ["account_management", "sales"]})
    )


@pytest.mark.parametrize("case", CASES)
def test_17_numbers_stand_in_the_table_and_two_are_the_most_in_a_sentence(case):
    found = told(dict(zip(("clg", "plg"), CASES[case], strict=True)))
    text = drawn(found)
    for sentence in found.sentences:
        figures = re.findall(r"-?\$[\d,.]*\d(?: M)?|\d+ %|\d\.\d\d", sentence)
        assert len(figures) <= 2 and all(figure in text for figure in figures), sentence
    assert len(found.sentences) <= MOST and max(map(len, text.splitlines())) <= 80


def test_19_failed_runs_come_first():
    assert said(*CASES["nobody"], missing=["a"])[0] == (
        "1 runs failed (a): their markets count for no motion; CLG wins nobody in 2 of 20 simulated markets."
    )


def test_of_three_it_is_told_who_is_behind_both():
    found = told({"clg": of(cac_usd=600.0, retention_12_months=spread(0.8, 12, by=0.02)), "plg": of(cac_usd=700.0), "slg": of(cac_usd=800.0, retention_12_months=0.79)})  # fmt: skip
    assert found.sentences[0] == (
        "A new customer costs $600 with CLG and $700 with PLG, the next: CLG is ahead in 20 of 20 simulated markets."
    )
    assert found.sentences[1].endswith("; behind both: PLG.")


# --- what is asked for -------------------------------------------------------------------------------------


def test_a_goal_decides_what_the_verdict_is_about():
    cheap, dear = (
        of(support_usd_per_customer_week=0.5, satisfaction=0.8),
        of(support_usd_per_customer_week=2.0, satisfaction=0.7),
    )
    found = told({"clg": cheap, "plg": dear}, goal="support")
    assert found.sentences == [
        "Support of a customer costs, a week, $0.50 with CLG and $2 with PLG: CLG is ahead in 20 of 20 simulated markets.",
        "Not measured in any of these runs: tickets solved by peers.",
        "Satisfaction of customers, from 0 to 1, is 0.80 with CLG and 0.70 with PLG: CLG is ahead in 20 of 20 simulated markets.",
        FIXED,
    ]
    assert list(found.heads) == list(GOALS["support"].heads) and found.ahead["satisfaction"] == "CLG"


@pytest.mark.parametrize("goal", GOALS)
def test_every_goal_compares_metrics_that_say_which_way_is_better(goal):
    asked = GOALS[goal]
    assert set(asked.leads) <= set(asked.heads) and len(asked.leads) + 2 <= MOST + (goal == "sales")
    for name in asked.leads:
        assert METRICS[name].better is not Better.NEITHER
    names = {name: 1.0 for name in (*asked.leads, *asked.heads) if name in METRICS}
    worse = {name: 2.0 if METRICS[name].better is Better.LESS else 0.5 for name in names}
    found = told({"clg": of(**names), "plg": of(**worse)}, goal=goal)
    assert 1 < len(found.sentences) <= MOST
    assert {found.ahead[name] for name in asked.leads} == {"CLG"}
    assert all(len(line) <= 80 for line in drawn(found).splitlines())


def test_the_report_tells_the_goal_of_its_runs(tmp_path):
    folder = run(tmp_path / "s", "study.goal=support", "motions=[clg,plg]", "seeds=2")
    text = (folder / "verdict.txt").read_text(encoding="utf-8")
    assert "Support of a customer costs" in text and "A new customer costs" not in text
    assert tell(folder).verdict.sentences == text.partition("\n\n")[0].splitlines()


def test_a_motion_of_several_words_is_named_in_words():
    found = told({"community_assisted_slg": of(20, cac_usd=500.0), "plg": of(20, cac_usd=600.0)})
    assert found.sentences[0].startswith("A new customer costs $500 with COMMUNITY ASSISTED SLG and $600 with PLG")
    assert "_" not in drawn(found) + " ".join([*found.sentences, *found.ahead.values()])


@pytest.mark.parametrize("goal", GOALS)
def test_its_table_is_whole_in_80_columns_whatever_its_values(goal):
    """The columns of a default comparison, wider by a digit: every line ends at a rule, every value stands in one piece."""
    wide = {
        "cac_usd": 111_345.0,
        "cash_usd": spread(-722_933.0, 10, by=1e5),
        "retention_12_months": spread(0.7, 10, by=0.01),
    }
    found = told({"community_assisted_slg": of(**wide), "clg": of(**wide), "plg": of(**wide)}, goal=goal)
    lines = drawn(found).splitlines()
    rules, text = [line for line in lines if line[:1] in "┏┡├└"], [line for line in lines if line[:1] in "┃│"]
    assert len({len(line) for line in (*rules, *text)}) == 1 and len(rules[0]) <= 80
    assert all(line[-1] in "┓┩┤┘┃│" for line in (*rules, *text))
    if goal == "sales":
        assert any("-$822,933 to" in line for line in text) and any("COMMUNITY" in line for line in text)
