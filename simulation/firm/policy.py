"""Monitor and adapt: by rule, money moves from the lever whose customers cost most to the one whose cost least."""

import numpy as np

from simulation.compiled import part
from simulation.firm.levers import CREDIT, CREDITED

LEVER, PLACE = np.array(CREDITED), np.array(CREDIT)


@part
def watch(tally, review_weeks, step, firm):
    """Note a week; at a review, move ``step`` of the budget from the dearest to the cheapest lever."""
    firm.review_weeks += 1
    for k in range(LEVER.size):
        firm.spent[k] += firm.paid[LEVER[k]]
        firm.brought[k] += tally[PLACE[k]]
    if firm.review_weeks < review_weeks:
        return
    n, dear, cheap, most, least = 0, -1, -1, 0.0, 0.0
    for k in range(LEVER.size):
        if firm.shares[LEVER[k]] > 0.0:
            n += 1
            cost = firm.spent[k] / max(firm.brought[k], 0.5)
            if dear < 0 or cost > most:
                dear, most = LEVER[k], cost
            if cheap < 0 or cost < least:
                cheap, least = LEVER[k], cost
    if n > 1:
        moved = min(step, firm.shares[dear])
        firm.shares[dear] -= moved
        firm.shares[cheap] += moved
    firm.spent[:] = 0.0
    firm.brought[:] = 0
    firm.review_weeks = 0
