"""What was read, said back in figures that a wrong unit makes absurd: money per account and customer, churn a month."""

import math

import numpy as np

from simulation.calendar import weeks_of
from simulation.evidence.exports import Exports
from simulation.evidence.summaries import in_cohorts
from simulation.scenario import currency
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World

PAYBACK_MONTHS = (5.0, 30.0)  # published, from small firms' self-service to enterprise sales; grade C
PLAUSIBLE_MONTHS = (0.25, 120.0)  # a week, ten years: beyond them it is a unit, no strategy


def read_back(data: Exports, world: World) -> list[str]:
    """Return sentences that say back ``data`` beside the sizes and prices of ``world``; raises BadInput where they cannot fit."""
    accounts = world.market.accounts or world.market.people or 1
    said = [f"read: {len(data.months)} months, {data.months[0]} to {data.months[-1]}, of {accounts:,} accounts"]
    new, there = _new(data), _there(data)
    _check_size(data, there, "customers", accounts)
    _check_size(data, data.community.get("members"), "members", accounts)
    if data.spend_usd:
        said += _money(data, new, world, accounts)
    if new is not None:
        total = new.sum()
        said.append(
            f"new customers: {total:,.0f}, {total / new.size:,.1f} a month, {_percent(total / accounts)} of the accounts"
        )
    said += _leaving(data, there)
    if np.isfinite(data.community.get("members", np.nan)).any():
        said.append(_community(data.community, accounts))
    return said


def _new(data: Exports) -> np.ndarray | None:
    """Return new customers of the months that are known; of cohorts, who is there at a month's end."""
    if data.new_customers:
        new = np.sum(list(data.new_customers.values()), axis=0)
        return new[np.isfinite(new)] if np.isfinite(new).any() else None
    return None if data.cohorts is None else np.nan_to_num(np.diagonal(data.cohorts))


def _there(data: Exports) -> np.ndarray | None:
    """Return customers at each month's end, those from before the data left out; NaN after months that are not known."""
    if data.cohorts is not None:
        return in_cohorts(data.cohorts)
    if data.new_customers and data.churned is not None:
        return np.cumsum(np.sum(list(data.new_customers.values()), axis=0) - data.churned)
    return None


def _check_size(data: Exports, stock: np.ndarray | None, what: str, accounts: int) -> None:
    if stock is not None and (stock > accounts).any():
        raise BadInput(
            f"market.accounts={accounts}: the exports have {np.nanmax(stock):g} {what} in {data.months[int(np.nanargmax(stock))]}; "
            "give all accounts that could buy"
        )


def _money(data: Exports, new: np.ndarray | None, world: World, accounts: int) -> list[str]:
    usd = float(np.sum(list(data.spend_usd.values())))
    a_week = usd / accounts / weeks_of(len(data.months))
    word = currency.in_words("USD")
    said = f"spending: {usd:,.0f} {word}, {a_week:,.3g} {word} per account and week"
    seats = world.market.traits.size_median_seats * math.exp(world.market.traits.size_sd_log**2 / 2)
    margin = world.product.price_usd * seats * world.product.gross_margin
    if new is None or not new.sum() or not margin:
        return [said]
    each = usd / len(data.months) / float(new.mean())
    months = each / margin
    said += (
        f", {each:,.0f} {word} per new customer: {months:,.1f} months of gross margin of a mean account "
        f"({seats:.1f} seats at {world.product.price_usd:g} {word} a month, margin {_percent(world.product.gross_margin)})"
    )
    low, high = PLAUSIBLE_MONTHS
    if usd and not low <= months <= high:
        known = "firms are known to pay {:g} to {:g} months of margin".format(*PAYBACK_MONTHS)
        asked = (
            "is usd in cents, or price_usd too low?" if months > high else "is usd in thousands, or spending left out?"
        )
        return [
            said,
            f"spend.csv hardly fits the price: {known}; {asked} The fit cannot tell, effects of money saturate",
        ]
    return [said]


def _leaving(data: Exports, there: np.ndarray | None) -> list[str]:
    """Say which share of customers a month leaves, and how many must have been there before the data begin."""
    if data.churned is None:
        return []
    left = data.churned[np.isfinite(data.churned)]
    if not left.size:
        return []
    said = f"churned customers: {left.sum():,.0f}, {left.mean():,.1f} a month"
    if there is None:
        return [said]
    if (there < 0).any():
        month = data.months[int((there < 0).argmax())]
        early = f"customers.csv and churn.csv: in {month} more customers have left than came; the simulated firm begins with "
        return [said, early + "none, study.warm_up_months gives it the months before the data"]
    before = np.concatenate([[0.0], there[:-1]])
    known = np.isfinite(before + data.churned)
    if before[known].sum():
        said += f", {_percent(data.churned[known].sum() / before[known].sum())} of those there a month, if none were before {data.months[0]}"
    return [said]


def _community(community: dict[str, np.ndarray], accounts: int) -> str:
    members = community["members"]
    at_end = members[np.isfinite(members)][-1]
    said = f"members: {at_end:,.0f} at the end, {_percent(at_end / accounts)} of the accounts"
    if "posts" in community and (posts := _ratio(community["posts"], members)) is not None:
        said += f"; {posts:.2f} posts a member and month"
    if "questions" in community and "answers" in community:
        answered = _ratio(community["answers"], community["questions"])
        said += "" if answered is None else f"; {_percent(answered)} of questions answered"
    return said


def _ratio(part: np.ndarray, whole: np.ndarray) -> float | None:
    """Return one sum over the other, of months in which both are known; None where there is nothing to divide by."""
    known = np.isfinite(part + whole)
    return float(part[known].sum() / whole[known].sum()) if whole[known].sum() else None


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"
