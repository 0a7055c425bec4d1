"""A story as a workbook: medians of markets, and the mean firm in formulas that can be traced and changed."""

from collections.abc import Callable
from typing import Any

from simulation.calendar import MONTHS_A_YEAR, YEAR_WEEKS, Calendar
from simulation.figures import waterfall
from simulation.figures.style import in_hex
from simulation.metrics import METRICS
from simulation.metrics.metric import Kind
from simulation.metrics.tenure import LEAST_AT_RISK
from simulation.report import accounts
from simulation.report.accounts import LINES, RATIOS, Period, periods
from simulation.report.board_sheets import hiring_sheet, profit_and_loss_sheet
from simulation.report.cells import MONTH, Book, Sheet, letter
from simulation.report.past import Past
from simulation.report.story import Story
from simulation.runs.enough import LEAST_MARKETS
from simulation.scenario import currency
from simulation.studies import bridge
from simulation.studies.tables import HEADLINES, row_name

MONTHS, TENURE, RUNS = "By month", "Tenure", "Runs"
FIRST = 2  # row below heads, from 0 on, where a note stands above them
MEANS = "Means over simulated markets, so that rows and columns add up; medians do not. Blue: from the simulation; black: formulas."
BARS = ("begins at", "above zero", "below zero")  # what a waterfall stacks
BLOCK = 17  # rows from one bridge to the next
KEYS = ("motion", "year", "quarter", "from month", "to month")
AT = {name: len(KEYS) + k for k, name in enumerate(LINES | RATIOS)}  # columns of the accounts


def workbook(story: Story) -> bytes:
    """Return the workbook as a file's content."""
    book = Book(story.title, "; ".join(f"{name}: {text}" for name, text in story.made.items()))
    summary = Sheet(book, "Summary", [44, *[14] * (3 * len(story.motions))])
    charts = Sheet(book, "Charts", [])
    differences, months = Sheet(book, "Differences", [44, *[12] * 10]), _accounts_sheet(book, MONTHS)
    quarters, years = _accounts_sheet(book, "By quarter"), _accounts_sheet(book, "By year")
    money, staff = Sheet(book, "Profit and loss", [10, 30]), Sheet(book, "Hiring plan", [10, 28, 8, 14])
    bridges = Sheet(book, "ARR bridge", [10, 14, *[14] * 5])
    cohorts, tenure = Sheet(book, "Cohorts", [8, 10, 12, *[7] * 200]), Sheet(book, TENURE, [8, 12, 12])
    assumptions, runs = Sheet(book, "Assumptions", [52, 24, 30, 24, 9, 10, 10, 8, 60]), Sheet(book, RUNS, [10, 8, *[13] * len(METRICS)])  # fmt: skip
    if story.past:
        _past(Sheet(book, "Past", [48, *[16] * (1 + len(story.motions))]), story, story.past)
    _runs(runs, story)
    blocks = _months(months, story)
    _periods(quarters, story, lambda m: story.firms[m].quarters, story.calendar.quarter)
    _periods(years, story, lambda m: story.firms[m].years, story.calendar.year)
    profit_and_loss_sheet(money, story)
    hiring_sheet(staff, story)
    _bridges(bridges, story, blocks)
    years.sheet.set_column(KEYS.index("quarter"), KEYS.index("quarter"), None, None, {"hidden": True})
    lives = _tenure(tenure, story)
    _summary(summary, story, lives)
    _charts(charts, story, blocks)
    _differences(differences, story)
    _cohorts(cohorts, story)
    _assumptions(assumptions, story)
    return book.done()


def _accounts_sheet(book: Book, name: str) -> Sheet:
    sheet = Sheet(book, name, [*[9] * len(KEYS), *[13] * len(AT)])
    sheet.say(0, MEANS)
    sheet.heads(
        FIRST - 1, [*KEYS, *(currency.in_words(line.label) for line in (LINES | RATIOS).values())], frozen=len(KEYS)
    )
    return sheet


