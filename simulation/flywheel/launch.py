"""Events of a community's life: seed members at the launch, a move of platform, the loss of the top helpers."""

import numpy as np

from simulation.compiled import jit
from simulation.firm import content
from simulation.firm.ledger import bill
from simulation.firm.levers import COMMUNITY_TEAM
from simulation.people import transitions
from simulation.people.draws import Purpose, all_bits, key_of
from simulation.people.stages import Cause, Channel, Door, Stage
from simulation.people.transitions import be_attracted, be_newcomer


def open_community(run) -> None:
    """Seed the community with content and members; both are billed."""
    if not run.world.motion.community:
        return
    content.seed(run.said)
    n = min(round(run.world.motion.launch.seed_members / run.firm["weight"]), run.n // 2)
    if n:
        recruit(keenest(run, n), run.town, run.said)


@jit
def recruit(rows, town, said):
    """Let ``rows`` join as seed members, able and welcome; they are billed at cost."""
    launch, prices, week = said.world.motion.launch, said.world.prices, np.int64(0)
    e = said.world.behaviour.engagement
    for j in range(rows.size):
        be_attracted(rows[j], np.int64(Channel.SEED), np.int64(-1), week, town)
        be_newcomer(rows[j], np.int64(Door.COMMUNITY), week, town)
        town.people.skill[rows[j]], town.people.belonging[rows[j]] = e.seed_skill, e.seed_belonging
    bill(COMMUNITY_TEAM, launch.seed_members * prices.seed_member_usd, said.firm)


def keenest(run, n: int) -> np.ndarray:
    """Return the rows of the ``n`` keenest out of the random share of people that is asked, in order."""
    key = key_of(run.key, 0, Purpose.SEED)
    pool = np.argsort(all_bits(key, run.n), kind="stable")[
        : max(n, int(run.n * run.world.behaviour.engagement.seed_pool))
    ]
    keen = run.people["affinity"][pool].astype(np.float64) * run.people["helpfulness"][pool].astype(np.float64)
    return np.sort(pool[np.argsort(-keen, kind="stable")[:n]])


def move_platform(run, lost: float) -> None:
    """Move the community: a share of belonging, of ties and of content does not come along."""
    members = run.members[: run.n_members]
    run.people["belonging"][members] *= np.float32(1.0 - lost)
    key = key_of(run.key, run.week, Purpose.MEETING)
    transitions.lose_ties(members, lost, key, run.people)
    run.said.libraries["users"] *= 1.0 - lost


def dismiss_top_helpers(run, share: float) -> None:
    """Let the ``share`` of paying members with most answers leave, without a word to their contacts."""
    members = run.members[: run.n_members]
    paying = np.sort(members[np.isin(run.people["stage"][members], (Stage.CUSTOMER, Stage.EXPERT))])
    n = int(np.ceil(share * paying.size))
    rows = paying[np.argsort(-run.people["answers"][paying].astype(np.int64), kind="stable")[:n]]
    transitions.leave(rows, Cause.LEFT, run.week, False, run.town)
