"""Cohort retention: how many customers are still there, by time since they bought."""

import numpy as np

from simulation.figures.data import Comparison
from simulation.figures.style import band, colour, foot, label_ends, new_figure

AT_RISK = 5  # lives


def _survival(adopted, ended, weeks: int, ages: np.ndarray) -> np.ndarray:
    from scipy.stats import CensoredData, ecdf

    gone = ended >= 0
    lasted = np.where(gone, ended, weeks) - adopted
    if lasted.size == 0:
        return np.full(ages.size, np.nan)
    curve = ecdf(CensoredData.right_censored(lasted.astype(float), ~gone)).sf
    enough = np.sort(lasted)[-min(lasted.size, AT_RISK)]  # beyond, single lives would draw the curve
    return np.where(ages <= enough, curve.evaluate(ages.astype(float)), np.nan)


def draw(data: Comparison):
    """Return the figure and its description: Kaplan-Meier curves, and by year of adoption for each motion."""
    ages = np.arange(0, max(data.weeks - 26, 6), 2)
    motions = list(data.lives)
    curves, by_year = {}, {}
    for motion, lives in data.lives.items():
        adopted, ended, seed = (np.asarray(lives[c]).astype(int) for c in ("adopted", "ended", "seed"))
        each = [_survival(adopted[seed == s], ended[seed == s], data.weeks, ages) for s in np.unique(seed)]
        curves[motion] = 100 * np.array(each) if each else np.full((1, ages.size), np.nan)
        by_year[motion] = [
            (y, 100 * _survival(adopted[adopted // 52 == y], ended[adopted // 52 == y], data.weeks, ages))
            for y in range(data.weeks // 52)
        ]
    at = int(np.searchsorted(ages, 52)) if ages[-1] >= 52 else ages.size - 1
    kept = {m: float(np.nanmedian(c[:, at])) for m, c in curves.items() if np.isfinite(c[:, at]).any()}
    order = sorted(kept, key=kept.__getitem__, reverse=True)
    title = (
        f"After {ages[at]} weeks "
        + ", ".join(f"{m.upper()} keeps {kept[m]:.0f} %" for m in order)
        + " of its customers"
    )
    figure, axes = new_figure(title, width=12, ncols=2, sharey=True, gridspec_kw={"width_ratios": (1.5, 1)})
    ends = []
    for k, motion in enumerate(motions):
        mid = band(axes[0], ages, curves[motion], motion, k)
        seen = np.flatnonzero(np.isfinite(mid))
        ends.append((ages[-1], float(mid[seen[-1]]) if seen.size else np.nan, motion.upper(), colour(motion, k)))
        for y, curve in by_year[motion]:
            inside = ages <= data.weeks - 52 * (y + 1)
            if inside.sum() > 1:
                axes[1].plot(
                    ages[inside], curve[inside], color=colour(motion, k), alpha=max(0.2, 1 - 0.3 * y), linewidth=2
                )
    axes[1].set_title("darkest: adopted in the first year, paler: later", fontsize=11, loc="left")
    axes[0].set(
        xlabel="weeks since adoption", ylabel="customers still there, %", xlim=(0, ages[-1] * 1.12), ylim=(0, 102)
    )
    axes[1].set(xlabel="weeks since adoption, by year of adoption")
    label_ends(axes[0], ends)
    foot(figure, f"Kaplan-Meier, ongoing customers censored. {data.foot}")
    return figure, f"{title}. Left: all cohorts by motion. Right: cohorts by year of adoption. {data.foot}"
