"""What is counted while people move: totals by segment, this week's events and moves, time in stages, and one row a customer life."""

import math
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from simulation.calendar import QUARTER_WEEKS
from simulation.compiled import part
from simulation.people.cohorts import N_CONTRACTS
from simulation.people.stages import CAUSES, MOST_RIVALS, MOVES, N_CHANNELS, N_DOORS, N_STAGES, Channel, Door, Stage
from simulation.scenario.records import longer, records

WEEKS_PER_COHORT = 4


class Total(IntEnum):
    """Columns of ``Book.totals`` after the stages (0-5)."""

    TALK = N_STAGES  # eighths of full talk
    SEATS = N_STAGES + 1
    MEMBERS = N_STAGES + 2
    CALL_WEIGHT = N_STAGES + 3  # of prospects, in sixteenths
    DEALS = N_STAGES + 4  # newcomers with a seller, in slots of a sixteenth
    TRIALS = N_STAGES + 5
    SATISFACTION = N_STAGES + 6  # of customers, in 65,536ths
    RIVAL_1_USERS = N_STAGES + 7
    RIVAL_2_USERS = N_STAGES + 8
    PAYING_MEMBERS = N_STAGES + 9
    READERS = N_STAGES + 10  # outside the list of members


N_TOTALS = N_STAGES + len(Total)

RIVAL_EVENTS = (  # how its users come and go
    "entered",  # used it when it entered
    "recruited",  # used nothing, or another rival
    "won",  # from us
    "lost",  # to us
    "left",  # use nothing any more, or another rival
)
EVENTS = (
    *(f"attracted_{c.name.lower()}" for c in Channel),
    *(f"engaged_{d.name.lower()}" for d in Door),
    *(f"adopted_{c.name.lower()}" for c in Channel),
    *(f"adopted_door_{d.name.lower()}" for d in Door),
    *CAUSES,
    "returned",
    "joined",
    "dropped_out",  # free sign-ups that never used the product
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
    "expanded_value",  # of seats, at what each customer pays: cents a year, as the two above
    "contracted_value",
    "lost_value",
    *(f"rival_{k + 1}_{what}" for what in RIVAL_EVENTS for k in range(MOST_RIVALS)),
    *(f"{before.name.lower()}_to_{after.name.lower()}" for before, after in MOVES),
)
N_EVENTS = len(EVENTS)
MOVED = N_EVENTS - len(MOVES)
ATTRACTED, ENGAGED = 0, N_CHANNELS
ADOPTED, ADOPTED_DOOR = N_CHANNELS + N_DOORS, 2 * N_CHANNELS + N_DOORS


Event = IntEnum("Event", [(name.upper(), place) for place, name in enumerate(EVENTS)])  # type: ignore[misc]


NEVER_JOINED = np.iinfo(np.int32).max  # later than any week
LIFE = np.dtype(
    [
        ("row", np.int32),
        ("referrer", np.int32),
        ("seats", np.int32),  # landed
        ("joined", np.int32),  # week in which they joined the community first, NEVER_JOINED for who did not
        ("engaged", np.int16),  # week in which they came in
        ("adopted", np.int16),  # week
        ("ended", np.int16),  # week, or -1
        ("cause", np.uint8),  # Cause, or 0
        ("channel", np.uint8),
        ("door", np.uint8),
        ("read", np.uint8),  # 1 = was a reader when buying
        ("segment", np.uint8),
        ("contract", np.uint8),  # 1 = yearly, at first
    ],
    align=True,
)


LONGEST_STAY = 104  # weeks: whoever stayed longer counts as that
MOVE_SHAPE = (
    len(MOVES),
    LONGEST_STAY + 1,
    N_DOORS,
    2,
)  # of a quarter: move, weeks in the stage that was left, door, member or not
MOVE_OF = np.full((N_STAGES, N_STAGES), -1, np.int64)  # its place in MOVES
for _place, (_before, _after) in enumerate(MOVES):
    MOVE_OF[_before, _after] = _place
MOVE = np.dtype(
    [
        ("quarter", np.int16),  # of 13 weeks, from 0 on
        ("from_stage", np.uint8),
        ("to_stage", np.uint8),
        ("door", np.uint8),  # the last one taken
        ("member", np.uint8),  # of the community, until then
        ("stayed", np.int16),  # weeks in the stage that was left, at most LONGEST_STAY
        ("people", np.int32),
    ],
    align=True,
)


