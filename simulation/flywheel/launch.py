"""Events of a community's life: seed members at the launch, a move of platform, the loss of the top helpers."""

import numpy as np

from simulation.flywheel import moves, retention
from simulation.people.columns import N_TIES
from simulation.people.draws import Purpose, all_bits, phase_key
from simulation.people.stages import Channel, Door, Stage


def seed_members(m) -> None:
    """Recruit the seed members: keen people out of a random tenth, able and welcome; booked at cost."""
    launch = m.world.motion.launch
    n = min(round(launch.seed_members / m.firm.weight), m.n // 2)
    if n == 0:
        return
    key = np.uint64(phase_key(m.key, 0, Purpose.SEED))
    pool = np.argsort(all_bits(key, m.n), kind="stable")[: max(n, m.n // 10)]
    keen = m.people["affinity"][pool].astype(np.float64) * m.people["helpfulness"][pool].astype(np.float64)
    for row in np.sort(pool[np.argsort(-keen, kind="stable")[:n]]).tolist():
        moves.be_attracted(row, Channel.SEED, -1, 0, m.people, m.net, m.book, m.fixed.moves)
        moves.be_newcomer(row, Door.COMMUNITY, 0, m.people, m.net, m.members, m.book, m.fixed.moves)
        m.people["skill"][row], m.people["belonging"][row] = 0.8, 0.5
    m.firm.ledger.bill("community_team", launch.seed_members * m.world.prices.seed_member_usd)


def move_platform(m, lost: float) -> None:
    """Move the community: a share of belonging, of ties and of content does not come along."""
    members = m.members[: m.n_members]
    m.people["belonging"][members] *= np.float32(1.0 - lost)
    key = np.uint64(phase_key(m.key, m.week, Purpose.MEETING))
    moves.lose_ties(members, lost, key, m.people)
    for library in m.firm.libraries:
        library.users *= 1.0 - lost


def dismiss_top_helpers(m, share: float) -> None:
    """Let the ``share`` of paying members with most answers leave."""
    members = m.members[: m.n_members]
    paying = np.sort(members[np.isin(m.people["stage"][members], (Stage.CUSTOMER, Stage.EXPERT))])
    n = int(np.ceil(share * paying.size))
    rows = paying[np.argsort(-m.people["answers"][paying].astype(np.int64), kind="stable")[:n]]
    code = np.full(n, retention.LEAVES, np.int8)
    leavers, heard = np.zeros(n, np.int32), np.zeros(n * N_TIES, np.int32)
    _, n_heard = retention.apply_retention(
        rows, n, code, m.week, m.people, m.net, m.members, leavers, heard, m.book, m.fixed.moves
    )
    if m.fixed.moves.left and n:
        moves.be_forgotten(leavers, heard[:n_heard], m.fixed.moves.left, m.people, m.net, m.book, m.fixed.moves)
