"""What people do: the rates of every process, in the order of the week. Rates are weekly hazards."""

from simulation.scenario.units import Frozen, count, number, share


class Attraction(Frozen):
    """How prospects hear of the product, and how they forget."""

    close_talk_per_week: number(
        "hazard per contact who talks fully", 0, 50, prior=(0.003, 0.012), grade="B", source="V02a"
    )
    broadcast_talk_per_week: number(
        "hazard at full mean talk", 0, 50, prior=(0.004, 0.03), grade="D", source="judgement"
    )
    invite_per_week: number(
        "hazard per contact who uses the product, at full ease",
        0,
        50,
        prior=(0.0005, 0.006),
        grade="D",
        source="benchmarks.csv k_factor",
    )
    ambient_per_week: number("hazard", 0, 50, prior=(0.0001, 0.0006), grade="D", source="judgement")
    firm_content: number("share of the firm's pieces good enough to be found", 0, 1)
    advert_per_week: number(
        "hazard at saturation", 0, 50, prior=(0.008, 0.06), grade="C", source="V16a, paid_ads_cost_per_customer"
    )
    advert_half_usd: number(
        "USD per account and week at half of saturation", 0.001, 1e5, prior=(0.5, 2), grade="D", source="judgement"
    )
    brand_per_week: number("hazard at full brand", 0, 50, prior=(0.0005, 0.002), grade="D", source="judgement")
    brand_half_usd: number(
        "USD per account, decayed stock at half of full", 0.001, 1e6, prior=(30, 120), grade="D", source="judgement"
    )
    outbound_size_power: number(
        "exponent of size in whom sellers call", 0, 2, prior=(0.25, 1), grade="D", source="judgement"
    )
    outbound_need: number("log-ratio of calls per sd of need", 0, 2, prior=(0.2, 0.8), grade="D", source="judgement")
    expert_talk: number("ratio to a customer's talk", 0, 3, prior=(1, 3), grade="D", source="judgement")
    leaver_talk: number("talk of one who left in the last four weeks", -1, 0)
    memory_half_life_weeks: number(
        "weeks until half of what contacts said is heard, and until half is forgotten once they fall silent",
        0,
        520,
        prior=(0.5, 6),
        grade="C",
        source="Trusov, Bucklin & Pauwels 2009: word of mouth works on for three weeks, adverts for days",
    )
    talk_saturation: number(
        "k of (1 - exp(-k x)) / k, x contacts who talk fully or use the product",
        0,
        5,
        prior=(0.0, 0.5),
        grade="D",
        source="judgement; real networks do not settle it",
    )
    interest_loss_per_week: number("hazard", 0, 50, prior=(0.075, 0.3), grade="D", source="judgement")
    forgetting_per_week: number(
        "hazard at which a former customer is forgotten as one and becomes a prospect again",
        0,
        50,
        prior=(0.0, 0.04),
        grade="D",
        source="judgement; wears off: Nitzan & Libai 2011",
    )


class Engagement(Frozen):
    """Through which door the attracted come in."""

    join_per_week: number(
        "hazard at affinity 1 in a lively community", 0, 50, prior=(0.03, 0.12), grade="C", source="invited_customers_*"
    )
    customer_join_per_week: number(
        "hazard at affinity 1", 0, 50, prior=(0.005, 0.03), grade="C", source="invited_customers_*"
    )
    pull_of_users: number(
        "extra join rate when user content or talk brought me, ratio",
        0,
        10,
        prior=(0.5, 2),
        grade="D",
        source="judgement",
    )
    trial_per_week: number("hazard", 0, 50, prior=(0.15, 0.4), grade="C", source="judgement")
    sales_per_week: number(
        "hazard while sellers have open capacity", 0, 50, prior=(0.175, 0.7), grade="D", source="judgement"
    )
    direct_per_week: number(
        "hazard of looking at the order form without anybody's help",
        0,
        0.01,
        prior=(0.002, 0.01),
        grade="D",
        source="judgement; at 0.01 adverts alone win what a motion that persuades wins",
    )
    liveliness_half_posters: number(
        "posters of the last four weeks at half liveliness", 0.0001, 1e6, prior=(10, 80), grade="D", source="judgement"
    )
    welcome_belonging: number("share", 0, 1, prior=(0.075, 0.3), grade="D", source="judgement")
    seed_pool: number(
        "share of people asked for seed members; the keenest join",
        0,
        1,
        prior=(0.05, 0.2),
        grade="D",
        source="judgement",
    )
    seed_skill: number("skill of a seed member, share", 0, 1, prior=(0.5, 0.95), grade="D", source="judgement")
    seed_belonging: number("belonging of a seed member, share", 0, 1, prior=(0.25, 0.75), grade="D", source="judgement")
    drops_out_at_once: number(
        "share of free sign-ups that never use the product; somebody else of the account may sign up later",
        0,
        0.99,
        prior=(0.4, 0.9),
        grade="A",
        source="V25a, V25c",
    )
    only_reads: number(
        "chance that somebody of affinity 1 reads in a community and never joins it; its power affinity of others",
        0,
        1,
        prior=(0.1, 0.7),
        grade="B",
        source="V30, invited_customers_who_lurk",
    )
    encouraged: share
    encouragement: number("ratio of the join rate when encouraged", 1, 100)


