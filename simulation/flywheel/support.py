"""Support: tickets grow with seats and fall with skill; account managers, peers, self-service, then paid staff solve them."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import part, phase
from simulation.firm.content import coverage
from simulation.firm.spending import managed_share
from simulation.flywheel.desk import Rows
from simulation.people.counts import Event
from simulation.people.decision import Decision, Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.prefetch import fetch_person
from simulation.people.screen import as_bound, close_gaps, sweep_few
from simulation.people.transitions import please, skill_now

TICKETS = int(Rows.TICKETS)
PEERS, SELF_SERVICE, STAFF, UNSOLVED, ACCOUNT_MANAGER = 1, 2, 3, 4, 5


class Rates(NamedTuple):
    """Who raises tickets and who solves them."""

    tickets_per_week: float  # an account of one seat at skill 0
    tickets_size_power: float
    skill_saves: float
    readers: float  # ratio of the chance that peers solve it, for those who only read
    managed: float  # share of tickets that account managers solve
    p_staff_solves: float
    practice: float  # see transitions.skill_now


@part
def rates(town, said, desk):
    """Return this week's rates."""
    s = said.world.behaviour.support
    managed = s.account_managers * managed_share(said, town.segments, desk.totals)
    return Rates(
        s.tickets_per_week,
        s.tickets_size_power,
        s.skill_saves,
        s.readers,
        managed,
        s.p_staff_solves,
        town.terms.practice,
    )


@part
def ticket_rate(seats, skill, r):
    """Return the weekly hazard of a ticket."""
    return r.tickets_per_week * seats**r.tickets_size_power * (1.0 - r.skill_saves * skill)


@part
def support(u, manager, peers, self_service, staff):
    """Return who solves a ticket: 5 account manager, 1 peers, 2 self-service, 3 staff, 4 nobody; chances, asked in this order."""
    if u < manager:
        return 5
    left = 1.0 - manager
    if u < manager + left * peers:
        return 1
    if u < manager + left * (peers + (1.0 - peers) * self_service):
        return 2
    return 3 if u < 1.0 - left * (1.0 - peers) * (1.0 - self_service) * (1.0 - staff) else 4


@part
def support_of(row, week, key, key_solved, p, segments, r):
    """Return 0 if ``row`` has no ticket this week, else what :func:`support` says."""
    rate = ticket_rate(np.float64(p.seats[row]), skill_now(row, week, p, r.practice), r)
    if uniform(key, row) >= 1.0 - math.exp(-rate):
        return 0
    s = p.segment[row]
    peers = segments[s].peers * (1.0 if p.member[row] == 1 else r.readers)
    return support(uniform(key_solved, row), r.managed, peers, segments[s].self_service, r.p_staff_solves)


@phase
def one(row, now, town, said, desk):
    """Return what happens to ``row`` this week."""
    key, key_solved = now.keys[Purpose.TICKET], now.keys[Purpose.SOLVED]
    return support_of(row, now.week, key, key_solved, town.people, desk.segments, rates(town, said, desk))


@phase
def ready_to_look(now, town, said, desk):
    """Fill the chances by segment and the bounds of tickets; return the number of people to look at."""
    b, r, firm = said.world.behaviour.support, rates(town, said, desk), said.firm
    for s in range(town.segments.size):
        desk.segments[s].peers = b.ask_peers * desk.segments[s].answered
        ease, known = firm.ease, coverage(said.libraries[town.segments[s].language])
        desk.segments[s].self_service = b.self_service * (ease + (1.0 - ease) * known)
    desk.screen.ticket_bounds[0] = 0  # no seats, no ticket
    for k in range(1, desk.screen.ticket_bounds.size):  # accounts by the bits of their seats
        hazard = ticket_rate(2.0**k, 0.0, r)
        desk.screen.ticket_bounds[k] = as_bound(1.0 - math.exp(-hazard) + 1e-12, desk.screen.everything)
    return town.people.shape[0] if r.tickets_per_week > 0.0 else 0


@phase
def look_loop(lo, hi, now, town, said, desk):
    """Find who may have a ticket."""
    sweep_few(now.keys[Purpose.TICKET], lo, hi, town.net.tickets, desk.screen.ticket_bounds, desk.found)


@phase
def look(now, town, said, desk):
    """Find all who may have a ticket: one sweep over all people."""
    look_loop(0, ready_to_look(now, town, said, desk), now, town, said, desk)


@phase
def ready(now, town, said, desk):
    """Return the number of customers who may have a ticket."""
    desk.n[TICKETS] = 0
    if said.world.behaviour.support.tickets_per_week > 0.0:
        desk.n[TICKETS] = close_gaps(desk.found, desk.cuts, desk.rows[TICKETS])
    return desk.n[TICKETS]


@phase
def loop(lo, hi, now, town, said, desk):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    r, week, p = rates(town, said, desk), now.week, town.people
    key, key_solved = now.keys[Purpose.TICKET], now.keys[Purpose.SOLVED]
    for j in range(lo, hi):
        fetch_person(desk.rows[TICKETS], j, hi, p)
        desk.code[j] = support_of(np.int64(desk.rows[TICKETS, j]), week, key, key_solved, p, desk.segments, r)


@phase
def decide(now, town, said, desk):
    """See who has a ticket, and who solves it."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def apply(now, town, said, desk):
    """Let satisfaction move, and with it what contacts hear."""
    tally, b = town.counts.tally, said.world.behaviour.support
    for j in range(desk.n[TICKETS]):
        row, code = np.int64(desk.rows[TICKETS, j]), desk.code[j]
        if code == 0:
            continue
        tally[Event.TICKETS] += 1
        tally[Event.SOLVED_BY_PEERS - 1 + code] += 1
        tally[Event.STAFF_TICKETS] += code == STAFF or code == UNSOLVED
        please(row, -b.satisfaction_unsolved if code == UNSOLVED else b.satisfaction_solved, town)


LOOK = Phase("look_for_tickets", look, ready_to_look, look_loop)
DECISION = Decision(
    "support",
    ("no ticket", "peers", "self-service", "staff", "unsolved", "account manager"),
    TICKETS,
    one,
    Phase("support", decide, ready, loop),
    Phase("help_customers", apply),
)
