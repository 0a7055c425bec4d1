"""What a fit does not hold of its company: drift, level shift or season, each in a sentence that says how forecasts will err."""

from simulation.evidence.predictive import CHURN, DRIFT, FALSE_ALARMS, LEAVERS, POSTS, SEASON, Check

COUNTED = {  # of whom it is said from which drift on they would be noticed, by what was counted
    CHURN: "customers who left",
    LEAVERS: "customers who left",
    POSTS: "posts",
}
MOST_SAID = 2.0  # three times as much in the last month as in the first: what needs more is no help


def verdicts(checks: list[Check], months: list[str], weight: float) -> list[str]:
    """Return a sentence for each series that does what the model does not, and the drift that would have been noticed.

    ``weight``: customers for which a simulated one stands; more than one adds to the luck of worlds.
    """
    if not checks:
        return [
            "fit: too few months with customers won or lost, or with posts, to tell drift, level shift and season from luck"
        ]
    by_series = [[c for c in checks if c.series == name] for name in dict.fromkeys(c.series for c in checks)]
    noticed = [[c for c in mine if c.noticed] for mine in by_series]
    said = [_sentence(max(of, key=lambda c: c.spreads), months) for of in noticed if of]  # a step is some drift, too
    if not said:
        looked = "; ".join(f"{mine[0].series}: {', '.join(c.check for c in mine)}" for mine in by_series)
        said = [
            f"fit: the model does what the data do ({looked}; false alarms in {_percent(FALSE_ALARMS)} of companies)"
        ]
    return [*said, *(_noticeable(c, months, weight) for c in checks if c.check == DRIFT and c.series in COUNTED)]


def _sentence(check: Check, months: list[str]) -> str:
    model = f"the model's by {_percent(check.low)} to {_percent(check.high)}"
    if check.check == SEASON:
        return (
            f"{SEASON}: {check.series} in the data swing by {_percent(check.came)} to each side of a year's mean, highest in months "
            f"such as {check.month}, {model}: forecasts of single months will be off"
        )
    verb = ("rise" if check.came > 0 else "fall") + ("s" if check.series == CHURN else "")
    when = f"from {months[0]} to {months[-1]}" if check.check == DRIFT else f"for good in {check.month}"
    off = "low" if check.came > check.foretold else "high"
    return (
        f"{check.check}: {check.series} in the data {verb} by {_percent(abs(check.came))} {when}, {model}: forecasts of "
        f"{check.series} will be {off}"
    )


def _noticeable(check: Check, months: list[str], weight: float) -> str:
    """Say below which size a drift of those who leave, or of posts, is lost in luck."""
    of = f"{check.counted:,.0f} {COUNTED[check.series]}"
    rows = (
        f"; a simulated customer stands for {weight:.3g}, with more rows smaller ones stand out" if weight > 1 else ""
    )
    if check.noticeable > MOST_SAID:
        return f"with {of} no drift of {check.series} could be told from luck{rows}"
    return (
        f"with {of}, a drift of {check.series} by less than {_percent(check.noticeable)} over "
        f"{len(months)} months could not be told from luck{rows}"
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
