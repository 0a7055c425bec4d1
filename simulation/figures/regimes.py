"""The map of who wins over two settings: colour says who, strength of colour how sure."""

from collections.abc import Iterator

import numpy as np
from matplotlib.colors import to_rgb

from simulation.figures.style import INK, PAPER, Drawn, colour, foot, new_figure, slide, small
from simulation.figures.words import in_full, motion_name
from simulation.metrics import METRICS
from simulation.runs.enough import LEAST_CUSTOMERS, LEAST_MARKETS
from simulation.scenario.settings import setting_name
from simulation.studies.regimes import FEW, NOBODY, axes_of, scores

PANELS_IN_A_ROW = 2
FINE = 200  # steps a side on which borders are drawn


def draw_all(session, found) -> Iterator[tuple[str, Drawn]]:
    """Yield the map."""
    yield "regimes", draw(found.runs, found.cells, session.config.seeds, found.beyond)


def draw(runs, cells: dict, seeds: int, beyond=()):
    """Return the figure and its description: one map a metric, with the border where the two best tie.

    ``beyond``: where an axis leaves what its prior holds plausible (``scenario.priors.Beyond``); a star marks these values.
    """
    (x_path, xs), (y_path, ys) = axes_of(runs.points).items()
    starred = {axis.path: set(axis.values) for axis in beyond}
    motions = list(runs.values)
    metrics = list(cells)
    title = _title(cells, motions)
    n_rows = -(-len(metrics) // PANELS_IN_A_ROW)
    figure, grid = new_figure(
        title,
        **slide(max(12, 8 * n_rows)),
        nrows=n_rows,
        ncols=min(PANELS_IN_A_ROW, len(metrics)),
        squeeze=False,
    )
    flat = grid.ravel()
    for axes, metric in zip(flat, metrics, strict=False):
        paper = np.array(to_rgb(PAPER))
        image = np.full((len(ys), len(xs), 3), paper)
        for p, cell in enumerate(cells[metric]):
            i, j = divmod(p, len(ys))
            if cell.winner in motions:
                tint = np.array(to_rgb(colour(cell.winner, motions.index(cell.winner))))
                strength = 0.15 + 0.75 * max(0.0, (cell.share_of_seeds - 1 / len(motions)) / (1 - 1 / len(motions)))
                image[j, i] = paper + strength * (tint - paper)
        axes.imshow(image, origin="lower", aspect="auto", extent=(-0.5, len(xs) - 0.5, -0.5, len(ys) - 0.5))
        if any(cell.winner in motions for cell in cells[metric]):
            _border(axes, runs, metric, len(xs), len(ys))
        for p, cell in enumerate(cells[metric]):
            i, j = divmod(p, len(ys))
            share = f"{100 * cell.share_of_seeds:.0f}" if not cell.sure else ""
            text = {NOBODY: "-", FEW: "?"}.get(cell.winner, share)
            if text:
                box = {"facecolor": PAPER, "edgecolor": "none", "alpha": 0.8, "boxstyle": "round,pad=0.15"}
                axes.text(i, j, text, ha="center", va="center", fontsize=small(), bbox=box)
        _name_areas(axes, cells[metric], motions, len(ys))
        axes.set_xticks(range(len(xs)), _marked(xs, starred.get(x_path, ())))
        axes.set_yticks(range(len(ys)), _marked(ys, starred.get(y_path, ())))
        axes.set(title=METRICS[metric].called, xlabel=setting_name(x_path), ylabel=setting_name(y_path))
        axes.grid(visible=False)
    for axes in flat[len(metrics) :]:
        axes.set_visible(False)
    text = (
        f"Strong colour: the best motion in nearly all of {seeds} paired simulated markets; numbers: % of markets where it is below 90. "
        "Line: the two best tie (median, interpolated). A motion without the metric counts as worst; -: no motion has it; "
        f"?: fewer than {LEAST_MARKETS} markets, or than {LEAST_CUSTOMERS} customers of the best in the median, are too few to say."
    )
    if beyond:
        text += " *: outside what the setting's prior holds plausible."
    text += in_full(motions)
    foot(figure, text)
    return figure, f"{title}. {text}"


def _border(axes, runs, metric: str, n_x: int, n_y: int) -> None:
    """Draw the line on which the two best motions tie, from medians interpolated between the points."""
    from scipy.interpolate import RegularGridInterpolator

    if min(n_x, n_y) < 2:
        return
    values = scores(runs, metric)
    values[:, np.isnan(values).all(axis=(0, 2))] = -np.inf  # every run of the point failed
    middle = np.nanmedian(values, axis=2)
    worst = middle[np.isfinite(middle)].min(initial=0.0)
    middle = np.where(np.isfinite(middle), middle, 2 * worst - abs(worst) - 1).reshape(-1, n_x, n_y)
    u, v = np.linspace(0, n_x - 1, FINE), np.linspace(0, n_y - 1, FINE)
    where = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1)
    fine = np.stack([RegularGridInterpolator((np.arange(n_x), np.arange(n_y)), m)(where) for m in middle])
    best = fine.argmax(axis=0)
    for k in range(fine.shape[0]):
        mine = (best == k).astype(float)
        if 0 < mine.mean() < 1:
            axes.contour(u, v, mine.T, levels=[0.5], colors=INK, linewidths=1.6)


def _name_areas(axes, cells: list, motions: list[str], n_y: int) -> None:
    for k, motion in enumerate(motions):
        won = [divmod(p, n_y) for p, cell in enumerate(cells) if cell.winner == motion and cell.sure]
        if won:
            i, j = np.array(won).mean(axis=0)
            at = min(won, key=lambda c: (c[0] - i) ** 2 + (c[1] - j) ** 2)
            axes.text(
                *at, motion_name(motion), ha="center", va="center", fontweight="bold", fontsize="medium", color=PAPER,
                bbox={"facecolor": colour(motion, k), "edgecolor": "none", "boxstyle": "round,pad=0.25"},
            )  # fmt: skip


def _marked(values: list, starred) -> list[str]:
    return [_short(v) + "*" * (v in starred) for v in values]


def _short(value) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def _title(cells: dict, motions: list[str]) -> str:
    metric, found = next(iter(cells.items()))
    share = {m: np.mean([c.winner == m for c in found]) for m in motions}
    order = sorted((m for m in motions if share[m] > 0), key=share.__getitem__, reverse=True)
    if not order and any(c.winner == FEW for c in found):
        return f"Too few simulated markets or customers to say where who has the best {METRICS[metric].called}"
    said = ", ".join(f"{motion_name(m)} on {100 * share[m]:.0f} %" for m in order) or "nobody anywhere"
    return f"Best {METRICS[metric].called}: {said} of the map"
