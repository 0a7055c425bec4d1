"""Another price for newcomers, for customers, for both: what is compared, and what is said of the best size."""

import numpy as np
import pytest

from simulation.figures.price import title
from simulation.studies.price import BOTH, CUSTOMERS, NEWCOMERS, OUTCOMES, WHO, Priced, said_of, sentence
from tests.studies.small import rows, run


def test_every_size_is_held_against_the_price_as_it_is(tmp_path, capsys):
    asked = ("study=price", "seeds=2", "rows=800", "study.week=30", "study.sizes=[-0.1,0.5]", "motions=[plg]")
    folder = run(tmp_path / "p", *asked, "product.notice_weeks=2")
    lines = rows(folder / "data" / "price.csv")
    assert {(r["who"], float(r["size"])) for r in lines} == {(who, x) for who in WHO for x in (-0.1, 0.0, 0.5)}
    assert {r["outcome"] for r in lines} == set(OUTCOMES) and {r["seeds"] for r in lines} == {"2"}
    at = {(r["who"], float(r["size"]), r["outcome"]): float(r["median"]) for r in lines}
    assert all(at[who, 0.0, name] == 0 for who in WHO for name in OUTCOMES)
    assert at[NEWCOMERS, 0.5, "new customers"] < 0 < at[CUSTOMERS, 0.5, "revenue"]
    assert at[BOTH, 0.5, "new customers"] < 0 < at[NEWCOMERS, -0.1, "new customers"]
    assert {(r["motion"], r["who"]) for r in rows(folder / "data" / "best_price.csv")} == {("plg", who) for who in WHO}
    assert {p.stem for p in (folder / "figures").glob("*.png")} == {"price"}
    out = " ".join(capsys.readouterr().out.split())
    assert "no rival is there to whom customers could go: a rise looks better than it may be (rival=cheaper)" in out


def priced(cash, sizes=(-0.1, 0.0, 0.2, 0.5)):
    """Return a motion whose cash over the price as it is stands in ``cash``, a row a size, for everybody."""
    gains = {name: np.zeros((len(sizes), len(cash[0]))) for name in OUTCOMES} | {"cash": np.array(cash, float)}
    return Priced("plg", list(sizes), dict.fromkeys(WHO, gains), {}, 52)


def test_the_best_size_has_an_interval_of_markets_drawn_again_and_says_where_it_is_the_end():
    up = np.linspace(0.5, 1.5, 20)
    best = priced([-up, 0 * up, 3000 * up, 1000 * up]).best(BOTH)
    assert (best.size, best.low, best.high, best.at_an_end, best.ahead, best.markets) == (0.2, 0.2, 0.2, False, 20, 20)
    assert said_of(best) == "for both +20% (+20% to +20%) is best: +$3,000 in cash, more in 20 of 20 simulated markets"
    end = priced([-up, 0 * up, 1000 * up, 3000 * up]).best(CUSTOMERS)
    assert said_of(end).startswith("for customers +50% (+50% to +50%), the end of what was tried is best")
    torn = priced([-up, 0 * up, 100 * (-1) ** np.arange(20) + 5, -up])
    assert said_of(torn.best(NEWCOMERS)) == "for newcomers no size tried is told apart from the price as it is"
    assert said_of(priced([-up, 0 * up, -up, -up]).best(BOTH)) == "for both no size tried beats the price as it is"
    assert sentence(torn).startswith("PLG, by the end: for newcomers no size tried is told apart")
    assert title([torn]) == "A new price for everybody: PLG no size told apart from today's"


def test_too_few_markets_give_no_interval_and_no_best():
    best = priced([[-1.0] * 3, [0.0] * 3, [5.0] * 3, [1.0] * 3]).best(BOTH)
    assert np.isnan(best.low) and best.size == 0.2
    assert said_of(best) == "for both no size tried is told apart from the price as it is"


@pytest.mark.parametrize("week", [0, 60])
def test_a_week_without_customers_or_after_the_end_is_refused(week, tmp_path, capsys):
    from simulation.cli import main

    assert main(["study=price", "weeks=60", f"study.week={week}", "motions=[plg]", f"out={tmp_path / 'x'}"]) == 2
    said = {
        0: "study.week=0: nobody is a customer yet; name a later week, or give the firm a past: history={...}",
        60: "study.week=60: the run is over in week 60; name an earlier one",
    }
    assert capsys.readouterr().err.strip().splitlines()[-1].endswith(said[week])
