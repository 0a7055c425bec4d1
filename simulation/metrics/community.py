"""How the community does: members, activity, answers, deflection, sentiment."""

from simulation.metrics.cac import NAN
from simulation.people.influence import FULL_TALK
from simulation.record import Record


def _ratio(top: float, low: float) -> float:
    return float(top / low) if low > 0 else NAN


def members_end(record: Record) -> float:
    """Return members of the community at the end."""
    return float(record.series("members")[-1]) * record.weight


def active_share(record: Record) -> float:
    """Return the share of members who posted in the last four weeks of the run."""
    return _ratio(record.series("posters")[-1], record.series("members")[-1])


def answered_share(record: Record) -> float:
    """Return the share of questions that peers answered within the week."""
    return _ratio(record.series("answered").sum(), record.series("questions").sum())


def member_conversions(record: Record) -> float:
    """Return members who became customers: leads that the community generated and that bought."""
    return float(record.series("member_adopted").sum()) * record.weight


def deflected_share(record: Record) -> float:
    """Return the share of tickets that peers solved before staff saw them."""
    return _ratio(record.series("solved_by_peers").sum(), record.series("tickets").sum())


def support_usd_per_customer_week(record: Record) -> float:
    """Return staffed support cost per customer and week."""
    customers = (record.series("customer") + record.series("expert")).sum() * record.weight
    return _ratio(record.series("support_cents").sum() / 100, customers)


def sentiment(record: Record) -> float:
    """Return mean talk per customer at the end: -1 all against, 1 all for, experts count more."""
    customers = record.series("customer")[-1] + record.series("expert")[-1]
    return _ratio(record.series("talk")[-1] / FULL_TALK, customers)


def user_topics_end(record: Record) -> float:
    """Return topics covered by users' content at the end."""
    return float(record.series("user_topics")[-1])
