"""A story as one HTML page that holds all it needs: no network, no links out; drawn by the vendored d3 and Observable Plot."""

import json
import math
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from simulation.calendar import MONTHS_A_YEAR, Calendar
from simulation.figures.channels import TINTS
from simulation.figures.style import in_hex, line
from simulation.figures.waterfall import amount, tint
from simulation.figures.words import unbroken
from simulation.metrics.metric import Kind
from simulation.metrics.sums import ratio
from simulation.report.accounts import LINES, RATIOS, periods
from simulation.report.board_sheets import year_called
from simulation.report.story import Chart, Story
from simulation.runs.paired import Difference, Summary
from simulation.scenario import currency
from simulation.studies.goals import KINDS
from simulation.studies.hiring import HEADS, ROLES
from simulation.studies.tables import HEADLINES, row_name, shown, shown_gap

ASSETS = Path(__file__).parent / "assets"
VENDORED = ("d3.min.js", "plot.umd.min.js")
DASHES = {"-": None, "--": "7 4", ":": "2 3", "-.": "8 3 2 3"}
MOST_CHANGED = 40  # settings that stand open; all of them stand in the list below


def page(story: Story) -> str:
    """Return the page; the same story gives the same bytes."""
    changed = [s for s in story.settings if s.changed]
    return template("report.html.j2").render(
        story=story,
        verdict_rows=_verdict_rows(story),
        ahead=list(story.verdict.ahead.values()) if any(story.verdict.ahead.values()) else [],
        years=[_years(story, m) for m in story.motions],
        economics=[_economics(story, m) for m in story.motions],
        staff=[_staff(story, m) for m in story.motions],
        headlines=_rows({(x.metric, x.motion): x for x in story.summary}, story.motions, shown),
        pairs=[f"{story.names[a]} - {story.names[b]}" for a, b in _pairs(story)],
        gaps=_rows({(x.metric, (x.first, x.second)): x for x in story.differences}, _pairs(story), shown_gap),
        changed=changed[:MOST_CHANGED],
        css=styled(story.dark),
        tints=tints([story.colours[m] for m in story.motions], story.dark),
        data=_data(story),
        **scripts(),
    )


def scripts() -> dict[str, str]:
    """Return what draws the charts of a page, as its template names it."""
    library = ";\n".join((ASSETS / "vendor" / name).read_text(encoding="utf-8") for name in VENDORED)
    return {
        "library": library.replace("</script", "<\\/script"),
        "charts": (ASSETS / "charts.js").read_text(encoding="utf-8"),
    }


def tints(colours: list[str], dark: bool) -> str:
    """Return the style of lines (m) and of their names (t), in the order of the motions, on light paper and on dark."""

    def said(line: str, name: str) -> str:
        return "".join(f"--m-{k}:{line.format(c)};--t-{k}:{name.format(c)};" for k, c in enumerate(colours))

    def mixed(percent: int, with_: str) -> str:
        return f"color-mix(in srgb,{{}} {percent}%,{with_})"

    on_light, on_dark = said("{}", mixed(70, "black")), said(mixed(65, "white"), mixed(50, "white"))
    return f":root{{{on_light}}}\n@media {_screen(dark)}{{:root{{{on_dark}}}}}"


def _screen(dark: bool) -> str:
    """Return for which readers a page is dark: for those who like it so, or, in the dark theme, on every screen."""
    return "screen" if dark else "(prefers-color-scheme:dark)"


def styled(dark: bool) -> str:
    """Return the style sheet of a page in a theme."""
    css = (ASSETS / "style.css").read_text(encoding="utf-8")
    return css.replace("(prefers-color-scheme:dark)", _screen(dark)).replace(
        "light dark", "dark" if dark else "light dark"
    )


