"""The company as simulated beside what it said of itself: a word where they are apart, nothing where nothing was said."""

from types import SimpleNamespace

import numpy as np
import pytest

from simulation.calendar import Calendar
from simulation.knowns.firm import motion_of
from simulation.metrics import METRICS
from simulation.runs.session import METRIC_AT
from simulation.scenario.known import Known
from simulation.studies.company import APART, profile, said_by

KNOWN = {"price_usd": 49, "accounts": 2000, "customers": 100, "new_customers": 40, "budget_usd_per_year": 1e5, "like": "plg", "monthly_churn": 0.02}  # fmt: skip
WEEKLY = Calendar.of(None, 1)


def metrics(**values):
    """Return 40 markets whose metrics of today are as given, with a hundredth of luck."""
    of = np.full((40, len(METRICS)), np.nan)
    luck = 1 + 0.01 * np.linspace(-1, 1, 40)
    for name, value in values.items():
        of[:, METRIC_AT[f"{name}_today"]] = value * luck
    return {"plg": of, "clg": 2 * of}


def firm(known):
    """Return what is read of the configuration of a firm with a past."""
    return SimpleNamespace(known=known, past=SimpleNamespace(motion=motion_of(Known.model_validate(KNOWN))))


def test_what_is_more_than_a_twentieth_off_is_said_to_be_apart():
    known = Known.model_validate(KNOWN)
    said = said_by(firm(known))
    now = metrics(customers_end=103, monthly_churn=0.03, budget_usd_per_year=1e5, retention_12_months=0.8)
    found = profile(now, WEEKLY, 52, past=True, said=said)
    assert found.heads == ["today", "as said", ""]
    assert found.rows["customers"][1:] == ["100", ""]
    assert found.rows["customers lost, a month"][1:] == ["2.0 %", APART]
    assert found.rows["budget, a year"][1:] == ["$100,000", ""]
    assert found.rows[METRICS["retention_12_months"].called][1:] == ["", ""]  # nothing was said of it


@pytest.mark.parametrize("past", [True, False])
def test_where_nothing_was_said_nothing_stands_beside(past):
    assert said_by(firm(None)) == {}
    found = profile(metrics(customers_end=103), WEEKLY, 52, past=past)
    assert found.heads == (["today"] if past else ["PLG", "CLG"])
    assert all(len(cells) == len(found.heads) for cells in found.rows.values())
