"""What another price does: cash by size and by who pays it, and revenue over time at one size."""

from collections.abc import Iterator

import numpy as np

from simulation.calendar import YEAR_WEEKS
from simulation.figures.style import INK, PALETTE, Drawn, foot, label_ends, new_figure, percentiles, slide
from simulation.figures.time_axis import write_dates
from simulation.figures.words import in_full, motion_name, write_ticks
from simulation.metrics.metric import Kind
from simulation.runs.enough import what_is_drawn
from simulation.scenario import currency
from simulation.studies.price import BOTH, CUSTOMERS, NEWCOMERS, WHO, Priced, in_short

LOOKS = {NEWCOMERS: (PALETTE[4], "--"), CUSTOMERS: (PALETTE[0], "-"), BOTH: (PALETTE[8], ":")}


def draw_all(session, found: list[Priced]) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all motions."""
    yield "price", draw(found, session.config.seeds, session.config.weeks, session.config.calendar)


def draw(found: list[Priced], seeds: int, weeks: int, calendar) -> Drawn:
    """Return the figure and its description: a column a motion, cash by size above, revenue by week below."""
    said = title(found)
    figure, grid = new_figure(said, **slide(4.2 * len(found) + 1), nrows=2, ncols=len(found), squeeze=False)
    for column, one in zip(grid.T, found, strict=True):
        above, below = column
        sizes, x = 100 * np.array(one.sizes), np.arange(weeks)
        ends = [(sizes[-1], _curve(above, sizes, one.gains[who]["cash"].T, who), who, LOOKS[who][0]) for who in WHO]
        above.set(
            title=motion_name(one.motion),
            xlabel="change of the price, %",
            xlim=(sizes[0], sizes[-1] + 0.4 * np.ptp(sizes)),
        )
        above.set_xticks([size for size in sizes if size % 50 == 0 or size == sizes[0]])
        write_ticks(above.yaxis, Kind.USD_TOTAL)
        label_ends(above, ends, 0.13)
        ends = [(float(x[-1]), _curve(below, x, 100 * one.revenue[who], who), who, LOOKS[who][0]) for who in WHO]
        below.set(xlabel="week", xlim=(max(0, one.week - 13), 1.35 * weeks))
        below.set_xticks(np.arange(YEAR_WEEKS * -(-one.week // YEAR_WEEKS), weeks + 1, YEAR_WEEKS))
        write_dates(below, calendar, 0, weeks, most=4)
        label_ends(below, ends, 0.13)
        for axes in column:
            axes.axhline(0, color=INK, linewidth=0.8)
    grid[0][0].set_ylabel(currency.in_words("cash over the price\nas it is, USD M"))
    grid[1][0].set_ylabel(f"revenue over it at\n{found[0].shown:+.0%}, %")
    text = (
        f"{what_is_drawn('Line: median', seeds, 'simulated markets', 'Bands: 90 %')} Newcomers pay it: customers keep theirs; customers: the "
        f"list price stays; both: all follow the list price. Cash: gross margin less all booked cost, from the change to the end.{in_full(one.motion for one in found)}"
    )
    foot(figure, text)
    return figure, f"{said}. {text}"


def _curve(axes, x: np.ndarray, values: np.ndarray, who: str) -> float:
    """Draw the median with its band; return where it ends."""
    tint, dashes = LOOKS[who]
    low, mid, high = percentiles(values, (5, 50, 95))
    axes.fill_between(x, low, high, color=tint, alpha=0.15, linewidth=0)
    axes.plot(x, mid, color=tint, linestyle=dashes, linewidth=2.2)
    return float(mid[-1])


def title(found: list[Priced]) -> str:
    """Say which change for everybody is best, motions of which the same is said together."""
    said: dict[str, list[str]] = {}
    for one in found:
        said.setdefault(in_short(one.best(BOTH)), []).append(motion_name(one.motion))
    return "A new price for everybody: " + "; ".join(f"{', '.join(names)} {text}" for text, names in said.items())