def template(name: str) -> Any:
    """Return a page's template."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    loader = FileSystemLoader(ASSETS)
    pages = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, keep_trailing_newline=True)
    pages.filters["whole"] = unbroken
    return pages.get_template(name)


def _data(story: Story) -> str:
    """Return what the charts draw."""
    tree = {
        "motions": story.motions,
        "sign": currency.sign(),
        "start": story.calendar.start and story.calendar.start.isoformat(),
        "ticks": named(story.ticks),
        "names": story.names,
        "dashes": {m: DASHES.get(pattern, "8 2 2 2") if isinstance(pattern := line(m), str) else "8 2 2 2" for m in story.motions},
        "charts": drawn(story.charts),
        "bridge_title": story.bridge_title,
        "bridges": {
            m: [step._asdict() | {"total": step.total, "said": amount(step), "tint": in_hex(tint(step, ""))} for step in bars]
            for m, bars in story.bridges.items()
        },
        "mix_title": story.mix_title,
        "mix": story.mix,
        "channels": list(TINTS),
        "tints": {name: in_hex(tint) for name, tint in TINTS.items()},
        "summary": _columns(story.summary),
    }  # fmt: skip
    return as_json(tree)


def as_json(tree: dict[str, Any]) -> str:
    """Return what charts draw as JSON that no text in it can end."""
    return json.dumps(tree, ensure_ascii=False, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


def drawn(charts: list[Chart]) -> list[dict[str, Any]]:
    """Return charts with their curves."""
    return [chart._asdict() | {"curves": [c._asdict() for c in chart.curves]} for chart in charts]


def named(ticks: list[tuple[float, date]]) -> list[tuple[float, str]]:
    """Return the ticks of the time axis with what stands at them."""
    return [(week, f"{day:%b %Y}") for week, day in ticks]


def _columns(rows: list[Summary]) -> dict[str, list[Any]]:
    """Return a table as a list a column, which says its names once."""
    return {
        name: [_known(x) if isinstance(x, float) else x for x in of]
        for name, of in zip(Summary._fields, zip(*rows, strict=True), strict=True)
    }


def _known(value: float) -> float | None:
    return float(f"{value:.9g}") if math.isfinite(value) else None


def cell(x: Summary | Difference, kind: Kind, said: Callable[[float, Kind], str]) -> tuple[str, str]:
    """Return the median and its range as a reader sees them."""
    mid, low, high = (said(v, kind) for v in (x.median, x.low, x.high))
    return ("-", "") if mid == "n/a" else (mid, "" if low == "n/a" else f"{low} to {high}")


def _verdict_rows(story: Story) -> list[dict[str, Any]]:
    rows = story.verdict.rows
    return [
        {"name": story.names[m], "cells": [cell(rows[m][k], KINDS[k], shown) for k in story.verdict.heads]}
        for m in story.motions
    ]


def _pairs(story: Story) -> list[tuple[str, str]]:
    return list(dict.fromkeys((x.first, x.second) for x in story.differences))


def _rows(by: dict[Any, Any], columns: list[Any], said) -> list[dict[str, Any]]:
    """Return a row a headline metric, a cell a column; none without columns."""
    return [
        {"name": row_name(metric), "cells": [cell(by[metric.name, c], metric.kind, said) for c in columns]}
        for metric in HEADLINES
        if columns
    ]


def _amount(value: float, kind: Kind) -> str:
    """Return a line of accounts: money in whole amounts, so that it adds up."""
    if not math.isfinite(value):
        return "-"
    if kind is not Kind.USD:
        return shown(value, kind)
    whole = round(value)
    return f"-{currency.sign()}{-whole:,}" if whole < 0 else f"{currency.sign()}{whole:,}"


def _year(calendar: Calendar, months: range) -> str:
    """Return what a year is called; of one that the run has in part, for how many months."""
    name = calendar.year_name(months.start)
    if calendar.start is None:
        return f"year {name}"
    return name if len(months) == MONTHS_A_YEAR else f"{name}, {len(months)} month{'s' * (len(months) > 1)}"


def _years(story: Story, motion: str) -> dict[str, Any]:
    """Return the accounts of the mean firm by year, and of the whole run."""
    firm, calendar = story.firms[motion], story.calendar
    lines = [
        {
            "label": currency.in_words(of.label),
            "total": bool(of.formula),
            "cells": [_amount(p[name], of.kind) for p in (*firm.years, firm.whole)],
        }
        for name, of in (LINES | RATIOS).items()
        if name != "customer_weeks"
    ]
    return {
        "name": story.names[motion],
        "heads": [*(_year(calendar, months) for months in periods(len(firm.months), calendar.year)), "all"],
        "lines": lines,
    }


def _staff(story: Story, motion: str) -> dict[str, Any]:
    """Return the hiring plan: the mean of each year's last quarter."""
    quarters = story.staff[motion]
    years = [of.period for of in story.statements[motion]["year"]]
    last = [max(k for k, q in enumerate(quarters) if q.period.last <= year.last) for year in years]
    return {
        "name": story.names[motion],
        "heads": [year_called(year.name) for year in years],
        "roles": [
            {
                "label": f"{post.role.replace('_', ' ')}{'' if ROLES[post.role] == HEADS else f' {ROLES[post.role]}'}",
                "cells": [f"{quarters[at].posts[k].amount:,.1f}" for at in last],
            }
            for k, post in enumerate(quarters[0].posts)
        ],
    }


def _economics(story: Story, motion: str) -> dict[str, Any]:
    """Return what customers cost and are worth, by group."""
    heads = {"customers won": Kind.COUNT, "CAC": Kind.USD, "of it direct": Kind.USD, "CAC by contract": Kind.USD, "first contract": Kind.USD, "kept 12 months": Kind.SHARE, "LTV": Kind.USD, "LTV : CAC": Kind.RATIO}  # fmt: skip
    rows = [
        {
            "label": of.group if of.by == "all" else f"{of.by}: {of.group.replace('_', ' ')}",
            "total": of.by == "all",
            "cells": [
                _amount(value, kind)
                for value, kind in zip(
                    (of.new_customers, of.cac_usd, ratio(of.direct_usd, of.new_customers), of.cac_by_contract_usd, of.first_contract_usd, of.kept_12_months, of.ltv_usd, of.ltv_to_cac),
                    heads.values(),
                    strict=True,
                )
            ],
        }
        for of in story.economics[motion]
    ]  # fmt: skip
    return {"name": story.names[motion], "heads": list(heads), "rows": rows}
