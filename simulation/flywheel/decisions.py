"""All decisions of the week by name: which rule, which loop, and what both are told by the model."""

from simulation.flywheel import adoption, advocacy, attraction, engagement, retention, support
from simulation.flywheel import help as helping
from simulation.people.agents import Decision
from simulation.people.draws import Purpose
from simulation.people.stages import Channel, Door

DECISIONS = {
    d.name: d
    for d in (
        Decision(
            "attraction",
            ("stays", *(c.name.lower() for c in list(Channel)[1:9])),
            attraction.attraction_of,
            attraction.decide_attraction,
            lambda m: (m.keys[Purpose.LIFE], m.people, m.net, m.rates.attraction),
        ),
        Decision(
            "engagement",
            ("stays", *(d.name.lower() for d in list(Door)[1:]), "fades"),
            engagement.engagement_of,
            engagement.decide_engagement,
            lambda m: (m.keys[Purpose.ENGAGEMENT], m.people, m.rates.engagement),
        ),
        Decision(
            "asking",
            ("silent", "asks"),
            helping.asking_of,
            helping.decide_asking,
            lambda m: (m.week, m.keys[Purpose.ASK], m.people, m.rates.help, m.rates.moves),
        ),
        Decision(
            "adoption",
            ("waits", "buys", "gives up", "joins"),
            adoption.adoption_of,
            adoption.decide_adoption,
            lambda m: (
                m.week, m.keys[Purpose.ADOPTION], m.people, m.net, m.rates.adoption, m.rates.engagement.join
            ),
        ),
        Decision(
            "advocacy",
            ("as before", "becomes an expert", "steps back"),
            advocacy.advocacy_of,
            advocacy.decide_advocacy,
            lambda m: (m.week, m.people, m.rates.advocacy),
        ),
        Decision(
            "support",
            ("no ticket", "peers", "self-service", "staff", "unsolved"),
            support.support_of,
            support.decide_support,
            lambda m: (
                m.week, m.keys[Purpose.TICKET], m.keys[Purpose.SOLVED], m.people, m.rates.support, m.rates.moves
            ),
        ),
        Decision(
            "retention",
            ("stays", "leaves", "fails to pay", "switches", "expands", "shrinks", "joins"),
            retention.retention_of,
            retention.decide_retention,
            lambda m: (
                m.week, m.keys[Purpose.LIFE], m.people, m.net, m.book, m.rates.retention, m.rates.moves
            ),
        ),
        Decision(
            "come_back",
            ("stays away", "looks again", "forgets"),
            attraction.come_back_of,
            attraction.decide_come_back,
            lambda m: (m.keys[Purpose.LIFE], m.rates.come_back),
        ),
    )
}  # fmt: skip