def _keys(sheet: Sheet, row: int, name: str, calendar: Calendar, months: range) -> None:
    """Write whose period it is and which: numbers from 1 on, or by date the names of years and quarters, and first days of months."""
    first, last = months[0], months[-1]
    if calendar.start is None:
        when: tuple[Any, ...] = (calendar.year(first) + 1, calendar.quarter(first) + 1, first + 1, last + 1)
    else:
        when = (
            calendar.year_name(first),
            calendar.quarter_name(first),
            calendar.first_of(first),
            calendar.first_of(last),
        )
    for column, value in enumerate((name, *when)):
        sheet.put(row, column, value)


def _row_formulas(sheet: Sheet, row: int, period: Period) -> None:
    """Write what follows from the other lines of a row."""
    cells = {name: f"{letter(column)}{row + 1}" for name, column in AT.items()}
    for name, line in (LINES | RATIOS).items():
        if line.formula:
            sheet.formula(row, AT[name], line.formula.format_map(cells), line.kind, period[name])


def _months(sheet: Sheet, story: Story) -> dict[str, tuple[int, int]]:
    """Write a row a month; return the first and the last row of each motion, from 0 on."""
    row, blocks = FIRST, {}
    for m in story.motions:
        start = row
        for k, period in enumerate(story.firms[m].months):
            _keys(sheet, row, story.names[m], story.calendar, range(k, k + 1))
            for name, line in LINES.items():
                if name == "opening_usd" and k:
                    sheet.formula(row, AT[name], f"{letter(AT['closing_usd'])}{row}", line.kind, period[name])
                elif not line.formula:
                    sheet.put(row, AT[name], period[name], line.kind)
            _row_formulas(sheet, row, period)
            row += 1
        blocks[m] = (start, row - 1)
    sheet.sheet.autofilter(FIRST - 1, 0, row - 1, len(KEYS) + len(AT) - 1)
    return blocks


def _column(name: str) -> str:
    """Return a column of the monthly sheet, for a formula."""
    return _range(AT[name])


def _range(column: int) -> str:
    at = letter(column)
    return f"'{MONTHS}'!${at}${FIRST + 1}:${at}$99999"


def _sum(name: str, motion: str, *conditions: str) -> str:
    """Return a formula that sums a line over months of a motion."""
    return f"SUMIFS({', '.join((_column(name), _range(0), motion, *conditions))})"


def _periods(sheet: Sheet, story: Story, of: Callable[[str], list[Period]], which: Callable[[int], int]) -> None:
    """Write a row a quarter or year, summed from the monthly sheet."""
    row = FIRST
    month = _range(KEYS.index("to month"))
    for m in story.motions:
        for months, period in zip(periods(len(story.firms[m].months), which), of(m), strict=True):
            _keys(sheet, row, story.names[m], story.calendar, months)
            a, d, e = (f"${at}{row + 1}" for at in "ADE")
            for name, line in LINES.items():
                if line.flow and not line.formula:
                    text = _sum(name, a, month, f'">="&{d}', month, f'"<="&{e}')
                elif name in ("customers", "opening_usd"):
                    text = _sum(name, a, month, e if name == "customers" else d)
                else:
                    continue
                sheet.formula(row, AT[name], text, line.kind, period[name])
            _row_formulas(sheet, row, period)
            row += 1


def _bridges(sheet: Sheet, story: Story, blocks: dict[str, tuple[int, int]]) -> None:
    """Write the ARR bridge of the last year of each motion, from the sheet By month, with a waterfall beside it."""
    sheet.say(0, f"{story.bridge_title}. {story.bridge_note}")
    sheet.heads(FIRST - 1, ["motion", "line", "value", "after it", *BARS], frozen=2)
    for k, m in enumerate(story.motions):
        top = FIRST + BLOCK * k
        start, end = blocks[m]
        start = max(start, end - MONTHS_A_YEAR + 1)
        for row, (name, step) in enumerate(zip(bridge.LINES, story.bridges[m], strict=True), top):
            sheet.put(row, 0, story.names[m])
            sheet.put(row, 1, step.name)
            at = letter(AT[name])
            text = {
                "opening": f"'{MONTHS}'!{at}{start + 1}",
                "closing": f"SUM(C{top + 1}:C{row})",
            }.get(step.name, f"SUM('{MONTHS}'!{at}{start + 1}:{at}{end + 1})")
            sheet.formula(row, 2, text, Kind.USD, step.change)
            sheet.formula(row, 3, f"C{row + 1}" if step.total else f"D{row}+C{row + 1}", Kind.USD, step.end)
            low, high = (f"{which}({'0' if step.total else f'D{row}'},D{row + 1})" for which in ("MIN", "MAX"))
            parts = (f"MAX({low},0)+MIN({high},0)", f"MAX({high},0)-MAX({low},0)", f"MIN({low},0)-MIN({high},0)")
            for column, (part, value) in enumerate(zip(parts, step.stacked, strict=True), 4):
                sheet.formula(row, column, part, Kind.USD, value)
        sheet.put(row + 1, 1, "less By month")
        check = f"C{row + 1}-'{MONTHS}'!{letter(AT['closing_usd'])}{end + 1}"
        sheet.formula(row + 1, 2, check, Kind.USD, 0.0)
        sheet.sheet.insert_chart(top, 8, _waterfall(sheet, story, m, top), {"description": f"{story.names[m]}: {story.bridge_title}"})  # fmt: skip


