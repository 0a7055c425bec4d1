"""Study ``uncertainty``: comparisons over what is unknown about parameters (their priors) and over seeds."""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import combinations
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from rich.table import Table

from simulation.calendar import MONTH_WEEKS
from simulation.metrics import METRICS
from simulation.metrics.cac import GO_TO_MARKET
from simulation.metrics.metric import Kind
from simulation.metrics.sums import trailing
from simulation.runs.design import sample, unit_points
from simulation.runs.enough import LEAST_MARKETS, Limits, limits
from simulation.runs.output import say
from simulation.runs.paired import failures, median_first, quantiles, ran, rows_of, since, summarise, versus
from simulation.runs.session import Runs, Session
from simulation.scenario.priors import Prior, choose, settings_at
from simulation.scenario.settings import motion_called, setting_name
from simulation.scenario.study import Uncertainty
from simulation.studies.elsewhere import Elsewhere, elsewhere
from simulation.studies.elsewhere import sentences as set_sentences
from simulation.studies.firm import as_known
from simulation.studies.goals import NEW_DOLLAR
from simulation.studies.screen import show
from simulation.studies.survives import Share
from simulation.studies.survives import sentences as survives
from simulation.studies.tables import shown, with_interval
from simulation.studies.verdict import MOST, untried

WINDOW_WEEKS = 26  # CAC over time is that of the trailing half-year
CLG = "clg"  # the motion whose cost has no published figure
LEAST_KNOWN = (
    "market.segments.*.search_demand_per_week",
    "market.topics",
    "behaviour.reading.look_again_per_week",
)


class Comparison(NamedTuple):
    """How two motions compare on a metric over plausible worlds.

    ``share`` is the mean over worlds of the share of seeds in which the first is better, with a 90 % interval over worlds;
    not defined counts as worst. Pairs of runs in which neither has the metric count for none: ``neither`` is their share,
    ``one_only`` that of pairs in which just one has it, ``worlds`` the number of worlds that count. ``gap`` is the first less the
    second, median and 90 % of the ``pairs`` that have both; ``ratio`` the first over the second in the same pairs, NaN for a
    metric that may change sign, and where one of them is not above zero.
    """

    metric: str
    first: str
    second: str
    worlds: int
    share: float
    share_low: float
    share_high: float
    pairs: int
    gap: float
    gap_low: float
    gap_high: float
    ratio: float
    ratio_low: float
    ratio_high: float
    one_only: float
    neither: float


class Crossing(NamedTuple):
    """From which month on the first motion's CAC (fully loaded, trailing half-year) stays below the second's, where it does.

    ``share`` as in :class:`Comparison`, of worlds in which at the end at least one has won a customer in half a year.
    """

    first: str
    second: str
    worlds: int
    share: float
    share_low: float
    share_high: float
    month: float
    month_low: float
    month_high: float


class Third(NamedTuple):
    """CLG's CAC (fully loaded, whole run) where a number that nobody has measured is in a third of its draws: median and 90 % of worlds.

    ``lower_than`` says by rival in which share of pairs CLG's CAC is the lower one, not defined counting as worst;
    ``sold`` in which share of runs CLG has a CAC at all.
    """

    number: str
    third: str
    low: float
    high: float
    worlds: int
    cac_usd: float
    cac_usd_low: float
    cac_usd_high: float
    sold: float
    lower_than: dict[str, float]


class Found(NamedTuple):
    """What a study of uncertainty has found, for its tables and figures."""

    runs: Runs
    drawn: dict[str, np.ndarray]  # what was drawn, by name, shape (worlds,)
    worlds: list[Comparison]
    crossings: list[Crossing]
    thirds: list[Third]
    limits: Limits  # who may be compared
    over_set: Sequence[Elsewhere] = ()  # none of a posterior: it is about one firm


