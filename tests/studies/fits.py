"""Whether a table fits a screen of 80 columns with every word whole, and every value in one line."""

import re

from rich.console import Console
from rich.table import Table

COLUMNS = 80


def lines(table: Table, columns: int) -> list[str]:
    """Return the lines of a table on a screen of so many columns."""
    page = Console(width=columns, force_terminal=False, force_jupyter=False)
    return "".join(segment.text for segment in page.render(table)).splitlines()


def broken(table: Table) -> set[str]:
    """Return words and values (numbers on the right) that 80 columns break or cut."""
    text = "\n".join(lines(table, COLUMNS))
    values = {
        str(cell)
        for column in table.columns
        if column.justify == "right"
        for cell in column.cells
        if re.search(r"\d", str(cell))
    }
    words = {word for line in lines(table, 1000) for word in line.split() if word.strip("┏┓┗┛━┳┻┡┩╇└┘─┴┬├┤┼")}
    return {said for said in words | {line for value in values for line in value.splitlines()} if said not in text}