def _waterfall(sheet: Sheet, story: Story, motion: str, top: int):
    """Return a native chart of a bridge whose table begins in row ``top``: bars on what they begin at, which is not seen."""
    chart, last = sheet.book.book.add_chart({"type": "bar", "subtype": "stacked"}), top + len(bridge.LINES) - 1
    fills = [
        {"fill": {"color": in_hex(waterfall.tint(step, story.on_theme[motion]))}} for step in story.bridges[motion]
    ]
    for column, name in enumerate(BARS, 4):
        seen = {"fill": {"none": True}} if column == 4 else {"points": fills}
        chart.add_series({"name": name, "categories": [sheet.name, top, 1, last, 1], "values": [sheet.name, top, column, last, column], "gap": 40} | seen)  # fmt: skip
    chart.set_title({"name": story.names[motion], "name_font": _font(story, size=12)})
    chart.set_y_axis({"reverse": True, "label_position": "low"} | _axis(story))
    chart.set_x_axis({"num_format": currency.chart_format(currency.MILLIONS).partition(";")[0], "label_position": "low", "major_gridlines": {"visible": False}} | _axis(story))  # fmt: skip
    _on_paper(chart, story)
    chart.set_legend({"none": True})
    chart.set_size({"width": 620, "height": 20 * (BLOCK - 1)})
    return chart


def _tenure(sheet: Sheet, story: Story) -> dict[str, str]:
    """Write the life table of each motion; return the formula of its discounted lifetime in weeks, of those that have one."""
    sheet.say(0, "Customers of all simulated markets by age in weeks; ages from the second year on are pooled by week of the year. Discounted at 10 % a year.")  # fmt: skip
    sheet.heads(FIRST - 1, ["age", "week of the year", "discount", *(f"{story.names[m]} {what}" for m in story.motions for what in ("at risk", "ended", "hazard", "kept"))], frozen=3)  # fmt: skip
    found: dict[str, str] = {}
    for k, m in enumerate(story.motions):
        since, rows = accounts.ages(story.firms[m])
        if not rows:
            continue
        base, n = 3 + 4 * k, len(rows)
        risk, ended, hazard, kept = (letter(base + j) for j in range(4))
        last = int((story.firms[m].tenure.followed >= LEAST_AT_RISK).sum()) - 1
        old = f"$A${FIRST + 1 + since}:$A${FIRST + 1 + last}"
        weeks = old.replace("$A", "$B")
        for r, age in enumerate(rows, FIRST):
            sheet.put(r, 0, age.age)
            sheet.formula(r, 1, f"MOD(A{r + 1},{YEAR_WEEKS})", Kind.COUNT, age.age % YEAR_WEEKS)
            sheet.formula(r, 2, f"1.1^(-A{r + 1}/{YEAR_WEEKS})", Kind.RATIO, age.discount)
            sheet.put(r, base, age.at_risk, Kind.COUNT)
            sheet.put(r, base + 1, age.ended, Kind.COUNT)
            part = {c: old.replace("$A", f"${c}") for c in (risk, ended)}
            if age.age < since:
                text = f"IF({risk}{r + 1}>0,{ended}{r + 1}/{risk}{r + 1},0)"
            else:
                pooled = f"SUMIFS({part[ended]},{weeks},B{r + 1})/SUMIFS({part[risk]},{weeks},B{r + 1})"
                text = f"IFERROR({pooled},SUM({part[ended]})/SUM({part[risk]}))"
            sheet.formula(r, base + 2, text, Kind.RATIO, age.hazard)
            before = f"{kept}{r}*" if r > FIRST else ""
            sheet.formula(r, base + 3, f"{before}(1-{hazard}{r + 1})", Kind.SHARE, age.kept)
        found[m] = (
            f"SUMPRODUCT({TENURE}!${kept}${FIRST + 1}:${kept}${FIRST + n},{TENURE}!$C${FIRST + 1}:$C${FIRST + n})"
        )
    return found


