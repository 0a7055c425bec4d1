"""Rivals: whom a named rival reaches and wins, whom it takes from us, who gives it up.

A rival is like us: of those whom it reaches as many buy as of those whom we reach, more or fewer by the gap between its value
and ours; its users hear of others, and leave, as our customers do. What is measured of us stands for what nobody tells of it.
What a person uses is a column beside the stage, so a rival's user can be attracted by us, engage and buy as everybody can.
"""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import content_of_others, translated, visibility
from simulation.firm.spending import n_customers, reward_months
from simulation.flywheel.engagement import liveliness
from simulation.people.cohorts import pays
from simulation.people.counts import ATTRACTED, Event
from simulation.people.decision import Phase
from simulation.people.draws import Purpose, phase_key, uniform
from simulation.people.hazards import hazard, logistic
from simulation.people.influence import rivals_of, users_of, users_there
from simulation.people.stages import MOST_RIVALS, N_CHANNELS, Uses
from simulation.people.transitions import set_uses

US = -1  # the option that is no rival


class Rates(NamedTuple):
    """What is the same for every rival."""

    known_key: np.uint64  # of who has been reached so far
    conversion: float  # share of those reached who would buy were every rival like us
    per_contact: float  # hazard of being reached, per contact who uses it
    category_talk: float  # share of it that a contact who uses another product brings
    leave_per_week: float  # where no contact uses it
    failed_payment_per_week: float
    value: float  # log-hazard saved per logit of value for money, satisfaction's level included
    network_benefit: float  # logits, and log units, at all contacts users
    social_switch_cost: float  # log units at K = 1
    switch_width: float


class Most(NamedTuple):
    """What no rival exceeds this week."""

    buying: float  # share of those whom it reaches
    giving_up: float  # hazard
    looking: float  # share that gets through to a rival's user


@part
def rates(now, said):
    """Return this week's rates."""
    firm, b, product, season = said.firm, said.world.behaviour, said.world.product, said.season[now.week]
    talk = max(0.0, 2.0 * product.satisfaction - 1.0)  # of a user as on the first day
    return Rates(
        phase_key(now.key, 0, Purpose.RIVAL_KNOWN),
        min(1.0, firm.won / firm.reached) if firm.reached > 0.0 else 0.0,
        season * (b.attraction.close_talk_per_week * talk + b.attraction.invite_per_week * product.sharing * firm.ease),
        b.competition.category_talk,
        firm.lost / firm.stayed if firm.stayed > 0.0 else 0.0,
        firm.unpaid / firm.stayed if firm.stayed > 0.0 else 0.0,
        b.retention.value + b.retention.satisfaction * b.satisfaction.level,
        product.network_benefit,
        b.retention.social_switch_cost,
        b.retention.switch_width,
    )


@part
def n_contacts(row, net):
    """Return the contacts of ``row``, one at least."""
    return max(np.int64(1), np.int64(net.indptr[row + 1] - net.indptr[row]))


@part
def knows(row, k, town, r):
    """Return whether a person knows rival ``k``: he or a contact uses it, or its reach has come to him."""
    p = town.people
    if p.uses[row] == Uses.RIVAL_1 + k or users_there(town.net.there[row], k) > 0:
        return True
    reached = town.community[p.segment[row]].reached_by[k]
    return reached > 0.0 and uniform(r.known_key, MOST_RIVALS * row + k) < 1.0 - math.exp(-reached)


@part
def advantage(row, option, town, said, segments, r):
    """Return by how much more likely a person takes ``option`` (a rival or US) than beside as many rivals like us.

    It is (1 + n) exp(v) / (1 + the sum of exp(v)) over the n rivals that he knows, v the value of a rival less ours in logits of
    adoption: so n rivals like us change nothing, for the intercept was calibrated beside such.
    """
    p, net, n, mine, everything = town.people, town.net, 0, 1.0, 1.0
    contacts = n_contacts(row, net)
    here = np.float64(users_of(net.heard[row])) / contacts
    for k in range(said.rivals.size):
        if said.rivals[k].present and (k == option or knows(row, k, town, r)):
            there = np.float64(users_there(net.there[row], k)) / contacts
            value = segments[p.segment[row]].rival_gap[k] + r.network_benefit * (there - here)
            if p.uses[row] == Uses.RIVAL_1 + k:
                value += said.rivals[k].lock + r.social_switch_cost * belonging_there(k, said)
            weight = hazard(value)
            n += 1
            everything += weight
            if k == option:
                mine = weight
    return (1 + n) * mine / everything


@part
def looking(row, p, said):
    """Return the share of what would make ``row`` look at another product that gets through to who uses a rival."""
    use = np.int64(p.uses[row])
    return said.rivals[use - Uses.RIVAL_1].looking if use >= Uses.RIVAL_1 else 1.0


