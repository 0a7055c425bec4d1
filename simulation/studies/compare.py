"""Study ``compare``: the same market, people, luck and money under several motions; paired by seed.

With a posterior seed k meets world k of the sample, the same one under every motion.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from simulation.metrics import METRICS
from simulation.runs.design import sample
from simulation.runs.output import say
from simulation.runs.paired import differences, rows_of, summarise
from simulation.runs.session import Runs, Session
from simulation.scenario.settings import motion_called
from simulation.scenario.study import Compare, Until
from simulation.studies.comparison import Comparison
from simulation.studies.elsewhere import corner
from simulation.studies.screen import show

FIRST_SEEDS, MORE_SEEDS = 10, 5  # how often an interval is looked at when a study stops early
CONFIDENCE = 0.90
WHEEL = "Who moves on in the wheel of each motion, by quarter, and what one turn gains: data/flywheel.csv and data/gains.csv of the results."


def answer(session: Session, study: Compare) -> Runs:
    """Run the comparison; write and print its tables; return its runs."""
    from simulation.studies import base, bridge, company, hiring, next_money, profit_and_loss, unit_economics
    from simulation.studies.flow_table import keep
    from simulation.studies.flows import read
    from simulation.studies.verdict import drawn, table, verdict

    if study.until:
        session.check_metrics("study.until.metric", study.until.metric)
    run = _runner(session, study)
    runs = _until(session, study, study.until, run) if study.until else run(session.config.seeds)
    found = {motion: values[0] for motion, values in runs.values.items()}
    summary, gaps = summarise(found), differences(found)
    session.store.csv("summary.csv", rows_of(summary))
    session.store.csv("differences.csv", rows_of(gaps))
    if study.posterior:
        say(session.console, f"world k of {study.posterior} has seed k, under every motion")
    config = session.config
    profile = company.table(
        company.profile(
            {m: runs.values[m][0] for m in session.worlds},
            config.calendar,
            config.weeks,
            past=bool(session.twins),
            said=company.said_by(config),
        )
    )
    show(session.console, profile)
    futures = next_money.Futures.read(session, runs) if session.twins and "weeks" in study.keep else None
    data = Comparison.read(session, runs, ("weeks", "lives"))
    session.store.csv("arr_bridge.csv", bridge.rows(data))
    session.store.csv("profit_and_loss.csv", profit_and_loss.rows(data, session.worlds))
    session.store.csv("hiring_plan.csv", hiring.rows(data, session.worlds))
    if data.weekly and data.lives:
        session.store.csv("unit_economics.csv", unit_economics.rows(data, session.worlds))
    said = verdict(data, runs.missing, study.goal, next_money.sentences(futures) if futures else ())
    session.verdict(said.sentences, drawn(said))
    show(session.console, table(said))
    if futures:
        session.store.csv("next_money.csv", rows_of(next_money.next_money(futures)))
        show(session.console, next_money.table(futures, runs))
    if futures and data.base:
        stay = base.read(data.base, session.config.weeks)
        session.store.csv("base_retention.csv", list(base.rows(stay)))
        say(session.console, base.sentence(stay))
    flows = read(session, runs)
    keep(session, flows)
    if not study.posterior:
        say(session.console, corner(session))
    if flows:
        say(session.console, WHEEL)
    return runs


def _runner(session: Session, study: Compare) -> Callable[[int], Runs]:
    """Return what runs the first ``n`` seeds, or worlds of a posterior, under every motion."""
    motions = [*session.worlds, *session.twins]
    if not study.posterior:
        return lambda n: session.run([{}], motions=motions, seeds=range(1, n + 1), first=0, keep=study.keep)
    _, worlds = sample(Path(study.posterior), session.config.seeds, "seeds")
    return lambda n: session.run(
        worlds[:n], motions=motions, luck=[[k] for k in range(1, n + 1)], first=0, keep=study.keep
    ).as_one()


def half_width(values: np.ndarray) -> float:
    """Return the half-width of the 90 % interval of the mean (Student's t), as a share of the mean; shape (seeds,).

    Looking several times and stopping at the first narrow interval makes it cover a little less than 90 %.
    """
    from scipy.stats import t

    known = values[np.isfinite(values)]
    if known.size < 2 or known.mean() == 0:
        return np.inf
    error = known.std(ddof=1) / np.sqrt(known.size)
    return float(t.ppf(0.5 + CONFIDENCE / 2, known.size - 1) * error / abs(known.mean()))


def _until(session: Session, study: Compare, until: Until, run: Callable[[int], Runs]) -> Runs:
    most = session.config.seeds
    n = min(FIRST_SEEDS, most)
    while True:
        runs = run(n)
        widths = {m: half_width(runs.metric(m, until.metric)[0]) for m in runs.values}
        widest = max(widths, key=widths.__getitem__)
        if widths[widest] <= until.half_width or n == most:
            break
        n = min(n + MORE_SEEDS, most)
    reached = "reached" if widths[widest] <= until.half_width else f"not reached: more {study.cases} are needed"
    say(
        session.console,
        f"{METRICS[until.metric].called}: 90 % interval of the mean within {100 * until.half_width:g} % {reached} with {n} {study.cases} "
        f"(widest: {motion_called(widest)}, {100 * widths[widest]:.1f} %)",
    )
    return runs
