"""Cohort retention: how many customers are still there, by time since they bought."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.figures.style import band, colour, foot, label_ends, new_figure
from simulation.figures.words import motion_name
from simulation.metrics.tenure import LEAST_AT_RISK, LifeTable, kept, life_table
from simulation.runs.enough import seen_in
from simulation.studies import base
from simulation.studies.comparison import Comparison


def draw(data: Comparison):
    """Return the figure and its description: the share kept and the lives at risk, and by year of adoption for each motion."""
    motions = list(data.lives)
    tables = {m: by_seed(lives, data.weeks) for m, lives in data.lives.items()}
    curves = curves_of(tables, data.weeks)
    ages = np.arange(ages_of(data.weeks))
    said = title(curves, data.seeds)
    figure, grid = new_figure(
        said, width=12, height=6, nrows=2, ncols=2, sharey="row", sharex="col", gridspec_kw={"width_ratios": (1.5, 1), "height_ratios": (12, len(motions))},
    )  # fmt: skip
    (pooled, by_year), (below, unused) = grid
    unused.set_visible(False)
    ends = []
    for k, motion in enumerate(motions):
        mid = band(pooled, ages, curves[motion], motion, k)
        seen = np.flatnonzero(np.isfinite(mid))
        if seen.size:
            ends.append((ages[seen[-1]], float(mid[seen[-1]]), motion_name(motion), colour(motion, k)))
        for y, curve in _by_year(data.lives[motion], data.weeks):
            by_year.plot(100 * curve, color=colour(motion, k), alpha=max(0.2, 1 - 0.3 * y), linewidth=2)
    stay = base.read(data.base, data.weeks) if data.base else base.Base(None, {}, {})
    for k, motion in enumerate(motions):
        if motion in stay.kept and stay.since is not None and stay.since < ages.size:
            old = 100 * stay.kept[motion][:, : ages.size - stay.since]
            pooled.plot(stay.since + np.arange(old.shape[1]), np.median(old, axis=0), color=colour(motion, k), linewidth=1.5, alpha=0.8, dashes=(1, 1))  # fmt: skip
    by_year.set_title("darkest: adopted in the first year, paler: later", fontsize=11, loc="left")
    pooled.set(ylabel="customers still there, %", xlim=(0, ages.size * 1.12), ylim=(0, 102))
    for axes, more in ((pooled, ""), (by_year, ", by year of adoption")):
        axes.set_xlabel(f"weeks since adoption{more}")
        axes.set_xticks(range(0, ages.size, YEAR_WEEKS // 2))
        axes.tick_params(labelbottom=True)
        for week in range(YEAR_WEEKS, ages.size, YEAR_WEEKS):
            axes.axvline(week, color="#999999", linewidth=1, linestyle=":")
    if ages.size > YEAR_WEEKS:
        pooled.annotate(
            "yearly contracts\nrenew or end",
            (YEAR_WEEKS, 3),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=9,
            color="#666666",
        )
    label_ends(pooled, ends)
    _at_risk(below, tables, ages.size)
    text = (
        f"Kaplan-Meier, ongoing customers censored, each market; drawn while in all of them {LEAST_AT_RISK} simulated customers were won so long "
        f"before the end. {_of_base(stay)}{data.foot}"
    )
    foot(figure, text)
    return figure, f"{said}. Left: all cohorts by motion. Right: cohorts by year of adoption. {text}"


def _of_base(stay: base.Base) -> str:
    return (
        ""
        if stay.since is None
        else f"Fine dots: today's customers by true age, of those {stay.since} weeks old (delayed entry). "
    )


def ages_of(weeks: int) -> int:
    """Return for how many weeks of age the share kept is drawn in a run of so many."""
    return min(max(weeks - YEAR_WEEKS // 2, 6), weeks)


def curves_of(tables: dict[str, list[LifeTable]], weeks: int) -> dict[str, np.ndarray]:
    """Return the share kept by age in percent, by motion, shape (seeds in which anybody bought, ages)."""
    curves = {m: 100 * np.array([kept(t)[: ages_of(weeks)] for t in of]) for m, of in tables.items()}
    for of in curves.values():
        of[:, np.isnan(of).any(axis=0)] = np.nan  # a median over other markets at each age would be no curve
    return curves


def by_seed(lives: dict[str, np.ndarray], weeks: int) -> list[LifeTable]:
    """Return the life table of each seed in which anybody bought; an empty one where nobody did in any."""
    adopted, ended, seed = (np.asarray(lives[c]).astype(int) for c in ("adopted", "ended", "seed"))
    of = [seed == s for s in np.unique(seed)] or [seed == 0]
    return [life_table(adopted[here], ended[here], weeks) for here in of]


def _by_year(lives: dict[str, np.ndarray], weeks: int):
    """Yield the year of adoption and the share kept of those who bought in it, all seeds, as far as all of them are followed."""
    adopted, ended = (np.asarray(lives[c]).astype(int) for c in ("adopted", "ended"))
    for year in range(weeks // YEAR_WEEKS):
        here = adopted // YEAR_WEEKS == year
        inside = weeks - YEAR_WEEKS * (year + 1)
        if inside > 1:
            yield year, kept(life_table(adopted[here], ended[here], weeks))[:inside]


def title(curves: dict[str, np.ndarray], seeds: int) -> str:
    """Say what share each motion keeps for a year, before and after yearly renewals."""
    said, few = {}, []
    for motion, of in curves.items():
        if of.shape[1] > YEAR_WEEKS and np.isfinite(of[:, YEAR_WEEKS]).all():
            said[motion] = np.median(of[:, YEAR_WEEKS - 1 : YEAR_WEEKS + 1], axis=0)
        else:
            few.append(motion_name(motion))
    if not said:
        return f"Too few customers are followed for {YEAR_WEEKS} weeks to say which share stays"
    order = sorted(said, key=lambda m: said[m][1], reverse=True)
    before = ", ".join(f"{said[m][0]:.0f} %" for m in order)
    return (
        "Customers kept 12 months: " + ", ".join(f"{motion_name(m)} {said[m][1]:.0f} % {seen_in(len(curves[m]), seeds)}".rstrip() for m in order)
        + f" ({before} a week earlier, before yearly renewals)" + (f"; too few to say: {', '.join(few)}" if few else "")
    )  # fmt: skip


def _at_risk(axes, tables: dict[str, list[LifeTable]], n: int) -> None:
    """Write under the curves how many lives are still followed at each half-year of age."""
    axes.set(ylim=(len(tables) - 0.4, -0.6))
    axes.set_yticks(range(len(tables)), [motion_name(m) for m in tables], fontsize=10)
    axes.tick_params(length=0, labelbottom=False, pad=22, axis="both")
    axes.set_title("simulated customers still there and followed, median", fontsize=10, loc="left", color="#666666")
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    for k, (name, of) in enumerate(tables.items()):
        middle = np.median([t.at_risk[:n] for t in of], axis=0)
        for age in range(0, n, YEAR_WEEKS // 2):
            axes.annotate(f"{middle[age]:,.0f}", (age, k), ha="center", va="center", fontsize=10, color=colour(name, k))
