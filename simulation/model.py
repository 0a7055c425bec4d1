"""The week as one ordered list, and what runs it compiled: between two stops for Python a run is one call."""

from numba import literal_unroll

from simulation.compiled import jit
from simulation.firm import billing, pricing, spending
from simulation.flywheel import (
    adoption,
    advocacy,
    attraction,
    engagement,
    exchange,
    feedback,
    look,
    meeting,
    retention,
    rivals,
    satisfaction,
    support,
    win_back,
)
from simulation.people import memory
from simulation.people.counts import has_room
from simulation.record import NOTE

WEEK = (
    look.BEGIN,
    memory.FADE,
    spending.SPEND,
    pricing.QUOTE,
    satisfaction.FEEL,
    rivals.STAND,
    look.LOOK,
    look.SORT,
    attraction.DECISION.decide,
    attraction.DECISION.apply,
    engagement.DECISION.decide,
    engagement.DECISION.apply,
    exchange.OFFER,
    exchange.DECISION.decide,
    exchange.DECISION.apply,
    meeting.MEET,
    adoption.LEARN,
    adoption.DECISION.decide,
    adoption.DECISION.apply,
    advocacy.DECISION.decide,
    advocacy.DECISION.apply,
    support.LOOK,
    support.DECISION.decide,
    support.DECISION.apply,
    retention.DECISION.decide,
    retention.DECISION.apply,
    win_back.DECISION.decide,
    win_back.DECISION.apply,
    feedback.FEEDBACK,
    rivals.MEASURE,
    billing.BOOK_MONEY,
    NOTE,
)
DECISIONS = {
    process.DECISION.name: process.DECISION
    for process in (attraction, engagement, exchange, adoption, advocacy, support, retention, win_back)
}
PHASES = tuple(phase.run for phase in WEEK)
SHARED = [phase.name for phase in WEEK if phase.loop]  # whose rows threads can share
READY = tuple(phase.ready for phase in WEEK if phase.ready)
LOOPS = tuple(phase.loop for phase in WEEK if phase.loop)
ONES = tuple(decision.one for decision in DECISIONS.values())


@jit
def run_part(weeks, first, last, now, town, said, desk):
    """Run the phases ``[first, last)`` of so many weeks; return the weeks done, fewer where lives need more room."""
    for done in range(weeks):
        if first == 0 and not has_room(town.counts, town.people.shape[0]):
            return done
        at = 0
        for phase in literal_unroll(PHASES):
            if first <= at < last:
                phase(now, town, said, desk)
            at += 1
    return weeks


@jit
def ready_part(which, now, town, said, desk):
    """Make phase ``which`` ready; return how many rows its loop has."""
    n, at = 0, 0
    for ready in literal_unroll(READY):
        if at == which:
            n = ready(now, town, said, desk)
        at += 1
    return n


@jit
def loop_part(which, lo, hi, now, town, said, desk):
    """Run the loop of phase ``which`` over the rows ``[lo, hi)``."""
    at = 0
    for loop in literal_unroll(LOOPS):
        if at == which:
            loop(lo, hi, now, town, said, desk)
        at += 1


@jit
def one_part(which, row, now, town, said, desk):
    """Return the outcome of decision ``which`` for ``row``; nothing is changed."""
    code, at = 0, 0
    for one in literal_unroll(ONES):
        if at == which:
            code = one(row, now, town, said, desk)
        at += 1
    return code
