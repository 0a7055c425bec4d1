"""The market: who could buy, how they differ, whom they know, and the rivals."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, model_validator

from simulation.people.stages import MOST_RIVALS
from simulation.scenario.units import Frozen, count, number, share


class SocialNetwork(Frozen):
    """Who knows whom. ``file`` is a CSV with columns source,target; it then decides how many people there are."""

    kind: Literal["small_world", "heavy_tailed", "file"]
    degree: count("contacts a person, even", 0, 1000)
    p_rewire: share
    p_triad: share
    file: str | None
    traits_file: str | None

    @model_validator(mode="after")
    def file_fits_kind(self):
        if (self.kind == "file") != (self.file is not None):
            raise ValueError("network.kind=file and network.file=<edges.csv> belong together: give both or neither")
        if self.traits_file and not self.file:
            raise ValueError("network.traits_file needs network.file: traits are matched to the ids in it")
        return self


class Segment(Frozen):
    """One part of the market: its size, culture and economics."""

    share: share
    language: str
    time_zone_hours: number("hours from UTC", -12, 14)
    search_demand_per_week: number(
        "searches that would lead here, per account and week", 0, 50, prior=(0.002, 0.02), grade="D", source="judgement"
    )
    openness: number("ratio: how readily people ask and write in public, by its norms", 0, 5)
    price_level: number("ratio to the list price", 0.01, 100)
    contact_cost_usd: number("USD per outbound contact", 0, 1e5)
    p_contract: share
    churn_per_week: number(
        "hazard, monthly contract, average person",
        0,
        50,
        prior=(0.01, 0.05),
        grade="C",
        source="benchmarks.csv annual_logo_churn",
    )


class Traits(Frozen):
    """How people differ. The sd of a log-normal trait is that of its logarithm."""

    size_median_seats: number("seats", 1, 1e5)
    size_sd_log: number("log units", 0, 4)
    need_sd: number("logit units", 0, 4)
    fit_sd: number("log-hazard units", 0, 4, prior=(0.7, 1.4), grade="B", source="Fader & Hardie 2007, fitted")
    aptitude_sd_log: number("log units", 0, 4)
    affinity_sd_log: number("log units", 0, 4, prior=(0.8, 1.6), grade="C", source="benchmarks.csv invited_customers_*")
    growth_per_year: number(
        "log units, mean growth of the seats an account can use", -2, 2, prior=(0.0, 0.1), grade="D", source="judgement"
    )
    readiness_variance: number(
        "between people, of a gamma of mean 1, in how readily they come to know the product",
        0,
        10,
        prior=(0.0, 0.6),
        grade="C",
        source="real networks: Korea 1973, likelihood of the first half",
    )
    growth_sd: number("log units a year, between accounts", 0, 2, prior=(0.05, 0.3), grade="D", source="judgement")
    growth_lasts_years: number(
        "years after which an account's rate of growth has fallen to 1 / e of the first",
        0.1,
        1000,
        prior=(8, 50),
        grade="D",
        source="judgement: who grows fast does not for ever",
    )
    helpfulness_sd_log: number("log units", 0, 4, prior=(1.0, 2.8), grade="B", source="V03, V04: Slicer, UCI and IRC")


class Market(Frozen):
    """``people`` simulated rows stand for ``accounts`` decision makers (null: one each; never for less than one each)."""

    people: count("rows", 1, 20_000_000) | None
    accounts: count("accounts", 1, 1_000_000_000) | None
    topics: number("topics people search for", 1, 1e7, prior=(1500, 12000), grade="D", source="judgement")
    content_of_others: number("topics covered by whoever is no named rival", 0, 1e7)
    homophily: share
    segments: dict[str, Segment]
    traits: Traits
    network: SocialNetwork

    @model_validator(mode="before")
    @classmethod
    def an_account_each(cls, given: Any):
        people, accounts = (given.get(name) for name in ("people", "accounts")) if isinstance(given, dict) else (0, 0)
        if isinstance(people, int) and isinstance(accounts, int) and 1 <= accounts < people:
            return given | {"people": accounts}
        return given

    @model_validator(mode="after")
    def whole(self):
        total = sum(s.share for s in self.segments.values())
        if abs(total - 1) > 1e-9:
            raise ValueError(f"market.segments: shares sum to {total:g}, they must sum to 1")
        if not 1 <= len(self.segments) <= 16:
            raise ValueError(f"market.segments: {len(self.segments)} given, 1 to 16 are allowed")
        if (self.people is None) == (self.network.file is None):
            given = "neither is" if self.people is None else "both are"
            raise ValueError(
                f"market.people and market.network.file both say how many people there are and {given} given: "
                "with a file, write market.people=null"
            )
        return self


class Rival(Frozen):
    """A supplier of the same thing beside the average one that adoption's intercept holds. Before ``entry_week`` it is not there; null: never."""

    entry_week: count("week", 0, 5200) | None
    price_usd: number("USD per seat and month", 0, 1e6)
    quality: number("ratio, as product.quality", 0.01, 200)
    quality_growth_per_week: number("share", 0, 0.1)
    content: number("topics covered", 0, 1e7)
    reach_per_week: number(
        "people reached, per account and week", 0, 10, prior=(0.002, 0.05), grade="D", source="judgement"
    )
    users: number("share of those who use nothing that uses it when it enters", 0, 1)
    community: number("members per account of ours; 1 = as alive as ours can be", 0, 1)
    rewards_usd: number("USD per customer and month", 0, 1e5)
    switching_per_week: number("hazard at full pull", 0, 1)
    lock: number("log units: what its users give up by going", 0, 10, prior=(0.2, 1.0), grade="D", source="judgement")
    looking: number(
        "ratio: how readily its users hear of others", 0, 1, prior=(0.1, 1.0), grade="D", source="judgement"
    )


def _few(rivals: dict[str, Rival]) -> dict[str, Rival]:
    """Return the rivals; raise ValueError for more than there is room for."""
    if len(rivals) > MOST_RIVALS:
        raise ValueError(f"rival=[{','.join(rivals)}]: at most {MOST_RIVALS} rivals can be chosen")
    return rivals


Rivals = Annotated[dict[str, Rival], AfterValidator(_few)]


class Outside(Frozen):
    """What happens to the firm from outside; interventions set these for a while."""

    criticism: number("strength, 0 = none, 1 = a storm", 0, 5)
    spam: number("noisy pieces per member and week", 0, 10)
    top_helpers_leave: share
