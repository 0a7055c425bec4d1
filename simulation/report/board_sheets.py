"""What a board reads in the workbook: profit and loss, and the hiring plan, a line a row and a quarter or year a column."""

from simulation.metrics.metric import Kind
from simulation.report.cells import Sheet, letter
from simulation.report.story import Story
from simulation.scenario.firm import LEVERS
from simulation.studies.hiring import HEADS, ROLES
from simulation.studies.profit_and_loss import LINES, SPENT

NOTE = (
    "Means over simulated markets, in whole cents that add up. Operating result: before research, development and administration, which "
    "the model does not know; cash: their sum since today. Blue: from the simulation; black: formulas."
)
STAFF_NOTE = (
    "Means over simulated markets and the weeks of a quarter. Heads below one are bought by the hour. Content and staffed support are bought "
    "by the piece and the ticket: no heads are known of them. Blue: from the simulation; black: formulas."
)
HEAD_ROW = 1  # from 0 on, below the note
INPUTS = ("revenue", "cost_of_revenue", *SPENT, "of_which_team")


def profit_and_loss_sheet(sheet: Sheet, story: Story) -> None:
    """Write a block a motion: quarters from the simulation, years as their sums, totals as formulas."""
    sheet.say(0, NOTE)
    first = story.statements[story.motions[0]]
    quarters, years = first["quarter"], first["year"]
    sheet.heads(HEAD_ROW, ["motion", "", *(_quarter(q.period.name) for q in quarters), *(year_called(y.period.name) for y in years)], frozen=2)  # fmt: skip
    sheet.sheet.set_column(2, 1 + len(quarters) + len(years), 13)
    row = HEAD_ROW + 1
    for m in story.motions:
        at = {name: row + k for k, name in enumerate(LINES)}
        for name, label in LINES.items():
            sheet.put(at[name], 0, story.names[m])
            sheet.put(at[name], 1, label)
        for k, of in enumerate((*story.statements[m]["quarter"], *story.statements[m]["year"])):
            column = 2 + k
            for name, cents in of.cents.items():
                value = cents / 100
                if name not in INPUTS:
                    sheet.formula(at[name], column, _total(name, at, column, k in (0, len(quarters))), Kind.USD, value)
                elif k < len(quarters):
                    sheet.put(at[name], column, value, Kind.USD)
                else:
                    parts = [
                        2 + j for j, q in enumerate(quarters) if of.period.first <= q.period.last <= of.period.last
                    ]
                    span = f"{letter(parts[0])}{at[name] + 1}:{letter(parts[-1])}{at[name] + 1}"
                    sheet.formula(at[name], column, f"SUM({span})", Kind.USD, value)
        row += len(LINES) + 1


def _total(name: str, at: dict[str, int], column: int, begins: bool) -> str:
    """Return the formula of a line that follows from others."""
    cell = {line: f"{letter(column)}{row + 1}" for line, row in at.items()}
    if name == "cash":
        return cell["operating_result"] if begins else f"{letter(column - 1)}{at[name] + 1}+{cell['operating_result']}"
    return {
        "gross_margin": f"{cell['revenue']}-{cell['cost_of_revenue']}",
        "spending": f"SUM({cell[LEVERS[0]]}:{cell[SPENT[-1]]})",
        "operating_result": f"{cell['gross_margin']}-{cell['spending']}",
    }[name]


def hiring_sheet(sheet: Sheet, story: Story) -> None:
    """Write a line a role: heads by quarter; below it whole heads and what to hire, as formulas."""
    sheet.say(0, STAFF_NOTE)
    quarters = story.staff[story.motions[0]]
    sheet.heads(HEAD_ROW, ["motion", "role", "unit", "what", *(_quarter(q.period.name) for q in quarters)], frozen=4)
    sheet.sheet.set_column(4, 3 + len(quarters), 9)
    row = HEAD_ROW + 1
    for m in story.motions:
        for k, post in enumerate(story.staff[m][0].posts):
            amounts = [q.posts[k] for q in story.staff[m]]
            whats = ("mean", "whole heads", "to hire") if ROLES[post.role] == HEADS else ("mean",)
            for r, what in enumerate(whats, row):
                for c, text in enumerate((story.names[m], post.role.replace("_", " "), ROLES[post.role], what)):
                    sheet.put(r, c, text)
            for c, of in enumerate(amounts, 4):
                sheet.put(row, c, of.amount, Kind.RATIO)
                if len(whats) > 1:
                    here, before = (f"{letter(x)}{row + 2}" for x in (c, c - 1))
                    less = amounts[c - 5].whole if c > 4 else 0
                    sheet.formula(row + 1, c, f"ROUND({letter(c)}{row + 1},0)", Kind.COUNT, of.whole)
                    sheet.formula(row + 2, c, f"{here}-{before}" if c > 4 else here, Kind.COUNT, of.whole - less)
            row += len(whats)


def _quarter(name: str) -> str:
    return f"quarter {name}" if name.isdigit() else name


def year_called(name: str) -> str:
    """Return what the head of a year's column says."""
    return f"year {name}" if name.isdigit() and len(name) < 4 else name  # a number, or a year of the calendar
