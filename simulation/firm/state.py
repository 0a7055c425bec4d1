"""The firm as it stands: stocks that decay (ease, brand, content), quality, money, this week's capacity."""

from simulation.firm.content import Library
from simulation.firm.ledger import Ledger
from simulation.firm.policy import Policy
from simulation.firm.spending import Capacity, added, plan_factor, sat, spend
from simulation.scenario.schema import World


class Firm:
    """One firm in one run. Extensive stocks stand for the real market of ``accounts``."""

    def __init__(self, world: World, accounts: float, weight: float) -> None:
        market = world.market
        self.accounts, self.weight = accounts, weight
        self.ledger = Ledger()
        self.policy = Policy(world.motion.shares)
        self.capacity = Capacity()
        self.paid: dict[str, int] = {}
        self.ease, self.brand = world.product.ease, 0.0
        self.free_tier = 0.0  # 1 = as built; a free plan that nobody works on wears out as ease does
        self.quality, self.rival_quality = world.product.quality, world.rival.quality
        self.languages = list(dict.fromkeys(s.language for s in market.segments.values()))
        self.language_of = [self.languages.index(s.language) for s in market.segments.values()]
        shares = [s.share for s in market.segments.values()]
        self.language_share = [
            added(s for s, at in zip(shares, self.language_of, strict=True) if at == k)
            for k in range(len(self.languages))
        ]
        self.libraries = [Library(market.topics) for _ in self.languages]

    def launch(self, world: World) -> None:
        """Seed the community with content before it opens; the pieces are billed."""
        seeds = world.motion.launch
        if world.motion.community and seeds.seed_pieces > 0:
            for library, share in zip(self.libraries, self.language_share, strict=True):
                pieces = seeds.seed_pieces * library.topics * share
                library.add(world.behaviour.attraction.firm_content * pieces, 0.0, 0.0)
                self.ledger.bill("community_team", pieces * world.prices.seed_piece_usd)

    def spend(self, world: World, week: int, weeks: int, revenue_cents: int) -> None:
        """Pay out the budget and move the stocks that money feeds."""
        budget, prices = world.budget, world.prices
        planned = 100 * budget.usd_per_account_per_week * self.accounts * plan_factor(world, week, weeks)
        planned += budget.share_of_revenue * revenue_cents
        before = dict(self.ledger.by_lever)
        c = self.capacity = spend(world, self.policy.shares, self.ledger, planned, self.accounts)
        self.paid = {k: v - before[k] for k, v in self.ledger.by_lever.items()}
        target = world.product.ease + (1.0 - world.product.ease) * sat(c.engineers, prices.engineers_for_ease)
        self.ease += prices.ease_decay_per_week * (target - self.ease)
        staffed = world.motion.free_tier and c.engineers >= prices.engineers_for_free_tier
        self.free_tier = 1.0 if staffed else self.free_tier * (1.0 - prices.ease_decay_per_week)
        self.brand += c.advert_usd + c.news_usd - prices.brand_decay_per_week * self.brand

    def publish(self, world: World, user_pieces: list[float], posts: list[float], members: list[float]) -> None:
        """Let a week of content pass; arguments by language, for the real market."""
        behaviour, prices, c = world.behaviour, world.prices, self.capacity
        useful = behaviour.attraction.firm_content * c.pieces
        hours = (c.moderation_hours + c.hours["moderation"]) * world.platform.brand_control
        for k, library in enumerate(self.libraries):
            share = self.language_share[k]
            library.add(useful * share, user_pieces[k], behaviour.advocacy.content_decay_per_week)
            noisy = behaviour.help.noise_per_post * world.platform.noise * posts[k] + world.outside.spam * members[k]
            removed = behaviour.help.moderation * min(noisy, share * hours / prices.moderation_hours)
            library.muddle(noisy - removed, posts[k], behaviour.help.noise_decay_per_week)

    def improve(self, world: World, active_members: float, managed: float, trials: float) -> None:
        """Feedback raises quality toward its ceiling; counts are for the real market."""
        f, product = world.behaviour.feedback, world.product
        listening = 1.0 + sat(self.capacity.hours["listening"], world.prices.listening_hours)
        volume = f.member * listening * active_members + f.managed_account * managed + f.trial * trials
        gap = product.quality_ceiling - self.quality
        self.quality += f.rate_per_week * sat(volume / self.accounts, f.half_per_account) * max(0.0, gap)
        self.rival_quality *= 1.0 + world.rival.quality_growth_per_week
