"""The firm: product, prices of every lever, budget, platform, loyalty programme, motions."""

from typing import Any, Literal

from pydantic import Field, model_validator

from simulation.scenario.intervention import Intervention
from simulation.scenario.units import Frozen, count, number, share

LEVERS = (
    "sales",
    "advertising",
    "account_management",
    "product_growth",
    "community_team",
    "content",
    "moderation",
    "recognition",
    "events",
    "rewards",
)
Lever = Literal[LEVERS]
TASKS = ("welcome", "answers", "introductions", "translation", "moderation", "listening", "hosting", "invitations")
Task = Literal[TASKS]
LEAST_USD = 0.01  # that a market is used to pay
KINDS = ("how_to", "news", "question_sessions", "contests")  # what the money for content is spent on
Kind = Literal[KINDS]


class Product(Frozen):
    """What is sold. In scenarios the reference price follows the price and the ceiling the quality, unless they are given."""

    price_usd: number("USD per seat and month", 0, 1e6)
    grandfather: bool  # customers keep their price when the list price changes
    notice_weeks: count("weeks from a change of price until customers by the month pay it", 0, 52)
    base_price: number("ratio to what they would pay: of those who are customers when it changes", 0.01, 100)
    reference_price_usd: number("USD per seat and month at which price neither helps nor hurts", LEAST_USD, 1e6)
    further: number(
        "what can be sold beyond seats to an account of 100, share of them; by the log of seats, so nothing to one of one",
        0,
        20,
        prior=(0.5, 2),
        grade="D",
        source="V26a, V26c",
    )
    complexity: number("1 = reference; divides learning", 0.05, 20)
    quality: number("ratio at the start, 1 = reference", 0.01, 100)
    quality_ceiling: number("ratio, as quality", 0.01, 200)
    network_benefit: number("logit and log-hazard when all contacts use it", 0, 10)
    sharing: share
    satisfaction: share
    ease: share
    gross_margin: number("share", 0, 1, prior=(0.7, 0.82), grade="B", source="benchmarks.csv gross_margin")

    @model_validator(mode="before")
    @classmethod
    def used_to_a_price(cls, given: Any):
        price = given.get("price_usd") if isinstance(given, dict) else None
        if isinstance(price, int | float) and 0 <= price < LEAST_USD and given.get("reference_price_usd") == price:
            raise ValueError(
                f"product.price_usd={price:g}: what the market is used to pay follows the price and is {LEAST_USD:g} or more; "
                "give product.reference_price_usd as well"
            )
        return given


class Prices(Frozen):
    """What capacity costs."""

    contractor_premium: number(
        "ratio of an hour's price where less than one head is needed",
        1,
        10,
        prior=(1.2, 2),
        grade="D",
        source="judgement",
    )
    seller_pod_usd_per_week: number(
        "USD", 1, 1e6, prior=(6500, 9000), grade="B", source="benchmarks.csv ae_ote, sdr_ote, aes_supported_by_sdr"
    )
    meetings_per_pod_per_week: number(
        "first meetings", 0, 100, prior=(1.2, 3.3), grade="C", source="benchmarks.csv sdr_meetings_per_month"
    )
    free_slots_for_meetings: number(
        "share of deal slots below which sellers call less", 0.01, 1, prior=(0.125, 0.5), grade="D", source="judgement"
    )
    open_deals_per_pod: number("deals", 1, 1000, prior=(20, 80), grade="D", source="judgement")
    seller_hours_per_deal_ln_size: number(
        "deal slots added per log seat", 0, 10, prior=(0.075, 0.3), grade="D", source="judgement"
    )
    commission: number("share", 0, 1, prior=(0.08, 0.12), grade="B", source="benchmarks.csv commission_share_of_acv")
    account_manager_usd_per_week: number("USD", 1, 1e6, prior=(1.25e03, 5e03), grade="D", source="judgement")
    managed_usd_per_year: number(
        "USD of yearly revenue per account manager",
        1,
        1e9,
        prior=(1e6, 8e6),
        grade="C",
        source="benchmarks.csv arr_per_csm",
    )
    engineer_usd_per_week: number("USD", 1, 1e6, prior=(1.8e03, 7.2e03), grade="D", source="judgement")
    engineers_for_ease: number(
        "engineers at half of the ease that work can add", 0.1, 1e4, prior=(3, 12), grade="D", source="judgement"
    )
    engineers_for_free_tier: number(
        "engineers that a free tier needs; with fewer it works in proportion",
        0,
        1e4,
        prior=(0.5, 2),
        grade="D",
        source="judgement",
    )
    ease_decay_per_week: number("share", 0, 1, prior=(0.005, 0.02), grade="D", source="judgement")
    hosting_usd_per_trial_week: number("USD", 0, 1e4, prior=(0.75, 3), grade="D", source="judgement")
    trial_support_usd_per_week: number("USD", 0, 1e4, prior=(1.5, 6), grade="D", source="judgement")
    managers_for_community: number(
        "community managers that a community's door needs; with fewer it is open in proportion",
        0,
        1e4,
        prior=(0.2, 1),
        grade="D",
        source="judgement",
    )
    door_decay_per_week: number(
        "share by which a free plan or a community that nobody works on closes",
        0,
        1,
        prior=(0.05, 0.25),
        grade="D",
        source="judgement",
    )
    order_usd: number(
        "USD for handling an order that came without trial, seller or community",
        0,
        1e5,
        prior=(10, 100),
        grade="D",
        source="judgement",
    )
    manager_usd_per_week: number(
        "USD per community manager",
        1,
        1e6,
        prior=(1600, 3300),
        grade="B",
        source="benchmarks.csv community_manager_salary",
    )
    manager_hours_per_week: number("hours", 1, 80)
    welcome_hours: number("hours per newcomer", 0.001, 10, prior=(0.125, 0.5), grade="D", source="judgement")
    answer_hours: number("hours per staff answer", 0.001, 10, prior=(0.2, 0.8), grade="D", source="judgement")
    introduction_hours: number("hours per introduction", 0.001, 10, prior=(0.15, 0.6), grade="D", source="judgement")
    hosting_hours: number("hours per post of the team", 0.01, 40, prior=(1, 4), grade="D", source="judgement")
    invitation_hours: number("hours per customer invited", 0.001, 10, prior=(0.05, 0.2), grade="D", source="judgement")
    translation_hours: number(
        "hours per week at half effect, per language", 0.1, 1e4, prior=(20, 80), grade="D", source="judgement"
    )
    moderation_hours: number(
        "hours per removed noisy piece", 0.001, 10, prior=(0.05, 0.2), grade="D", source="judgement"
    )
    listening_hours: number("hours per week at half effect", 0.1, 1e4, prior=(10, 40), grade="D", source="judgement")
    piece_usd: number("USD per piece of firm content", 1, 1e5, prior=(150, 900), grade="D", source="judgement")
    contest_half_usd: number(
        "USD of contests per member and week at half effect", 1e-4, 1e4, prior=(0.25, 1), grade="D", source="judgement"
    )
    event_usd: number("USD per event", 1, 1e7, prior=(1.25e03, 5e03), grade="D", source="judgement")
    event_seats: number("people an event can hold", 1, 1e6, prior=(30, 120), grade="D", source="judgement")
    recognition_half_usd: number(
        "USD per member and week at half effect", 1e-4, 1e4, prior=(0.25, 1), grade="D", source="judgement"
    )
    moderator_usd_per_hour: number("USD", 0.1, 1e4, prior=(17.5, 70), grade="D", source="judgement")
    seed_piece_usd: number("USD per piece of seed content", 0, 1e5, prior=(200, 800), grade="D", source="judgement")
    seed_member_usd: number("USD per recruited seed member", 0, 1e5, prior=(250, 1e03), grade="D", source="judgement")
    ticket_usd: number(
        "USD per ticket that staff handle", 0, 1e4, prior=(10, 35), grade="D", source="benchmarks.csv cost_per_ticket"
    )
    brand_decay_per_week: number("share", 0, 1, prior=(0.01, 0.04), grade="D", source="judgement")


