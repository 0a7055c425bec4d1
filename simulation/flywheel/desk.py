"""The desk: buffers of a week. Their pages are lent by the operating system when they are first touched."""

from enum import IntEnum
from typing import Any, NamedTuple

import numpy as np

from simulation.people.stages import MOST_RIVALS
from simulation.people.town import Town
from simulation.scenario.records import records


class Rows(IntEnum):
    """Lists of rows that are asked this week. Who moves on within the week is appended to the next list."""

    PROSPECTS = 0
    ATTRACTED = 1
    NEWCOMERS = 2
    CUSTOMERS = 3
    FORMERS = 4
    TICKETS = 5
    MEMBERS = 6  # these stand in ``town.members``


N_LEVELS = 4  # of difficulty of a question
SEGMENT = np.dtype(  # what the week works out for a segment; each rate is made by the process that uses it
    [
        ("answered", np.float64),  # as it stood at the week's start, as are posters
        ("posters", np.int64),
        ("reach", np.float64, (5,)),  # hazards of what a whole segment meets, see attraction.py
        ("join", np.float64),  # hazards at eagerness 1
        ("customer_join", np.float64),
        ("appeal", np.float64),  # logit of buying that all newcomers share
        ("learn", np.float64),
        ("attend", np.float64),
        ("peers", np.float64),
        ("self_service", np.float64),
        ("asked", np.int64),  # questions
        ("got", np.int64),  # answers from peers
        ("pieces", np.int64),  # what members wrote
        ("shares", np.float64, (N_LEVELS,)),  # of questions that find an able helper, by difficulty
        ("rival_reach", np.float64, (MOST_RIVALS,)),  # hazards at which each rival reaches the segment
        ("rival_gap", np.float64, (MOST_RIVALS,)),  # its value minus ours before what contacts use, logits
    ]
)
SCREEN = np.dtype(
    [
        ("everything", np.int64),  # 1 = every bound is one
        ("bounds", np.uint64, (256,)),  # by class of the screen
        ("ticket_bounds", np.uint64, (32,)),  # by the bits of an account's seats
    ]
)


class Exchange(NamedTuple):
    """What asking and answering share, see exchange.py."""

    offers: np.ndarray  # int64 (members, 2): capacity in 1/256 answers, level
    groups: np.ndarray  # int64 (segments * levels + 1): where each group of helpers starts
    helpers: np.ndarray  # int32: rows, sorted by group
    upto: np.ndarray  # int64: running sums of capacity within a group
    across: np.ndarray  # float64 (segments, segments)
    parts: np.ndarray  # float64 (segments, levels, segments)
    open_rows: np.ndarray  # int32: who got no answer from peers
    present: np.ndarray  # int32: who attends this week's event


class Desk(NamedTuple):
    """All buffers, and the sheet that the week is recorded on."""

    totals: np.ndarray  # int64 (segments, totals): counts at the week's start, which rates read
    segments: np.ndarray  # SEGMENT (segments,)
    screen: Any  # a record SCREEN
    exchange: Exchange
    cuts: np.ndarray  # int64 (chunks + 1,): where each chunk of all people starts
    found: np.ndarray  # int32: rows below their bound, in chunks that end with -1
    rows: np.ndarray  # int32 (lists, n + 1), see Rows
    n: np.ndarray  # int64 (lists + 1,): how many stand in each
    code: np.ndarray  # int8: the outcome of each row of the list being asked
    weeks: np.ndarray  # float64 (weeks, series): the record
    cohort_revenue: np.ndarray  # int64 (periods, cohorts): cents a week


def new_desk(town: Town, cuts: np.ndarray, weeks: np.ndarray, cohort_revenue: np.ndarray, *, everything: bool) -> Desk:
    """Return empty buffers for ``town``."""
    n, segments = town.people.shape[0], town.segments.shape[0]

    def rows():
        return np.zeros(n + 1, np.int32)

    screen = records(1, SCREEN)[0]
    screen["everything"] = everything
    return Desk(
        totals=np.zeros_like(town.counts.totals),
        segments=records(segments, SEGMENT),
        screen=screen,
        exchange=Exchange(
            offers=np.zeros((n + 1, 2), np.int64),
            groups=np.zeros(segments * N_LEVELS + 1, np.int64),
            helpers=rows(),
            upto=np.zeros(n + 1, np.int64),
            across=np.ones((segments, segments)),
            parts=np.zeros((segments, N_LEVELS, segments)),
            open_rows=rows(),
            present=rows(),
        ),
        cuts=cuts,
        found=rows(),
        rows=np.zeros((len(Rows) - 1, n + 1), np.int32),
        n=np.zeros(len(Rows), np.int64),
        code=np.zeros(n + 1, np.int8),
        weeks=weeks,
        cohort_revenue=cohort_revenue,
    )
