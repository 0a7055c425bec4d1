"""The figure of shares of the market."""

import numpy as np

from simulation.figures import rivals
from simulation.metrics import METRICS
from simulation.studies.comparison import NEEDED, Comparison


def data(ours, theirs, others):
    """Return a comparison of two motions over 104 weeks, 10 seeds, in which so many use us and each rival."""
    weekly = {}
    for motion, mine in ours.items():
        weekly[motion] = {name: np.zeros((10, 104)) for name in NEEDED}
        weekly[motion]["customer"] += mine
        weekly[motion]["rival_1_users"] += theirs
        weekly[motion]["rival_2_users"] += others
    metrics = {motion: np.ones((10, len(METRICS))) for motion in ours}
    return Comparison(weekly, {}, metrics, 104, 10, "seeds", 1.0)


def test_its_title_and_lines_are_shares_of_all_who_use_anything():
    figure, text = rivals.draw(data({"clg": 60.0, "plg": 20.0}, 30.0, 10.0), ["cheaper", "better_but_empty"])
    assert text.startswith(
        "Beside cheaper and better but empty we have 60 % under CLG, 33 % under PLG of the users after 104 weeks. "
    )
    clg, plg = figure.axes
    assert [line.get_ydata()[-1] for line in clg.lines] == [60.0, 30.0, 10.0]
    assert [round(line.get_ydata()[-1]) for line in plg.lines] == [33, 50, 17]
    assert figure.get_size_inches().tolist() == [12.8, 7.2]  # a slide


def test_nobody_s_market_has_no_share():
    assert all(np.isnan(of).all() for of in rivals.of_market(data({"clg": 0.0}, 0.0, 0.0).weekly["clg"], 2))
