"""Events of a community's life: it opens, with seed members, and closes; a move of platform, the loss of the top helpers."""

import numpy as np

from simulation.compiled import jit
from simulation.firm import content
from simulation.firm.ledger import bill
from simulation.firm.levers import COMMUNITY_TEAM
from simulation.people import ties, transitions
from simulation.people.bounds import set_level
from simulation.people.cohorts import pays
from simulation.people.draws import Purpose, all_bits
from simulation.people.stages import Cause, Channel, Door, Stage
from simulation.people.transitions import be_attracted, be_member, be_newcomer, set_skill, skill_now


def open_community(run) -> None:
    """Seed the community with content and members, customers first; both are billed, and the launch begins.

    Seed members who are less than a row are its founders: they post as hosts do, so that no rounding decides.
    """
    seeds, weight = run.world.motion.launch.seed_members, run.firm["weight"]
    whole = int(seeds / weight + 1e-9)
    run.firm["founders"] = max(0.0, seeds - whole * weight)
    n = min(whole, run.n // 2)
    customers = np.isin(run.people["stage"], (Stage.CUSTOMER, Stage.EXPERT)) & (run.people["member"] == 0)
    joins = run.people["eagerness"] > 0
    own = keenest(run, joins & customers, n)
    others = keenest(run, joins & (run.people["stage"] == Stage.PROSPECT), n - own.size)
    recruit(np.append(own, others), run.clock, run.town, run.said)
    run.firm["launched"] = run.clock


@jit
def recruit(rows, week, town, said):
    """Seed the content, and let ``rows`` join as seed members, able and welcome; both are billed at cost."""
    content.seed(said)  # here: each door to Python is half a second of compiling
    launch, prices = said.world.motion.launch, said.world.prices
    e, p = said.world.behaviour.engagement, town.people
    for j in range(rows.size):
        row = rows[j]
        skill = skill_now(row, week, p, town.terms.practice)
        if pays(row, p):
            be_member(row, week, town)
            set_level(row, town)
        else:
            be_attracted(row, np.int64(Channel.SEED), np.int64(-1), week, town)
            be_newcomer(row, np.int64(Door.COMMUNITY), week, town)
        set_skill(row, max(skill, e.seed_skill), week, p)
        p.belonging[row] = e.seed_belonging
    bill(COMMUNITY_TEAM, launch.seed_members * prices.seed_member_usd, said.firm)


def keenest(run, fit: np.ndarray, n: int) -> np.ndarray:
    """Return the rows of the ``n`` keenest out of the random share of those who are ``fit`` that is asked, in order."""
    order = np.argsort(all_bits(run.draws(Purpose.SEED), run.n), kind="stable")
    order = order[fit[order]]
    pool = order[: max(n, int(order.size * run.world.behaviour.engagement.seed_pool))]
    keen = run.people["affinity"][pool].astype(np.float64) * run.people["helpfulness"][pool].astype(np.float64)
    return np.sort(pool[np.argsort(-keen, kind="stable")[:n]])


def close_community(run, lost: float) -> None:
    """Close the community: its members are scattered; of what they wrote a share is not found any more."""
    transitions.scatter(run.clock, run.town)
    run.firm["founders"] = 0.0
    run.said.libraries["users"] *= 1.0 - lost


def move_platform(run, lost: float) -> None:
    """Move the community: a share of belonging, of ties and of content does not come along."""
    members = run.members[: run.n_members]
    run.people["belonging"][members] *= np.float32(1.0 - lost)
    ties.lose_ties(members, lost, run.draws(Purpose.MEETING), run.people)
    run.said.libraries["users"] *= 1.0 - lost


def dismiss_top_helpers(run, share: float) -> None:
    """Let the ``share`` of paying members with most answers leave, without a word to their contacts."""
    members = run.members[: run.n_members]
    paying = np.sort(members[np.isin(run.people["stage"][members], (Stage.CUSTOMER, Stage.EXPERT))])
    n = int(np.ceil(share * paying.size))
    rows = paying[np.argsort(-run.people["answers"][paying].astype(np.int64), kind="stable")[:n]]
    transitions.leave(rows, Cause.LEFT, run.clock, False, run.town)
