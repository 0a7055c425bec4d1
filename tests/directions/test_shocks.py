"""What shocks must show (R5 to R8, A13, C3, C4), with and without them on the same seeds. Each test states its error rate."""

import numpy as np
import pytest

from simulation.mesa_model import GrowthModel
from simulation.metrics import METRICS, measure
from simulation.people.agents import Customer
from simulation.people.stages import Stage
from simulation.scenario.compose import compose

pytestmark = pytest.mark.slow
SEEDS = range(10)
ENTRY = 78
SMALL = ("rows=5000", "market.accounts=20000")
EMPTY_RIVAL = (
    "rival=like_us",
    f"rival.entry_week={ENTRY}",
    "rival.reach_per_week=0.2",
    "rival.switching_per_week=0.02",
    "weeks=131",
)


def world(motion, *overrides):
    return compose(*SMALL, f"motions=[{motion}]", *overrides).world(motion)


def lost_to_rival(record, member=None):
    """Return the share of customers at the rival's entry, members or not, who go to it within a year."""
    lives = record.lives
    here = (lives["adopted"] < ENTRY) & ((lives["ended"] < 0) | (lives["ended"] >= ENTRY))
    if member is not None:
        here &= (lives["joined"] <= ENTRY) == member
    gone = (lives["cause"] == 3) & (lives["ended"] >= ENTRY) & (lives["ended"] < ENTRY + 52)
    return gone[here].mean()


def each(world, measure_one, **settings):
    return np.array([measure_one(GrowthModel(world, rng=seed, **settings).run()) for seed in SEEDS])


def test_r5_a_better_rival_with_an_empty_community_takes_fewer_members_than_others():  # A11
    """Members of CLG against customers of PLG: all of 10 seeds (0.1 %); members against others of one firm: mean gap
    below zero by two standard errors (2.5 %)."""
    overrides = (*EMPTY_RIVAL, "rival.quality=1.5")
    clg, plg = (each(world(m, *overrides), lost_to_rival) for m in ("clg", "plg"))
    assert (clg < plg).all()
    mixed = world("hybrid", *overrides)
    gap = each(mixed, lambda r: lost_to_rival(r, True) - lost_to_rival(r, False))
    assert gap.mean() < -2 * gap.std(ddof=1) / np.sqrt(gap.size)


def test_r5_protection_is_not_absolute():
    """As the rival gets better, CLG's loss grows by half as a share of PLG's, the least that V20b allows: mean of 10 seeds at two standard errors (4 %)."""
    share = {}
    for quality in (1.1, 5.0):
        overrides = (*EMPTY_RIVAL, f"rival.quality={quality}")
        share[quality] = each(world("clg", *overrides), lost_to_rival) / each(world("plg", *overrides), lost_to_rival)
    beyond = share[5.0] - 1.5 * share[1.1]
    assert beyond.mean() > 2 * beyond.std(ddof=1) / np.sqrt(beyond.size), beyond


def test_r5_members_whose_contacts_went_over_follow_them():  # A11
    """At its entry every paying contact of half of the members goes to the rival; members who follow within a year, mean
    paired difference over 10 seeds at two standard errors (2.5 %), and fewer of them are kept, all of 10 (0.1 %).

    Where 15 posters make a community half alive: with the shipped 40 there are too few members for that (0.7 points, standard error 0.6).
    """
    lively = "behaviour.engagement.liveliness_half_posters=15"
    follows = "behaviour.retention.contacts_gone=0"  # or they leave before they follow
    overrides = ("rows=20000", "market.accounts=20000", *EMPTY_RIVAL, "rival.quality=1.5", lively, follows)
    mix = compose(*overrides, "motions=[community_assisted_plg]").world("community_assisted_plg")

    class GoesOver(Customer):
        def retention(self):
            return 3

    def fate(seed, contacts_leave):
        model = GrowthModel(mix, rng=seed)
        for _ in range(ENTRY):
            model.step()
        people, net = model.people, model.net
        pays = np.isin(people["stage"], (Stage.CUSTOMER, Stage.EXPERT))
        watched = np.flatnonzero(pays & (people["member"] == 1) & (np.arange(model.n) % 2 == 0))
        near = [net.indices[net.indptr[row] : net.indptr[row + 1]] for row in watched]
        ties = people["ties"][watched].ravel()
        contacts = np.setdiff1d(np.concatenate([*near, ties[ties > 0] - 1]), watched)
        if contacts_leave:
            model.use(GoesOver, rows=contacts[pays[contacts]])
        for _ in range(52):
            model.step()
        lives = model.counts.lives[: int(model.counts.n_lives[0])]
        here = np.isin(lives["row"], watched) & (lives["adopted"] < ENTRY)
        here &= (lives["ended"] < 0) | (lives["ended"] >= ENTRY)
        return (lives["cause"][here] == 3).mean(), (lives["ended"][here] < 0).mean()

    alone, left = (np.array([fate(seed, leave) for seed in SEEDS]) for leave in (False, True))
    followed = left[:, 0] - alone[:, 0]
    assert followed.mean() > 2 * followed.std(ddof=1) / np.sqrt(followed.size), followed
    assert (left[:, 1] < alone[:, 1]).all()


