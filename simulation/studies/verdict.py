"""The verdict on a comparison: at most five sentences in plain words and one table beside them.

Computed from values by simulated market and weekly curves. A motion that wins too few customers, or too few markets, are said and
not compared; a winner is one that is ahead beyond luck; every number stands in the table too, rounded once.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from simulation.calendar import MONTH_WEEKS, YEAR_WEEKS
from simulation.metrics import METRICS
from simulation.metrics.metric import PERCENT
from simulation.runs.enough import LEAST_MARKETS, is_ahead, limits
from simulation.runs.paired import Summary, better, failures, leader, median_first, ran, since, versus
from simulation.scenario import currency
from simulation.scenario.firm import LEVERS
from simulation.scenario.settings import motion_called
from simulation.studies.comparison import Comparison
from simulation.studies.goals import GOALS, KINDS, NEW_DOLLAR, SALES, Goal
from simulation.studies.screen import EDGE, WIDTH, show
from simulation.studies.tables import listed, shown

MOST = 5  # sentences
UNLIKE = 1.5  # times: from here on first contracts differ so much that customers cannot be counted against each other
MATTERS, MATTERS_POINTS = 0.02, 0.01  # of a value; of a share
MOST_CROSS = 0.8  # of markets, for a month to be named
WON, CONTRACT = "new_customers", "new_arr_per_customer_usd"
REPORTED = "acquisition_per_new_arr"  # what the published figures are of


class Standing(NamedTuple):
    """The best motion on a metric, and of the others the nearest that it is not ahead of, or else the nearest."""

    metric: str
    first: str
    second: str
    won: int  # markets in which the first is better
    lost: int
    gap: float  # median of paired differences over what the second has in the median; of shares, in the metric's own unit
    behind: tuple[str, ...]  # of both, beyond luck

    @property
    def same(self) -> bool:
        """Whether no market tells them apart."""
        return not self.won + self.lost

    @property
    def alike(self) -> bool:
        """Whether the difference is below what matters."""
        return abs(self.gap) < (MATTERS_POINTS if METRICS[self.metric].kind in PERCENT else MATTERS)

    @property
    def ahead(self) -> bool:
        """Whether the first is better beyond luck, by enough to matter."""
        return is_ahead(self.won, self.lost) and not self.alike


class Verdict(NamedTuple):
    """What a comparison says."""

    sentences: list[str]
    heads: dict[str, str]  # of the table's columns, by metric
    rows: dict[str, dict[str, Summary]]  # by motion and metric
    ahead: dict[str, str]  # by metric, in a word or two

    def cell(self, motion: str, metric: str) -> str:
        """Return the median of a motion, as the sentences say it."""
        return shown(self.rows[motion][metric].median, KINDS[metric])


def verdict(data: Comparison, missing: list[str], goal: str = "sales", next_money: Sequence[str] = ()) -> Verdict:
    """Return what may be said of ``goal``; ``missing`` names the runs that failed, whose markets count for no motion.

    Of a firm with a past what the ``next_money`` does comes first, in place of what its motions cost, which its past helped to win.
    """
    asked, there = GOALS[goal], ran(data.metrics)
    values = {m: _values(data, m, there, asked) for m in data.metrics}
    allowed = limits(int(there.sum()), {m: median_first(of[WON])[0] for m, of in values.items()}, data.each)
    stands = {name: standing(name, {m: values[m][name] for m in allowed.inside}) for name in asked.leads}
    rows = {
        m: {k: Summary(m, k, int(np.isfinite(v).sum()), *median_first(v)) for k, v in values[m].items()} for m in values
    }
    found = Verdict(
        [],
        {name: currency.in_words(head) for name, head in asked.heads.items()},
        rows,
        {name: _ahead(stands.get(name)) for name in asked.heads},
    )
    alone = allowed.inside or (
        tuple(values) if there.sum() < LEAST_MARKETS else ()
    )  # few markets have values, no winner
    compared = {name: _compared(found, stands[name], asked) for name in asked.leads}
    told = {name: text or _alone(found, name, alone, asked) for name, text in compared.items()}
    said = [_notice(data, values, missing, allowed.sentence), *next_money]
    least = [*next_money[1:]]  # of too many sentences these go first
    if asked is SALES:
        since = "" if next_money else _since(data, _decides(found, allowed.inside), allowed.inside, there)
        cost = "" if next_money else _cost(found, stands, alone)
        cash = "" if next_money else compared["cash_usd"]
        said += [cost, _beside_published(data, there, alone), since, told["retention_12_months"], cash]
        least = [cash, since]
    else:
        said += [text or _unmeasured(name, asked) for name, text in told.items()]
    said.append(_sure(data, int(there.sum()), compared=any(stands.values())))
    said = [text for text in said if text]
    for text in least:
        if len(said) > MOST and text:
            said.remove(text)
    return found._replace(sentences=[currency.in_words(text) for text in said])


def _unmeasured(metric: str, asked: Goal) -> str:
    """Say that a goal's number is not there, rather than nothing."""
    return f"Not measured in any of these runs: {asked.heads[metric]}."


