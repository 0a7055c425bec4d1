"""The story of a comparison: everything that report, deck and workbook show, computed once from a results folder."""

import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from matplotlib.colors import to_rgba

from simulation.calendar import YEAR_WEEKS, Calendar
from simulation.figures import cac, channels, customers, path, retention, waterfall
from simulation.figures.look import GENERIC, RC, STYLE, Look, drawn_in, look_of
from simulation.figures.style import colour, in_hex, percentiles, use_style
from simulation.figures.time_axis import ticks
from simulation.figures.words import in_full, motion_name
from simulation.metrics import METRICS
from simulation.metrics.metric import Kind
from simulation.report import accounts, assumptions
from simulation.report.accounts import Firm, Worth
from simulation.report.assumptions import Setting
from simulation.report.folder import Read, opened
from simulation.report.past import Past
from simulation.report.past import past as told
from simulation.runs.enough import what_is_drawn
from simulation.runs.paired import Difference, Summary, differences, median_first, summarise
from simulation.runs.results import Results
from simulation.runs.store import placed
from simulation.scenario import currency
from simulation.scenario.figures import Figures
from simulation.scenario.history import AS_BEFORE, STOP
from simulation.studies import bridge, hiring, profit_and_loss, unit_economics
from simulation.studies.bridge import Step
from simulation.studies.company import Profile, profile, said_by
from simulation.studies.comparison import CHANNELS, NEEDED, WINDOW_WEEKS, Comparison, arr_usd
from simulation.studies.hiring import Quarter
from simulation.studies.next_money import Futures
from simulation.studies.profit_and_loss import LENGTHS, Statement
from simulation.studies.tables import listed, shown
from simulation.studies.unit_economics import Economics
from simulation.studies.verdict import Verdict, verdict

BASE = "base_revenue_cents"
BANDS = (5, 25, 50, 75, 95)  # percent of markets
POINTS = 80  # of a curve, at most about so many
SAID_PART = 0.5  # percent: a channel with less is left out
CANNOT = (
    "It is no forecast of one company, unless the model was calibrated to that company's own history and checked on months held out.",
    "What a community costs nobody has published: that number is a prediction and hangs on search demand above all.",
    "Ranges are luck of markets with the model's own numbers held fixed; flywheel study=uncertainty varies those.",
    "Single weeks and single people are luck. There is one product, and at most two named rivals.",
)


class Curve(NamedTuple):
    """A motion's line with bands: percentiles over markets at each x; None where they are not known."""

    motion: str
    x: list[int]
    low: list[float | None]
    q1: list[float | None]
    mid: list[float | None]
    q3: list[float | None]
    high: list[float | None]


class Chart(NamedTuple):
    """A finding with its curves."""

    name: str
    title: str
    y_label: str
    x_label: str
    kind: Kind
    log: bool
    at_end: str  # where the curves end, in a sentence
    curves: list[Curve]
    note: str


class Paper(NamedTuple):
    """What charts stand on and are written with, of the theme and the style file: colours in hex, empty where they let through what is below.

    ``font``: its name, empty where none is named.
    """

    chart: str
    plot: str
    ink: str
    rule: str
    font: str


class Story(NamedTuple):
    """All that is shown."""

    title: str
    verdict: Verdict
    motions: list[str]
    names: dict[str, str]
    colours: dict[str, str]  # by motion, on white paper
    dark: bool  # the theme
    on_theme: dict[str, str]  # by motion, on the theme's paper
    paper: Paper
    charts: list[Chart]
    mix_title: str
    mix: dict[str, dict[str, float]]  # by motion and channel, percent of new customers of the last half-year
    summary: list[Summary]
    differences: list[Difference]
    firms: dict[str, Firm]
    worths: dict[str, Worth]
    bridge_title: str
    bridges: dict[str, list[Step]]  # by motion, the mean firm over the last year
    bridge_note: str
    statements: dict[str, dict[str, list[Statement]]]  # by motion and length
    staff: dict[str, list[Quarter]]  # by motion
    economics: dict[str, list[Economics]]  # by motion
    settings: list[Setting]
    runs: list[dict[str, Any]]
    cannot: tuple[str, ...]
    foot: str
    made: dict[str, str]  # the manifest, for a reader
    calendar: Calendar
    ticks: list[tuple[float, date]]  # of the time axis, by week; none where weeks have no dates
    past: Past | None  # of a firm that has one
    company: Profile

    def chart(self, name: str) -> Chart:
        """Return a chart by name."""
        return next(chart for chart in self.charts if chart.name == name)

    def median(self, motion: str, metric: str) -> float:
        """Return the median over markets, as summary.csv has it."""
        return next(x.median for x in self.summary if (x.motion, x.metric) == (motion, metric))


