"""The phases of a week, each a function of the model: who is asked, the decision, and carrying it out."""

import math

import numpy as np
from scipy.special import expit

from simulation import rates
from simulation.calendar import MONTHS_A_WEEK
from simulation.firm.spending import added
from simulation.flywheel import adoption, advocacy, attraction, engagement, moves, retention, screen, support
from simulation.flywheel import help as helping
from simulation.people.book import Event, Total, with_room
from simulation.people.columns import N_TIES
from simulation.people.draws import Purpose, fill_keys
from simulation.people.influence import LEFT_WEEKS
from simulation.people.stages import Stage

PROSPECTS, ATTRACTED, NEWCOMERS, CUSTOMERS, FORMERS = range(5)


def interventions(m) -> None:
    """Put the settings of this week in force, and start the week's books and draws."""
    fill_keys(m.key, m.week, m.keys)
    m.book.tally[:] = 0
    if m.week in m.worlds and m.week > 0:
        m.change_settings(m.worlds[m.week])
    m.watch_for_overrides()


def spending(m) -> None:
    """Money becomes capacity; the rates of the week follow."""
    m.firm.spend(m.world, m.week, m.config.weeks, m.revenue_cents)
    m.rates = rates.this_week(m.fixed, m.world, m.firm, m.week, m.book.totals, m.joined, m.answered, m.posters)


def look(m) -> None:
    """Find everybody to whom something may happen: one sweep over all people."""
    k, r, s = m.scratch, m.rates, m.world.behaviour.retention
    m.first_lives[m.week] = m.first_lives[m.week + 1] = m.book.n_lives[0]
    if m.yearly_contracts and m.week >= retention.TERM_WEEKS:
        retention.call_up_renewals(m.first_lives, m.week, m.people, m.net, m.book)
    a = r.attraction
    switching = r.retention.switching
    if switching > 0:
        switching *= expit((r.retention.pull + r.retention.pull_network) / r.retention.pull_width)
    constant = s.failed_payment_per_week + s.expand_per_week + s.contract_per_week + switching
    former = r.come_back.win_back + r.come_back.forgetting
    screen.fill_bounds(
        k.limits,
        max(added(of_segment) for of_segment in a.reach.tolist()),
        a.close_talk + a.invite,
        16.0 * a.call,
        math.exp(r.retention.criticism),
        constant,
        former,
        m.bound_one,
    )
    starts, lengths = m.in_chunks(screen.sweep, m.n, m.keys[Purpose.LIFE], m.net.odds, k.limits, k.found)
    screen.split(k.found, starts, lengths, m.people, k.candidates, k.sizes)


def attract(m) -> None:
    """Prospects hear of the product."""
    k = m.scratch
    rows, n = k.candidates[PROSPECTS], int(k.sizes[PROSPECTS])
    m.n_arrived = 0
    if n:
        m.decide("attraction", rows, n)
        m.n_arrived = attraction.apply_attraction(
            rows, n, k.code, m.week, m.keys[Purpose.REFERRER], m.people, m.net, k.arrived, m.book, m.rates.moves
        )


def engage(m) -> None:
    """The attracted come in through a door, those of this week included, or lose interest."""
    k = m.scratch
    n = int(k.sizes[ATTRACTED])
    rows = k.candidates[ATTRACTED]
    rows[n : n + m.n_arrived] = k.arrived[: m.n_arrived]
    n += m.n_arrived
    m.n_arrived, m.joined = 0, 0
    if n:
        m.decide("engagement", rows, n)
        m.n_arrived = engagement.apply_engagement(
            rows, n, k.code, m.week, m.keys[Purpose.WELCOME], m.people, m.net, m.members, k.arrived, m.book,
            m.rates.engagement, m.rates.moves,
        )  # fmt: skip


