"""One style for all figures: colour-blind safe, direct labels, units, titles that are sentences, letters that a slide can show."""

import textwrap

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke

from simulation.figures import look
from simulation.figures.words import whole
from simulation.runs.enough import LEAST_MARKETS
from simulation.runs.store import Store
from simulation.scenario import currency

INK, MUTED, FAINT, SHADE, RULE, PAPER = (f"flywheel:{name}" for name in look.MIXED)
BLUE, SKY, GREEN, OLIVE, ORANGE, RED, PINK, GREY, STRONG, SLATE, IRON = (f"flywheel:{name}" for name in look.TINTS)
MOTION_COLOURS = {"clg": BLUE, "plg": ORANGE, "slg": SLATE, "hybrid": GREEN}
MOTION_LINES: dict[str, str | tuple] = {"clg": "-", "plg": "--", "slg": ":", "hybrid": "-."}
SPARE = (PINK, SKY, RED, OLIVE)
PALETTE = (BLUE, SKY, GREEN, OLIVE, ORANGE, RED, PINK, GREY, STRONG, IRON)
WIDTH = 10.0  # inches
MOST_ROWS = 16  # of a slide
AROUND = 2.2  # inches above and below rows: title, axis and foot


Drawn = tuple[Figure, str]  # a figure, and in words what it shows


def use_style(width: float = WIDTH) -> None:
    """Set Matplotlib's defaults for a figure so many inches wide: ours, above them the style file's, no letters too small for a slide."""
    asked = look.in_force()
    look.RC.update(
        {
            "font.size": 13,
            "figure.titlesize": 15,
            "figure.titleweight": "bold",
            "figure.labelsize": look.LEAST_POINTS,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.grid.axis": "y",
            "axes.axisbelow": True,
            "figure.dpi": 100,
            "savefig.dpi": 200,
            "savefig.facecolor": "auto",
            "text.parse_math": False,  # a dollar sign is money
            "svg.fonttype": "none",
            "svg.hashsalt": "flywheel",
            "legend.frameon": False,
            **look.themed(asked.theme),
            **asked.named,
        }
    )
    look.name_colours(look.RC["axes.facecolor"], look.RC["text.color"])
    if "grid.color" not in asked.named:
        look.RC["grid.color"] = RULE
    least = look.LEAST_POINTS * width / WIDTH
    look.RC.update({name: max(look.points(name), least) for name in look.SIZES})


def small() -> float:
    """Return the size in points of notes and of what stands beside marks."""
    return look.points("figure.labelsize")


def colour(motion: str, k: int) -> str:
    """Return a motion's colour, from the style file where that has colours; ``k`` is its place among the motions drawn."""
    asked = look.in_force()
    if asked.cycle:
        place = asked.motions.index(motion) if motion in asked.motions else len(asked.motions) + k
        return asked.cycle[place % len(asked.cycle)]
    return MOTION_COLOURS.get(motion, SPARE[k % len(SPARE)])


def in_hex(tint: str) -> str:
    """Return a colour as a page and slides write it, which are on paper of their own."""
    return to_hex(tint) if tint else ""


def line(motion: str) -> str | tuple:
    """Return a motion's dash pattern, so that colour is never the only sign."""
    return MOTION_LINES.get(motion, (0, (5, 1, 1, 1)))


def new_figure(title: str, width: float = WIDTH, height: float = 9 / 16 * WIDTH, **grid):
    """Return a figure with a sentence as title, and its axes."""
    use_style(width if height <= 9 / 16 * width else WIDTH)  # what is taller than a slide is a list, read on paper
    figure = Figure(figsize=(width, height), layout="constrained")
    figure.suptitle(_wrapped(figure, title, "figure.titlesize", look.RC["figure.titleweight"]), x=0.01, ha="left")
    return figure, figure.subplots(**grid)


def slide(width: float) -> dict[str, float]:
    """Return the size of a figure as wide as that, but at least as any, in the shape of a slide."""
    width = max(width, WIDTH)
    return {"width": width, "height": 9 / 16 * width}


def slide_of_rows(n: int, width: float, each: float) -> dict[str, float]:
    """Return the size of a figure with ``n`` rows so many inches high: a slide's, as far as their letters have room there."""
    size, height = slide(width), each * n + AROUND
    return size if n <= MOST_ROWS or height < size["height"] else {"width": size["width"], "height": height}


def foot(figure: Figure, text: str) -> None:
    """Write what lines and bands mean under the figure."""
    figure.supxlabel(
        _wrapped(figure, text, "figure.labelsize", look.RC["figure.labelweight"]), x=0.01, ha="left", color=MUTED
    )


def _wrapped(figure: Figure, text: str, size: str, weight: str | int) -> str:
    """Return a text in lines as wide as the figure, in the font in force at the size of that setting."""
    letters = FontProperties(size=look.points(size), weight=weight)
    width, _, _ = FigureCanvasAgg(figure).get_renderer().get_text_width_height_descent(text, letters, ismath=False)
    letters_a_line = max(1, int(0.93 * len(text) * figure.bbox.width / max(width, 1.0)))
    return textwrap.fill(whole(text), letters_a_line, break_on_hyphens=False)