def standing(metric: str, values: Mapping[str, np.ndarray]) -> Standing | None:
    """Return how motions stand, whatever their order; ``values`` by motion, shape (markets,). None where fewer than two have it."""
    mids = {m: median_first(v)[0] for m, v in values.items()}
    order = sorted((m for m in values if math.isfinite(mids[m])), key=lambda m: (-better(metric) * mids[m], m))
    if len(order) < 2:
        return None
    first = leader(metric, {m: values[m] for m in order}) or order[0]
    counts = {m: versus(metric, values[first], values[m]) for m in order if m != first}
    pairs = {m: (int((x > 0).sum()), int((x < 0).sum())) for m, x in counts.items()}
    second = next((m for m, of in pairs.items() if not is_ahead(*of)), next(iter(pairs)))
    gap = median_first(values[first] - values[second])[0]
    scale = 1.0 if METRICS[metric].kind in PERCENT else abs(mids[second])
    relative = gap / scale if scale else math.copysign(math.inf, gap or 1)
    behind = tuple(m for m in order if m not in (first, second) and is_ahead(*pairs[m])
                   and leader(metric, {second: values[second], m: values[m]}) == second)  # fmt: skip
    return Standing(metric, first, second, *pairs[second], relative, behind)


def _values(data: Comparison, motion: str, there: np.ndarray, asked: Goal) -> dict[str, np.ndarray]:
    names = dict.fromkeys((*asked.heads, *asked.leads))
    found = {name: data.metric(motion, name)[there] for name in names if name in METRICS}
    new = data.metric(motion, WON)[there]
    per_customer = data.metric(motion, CONTRACT)[there]
    return found | {"new_arr": np.where(new > 0, new * per_customer, new), CONTRACT: per_customer, WON: new}


def _ahead(found: Standing | None) -> str:
    if found is None:
        return ""
    if found.same:
        return "the same"
    if found.ahead:
        return motion_called(found.first)
    return "practically the same" if found.alike else "not told apart"


def _notice(data: Comparison, values: dict[str, dict[str, np.ndarray]], missing: list[str], limit: str) -> str:
    """Return what stands before any cost: runs that failed, too few markets, motions that win nobody."""
    parts = [failures(missing, "their markets count for no motion"), limit]
    for motion, of in values.items():
        if none := int((of[WON] == 0).sum()):
            parts.append(f"{motion_called(motion)} wins nobody in {none} of {of[WON].size} {data.each}")
    return _sentence("; ".join(part for part in parts if part))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}." if text else ""


def _decides(found: Verdict, inside: Collection[str]) -> str:
    """Return which cost decides: where customers are unlike, that of a new yearly dollar."""
    contracts = [found.rows[m][CONTRACT].median for m in inside]
    unlike = len(contracts) > 1 and max(contracts) > UNLIKE * min(contracts)
    return NEW_DOLLAR if unlike else "cac_usd"