def answer(session: Session, study: Uncertainty) -> Found:
    """Draw worlds from the priors, run every motion in each, report shares of worlds."""
    session.check_metrics("study.metrics", *study.metrics, won=True)
    base = next(iter(session.worlds.values()))
    drawn, points = (
        sample(Path(study.posterior), study.draws, "study.draws")
        if study.posterior
        else drawn_from(choose(base, []), study.draws)
    )
    carried: list[str | None] = [None] * len(points)
    if again := as_known(session, points, "are left out"):
        points = [point for point, met in zip(again.points, again.met, strict=True) if met]
        carried = [source for source, met in zip(again.carried_by, again.met, strict=True) if met]
        drawn = {name: values[again.met] for name, values in _moved(drawn, again.points).items()}
    runs = session.run(points, keep=study.keep)
    pairs = list(combinations(runs.values, 2))
    worlds = [compared(runs, metric, *pair) for metric in study.metrics for pair in pairs]
    paths = {motion: trailing_cac(session, runs, motion) for motion in runs.values}
    crossings = [crossing(paths, ran(runs.values), *pair) for pair in pairs]
    won = {m: quantiles(runs.metric(m, "new_customers").ravel())[1] for m in runs.values}
    comparable = limits(len(points), won, "plausible worlds")
    over_set = () if study.posterior else elsewhere(session, study.metrics, comparable.inside)
    found = Found(runs, drawn, worlds, crossings, thirds(runs, drawn), comparable, over_set)
    session.store.csv("uncertainty.csv", rows_of(worlds))
    session.store.csv("crossings.csv", rows_of(crossings))
    session.store.csv("least_known.csv", [_third_row(third) for third in found.thirds])
    pooled = {m: values[0] for m, values in runs.as_one().values.items()}
    session.store.csv("summary.csv", rows_of(summarise(pooled)))
    by = [{"carried_by": source} if source else {} for source in carried]
    session.store.csv(
        "draws.csv", [{"point": i, **by[i], **{k: float(v[i]) for k, v in drawn.items()}} for i in range(len(points))]
    )
    broad, by_each = _for_the_board(found, session.config.weeks), by_source(found, carried)
    new = [f"{untried(session.config.untried)}."] if session.config.untried else []
    room = max(MOST - len(by_each) - len(new), 0)
    board = [*([*broad[:room], *by_each] or [found.limits.sentence]), *new]
    session.verdict(board)
    show(session.console, _table(found))
    if found.thirds:
        show(session.console, _thirds_table(found))
    for sentence in (*broad[room:], *sentences(found)):
        if sentence not in board:
            say(session.console, sentence)
    return found


def _for_the_board(found: Found, weeks: int) -> list[str]:
    """Say what survives, of motions that won enough customers to be compared."""
    inside, there = set(found.limits.inside), ran(found.runs.values)
    shares_ = [
        Share(w.metric, w.first, w.second, w.share, w.share_low, w.share_high)
        for w in found.worlds
        if {w.first, w.second} <= inside
    ]
    cash = {m: np.where(there, found.runs.metric(m, "cash_usd"), np.nan) for m in found.runs.values if m in inside}
    return [*survives(shares_, cash, weeks), *set_sentences(found.over_set)]


def by_source(found: Found, carried: Sequence[str | None]) -> list[str]:
    """Say what a new yearly dollar costs, a sentence for each source that may have brought the firm its customers, as it does not know which did."""
    sources = list(dict.fromkeys(source for source in carried if source))
    pairs = list(combinations([m for m in found.runs.values if m in found.limits.inside], 2))
    if len(sources) < 2 or not pairs:
        return []
    said = []
    for source in sources:
        here = [k for k, other in enumerate(carried) if other == source]
        parts = []
        for first, second in pairs:
            n, share, *_ = shares(
                versus(NEW_DOLLAR, *(found.runs.metric(m, NEW_DOLLAR)[here] for m in (first, second)))
            )
            of = f"{100 * share:.0f} % of {n} world{'s' * (n > 1)}" if n else "no world"
            parts.append(f"{motion_called(first)} less than {motion_called(second)} in {of}")
        said.append(f"if {source.replace('_', ' ')} did, a new yearly dollar costs {', '.join(parts)}.")
    return [f"What brought its new customers the firm does not say: {said[0]}", *(f"I{text[1:]}" for text in said[1:])]


def _third_row(third: Third) -> dict[str, Any]:
    row = third._asdict()
    return row | {f"lower_than_{motion}": share for motion, share in row.pop("lower_than").items()}


def _moved(drawn: dict[str, np.ndarray], points: list[dict[str, Any]]) -> dict[str, np.ndarray]:
    """Return what was drawn as it stands in points that were solved again; what follows from knowns at once is no longer drawn."""
    at = {name: next((path for path in points[0] if fnmatchcase(path, name)), None) for name in drawn}
    return {name: np.array([point[path] for point in points]) for name, path in at.items() if path}