def _summary(sheet: Sheet, story: Story, lives: dict[str, str]) -> None:
    """Write the verdict, medians of markets and the mean firm."""
    sheet.say(0, story.title, sheet.book.title)
    row = 1
    for sentence in story.verdict.sentences:
        sheet.say(row, sentence, sheet.book.plain)
        row += 1
    row = _medians(sheet, story, row + 1)
    _mean_firm(sheet, story, row + 1, lives)


def _past(sheet: Sheet, story: Story, past: Past) -> None:
    """Write the table of the next money, and customers of today and those won since apart."""
    sheet.say(
        0, "The next money, against stopping to spend: medians of simulated markets, and the range of 90 % of them."
    )
    sheet.heads(FIRST - 1, ["", *past.heads])
    for r, (name, cells) in enumerate(past.money, FIRST):
        for c, text in enumerate((name, *(cell.replace("\n", " ") for cell in cells))):
            sheet.put(r, c, text)
    row = FIRST + len(past.money) + 1
    sheet.say(row, "Customers of today and those won since, apart: medians of simulated markets.", sheet.book.bold)
    sheet.sheet.write_row(row + 1, 0, ["", *(story.names[m] for m in story.motions)], sheet.book.head)
    for r, part in enumerate(past.parts, row + 2):
        sheet.put(r, 0, part.label)
        for c, value in enumerate(part.values, 1):
            sheet.put(r, c, value, part.kind)


def _charts(sheet: Sheet, story: Story, blocks: dict[str, tuple[int, int]]) -> None:
    """Draw lines of the accounts by month."""
    sheet.say(0, "The mean firm by month; the charts follow the sheet By month.")
    sheet.sheet.fit_to_pages(1, 1)  # else a page ends within a chart
    for k, (name, title, log) in enumerate((("cac_usd", "CAC by month", True), ("closing_usd", "ARR", False), ("cash_usd", "Cash of the month", False))):  # fmt: skip
        chart = _chart(sheet.book, story, blocks, name, title, log=log)
        sheet.sheet.insert_chart(2 + 17 * k, 0, chart, {"description": title})


def _medians(sheet: Sheet, story: Story, row: int) -> int:
    sheet.say(row, "Median of simulated markets, and the range of 90 % of them", sheet.book.bold)
    heads = [f"{story.names[m]} {what}" for m in story.motions for what in ("median", "5 %", "95 %")]
    sheet.sheet.write_row(row + 1, 0, ["", *heads], sheet.book.head)
    by = {(x.metric, x.motion): x for x in story.summary}
    rows = {m: [k for k, run in enumerate(story.runs, FIRST) if run["motion"] == m] for m in story.motions}
    for r, metric in enumerate(HEADLINES, row + 2):
        sheet.put(r, 0, row_name(metric))
        at = letter(2 + list(METRICS).index(metric.name))
        for k, m in enumerate(story.motions):
            x = by[metric.name, m]
            cells = f"{RUNS}!{at}{rows[m][0] + 1}:{at}{rows[m][-1] + 1}"
            sheet.formula(r, 1 + 3 * k, f"MEDIAN({cells})", metric.kind, x.median)
            if x.runs >= LEAST_MARKETS:
                sheet.formula(r, 2 + 3 * k, f"PERCENTILE({cells},0.05)", metric.kind, x.low)
                sheet.formula(r, 3 + 3 * k, f"PERCENTILE({cells},0.95)", metric.kind, x.high)
    return row + 2 + len(HEADLINES)


