"""A user's CSV file as rows of text, and a cell as a number; what cannot be used is named by file, row and column."""

import csv
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from simulation.scenario.errors import BadInput

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
GROUPED = re.compile(
    r"(-?[0-9]{1,3})(?P<sign>[ ,.'_\u2019\u00a0\u202f])([0-9]{3}(?:(?P=sign)[0-9]{3})*)(?:[.,]([0-9]+))?"
)
CURRENCIES = "$€£¥"
SHOWN = 40  # characters of a cell that a sentence repeats


class Sheet(NamedTuple):
    """A file as read: how sentences call it, its columns, and rows as (line number, cells by column)."""

    said: str
    head: list[str]
    rows: list[tuple[int, dict[str, str]]]


def read_sheet(file: Path, said: str, check_head: Callable[[list[str]], None] | None = None) -> Sheet:
    """Return a CSV with one row of column names, which ``check_head`` may refuse; raises BadInput."""
    head, rows = _lines(file, said)
    if len(head) == 1 and (other := next((sign for sign in ";\t" if sign in head[0]), None)):
        by = "semicolons" if other == ";" else "tabs"
        raise BadInput(f"{said}: row 1 is separated by {by}; save it as CSV with commas between the columns")
    for name in head:
        if head.count(name) > 1:
            raise BadInput(f"{said}: row 1 names the column '{name[:SHOWN]}' {head.count(name)} times, once is needed")
    if check_head:
        check_head(head)
    for n, row in rows:
        if len(row) != len(head):
            raise BadInput(
                f"{said}: row {n} has {len(row)} cells, row 1 has {len(head)}; a number with a comma in it? write 1234.5"
            )
    return Sheet(said, head, [(n, dict(zip(head, row, strict=True))) for n, row in rows])


def _lines(file: Path, said: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    head: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    n = 0
    try:
        with file.open(newline="", encoding="utf-8-sig") as lines:
            for n, row in enumerate(csv.reader(lines, strict=True), 1):
                cells = [c.strip() for c in row]
                if n == 1:
                    head = cells
                elif any(cells):
                    rows.append((n, cells))
    except FileNotFoundError:
        raise BadInput(f"{said}: the file does not exist") from None
    except IsADirectoryError:
        raise BadInput(f"{said}: this is a folder, a CSV file is needed") from None
    except OSError as error:
        raise BadInput(f"{said}: the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{said}: the file is no UTF-8 text; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise BadInput(f"{said}: row {n + 1} cannot be read ({error}); is a quotation mark left open?") from None
    return head, rows


def cell(said: str, row: int, column: str, text: str) -> str:
    """Return the head of a sentence about a cell."""
    return f"{said}: row {row}, column {column} is '{text[:SHOWN]}{'...' if len(text) > SHOWN else ''}'"


def number_in(said: str, row: int, column: str, text: str) -> float:
    """Return a cell's number, written as 1234.5; raises BadInput."""
    where = cell(said, row, column, text)
    if text == "":
        raise BadInput(f"{said}: row {row}, column {column} is empty, a number is needed")
    if any(sign in text for sign in CURRENCIES):
        bare = _plain(re.sub(r"[^0-9.,'_-]", "", text))
        raise BadInput(f"{where}, write the number without a currency sign, such as {bare or '1200'}")
    if NUMBER.fullmatch(text):
        if not math.isfinite(float(text)):
            raise BadInput(f"{where}, a smaller number is needed")
        return float(text)
    if GROUPED.fullmatch(text):
        raise BadInput(f"{where}, write the number without thousands separators, such as {_plain(text)}")
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        raise BadInput(f"{where}, write the number with a decimal point, such as {text.replace(',', '.')}")
    raise BadInput(f"{where}, a number is needed")


def _plain(text: str) -> str:
    """Return a number without what separates its thousands."""
    found = GROUPED.fullmatch(text)
    if not found:
        return text.replace(",", ".") if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", text) else text
    head, _, tail, decimals = found.groups()
    return head + re.sub("[^0-9]", "", tail) + (f".{decimals}" if decimals else "")
