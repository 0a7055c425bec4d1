"""Who is in a community by what they do, and what membership has to do with staying: seen, and caused."""

from collections.abc import Iterator

import numpy as np

from simulation.figures.style import FAINT, INK, PALETTE, PAPER, Drawn, foot, new_figure, slide
from simulation.figures.words import in_full, motion_name
from simulation.people.audience import Level
from simulation.studies.members import CAUSED, EVER, LEVELS, LOOKS, ON_A_DAY, Members

TINTS = dict(zip(LEVELS, (f"flywheel:level {k}" for k in range(5)), strict=True))
MARKS = {EVER: (FAINT, "o"), ON_A_DAY: (PALETTE[0], "s"), CAUSED: (PALETTE[5], "D")}
LEAST_LABELLED = 4.0  # percent of the audience


def draw_all(session, found: list[Members]) -> Iterator[tuple[str, Drawn]]:
    """Yield the figure of all motions."""
    yield "members", draw(found, session.config.seeds)


def draw(found: list[Members], seeds: int) -> Drawn:
    """Return the figure and its description: the audience by level, a bar a motion; beside it points kept by how one looks."""
    said = title(found)
    figure, (left, right) = new_figure(said, **slide(13.0), ncols=2, gridspec_kw={"width_ratios": (1.15, 1)})
    at = np.arange(len(found))[::-1]
    names = [motion_name(one.motion) for one in found]
    _bars(left, found, at)
    left.set_yticks(at, [f"{name}\n{one.audience:,.0f}" for name, one in zip(names, found, strict=True)])
    left.set(xlim=(0, 100), xlabel="% of who reads or is a member", title="the audience, by what they do")
    for k, look in enumerate(LOOKS):
        tint, mark = MARKS[look]
        of = [one.stay[look] for one in found]
        values, low, high = (np.array([getattr(x, name) for x in of]) for name in ("value", "low", "high"))
        y = at + 0.22 * (1 - k)
        right.errorbar(values, y, xerr=(values - low, high - values), fmt=mark, color=tint, markersize=9, capsize=4, linewidth=2.2, label=look)  # fmt: skip
    right.axvline(0, color=INK, linewidth=0.8)
    right.set_yticks(at, ["" for _ in found])
    right.set_ylim(left.get_ylim())
    right.set(xlabel="points of the share kept a year, members less others", title="staying, by how one looks")
    right.legend(
        frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, handletextpad=0.3, columnspacing=1.0
    )
    left.legend(
        frameon=False, loc="upper center", bbox_to_anchor=(0.5, -0.13), ncols=3, handlelength=1.0, columnspacing=1.0
    )
    text = (
        f"Marks: {seeds} simulated markets together, bars: 90 % over them. Silent: no post in 12 weeks; champions: experts on whose word "
        f"somebody bought. Ever members: who joined at any time, so who stayed long enough to join; on a day: members of a day, followed from then; "
        f"caused: the same people invited at random and not.{in_full(one.motion for one in found)}"
    )
    foot(figure, text)
    return figure, f"{said}. {text}"


def _bars(axes, found: list[Members], at: np.ndarray) -> None:
    """Draw the levels of each audience beside each other, each with its share where there is room."""
    before = np.zeros(len(found))
    for level, name in LEVELS.items():
        share = np.array([one.levels[level].value for one in found])
        axes.barh(at, share, 0.62, left=before, color=TINTS[level], label=name)
        for y, x, width in zip(at, before, share, strict=True):
            if width >= LEAST_LABELLED:
                dark = level >= Level.CONTRIBUTOR
                axes.text(x + width / 2, y, f"{width:.0f}", ha="center", va="center", color=PAPER if dark else INK)
        before += np.nan_to_num(share)


def title(found: list[Members]) -> str:
    """Say of each motion who is silent, and what joining does to staying, as far as it is told apart from luck."""
    silent, kept = [], []
    for one in found:
        name, of = motion_name(one.motion), one.stay[CAUSED]
        silent.append(f"{name} {one.levels[Level.READER].value + one.levels[Level.SILENT].value:.0f} %")
        told = "not known" if not np.isfinite(of.value) else f"{of.value:+.1f} points"
        kept.append(f"{name} {'no effect beyond luck' if of.low <= 0 <= of.high else told}")
    return f"Of its audience {', '.join(silent)} are silent; kept a year because they joined: {', '.join(kept)}"
