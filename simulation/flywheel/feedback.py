"""Feedback: content is published, and what members, account managers and trials report makes the product better."""

from simulation.compiled import part, phase
from simulation.firm.content import publish
from simulation.firm.spending import n_customers, sat
from simulation.people.counts import Event, Total
from simulation.people.decision import Phase
from simulation.scenario.firm import TASKS

LISTENING = TASKS.index("listening")


@part
def content(town, said, desk):
    """Publish, language by language, what the firm and users wrote this week."""
    firm, counts = said.firm, town.counts
    written = counts.tally[Event.POSTS] * firm.weight
    everybody = 0
    for s in range(town.segments.size):
        everybody += counts.totals[s, Total.MEMBERS]
    for language in range(said.libraries.size):
        pieces, posts, members = 0.0, 0.0, 0.0
        for s in range(town.segments.size):
            if town.segments[s].language == language:
                here = counts.totals[s, Total.MEMBERS]
                pieces += desk.segments[s].pieces * firm.weight
                members += here * firm.weight
                posts += written * here / max(everybody, 1)
        publish(language, pieces, posts, members, said)


@part
def improve(active_members, managed, trials, said):
    """Feedback raises quality toward its ceiling; counts are for the real market."""
    f, product, firm = said.world.behaviour.feedback, said.world.product, said.firm
    listening = 1.0 + sat(said.firm.hours[LISTENING], said.world.prices.listening_hours)
    volume = f.member * listening * active_members + f.managed_account * managed + f.trial * trials
    gap = product.quality_ceiling - firm.quality
    firm.quality += f.rate_per_week * sat(volume / firm.accounts, f.half_per_account) * max(0.0, gap)


@phase
def feedback(now, town, said, desk):
    """Publish content; improve the product."""
    content(town, said, desk)
    counts, firm = town.counts, said.firm
    posters, trials = 0, 0
    for s in range(counts.totals.shape[0]):
        posters += town.community[s].posters
        trials += counts.totals[s, Total.TRIALS]
    customers = n_customers(counts.totals)
    covered = min(
        1.0, firm.account_managers * said.world.behaviour.feedback.managed_accounts / max(customers * firm.weight, 1.0)
    )
    improve(posters * firm.weight, covered * customers * firm.weight, trials * firm.weight, said)
    now.joined = counts.tally[Event.JOINED]


FEEDBACK = Phase("feedback", feedback)