def _cost(found: Verdict, stands: dict[str, Standing | None], alone: Collection[str]) -> str:
    """Return who wins customers at the lowest cost; whether that buys less than half of another's new yearly revenue."""
    metric = _decides(found, alone)
    stand = stands[metric]
    text = _compared(found, stand, SALES) or _alone(found, metric, alone, SALES)
    if text and metric == NEW_DOLLAR:
        text = f"Customers are unlike, so the cost of a new yearly dollar decides: {text[:1].lower()}{text[1:]}"
    if stand and stand.ahead:
        new = {m: found.rows[m]["new_arr"].median for m in sorted(alone)}
        most = max(new, key=new.__getitem__)
        if new[stand.first] < new[most] / 2:
            text = f"{text[:-1]}, but brings less than half of {motion_called(most)}'s new yearly revenue."
    return text


def _compared(found: Verdict, of: Standing | None, asked: Goal) -> str:
    """Return who is better at what, by how much and how surely, in one sentence; empty where nothing can be compared."""
    if of is None:
        return ""
    lead, first, second = asked.leads[of.metric], motion_called(of.first), motion_called(of.second)
    a, b = (found.cell(m, of.metric) for m in (of.first, of.second))
    text = f"{lead} {a} with {first} and {second}" if a == b else f"{lead} {a} with {first} and {b} with {second}"
    total, behind = of.won + of.lost, ", ".join(motion_called(m) for m in of.behind)
    if of.ahead:
        losing = of.metric == "cash_usd" and all(row["cash_usd"].median < 0 for row in found.rows.values())
        next_ = ", the next" if len(found.rows) > 2 else ""
        return f"{text}{next_}: {first} {'loses least' if losing else 'is ahead'} in {of.won} of {total} simulated markets."
    if of.same:
        text += ", the same"
    elif of.alike:
        text += ", practically the same"
    elif total < LEAST_MARKETS:
        text += ", and too few simulated markets tell them apart to say who is better"
    else:
        text += (
            f", not told apart: {first} is better in {of.won} and {second} in {of.lost} of {total} simulated markets"
        )
    return f"{text}; behind both: {behind}." if behind else f"{text}."


def _alone(found: Verdict, metric: str, motions: Collection[str], asked: Goal) -> str:
    """Return what is known without comparing: the value of one, or the range of several."""
    known = sorted(
        (m for m in motions if math.isfinite(found.rows[m][metric].median)),
        key=lambda m: (found.rows[m][metric].median, m),
    )
    if not known:
        return ""
    low, high = known[0], known[-1]
    a, b = found.cell(low, metric), found.cell(high, metric)
    if a == b:
        return f"{asked.leads[metric]} {a} with {' and '.join(motion_called(m) for m in known)}."
    return f"{asked.leads[metric]} from {a} with {motion_called(low)} to {b} with {motion_called(high)}."


def _beside_published(data: Comparison, there: np.ndarray, motions: Collection[str]) -> str:
    """Return which motions spend less or more on acquisition for a new yearly dollar, beyond luck, than firms that sell alike report."""
    parts: list[str] = []
    for of in dict.fromkeys(data.published.values()):
        mine = [m for m in sorted(motions) if data.published.get(m) == of]
        spent = {motion_called(m): data.metric(m, REPORTED)[there] for m in mine}
        less = [m for m, x in spent.items() if is_ahead(int((x < of.low).sum()), int((x >= of.low).sum()))]
        more = [m for m, x in spent.items() if is_ahead(int((x > of.high).sum()), int((x <= of.high).sum()))]
        for word, who in (("less", less), ("more", more)):
            if who:
                spends = f"{'spends' if len(who) == 1 else 'spend'} {word} on acquisition than {of.firms} firms report"
                said = f"{word} than {of.firms} ones" if parts else spends
                parts.append(f"{listed(who)} {said} ({of.low:g} to {of.high:g})")
    return f"For a new yearly dollar {', and '.join(parts)}." if parts else ""


