"""What a customer costs. Money is the whole market's; customers are counted for the whole market too.

Definitions: Skok, "SaaS Metrics 2.0" (forEntrepreneurs); acquisition dollars per dollar of new yearly revenue
as in the Pacific Crest / KBCM private SaaS surveys.
"""

from simulation.metrics.firm import new_customers
from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio, usd
from simulation.people.stages import PAID, Channel
from simulation.record import Record

COMMUNITY_LEVERS = ("community_team", "moderation", "recognition", "events")  # what a community costs
USERS = (Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK)  # who came by users first
GO_TO_MARKET = ("acquisition_cents", "retention_cents", "support_cents")  # all that is booked; nothing is credited


def cost_usd(record: Record) -> float:
    """Return all go-to-market cost of the run: what was booked, and bills that no money came for, less those that the past left open."""
    before = float(record.past.series("owed_cents")[-1]) if record.past else 0.0
    return usd(record, *GO_TO_MARKET) + (float(record.series("owed_cents")[-1]) - before) / 100


@metric(
    "fully loaded CAC",
    Kind.USD,
    Better.LESS,
    "E1",
    "Skok (fully loaded)",
    per="per new customer",
    log=True,
    headline=True,
)
def cac_usd(record: Record) -> float:
    """Return all go-to-market cost (acquisition, retention, support, bills still open; nothing credited) per new customer."""
    return ratio(cost_usd(record), new_customers(record))


@metric(
    "accounts that came to know the product",
    Kind.COUNT,
    Better.MORE,
    "E1, E8",
    "count, first touch; seed members and who came back apart",
)
def leads(record: Record) -> float:
    """Return accounts that came to know the product and looked at it, each time they did so anew."""
    new = (c for c in Channel if c not in (Channel.NONE, Channel.SEED, Channel.RETURN))
    return float(sum(record.series(f"attracted_{c.name.lower()}").sum() for c in new)) * record.weight


@metric(
    "cost of an account that came to know the product", Kind.USD, Better.LESS, "E1", "ours", per="per account", log=True
)
def lead_usd(record: Record) -> float:
    """Return all go-to-market cost per account that came to know the product."""
    return ratio(cost_usd(record), leads(record))


@metric("acquisition-only CAC", Kind.USD, Better.LESS, "E1", "Skok", per="per new customer", log=True)
def cac_acquisition_usd(record: Record) -> float:
    """Return the cost of levers tagged as acquisition per new customer of the whole run: it hangs on the tags."""
    return ratio(usd(record, "acquisition_cents"), new_customers(record))


@metric("paid CAC", Kind.USD, Better.LESS, "E1", "Skok (paid CAC)", per="per customer won by paid channels", log=True)
def cac_paid_usd(record: Record) -> float:
    """Return the cost of sellers and adverts per customer who came by a call or an advert (first touch)."""
    paid = record.n_won_by(PAID) * record.weight
    return ratio(usd(record, "sales_cents", "advertising_cents"), float(paid))


def _channel_cac(record: Record, levers: tuple[str, ...], channels: tuple[Channel, ...]) -> float:
    won = record.n_won_by(channels) * record.weight
    spent = usd(record, *(f"{lever}_cents" for lever in levers))
    return ratio(spent, float(won)) if spent > 0 else NAN


@metric("CAC of outbound", Kind.USD, Better.LESS, "E1, A9", "Skok, by channel", per="per customer", log=True)
def cac_outbound_usd(record: Record) -> float:
    """Return the cost of sellers per customer whom they called first."""
    return _channel_cac(record, ("sales",), (Channel.OUTBOUND,))


@metric("CAC of adverts", Kind.USD, Better.LESS, "E1, A9", "Skok, by channel", per="per customer", log=True)
def cac_adverts_usd(record: Record) -> float:
    """Return the cost of adverts per customer who saw one first."""
    return _channel_cac(record, ("advertising",), (Channel.ADVERT,))


@metric("CAC of the firm's content", Kind.USD, Better.LESS, "E1, A9", "Skok, by channel", per="per customer", log=True)
def cac_firm_content_usd(record: Record) -> float:
    """Return the cost of the firm's content per customer who found it first."""
    return _channel_cac(record, ("content",), (Channel.FIRM_CONTENT,))


@metric("CAC of the community", Kind.USD, Better.LESS, "E1, A9", "Skok, by channel", per="per customer", log=True)
def cac_community_usd(record: Record) -> float:
    """Return the community's cost (team, moderation, recognition, events) per customer who came by users first."""
    return _channel_cac(record, COMMUNITY_LEVERS, USERS)


@metric("first contract, a year", Kind.USD, Better.MORE, "E1", "KBCM", per="per new customer", log=True, headline=True)
def new_arr_per_customer_usd(record: Record) -> float:
    """Return yearly revenue of the first contract per new customer of the whole run."""
    return ratio(_new_arr(record), new_customers(record))


@metric("cost per new yearly dollar", Kind.RATIO, Better.LESS, "E1", "KBCM, fully loaded", log=True, headline=True)
def cost_per_new_arr(record: Record) -> float:
    """Return all go-to-market dollars per dollar of new customers' yearly revenue: the CAC over the first contract."""
    return ratio(cost_usd(record), _new_arr(record))


@metric("acquisition dollars per new yearly dollar", Kind.RATIO, Better.LESS, "E1", "KBCM; target V17", log=True)
def acquisition_per_new_arr(record: Record) -> float:
    """Return acquisition-tagged dollars per dollar of new customers' yearly revenue: V17 as its surveys define it."""
    return ratio(usd(record, "acquisition_cents"), _new_arr(record))


@metric("payback", Kind.MONTHS, Better.LESS, "E1", "Skok", log=True, headline=True)
def payback_months(record: Record) -> float:
    """Return months of gross margin of a new customer's first contract that repay the CAC."""
    return ratio(cost_usd(record), _new_arr(record) / 12 * record.gross_margin)


@metric("new customers per 10,000 USD", Kind.RATIO, Better.MORE, "E1", "CAC the other way round")
def new_customers_per_10k_usd(record: Record) -> float:
    """Return new customers per 10,000 USD of all go-to-market cost: defined where nobody buys, and mechanisms add up."""
    return 10_000 * ratio(new_customers(record), cost_usd(record))


def _new_arr(record: Record) -> float:
    return usd(record, "new_contract_value") * record.weight
