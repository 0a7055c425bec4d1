"""What a customer costs over a hundredfold of money, in markets of 2,000 to 1,000,000 accounts: ``python -m tools.budget``.

Draws docs/budget.png from ``flywheel study=sweep``, as everybody can repeat it: work is bought in hours, so no budget is a gate.
Run it after each change of the rules that moves it.
"""

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from simulation import compose, open_results
from simulation.cli import main as flywheel
from simulation.figures.style import band, colour, foot, label_ends, new_figure, plain_ticks
from simulation.metrics import METRICS
from simulation.runs.enough import what_is_drawn
from simulation.runs.paired import leader
from simulation.scenario.errors import BadInput
from simulation.scenario.units import Frozen, count
from tools.asked import read

FIGURE = Path(__file__).parents[1] / "docs" / "budget.png"
BUDGET, ACCOUNTS = "budget.usd_per_account_per_week", "market.accounts"
SIZES = (2_000, 10_000, 50_000, 200_000, 1_000_000)
TIMES = 10.0  # of the shipped budget, up and down
Costs = dict[int, dict[str, np.ndarray]]  # by accounts and motion: fully loaded CAC, shape (seeds, budgets)


class Asked(Frozen):
    """How fine the figure is."""

    budgets: count("budgets", 2, 100) = 9  # type: ignore[valid-type]
    rows: count("people simulated of each market", 1, min(SIZES)) = 2_000  # type: ignore[valid-type]
    seeds: count("seeds", 1, 1000) = 10  # type: ignore[valid-type]
    out: str = str(FIGURE)


def swept(asked: Asked) -> tuple[np.ndarray, Costs]:
    """Return the budgets in USD an account and week, and what a customer costs under each motion."""
    usd = compose().budget.usd_per_account_per_week
    budgets = [float(f"{usd * x:.3g}") for x in np.geomspace(1 / TIMES, TIMES, asked.budgets)]
    over = f"study.over={{{BUDGET}: {budgets}, {ACCOUNTS}: {list(SIZES)}}}"
    with tempfile.TemporaryDirectory() as folder:
        out = f"{folder}/sweep"
        if code := flywheel(["study=sweep", over, f"market.people={asked.rows}", f"seeds={asked.seeds}", f"out={out}"]):
            sys.exit(code)
        runs = open_results(out).runs
    found: Costs = {}
    for (accounts, motion), of in runs.groupby([ACCOUNTS, "motion"], sort=False):
        found.setdefault(int(accounts), {})[str(motion)] = of.pivot(
            index="seed", columns=BUDGET, values="cac_usd"
        ).to_numpy()
    return np.array(budgets), found


def draw(budgets: np.ndarray, found: Costs) -> Figure:
    """Return the figure: a panel a market, a line a motion."""
    seeds = len(next(iter(next(iter(found.values())).values())))
    figure, grid = new_figure(title(budgets, found), width=15, height=5.8, ncols=len(found), sharey=True, squeeze=False)
    drawn = []
    for axes, (accounts, costs) in zip(grid[0], found.items(), strict=True):
        axes.set_xscale("log")
        axes.set_yscale("log")
        ends = [
            (budgets[-1], float(band(axes, budgets, values, motion, k)[-1]), motion.upper(), colour(motion, k))
            for k, (motion, values) in enumerate(costs.items())
        ]
        axes.set(title=f"{accounts:,} accounts", xlim=(budgets[0], 3 * budgets[-1]))
        drawn.append((axes, ends))
    for axes, ends in drawn:  # when all is drawn: they share an axis
        plain_ticks(axes)
        label_ends(axes, ends)
    grid[0][0].set_ylabel(f"{METRICS['cac_usd'].called}, USD (log)")
    grid[0][len(found) // 2].set_xlabel("budget, USD per account and week (log)")
    foot(
        figure,
        f"{what_is_drawn('Line: median', seeds, 'seeds')} Reference company, 156 weeks; as many rows in every market.",
    )
    return figure


def title(budgets: np.ndarray, found: Costs) -> str:
    """Say by how much the cost moves at most from one budget to the next, and who is the cheapest beyond luck where."""
    step = f"{budgets[1] / budgets[0]:.1f} times the money"
    moves = {(m, n): float(_moves(values).max()) for n, costs in found.items() for m, values in costs.items()}
    if gates := [f"{m.upper()} in a market of {n:,} accounts" for (m, n), most in moves.items() if np.isinf(most)]:
        head = f"{step} decides whether anybody buys: {', '.join(gates)}"
    else:
        head = f"{step} moves what a customer costs by {max(moves.values()):.1f} times at most: no budget is a gate"
    ahead = [leader("cac_usd", {m: v[:, k] for m, v in costs.items()}) for costs in found.values() for k in range(budgets.size)]  # fmt: skip
    shares = {m: ahead.count(m) for m in next(iter(found.values())) if m in ahead}
    said = ", ".join(f"{m.upper()} at {n}" for m, n in sorted(shares.items(), key=lambda of: -of[1]))
    return f"{head}. Cheapest, of {len(ahead)} budgets and markets: {said or 'nobody beyond luck'}"


def _moves(values: np.ndarray) -> np.ndarray:
    """Return by how many times the median moves from a budget to the next, up or down, shape (budgets - 1,); infinite where it ends."""
    middle = np.median(np.where(np.isfinite(values), values, np.inf), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        up, down = middle[1:] / middle[:-1], middle[:-1] / middle[1:]
    return np.where(np.isnan(up), 1.0, np.maximum(up, down))


def main(arguments: Sequence[str]) -> int:
    """Draw the figure; 0 where it is done, 2 for input that cannot be used."""
    try:
        asked = read(arguments, Asked)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    figure = draw(*swept(asked))
    figure.savefig(asked.out, metadata={"Software": None})
    print(figure.get_suptitle().replace("\n", " "))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