def exchange(m) -> None:
    """Members ask, answer, meet; the backlog and the answered share follow."""
    n = m.n_members
    k, r = m.scratch, m.rates
    k.pieces[:] = 0
    if n == 0:
        m.posters[:] = 0
        return
    m.in_chunks_of(helping.prepare_members, n, m.members, m.week, m.effort, k.offers, m.people, r.help, r.moves)
    m.decide("asking", m.members, n)
    if len(m.firm.libraries) > 1:
        rates.attention_across(m.world, m.firm, k.across)
    keys = tuple(
        m.keys[q] for q in (Purpose.DIFFICULTY, Purpose.ANSWERED, Purpose.HELPER, Purpose.CONTENT, Purpose.SOCIAL)
    )
    n_open = helping.exchange_help(
        m.members, n, k.code, k.offers, m.week, keys, k.across, k.asked, k.got, k.shares, k.parts, m.people, m.book, r.help, r.moves,
        k.helper_groups, k.helpers, k.helpers_upto, k.pieces, k.open_rows,
    )  # fmt: skip
    if n_open:
        hours = (
            m.firm.capacity.hours["answers"] * m.world.platform.brand_control
        )  # where the brand is not let in, it cannot help
        can = hours / m.world.prices.answer_hours / m.firm.weight
        share = min(1.0, can / n_open)
        helping.staff_answers(
            k.open_rows, n_open, share, m.week, m.keys[Purpose.STAFF], m.people, r.help, r.moves, m.book
        )
    for s in range(k.asked.size):
        asked = int(k.asked[s])
        if asked:
            m.answered[s] += 0.2 * (k.got[s] / asked - m.answered[s])
        m.backlog[s] = 0.5 * m.backlog[s] + asked - int(k.got[s])
        here = max(int(m.book.totals[s, Total.MEMBERS]), 1)
        m.effort[s] = rates.effort(m.world, m.backlog[s] / here)
    _meet(m, n)


def _meet(m, n: int) -> None:
    c, k, h = m.firm.capacity, m.scratch, m.world.behaviour.help
    introduced = min(1.0, c.hours["introductions"] / m.world.prices.introduction_hours / (n * m.firm.weight))
    attends = h.event_attendance * c.events > 0
    if not attends and introduced == 0.0:
        return
    zones = m.time_zones
    host = zones[m.week % zones.size]
    apart = np.abs(zones - host)
    fits = np.where(np.minimum(apart, 24 - apart) <= 3, 1.0, h.recording_effect)
    room = c.events * m.world.prices.event_seats / (n * m.firm.weight)
    attend = min(h.event_attendance, room) * fits
    keys = tuple(m.keys[q] for q in (Purpose.ATTEND, Purpose.MEETING, Purpose.INTRODUCTION, Purpose.PARTNER))
    helping.meet(m.members, n, keys, attend, introduced, h.event_belonging, h.p_tie, m.people, m.book, k.present)


def adopt(m) -> None:
    """Newcomers learn, then buy, give up or wait; those who came in this week included."""
    k, r = m.scratch, m.rates
    n = int(k.sizes[NEWCOMERS])
    rows = k.candidates[NEWCOMERS]
    rows[n : n + m.n_arrived] = k.arrived[: m.n_arrived]
    n += m.n_arrived
    if n:
        m.in_chunks_of(adoption.learn, n, rows, m.week, m.people, r.adoption)
        m.decide("adoption", rows, n)
        m.book = with_room(m.book, n)
        adoption.apply_adoption(
            rows, n, k.code, m.week, m.keys[Purpose.CONTRACT], m.price_cents, m.people, m.net, m.members, m.book,
            r.adoption, r.moves,
        )  # fmt: skip
    m.first_lives[m.week + 1] = m.book.n_lives[0]


def advocate(m) -> None:
    """Deeds make experts, inactivity ends it; members write."""
    n = m.n_members
    k, r = m.scratch, m.rates
    if n:
        m.decide("advocacy", m.members, n)
        advocacy.apply_advocacy(
            m.members, n, k.code, m.week, m.keys[Purpose.WRITE], k.pieces, m.people, m.net, m.book, r.advocacy, r.moves
        )
        helping.count_active(m.members, n, m.week, m.people, m.posters)


def help_customers(m) -> None:
    """Tickets: peers, self-service, then staff; unsolved ones cost satisfaction."""
    k, r = m.scratch, m.rates
    if r.support.tickets == 0.0:
        return
    support.fill_ticket_bounds(k.ticket_limits, r.support, m.bound_one)
    starts, lengths = m.in_chunks(
        screen.sweep_few, m.n, m.keys[Purpose.TICKET], m.net.tickets, k.ticket_limits, k.ticket_rows
    )
    n = support.gather(k.ticket_rows, starts, lengths)
    if n:
        m.decide("support", k.ticket_rows, n)
        support.apply_support(k.ticket_rows, n, k.code, m.people, m.net, m.book, r.support, r.moves)