@part
def recruiting(row, k, town, said, segments, r):
    """Return the hazard at which somebody who is no customer of ours begins to use rival ``k``."""
    p = town.people
    if k >= said.rivals.size or not said.rivals[k].present or p.uses[row] == Uses.RIVAL_1 + k:
        return 0.0
    there = users_there(town.net.there[row], k)
    reach = segments[p.segment[row]].rival_reach[k] + r.per_contact * there
    if r.category_talk > 0.0 and knows(row, k, town, r):
        others = users_of(town.net.heard[row]) + rivals_of(town.net.there[row]) - there
        reach += r.per_contact * r.category_talk * others
    if reach <= 0.0:
        return 0.0
    return looking(row, p, said) * reach * r.conversion * advantage(row, k, town, said, segments, r)


@part
def category_talk(row, town, r):
    """Return the hazard at which contacts who use a rival make ``row`` hear of us: their talk is about the category, too."""
    return r.per_contact * r.category_talk * rivals_of(town.net.there[row])


@part
def giving_up(row, town, said, r):
    """Return the hazard at which ``row`` stops to use a rival for nothing."""
    use = np.int64(town.people.uses[row])
    if use < Uses.RIVAL_1:
        return 0.0
    there = np.float64(users_there(town.net.there[row], use - Uses.RIVAL_1)) / n_contacts(row, town.net)
    saved = r.network_benefit * there + r.value * said.rivals[use - Uses.RIVAL_1].worth
    return r.failed_payment_per_week + r.leave_per_week * hazard(-saved)


@part
def most_giving_up(said, r):
    """Return the hazard at which anybody stops to use a rival, at most."""
    least = 0.0
    for k in range(said.rivals.size):
        least = min(least, said.rivals[k].worth)
    return r.failed_payment_per_week + r.leave_per_week * hazard(-r.value * least)


@part
def switching(row, k, capital, using, dearer, contacts, town, said, r):
    """Return the hazard at which a customer of ours goes to rival ``k``.

    What he would give up, ``capital``, holds him; what he pays above the list price, ``dearer``, drives him, in log units.
    """
    if k >= said.rivals.size or not said.rivals[k].present or not knows(row, k, town, r):
        return 0.0
    there = np.float64(users_there(town.net.there[row], k)) / contacts
    pull = said.rivals[k].pull + dearer + r.network_benefit * (there - using) - r.social_switch_cost * capital
    return said.rivals[k].switching_per_week * logistic(pull / r.switch_width)


@part
def most_switching(dearer, said, r):
    """Return the hazard of going to any rival at most, where nobody pays more above the list price than ``dearer`` log units."""
    most = 0.0
    for k in range(said.rivals.size):
        if said.rivals[k].present:
            most += said.rivals[k].switching_per_week * logistic(
                (said.rivals[k].pull + dearer + r.network_benefit) / r.switch_width
            )
    return most


@part
def most_reach(segment, said):
    """Return the hazard at which rivals reach a segment, without contacts."""
    reach = 0.0
    for k in range(said.rivals.size):
        reach += segment.rival_reach[k]
    return reach


@part
def most(segments, said, r):
    """Return what bounds the rivals' hazards of this week."""
    if said.rivals.size == 0:
        return Most(0.0, 0.0, 1.0)
    looking = 0.0
    for k in range(said.rivals.size):
        looking = max(looking, said.rivals[k].looking)
    return Most(most_buying(segments, said, r), most_giving_up(said, r), looking)


@part
def most_outside(row, town, said, segments, r, at_most):
    """Return the hazard at most, at readiness 1, at which somebody who is no customer of ours goes to a rival; no chance is drawn."""
    n, users, there = said.rivals.size, users_of(town.net.heard[row]), rivals_of(town.net.there[row])
    heard = there + r.category_talk * (n * users + (n - 1) * there)
    return at_most.buying * (most_reach(segments[town.people.segment[row]], said) + r.per_contact * heard)


@part
def most_buying(segments, said, r):
    """Return the share, at most, of those whom a rival reaches who begin to use it: no gap is larger than the largest one."""
    largest = -1e300
    for s in range(segments.size):
        for k in range(said.rivals.size):
            largest = max(largest, segments[s].rival_gap[k])
    return r.conversion * (1.0 + said.rivals.size) * logistic(largest + r.network_benefit)


@part
def most_per_contact(buying, said, r):
    """Return what a contact who uses anything adds at most to the hazard of going to any rival, and of hearing of us."""
    n = said.rivals.size  # each hears its own, and of the category from us and the others
    return r.per_contact * (buying * (1.0 + (2.0 * n - 1.0) * r.category_talk) + r.category_talk)


@part
def unpressed(row, town, said, segments, r):
    """Return for how many buyers this one stands where every rival that he knows were like us."""
    return 1.0 / max(advantage(row, US, town, said, segments, r), 1e-6)


# --- the week ------------------------------------------------------------------------------------