class Reading(Frozen):
    """Who reads what is written without being in the community."""

    reads_on: number(
        "chance, where all topics are covered, that who found content and lost interest, or gave up buying, goes on reading",
        0,
        1,
        prior=(0.2, 0.8),
        grade="D",
        source="V30; judgement",
    )
    learn_per_week: number(
        "share of missing skill that reading brings where all topics are covered",
        0,
        50,
        prior=(0, 0.1),
        grade="D",
        source="judgement",
    )
    look_again_per_week: number(
        "hazard at which a reader looks at the product again",
        0,
        50,
        prior=(0, 0.02),
        grade="D",
        source="nobody measured it",
    )
    stop_per_week: number("hazard of a prospect", 0, 50, prior=(0.01, 0.08), grade="D", source="judgement")


class Help(Frozen):
    """Questions, answers and the ties they make."""

    ask_per_week: number(
        "hazard of a member at skill 0, affinity 1", 0, 50, prior=(0.006, 0.06), grade="C", source="V04b, V05"
    )
    newcomer_ask_per_week: number("hazard of a newcomer", 0, 50, prior=(0.0387, 0.0992), grade="B", source="V05, V19a")
    skill_saves: number(
        "share of questions that full skill saves: who knows more asks less, and harder questions",
        0,
        1,
        prior=(0.4, 1),
        grade="D",
        source="judgement",
    )
    ask_belonging: number("log-rate per unit of belonging", 0, 5, prior=(0.625, 1.6), grade="B", source="V07")
    ask_tie: number("log-rate per ln(1 + live ties)", 0, 5, prior=(0.5, 1.6), grade="B", source="V08")
    offer_per_week: number(
        "answers offered at helpfulness, skill and belonging 1",
        0,
        1e3,
        prior=(0.001, 0.04),
        grade="D",
        source="V05, calibrated",
    )
    offer_tie: number("log-rate per ln(1 + live ties)", 0, 5, prior=(0.3, 1.6), grade="B", source="V08")
    cap_per_week: number("answers a helper can give", 1, 1000, prior=(12.5, 50), grade="D", source="judgement")
    backlog_response: number(
        "share by which a backlog raises effort", 0, 5, prior=(0.25, 1), grade="D", source="judgement"
    )
    backlog_half_per_member: number(
        "open questions per member at half of the response", 1e-4, 10, prior=(0.05, 0.2), grade="D", source="judgement"
    )
    backlog_decay_per_week: number("share", 0, 1, prior=(0.25, 0.75), grade="D", source="judgement")
    answered_adapts_per_week: number(
        "share by which the answered share that people expect follows that of the week",
        0,
        1,
        prior=(0.1, 0.4),
        grade="D",
        source="judgement",
    )
    easiest_question: number(
        "skill that answers the easiest of four kinds of questions, share",
        0,
        1,
        prior=(0.05, 0.3),
        grade="D",
        source="judgement",
    )
    hardest_question: number(
        "skill that answers the hardest, share", 0, 1, prior=(0.6, 0.9), grade="D", source="judgement"
    )
    tiring: number(
        "loss of capacity per answer of recent load, relative to the cap",
        0,
        5,
        prior=(1.12, 2.88),
        grade="B",
        source="V03b",
    )
    load_decay_per_week: number(
        "share of recent load forgotten", 0, 1, prior=(0.15, 0.6), grade="D", source="judgement"
    )
    first_step: number(
        "ratio of what a member offers at belonging 0 to what the same offers at belonging 1",
        0,
        1,
        prior=(0.0, 0.3),
        grade="C",
        source="forums: .28 to .71 of posters ever answered",
    )
    further_answers: number(
        "chance of one more answer in a thread, after each",
        0,
        0.95,
        prior=(0.0, 0.8),
        grade="C",
        source="forums: 2.3 to 2.7 answers a question",
    )
    p_tie: number("ties made per answer, introduction or event meeting", 0, 1)
    answer_skill: number("share", 0, 1, prior=(0.075, 0.3), grade="D", source="judgement")
    answer_belonging: number("share", 0, 1, prior=(0.0287, 0.0736), grade="B", source="V07")
    staff_answer_belonging: number(
        "ratio of what an answer from staff adds to belonging to that of a peer",
        0,
        1,
        prior=(0.25, 1),
        grade="D",
        source="judgement",
    )
    helper_belonging: number("share", 0, 1, prior=(0.015, 0.06), grade="D", source="judgement")
    silence_belonging: number("share", 0, 1, prior=(0.0137, 0.0352), grade="B", source="V07")
    belonging_decay_per_week: number("share", 0, 1, prior=(0.03, 0.12), grade="B", source="V09")
    reputation_decay_per_week: number("share", 0, 1, prior=(0.01, 0.04), grade="D", source="judgement")
    reputation_half: number("reputation at half effect", 0.01, 1e4, prior=(5, 20), grade="D", source="judgement")
    recognition: number(
        "log-free gain of effort at full recognition and reputation, ratio",
        0,
        10,
        prior=(0.1, 1.6),
        grade="D",
        source="judgement; sign: Anderson et al. 2013",
    )
    p_answer_becomes_content: number("share", 0, 1, prior=(0.05, 0.3), grade="D", source="judgement")
    across_segments: number("share", 0, 1, prior=(0.05, 0.2), grade="D", source="judgement")
    event_attendance: number("share", 0, 1, prior=(0.05, 0.2), grade="D", source="judgement")
    event_belonging: number("share", 0, 1, prior=(0.04, 0.16), grade="D", source="judgement")
    event_hours_apart: number(
        "hours between time zones at which an event's hour still fits",
        0,
        12,
        prior=(2, 5),
        grade="D",
        source="judgement",
    )
    recording_effect: number("share", 0, 1, prior=(0.15, 0.6), grade="D", source="judgement")
    moderation: number("share of noise within capacity that is removed", 0, 1)
    noise_per_post: number(
        "noise per post that nobody moderates", 0, 1, prior=(0.05, 0.2), grade="D", source="judgement"
    )
    noise_decay_per_week: number("share", 0, 1, prior=(0.05, 0.2), grade="D", source="judgement")
    noise_belonging: number(
        "share of belonging lost a week where all is noise", 0, 1, prior=(0.1, 0.4), grade="D", source="judgement"
    )


