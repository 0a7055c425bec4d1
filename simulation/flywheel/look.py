"""The week begins: its draws, its counts, and one sweep that finds everybody to whom something may happen."""

import numpy as np

from simulation.compiled import phase
from simulation.flywheel import attraction, readers, retention, rivals, win_back
from simulation.people.decision import Phase
from simulation.people.draws import Purpose, fill_keys
from simulation.people.screen import fill_bounds, split, sweep


@phase
def begin(now, town, said, desk):
    """Draw this week's keys, and keep the counts as they stand, for the rates to read."""
    fill_keys(now.key, now.week - now.today, now.keys)
    counts, week = town.counts, now.week
    counts.first_lives[week] = counts.first_lives[week + 1] = counts.n_lives[0]
    for s in range(desk.segments.size):
        for k in range(desk.totals.shape[1]):
            desk.totals[s, k] = counts.totals[s, k]
        desk.segments[s].answered = town.community[s].answered
        desk.segments[s].posters = town.community[s].posters
        desk.segments[s].pieces = 0


@phase
def ready(now, town, said, desk):
    """Fill the bounds of this week; return the number of people."""
    attraction.fill_reach(now, town, said, desk)
    retention.each_renewal(now.week, town, np.bool_(True))
    a = attraction.rates(now, said, desk)
    r, former = retention.rates(now, town, said, desk), win_back.rates(said)
    comes_back = former.win_back_per_week + former.forgetting_per_week
    others, common, by_contact = rivals.rates(now, said), 0.0, 0.0
    most = rivals.most(desk.segments, said, others)
    for s in range(desk.segments.size):
        of_segment = 0.0
        for k in range(attraction.AMBIENT + 1):
            of_segment += desk.segments[s].reach[k]
        common = max(common, of_segment)
    if said.rivals.size > 0:
        reach = 0.0
        for s in range(desk.segments.size):
            reach = max(reach, rivals.most_reach(desk.segments[s], said))
        common += most.buying * reach
        by_contact = rivals.most_per_contact(most.buying, said, others)
    fill_bounds(
        desk.screen.bounds,
        common,
        a.close_talk * attraction.most_talk(town) + a.invite + by_contact,
        16.0 * a.call,
        retention.risk(r),
        retention.beside_levels(r, said, others),
        comes_back,
        most.giving_up,
        most.looking,
        readers.most(said),
        desk.screen.everything,
    )
    return town.people.shape[0]


@phase
def loop(lo, hi, now, town, said, desk):
    """Find who is below the bound of their class."""
    sweep(now.keys[Purpose.LIFE], lo, hi, town.net.odds, desk.screen.bounds, desk.found)


@phase
def look(now, town, said, desk):
    """Look at everybody once."""
    loop(0, ready(now, town, said, desk), now, town, said, desk)


@phase
def sort(now, town, said, desk):
    """Sort those found by stage."""
    split(desk.found, desk.cuts, town.people, desk.rows, desk.n)


BEGIN = Phase("begin", begin)
LOOK = Phase("look", look, ready, loop)
SORT = Phase("sort", sort)
