"""The figures of a comparison."""

from collections.abc import Iterator

from simulation.figures import cac, channels, customers, flywheel, path, retention, rivals, waterfall
from simulation.figures.style import Drawn
from simulation.studies.comparison import Comparison
from simulation.studies.flows import read
from simulation.studies.next_money import Futures


def draw_all(session, runs) -> Iterator[tuple[str, Drawn]]:
    """Yield name, figure and description: CAC over time, retention, customers, channels, the ARR bridge, the flywheel."""
    if not {"weeks", "lives"} <= set(session.config.study.keep):
        return
    data = Comparison.read(session, runs, ("weeks", "lives"))
    if all(of["customer"].size for of in data.weekly.values()):
        yield "cac_over_time", cac.draw(data)
        yield "retention", retention.draw(data)
        yield "customers", customers.draw(data)
        yield "channels", channels.draw(data)
        yield "arr_bridge", waterfall.draw(data)
        if session.config.rivals:
            yield "rivals", rivals.draw(data, list(session.config.rivals))
        if session.twins:
            yield "path", path.draw(Futures.read(session, runs))
        if flows := read(session, runs):
            yield "flywheel", flywheel.draw(flows, data.cases)
