"""The ledger: integers of cents; money in equals money booked."""

from simulation.scenario.firm import LEVERS

ACQUISITION, RETENTION, SUPPORT = "acquisition", "retention", "support"
TAGS = {
    "sales": ACQUISITION,
    "advertising": ACQUISITION,
    "account_management": RETENTION,
    "product_growth": ACQUISITION,
    "community_team": ACQUISITION,
    "content": ACQUISITION,
    "moderation": ACQUISITION,
    "recognition": RETENTION,
    "events": RETENTION,
    "rewards": RETENTION,
}


class Ledger:
    """Budget paid out, purses of the levers, and the bills that usage sends them.

    A lever's purse receives its share each week. Bills (commission, contacts, hosting, platform, seeds, rewards)
    are paid from it first; what is left buys capacity. Whatever enters a purse is booked that week as cost. In a
    week without any budget what was built runs on, and its bills are paid and booked on top.
    """

    def __init__(self) -> None:
        self.purse = dict.fromkeys(LEVERS, 0)
        self.budget_cents = 0
        self.planned = 0.0
        self.booked = {ACQUISITION: 0, RETENTION: 0, SUPPORT: 0}
        self.by_lever = dict.fromkeys(LEVERS, 0)
        self.support_cents = 0
        self.revenue_cents = 0
        self.cash_cents = 0

    def pay_out(self, planned_cents: float, shares: dict[str, float]) -> dict[str, int]:
        """Pay this week's budget into the purses; the sum over weeks is exact to the cent, whatever the plan."""
        if planned_cents <= 0:
            return self._run_on(shares)
        self.planned += planned_cents
        total = round(self.planned) - self.budget_cents
        self.budget_cents += total
        paid, cumulative, edge = {}, 0.0, 0
        last = next(reversed([k for k, s in shares.items() if s > 0]))
        for lever, share in shares.items():
            cumulative += share
            upto = total if lever == last else int(total * cumulative)
            if share > 0:
                paid[lever] = upto - edge
                edge = upto
                self.purse[lever] += paid[lever]
                self.by_lever[lever] += paid[lever]
                self.booked[TAGS[lever]] += paid[lever]
        return paid

    def _run_on(self, shares: dict[str, float]) -> dict[str, int]:
        """Pay what the levers owe, and nothing else."""
        paid = {lever: -min(0, self.purse[lever]) for lever, share in shares.items() if share > 0}
        for lever, cents in paid.items():
            self.purse[lever] += cents
            self.by_lever[lever] += cents
            self.booked[TAGS[lever]] += cents
            self.budget_cents += cents
            self.planned += cents
        return paid

    def bill(self, lever: str, usd: float) -> None:
        """Take a bill out of a lever's purse; it may owe the rest until its next money comes."""
        self.purse[lever] -= round(100 * usd)

    def spend(self, lever: str) -> float:
        """Empty a lever's purse; return the USD that buy capacity now, 0 while it owes."""
        cents = self.purse[lever]
        if cents <= 0:
            return 0.0
        self.purse[lever] = 0
        return cents / 100

    def book_support(self, usd: float) -> None:
        """Book staff support; it is not part of the budget."""
        cents = round(100 * usd)
        self.booked[SUPPORT] += cents
        self.support_cents += cents

    def close_week(self, revenue_cents: int, gross_margin: float, cost_cents: int) -> None:
        """Book a week's revenue; cash is gross margin less all booked cost."""
        self.revenue_cents += revenue_cents
        self.cash_cents += round(revenue_cents * gross_margin) - cost_cents

    @property
    def owed_cents(self) -> int:
        """Bills that no money has come for yet."""
        return -sum(min(0, cents) for cents in self.purse.values())
