"""Monitor and adapt: by rule, money moves from the lever whose customers cost most to the one whose cost least."""

from simulation.people.book import ADOPTED, ADOPTED_DOOR
from simulation.people.stages import Channel, Door

# which new customers a lever is credited with; what cannot be told apart stays as it is
CREDIT = {
    "sales": ADOPTED_DOOR + Door.SALES,
    "product_growth": ADOPTED_DOOR + Door.TRIAL,
    "community_team": ADOPTED_DOOR + Door.COMMUNITY,
    "advertising": ADOPTED + Channel.ADVERT,
    "content": ADOPTED + Channel.FIRM_CONTENT,
}


class Policy:
    """The shares in force, and what each lever has cost and brought since the last review."""

    def __init__(self, shares: dict[str, float]) -> None:
        self.shares = dict(shares)
        self.restart()

    def restart(self) -> None:
        """Forget what was seen since the last review."""
        self.weeks = 0
        self.spent = dict.fromkeys(CREDIT, 0.0)
        self.brought = dict.fromkeys(CREDIT, 0)

    def watch(self, tally, paid_cents: dict[str, int], review_weeks: int, step: float) -> None:
        """Note a week; at a review, move ``step`` of the budget from the dearest to the cheapest lever."""
        self.weeks += 1
        for lever, place in CREDIT.items():
            self.spent[lever] += paid_cents.get(lever, 0)
            self.brought[lever] += int(tally[place])
        if self.weeks < review_weeks:
            return
        levers = [k for k in CREDIT if self.shares.get(k, 0.0) > 0.0]
        if len(levers) > 1:
            cost = {k: self.spent[k] / max(self.brought[k], 0.5) for k in levers}
            dear, cheap = max(levers, key=cost.__getitem__), min(levers, key=cost.__getitem__)
            moved = min(step, self.shares[dear])
            self.shares[dear] -= moved
            self.shares[cheap] += moved
        self.restart()
