"""Support: tickets grow with seats and fall with skill; peers, then self-service, then paid staff solve them."""

import math
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit, part
from simulation.flywheel.moves import set_satisfaction, set_talk, skill_now, talk_units
from simulation.people.book import Event
from simulation.people.draws import uniform

PEERS, SELF_SERVICE, STAFF, UNSOLVED = 1, 2, 3, 4


class SupportRates(NamedTuple):
    """Who raises tickets and who solves them."""

    tickets: float  # weekly, an account of one seat at skill 0
    size_power: float
    skill_saves: float
    peers: np.ndarray  # float64 (segments): chance that peers solve the ticket of a member
    lurkers: float  # ratio of that chance for those who only read
    self_service: np.ndarray  # float64 (segments)
    staff: float
    solved: float  # satisfaction gained, share of what is missing
    unsolved: float  # satisfaction lost, share


@part
def ticket_rate(seats, skill, r):
    """Return the weekly hazard of a ticket."""
    return r.tickets * seats**r.size_power * (1.0 - r.skill_saves * skill)


@jit
def support(u, peers, self_service, staff):
    """Return who solves a ticket: 1 peers, 2 self-service, 3 staff, 4 nobody; chances, asked in this order."""
    if u < peers:
        return 1
    if u < peers + (1.0 - peers) * self_service:
        return 2
    return 3 if u < 1.0 - (1.0 - peers) * (1.0 - self_service) * (1.0 - staff) else 4


@jit
def support_of(row, week, key, key_solved, p, r, m):
    """Return 0 if ``row`` has no ticket this week, else what :func:`support` says."""
    rate = ticket_rate(np.float64(p.seats[row]), skill_now(row, week, p, m), r)
    if uniform(key, row) >= 1.0 - math.exp(-rate):
        return 0
    s = p.segment[row]
    peers = r.peers[s] * (1.0 if p.member[row] == 1 else r.lurkers)
    return support(uniform(key_solved, row), peers, r.self_service[s], r.staff)


@jit
def decide_support(rows, lo, hi, code, week, key, key_solved, p, r, m):
    """Fill ``code[lo:hi]`` with the outcome of each row."""
    for j in range(lo, hi):
        code[j] = support_of(rows[j], week, key, key_solved, p, r, m)


@jit
def apply_support(rows, n, code, p, net, book, r, m):
    """Carry the outcomes out: satisfaction moves, and with it what contacts hear."""
    for j in range(n):
        if code[j] == 0:
            continue
        row = rows[j]
        satisfaction = np.float64(p.satisfaction[row])
        book.tally[Event.TICKETS] += 1
        book.tally[Event.SOLVED_BY_PEERS - 1 + code[j]] += 1
        book.tally[Event.STAFF_TICKETS] += code[j] >= STAFF
        if code[j] == UNSOLVED:
            satisfaction -= r.unsolved * satisfaction
        else:
            satisfaction += r.solved * (1.0 - satisfaction)
        set_satisfaction(row, satisfaction, p, book)
        set_talk(row, talk_units(satisfaction, p.stage[row], m), 0, p, net, book, m)


@jit
def fill_ticket_bounds(bound, r, everything):
    """Fill the bound (uint64) of accounts by the bits of their seats; no seats, no ticket."""
    bound[0] = 0
    for k in range(1, bound.size):
        p = 1.0 - math.exp(-ticket_rate(2.0**k, 0.0, r)) + 1e-12
        bound[k] = (
            np.uint64(0xFFFFFFFFFFFFFFFF) if everything or p >= 0.999999 else np.uint64(p * 18446744073709551616.0)
        )


@jit
def gather(found, starts, lengths):
    """Close the gaps between the chunks of a sweep in place; return how many rows were found."""
    n = 0
    for c in range(starts.size):
        for j in range(starts[c], starts[c] + lengths[c]):
            found[n] = found[j]
            n += 1
    return n