class Budget(Frozen):
    """One rule for every motion compared: equal money."""

    usd_per_account_per_week: number("USD", 0, 1e6)
    share_of_revenue: share
    keeps_doors: bool = (
        False  # in weeks without money a free plan and a community are kept up, at cost; else they wear out
    )


class Platform(Frozen):
    """Where the community lives."""

    searchability: share
    reach_newcomers: number("ratio: how easily the attracted come in", 0, 10)
    reach_customers: number("ratio: how easily customers come in", 0, 10)
    intimacy: number("ratio of the belonging and tie strength of a forum", 0, 5)
    answers_in_week: share
    brand_control: share
    noise: number("ratio", 0, 10)
    licence_usd_per_week: number("USD", 0, 1e6)
    usd_per_member_per_week: number("USD", 0, 1e4)
    lost_when_moving: share
    moves: count("moves to a new platform so far", 0, 1000)


class Loyalty(Frozen):
    """A points programme: a transactional reward."""

    rewards_usd: number("USD per customer and month promised", 0, 1e5)


class Launch(Frozen):
    """The first weeks: spending is moved forward, the total stays."""

    weeks: count("weeks", 0, 520)
    factor: number("ratio of spending in these weeks", 0, 50)
    seed_pieces: number("pieces per topic, booked at cost", 0, 1)
    seed_members: number("members recruited for the real market, booked at cost", 0, 1e6)


class Adaptive(Frozen):
    """Monitor and adapt: every ``weeks`` move ``step`` of the budget from the dearest to the cheapest lever."""

    weeks: count("weeks between reviews; 0 = never", 0, 520)
    step: share


class Motion(Frozen):
    """A way of spending: shares over the levers, priced switches and a time plan."""

    shares: dict[Lever, share]
    free_tier: bool
    community: bool
    team_hours: dict[Task, share]
    content_mix: dict[Kind, share]
    launch: Launch
    adaptive: Adaptive
    plan: list[Intervention] = Field(
        default_factory=list
    )  # changes of this motion by week: {week: 52, set: {community: true, ...}}

    def planned(self) -> list[Intervention]:
        """Return the plan as interventions of a world."""
        return [i.model_copy(update={"set": {f"motion.{path}": v for path, v in i.set.items()}}) for i in self.plan]

    @model_validator(mode="after")
    def whole(self):
        parts_of = {"shares": self.shares, "team_hours": self.team_hours, "content_mix": self.content_mix}
        for name, parts in parts_of.items():
            total = sum(parts.values())
            if abs(total - 1) > 1e-9:
                raise ValueError(f"{name} sum to {total:g}, they must sum to 1")
        if self.free_tier and not self.shares.get("product_growth"):
            raise ValueError("free_tier is on, but shares.product_growth, which pays for it, is 0")
        if self.community and not self.shares.get("community_team"):
            raise ValueError("community is on, but shares.community_team, which pays for it, is 0")
        return self