class Adoption(Frozen):
    """When newcomers buy or give up."""

    rate_per_week: number(
        "hazard at full utility", 0, 50, prior=(0.2, 0.45), grade="C", source="benchmarks.csv trial_to_paid_optin"
    )
    intercept: number("logit", -20, 20)
    need: number("logit per sd", 0, 10, prior=(0.5, 2), grade="D", source="judgement")
    skill: number("logit", 0, 10, prior=(0.75, 3), grade="D", source="judgement")
    belonging: number("logit", 0, 10, prior=(0.3, 1.5), grade="D", source="judgement")
    social_proof: number("logit at all contacts customers", 0, 10, prior=(0.4, 1.8), grade="B", source="V02a")
    quality: number("logit per log quality", 0, 10, prior=(0.75, 3), grade="D", source="judgement")
    price: number("logit per log price", 0, 10, prior=(1, 3.5), grade="A", source="V21a")
    friction: number("logit, of an account of one seat", -10, 20)
    friction_per_ln_size: number(
        "logit per log seat", 0, 10, prior=(0.15, 0.8), grade="C", source="benchmarks.csv sales_cycle_days"
    )
    seller_removes_friction: number("share", 0, 1, prior=(0.5, 0.95), grade="D", source="judgement")
    free_plan_loss: number(
        "logit of paying intent lost to a free plan",
        0,
        10,
        prior=(0.0, 0.8),
        grade="C",
        source="benchmarks.csv freemium_to_paid",
    )
    give_up_per_week: number("hazard", 0, 50, prior=(0.06, 0.2), grade="C", source="benchmarks.csv trial_to_paid_optin")
    give_up_belonging: number(
        "log-hazard saved by full belonging", 0, 10, prior=(0.75, 3), grade="D", source="judgement"
    )
    give_up_unanswered: number(
        "log-hazard after an unanswered question", 0, 10, prior=(0.437, 1.12), grade="B", source="V07"
    )
    trial_weeks: count("weeks of a trial", 1, 520)
    trial_end_per_week: number(
        "added hazard of giving up after the trial", 0, 50, prior=(0.125, 0.5), grade="D", source="judgement"
    )
    sales_cycle_weeks: count("weeks before a deal can close", 0, 520)
    seller_patience_weeks: count("weeks until the seller moves on", 1, 520)
    learn_per_week: number(
        "skill gained of what is missing, at full ease", 0, 50, prior=(0.125, 0.5), grade="D", source="judgement"
    )
    learn_content: number("ratio added at full content", 0, 10, prior=(0.25, 1), grade="D", source="judgement")
    learn_seller: number("ratio added by demos", 0, 10, prior=(0.5, 2), grade="D", source="judgement")
    landed_by_seller: number(
        "share of an account's seats in a first contract by a seller",
        0,
        1,
        prior=(0.4, 1),
        grade="D",
        source="judgement",
    )
    yearly_by_seller: number(
        "share of sellers' contracts that are yearly, if the segment has no more",
        0,
        1,
        prior=(0.5, 1),
        grade="C",
        source="V17a, judgement",
    )
    landed_alone_power: number(
        "exponent of an account's seats in a first contract without a seller",
        0,
        1,
        prior=(0.25, 0.75),
        grade="D",
        source="judgement",
    )


