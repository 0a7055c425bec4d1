"""Adverts cut step by step as the community grows: when they are cut, where the money goes, and what is said of it."""

from types import SimpleNamespace

import numpy as np
import pytest

from simulation.figures import wean as figures
from simulation.runs.session import METRIC_AT
from simulation.runs.store import Store
from simulation.scenario.compose import compose
from simulation.studies.wean import COMPARED, NEVER, ONCE, PLANS, STEPS, Cut, Weaned, _cuts, _plan, sentence
from tests.studies.small import rows, run

MOTION = "community_assisted_plg"


def test_the_three_plans_differ_in_adverts_alone(tmp_path):
    """Until the first cut all is the same; then adverts fall to nothing and the same money is spent on the other levers."""
    folder = run(tmp_path / "w", "study=wean", "seeds=2", "study.steps=2", f"motions=[{MOTION}]")
    lines = rows(folder / "data" / "wean.csv")
    assert {(r["plan"], r["part"]) for r in lines} == {
        (plan, part)
        for plan in PLANS
        for part in ("adverts", "paid", "the firm's content", "users", "adverts in the money")
    }
    assert {r["quarter"] for r in lines} == {"1", "2", "3", "4"}
    assert {(r["first"], r["second"], r["metric"]) for r in rows(folder / "data" / "against_never.csv")} == {
        (plan, NEVER, metric) for plan in (STEPS, ONCE) for metric in COMPARED
    }
    assert {p.stem for p in (folder / "figures").glob("*.png")} == {"wean"}
    budget = "advertising_cents + product_growth_cents + content_cents + community_team_cents + moderation_cents + recognition_cents + events_cents"
    query = Store(folder).query(
        f"select point, week, sum(advertising_cents), sum({budget}), sum(posters) from weeks group by 1, 2 order by 1, 2"
    )
    never, steps, once = np.array(query.fetchall(), float).reshape(3, 60, 5)
    first = int(np.argmax(steps[:, 2] != never[:, 2]))
    assert 0 < first == int(np.argmax(once[:, 2] != never[:, 2]))
    assert (never[:first, 2:] == steps[:first, 2:]).all() and (never[:first, 2:] == once[:first, 2:]).all()
    assert (once[first:, 2] == 0).all() and steps[first, 2] > 0 and steps[-1, 2] == 0 < never[-1, 2]
    assert (np.diff(steps[first:, 2]) <= 0).all()
    spent = [of[:, 3].sum() for of in (never, steps, once)]
    assert spent == pytest.approx([spent[0]] * 3, rel=1e-3)  # events are bought whole


def cuts_at(members, steps, weeks=8):
    """Return the cuts where the communities of some seeds have so many members, shape (seeds, weeks)."""
    session = SimpleNamespace(
        weeks_of_points=lambda *_: {"members": np.array([members], float)},
        config=SimpleNamespace(weeks=weeks),
        worlds={MOTION: compose(f"motions=[{MOTION}]").world(MOTION)},
    )
    return _cuts(session, None, MOTION, steps)


def test_adverts_are_cut_at_equal_parts_of_what_the_median_community_reaches():
    grows = [[0, 1, 2, 3, 4, 5, 6, 6], [0, 2, 4, 6, 8, 10, 12, 12], [9, 9, 9, 9, 9, 9, 9, 9]]
    assert cuts_at(grows, 2) == [Cut(3, 0.075), Cut(4, 0.0)]  # the median is 0 2 4 6 8 9 9 9
    assert cuts_at([[0, 0, 0, 0, 0, 0, 0, 6]], 2) == []  # it is as large only when the run is over
    assert cuts_at([[0, 6, 6, 6, 6, 6, 6, 6]], 2) == [Cut(2, 0.0)]  # steps of one week are one
    assert cuts_at([[0] * 8], 2) == []


def test_the_other_levers_get_the_money_in_proportion_and_a_plan_of_ones_own_stays():
    own = "motions.community_assisted_plg.plan=[{week: 3, set: {team_hours: {hosting: 1.0}}}]"
    world = compose(f"motions=[{MOTION}]", own).world(MOTION)
    plan = _plan(world, [Cut(9, 0.05)])
    assert [change["week"] for change in plan] == [3, 9]
    shares, before = plan[1]["set"]["shares"], world.motion.shares
    assert shares["advertising"] == 0.05 and sum(shares.values()) == pytest.approx(1, abs=1e-12)
    assert shares["content"] / before["content"] == pytest.approx(shares["product_growth"] / before["product_growth"])


CUTS = (Cut(30, 0.075), Cut(60, 0.0))


def weaned(won, cuts=CUTS):
    """Return a motion that wins so many customers under each plan, one number a seed, for 100,000 USD."""
    won = dict(zip(PLANS, np.array(won, float), strict=True))
    metrics = {name: {plan: np.ones(of.size) for plan, of in won.items()} for name in METRIC_AT}
    metrics["new_customers"] = won
    metrics["cac_usd"] = {plan: 1e5 / of for plan, of in won.items()}
    by_quarter = {plan: np.repeat(of[:, None] / 4, 4, axis=1) for plan, of in won.items()}
    shares = {
        plan: {part: np.full(of.shape, 0.1) for part in ("adverts in the money", "adverts", "users")}
        for plan, of in by_quarter.items()
    }
    return Weaned(MOTION, list(cuts), by_quarter, shares, metrics)


@pytest.mark.parametrize(
    ("won", "changes", "costs", "verdict"),
    [
        ((200, 100, 50), ("-50.0", "-75.0"), ("$500", "$1,000", "$2,000"), "never is the cheapest"),
        ((100, 125, 50), ("+25.0", "-50.0"), ("$1,000", "$800", "$2,000"), "step by step is the cheapest"),
        ((100, 100, 50), ("+0.0", "-50.0"), ("$1,000", "$1,000", "$2,000"), "the cheapest is not told apart"),
        ((200, 100, 20), ("-50.0", "-90.0"), ("$500", "$1,000", "$5,000"), "never is the cheapest"),
    ],
)
def test_sentence_and_title_say_what_came_out(won, changes, costs, verdict):
    one = weaned([[n] * 10 for n in won])
    lost = " and ".join(f"{x} % ({x} to {x}) {plan}" for x, plan in zip(changes, PLANS[1:], strict=True))
    each = ", ".join(f"{cost} {plan}" for cost, plan in zip(costs, PLANS, strict=True))
    assert sentence(one) == (
        f"COMMUNITY ASSISTED PLG, cut in week 30 to 7.5 %, 60 to 0 % of the money: {lost} in new customers; "
        f"a new customer costs {each}; {verdict}"
    )
    head = "With adverts cut never, step by step, at once a new customer costs: CA-PLG"
    assert figures.draw([one], 10)[1].startswith(f"{head} {', '.join(costs)} ({verdict}). ")


def test_from_few_markets_no_plan_is_called_the_cheapest():
    few = "9 simulated markets, too few to say who is better"
    one = weaned([[200] * 9, [100] * 9, [50] * 9])
    assert sentence(one).endswith(f"$2,000 at once; {few}") and f"({few})" in figures.draw([one], 9)[1]


def test_a_community_that_nobody_joins_is_said():
    one = weaned([[100] * 10] * 3, cuts=())
    assert sentence(one) == "COMMUNITY ASSISTED PLG: nobody joins its community, so adverts are never cut"
    assert "CA-PLG - (nobody joins its community, so they are never cut). " in figures.draw([one], 10)[1]