def drawn_from(known: list[Prior], n: int) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    """Return ``n`` draws of each prior, by name, and the settings by path of each draw."""
    from scipy.stats import qmc

    unit = unit_points(qmc.LatinHypercube, len(known), n)
    drawn = {prior.name: prior.quantile(unit[:, k]) for k, prior in enumerate(known)}
    return drawn, settings_at(known, unit)


def compared(runs: Runs, metric: str, first: str, second: str) -> Comparison:
    """Return how two motions compare; seeds in which a run failed count for none."""
    there = ran(runs.values)
    a, b = (np.where(there, runs.metric(motion, metric), np.nan) for motion in (first, second))
    known = np.isfinite(a) & np.isfinite(b)
    one = np.isfinite(a) ^ np.isfinite(b)
    above = METRICS[metric].log and (np.minimum(a, b)[known] > 0).all()
    gap, ratio = (median_first(of) for of in ((a - b)[known], (a[known] / b[known]) if above else np.empty(0)))
    n = int(there.sum()) or np.nan
    missing = (float(one.sum() / n), float((there & ~known & ~one).sum() / n))
    return Comparison(metric, first, second, *shares(versus(metric, a, b)), int(known.sum()), *gap, *ratio, *missing)


def shares(found: np.ndarray) -> tuple[int, float, float, float]:
    """Return how many worlds count, the mean share in which the first is better, and its 90 % Wilson interval if they are enough.

    ``found`` as :func:`~simulation.runs.paired.versus` returns it, shape (worlds, seeds).
    """
    by_world = np.array([(row[np.isfinite(row)] > 0).mean() for row in found if np.isfinite(row).any()])
    if not by_world.size:
        return 0, np.nan, np.nan, np.nan
    share = float(by_world.mean())
    enough = by_world.size >= LEAST_MARKETS
    return by_world.size, share, *(_wilson(share, by_world.size) if enough else (np.nan, np.nan))


def _wilson(share: float, n: int) -> tuple[float, float]:
    """Return the 90 % interval of a share of n worlds (Wilson 1927); worlds may count in part, as SciPy's cannot."""
    from scipy.stats import norm

    z = norm.ppf(0.95)
    middle = (share + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n)
    return float(max(0.0, middle - half)), float(min(1.0, middle + half))


def trailing_cac(session: Session, runs: Runs, motion: str) -> np.ndarray:
    """Return fully loaded CAC of the trailing half-year, USD, shape (worlds, seeds, weeks); NaN where nobody bought in it."""
    from simulation.people.stages import Channel

    names = [f"adopted_{c.name.lower()}" for c in Channel]
    series = session.weeks_of_points(runs, motion, [*names, *GO_TO_MARKET], session.config.weeks)
    won = trailing(session.weight * np.sum([series[name] for name in names], axis=0), WINDOW_WEEKS)
    cost = trailing(np.sum([series[name] for name in GO_TO_MARKET], axis=0) / 100, WINDOW_WEEKS)
    return np.divide(cost, won, out=np.full(won.shape, np.nan), where=won > 0)


def crossing(paths: dict[str, np.ndarray], there: np.ndarray, first: str, second: str) -> Crossing:
    """Return from when on the first's CAC stays below the second's; ``there`` says which pairs have run."""
    found = np.where(there[..., None], versus("cac_usd", paths[first], paths[second]), np.nan)
    at_end = found[..., -1]
    low, mid, high = quantiles(since(found) / MONTH_WEEKS)
    return Crossing(first, second, *shares(at_end), mid, low, high)