class Habits(Frozen):
    """Whether people post again, which makes communities of different kinds."""

    follow_up_per_week: number(
        "hazard of asking again in the four weeks after a post of one's own",
        0,
        50,
        prior=(0.0, 0.4),
        grade="C",
        source="forums: .25 to .70 posted once",
    )
    drops_in: number(
        "share of people who post no more once they have been silent for four weeks",
        0,
        1,
        prior=(0.0, 0.95),
        grade="C",
        source="forums: .71 to .83 posted for the last time in their first month",
    )


class Advocacy(Frozen):
    """What makes an expert, and what members write of their own accord."""

    answers_of_expert: count("answers", 1, 10_000)
    active_weeks: count("weeks without a post until an expert steps back", 1, 520)
    quiet_weeks: count("weeks without a post until a customer may leave the community", 1, 520)
    quiet_per_week: number(
        "hazard of leaving it then, at belonging 0", 0, 50, prior=(0.005, 0.05), grade="C", source="V28a, V30"
    )
    write_per_week: number(
        "pieces of a member at helpfulness and belonging 1", 0, 50, prior=(0.0006, 0.02), grade="D", source="judgement"
    )
    expert_writes: number("ratio", 0, 100, prior=(1.5, 6), grade="D", source="judgement")
    contest_writes: number(
        "log-free gain of writing at full contests, ratio", 0, 100, prior=(0.5, 2), grade="D", source="judgement"
    )
    content_decay_per_week: number("share", 0, 1, prior=(0.004, 0.02), grade="D", source="judgement")


class Support(Frozen):
    """Tickets, and who solves them."""

    tickets_per_week: number(
        "tickets of an account of one seat at skill 0",
        0,
        50,
        prior=(0.05, 0.25),
        grade="C",
        source="benchmarks.csv tickets_per_customer_month",
    )
    tickets_size_power: number("exponent of seats", 0, 2, prior=(0.175, 0.7), grade="D", source="judgement")
    skill_saves: number("share", 0, 1, prior=(0.35, 1), grade="D", source="judgement")
    ask_peers: number("share", 0, 1, prior=(0.2, 0.8), grade="C", source="benchmarks.csv ticket_deflection")
    readers: number(
        "ratio of the chance that peers solve it for those who only read",
        0,
        1,
        prior=(0.15, 0.6),
        grade="D",
        source="judgement",
    )
    account_managers: number(
        "share of the tickets of managed accounts that their manager solves",
        0,
        1,
        prior=(0.2, 0.8),
        grade="D",
        source="judgement",
    )
    self_service: number("share", 0, 1, prior=(0.187, 0.48), grade="C", source="benchmarks.csv: ticket_deflection")
    satisfaction_solved: number("share", 0, 1, prior=(0.015, 0.06), grade="D", source="judgement")
    satisfaction_unsolved: number("share", 0, 1, prior=(0.05, 0.2), grade="D", source="judgement")
    p_staff_solves: number("share", 0, 1, prior=(0.45, 1), grade="D", source="judgement")