def percentiles(values: np.ndarray, which: tuple[int, ...]) -> np.ndarray:
    """Return percentiles over seeds (rows), shape (which, columns).

    NaN in a column that no seed knows, and but for the median in one that too few know for an interval.
    """
    n = np.isfinite(values).sum(axis=0)
    curves = np.full((len(which), values.shape[1]), np.nan)
    if n.any():
        curves[:, n > 0] = np.nanpercentile(values[:, n > 0], which, axis=0)
    curves[np.ix_(np.array(which) != 50, n < LEAST_MARKETS)] = np.nan
    return curves


def band(axes, x, values: np.ndarray, motion: str, k: int):
    """Draw the median over seeds (rows) with bands that hold 50 % and 90 % of them; return the median."""
    low, q1, mid, q3, high = percentiles(values, (5, 25, 50, 75, 95))
    tint = colour(motion, k)
    axes.fill_between(x, low, high, color=tint, alpha=0.12, linewidth=0)
    axes.fill_between(x, q1, q3, color=tint, alpha=0.25, linewidth=0)
    axes.plot(x, mid, color=tint, linestyle=line(motion), linewidth=2.4)
    return mid


def running_median(x: np.ndarray, y: np.ndarray, bins: int = 8) -> tuple[list[float], list[float]]:
    """Return the medians of x and y over bins of as many points each; fewer bins where these would hold under five."""
    bins = max(1, min(bins, x.size // 5))
    parts = [part[np.isfinite(y[part])] for part in np.array_split(np.argsort(x, kind="stable"), bins)]
    found = [(float(np.median(x[part])), float(np.median(y[part]))) for part in parts if part.size]
    return ([a for a, _ in found], [b for _, b in found]) if found else ([np.nan], [np.nan])


def label_ends(axes, ends: list[tuple[float, float, str, str]], gap: float = 0.055) -> None:
    """Write labels right of line ends ``(x, y, text, colour)``, moved apart where they would touch."""
    low, high = axes.get_ylim()
    log = axes.get_yscale() == "log"

    def place(y):
        y = max(y, low if not log else low * 1.0001)
        return (np.log(y / low) / np.log(high / low)) if log else (y - low) / (high - low)

    spots = sorted((place(y), x, text, tint) for x, y, text, tint in ends if np.isfinite(y))
    last = -1.0
    for at, x, text, tint in spots:
        last = max(at, last + gap)
        axes.annotate(
            text, (x, last), xycoords=("data", "axes fraction"), xytext=(6, 0), textcoords="offset points",
            color=tint, va="center", fontweight="bold", annotation_clip=False,
            bbox={"facecolor": PAPER, "edgecolor": "none", "pad": 0},
        )  # fmt: skip


def year_ticks(axes, weeks: int, margin: float, most: int = 8) -> None:
    """Put a tick at every year, or at every so many that there are at most ``most``, and leave room for labels right of the data."""
    axes.set_xlim(0, weeks * margin)
    each = 52 if weeks >= 104 else 13
    axes.set_xticks(np.arange(0, weeks + 1, each * -(-(weeks // each + 1) // most)))


def plain_ticks(axes) -> None:
    """Write the ticks of logarithmic axes as plain numbers: at powers of ten, at 1, 2 and 5 where there are few of these.

    To be called when all is drawn: which ticks there are hangs on the limits.
    """
    from matplotlib.ticker import LogLocator, MaxNLocator, NullFormatter

    for axis, scale, (low, high) in (
        (axes.xaxis, axes.get_xscale(), axes.get_xlim()),
        (axes.yaxis, axes.get_yscale(), axes.get_ylim()),
    ):
        if scale == "log":
            if high / low < 8:
                axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]))
            else:
                axis.set_major_locator(LogLocator(subs=(1, 2, 5) if high / low < 200 else (1,), numticks=99))
            axis.set_major_formatter(lambda v, _: f"{v:,.12g}")
            axis.set_minor_formatter(NullFormatter())


def label_stack(axes, x, parts: np.ndarray, names, texts, gap: float) -> None:
    """Label the areas of a stack: right of their ends, or inside where they were large and have gone."""
    top = np.cumsum(parts, axis=0)
    last = -gap
    for k, (name, text) in enumerate(zip(names, texts, strict=True)):
        if text:
            last = max(top[k, -1] - parts[k, -1] / 2, last + gap)
            axes.annotate(
                f"{name} {text}", (x[-1], last), xytext=(4, 0), textcoords="offset points", fontsize=small(), va="center",
                annotation_clip=False,
            )  # fmt: skip
        elif parts[k].max() > 4 * gap:
            at = int(np.argmax(parts[k] > 0.8 * parts[k].max()))
            axes.annotate(
                name, (x[at], top[k, at] - parts[k, at] / 2), xytext=(3, 0), textcoords="offset points", fontsize=small(),
                va="center", path_effects=[withStroke(linewidth=4, foreground=to_hex(PAPER))],
            )  # fmt: skip


def dollars(value: float) -> str:
    """Return money for a title."""
    return currency.sign() + (f"{value:,.0f}" if abs(value) < 1e6 else f"{value / 1e6:,.1f} M")


def save(figure: Figure, store: Store, name: str, text: str) -> None:
    """Save PNG, SVG (the same bytes for the same data) and the description."""
    store.put(
        {
            f"figures/{name}.png": lambda file: figure.savefig(file, format="png"),
            f"figures/{name}.svg": lambda file: figure.savefig(file, format="svg", metadata={"Date": None}),
            f"figures/{name}.txt": lambda file: file.write(f"{text}\n".encode()),
        }
    )
