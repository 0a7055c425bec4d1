"""What metrics and settings are called on figures, with their units."""

from collections.abc import Iterable

from matplotlib.axes import Axes

LONGEST = 12  # letters of a motion's name beside a line

METRIC_LABELS = {
    "cac_usd": "CAC, USD per new customer",
    "cac_loaded_usd": "CAC fully loaded, USD per new customer",
    "retention_12_months": "customers kept 12 months, %",
    "nrr_12_months": "net revenue retention, 12 months",
    "ltv_to_cac": "LTV : CAC",
    "ltv_usd": "lifetime value, USD",
    "cash_usd": "cumulative cash, USD M",
    "revenue_usd": "revenue, USD M",
    "customers_end": "customers at the end",
    "new_customers": "new customers",
    "acquisition_per_new_arr": "acquisition USD per new yearly USD",
    "payback_months": "payback, months",
}


def label(metric: str) -> str:
    """Return a metric's name for an axis, with its unit."""
    return METRIC_LABELS.get(metric, metric.replace("_", " "))


def setting_name(path: str) -> str:
    """Return a setting's name for a reader: its last two parts, as "weeks" or "fit" alone stand for many."""
    *before, last = [part for part in path.split(".") if part not in ("*", "segments", "motions")]
    words = f"{before[-1]} {last}" if before else last
    return words.replace("_", " ").replace(" usd", ", USD")


def motion_name(motion: str) -> str:
    """Return what a motion is called on figures; of a long name the initials, which :func:`in_full` explains."""
    if len(motion) <= LONGEST or "_" not in motion:
        return motion.upper().replace("_", " ")
    *first, last = motion.upper().split("_")
    return "".join(word[:1] for word in first) + "-" + last


def in_full(motions: Iterable[str]) -> str:
    """Return what shortened names stand for, empty where none is shortened."""
    long = [m for m in motions if len(m) > LONGEST and "_" in m]
    return "".join(f" {motion_name(m)}: {' '.join(m.split('_')[:-1])} {m.split('_')[-1].upper()}." for m in long)


def money_axis(axes: Axes, metric: str) -> None:
    """Write large money in millions, as the label says."""
    if metric in ("cash_usd", "revenue_usd"):
        axes.yaxis.set_major_formatter(lambda v, _: f"{v / 1e6:,.1f}")
    elif metric.endswith("_usd"):
        axes.yaxis.set_major_formatter(lambda v, _: f"${v:,.0f}")
