"""Meeting: events and introductions, whom they bring together and whom they tie."""

import numpy as np

from simulation.compiled import part, phase
from simulation.flywheel.desk import Rows
from simulation.people.counts import Event
from simulation.people.decision import Phase
from simulation.people.draws import Purpose, uniform
from simulation.people.prefetch import fetch_person
from simulation.people.ties import tie
from simulation.scenario.firm import TASKS

MEMBERS, INTRODUCTIONS = int(Rows.MEMBERS), TASKS.index("introductions")


@part
def attendance(s, week, n, town, said):
    """Return the chance that a member of segment ``s`` attends: less where the host's hour does not fit."""
    h, events = said.world.behaviour.help, said.firm.events
    host = town.segments[week % town.segments.size].time_zone_hours
    apart = abs(town.segments[s].time_zone_hours - host)
    fits = 1.0 if min(apart, 24.0 - apart) <= h.event_hours_apart else h.recording_effect
    room = events * said.world.prices.event_seats / (n * said.firm.weight)
    return min(h.event_attendance, room) * fits


@phase
def meet(now, town, said, desk):
    """Events and introductions: attendance adds belonging, meeting adds ties."""
    n, h, p, members, present = (
        desk.n[MEMBERS],
        said.world.behaviour.help,
        town.people,
        town.members,
        desk.exchange.present,
    )
    if n == 0:
        return
    hours = said.firm.hours[INTRODUCTIONS] / said.world.prices.introduction_hours
    introduced = min(1.0, hours / (n * said.firm.weight))
    attends = h.event_attendance * said.firm.events > 0
    if not attends and introduced == 0.0:
        return
    key_attend, key_meeting = now.keys[Purpose.ATTEND], now.keys[Purpose.MEETING]
    key_introduction, key_partner = now.keys[Purpose.INTRODUCTION], now.keys[Purpose.PARTNER]
    k = 0
    for s in range(desk.segments.size):
        desk.segments[s].attend = attendance(s, now.week, n, town, said)
    for j in range(n):
        fetch_person(members, j, n, p)
        row = np.int64(members[j])
        if uniform(key_attend, row) < desk.segments[p.segment[row]].attend:
            belonging = np.float64(p.belonging[row])
            p.belonging[row] = belonging + h.event_belonging * (1.0 - belonging)
            present[k] = row
            k += 1
    town.counts.tally[Event.ATTENDANCES] += k
    for j in range(k):
        row = np.int64(present[j])
        other = np.int64(present[np.int64(uniform(key_meeting, row) * k)])
        if other != row and uniform(key_meeting ^ key_attend, row) < h.p_tie:
            tie(row, other, town)
    if introduced > 0.0:
        for j in range(n):
            row = np.int64(members[j])
            if uniform(key_introduction, row) < introduced:
                other = np.int64(members[np.int64(uniform(key_partner, row) * n)])
                same = p.segment[other] == p.segment[row]
                if other != row and same and uniform(key_partner ^ key_introduction, row) < h.p_tie:
                    tie(row, other, town)


MEET = Phase("meet", meet)
