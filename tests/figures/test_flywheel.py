"""The wheel as a picture: on a slide, every text legible and apart, arcs as wide as people are many."""

import itertools

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from simulation.figures import flywheel
from simulation.figures.flywheel import INSIDE, THINNEST, WIDEST, Wheel

CLG = Wheel(1583, 580, 54, 600, 208, 929, 979, 385, 63, 0.08, 0.81)
PLG = Wheel(3160, 2316, 74, 1976, 379, 754, 1179, 1604, 169, 0.16, 0.35)
SLG = Wheel(414, 262, 56, 126, 25, 87, 281, 96, 10, 0.021, 0.47)
MANY = Wheel(*(150 * n for n in PLG[:9]), 0.16, 12.35)
NOBODY = Wheel(*[0.0] * 9, np.nan, 0.0)


def drawn(monkeypatch, hubs=None, **wheels):
    """Return the figure of these wheels and its description."""
    monkeypatch.setattr(Wheel, "of", staticmethod(lambda wheel: wheel))
    return flywheel.draw(wheels, "20 simulated markets", hubs)


@pytest.mark.parametrize(
    "wheels",
    [
        {"clg": CLG, "plg": PLG, "slg": SLG},
        {"clg": CLG, "plg": MANY, "slg": NOBODY},
        {"clg": CLG, "plg": PLG, "slg": SLG, "community_assisted_plg": PLG},
        {"slg": NOBODY},
    ],
)
def test_texts_are_legible_on_a_slide_and_touch_no_other(monkeypatch, wheels):
    figure, _ = drawn(monkeypatch, dict.fromkeys(wheels, "0.62\nafter a stop"), **wheels)
    rows = 1 if len(wheels) <= 3 else 2
    assert tuple(100 * figure.get_size_inches()) == (1920, 1080 * rows)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = figure.axes[0].texts
    assert min(text.get_fontsize() for text in texts) >= 28 * 0.72
    boxes = {text.get_text(): text.get_window_extent(canvas.get_renderer()) for text in texts}
    for name, box in boxes.items():
        assert box.x0 >= 0 and box.x1 <= 1920 and box.y0 >= 0 and box.y1 <= 1080 * rows, name
    for a, b in itertools.combinations([text.get_window_extent(canvas.get_renderer()) for text in texts], 2):
        assert not a.overlaps(b)


def arcs(figure, tint):
    """Return the widths of the arcs of a colour, pixels, one a wheel."""
    step, found = 640, []
    for patch in figure.axes[0].patches:
        if patch.get_zorder() == 3 and flywheel.to_rgb(patch.get_facecolor()) == flywheel.to_rgb(tint):
            points = patch.get_path().vertices
            centre = np.array([(points[:, 0].mean() // step + 0.5) * step, flywheel.MIDDLE])
            found.append(np.hypot(*(points - centre).T).max() - INSIDE)
    return found


def test_arcs_are_as_wide_as_people_are_many_on_one_scale(monkeypatch):
    figure, text = drawn(monkeypatch, clg=CLG, plg=PLG, slg=SLG)
    for name, people in zip(
        flywheel.TINTS, zip(*((w.attracted, w.came_in, w.bought, w.brought) for w in (CLG, PLG, SLG)), strict=True), strict=True
    ):  # fmt: skip
        aims = [max(THINNEST, WIDEST * n / PLG.attracted) for n in people]
        assert arcs(figure, flywheel.TINTS[name]) == pytest.approx(aims)
    assert text.startswith("Of the people who hear of it users bring 59 % under CLG, 24 % under PLG, 21 % under SLG. ")
    assert "CLG: 1,583 hear of it (929 by users, 580 paid, 54 by themselves), 600 come in, 208 buy; " in text


def test_the_hub_is_empty_where_no_number_is_known(monkeypatch):
    """The two figures differ by the text in the middle of the wheel that has a number, and by what is said of it."""
    bare, with_one = (drawn(monkeypatch, hubs, clg=CLG, plg=PLG, slg=SLG)[0] for hubs in (None, {"plg": "0.62"}))
    (*plain, foot), (*told, explained) = (
        sorted((text.get_text() for text in figure.axes[0].texts), key=len) for figure in (bare, with_one)
    )
    assert sorted(told) == sorted([*plain, "0.62"])
    assert explained == f"{foot} In the middle: {flywheel.MIDDLE_SAYS}."
