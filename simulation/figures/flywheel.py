"""The flywheel as a wheel: four arcs as wide as the people who pass in a quarter, what comes in from outside, what leaks."""

import math
import textwrap
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.path import Path

from simulation.figures.style import INK, MUTED, PALETTE, RULE, SHADE, Drawn, use_style
from simulation.figures.words import in_full, motion_name, whole
from simulation.people.stages import Stage
from simulation.studies.flows import BOUGHT, CAME_IN, Flows

WIDTH, HEIGHT, A_ROW = 1920, 1080, 3  # pixels of a slide, wheels beside each other
TEXT, LARGE = 28, 42  # pixels of letters
POINTS = 0.72  # of a pixel, at 100 to the inch
MIDDLE, INSIDE, WIDEST, THINNEST = (
    620,
    118,
    92,
    3,
)  # pixels: a wheel's centre from the top, its inner radius, widths of arcs
MIDDLE_SAYS = "customers one customer brings in a mean life"
TINTS = {"Attraction": PALETTE[1], "Engagement": PALETTE[4], "Adoption": PALETTE[0], "Advocacy": PALETTE[2]}
PAID, UNPAID, LEAK = PALETTE[5], PALETTE[1], SHADE
GAP, TIP = 0.05, 0.13  # radians between arcs, and of an arc's tip
BEND, TOP, SIDE, HIGH, LOW, LINE = 20, 330, 305, 305, 245, 37  # pixels from the centre, or of a bend and a line of text
LOST = tuple((stage, Stage.LAPSED) for stage in (Stage.CUSTOMER, Stage.EXPERT))


class Wheel(NamedTuple):
    """What is drawn of a motion: people of the real market in a quarter of the last year, medians over simulated markets."""

    attracted: float
    paid: float
    unpaid: float
    came_in: float
    bought: float
    brought: float  # by users
    faded: float
    gave_up: float
    left: float
    of_others: float  # share of those who did not know the product
    per_customer: float  # people brought

    @classmethod
    def of(cls, flows: Flows) -> "Wheel":
        """Return the wheel of a motion's last year."""
        year = flows.last_year()
        paying = year.stood[:, :, [Stage.CUSTOMER, Stage.EXPERT]].sum(axis=2)
        values = (
            year.attracted, year.paid, year.unpaid, year.of(CAME_IN), year.of(BOUGHT), year.by_users,
            year.of((Stage.ATTRACTED, Stage.PROSPECT)), year.of((Stage.NEWCOMER, Stage.PROSPECT)), year.of(*LOST),
            year.rate((Stage.PROSPECT, Stage.ATTRACTED)), year.by_users / np.maximum(paying, 1),
        )  # fmt: skip
        return cls(*(float(np.nanmedian(v)) if np.isfinite(v).any() else math.nan for v in values))


def draw(flows: Mapping[str, Flows], cases: str, hubs: Mapping[str, str] | None = None) -> Drawn:
    """Return the figure and its description; ``hubs``: what stands in the middle of a motion's wheel, nothing where it is not known."""
    wheels = {motion: Wheel.of(of) for motion, of in flows.items()}
    use_style()
    rows = math.ceil(len(wheels) / A_ROW)
    figure = Figure(figsize=(WIDTH / 100, rows * HEIGHT / 100))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(rows * HEIGHT, 0))
    axes.axis("off")
    said = title(wheels)
    _write(axes, 40, 40, textwrap.fill(whole(said), 70, break_on_hyphens=False), LARGE, weight="bold", va="top")
    per_person = WIDEST / max(1.0, *(max(w.attracted, w.brought) for w in wheels.values()))
    step = WIDTH / min(A_ROW, len(wheels))
    for k, (motion, wheel) in enumerate(wheels.items()):
        x, y = (k % A_ROW + 0.5) * step, MIDDLE + k // A_ROW * HEIGHT
        _wheel(axes, x, y, wheel, per_person)
        _write(axes, x, y - TOP - 100, motion_name(motion), LARGE, weight="bold", ha="center")
        if hub := (hubs or {}).get(motion):
            _write(axes, x, y, hub, TEXT, ha="center", linespacing=1.4)
    note = (
        f"People in a quarter of the last year, median of {cases}; widths show how many. From above: whom the firm paid for, and who came "
        f"by themselves. Grey: who is lost.{f' In the middle: {MIDDLE_SAYS}.' if hubs else ''}{in_full(wheels)}"
    )
    _write(
        axes,
        40,
        rows * HEIGHT - 60,
        textwrap.fill(whole(note), 125, break_on_hyphens=False),
        TEXT,
        color=MUTED,
        linespacing=1.3,
    )
    return figure, f"{said}. {note} {' '.join(map(_described, wheels.items()))}"