def test_r5_ties_are_what_holds_members():  # C2, E12
    """Without social capital the same rival takes more of CLG's customers: all of 10 seeds (0.1 %)."""
    clg = world("clg", *EMPTY_RIVAL, "rival.quality=1.5")
    held = each(clg, lost_to_rival)
    assert (each(clg, lost_to_rival, switches={"social_capital": False}) > held).all()


def test_r6_points_protect_only_until_the_rival_outbids_them():  # C3
    """Points or none, the same money, before the same rival. While it gives nothing they spare PLG losses, all of 10 seeds
    (0.1 %); the share that they spare is smaller once it gives back half of the price, mean paired difference at two
    standard errors (2.5 %), and is nothing at two months' price: less than 5 % of the loss, by two standard errors."""
    shares = "motions.plg.shares={product_growth:0.34,advertising:0.30,content:0.21,rewards:0.15}"

    def spared(rival_usd):
        of = world("plg", *EMPTY_RIVAL, "rival.quality=1", shares, f"rival.rewards_usd={rival_usd}")
        points, none = (each(of, lost_to_rival, **{"loyalty.rewards_usd": usd}) for usd in (4.0, 0.0))
        return 1 - points / none

    calm, outbid, drowned = spared(0), spared(20), spared(80)
    assert (calm > 0).all()
    gap = calm - outbid
    assert gap.mean() > 2 * gap.std(ddof=1) / np.sqrt(gap.size)
    assert drowned.mean() + 2 * drowned.std(ddof=1) / np.sqrt(drowned.size) < 0.05


def test_c4_social_capital_does_not_move_with_the_rivals_discount():  # C4
    """K of those who stay, discount or none: the means differ by less than 5 %."""

    def k(discount):
        return each(
            world("clg", *EMPTY_RIVAL, "rival.quality=1", f"rival.rewards_usd={discount}"),
            lambda r: measure(r)["social_capital"],
        )

    calm, outbid = k(0.0), k(20.0)
    assert calm.mean() > 0.2
    assert abs(outbid.mean() / calm.mean() - 1) < 0.05


def test_r7_advocates_dampen_criticism():  # A13
    """CLG loses fewer customers to a storm when advocates answer it: in the mean of 10 paired differences by two standard errors (3.8 %)."""
    clg = world("clg", "weeks=92")
    storm = [{"week": 78, "for_weeks": 13, "set": {"outside.criticism": 1.0}}]

    def left(record):
        return record.series("customer")[-1] + record.series("expert")[-1]

    calm, defended = each(clg, left), each(clg, left, interventions=storm)
    alone = each(clg, left, interventions=storm, **{"behaviour.criticism.advocates_dampen": 0.0})
    assert (defended < calm).all()
    saved = defended - alone
    assert saved.mean() > 2 * saved.std(ddof=1) / saved.size**0.5


def test_r8_peers_lower_support_cost_per_customer():  # A12, D19, E10
    """With peer help a customer's support costs less, and no more tickets go unsolved: all of 10 seeds (0.1 %)."""
    clg = world("clg", "weeks=104")

    def support(record):
        return [
            measure(record)["support_usd_per_customer_week"],
            record.series("unsolved").sum() / record.series("tickets").sum(),
        ]

    helped, alone = each(clg, support), each(clg, support, switches={"peer_help": False})
    assert (helped[:, 0] < alone[:, 0]).all()
    assert helped[:, 1].mean() < alone[:, 1].mean()


WINS = {  # the metric that a motion wins, and where: settings within the map of study=regimes and of R1
    "clg": ("cac_usd", ("market.segments.*.search_demand_per_week=0.04", "behaviour.adoption.friction=2")),
    "plg": ("cac_usd", ("market.segments.*.search_demand_per_week=0.004", "behaviour.adoption.friction=0")),
    "slg": ("cash_usd", ("market.segments.*.search_demand_per_week=0.004", "behaviour.adoption.friction=3")),
}


@pytest.mark.parametrize("winner", WINS)
def test_each_motion_wins_somewhere(winner):  # B3
    """Better than both others in at least 9 of 10 seeds (1.1 %), in a market that only two numbers tell apart."""
    metric, where = WINS[winner]
    settings = {path: float(value) for path, value in (s.split("=") for s in where)}
    found = {m: each(world(m), lambda r: measure(r)[metric], **settings) for m in ("clg", "plg", "slg")}
    sign = METRICS[metric].better.value
    others = [np.nan_to_num(sign * v, nan=-np.inf) for m, v in found.items() if m != winner]
    assert (sign * found[winner] > np.max(others, axis=0)).sum() >= 9