@part
def worth(k, said):
    """Return the value for money of rival ``k`` less ours, in logits of adoption."""
    d, rival = said.world.behaviour.adoption, said.rivals[k]
    dearer = math.log(max(rival.price_usd, 1e-9) / max(said.world.product.price_usd, 1e-9))
    return d.quality * math.log(rival.quality / max(said.firm.quality, 1e-9)) - d.price * dearer


@part
def gap(s, k, months, into, town, said, desk):
    """Return what rival ``k`` is worth to segment ``s`` less what we are, in logits of adoption; ``months`` of price we give back."""
    world, rival = said.world, said.rivals[k]
    d, price = world.behaviour.adoption, max(world.product.price_usd, 1e-9)
    ours = liveliness(s, into, town, said, desk) if world.motion.community else 0.0
    return (
        rival.worth
        + d.price * world.behaviour.retention.reward_gap * (rival.rewards_usd / price - months)
        + d.belonging * (rival.community - ours)
    )


@part
def belonging_there(k, said):
    """Return the social capital, 0 to 1, of somebody who belongs to the community of rival ``k`` and has no ties or status there."""
    return 1.0 - math.exp(-said.world.behaviour.retention.belonging_weight * said.rivals[k].community)


@part
def pull(k, months, said):
    """Return what draws every customer to rival ``k``, in log units of switching; ``months`` of price we give back."""
    world, rival, r = said.world, said.rivals[k], said.world.behaviour.retention
    price = max(world.product.price_usd, 1e-9)
    return (
        r.quality_gap * math.log(rival.quality / said.firm.quality)
        + r.price_gap * math.log(price / max(rival.price_usd, 1e-9))
        + r.reward_gap * (rival.rewards_usd / price - months)
        + r.social_switch_cost * belonging_there(k, said)
        - r.inertia
        - r.money_switch_cost
    )


@part
def enter(k, now, town, said):
    """Let the first users of rival ``k`` use it: a random share of those who use nothing."""
    p = town.people
    for row in range(p.shape[0]):
        free = p.uses[row] == Uses.NOTHING and not pays(row, p)
        if free and uniform(now.keys[Purpose.RIVAL_USERS], MOST_RIVALS * row + k) < said.rivals[k].users:
            set_uses(row, np.int64(Uses.RIVAL_1 + k), town)
            town.counts.tally[Event.RIVAL_1_ENTERED + k] += 1
    said.rivals[k].entered = 1


@phase
def stand(now, town, said, desk):
    """Let rivals enter, reach people, and be compared with us as we stand at the week's start."""
    if said.rivals.size == 0:
        return
    into, months = translated(said), reward_months(said, desk.totals)
    for k in range(said.rivals.size):
        entry = said.rivals[k].entry_week
        said.rivals[k].present = entry >= 0 and now.week - now.today >= entry
        if said.rivals[k].present and said.rivals[k].entered == 0:
            enter(k, now, town, said)
        said.rivals[k].pull, said.rivals[k].worth = pull(k, months, said), worth(k, said)
    others = content_of_others(said)
    for s in range(town.segments.size):
        users, own = visibility(town.segments[s].language, into, said)
        found = town.segments[s].search_demand_per_week * (1.0 - users - own) / max(others, 1e-9)
        for k in range(said.rivals.size):
            reach = said.rivals[k].present * (said.rivals[k].reach_per_week + found * said.rivals[k].content)
            reach *= said.season[now.week]
            desk.segments[s].rival_reach[k] = reach
            desk.segments[s].rival_gap[k] = gap(s, k, months, into, town, said, desk)
            town.community[s].reached_by[k] += reach
    if said.firm.reached == 0.0:
        begin_to_measure(town, said)


@part
def begin_to_measure(town, said):
    """Believe something of ourselves before anything is seen: it counts as so many people."""
    c, firm, churn = said.world.behaviour.competition, said.firm, 0.0
    for s in range(town.segments.size):
        churn += town.segments[s].share * town.segments[s].churn_per_week
    seen = c.seen_at_first * town.people.shape[0]
    firm.reached = firm.stayed = seen
    firm.won, firm.lost = c.yield_at_first * seen, churn * seen
    firm.unpaid = said.world.behaviour.retention.failed_payment_per_week * seen


@phase
def measure(now, town, said, desk):
    """Smooth what is seen of ourselves, and let rivals become better."""
    if said.rivals.size == 0:
        return
    firm, counts, kept = said.firm, town.counts, 1.0 - said.world.behaviour.competition.adapts_per_week
    for channel in range(N_CHANNELS):
        firm.reached += counts.tally[ATTRACTED + channel]
    firm.stayed += n_customers(counts.totals)
    firm.reached *= kept
    firm.won *= kept
    firm.stayed *= kept
    firm.lost *= kept
    firm.unpaid = kept * (firm.unpaid + counts.tally[Event.FAILED_PAYMENT])
    for k in range(said.rivals.size):
        said.rivals[k].quality *= 1.0 + said.rivals[k].quality_growth_per_week


STAND = Phase("rivals", stand)
MEASURE = Phase("measure_ourselves", measure)
