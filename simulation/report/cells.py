"""Cells of a workbook: one format a kind of number, text that stays text, and no formula without its value."""

import json
import math
from collections.abc import Sequence
from datetime import date, datetime, time
from io import BytesIO
from textwrap import wrap
from typing import Any

from simulation.metrics.metric import PERCENT, Kind
from simulation.scenario import currency

WIDTH, LINE = 8.43, 15.0  # of a column that has no width of its own, in letters; of a line, in points
MONTH = "mmm yyyy"
FORMATS = {
    Kind.COUNT: "#,##0", Kind.MONTHS: "0.0", Kind.WEEKS: "0.0", Kind.RATIO: "0.00",
    Kind.INDEX: "0.00", **dict.fromkeys(PERCENT, "0.0%"),
}  # fmt: skip


def letter(column: int) -> str:
    """Return the letters of a column, from 0 on."""
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(column))


class Book:
    """A workbook in memory."""

    def __init__(self, title: str, comments: str) -> None:
        import xlsxwriter

        self._file = BytesIO()
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.book = xlsxwriter.Workbook(self._file, options)
        self.book.set_properties({"title": title, "comments": comments, "author": ""})
        self.head = self.book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
        self.title = self.book.add_format({"bold": True, "font_size": 14})
        self.note = self.book.add_format({"italic": True, "font_color": "#595959"})
        self.bold = self.book.add_format({"bold": True})
        self.plain = self.book.add_format()
        self.month = self.book.add_format({"num_format": MONTH, "align": "left"})
        formats = dict.fromkeys((Kind.USD, Kind.USD_TOTAL), currency.cell_format()) | FORMATS
        self._kinds = {kind: self.book.add_format({"num_format": text}) for kind, text in formats.items()}
        self._inputs = {kind: self.book.add_format({"num_format": text, "font_color": "#0000FF"}) for kind, text in formats.items()}  # fmt: skip

    def format(self, kind: Kind | None, *, given: bool = False) -> Any:
        """Return the format of a kind of number; ``given``: in blue, as what no formula computes is written by convention."""
        if kind is None:
            return self.plain
        return (self._inputs if given else self._kinds)[kind]

    def done(self) -> bytes:
        """Return the file."""
        self.book.close()
        return self._file.getvalue()


class Sheet:
    """One sheet of a book."""

    def __init__(self, book: Book, name: str, widths: Sequence[float]) -> None:
        self.book, self.name, self.widths = book, name, widths
        self.sheet = book.book.add_worksheet(name)
        for k, width in enumerate(widths):
            self.sheet.set_column(k, k, width)
        self.sheet.set_landscape()
        self.sheet.set_paper(9)  # A4
        self.sheet.fit_to_pages(1, 0)

    def heads(self, row: int, names: Sequence[str], *, frozen: int = 1) -> None:
        """Write the heads of columns; they stay in sight, with the first ``frozen`` columns."""
        self.sheet.write_row(row, 0, names, self.book.head)
        lines = max(
            len(wrap(text, int(of))) for text, of in zip(names, [*self.widths, *[WIDTH] * len(names)], strict=False)
        )
        self.sheet.set_row(row, LINE * max(lines, 1))  # not every reader makes room for what is wrapped
        self.sheet.freeze_panes(row + 1, frozen)
        self.sheet.repeat_rows(row)

    def say(self, row: int, text: str, style: Any = None) -> None:
        """Write a line of text over the columns."""
        self.sheet.write_string(row, 0, text, style or self.book.note)

    def put(self, row: int, column: int, value: Any, kind: Kind | None = None, style: Any = None) -> None:
        """Write a value; nothing where it is not defined."""
        if isinstance(value, bool) or value is None or isinstance(value, list | dict):
            text = "" if value is None else json.dumps(value, ensure_ascii=False)
            self.sheet.write_string(row, column, text, style or self.book.plain)
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, datetime.combine(value, time()), style or self.book.month)
        elif isinstance(value, str):
            self.sheet.write_string(row, column, value, style or self.book.plain)
        elif math.isfinite(value):
            self.sheet.write_number(row, column, value, style or self.book.format(kind, given=kind is not None))

    def formula(self, row: int, column: int, text: str, kind: Kind, value: float) -> None:
        """Write a formula with its value: many readers never compute it; empty where it is not defined."""
        known = math.isfinite(value)
        self.sheet.write_formula(row, column, f'=IFERROR({text},"")', self.book.format(kind), value if known else "")