def _since(data: Comparison, metric: str, inside: Collection[str], there: np.ndarray) -> str:
    """Return from which month the leader at the end has the lower cost, where another led at half time."""
    if data.weeks < YEAR_WEEKS or not data.weekly:
        return ""
    path = data.trailing_cac if metric == "cac_usd" else data.trailing_per_new_arr
    paths = {}
    for m in inside:
        whole = np.full((there.size, data.weeks), np.nan)
        whole[np.isfinite(data.metrics[m]).any(axis=1)] = path(m)
        paths[m] = whole[there]
    half, end = (leader(metric, {m: of[:, week] for m, of in paths.items()}) for week in (data.weeks // 2 - 1, -1))
    if not half or not end or half == end:
        return ""
    text = f"Halfway {motion_called(half)} had the lower cost over the trailing half-year, at the end {motion_called(end)} has it"
    weeks = since(versus(metric, paths[end], paths[half]))
    if np.isfinite(weeks).mean() < MOST_CROSS:
        return f"{text}."
    month, low, high = (f"{w / MONTH_WEEKS:.0f}" for w in median_first(weeks))
    return f"{text}: since month {month} (90 % of {data.each}: {low} to {high})."


def _sure(data: Comparison, markets: int, *, compared: bool) -> str:
    """Return which luck the markets stand for, and which command tells more."""
    if markets < LEAST_MARKETS:
        return f"More {data.each} would tell: the same command with seeds=20."
    if not compared:
        return ""
    if data.each == "worlds":
        return f"How sure: each of {markets} worlds of the sample met luck of its own, so these counts hold both what is unknown and luck."
    new = f"{untried(data.untried)}; " if data.untried else ""
    return (
        f"How sure: these counts are over the luck of {markets} {data.each}; {new}the model's own numbers are held fixed, and "
        "flywheel study=uncertainty with the same settings varies them."
    )


def untried(levers: Mapping[str, Collection[str]]) -> str:
    """Say which motions pay for what a firm that knows something of itself never has; empty where none does."""
    if not levers:
        return ""
    new = [lever.replace("_", " ") for lever in LEVERS if any(lever in of for of in levers.values())]
    who, pays = listed([motion_called(m) for m in levers]), "pays" if len(levers) == 1 else "pay"
    return f"{who} {pays} for what the firm never has ({listed(new)}), and what that returns is the reference's, not its own"


def drawn(found: Verdict) -> str:
    """Return the table as a text file holds it, in 80 columns."""
    from io import StringIO

    from rich.console import Console

    console = Console(file=StringIO(), width=WIDTH, force_terminal=False, force_jupyter=False)
    show(console, table(found))
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


def table(found: Verdict):
    """Return the table: a row a motion, the median with the range of 90 % of markets, and who is ahead."""
    from rich.table import Table

    of = Table(show_lines=True, caption="median; below it the range of 90 % of simulated markets")
    rows = {motion_called(m): [_cell(row[name], name) for name in found.heads] for m, row in found.rows.items()}
    whole = [[word for motion in (*rows, "ahead") for word in motion.split()]]  # what no line may break
    for head, column in zip(found.heads.values(), zip(*rows.values(), strict=True), strict=True):
        whole.append([*head.split(), *(line for cell in column for line in cell.splitlines())])
    widths = [max(map(len, lines)) for lines in whole]
    free = WIDTH - sum(widths) - EDGE * len(widths) - 1
    for k, (head, width) in enumerate(zip(("", *found.heads.values()), widths, strict=True)):
        of.add_column(
            head, justify="right" if k else "left", width=width + (max(free, 0) // len(found.heads) if k else 0)
        )
    for motion, cells in rows.items():
        of.add_row(motion, *cells)
    if any(found.ahead.values()):
        of.add_row("ahead", *(found.ahead[name] for name in found.heads))
    return of


def _cell(x: Summary, metric: str) -> str:
    mid, low, high = (shown(value, KINDS[metric]) for value in (x.median, x.low, x.high))
    return "-" if mid == "n/a" else mid if low == "n/a" else f"{mid}\n{low} to\n{high}"
