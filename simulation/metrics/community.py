"""How the community does: members, activity, content, answers, leads, deflection, satisfaction, what ties hold."""

from simulation.metrics.cac import NAN, YEAR_WEEKS
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


def member_growth_per_year(record: Record) -> float:
    """Return members gained in the run's last year over members a year before; NaN in a run of a year or less."""
    members = record.series("members")
    return (
        _ratio(members[-1] - members[-1 - YEAR_WEEKS], members[-1 - YEAR_WEEKS]) if members.size > YEAR_WEEKS else NAN
    )


def answered_share(record: Record) -> float:
    """Return the share of questions that peers answered within the week."""
    return _ratio(record.series("answered").sum(), record.series("questions").sum())


def community_leads(record: Record) -> float:
    """Return people who came in through the community's door: leads that it generated."""
    return float(record.series("engaged_community").sum()) * record.weight


def member_conversion_share(record: Record) -> float:
    """Return members who became customers per person who came in through the community's door."""
    return _ratio(record.series("member_adopted").sum(), record.series("engaged_community").sum())


def member_conversions(record: Record) -> float:
    """Return members who became customers: leads that the community generated and that bought."""
    return float(record.series("member_adopted").sum()) * record.weight


def deflected_share(record: Record) -> float:
    """Return the share of tickets that peers solved before staff saw them."""
    return _ratio(record.series("solved_by_peers").sum(), record.series("tickets").sum())


def staff_tickets(record: Record) -> float:
    """Return tickets left for staff."""
    return float(record.series("staff_tickets").sum()) * record.weight


def support_usd_per_customer_week(record: Record) -> float:
    """Return staffed support cost per customer and week."""
    customers = (record.series("customer") + record.series("expert")).sum() * record.weight
    return _ratio(record.series("support_cents").sum() / 100, customers)


def sentiment(record: Record) -> float:
    """Return talk per customer at the end: -1 all against, 1 all for; an expert counts `expert_talk` times (2), so up to 2.

    Those who left in the last four weeks talk too. A storm of criticism hushes talk when it is heard, not here.
    """
    customers = record.series("customer")[-1] + record.series("expert")[-1]
    return _ratio(record.series("talk")[-1] / FULL_TALK, customers)


def satisfaction(record: Record) -> float:
    """Return mean satisfaction of customers at the end, 0 to 1; it moves as tickets are solved or not."""
    return _ratio(record.series("satisfaction")[-1], record.series("customer")[-1] + record.series("expert")[-1])


def social_capital(record: Record) -> float:
    """Return K, the mean over customers of what leaving would cost in ties, status and belonging, 0 to 1, at the end."""
    return _ratio(record.series("at_stake")[-1], record.series("customer")[-1] + record.series("expert")[-1])


def lost_to_rival_share(record: Record) -> float:
    """Return the share of the run's customers who went to the rival."""
    return _ratio(record.series("switched").sum(), record.lives.size)


def content_views(record: Record) -> float:
    """Return prospects who found the product through something a user wrote."""
    return float(record.series("attracted_user_content").sum()) * record.weight


def content_shares(record: Record) -> float:
    """Return prospects to whom a contact passed the product on, by talk or invite."""
    passed_on = record.series("attracted_close_talk") + record.series("attracted_invite")
    return float(passed_on.sum()) * record.weight


def user_topics_end(record: Record) -> float:
    """Return topics covered by users' content at the end."""
    return float(record.series("user_topics")[-1])