def _look(results: Results) -> Look:
    """Return the look that the command asked for, of its style file as the folder has it."""
    asked = Figures.model_validate(results.config["figures"])
    style = results.path / placed(STYLE)
    found, _ = look_of(
        asked.model_copy(update={"style": str(style) if asked.style and style.is_file() else None}),
        results.config["motions"],
    )
    return found


def _colours(look: Look, motions: list[str]) -> dict[str, str]:
    with drawn_in(look):
        use_style()
        return {m: in_hex(colour(m, k)) for k, m in enumerate(motions)}


def _paper(look: Look) -> Paper:
    with drawn_in(look):
        use_style()
        return Paper(
            chart=_seen(RC["figure.facecolor"]),
            plot=_seen(RC["axes.facecolor"]),
            ink=in_hex(RC["text.color"]),
            rule=_seen(RC["grid.color"]),
            font=_font(look),
        )


def _seen(tint: str) -> str:
    return in_hex(tint) if to_rgba(tint)[3] else ""


def _font(look: Look) -> str:
    """Return the first font that a style file names, itself or by its family."""
    for family in look.named.get("font.family", RC["font.family"]):
        if family not in GENERIC:
            return str(family)
        if named := look.named.get(f"font.{family}"):
            return str(named[0])
    return ""


def tell(folder: Path) -> Story:
    """Return the story of a results folder; raises BadInput where none can be told."""
    results = opened(folder)
    read, manifest, config = Read(results), results.manifest, results.config
    weekly = read.weekly(tuple(dict.fromkeys((*NEEDED, *accounts.SERIES, BASE))))
    data = read.comparison(weekly)
    motions, futures = read.motions, None
    past: Past | None = None
    if read.before:
        futures = read.futures(data)
        past = told(futures, data, {m: weekly[m][BASE] for m in motions})
    worlds = read.worlds()
    firms = {m: accounts.firm(data, weekly[m], m) for m in motions}
    years = {m: bridge.last_year(data, m) for m in motions}
    look = _look(results)
    shares = {m: channels.shares_of(data, m)[:, -1] for m in motions}
    return Story(
        title=_title(data, motions),
        verdict=verdict(data, read.missing(), config["study"]["goal"], past.sentences if past else ()),
        motions=motions,
        names={m: motion_name(m) for m in motions},
        colours=_colours(look._replace(theme="light"), motions),
        dark=look.theme == "dark",
        on_theme=_colours(look, motions),
        paper=_paper(look),
        charts=[*([_path(futures)] if futures else []), *_charts(data, weekly)],
        mix_title=channels.title({m: of[:, None] for m, of in shares.items()}),
        mix={m: {_words(c): float(p) for c, p in zip(CHANNELS, of, strict=True) if p >= SAID_PART} for m, of in shares.items()},
        summary=summarise(data.metrics),
        differences=differences(data.metrics),
        firms=firms,
        bridge_title=waterfall.title(data, years),
        bridges={m: bridge.steps(of) for m, of in years.items()},
        bridge_note=waterfall.note(data),
        worths={m: accounts.worth(firms[m]) for m in motions},
        statements={m: {length: profit_and_loss.statements(data, m, worlds[m], length) for length in LENGTHS} for m in motions},
        economics={m: unit_economics.economics(data, m, worlds[m]) for m in motions},
        staff={m: hiring.plan(data, m, worlds[m]) for m in motions},
        settings=assumptions.settings(config, manifest["data"]),
        runs=_runs(data),
        cannot=CANNOT,
        foot=f"{data.foot} Luck of markets; the model's own numbers are held fixed.",
        made=_made(manifest),
        calendar=data.calendar,
        ticks=ticks(data.calendar, 0, data.weeks),
        past=past,
        company=profile(data.metrics, data.calendar, data.weeks, past=bool(read.before), said=said_by(read.config)),
    )  # fmt: skip


def _title(data: Comparison, motions: list[str]) -> str:
    names = [motion_name(m) for m in motions]
    joined = listed(names) + " compared" * (len(names) > 1)
    return f"{joined}: {data.weeks} weeks, {data.cases}"