def _mean_firm(sheet: Sheet, story: Story, row: int, lives: dict[str, str]) -> None:
    """Write the mean firm over the whole run: change a month and see what it does to CAC, payback and lifetime value."""
    sheet.say(row, "The mean firm over the whole run, from the sheets By month and Tenure", sheet.book.bold)
    sheet.sheet.write_row(row + 1, 0, ["", *(story.names[m] for m in story.motions)], sheet.book.head)
    lines = {name: line for name, line in LINES.items() if line.flow} | RATIOS
    place = {name: row + 2 + k for k, name in enumerate(lines)}
    worth = {"margin": row + 2 + len(lines)}
    worth |= {name: worth["margin"] + k for k, name in enumerate(("weeks", "ltv", "ratio"), 1)}
    for name, line in lines.items():
        sheet.put(place[name], 0, currency.in_words(line.label))
    for name, label in (("margin", "gross margin per customer-week"), ("weeks", "discounted weeks of a customer"), ("ltv", "lifetime value before cost to serve"), ("ratio", "LTV : CAC")):  # fmt: skip
        sheet.put(worth[name], 0, label)
    for k, m in enumerate(story.motions, 1):
        at, whole, value = letter(k), story.firms[m].whole, story.worths[m]
        cells = {name: f"{at}{r + 1}" for name, r in place.items()}
        for name, line in lines.items():
            text = line.formula.format_map(cells) if line.formula else _sum(name, f"${at}${row + 2}")
            sheet.formula(place[name], k, text, line.kind, whole[name])
        sheet.formula(
            worth["margin"], k, f"{cells['gross_usd']}/{cells['customer_weeks']}", Kind.RATIO, value.margin_usd_per_week
        )
        if m in lives:
            sheet.formula(worth["weeks"], k, lives[m], Kind.WEEKS, value.lifetime_weeks)
            sheet.formula(
                worth["ltv"], k, f"{at}{worth['margin'] + 1}*{at}{worth['weeks'] + 1}", Kind.USD, value.ltv_usd
            )
            sheet.formula(worth["ratio"], k, f"{at}{worth['ltv'] + 1}/{cells['cac_usd']}", Kind.RATIO, value.ltv_to_cac)


def _chart(book: Book, story: Story, blocks: dict[str, tuple[int, int]], name: str, title: str, *, log: bool):
    """Return a native line chart of a line of the accounts by month."""
    chart = book.book.add_chart({"type": "line"})
    for m, dash in zip(story.motions, ("solid", "dash", "round_dot", "dash_dot", *["long_dash"] * 9), strict=False):
        first, last = blocks[m]
        months = KEYS.index("to month")
        chart.add_series({
            "name": story.names[m], "categories": [MONTHS, first, months, last, months],
            "values": [MONTHS, first, AT[name], last, AT[name]],
            "line": {"color": story.on_theme[m], "width": 2.5, "dash_type": dash},
        })  # fmt: skip
    chart.set_title({"name": title, "name_font": _font(story, size=12)})
    dated = {} if story.calendar.start is None else {"num_format": MONTH, "text_axis": True}
    chart.set_x_axis({"name": "month", "interval_unit": 6, "label_position": "low"} | dated | _axis(story))
    axis = {
        "num_format": currency.chart_format().partition(";")[0],
        "major_gridlines": {"visible": bool(story.paper.rule), "line": {"color": story.paper.rule or story.paper.ink}},
    } | _axis(story)
    chart.set_y_axis(axis | ({"log_base": 10, "min": 100} if log else {}))
    chart.set_legend({"font": _font(story)})
    _on_paper(chart, story)
    chart.set_size({"width": 900, "height": 320})
    chart.show_blanks_as("gap")
    return chart


def _on_paper(chart: Any, story: Story) -> None:
    """Put a chart on the paper of the theme and the style file."""
    for put, tint in ((chart.set_chartarea, story.paper.chart), (chart.set_plotarea, story.paper.plot)):
        put({"fill": {"color": tint} if tint else {"none": True}})


