"""From settings and the firm's state to the numbers the rules take. ``fixed`` holds until a setting changes."""

import math
from typing import NamedTuple

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.firm.spending import added, sat
from simulation.firm.state import Firm
from simulation.flywheel.adoption import AdoptionRates
from simulation.flywheel.advocacy import AdvocacyRates
from simulation.flywheel.attraction import AttractionRates, ReturnRates
from simulation.flywheel.engagement import EngagementRates
from simulation.flywheel.help import HelpRates
from simulation.flywheel.moves import MoveRates
from simulation.flywheel.retention import RetentionRates
from simulation.flywheel.screen import LEVEL_STEP
from simulation.flywheel.support import SupportRates
from simulation.people.book import Total
from simulation.people.columns import N_TIES
from simulation.people.influence import FULL_TALK, LEFT
from simulation.people.stages import N_STAGES, Stage
from simulation.scenario.schema import World

CERTAIN = 50.0  # a rate at which an event is certain


class Rates(NamedTuple):
    """What each process needs this week."""

    moves: MoveRates
    attraction: AttractionRates
    engagement: EngagementRates
    help: HelpRates
    adoption: AdoptionRates
    advocacy: AdvocacyRates
    support: SupportRates
    retention: RetentionRates
    come_back: ReturnRates


def fixed(world: World) -> Rates:
    """Return the rates that follow from settings alone; what changes weekly is zero in them."""
    b, segments = world.behaviour, list(world.market.segments.values())
    a, e, h, d, r = b.attraction, b.engagement, b.help, b.adoption, b.retention
    n = len(segments)
    community = world.motion.community
    ties = [math.log1p(k) for k in range(N_TIES + 1)]  # not numpy's, whose last bit hangs on the processor
    intimacy = world.platform.intimacy
    tie_talk = FULL_TALK * (2.0 * world.product.satisfaction - 1.0)  # of a customer as on the first day
    listens = r.contact_left > 0 or a.leaver_talk != 0
    moves = MoveRates(
        churn=np.array([s.churn_per_week for s in segments]),
        price_level=np.array([s.price_level for s in segments]),
        openness=np.array([s.openness for s in segments]),
        size_median=world.market.traits.size_median_seats,
        size_power=a.outbound_size_power,
        contact_levels=math.ceil(r.contact_left / LEVEL_STEP),
        fit=r.fit,
        need=r.need,
        ln_affinity=r.ln_affinity,
        join=e.customer_join_per_week * world.platform.reach_customers if community else 0.0,
        satisfaction=world.product.satisfaction,
        expert_talk=a.expert_talk,
        leaver_talk=round(FULL_TALK * a.leaver_talk),
        left=LEFT if listens else 0,
        deal_slots_per_ln_size=world.prices.seller_hours_per_deal_ln_size,
        practice=r.practice_per_week / world.product.complexity,
    )
    return Rates(
        moves=moves,
        attraction=AttractionRates(np.zeros((n, 5)), 0.0, 0.0, 0.0),
        engagement=EngagementRates(
            join=np.zeros(n),
            pull_of_users=e.pull_of_users,
            trial=0.0,
            sales=0.0,
            sales_called=0.0,
            fade=a.interest_loss_per_week,
            welcome=0.0,
            welcome_belonging=e.welcome_belonging,
        ),
        help=HelpRates(
            ask=h.ask_per_week,
            newcomer_ask=h.newcomer_ask_per_week,
            ask_belonging=h.ask_belonging,
            ask_by_ties=np.array([math.exp(h.ask_tie * k) for k in ties]),
            offer=h.offer_per_week,
            offer_by_ties=np.array([math.exp(h.offer_tie * k) for k in ties]),
            cap=h.cap_per_week,
            recognition=0.0,
            reputation_half=h.reputation_half,
            tiring=h.tiring,
            belonging_kept=1.0 - h.belonging_decay_per_week,
            reputation_kept=1.0 - h.reputation_decay_per_week,
            answers_in_week=world.platform.answers_in_week,
            p_tie=h.p_tie,
            answer_skill=h.answer_skill,
            answer_belonging=min(1.0, h.answer_belonging * intimacy),
            helper_belonging=min(1.0, h.helper_belonging * intimacy),
            silence_belonging=h.silence_belonging,
            p_content=h.p_answer_becomes_content,
        ),
        adoption=AdoptionRates(
            rate=d.rate_per_week,
            base=np.zeros(n),
            need=d.need,
            skill=d.skill,
            belonging=d.belonging,
            social_proof=d.social_proof,
            product_network=world.product.network_benefit,
            friction=d.friction,
            friction_per_ln_size=d.friction_per_ln_size,
            seller_removes=d.seller_removes_friction,
            free_plan_loss=d.free_plan_loss,
            criticism=0.0,
            shield=b.criticism.advocates_dampen,
            tie_talk=tie_talk,
            give_up=d.give_up_per_week,
            give_up_belonging=d.give_up_belonging,
            give_up_unanswered=d.give_up_unanswered,
            trial_weeks=d.trial_weeks,
            trial_end=d.trial_end_per_week,
            cycle_weeks=d.sales_cycle_weeks,
            patience_weeks=d.seller_patience_weeks,
            learn=np.zeros(n),
            learn_seller=d.learn_seller,
            contract=np.array([s.p_contract for s in segments]),
        ),
        advocacy=AdvocacyRates(
            answers_of_expert=b.advocacy.answers_of_expert,
            active_weeks=b.advocacy.active_weeks,
            write=b.advocacy.write_per_week,
            expert_writes=b.advocacy.expert_writes,
        ),
        support=SupportRates(
            tickets=b.support.tickets_per_week,
            size_power=b.support.tickets_size_power,
            skill_saves=b.support.skill_saves,
            peers=np.zeros(n),
            lurkers=0.3,
            self_service=np.zeros(n),
            staff=b.support.p_staff_solves,
            solved=b.support.satisfaction_solved,
            unsolved=b.support.satisfaction_unsolved,
        ),
        retention=RetentionRates(
            skill=r.skill,
            satisfaction=r.satisfaction,
            social_capital=r.social_capital,
            tie_weight=r.tie_weight * intimacy,
            status_weight=r.status_weight,
            belonging_weight=r.belonging_weight,
            reputation_half=h.reputation_half,
            product_network=world.product.network_benefit,
            all_customers=0.0,
            referrer_here=r.referrer_here,
            contact_left=r.contact_left,
            criticism=0.0,
            shield=b.criticism.advocates_dampen,
            tie_talk=tie_talk,
            failed_payment=r.failed_payment_per_week,
            expand=r.expand_per_week,
            contract=r.contract_per_week,
            join=np.zeros(n),
            switching=0.0,
            pull=0.0,
            pull_width=r.switch_width,
            pull_network=world.product.network_benefit,
            social_switch_cost=r.social_switch_cost,
        ),
        come_back=ReturnRates(r.win_back_per_week, a.forgetting_per_week),
    )


