"""Share of the market over time: ours and each rival's, a panel a motion."""

import textwrap
from collections.abc import Mapping, Sequence

import numpy as np

from simulation.figures.style import PINK, RED, Drawn, colour, foot, label_ends, new_figure, percentiles, year_ticks
from simulation.figures.words import in_full, motion_name
from simulation.metrics.sums import ratios
from simulation.studies.comparison import Comparison

WIDEST = 11  # letters of a line of a label: the next panel begins there
TINTS, LINES = (RED, PINK), ("--", ":")  # of rivals, in their order


def draw(data: Comparison, names: Sequence[str]) -> Drawn:
    """Return the figure and its description; ``names`` are the rivals' in the scenario's order."""
    shares = {motion: of_market(data.weekly[motion], len(names)) for motion in data.weekly}
    said = title(shares, names, data.weeks)
    figure, grid = new_figure(said, width=12.8, height=7.2, ncols=len(shares), sharey=True, squeeze=False)
    x = np.arange(data.weeks)
    for k, (axes, (motion, of)) in enumerate(zip(grid[0], shares.items(), strict=True)):
        ends = []
        looks = [(colour(motion, k), "-"), *zip(TINTS, LINES, strict=True)]
        for name, values, (tint, dashes) in zip(("us", *names), of, looks, strict=False):
            low, q1, mid, q3, high = 100 * percentiles(values, (5, 25, 50, 75, 95))
            axes.fill_between(x, low, high, color=tint, alpha=0.12, linewidth=0)
            axes.fill_between(x, q1, q3, color=tint, alpha=0.25, linewidth=0)
            axes.plot(x, mid, color=tint, linestyle=dashes, linewidth=2.4)
            ends.append((x[-1], float(mid[-1]), textwrap.fill(name.replace("_", " "), WIDEST), tint))
        axes.set(title=motion_name(motion), xlabel="week", ylim=(0, 100))
        year_ticks(axes, data.weeks, 1.0)
        label_ends(axes, ends, gap=0.09)
    grid[0, 0].set_ylabel("share of those who use us or a named rival, %")
    text = f"{data.foot}{in_full(shares)}"
    foot(figure, text)
    return figure, f"{said}. {text}"


def of_market(weekly: Mapping[str, np.ndarray], n_rivals: int) -> list[np.ndarray]:
    """Return our share of all users and that of each rival, shape (seeds, weeks) each; NaN where nobody uses anything."""
    users = [weekly["customer"] + weekly["expert"], *(weekly[f"rival_{k + 1}_users"] for k in range(n_rivals))]
    everybody = np.sum(users, axis=0)
    return [ratios(of, everybody) for of in users]


def title(shares: Mapping[str, Sequence[np.ndarray]], names: Sequence[str], weeks: int) -> str:
    """Say which share of the market is ours in the end under each motion; ``shares`` as of :func:`of_market`."""
    last = {motion: float(np.nanmedian(of[0][:, -1])) for motion, of in shares.items()}
    order = sorted(last, key=last.__getitem__, reverse=True)
    beside = " and ".join(name.replace("_", " ") for name in names)
    ours = ", ".join(f"{100 * last[m]:.0f} % under {motion_name(m)}" for m in order)
    return f"Beside {beside} we have {ours} of the users after {weeks} weeks"
