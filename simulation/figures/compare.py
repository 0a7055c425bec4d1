"""The figures of a comparison."""

from collections.abc import Iterator

from simulation.figures import cac, channels, customers, retention, stages
from simulation.figures.style import Drawn
from simulation.studies.comparison import Comparison


def draw_all(session, runs) -> Iterator[tuple[str, Drawn]]:
    """Yield name, figure and description: CAC over time, retention, customers, channels, the flywheel."""
    if not {"weeks", "lives"} <= set(session.config.study.keep):
        return
    data = Comparison.read(session, runs, ("weeks", "lives"))
    if all(of["customer"].size for of in data.weekly.values()):
        yield "cac_over_time", cac.draw(data)
        yield "retention", retention.draw(data)
        yield "customers", customers.draw(data)
        yield "channels", channels.draw(data)
        yield "flywheel", stages.draw(data)