def title(wheels: Mapping[str, Wheel]) -> str:
    """Say which share of those who hear of the product users bring."""
    shares = {m: w.brought / w.attracted if w.attracted else 0.0 for m, w in wheels.items()}
    order = sorted(shares, key=shares.__getitem__, reverse=True)
    return "Of the people who hear of it users bring " + ", ".join(
        f"{100 * shares[m]:.0f} % under {motion_name(m)}" for m in order
    )


def _described(of: tuple[str, Wheel]) -> str:
    motion, w = of
    return (
        f"{motion_name(motion)}: {_count(w.attracted)} hear of it ({_count(w.brought)} by users, {_count(w.paid)} paid, {_count(w.unpaid)} by themselves), "
        f"{_count(w.came_in)} come in, {_count(w.bought)} buy; {_count(w.faded)} lose interest, {_count(w.gave_up)} give up, {_count(w.left)} leave."
    )


def _wheel(axes: Any, x: float, y: float, w: Wheel, per_person: float) -> None:
    """Draw the arcs of one wheel clockwise from the top, ribbons in and out, and what they are."""
    axes.add_patch(Circle((x, y), INSIDE - 6, fill=False, edgecolor=RULE, linewidth=2))
    wide = [max(THINNEST, n * per_person) for n in (w.attracted, w.came_in, w.bought, w.brought)]
    lost = [
        min(n * per_person, of - THINNEST / 2) for n, of in zip((w.faded, w.gave_up, w.left, 0.0), wide, strict=True)
    ]
    for k, tint in enumerate(TINTS.values()):
        start = k * math.pi / 2
        _arc(axes, x, y, start, wide[k], lost[k], tint)
        _out(axes, x, y, start + math.pi / 2 - TIP, INSIDE + wide[k], lost[k])
    for tint, below, n in ((UNPAID, w.brought, w.unpaid), (PAID, w.brought + w.unpaid, w.paid)):
        _in(axes, x, y, wide[0] - (below + n) * per_person, n * per_person, INSIDE + wide[0], tint)
    _labels(axes, x, y, w, lost[0])


def _at(x: float, y: float, angle: float, radius: float) -> tuple[float, float]:
    """Return the point at a clock's angle from the top, in radians clockwise."""
    return x + radius * math.sin(angle), y - radius * math.cos(angle)


def _filled(axes: Any, points: list[tuple[float, float]], tint: str, order: int) -> None:
    axes.add_patch(PathPatch(Path([*points, points[0]], closed=True), facecolor=tint, linewidth=0, zorder=order))


def _arc(axes: Any, x: float, y: float, start: float, wide: float, lost: float, tint: str) -> None:
    """Draw a quarter of a ring; what is not lost at its end goes on in a tip."""
    end = start + math.pi / 2
    angles = np.linspace(start + GAP, end - TIP, 60)
    outer, inner = ([_at(x, y, a, radius) for a in angles] for radius in (INSIDE + wide, INSIDE))
    goes_on = [_at(x, y, end - TIP, INSIDE + wide - lost), _at(x, y, end - GAP / 2, INSIDE + (wide - lost) / 2)]
    _filled(axes, [*outer, *goes_on, *inner[::-1]], tint, 3)


