"""What is counted while people move: totals by segment, this week's events, and one row a customer life."""

from typing import NamedTuple

import numpy as np

from simulation.people.columns import table
from simulation.people.stages import N_CHANNELS, N_DOORS, N_STAGES, Channel, Door

WEEKS_PER_COHORT = 4


class Totals(NamedTuple):
    """Columns of ``Book.totals`` after the stages (0-6); plain numbers, since numba before 0.68 takes no enum as an index."""

    TALK: int = N_STAGES  # eighths of full talk
    SEATS: int = N_STAGES + 1
    MEMBERS: int = N_STAGES + 2
    CALL_WEIGHT: int = N_STAGES + 3  # of prospects, in sixteenths
    DEALS: int = N_STAGES + 4  # newcomers with a seller, in slots of a sixteenth
    TRIALS: int = N_STAGES + 5
    SATISFACTION: int = N_STAGES + 6  # of customers, in 65,536ths


Total = Totals()


N_TOTALS = N_STAGES + len(Total)

EVENTS = (
    *(f"attracted_{c.name.lower()}" for c in Channel),
    *(f"engaged_{d.name.lower()}" for d in Door),
    *(f"adopted_{c.name.lower()}" for c in Channel),
    *(f"adopted_door_{d.name.lower()}" for d in Door),
    "left",
    "failed_payment",
    "switched",
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
    "ties",
    "attendances",
    "tickets",
    "solved_by_peers",
    "solved_by_self_service",
    "solved_by_staff",
    "unsolved",
    "staff_tickets",
    "called",
    "new_contract_value",
    "sales_contract_value",
)
N_EVENTS = len(EVENTS)
ATTRACTED, ENGAGED = 0, N_CHANNELS
ADOPTED, ADOPTED_DOOR = N_CHANNELS + N_DOORS, 2 * N_CHANNELS + N_DOORS


class Places(NamedTuple):
    """Places in ``Book.tally`` of the events that have no channel or door; plain numbers, as in ``Totals``."""

    LEFT: int = EVENTS.index("left")
    FAILED_PAYMENT: int = EVENTS.index("failed_payment")
    SWITCHED: int = EVENTS.index("switched")
    GAVE_UP: int = EVENTS.index("gave_up")
    FADED: int = EVENTS.index("faded")
    RETURNED: int = EVENTS.index("returned")
    JOINED: int = EVENTS.index("joined")
    MEMBER_ADOPTED: int = EVENTS.index("member_adopted")
    LANDED_SEATS: int = EVENTS.index("landed_seats")
    EXPANDED_SEATS: int = EVENTS.index("expanded_seats")
    CONTRACTED_SEATS: int = EVENTS.index("contracted_seats")
    LOST_SEATS: int = EVENTS.index("lost_seats")
    RENEWALS: int = EVENTS.index("renewals")
    QUESTIONS: int = EVENTS.index("questions")
    NEWCOMER_QUESTIONS: int = EVENTS.index("newcomer_questions")
    ANSWERED: int = EVENTS.index("answered")
    NEWCOMER_ANSWERED: int = EVENTS.index("newcomer_answered")
    STAFF_ANSWERED: int = EVENTS.index("staff_answered")
    USER_PIECES: int = EVENTS.index("user_pieces")
    POSTS: int = EVENTS.index("posts")
    NEW_EXPERTS: int = EVENTS.index("new_experts")
    STEPPED_BACK: int = EVENTS.index("stepped_back")
    TIES: int = EVENTS.index("ties")
    ATTENDANCES: int = EVENTS.index("attendances")
    TICKETS: int = EVENTS.index("tickets")
    SOLVED_BY_PEERS: int = EVENTS.index("solved_by_peers")
    SOLVED_BY_SELF_SERVICE: int = EVENTS.index("solved_by_self_service")
    SOLVED_BY_STAFF: int = EVENTS.index("solved_by_staff")
    UNSOLVED: int = EVENTS.index("unsolved")
    STAFF_TICKETS: int = EVENTS.index("staff_tickets")
    CALLED: int = EVENTS.index("called")
    NEW_CONTRACT_VALUE: int = EVENTS.index("new_contract_value")
    SALES_CONTRACT_VALUE: int = EVENTS.index("sales_contract_value")


Event = Places()


LIFE = np.dtype(
    [
        ("row", np.int32),
        ("referrer", np.int32),
        ("seats", np.int32),  # landed
        ("adopted", np.int16),  # week
        ("ended", np.int16),  # week, or -1
        ("cause", np.uint8),  # 1 left, 2 failed payment, 3 switched
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
    by_hand: np.ndarray  # uint8 (variants, stages): 1 = asked every week, whatever the bound


def new_book(n_people: int, n_segments: int, weeks: int) -> Book:
    """Return empty books for a run of ``weeks``."""
    return Book(
        totals=np.zeros((n_segments, N_TOTALS), np.int64),
        tally=np.zeros(N_EVENTS, np.int64),
        cohort_seats=np.zeros((weeks // WEEKS_PER_COHORT + 1, n_segments), np.int64),
        n_lives=np.zeros(1, np.int64),
        lives=table(max(n_people, 16), LIFE),
        by_hand=np.zeros((1, N_STAGES), np.uint8),
    )


def with_room(book: Book, n: int) -> Book:
    """Return ``book`` with room for ``n`` more lives; the table is copied when it grows."""
    have, needed = book.lives.size, int(book.n_lives[0]) + n
    if needed <= have:
        return book
    grown = table(max(needed, 2 * have), LIFE)
    grown[:have] = book.lives
    return book._replace(lives=grown)
