"""Metrics of a finished run: pure functions of its record, each with definition and reference."""

from collections.abc import Callable

from simulation.metrics import cac, community, flywheel, retention
from simulation.record import Record

METRICS: dict[str, Callable[[Record], float]] = {
    "cac_usd": cac.cac_usd,
    "cac_loaded_usd": cac.cac_loaded_usd,
    "cac_paid_usd": cac.cac_paid_usd,
    "cac_outbound_usd": cac.cac_outbound_usd,
    "cac_adverts_usd": cac.cac_adverts_usd,
    "cac_firm_content_usd": cac.cac_firm_content_usd,
    "cac_community_usd": cac.cac_community_usd,
    "payback_months": cac.payback_months,
    "acquisition_per_new_arr": cac.acquisition_per_new_arr,
    "retention_12_months": retention.retention_12_months,
    "nrr_12_months": retention.nrr_12_months,
    "ltv_usd": retention.ltv_usd,
    "ltv_to_cac": retention.ltv_to_cac,
    "new_customers": cac.new_customers,
    "customers_end": cac.customers_end,
    "revenue_usd": cac.revenue_usd,
    "budget_usd": cac.budget_usd,
    "cash_usd": cac.cash_usd,
    "break_even_week": cac.break_even_week,
    "organic_share": flywheel.organic_share,
    "user_content_share": flywheel.user_content_share,
    "firm_content_share": flywheel.firm_content_share,
    "reproduction_number": flywheel.reproduction_number,
    "members_end": community.members_end,
    "member_growth_per_year": community.member_growth_per_year,
    "active_share": community.active_share,
    "answered_share": community.answered_share,
    "community_leads": community.community_leads,
    "member_conversion_share": community.member_conversion_share,
    "member_conversions": community.member_conversions,
    "deflected_share": community.deflected_share,
    "staff_tickets": community.staff_tickets,
    "support_usd_per_customer_week": community.support_usd_per_customer_week,
    "satisfaction": community.satisfaction,
    "social_capital": community.social_capital,
    "lost_to_rival_share": community.lost_to_rival_share,
    "sentiment": community.sentiment,
    "user_topics_end": community.user_topics_end,
    "content_views": community.content_views,
    "content_shares": community.content_shares,
}


def measure(record: Record) -> dict[str, float]:
    """Return every metric of a run; NaN where a run is too short or too empty to say."""
    return {name: float(metric(record)) for name, metric in METRICS.items()}
