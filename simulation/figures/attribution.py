"""What each mechanism adds to the difference between two motions: a waterfall that ends at the whole difference."""

from collections.abc import Iterator

from simulation.figures.style import INK, PALETTE, PINK, Drawn, foot, new_figure, slide_of_rows, small
from simulation.figures.words import capital, motion_name, write_ticks
from simulation.metrics import METRICS
from simulation.metrics.metric import Metric
from simulation.runs.enough import LEAST_MARKETS
from simulation.studies.tables import shown_gap


def draw_all(session, parts) -> Iterator[tuple[str, Drawn]]:
    """Yield a waterfall for each metric."""
    study = session.config.study
    for metric in study.metrics:
        yield f"attribution_{metric}", draw([p for p in parts if p.metric == metric], study.of, study.against)


def draw(parts: list, of: str, against: str):
    """Return the figure and its description; ``parts`` of one metric, the last two: without any, and the whole."""
    metric = METRICS[parts[0].metric]
    name, unit = metric.called, metric.gap_unit
    *mechanisms, without, whole = parts
    if whole.seeds == 0:
        title = f"In none of {whole.of_seeds} simulated markets is {name} defined with every mechanism off: nothing can be attributed"
        figure, axes = new_figure(title)
        axes.set_axis_off()
        return figure, title
    rows = [without, *sorted(mechanisms, key=lambda p: -p.mean)]
    title = _title(rows, whole, of, against, metric)
    figure, axes = new_figure(title, **slide_of_rows(len(parts), 13, 0.55))
    at = 0.0
    for y, part in enumerate([*rows, whole]):
        value, low, high = part.mean, part.low, part.high
        last = part is whole
        start = 0.0 if last else at
        tint = INK if last else PALETTE[7] if part is without else PALETTE[0] if value >= 0 else PALETTE[5]
        axes.barh(-y, value, left=start, color=tint, height=0.7)
        axes.plot([start + low, start + high], [-y, -y], color=PINK if last else INK, marker="|", linewidth=1.4)
        axes.annotate(
            shown_gap(part.mean, metric.kind), (1.02, -y), xycoords=axes.get_yaxis_transform(), va="center", fontsize=small(),
            fontweight="bold" if last else "normal", annotation_clip=False,
        )  # fmt: skip
        at += value
    axes.set_yticks(range(0, -len(rows) - 1, -1), [p.mechanism.replace("_", " ") for p in (*rows, whole)])
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlabel(f"{name}: {motion_name(of)} less {motion_name(against)}{f', {unit}' if unit else ''}")
    write_ticks(axes.xaxis, metric.kind)
    axes.grid(visible=False)
    axes.margins(x=0.05)
    text = (
        f"Shapley values over all orders of switching on, {whole.seeds} of {whole.of_seeds} paired simulated markets; whiskers: 90 % interval "
        "of the mean. Grey: what remains with all of them off; it and the mechanisms add up to the whole."
    )
    foot(figure, text)
    return figure, f"{title}. {text}"


def _title(rows: list, whole, of: str, against: str, metric: Metric) -> str:
    """Name the largest part; a mechanism whose interval holds 0 is not called one, nor any from too few seeds."""
    largest = max(rows, key=lambda p: abs(p.mean))
    head = f"{capital(metric.called)}: {motion_name(of)} less {motion_name(against)} is {shown_gap(whole.mean, metric.kind)}; "
    if whole.seeds < LEAST_MARKETS:
        return head + f"{whole.seeds} of {whole.of_seeds} simulated markets count, too few to say which part is largest"
    value = shown_gap(largest.mean, metric.kind)
    if largest is not rows[0]:
        rest = shown_gap(rows[0].mean, metric.kind)
        return (
            head
            + f"the largest part is {largest.mechanism.replace('_', ' ')} ({value}), {rest} remains without any mechanism"
        )
    found = [p for p in rows[1:] if p.low > 0 or p.high < 0]
    if not found:
        return head + f"{value} remains without any mechanism, and no mechanism stands out"
    first = max(found, key=lambda p: abs(p.mean))
    return head + (
        f"{value} remains without any mechanism; of these {first.mechanism.replace('_', ' ')} moves it most "
        f"({shown_gap(first.mean, metric.kind)})"
    )