def this_week(
    fix: Rates, world: World, firm: Firm, week: int, totals: np.ndarray, joined: int, answered, posters
) -> Rates:
    """Return the rates of ``week``: what money, stocks and last week's totals make of the settings.

    ``totals`` (segments, N_TOTALS) stands at the week's start; ``answered`` and ``posters`` are by segment.
    """
    b, c, prices, product = world.behaviour, firm.capacity, world.prices, world.product
    a, e, d, r = b.attraction, b.engagement, b.adoption, b.retention
    weight, rival = firm.weight, world.rival
    segments = world.market.segments.values()
    storm = world.outside.criticism
    hush = max(0.0, 1.0 - b.criticism.talk * storm)
    by_segment = totals.tolist()
    rows = [sum(column) for column in zip(*by_segment, strict=True)]
    customers = rows[Stage.CUSTOMER] + rows[Stage.EXPERT]

    adverts = a.advert_per_week * sat(c.advert_usd, a.advert_half_usd) + a.brand_per_week * sat(
        firm.brand, a.brand_half_usd
    )
    into = translated(world, firm)
    visible = [
        lib.visibility(
            lib.with_translated([x for x in firm.libraries if x is not lib], into) if into else lib.users,
            world.platform.searchability,
            rival.content,
        )
        for lib in firm.libraries
    ]
    reach = fix.attraction.reach
    alive = fix.engagement.join
    joining = fix.retention.join
    base, learn = fix.adoption.base, fix.adoption.learn
    peers, self_service = fix.support.peers, fix.support.self_service
    same = math.log(max(firm.quality, 1e-9)) * d.quality + d.intercept
    by_language = [0.0] * len(firm.libraries)
    for s, at in enumerate(firm.language_of):
        by_language[at] += posters[s]
    for s, segment in enumerate(segments):
        at = firm.language_of[s]
        library = firm.libraries[at]
        users, own = visible[at]
        reach[s, 0] = segment.search_demand_per_week * users
        reach[s, 1] = segment.search_demand_per_week * own
        reach[s, 2] = (
            a.broadcast_talk_per_week
            * hush
            * max(0.0, by_segment[s][Total.TALK] / FULL_TALK / max(sum(by_segment[s][:N_STAGES]), 1))
        )
        reach[s, 3] = adverts
        reach[s, 4] = a.ambient_per_week
        heard = by_language[at] + into * (added(by_language) - by_language[at])
        lively = sat(heard * weight, e.liveliness_half_posters) * (1.0 - library.noise)
        on = world.motion.community
        alive[s] = e.join_per_week * world.platform.reach_newcomers * lively if on else 0.0
        joining[s] = e.customer_join_per_week * world.platform.reach_customers * lively if on else 0.0
        price = max(product.price_usd * segment.price_level, 1e-9) / product.reference_price_usd
        base[s] = same - d.price * math.log(price)
        learn[s] = d.learn_per_week * firm.ease * (1.0 + d.learn_content * library.coverage()) / product.complexity
        peers[s] = b.support.ask_peers * answered[s]
        self_service[s] = b.support.self_service * (firm.ease + (1.0 - firm.ease) * library.coverage())

    deals = rows[Total.DEALS] / 16.0 * weight
    slots = c.pods * prices.open_deals_per_pod
    free = max(0.0, 1.0 - deals / slots) if slots > 0 else 0.0
    callable_weight = rows[Total.CALL_WEIGHT] * weight
    meetings = c.pods * prices.meetings_per_pod_per_week * min(1.0, 4.0 * free)  # calls go first, leads fill the rest
    call = min(meetings / callable_weight, 1.0) if callable_weight > 0 else 0.0

    members = rows[Total.MEMBERS] * weight
    welcome = min(1.0, c.hours["welcome"] / prices.welcome_hours / max(joined * weight, 1.0))
    recognition = b.help.recognition * sat(c.recognition_usd / max(members, 1.0), prices.recognition_half_usd)
    contests = 1.0 + b.advocacy.contest_writes * sat(c.contest_usd / max(members, 1.0), prices.contest_half_usd)
    noise = added(lib.noise * share for lib, share in zip(firm.libraries, firm.language_share, strict=True))

    seats = added(row[Total.SEATS] * segment.price_level for row, segment in zip(by_segment, segments, strict=True))
    revenue_usd = 12.0 * product.price_usd * seats * weight
    covered = min(1.0, c.account_managers * prices.managed_usd_per_year / revenue_usd) if revenue_usd > 0 else 0.0
    promised = world.loyalty.rewards_usd * customers * weight * 12.0 / YEAR_WEEKS
    kept = min(1.0, c.rewards_usd / promised) if promised > 0 else 0.0
    seat_price = max(product.price_usd, 1e-9)
    reward_months = kept * world.loyalty.rewards_usd / seat_price
    present = rival.entry_week is not None and week >= rival.entry_week
    pull = 0.0
    if present:
        pull = (
            r.quality_gap * math.log(firm.rival_quality / firm.quality)
            + r.price_gap * math.log(seat_price / max(rival.price_usd, 1e-9))
            + r.reward_gap * (rival.rewards_usd / seat_price - reward_months)
            + rival.community
            - r.inertia
            - r.money_switch_cost
        )
    return fix._replace(
        attraction=AttractionRates(
            reach, a.close_talk_per_week * hush, a.invite_per_week * product.sharing * firm.ease, call
        ),
        engagement=fix.engagement._replace(
            trial=e.trial_per_week * firm.free_tier if world.motion.free_tier else 0.0,
            sales=e.sales_per_week * free,
            sales_called=CERTAIN if slots > 0 else 0.0,
            welcome=welcome,
        ),
        help=fix.help._replace(
            recognition=recognition,
            belonging_kept=fix.help.belonging_kept * (1.0 - 0.2 * noise),
        ),
        advocacy=fix.advocacy._replace(write=contests * b.advocacy.write_per_week),
        adoption=fix.adoption._replace(criticism=b.criticism.adoption * storm),
        retention=fix.retention._replace(
            all_customers=r.account_management * covered + r.rewards * min(1.0, reward_months),
            criticism=b.criticism.churn * storm,
            switching=rival.switching_per_week if present else 0.0,
            pull=pull,
        ),
    )


def translated(world: World, firm: Firm) -> float:
    """Return the share of what is written in other languages that the team's hours translate; 0 where there is one language."""
    n = len(firm.libraries)
    return sat(firm.capacity.hours["translation"] / n, world.prices.translation_hours) if n > 1 else 0.0


def attention_across(world: World, firm: Firm, across: np.ndarray) -> None:
    """Fill ``across[h, s]``: how much of the attention of helpers of segment h a question of segment s gets.

    Segments of one language share it; between languages translation, in hours per language, closes the gap.
    """
    here = world.behaviour.help.across_segments
    between = here + (1.0 - here) * translated(world, firm)
    for h, language in enumerate(firm.language_of):
        for s, other in enumerate(firm.language_of):
            across[h, s] = 1.0 if language == other else between


def effort(world: World, backlog: float) -> float:
    """Return how a backlog of open questions (per member) raises helpers' effort."""
    return 1.0 + world.behaviour.help.backlog_response * sat(backlog, 0.1)
