"""The wheel with its reproduction number after a stop in the hub, and what further money wins by lever."""

from collections.abc import Iterator

from simulation.figures import flywheel
from simulation.figures.style import INK, Drawn, colour, foot, new_figure, slide
from simulation.figures.words import capital, in_full, motion_name
from simulation.scenario import currency
from simulation.studies.wheel import FURTHER, SURE, Found, Turned, hub, leading


def draw_all(session, found: Found) -> Iterator[tuple[str, Drawn]]:
    """Yield the wheel and the levers."""
    seeds = session.config.seeds
    if found.flows:
        hubs = {of.motion: hub(of) for of in found.turned}
        yield "flywheel", flywheel.draw(found.flows, f"{seeds} simulated markets", hubs)
    yield "further_money", further(found.turned, seeds)


def further(turned: list[Turned], seeds: int) -> Drawn:
    """Return the figure and its description: customers per further 1,000 USD, a bar a lever, a panel a motion."""
    said = title(turned)
    figure, grid = new_figure(said, **slide(4.6 * len(turned) + 1), ncols=len(turned), sharex=True, squeeze=False)
    for k, (axes, of) in enumerate(zip(grid[0], turned, strict=True)):
        order = sorted(of.further, key=lambda x: x.won)
        errors = [SURE * x.error for x in order]
        names = [x.lever.replace("_", " ") for x in order]
        axes.barh(
            names,
            [x.won for x in order],
            xerr=errors,
            color=colour(of.motion, k),
            ecolor=INK,
            capsize=4,
            height=0.6,
        )
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.set(title=motion_name(of.motion), xlabel="customers")
        axes.grid(visible=False)
    text = (
        f"{capital(currency.in_words(FURTHER))}, mean of {seeds} paired simulated markets; lines: two standard errors. Money for one lever, "
        f"the others paid as before.{in_full(of.motion for of in turned)}"
    )
    foot(figure, text)
    return figure, f"{said}. {text}"


def title(turned: list[Turned]) -> str:
    """Say which lever wins most for further money under each motion, of those that are told apart from nothing."""
    parts = (f"{motion_name(of.motion)} {leading(of) or 'no lever that can be told'}" for of in turned)
    return currency.in_words("1,000 USD more win most customers with: ") + ", ".join(parts)
