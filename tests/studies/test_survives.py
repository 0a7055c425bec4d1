"""What survives what nobody knows: which sentence a comparison of shares gets."""

import numpy as np
import pytest

from simulation.studies.survives import Share, sentences

SURE = Share("cost_per_new_arr", "clg", "plg", 0.05, 0.02, 0.11)
OPEN = Share("cash_usd", "clg", "slg", 0.62, 0.45, 0.69)
ALMOST = Share("retention_12_months", "clg", "plg", 0.86, 0.79, 0.91)
CASES = {
    "the second is better, surely": ([SURE], ["What survives: a new yearly dollar costs PLG less than CLG in 95 % (89 to 98) of worlds."]),
    "nobody is": (
        [OPEN],
        ["What does not survive, since the numbers that decide it are not known well enough: CLG has more cash at the end than SLG in 62 % (45 to 69) of worlds."],
    ),
    "an interval that reaches below four in five": (
        [ALMOST],
        ["What is likely, not sure: CLG keeps more customers for a year than PLG in 86 % (79 to 91) of worlds."],
    ),
    "a metric without a claim, and a share without an interval": ([SURE._replace(metric="cac_usd"), OPEN._replace(low=np.nan)], []),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_survives_is_what_holds_in_four_of_five_worlds_at_least(case):
    found, said = CASES[case]
    assert sentences(found, {}, 156) == said


def test_who_earns_the_cost_is_counted_by_world():
    cash = {
        "clg": np.array([[1.0, 2.0, -9.0], [-1.0, -2.0, 9.0], [np.nan] * 3]),
        "plg": np.array([[1.0], [1.0], [1.0]]),
    }
    assert sentences([], cash, 156) == [
        "Within 3 years more has come in than was spent under CLG in 1 of 2, PLG in 3 of 3 worlds."
    ]
    assert sentences([], cash, 100)[0].startswith("Within 100 weeks more")
