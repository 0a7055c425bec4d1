"""Figures with a row for each setting or lever: as large as a slide, letters that it can show, every name a word."""

from itertools import pairwise

import pytest

from simulation.figures import calibrate, optimise, sensitivity, style
from simulation.studies.calibrate import Learned
from simulation.studies.optimise import Best, Mix
from simulation.studies.sensitivity import WIDEST, Alone, Found, Index
from tests.figures.test_look import texts

NAME = "behaviour.engagement.liveliness_half_posters"
LEAST_PIXELS, SLIDE = 28, (1920, 1080)


def found(n: int, half: float) -> Found:
    alone = [Alone("cac_usd", NAME, "D", 0.002, 0.0145, 1.0, 0.5, 1.5 + k, 0.1, 0.1, 6) for k in range(n)]
    indices = [Index("cac_usd", NAME, 0.5 / (k + 1), half, 0.6 / (k + 1), half) for k in range(n)]
    return Found({"cac_usd": "fully loaded CAC of CLG over that of PLG"}, alone, [], indices, [], 3860)


def learned(n: int) -> list[Learned]:
    return [Learned(NAME, True, 0.5, 0.001, 0.002, 0.004, 0.002, 0.001, 0.003, "C") for _ in range(n)]


class Fitted:
    """What a calibration has learned, as far as the figure of beliefs reads it."""

    learned = learned(calibrate.MOST)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: sensitivity.tornado(found(WIDEST, 0.1), "cac_usd", compared=True),
        lambda: sensitivity.indices(found(8, 0.1), "cac_usd"),
        lambda: sensitivity.indices(found(8, 2.0), "cac_usd"),
        lambda: calibrate.beliefs(Fitted),
    ],
    ids=["tornado", "indices", "indices of few samples", "beliefs"],
)
def test_rows_fit_on_a_slide_whose_letters_can_be_read(drawn):
    figure, _ = drawn()
    figure.draw_without_rendering()
    pixels = min(of / inches for of, inches in zip(SLIDE, figure.get_size_inches(), strict=True))
    assert min(t.get_fontsize() for t in texts(figure)) / 72 * pixels >= LEAST_PIXELS * 0.999
    assert figure.get_suptitle().count("\n") <= 1
    boxes = sorted((t.get_window_extent().extents for t in figure.axes[0].get_yticklabels()), key=lambda box: box[1])
    assert all(below[3] <= above[1] for below, above in pairwise(boxes))


def test_more_rows_than_a_slide_holds_are_a_list_that_is_taller():
    many = style.slide_of_rows(style.MOST_ROWS + 1, 12, 0.5)
    assert many["height"] == pytest.approx(0.5 * (style.MOST_ROWS + 1) + style.AROUND)
    assert many["height"] > style.slide(12)["height"] == style.slide_of_rows(style.MOST_ROWS, 12, 0.5)["height"]


def test_bars_of_a_lever_stand_around_its_name_in_the_order_of_the_motions():
    shares = {"clg": {"content": 0.4, "events": 0.6}, "community_assisted_plg": {"content": 1.0}}
    bests = [
        Best(
            m,
            of,
            dict.fromkeys(of, (0.1, 0.9)),
            (9.0, 8.0, 10.0),
            (8.0, 7.0, 9.0),
            1.0,
            True,
            [],
            [],
            8,
            own_stays=False,
            sure=True,
        )
        for m, of in shares.items()
    ]
    figure, text = optimise.draw("cac_usd", bests, {m: [Mix(m, of, 9.0, 0.0, {})] for m, of in shares.items()})
    left, right = figure.axes
    assert [t.get_text() for t in left.get_xticklabels()] == ["CLG", "CA-PLG"]
    assert "CA-PLG: community assisted PLG." in text and "COMMUNITY_" not in text
    middles = [bar.get_y() + bar.get_height() / 2 for bar in right.patches]
    assert middles[0] > 0 > middles[1] and middles[0] == pytest.approx(-middles[1])  # content: two motions
    assert middles[2] == pytest.approx(-1)  # events: one
