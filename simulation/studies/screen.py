"""Tables on a screen: values stay whole, words wrap between them, and what is too wide for one table goes on below in another."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from rich.console import Console, RenderableType
from rich.measure import Measurement
from rich.table import Column, Table

WIDTH = 80  # columns of a screen, and of a text file
EDGE = 3  # a bar and a blank to each side of a column; one bar more a table


def show(console: Console, table: Table) -> None:
    """Print a table within the width of the screen."""
    for part in fitted(console, table):
        console.print(part)


def fitted(console: Console, table: Table) -> list[Table]:
    """Return a table as it is where it fits the screen, else parts that do: each has all its columns of words and some of its values."""
    room = console.width - 1
    if _size(console, table).maximum <= console.width:
        return [table]
    words = [column for column in table.columns if column.justify != "right"]
    needed = {k: _needed(console, column) for k, column in enumerate(table.columns) if column.justify == "right"}
    least = [_measured(console, column).minimum for column in words]
    parts = list(_packed(needed, room - sum(least) - EDGE * len(words)))
    return [_part(console, table, {k: needed[k] for k in part}, least, room, first=part is parts[0]) for part in parts]


def _packed(needed: dict[int, int], room: int) -> Iterator[list[int]]:
    """Yield the columns of values of each part, as many as there is room for, at least one; a table of words alone is one part."""
    part: list[int] = []
    for k, width in needed.items():
        if part and sum(needed[i] + EDGE for i in part) + width + EDGE > room:
            yield part
            part = []
        part.append(k)
    yield part


def _part(console: Console, table: Table, values: dict[int, int], least: list[int], room: int, first: bool) -> Table:
    """Return a table of the columns of words, which share the room that ``values`` (column: width) leave, and of those values."""
    words = [column for column in table.columns if column.justify != "right"]
    wished = [_measured(console, column).maximum for column in words]
    left = room - sum(width + EDGE for width in values.values()) - sum(least) - EDGE * len(words)
    more = sum(wished) - sum(least)
    share = min(1.0, max(0, left) / more) if more else 0.0
    widths = iter([low + int(share * (high - low)) for low, high in zip(least, wished, strict=True)])
    columns = [
        replace(column, width=values[k] if column.justify == "right" else next(widths))
        for k, column in enumerate(table.columns)
        if k in values or column.justify != "right"
    ]
    part = copy(table)
    part.columns = [replace(column, _index=k) for k, column in enumerate(columns)]
    part.title, part.width = table.title if first else None, None
    return part


def _needed(console: Console, column: Column) -> int:
    """Return the width in which every value of a column stands in one line, and every word of its head."""
    values = [_size(console, cell).maximum for cell in column.cells]
    return max([_size(console, column.header).minimum, *values])


def _measured(console: Console, column: Column) -> Measurement:
    """Return the width of the longest word of a column and of its longest line."""
    sizes = [_size(console, cell) for cell in (column.header, *column.cells)]
    return Measurement(max(size.minimum for size in sizes), max(size.maximum for size in sizes))


def _size(console: Console, what: RenderableType) -> Measurement:
    return Measurement.get(console, console.options.update(max_width=10_000), what)