def least_known(drawn: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the draws of each of the least known numbers that was drawn, whatever segment a posterior names it by."""
    found = {}
    for name in LEAST_KNOWN:
        last = name.rpartition(".")[2]
        if column := next((c for c in drawn if c.rpartition(".")[2] == last), None):
            found[last] = drawn[column]
    return found


def thirds(runs: Runs, drawn: dict[str, np.ndarray]) -> list[Third]:
    """Return CLG's CAC by thirds of the least known numbers; none where CLG is not compared."""
    if CLG not in runs.values:
        return []
    there = ran(runs.values)
    cac = {m: np.where(there, runs.metric(m, "cac_usd"), np.nan) for m in runs.values}
    rows = []
    for name, x in least_known(drawn).items():
        for third, part in zip(
            ("lowest", "middle", "highest"), np.array_split(np.argsort(x, kind="stable"), 3), strict=True
        ):
            low, mid, high = quantiles(np.array([quantiles(worlds)[1] for worlds in cac[CLG][part]]))
            lower = {m: shares(versus("cac_usd", cac[CLG][part], cac[m][part]))[1] for m in runs.values if m != CLG}
            sold = np.isfinite(cac[CLG][part]).sum() / max(there[part].sum(), 1)
            ends = (float(x[part].min()), float(x[part].max()))
            rows.append(Third(name, third, *ends, part.size, mid, low, high, float(sold), lower))
    return rows


def sentences(found: Found) -> list[str]:
    """Say for a reader in how many plausible worlds who costs less, and from when on."""
    said = []
    n = len(found.runs.points)
    if found.limits.sentence:
        said.append(found.limits.sentence)
    for world in found.worlds:
        if world.metric != "cac_usd" or not {world.first, world.second} <= set(found.limits.inside):
            continue
        first, second = motion_called(world.first), motion_called(world.second)
        text = f"{first} has the lower fully loaded CAC than {second} over the whole run in {_share(world)} of {world.worlds} plausible worlds"
        if world.worlds < n:
            text += f", {n - world.worlds} left out: neither won a customer there"
        if world.one_only > 0:
            text += f"; in {_percent(world.one_only)} of pairs of runs only one won any, which counts as the lower CAC"
        crossing = next(c for c in found.crossings if (c.first, c.second) == (world.first, world.second))
        if crossing.share > 0:
            text += f"; in the last half-year of the run in {_share(crossing)}, there from month " + with_interval(
                f"{crossing.month:.0f} on", crossing.month_low, crossing.month_high, "{:.0f}".format
            )
        said.append(text)
    if CLG in found.runs.values:
        known = least_known(found.drawn)
        said += [
            f"{setting_name(name)} is not among what was drawn: CLG's CAC against it cannot be shown"
            for name in LEAST_KNOWN
            if name.rpartition(".")[2] not in known
        ]
    if failed := failures(found.runs.missing, "their markets count for no motion in their worlds"):
        said.append(failed)
    return said


def _share(x: Comparison | Crossing) -> str:
    """Return in which share of worlds the first is better, with the interval."""
    return with_interval(f"{100 * x.share:.0f} %", 100 * x.share_low, 100 * x.share_high, "{:.0f}".format)


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.005 else "under 1 %"


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2g}"


def _thirds_table(found: Found) -> Table:
    rivals = list(found.thirds[0].lower_than)
    table = Table(
        title="CLG's fully loaded CAC, whole run, by the two numbers that nobody has measured (90 % of worlds)",
        title_justify="left",
    )
    for name in ("third of the draws", "CAC of CLG", "sold in", *(f"lower than {motion_called(m)}" for m in rivals)):
        table.add_column(name, justify="left" if name == "third of the draws" else "right")
    for row in found.thirds:
        ends = (row.cac_usd_low, row.cac_usd_high)
        cac = with_interval(shown(row.cac_usd, Kind.USD), *ends, lambda end: shown(end, Kind.USD))
        name = f"{row.third} {row.number.replace('_', ' ')}, {_short(row.low)} to {_short(row.high)}"
        lower = (shown(row.lower_than[m], Kind.SHARE) for m in rivals)
        table.add_row(name, cac, shown(row.sold, Kind.SHARE), *lower)
    return table


def _table(found: Found) -> Table:
    title = f"over {len(found.runs.points)} plausible worlds: the first is better in (90 % interval over worlds)"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    pairs = list(dict.fromkeys((w.first, w.second) for w in found.worlds))
    for first, second in pairs:
        table.add_column(f"{motion_called(first)} against {motion_called(second)}", justify="right")
    for metric in dict.fromkeys(w.metric for w in found.worlds):
        table.add_row(METRICS[metric].called, *(_cell(w, found.limits) for w in found.worlds if w.metric == metric))
    return table


def _cell(w: Comparison, said: Limits) -> str:
    if not w.worlds:
        return "neither has it"
    if not {w.first, w.second} <= set(said.inside):
        return "too few to say"
    text = _share(w)
    if w.one_only > 0:
        text += f"\nonly one has it: {_percent(w.one_only)}"
    return text + (f"\nneither: {_percent(w.neither)}" if w.neither > 0 else "")