def _made(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return what says how the results were made, without paths, user or machine."""
    data = manifest["data"]
    read = [f"{assumptions.name_of(path)} (SHA-256 {digest[:12]})" for path, digest in data.items()]
    return {
        "command": assumptions.command(manifest["command"]),
        "rules": str(manifest["rules"]),
        "commit": (manifest["git_commit"] or "none")[:10],
        "versions": ", ".join(f"{name} {number}" for name, number in manifest["versions"].items()),
        "files read": ", ".join(read) or "none",
    }


def _words(name: str) -> str:
    return name.replace("_", " ")


def _runs(data: Comparison) -> list[dict[str, Any]]:
    """Return a row a run: motion, seed and every metric by name; None where it is not defined."""
    return [
        {"motion": m, "market": k + 1, **dict(zip(METRICS, map(_known, row), strict=True))}
        for m, of in data.metrics.items()
        for k, row in enumerate(of)
        if np.isfinite(row).any()
    ]


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _charts(data: Comparison, weekly: Mapping[str, Mapping[str, np.ndarray]]) -> list[Chart]:
    """Return the findings that are curves; each title is computed from what is drawn, or is that of the figure."""
    lives = {m: retention.by_seed(of, data.weeks) for m, of in data.lives.items()}
    kept = retention.curves_of(lives, data.weeks)
    costs = {m: data.trailing_cac(m) for m in data.weekly}
    paid = any((of > 0).any() for of in costs.values())
    counts = {m: data.customers(m) for m in data.weekly}
    arr = {m: arr_usd(of["revenue_cents"]) for m, of in data.weekly.items()}
    cash = {m: np.cumsum(weekly[m]["cash_cents"], axis=1) / 100 for m in data.weekly}
    foot = f"{data.foot}{in_full(data.weekly)}"
    return [
        chart_of("cac", cac.title(data, costs=paid), currency.in_words("fully loaded CAC, USD"), "week", Kind.USD, costs, f"Trailing {WINDOW_WEEKS} weeks. {foot}", log=paid, at_end=_ends(f"In the last {WINDOW_WEEKS} weeks a new customer cost", costs, Kind.USD)),
        chart_of("retention", retention.title(kept, data.seeds), "customers still there", "weeks since adoption", Kind.SHARE,
               {m: of / 100 for m, of in kept.items()}, f"Kaplan-Meier, ongoing customers censored. {foot}"),
        chart_of("customers", customers.title(counts, data.weeks), "paying customers", "week", Kind.COUNT, counts, foot),
        chart_of("arr", _ends(f"Yearly recurring revenue after {data.weeks} weeks", arr, Kind.USD_TOTAL), currency.in_words("ARR, USD"), "week", Kind.USD_TOTAL, arr, f"Revenue of the week times {YEAR_WEEKS}. {foot}"),
        chart_of("cash", _ends(f"Cumulative cash after {data.weeks} weeks", cash, Kind.USD_TOTAL), currency.in_words("cumulative cash, USD"), "week", Kind.USD_TOTAL, cash, f"Gross margin less all booked cost. {foot}"),
    ]  # fmt: skip


def _path(futures: Futures) -> Chart:
    """Return the path of each motion that is another one than the past's: its cash over going on as before."""
    over = {m: of for m in futures.compared if m != AS_BEFORE and np.any(of := futures.cash_against(m, AS_BEFORE))}
    note = f"Gross margin less all booked cost, over that of going on as before. {what_is_drawn('Line: median', len(futures.cost[STOP]), futures.each)}{in_full(over)}"
    label = currency.in_words("cash over going on as before, USD")
    return chart_of("path", path.title(futures), label, "week", Kind.USD_TOTAL, over, note)


def _ends(what: str, curves: Mapping[str, np.ndarray], kind: Kind) -> str:
    """Say where curves end, in the median, the greatest first."""
    last = {m: median_first(of[:, -1])[0] for m, of in curves.items() if of.size}
    known = sorted((m for m in last if math.isfinite(last[m])), key=lambda m: (-last[m], m))
    return f"{what}: " + (", ".join(f"{motion_name(m)} {shown(last[m], kind)}" for m in known) or "too few to say")


def chart_of(
    name: str,
    title: str,
    y_label: str,
    x_label: str,
    kind: Kind,
    curves: Mapping[str, np.ndarray],
    note: str,
    *,
    log: bool = False,
    at_end: str = "",
) -> Chart:
    """Return a chart; ``curves`` by motion, shape (markets, x). What ends where is its title, unless that says something else."""
    lines = []
    for motion, of in curves.items():
        if of.size:
            n = of.shape[1]
            at = sorted({*range(0, n, -(-n // POINTS)), n - 1, *(w for w in (YEAR_WEEKS - 1, YEAR_WEEKS) if w < n)})
            bands = percentiles(of, BANDS)[:, at]
            lines.append(Curve(motion, at, *([_short(v) for v in band] for band in bands)))
    return Chart(name, title, y_label, x_label, kind, log, at_end or title, lines, note)


def _short(value: float) -> float | None:
    """Return a value with as many digits as anybody can see in a chart."""
    return float(f"{value:.5g}") if math.isfinite(value) else None
