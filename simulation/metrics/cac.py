"""What a customer costs. Money is the whole market's; customers are counted for the whole market too.

Definitions: Skok, "SaaS Metrics 2.0" (forEntrepreneurs); acquisition dollars per dollar of new yearly revenue
as in the Pacific Crest / KBCM private SaaS surveys.
"""

import numpy as np

from simulation.people.stages import Channel
from simulation.record import Record

NAN = float("nan")
YEAR_WEEKS = 52


def _usd(record: Record, *names: str) -> float:
    return float(sum(record.series(name).sum() for name in names)) / 100


def _ratio(top: float, low: float) -> float:
    return top / low if low > 0 else NAN


def new_customers(record: Record) -> float:
    """Return customers won in the run; a customer who comes back counts again."""
    return record.lives.size * record.weight


def customers_end(record: Record) -> float:
    """Return paying customers at the end."""
    return float(record.series("customer")[-1] + record.series("expert")[-1]) * record.weight


def cac_usd(record: Record) -> float:
    """Return acquisition-tagged cost per new customer, same window."""
    return _ratio(_usd(record, "acquisition_cents"), new_customers(record))


def cac_loaded_usd(record: Record) -> float:
    """Return all go-to-market cost (acquisition, retention, support; nothing credited) per new customer."""
    return _ratio(_usd(record, "acquisition_cents", "retention_cents", "support_cents"), new_customers(record))


def cac_paid_usd(record: Record) -> float:
    """Return the cost of sellers and adverts per customer who came by a call or an advert (first touch)."""
    paid = np.isin(record.lives["channel"], (Channel.ADVERT, Channel.OUTBOUND)).sum() * record.weight
    return _ratio(_usd(record, "sales_cents", "advertising_cents"), float(paid))


def _channel_cac(record: Record, levers: tuple[str, ...], channels: tuple[Channel, ...]) -> float:
    won = np.isin(record.lives["channel"], channels).sum() * record.weight
    spent = _usd(record, *(f"{lever}_cents" for lever in levers))
    return _ratio(spent, float(won)) if spent > 0 else NAN


def cac_outbound_usd(record: Record) -> float:
    """Return the cost of sellers per customer whom they called first."""
    return _channel_cac(record, ("sales",), (Channel.OUTBOUND,))


def cac_adverts_usd(record: Record) -> float:
    """Return the cost of adverts per customer who saw one first."""
    return _channel_cac(record, ("advertising",), (Channel.ADVERT,))


def cac_firm_content_usd(record: Record) -> float:
    """Return the cost of the firm's content per customer who found it first."""
    return _channel_cac(record, ("content",), (Channel.FIRM_CONTENT,))


def cac_community_usd(record: Record) -> float:
    """Return the community's cost (team, moderation, recognition, events) per customer who came by users first."""
    levers = ("community_team", "moderation", "recognition", "events")
    return _channel_cac(record, levers, (Channel.USER_CONTENT, Channel.CLOSE_TALK, Channel.BROADCAST_TALK))


def payback_months(record: Record) -> float:
    """Return months of gross margin of a new customer's first contract that repay the CAC."""
    monthly = _usd(record, "new_contract_value") * record.weight / 12 * record.gross_margin
    return _ratio(_usd(record, "acquisition_cents"), monthly)


def acquisition_per_new_arr(record: Record) -> float:
    """Return acquisition dollars per dollar of new customers' yearly revenue (V17)."""
    return _ratio(_usd(record, "acquisition_cents"), _usd(record, "new_contract_value") * record.weight)


def revenue_usd(record: Record) -> float:
    """Return revenue of the whole run."""
    return _usd(record, "revenue_cents")


def budget_usd(record: Record) -> float:
    """Return the go-to-market budget paid out; the same for every motion compared."""
    return _usd(record, "acquisition_cents", "retention_cents")


def cash_usd(record: Record) -> float:
    """Return cumulative cash: gross margin less all booked cost."""
    return _usd(record, "cash_cents")


def break_even_week(record: Record) -> float:
    """Return the first week from which cumulative cash stays at or above zero; NaN if it never does."""
    below = np.flatnonzero(np.cumsum(record.series("cash_cents")) < 0)
    if below.size == 0:
        return 0.0
    week = below[-1] + 1
    return float(week) if week < record.weeks.shape[0] else NAN
