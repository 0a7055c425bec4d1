"""Cohort retention: how many customers are still there, by time since they bought."""

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.figures.style import FAINT, MUTED, band, colour, foot, label_ends, new_figure, slide, small
from simulation.figures.words import motion_name
from simulation.metrics.tenure import LEAST_AT_RISK, LifeTable, kept, life_table
from simulation.runs.enough import seen_in
from simulation.studies import base
from simulation.studies.comparison import Comparison

ROOMY_WEEKS, LONG = 156, 10_000  # up to which numbers at each half-year have room beside each other


def draw(data: Comparison):
    """Return the figure and its description: the share kept and the lives at risk, and by year of adoption for each motion."""
    motions = list(data.lives)
    tables = {m: by_seed(lives, data.weeks) for m, lives in data.lives.items()}
    curves = curves_of(tables, data.weeks)
    ages = np.arange(ages_of(data.weeks))
    said = title(curves, data.seeds)
    figure, grid = new_figure(
        said, **slide(12), nrows=2, ncols=2, sharey="row", sharex="col", gridspec_kw={"width_ratios": (1.5, 1), "height_ratios": (12, len(motions))},
    )  # fmt: skip
    (pooled, beside), (below, unused) = grid
    unused.set_visible(False)
    ends = []
    for k, motion in enumerate(motions):
        mid = band(pooled, ages, curves[motion], motion, k)
        seen = np.flatnonzero(np.isfinite(mid))
        if seen.size:
            ends.append((ages[seen[-1]], float(mid[seen[-1]]), motion_name(motion), colour(motion, k)))
    pooled.set(
        xlabel="weeks since adoption", ylabel="customers still there, %", xlim=(0, ages.size * 1.12), ylim=(0, 102)
    )
    right, said_of_right = _of_today(beside, data) or _of_years(beside, data)
    for axes, last in ((pooled, ages.size), (beside, right)):
        axes.set_xticks(range(0, last, YEAR_WEEKS // 2 if last <= 3 * YEAR_WEEKS else YEAR_WEEKS))
        axes.tick_params(labelbottom=True)
        for week in range(YEAR_WEEKS, last, YEAR_WEEKS):
            axes.axvline(week, color=FAINT, linewidth=1, linestyle=":")
    if ages.size > YEAR_WEEKS:
        pooled.annotate(
            "yearly contracts\nrenew or end",
            (YEAR_WEEKS, 3),
            xytext=(4, 0),
            textcoords="offset points",
            fontsize=small(),
            color=MUTED,
        )
    label_ends(pooled, ends)
    _at_risk(below, tables, ages.size)
    text = (
        f"Kaplan-Meier, ongoing customers censored, each market; drawn while in all of them {LEAST_AT_RISK} simulated customers were won so long "
        f"before the end. {said_of_right}{data.foot}"
    )
    foot(figure, text)
    beside_it = "today's customers by their true age" if data.base else "cohorts by year of adoption"
    return figure, f"{said}. Left: all cohorts by motion. Right: {beside_it}. {text}"


def _of_years(axes, data: Comparison) -> tuple[int, str]:
    """Draw cohorts by year of adoption; return the ages that the axis has, and what is to be said of it."""
    for k, motion in enumerate(data.lives):
        for y, curve in _by_year(data.lives[motion], data.weeks):
            axes.plot(100 * curve, color=colour(motion, k), alpha=max(0.2, 1 - 0.3 * y), linewidth=2)
    axes.set_title("darkest: adopted in the first year, paler: later", fontsize=small(), loc="left")
    axes.set_xlabel("weeks since adoption, by year of adoption")
    return ages_of(data.weeks), ""


def _of_today(axes, data: Comparison) -> tuple[int, str] | None:
    """Draw how the customers of today stay by their true age, and return the same; None where the firm has no past."""
    if not data.base:
        return None
    stay = base.read(data.base, data.weeks)
    axes.set_title("customers of today", fontsize=small(), loc="left")
    axes.set_xlabel("weeks since adoption, in part before today")
    if stay.since is None:
        return ages_of(data.weeks), f"{base.sentence(stay)} "
    ends, last = [], stay.since
    for k, (motion, of) in enumerate(stay.kept.items()):
        mid = band(axes, stay.since + np.arange(of.shape[1]), 100 * of, motion, k)
        end = int(np.flatnonzero(np.isfinite(mid))[-1])
        ends.append((float(stay.since + end), float(mid[end]), motion_name(motion), colour(motion, k)))
        last = max(last, stay.since + end)
    axes.set_xlim(0, 1.2 * last)
    label_ends(axes, ends)
    return last, f"Right: of those {stay.since} weeks old, at risk from their age today on (delayed entry). "


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
    """Write under the curves how many lives are still followed at each half-year of age, at each year where numbers would touch."""
    axes.set(ylim=(len(tables) - 0.4, -0.6))
    axes.set_yticks(range(len(tables)), [motion_name(m) for m in tables], fontsize=small())
    axes.tick_params(length=0, labelbottom=False, pad=22, axis="both")
    axes.set_title("simulated customers still there and followed, median", fontsize=small(), loc="left", color=MUTED)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    middles = {name: np.median([t.at_risk[:n] for t in of], axis=0) for name, of in tables.items()}
    roomy = n <= ROOMY_WEEKS and max(middle.max() for middle in middles.values()) < LONG
    for k, (name, middle) in enumerate(middles.items()):
        for age in range(0, n, YEAR_WEEKS // 2 if roomy else YEAR_WEEKS):
            axes.annotate(
                f"{middle[age]:,.0f}", (age, k), ha="center", va="center", fontsize=small(), color=colour(name, k)
            )
