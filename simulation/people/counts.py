"""What is counted while people move: totals by segment, this week's events, and one row a customer life."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.compiled import part
from simulation.people.stages import CAUSES, N_CHANNELS, N_DOORS, N_STAGES, Channel, Door, Stage
from simulation.scenario.records import records

WEEKS_PER_COHORT = 4


class Total(IntEnum):
    """Columns of ``Book.totals`` after the stages (0-6)."""

    TALK = N_STAGES  # eighths of full talk
    SEATS = N_STAGES + 1
    MEMBERS = N_STAGES + 2
    CALL_WEIGHT = N_STAGES + 3  # of prospects, in sixteenths
    DEALS = N_STAGES + 4  # newcomers with a seller, in slots of a sixteenth
    TRIALS = N_STAGES + 5
    SATISFACTION = N_STAGES + 6  # of customers, in 65,536ths


N_TOTALS = N_STAGES + len(Total)

EVENTS = (
    *(f"attracted_{c.name.lower()}" for c in Channel),
    *(f"engaged_{d.name.lower()}" for d in Door),
    *(f"adopted_{c.name.lower()}" for c in Channel),
    *(f"adopted_door_{d.name.lower()}" for d in Door),
    *CAUSES,
    "gave_up",
    "faded",
    "returned",
    "joined",
    "member_adopted",
    "landed_seats",
    "expanded_seats",
    "contracted_seats",
    "lost_seats",
    "renewals",
    "questions",
    "newcomer_questions",
    "answered",
    "newcomer_answered",
    "staff_answered",
    "user_pieces",
    "posts",
    "new_experts",
    "stepped_back",
    "went_quiet",
    "ties",
    "attendances",
    "tickets",
    "solved_by_peers",
    "solved_by_self_service",
    "solved_by_staff",
    "unsolved",
    "solved_by_account_managers",
    "staff_tickets",
    "called",
    "new_contract_value",
    "sales_contract_value",
)
N_EVENTS = len(EVENTS)
ATTRACTED, ENGAGED = 0, N_CHANNELS
ADOPTED, ADOPTED_DOOR = N_CHANNELS + N_DOORS, 2 * N_CHANNELS + N_DOORS


Event = IntEnum("Event", [(name.upper(), place) for place, name in enumerate(EVENTS)])  # type: ignore[misc]


LIFE = np.dtype(
    [
        ("row", np.int32),
        ("referrer", np.int32),
        ("seats", np.int32),  # landed
        ("adopted", np.int16),  # week
        ("ended", np.int16),  # week, or -1
        ("cause", np.uint8),  # Cause, or 0
        ("channel", np.uint8),
        ("door", np.uint8),
        ("member", np.uint8),  # ever in the community
    ],
    align=True,
)


class Book(NamedTuple):
    """Counts, all integers, so that no order of events can change them."""

    totals: np.ndarray  # int64 (segments, N_TOTALS)
    tally: np.ndarray  # int64 (N_EVENTS), this week
    cohort_seats: np.ndarray  # int64 (cohorts, segments): seats held now, by period of adoption
    n_lives: np.ndarray  # int64 (1)
    lives: np.ndarray  # LIFE (n,), in the order of adoption
    first_lives: np.ndarray  # int64 (weeks + 2): the first life of each week
    by_hand: np.ndarray  # uint8 (variants, stages): 1 = asked every week, whatever the bound


def new_book(n_people: int, n_segments: int, weeks: int) -> Book:
    """Return empty books for a run of ``weeks``."""
    return Book(
        totals=np.zeros((n_segments, N_TOTALS), np.int64),
        tally=np.zeros(N_EVENTS, np.int64),
        cohort_seats=np.zeros((weeks // WEEKS_PER_COHORT + 1, n_segments), np.int64),
        n_lives=np.zeros(1, np.int64),
        lives=records(max(n_people, 16), LIFE),
        first_lives=np.zeros(weeks + 2, np.int64),
        by_hand=np.zeros((1, N_STAGES), np.uint8),
    )


@part
def has_room(book, n_people):
    """Return whether a week's adoptions have room in the table of lives, whoever buys."""
    paying = np.int64(0)
    for s in range(book.totals.shape[0]):
        paying += book.totals[s, Stage.CUSTOMER] + book.totals[s, Stage.EXPERT]
    return book.n_lives[0] + n_people - paying <= book.lives.size


def with_room(book: Book) -> Book:
    """Return ``book`` with twice the room for lives."""
    grown, n = records(2 * book.lives.size, LIFE), int(book.n_lives[0])
    grown[:n] = book.lives[:n]
    return book._replace(lives=grown)
