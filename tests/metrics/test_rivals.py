"""Metrics of rivals, counted a second time from the table of people."""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics import measure
from simulation.people.stages import Uses
from tests.worlds import lively, world


def test_shares_win_rate_and_flows_are_those_of_people():
    model = GrowthModel(lively("weeks=70"), rng=5)
    before, came, won, lost = model.people["uses"].copy(), 0, np.zeros(4), np.zeros(4)
    for _ in range(70):
        entered = sum(int(model.series(f"rival_{k}_entered").sum()) for k in (1, 2))
        model.step()
        now = model.people["uses"].copy()
        entered = sum(int(model.series(f"rival_{k}_entered").sum()) for k in (1, 2)) - entered
        came += ((now != before) & (now >= Uses.RIVAL_1)).sum() - entered
        for use in (Uses.RIVAL_1, Uses.RIVAL_2):
            won[use] += ((before == use) & (now == Uses.US)).sum()
            lost[use] += ((before == Uses.US) & (now == use)).sum()
        before = now
    found, record = measure(model.record), model.record
    users = np.bincount(before, minlength=4)
    assert found["market_share"] == pytest.approx(users[Uses.US] / users[Uses.US :].sum())
    assert found["rival_2_share"] == pytest.approx(users[Uses.RIVAL_2] / users[Uses.US :].sum())
    assert found["rival_1_net_flow"] == pytest.approx((won - lost)[Uses.RIVAL_1] * record.weight, abs=3 * record.weight)
    assert found["win_rate"] == pytest.approx(record.won.size / (record.won.size + came), rel=0.03)
    assert lost.sum() > 5 and came > 20


def test_without_a_rival_there_is_no_share_of_anything():
    found = measure(GrowthModel(world("plg", "market.people=1000", "weeks=60"), rng=1).run())
    assert all(np.isnan(found[name]) for name in ("market_share", "win_rate", "rival_1_share", "rival_2_net_flow"))
    assert found["lost_to_rival_share"] == 0
