"""The levers of spending, one row each: which cost it is, and which new customers it is credited with."""

from enum import IntEnum
from typing import NamedTuple

from simulation.people.counts import ADOPTED, ADOPTED_DOOR
from simulation.people.stages import Channel, Door
from simulation.scenario.firm import LEVERS


class Tag(IntEnum):
    """What a cost is for."""

    ACQUISITION = 0
    RETENTION = 1
    SUPPORT = 2


class Lever(NamedTuple):
    """One lever. ``credited`` is the place in ``Book.tally`` of the customers it is credited with, None where they cannot be told apart."""

    name: str
    tag: Tag
    credited: int | None = None


TABLE = (
    Lever("sales", Tag.ACQUISITION, ADOPTED_DOOR + Door.SALES),
    Lever("advertising", Tag.ACQUISITION, ADOPTED + Channel.ADVERT),
    Lever("account_management", Tag.RETENTION),
    Lever("product_growth", Tag.ACQUISITION, ADOPTED_DOOR + Door.TRIAL),
    Lever("community_team", Tag.ACQUISITION, ADOPTED_DOOR + Door.COMMUNITY),
    Lever("content", Tag.ACQUISITION, ADOPTED + Channel.FIRM_CONTENT),
    Lever("moderation", Tag.ACQUISITION),
    Lever("recognition", Tag.RETENTION),
    Lever("events", Tag.RETENTION),
    Lever("rewards", Tag.RETENTION),
)
assert tuple(lever.name for lever in TABLE) == LEVERS

SALES, ADVERTISING, ACCOUNT_MANAGEMENT, PRODUCT_GROWTH, COMMUNITY_TEAM = range(5)
CONTENT, MODERATION, RECOGNITION, EVENTS, REWARDS = range(5, 10)
TAG_OF = tuple(int(lever.tag) for lever in TABLE)
CREDITED = (SALES, PRODUCT_GROWTH, COMMUNITY_TEAM, ADVERTISING, CONTENT)  # the order in which ties are broken
CREDIT = tuple(int(TABLE[k].credited or 0) for k in CREDITED)
