"""The codes of stages, of what is used, of channels and doors: small integers in columns, names in tables and figures."""

from enum import IntEnum


class Stage(IntEnum):
    """Where a person stands; the order of the flywheel."""

    PROSPECT = 0
    ATTRACTED = 1
    NEWCOMER = 2
    CUSTOMER = 3
    EXPERT = 4
    LAPSED = 5


class Uses(IntEnum):
    """What a person uses, whatever the stage: who goes to a rival has left, and may hear of us again and buy."""

    NOTHING = 0
    US = 1
    RIVAL_1 = 2  # in the order in which a scenario names them
    RIVAL_2 = 3


MOST_RIVALS = len(Uses) - Uses.RIVAL_1


class Channel(IntEnum):
    """What brought a person here, first touch."""

    NONE = 0
    USER_CONTENT = 1
    FIRM_CONTENT = 2
    CLOSE_TALK = 3
    BROADCAST_TALK = 4
    INVITE = 5
    ADVERT = 6
    OUTBOUND = 7
    AMBIENT = 8
    RETURN = 9
    SEED = 10


class Door(IntEnum):
    """How a person came in."""

    NONE = 0
    COMMUNITY = 1
    TRIAL = 2
    SALES = 3
    DIRECT = 4


class Cause(IntEnum):
    """Why a customer's life ended."""

    LEFT = 1
    FAILED_PAYMENT = 2
    SWITCHED = 3


CAUSES = tuple(cause.name.lower() for cause in Cause)  # as the record names them

MOVES = (  # from, to: every way from one stage to another
    (Stage.PROSPECT, Stage.ATTRACTED),
    (Stage.ATTRACTED, Stage.PROSPECT),
    (Stage.ATTRACTED, Stage.NEWCOMER),
    (Stage.NEWCOMER, Stage.PROSPECT),
    (Stage.NEWCOMER, Stage.CUSTOMER),
    (Stage.CUSTOMER, Stage.EXPERT),
    (Stage.EXPERT, Stage.CUSTOMER),
    (Stage.CUSTOMER, Stage.LAPSED),
    (Stage.EXPERT, Stage.LAPSED),
    (Stage.LAPSED, Stage.ATTRACTED),
    (Stage.LAPSED, Stage.PROSPECT),
)
N_STAGES, N_CHANNELS, N_DOORS = len(Stage), len(Channel), len(Door)
BY_USERS = (Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK, Channel.INVITE)
ORGANIC = (*BY_USERS, Channel.AMBIENT)
PAID = (Channel.ADVERT, Channel.OUTBOUND)