def _font(story: Story, **more: Any) -> dict[str, Any]:
    """Return the letters of a chart; in Excel's own font where the style file names none."""
    return {"color": story.paper.ink} | ({"name": story.paper.font} if story.paper.font else {}) | more


def _axis(story: Story) -> dict[str, Any]:
    """Return the letters and the line of an axis."""
    return {"num_font": _font(story), "name_font": _font(story), "line": {"color": story.paper.ink}}


def _differences(sheet: Sheet, story: Story) -> None:
    sheet.say(
        0,
        "First less second in the same simulated market; of shares, in points of 1. Wins count markets that tell the two apart.",
    )
    sheet.heads(FIRST - 1, ["", "first", "second", "pairs", "median", "5 %", "95 %", "share first better", "share second better", "only one has it", "neither has it"])  # fmt: skip
    for r, x in enumerate(story.differences, FIRST):
        metric = METRICS[x.metric]
        names = (row_name(metric), story.names[x.first], story.names[x.second])
        for c, text in enumerate(names):
            sheet.put(r, c, text)
        for c, (value, kind) in enumerate(((x.pairs, Kind.COUNT), *((v, metric.kind) for v in (x.median, x.low, x.high)), (x.first_wins, Kind.SHARE), (x.second_wins, Kind.SHARE), (x.one_only, Kind.COUNT), (x.neither, Kind.COUNT)), 3):  # fmt: skip
            sheet.put(r, c, value, kind)
    sheet.sheet.autofilter(FIRST - 1, 0, FIRST - 1 + len(story.differences), 10)


def _cohorts(sheet: Sheet, story: Story) -> None:
    most = max(len(firm.cohorts) for firm in story.firms.values())
    sheet.say(0, "Customers by month of adoption in the mean market, and which share is still there after so many months; only ages that the whole cohort has reached.")  # fmt: skip
    sheet.heads(FIRST - 1, ["motion", "month of adoption", "new customers", *(str(k) for k in range(most))], frozen=3)
    row = FIRST
    for m in story.motions:
        for k, (new, shares) in enumerate(story.firms[m].cohorts):
            sheet.put(row, 0, story.names[m])
            sheet.put(row, 1, k + 1 if story.calendar.start is None else story.calendar.first_of(k))
            sheet.put(row, 2, new, Kind.COUNT)
            for age, share in enumerate(shares):
                sheet.put(row, 3 + age, share, Kind.SHARE)
            row += 1
    sheet.sheet.conditional_format(
        FIRST, 3, row - 1, 2 + most, {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": "#9CC9E3"}
    )


def _assumptions(sheet: Sheet, story: Story) -> None:
    sheet.say(
        0,
        f"{sum(s.changed for s in story.settings)} of {len(story.settings)} settings differ from the reference; they stand in bold.",
    )
    sheet.heads(FIRST - 1, ["setting", "value", "unit", "reference", "changed", "prior from", "to", "grade", "source"])
    for r, s in enumerate(story.settings, FIRST):
        style = sheet.book.bold if s.changed else sheet.book.plain
        for c, value in enumerate(
            (
                s.path,
                s.value,
                s.unit,
                s.reference,
                "yes" if s.changed else "",
                s.prior_low,
                s.prior_high,
                s.grade,
                s.source,
            )
        ):
            sheet.put(r, c, value, style=style)
    sheet.sheet.autofilter(FIRST - 1, 0, FIRST - 1 + len(story.settings), 8)


def _runs(sheet: Sheet, story: Story) -> None:
    sheet.say(
        0,
        "A row a run: every metric; the same market number is the same people and luck. "
        + currency.in_words("Money in USD, shares of 1."),
    )
    sheet.heads(FIRST - 1, ["motion", "market", *(row_name(metric) for metric in METRICS.values())], frozen=2)
    for r, run in enumerate(story.runs, FIRST):
        sheet.put(r, 0, story.names[run["motion"]])
        sheet.put(r, 1, run["market"])
        for c, metric in enumerate(METRICS.values(), 2):
            if run[metric.name] is not None:
                sheet.put(r, c, run[metric.name], metric.kind)
    sheet.sheet.autofilter(FIRST - 1, 0, FIRST - 1 + len(story.runs), 1 + len(METRICS))