class Satisfaction(Frozen):
    """What all who bought in the same week feel alike, and what an answer adds for one."""

    level: number("share per logit of value for money", 0, 1, prior=(0.01, 0.1), grade="D", source="judgement")
    surprise: number(
        "share per log unit of quality above what one is used to", 0, 2, prior=(0.1, 0.6), grade="D", source="judgement"
    )
    used_to_quality_per_week: number(
        "share by which one gets used to quality", 0, 1, prior=(0.01, 0.05), grade="D", source="judgement"
    )
    dearer: number(
        "share lost per log unit of price above what one is used to pay",
        0,
        2,
        prior=(0.1, 0.8),
        grade="D",
        source="V22a, V22b",
    )
    cheaper: number(
        "ratio of what a price below it gains to what one above it loses",
        0,
        1,
        prior=(0.3, 0.8),
        grade="C",
        source="Kahneman & Tversky 1979: losses weigh about twice",
    )
    used_to_price_per_week: number(
        "share by which one gets used to a price", 0, 1, prior=(0.02, 0.1), grade="D", source="judgement"
    )
    ease: number(
        "log units of quality per unit of ease added since launch", 0, 5, prior=(0, 0.4), grade="D", source="judgement"
    )
    answer: number("share of what is missing, an answer", 0, 1, prior=(0, 0.04), grade="D", source="V20a, judgement")
    fit: number(
        "share per sd of hidden fit, by which one is more pleased at the first day",
        0,
        0.5,
        prior=(0, 0.04),
        grade="C",
        source="V27a, V27b",
    )


class Retention(Frozen):
    """Why customers stay, leave, grow and return. Terms are log-hazard units saved."""

    fit: number("per sd of hidden fit", 0, 5, prior=(0.7, 1.5), grade="B", source="V10, Fader & Hardie 2007")
    need: number("per sd of need", 0, 5, prior=(0.25, 1), grade="D", source="judgement")
    skill: number("at full skill", 0, 5, prior=(0.4, 1.6), grade="D", source="judgement")
    satisfaction: number("at full satisfaction", 0, 5, prior=(0.4, 1.6), grade="D", source="V27a, judgement")
    value: number("per logit of value for money", 0, 5, prior=(0.1, 0.8), grade="C", source="V22a, V22b")
    ln_affinity: number("per log affinity", 0, 5, prior=(0.1, 0.6), grade="B", source="V15a")
    social_capital: number("at K = 1", 0, 5, prior=(0.2, 1.6), grade="B", source="V15b, V20a")
    tie_weight: number("social capital per live tie", 0, 5, prior=(0.125, 0.5), grade="D", source="judgement")
    status_weight: number("social capital at full status", 0, 5, prior=(0.25, 1), grade="D", source="judgement")
    belonging_weight: number("social capital at full belonging", 0, 5, prior=(0.35, 1.4), grade="D", source="judgement")
    account_management: number("at full coverage", 0, 5, prior=(0.35, 1.4), grade="D", source="judgement")
    referrer_here: number("while the referrer is a customer", 0, 5, prior=(0.1, 0.4), grade="A", source="V11")
    contact_left: number(
        "log-hazard added per contact who left in the last four weeks", 0, 5, prior=(0.2, 0.8), grade="A", source="V13a"
    )
    contacts_gone: number(
        "log-hazard added where all contacts who ever came are gone",
        0,
        5,
        prior=(0.0, 2.0),
        grade="D",
        source="judgement; V10, V11, V13 and V20a hold up to 2",
    )
    brought_somebody: number(
        "in the week in which somebody whom I told buys",
        0,
        5,
        prior=(0.0, 1.0),
        grade="C",
        source="Garnefeld et al. 2013",
    )
    brought_half_life_weeks: number(
        "weeks until half of that is gone", 1, 520, prior=(13, 104), grade="D", source="judgement"
    )
    rewards: number("at rewards worth the price", 0, 5, prior=(0.15, 0.6), grade="D", source="judgement")
    failed_payment_per_week: number(
        "hazard, by the month",
        0,
        50,
        prior=(0.0008, 0.003),
        grade="C",
        source="benchmarks.csv involuntary_share_of_smb_churn",
    )
    expand_per_week: number(
        "hazard of growing, at full skill and satisfaction",
        0,
        50,
        prior=(0.0125, 0.032),
        grade="C",
        source="benchmarks.csv: share_new_arr_from_upsell, nrr_median",
    )
    expand_managed_per_week: number(
        "hazard of growing where account managers look after all revenue",
        0,
        50,
        prior=(0.0, 0.06),
        grade="C",
        source="V26a, V26c",
    )
    expand_belonging_per_week: number(
        "hazard of growing, at full belonging", 0, 50, prior=(0.0, 0.02), grade="D", source="judgement"
    )
    contract_per_week: number(
        "hazard of giving seats back",
        0,
        50,
        prior=(0.00375, 0.0096),
        grade="C",
        source="benchmarks.csv: gross_dollar_churn",
    )
    expand_share: number("share of the missing seats added", 0, 1, prior=(0.1, 0.5), grade="D", source="judgement")
    contract_share: number("share of seats given back", 0, 1, prior=(0.1, 0.4), grade="D", source="judgement")
    win_back_per_week: number(
        "hazard at which a former customer looks again", 0, 50, prior=(0.0015, 0.006), grade="D", source="judgement"
    )
    switch_width: number(
        "log units of advantage that move the odds by e", 0.01, 10, prior=(0.175, 0.7), grade="D", source="judgement"
    )
    inertia: number("log units", 0, 10, prior=(0.15, 0.6), grade="D", source="judgement")
    money_switch_cost: number("log units", 0, 10, prior=(0.1, 0.4), grade="D", source="judgement")
    social_switch_cost: number("log units at K = 1", 0, 10, prior=(0.5, 3), grade="C", source="V20a")
    price_gap: number("log units per log price ratio", 0, 10)
    quality_gap: number("log units per log quality ratio", 0, 10)
    reward_gap: number("log units per reward difference, in months of price", 0, 10)
    practice_per_week: number(
        "skill gained by use of what is missing", 0, 50, prior=(0.01, 0.04), grade="D", source="judgement"
    )