class Book(NamedTuple):
    """Counts, all integers, so that no order of events can change them."""

    totals: np.ndarray  # int64 (segments, N_TOTALS)
    tally: np.ndarray  # int64 (N_EVENTS), this week
    cohort_seats: np.ndarray  # int64 (weeks, segments, contracts): seats held now, by week of adoption
    cohort_customers: np.ndarray  # int64 (weeks, contracts)
    n_lives: np.ndarray  # int64 (1)
    lives: np.ndarray  # LIFE (n,), in the order of adoption
    first_lives: np.ndarray  # int64 (weeks + 2): the first life of each week
    year_seats: np.ndarray  # int32 (n,): of each life a year before the run's end, 0 where it was none
    moves: np.ndarray  # int32 (quarters x cells of MOVE_SHAPE,)
    moved: np.ndarray  # int32, as long: the places in it that are not zero, in the order in which they came to be
    n_moved: np.ndarray  # int64 (1)
    by_hand: np.ndarray  # uint8 (variants, stages): 1 = asked every week, whatever the bound


def new_book(n_people: int, n_segments: int, weeks: int) -> Book:
    """Return empty books for a run of ``weeks``."""
    cells = (weeks // QUARTER_WEEKS + 1) * math.prod(MOVE_SHAPE)
    return Book(
        totals=np.zeros((n_segments, N_TOTALS), np.int64),
        tally=np.zeros(N_EVENTS, np.int64),
        cohort_seats=np.zeros((weeks + 1, n_segments, N_CONTRACTS), np.int64),
        cohort_customers=np.zeros((weeks + 1, N_CONTRACTS), np.int64),
        n_lives=np.zeros(1, np.int64),
        lives=records(max(n_people, 16), LIFE),
        first_lives=np.zeros(weeks + 2, np.int64),
        year_seats=np.zeros(max(n_people, 16), np.int32),
        moves=np.zeros(cells, np.int32),
        moved=np.zeros(cells, np.int32),
        n_moved=np.zeros(1, np.int64),
        by_hand=np.zeros((1, N_STAGES), np.uint8),
    )


def for_weeks(book: Book, weeks: int) -> Book:
    """Return ``book`` with room for so many weeks."""
    cells = (weeks // QUARTER_WEEKS + 1) * math.prod(MOVE_SHAPE)
    return book._replace(
        cohort_seats=longer(book.cohort_seats, weeks + 1),
        cohort_customers=longer(book.cohort_customers, weeks + 1),
        first_lives=longer(book.first_lives, weeks + 2),
        moves=longer(book.moves, cells),
        moved=longer(book.moved, cells),
    )


@part
def count_move(before, after, stayed, door, member, week, counts):
    """Count a move between two stages, in this week's tally and in the table by quarter."""
    way = MOVE_OF[before, after]
    counts.tally[MOVED + way] += 1
    cell = week // QUARTER_WEEKS * MOVE_SHAPE[0] + way
    cell = cell * MOVE_SHAPE[1] + min(stayed, LONGEST_STAY)
    cell = (cell * MOVE_SHAPE[2] + door) * MOVE_SHAPE[3] + member
    if counts.moves[cell] == 0:
        counts.moved[counts.n_moved[0]] = cell
        counts.n_moved[0] += 1
    counts.moves[cell] += 1


def moves_of(counts: Book) -> np.ndarray:
    """Return the table of moves, MOVE (n,), in the order of its columns."""
    cells = np.sort(counts.moved[: int(counts.n_moved[0])])
    quarters = counts.moves.size // math.prod(MOVE_SHAPE)
    quarter, way, stayed, door, member = np.unravel_index(cells, (quarters, *MOVE_SHAPE))
    before, after = np.array(MOVES).T
    table = records(cells.size, MOVE)
    table["quarter"], table["stayed"], table["door"], table["member"] = quarter, stayed, door, member
    table["from_stage"], table["to_stage"], table["people"] = before[way], after[way], counts.moves[cells]
    return table


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
    return book._replace(lives=grown, year_seats=longer(book.year_seats, 2 * book.lives.size))
