"""Change one person: only those whom the network reaches may differ, and nobody's luck moves."""

import numpy as np

from simulation.mesa_model import GrowthModel
from tests.worlds import world

WEEKS = 3
PERSONAL = (  # no channel that joins a whole segment
    "weeks=60",
    "market.people=3000",
    "market.accounts=30000",
    "behaviour.attraction.close_talk_per_week=0.15",
    "behaviour.attraction.ambient_per_week=0.01",
    "behaviour.attraction.broadcast_talk_per_week=0",
    "market.segments.smaller.search_demand_per_week=0",
    "market.segments.larger.search_demand_per_week=0",
    "behaviour.feedback.rate_per_week=0",
    "switches.outbound=false",
    "prices.hosting_usd_per_trial_week=0",  # what trials cost is taken from work on the product
    "prices.trial_support_usd_per_week=0",
    "prices.engineers_for_free_tier=0",
)


def test_after_changing_one_person_only_rows_in_reach_differ():
    config = world("plg", *PERSONAL)
    plain, changed = GrowthModel(config, rng=5), GrowthModel(config, rng=5)
    for model in (plain, changed):
        for _ in range(30):
            model.step()
    customers = np.flatnonzero(changed.people["stage"] == 3)
    row = int(customers[0])
    changed.people["satisfaction"][row] = 0.0
    changed.people["fit"][row] = -5.0
    reach = {row}
    for week in range(1, WEEKS + 1):
        plain.step(), changed.step()
        for near in list(reach):
            reach |= set(plain.network.indices[plain.network.indptr[near] : plain.network.indptr[near + 1]].tolist())
        differ = set(np.flatnonzero(plain.people != changed.people).tolist())
        assert differ <= reach, f"week {week}: {sorted(differ - reach)[:5]}"
        assert (plain.keys == changed.keys).all()
    assert row in differ