class Criticism(Frozen):
    """What an outside attack does."""

    adoption: number("logit at full strength", 0, 10, prior=(0.5, 2), grade="D", source="judgement")
    churn: number("log-hazard at full strength", 0, 10, prior=(0.4, 1.6), grade="D", source="judgement")
    talk: number(
        "talk lost at full strength, share of full talk", 0, 2, prior=(0.4, 1.6), grade="D", source="judgement"
    )
    advocates_dampen: number("share", 0, 1, prior=(0.35, 1), grade="D", source="judgement")


class Feedback(Frozen):
    """How quality rises."""

    rate_per_week: number(
        "share of the gap to the ceiling at full feedback", 0, 1, prior=(0.001, 0.015), grade="D", source="judgement"
    )
    half_per_account: number(
        "feedback per account and week at half effect", 1e-6, 10, prior=(0.01, 0.04), grade="D", source="judgement"
    )
    member: number("feedback of an active member a week", 0, 100)
    managed_account: number(
        "feedback of a managed account a week", 0, 100, prior=(0.05, 0.2), grade="D", source="judgement"
    )
    managed_accounts: number(
        "accounts whose feedback an account manager passes on", 0, 1e4, prior=(25, 100), grade="D", source="judgement"
    )
    trial: number("feedback of a trial a week", 0, 100, prior=(0.01, 0.04), grade="D", source="judgement")


class Competition(Frozen):
    """How what is measured of us stands for what nobody tells of a rival, see flywheel/rivals.py."""

    yield_at_first: number("share of those reached who buy, before anybody was seen", 0, 1)
    seen_at_first: number("share of the market that it counts as", 1e-6, 1)
    adapts_per_week: number("share of what was seen that is forgotten", 0, 1)
    category_talk: number("share of what a contact's talk brings that any other product that is known gets", 0, 1)


class Behaviour(Frozen):
    """All processes of the week, in order."""

    attraction: Attraction
    engagement: Engagement
    reading: Reading
    help: Help
    adoption: Adoption
    habits: Habits
    advocacy: Advocacy
    support: Support
    satisfaction: Satisfaction
    retention: Retention
    criticism: Criticism
    feedback: Feedback
    competition: Competition
