"""How the community does: members, activity, content, answers, leads, deflection, satisfaction, what ties hold."""

from simulation.calendar import YEAR_WEEKS
from simulation.metrics.metric import Better, Kind, metric
from simulation.metrics.sums import NAN, ratio
from simulation.people.influence import FULL_TALK
from simulation.people.stages import Channel, Door
from simulation.record import Record


@metric("members at the end", Kind.COUNT, Better.MORE, "E3", "count")
def members_end(record: Record) -> float:
    """Return members of the community at the end."""
    return float(record.series("members")[-1]) * record.weight


@metric("growth of members", Kind.RATE, Better.MORE, "E3", "count", per="a year")
def member_growth_per_year(record: Record) -> float:
    """Return members gained in the run's last year over members a year before; NaN in a run of a year or less."""
    members = record.series("members")
    return ratio(members[-1] - members[-1 - YEAR_WEEKS], members[-1 - YEAR_WEEKS]) if members.size > YEAR_WEEKS else NAN


@metric(
    "members who posted in four weeks", Kind.SHARE, Better.MORE, "E4", "ours; four weeks as in monthly active users"
)
def active_share(record: Record) -> float:
    """Return the share of members who posted in the last four weeks of the run."""
    return ratio(record.series("active")[-1], record.series("members")[-1])


@metric("questions answered by peers", Kind.SHARE, Better.MORE, "E10", "target V05")
def answered_share(record: Record) -> float:
    """Return the share of questions that peers answered within the week."""
    return ratio(record.series("answered").sum(), record.series("questions").sum())


@metric("leads by the community", Kind.COUNT, Better.MORE, "E8", "count")
def community_leads(record: Record) -> float:
    """Return people who came in through the community's door, seed members apart: leads that it generated."""
    return _came(record) * record.weight


def _came(record: Record) -> float:
    """Return who came in through the community's door, less those whom an opening after the first week seeded it with."""
    return float(record.series("engaged_community").sum() - record.series("attracted_seed").sum())


def _converted(record: Record) -> int:
    lives = record.won  # each begins with one coming in, so these are a part of all who came in
    return int(((lives["door"] == Door.COMMUNITY) & (lives["channel"] != Channel.SEED)).sum())


@metric("community leads who bought", Kind.SHARE, Better.MORE, "E9", "count")
def member_conversion_share(record: Record) -> float:
    """Return the share of those who came in through the community's door, seed members apart, who bought."""
    return ratio(_converted(record), _came(record))


@metric("community leads won", Kind.COUNT, Better.MORE, "E9", "count")
def member_conversions(record: Record) -> float:
    """Return community leads who bought: they came in through its door and were no seed members."""
    return float(_converted(record)) * record.weight


@metric("tickets solved by peers", Kind.SHARE, Better.MORE, "E10", "ticket deflection, `benchmarks.csv`")
def deflected_share(record: Record) -> float:
    """Return the share of tickets that peers solved before staff saw them."""
    return ratio(record.series("solved_by_peers").sum(), record.series("tickets").sum())


@metric("tickets left for staff", Kind.COUNT, Better.NEITHER, "E10", "count")
def staff_tickets(record: Record) -> float:
    """Return tickets left for staff."""
    return float(record.series("staff_tickets").sum()) * record.weight


@metric("support cost", Kind.USD, Better.LESS, "E10", "ledger", per="per customer and week")
def support_usd_per_customer_week(record: Record) -> float:
    """Return staffed support cost per customer and week."""
    customers = (record.series("customer") + record.series("expert")).sum() * record.weight
    return ratio(record.series("support_cents").sum() / 100, customers)


@metric("satisfaction", Kind.INDEX, Better.MORE, "E6", "ours")
def satisfaction(record: Record) -> float:
    """Return mean satisfaction of customers at the end, 0 to 1: tickets solved or not, answers, quality and price as they feel them."""
    return ratio(record.series("satisfaction")[-1], record.series("customer")[-1] + record.series("expert")[-1])


@metric("social capital at stake", Kind.INDEX, Better.MORE, "E12", "ours: K of docs/model.md")
def social_capital(record: Record) -> float:
    """Return K, the mean over customers of what leaving would cost in ties, status and belonging, 0 to 1, at the end."""
    return ratio(record.series("at_stake")[-1], record.series("customer")[-1] + record.series("expert")[-1])


@metric("sentiment", Kind.INDEX, Better.MORE, "E7", "ours")
def sentiment(record: Record) -> float:
    """Return talk per customer at the end: -1 all against, 1 all for; an expert counts `expert_talk` times (2), so up to 2.

    Those who left in the last four weeks talk too. A storm of criticism hushes talk when it is heard, not here.
    """
    customers = record.series("customer")[-1] + record.series("expert")[-1]
    return ratio(record.series("talk")[-1] / FULL_TALK, customers)


@metric("topics covered by users", Kind.COUNT, Better.MORE, "E5", "ours")
def user_topics_end(record: Record) -> float:
    """Return topics covered by users' content at the end."""
    return float(record.series("user_topics")[-1])


@metric("views of users' content", Kind.COUNT, Better.MORE, "E5", "count, first touch")
def content_views(record: Record) -> float:
    """Return prospects who found the product through something a user wrote."""
    return float(record.series("attracted_user_content").sum()) * record.weight


@metric("times users passed the product on", Kind.COUNT, Better.MORE, "E5", "count, first touch")
def content_shares(record: Record) -> float:
    """Return prospects to whom a contact passed the product on, by talk or invite."""
    passed_on = record.series("attracted_close_talk") + record.series("attracted_invite")
    return float(passed_on.sum()) * record.weight
