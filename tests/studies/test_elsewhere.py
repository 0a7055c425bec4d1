"""The set of numbers at which the same patterns hold: how motions compare over it, in a study and in a line under a comparison."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from simulation.evidence.fitted import fitted
from simulation.evidence.solutions import Solution
from simulation.studies import elsewhere
from simulation.studies.elsewhere import Elsewhere, corner, over_the_set, sentences
from tests.worlds import world

NAN = float("nan")
PLG, SLG = "cost_per_new_arr clg/plg", "cost_per_new_arr clg/slg"


def test_motions_are_compared_by_their_medians_at_each_solution():
    cost = {"clg": np.array([2.0, 1.0, 3.0, NAN]), "plg": np.array([1.0, 2.0, 1.0, 1.0])}
    assert elsewhere._compared("cac_usd", "clg", "plg", cost) == Elsewhere("cac_usd", "clg", "plg", 3, 1, 2.0, 0.5, 3.0)
    first_left_out = {m: np.concatenate([[NAN], v]) for m, v in cost.items()}  # another point is not what ships
    assert np.isnan(elsewhere._compared("cac_usd", "clg", "plg", first_left_out).ratio_shipped)
    kept = elsewhere._compared("retention_12_months", "clg", "plg", cost)  # more is better
    assert (kept.solutions, kept.first_better) == (3, 2)
    cash = elsewhere._compared("cash_usd", "clg", "plg", {m: -v for m, v in cost.items()})  # may change sign: no ratio
    assert np.isnan([cash.ratio_shipped, cash.ratio_low, cash.ratio_high]).all() and cash.first_better == 1
    assert elsewhere._medians(np.array([[1.0, NAN, 3.0], [NAN, NAN, NAN]])) == pytest.approx([2.0, NAN], nan_ok=True)


def test_a_sentence_says_of_each_claim_at_how_many_of_the_set_it_holds():
    found = [
        Elsewhere("cost_per_new_arr", "clg", "slg", 5, 2, 1.1, 0.7, 1.6),
        Elsewhere("retention_12_months", "clg", "slg", 5, 5, 1.1, 1.0, 1.2),
        Elsewhere("cac_usd", "clg", "slg", 5, 5, 0.2, 0.1, 0.3),  # no claim of a board
    ]
    (said,) = sentences(found)
    assert said == (
        "Over the set of numbers at which the same published patterns hold: a new yearly dollar costs SLG less than CLG at 3 of 5; "
        "CLG keeps more customers for a year than SLG at 5 of 5."
    )
    assert sentences([found[0]._replace(solutions=1)]) == [] == sentences([])


def test_a_comparison_is_one_corner_with_the_interval_over_the_set_only_where_it_is_that_of_the_reference(monkeypatch):
    monkeypatch.setattr(
        elsewhere,
        "solutions",
        lambda: [Solution("", {}, {PLG: 1.8, SLG: 0.84}), Solution("", {}, {PLG: 1.24, SLG: 1.1})],
    )
    worlds = {m: world(m) for m in ("clg", "plg", "slg")}
    n = len(fitted())
    assert corner(SimpleNamespace(worlds=worlds)) == (
        f"One set of numbers, each motion at its best mix for a new yearly dollar, is one corner of what is known: at the 2 at which the same {n} published patterns hold, a new yearly "
        "dollar costs CLG 1.2 to 1.8 times what it costs PLG and 0.84 to 1.1 times what it costs SLG; study=uncertainty looks at more."
    )
    without = corner(SimpleNamespace(worlds={m: worlds[m] for m in ("clg", "plg")}))
    assert "what it costs PLG; study" in without and "SLG" not in without
    other = (
        "One set of numbers is one corner of what is known: the same settings with study=uncertainty look at others."
    )
    assert corner(SimpleNamespace(worlds={"clg": worlds["clg"]})) == other
    dearer = {m: world(m, "product.price_usd=99") for m in worlds}
    assert corner(SimpleNamespace(worlds=dearer)) == other


def test_the_readme_says_what_the_set_says():
    said = " ".join((Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8").split())
    of_the_set = over_the_set({"clg", "plg", "slg"})
    assert of_the_set and of_the_set in said