def retain(m) -> None:
    """Customers of the week's start stay, leave, grow, shrink or join; what leavers said is forgotten after a while."""
    k, r = m.scratch, m.rates
    rows, n = k.candidates[CUSTOMERS], int(k.sizes[CUSTOMERS])
    n_left = 0
    if n:
        m.decide("retention", rows, n)
        n_left, n_heard = retention.apply_retention(
            rows, n, k.code, m.week, m.people, m.net, m.members, m.leavers(n), m.heard_by(n * N_TIES), m.book, r.moves
        )
    if m.yearly_contracts and m.week >= retention.TERM_WEEKS:
        retention.let_renewals_go(m.first_lives, m.week, m.people, m.net, m.book, r.moves)
    left = r.moves.left
    if left:
        gone = (m.leaver_rows[:n_left].copy(), m.heard_rows[:n_heard].copy(), left) if n_left else None
        m.leaving.append(gone)
        if len(m.leaving) > LEFT_WEEKS and (old := m.leaving.popleft()):
            moves.be_forgotten(*old, m.people, m.net, m.book, r.moves)


def win_back(m) -> None:
    """Former customers look again, or forget."""
    k = m.scratch
    rows, n = k.candidates[FORMERS], int(k.sizes[FORMERS])
    if n:
        m.decide("come_back", rows, n)
        attraction.apply_come_back(rows, n, k.code, m.week, m.people, m.net, m.book, m.rates.moves)


def feedback(m) -> None:
    """What members, account managers and trials report makes the product better; content is published."""
    firm, weight, tally, k = m.firm, m.firm.weight, m.book.tally, m.scratch
    totals = m.book.totals.sum(axis=0).tolist()
    pieces, posts, members = ([0.0] * len(firm.libraries) for _ in range(3))
    written = int(tally[Event.POSTS]) * weight
    everybody = max(totals[Total.MEMBERS], 1)
    for s, at in enumerate(firm.language_of):
        here = int(m.book.totals[s, Total.MEMBERS])
        pieces[at] += int(k.pieces[s]) * weight
        members[at] += here * weight
        posts[at] += written * here / everybody
    firm.publish(m.world, pieces, posts, members)
    customers = totals[Stage.CUSTOMER] + totals[Stage.EXPERT]
    covered = min(1.0, firm.capacity.account_managers * 50.0 / max(customers * weight, 1.0))
    firm.improve(m.world, int(m.posters.sum()) * weight, covered * customers * weight, totals[Total.TRIALS] * weight)
    m.joined = int(tally[Event.JOINED])


def book_money(m) -> None:
    """The ledger: revenue, support, and the bills that usage sends to the levers."""
    firm, prices, world, tally = m.firm, m.world.prices, m.world, m.book.tally
    ledger, weight = firm.ledger, firm.weight
    seats = m.book.totals[:, Total.SEATS]
    m.revenue_cents = round(MONTHS_A_WEEK * m.price_cents * weight * added((seats * m.price_level).tolist()))
    totals = m.book.totals.sum(axis=0).tolist()
    trials = totals[Total.TRIALS] * weight
    bills = (
        ("sales", prices.commission * int(tally[Event.SALES_CONTRACT_VALUE]) / 100 * weight),
        ("sales", m.contact_cost_usd() * int(tally[Event.CALLED]) * weight),
        ("product_growth", trials * (prices.hosting_usd_per_trial_week + prices.trial_support_usd_per_week)),
        ("community_team", m.platform_usd(totals[Total.MEMBERS] * weight)),
    )
    for lever, usd in bills:
        if usd:
            ledger.bill(lever, usd)
    ledger.book_support(int(tally[Event.STAFF_TICKETS]) * weight * prices.ticket_usd)
    cost = sum(ledger.booked.values()) - m.booked_cents
    m.booked_cents += cost
    ledger.close_week(m.revenue_cents, world.product.gross_margin, cost)
    adaptive = world.motion.adaptive
    if adaptive.weeks:
        firm.policy.watch(tally, firm.paid, adaptive.weeks, adaptive.step)


def record(m) -> None:
    """Write the week's row."""
    m.recorder.note(m.week, m)
