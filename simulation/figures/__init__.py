"""Figures fit for a presentation: one file a figure, each returns a matplotlib Figure and says in words what it shows."""

from pathlib import Path


def draw_comparison(config, store, folder: Path) -> None:
    """Draw every figure of a comparison as PNG and SVG, with its description beside it."""
    from simulation.figures import cac, channels, customers, retention, stages
    from simulation.figures.data import Comparison
    from simulation.figures.style import save, use_style

    data = Comparison.read(config, store)
    if data is None:
        return
    use_style()
    for name, draw in (
        ("cac_over_time", cac.draw),
        ("retention", retention.draw),
        ("customers", customers.draw),
        ("channels", channels.draw),
        ("flywheel", stages.draw),
    ):
        figure, text = draw(data)
        save(figure, folder / name, text)