def _bend(centre: tuple[float, float], toward: float, near: float, wide: float) -> list[tuple[float, float]]:
    """Return a quarter of a ring round ``centre`` that begins on the side of the wheel and turns outward, clockwise."""
    angles = np.linspace(0, math.pi / 2, 30)
    inner, outer = ([_at(*centre, toward + math.pi - a, radius) for a in angles] for radius in (near, near + wide))
    return [*outer, *inner[::-1]]


def _out(axes: Any, x: float, y: float, angle: float, edge: float, wide: float) -> None:
    """Draw who leaves the wheel: the outer part of an arc bends away."""
    if wide > 0:
        _filled(axes, _bend(_at(x, y, angle, edge + BEND), angle, BEND, wide), LEAK, 2)


def _in(axes: Any, x: float, y: float, above: float, wide: float, edge: float, tint: str) -> None:
    """Draw who comes from outside: a ribbon from above that bends into the outer part of the first arc."""
    if wide > 0:
        centre = (x + 2 * BEND, y - edge - BEND)
        ring = [_at(*centre, a, BEND + above) for a in np.linspace(-math.pi / 2, -math.pi, 30)]
        other = [_at(*centre, a, BEND + above + wide) for a in np.linspace(-math.pi, -math.pi / 2, 30)]
        up = [(px, y - TOP) for px in (other[-1][0], ring[0][0])]
        _filled(axes, [*ring, *other, *up], tint, 2)


def _labels(axes: Any, x: float, y: float, w: Wheel, lost: float) -> None:
    """Write the arcs in the corners, what comes in above, what leaks beside its ribbon."""
    attraction, engagement, adoption, advocacy = TINTS
    shares = (w.came_in / w.attracted if w.attracted else math.nan, w.bought / w.came_in if w.came_in else math.nan)
    corners = (
        (1, -1, attraction, f"{_count(w.attracted)} hear of it", f"{_percent(w.of_others)} of others"),
        (1, 1, engagement, f"{_count(w.came_in)} come in", f"{_percent(shares[0])} of these"),
        (-1, 1, adoption, f"{_count(w.bought)} buy", f"{_percent(shares[1])} of these"),
        (-1, -1, advocacy, f"{_count(w.brought)} brought", f"{w.per_customer:.2f} a customer"),
    )
    for right, below, name, *lines in corners:
        side, top = x + right * SIDE, y + (LOW if below == 1 else -HIGH)
        align = "right" if right == 1 else "left"
        _write(axes, side, top, name, TEXT, ha=align, weight="bold", color=_inked(TINTS[name]))
        for k, text in enumerate(lines, 1):
            _write(axes, side, top + k * LINE, text, TEXT, ha=align)
    _write(axes, x - 12, y - TOP - 30, f"{_count(w.paid)} paid", TEXT, ha="right", color=_inked(PAID))
    _write(axes, x + 12, y - TOP - 30, f"{_count(w.unpaid)} unpaid", TEXT, color=_inked(UNPAID))
    leaks = (
        (x + SIDE, y + BEND + lost + LINE, "right", w.faded, "drop out"),
        (x, y + LOW, "center", w.gave_up, "give up"),
        (x - SIDE, y + LINE, "left", w.left, "leave"),
    )
    for at, top, align, people, what in leaks:
        _write(axes, at, top, f"{_count(people)}", TEXT, ha=align, color=MUTED)
        _write(axes, at, top + LINE, what, TEXT, ha=align, color=MUTED)


def _inked(tint: str) -> tuple[float, ...]:
    """Return a tint with so much ink that letters in it are read."""
    return tuple(0.7 * part + 0.3 * ink for part, ink in zip(to_rgb(tint), to_rgb(INK), strict=True))


def _count(people: float) -> str:
    return f"{people:,.0f}" if people < 999_999.5 else f"{people / 1e6:,.1f} M"


def _percent(share: float) -> str:
    return "-" if not math.isfinite(share) else f"{100 * share:.0f} %" if share >= 0.1 else f"{100 * share:.1f} %"


def _write(axes: Any, x: float, y: float, text: str, pixels: float, **more: Any) -> None:
    axes.text(x, y, text, fontsize=pixels * POINTS, **{"va": "center", "color": INK, **more})
