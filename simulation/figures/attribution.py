"""What each mechanism adds to the difference between two motions: a waterfall that ends at the whole difference."""

from collections.abc import Iterator

from simulation.figures.style import PALETTE, Drawn, foot, new_figure
from simulation.figures.words import label

UNITS = {"new_customers_per_10k_usd": "new customers per 10,000 acquisition USD (CAC the other way round)"}


def draw_all(session, parts) -> Iterator[tuple[str, Drawn]]:
    """Yield a waterfall for each metric."""
    study = session.config.study
    for metric in study.metrics:
        yield f"attribution_{metric}", draw([p for p in parts if p.metric == metric], study.of, study.against)


def draw(parts: list, of: str, against: str):
    """Return the figure and its description; ``parts`` of one metric, the last two: without any, and the whole."""
    metric = parts[0].metric
    scale = 100 if metric.startswith("retention") else 1
    *mechanisms, without, whole = parts
    mechanisms = sorted(mechanisms, key=lambda p: -p.mean)
    name = UNITS.get(metric, label(metric))
    if whole.seeds == 0:
        title = f"In no seed is {name} defined with every mechanism off: nothing can be attributed"
        return new_figure(title)[0], title
    best = max(mechanisms, key=lambda p: p.mean if whole.mean > 0 else -p.mean)
    title = (
        f"{name}: {of.upper()} less {against.upper()} is {_signed(whole.mean * scale)}, most of it by "
        f"{best.mechanism.replace('_', ' ')} ({_signed(best.mean * scale)})"
    )
    figure, axes = new_figure(title, width=11, height=0.55 * len(parts) + 2)
    at = 0.0
    rows = [without, *mechanisms]
    for y, part in enumerate(rows):
        value = part.mean * scale
        tint = PALETTE[7] if part is without else PALETTE[0] if value >= 0 else PALETTE[5]
        error = [[(part.mean - part.low) * scale], [(part.high - part.mean) * scale]]
        axes.barh(-y, value, left=at, color=tint, height=0.7)
        axes.errorbar(at + value, -y, xerr=error, color="#333333", capsize=3, linewidth=1.2)
        axes.annotate(_signed(value), (max(at, at + value) + error[1][0], -y), xytext=(6, 0), textcoords="offset points", va="center", fontsize=10)  # fmt: skip
        at += value
    axes.barh(-len(rows), whole.mean * scale, color="#333333", height=0.7)
    axes.annotate(_signed(whole.mean * scale), (max(0.0, whole.mean * scale), -len(rows)), xytext=(6, 0), textcoords="offset points", va="center", fontweight="bold")  # fmt: skip
    axes.set_yticks(range(0, -len(rows) - 1, -1), [p.mechanism.replace("_", " ") for p in (*rows, whole)])
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set_xlabel(f"{name}: {of.upper()} less {against.upper()}")
    axes.grid(visible=False)
    axes.margins(x=0.12)
    text = f"Shapley values over all orders of switching on, {whole.seeds} paired seeds; whiskers: 90 % interval of the mean."
    foot(figure, text)
    return figure, f"{title}. {text}"


def _signed(value: float) -> str:
    return f"{value:+.3g}"
