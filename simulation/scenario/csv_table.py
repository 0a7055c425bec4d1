"""A user's CSV file as rows of text, and a cell as a number; what cannot be used is named by file, row and column."""

import csv
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from simulation.scenario.errors import BadInput, shown

NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
GROUPED = re.compile(
    r"(-?[0-9]{1,3})(?P<sign>[ ,.'_\u2019\u00a0\u202f])([0-9]{3}(?:(?P=sign)[0-9]{3})*)(?:[.,]([0-9]+))?"
)
AMOUNT = re.compile(r"(?P<before>[^0-9]*?)(?P<number>[0-9](?:[0-9.,'_ \u2019\u00a0\u202f]*[0-9])?)(?P<after>[^0-9]*)")
DOLLARS = ("$", "usd", "us$", "usd$", "dollars")
SCALES = (
    {"k": 1e3, "thousand": 1e3}
    | dict.fromkeys(("m", "mio", "mn", "million"), 1e6)
    | dict.fromkeys(("b", "bn", "billion", "mia", "mrd"), 1e9)
)
GAPS = ("-", "--", "---", "\u2013", "\u2014", ".", "?", "n/a", "na", "n.a.", "#n/a", "null", "none", "nan")
SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
NAMED = 20  # names that a sentence repeats
LARGEST = 1e15  # beyond it whole numbers and sums of them are not exact
PREAMBLE = 30  # rows at the top among which the column names are looked for
LOOKS = {  # what a file begins with that is no CSV
    rb"\x1f\x8b": "a gzip archive; unpack it",
    rb"PK\x03\x04": "an Excel workbook or another zip archive; save it as CSV UTF-8",
    rb"\xd0\xcf\x11\xe0": "an old Excel workbook; save it as CSV UTF-8",
    rb"PAR1": "Parquet; save it as CSV UTF-8",
    rb"%PDF": "a PDF; export the table as CSV UTF-8",
    rb"\xff\xfe|\xfe\xff|.?\0": "UTF-16 text; save it as CSV UTF-8",
    rb"(\xef\xbb\xbf)?\s*(\{\s*[\"}]|\[\s*[\[{\"])": "JSON; save it as CSV with one row of column names",
    rb"(\xef\xbb\xbf)?\s*<": "a web page or XML; export the table as CSV UTF-8",
}


class Sheet(NamedTuple):
    """A file as read: how sentences call it, its columns, and rows as (row number, cells by column)."""

    said: str
    head: list[str]
    rows: list[tuple[int, dict[str, str]]]


def read_sheet(
    file: Path, said: str, needed: Sequence[str] = (), check_head: Callable[[list[str]], None] | None = None
) -> Sheet:
    """Return a CSV with one row of column names, checked as ``rows_of`` does; raises BadInput."""
    rows = rows_of(file, said, needed, check_head)
    _, head = next(rows)
    return Sheet(said, head, [(n, dict(zip(head, cells, strict=True))) for n, cells in rows])


def rows_of(
    file: Path, said: str, needed: Sequence[str] = (), check_head: Callable[[list[str]], None] | None = None
) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells), the column names first, without rows that are empty; for files too long to hold.

    Raises BadInput where a column is named twice or one of ``needed`` is not, where ``check_head`` refuses the names, and
    at a row that has not a cell for each.
    """
    rows = _rows(file, said)
    head = next(rows, (1, []))[1]
    try:
        _check_names(said, head, needed, check_head)
    except BadInput:
        if needed or check_head:  # else any row would do
            _refuse_preamble(said, islice(rows, PREAMBLE), needed, check_head)
        raise
    yield 1, head
    for n, cells in rows:
        if len(cells) != len(head):
            raise BadInput(
                f"{said}: row {n} has {len(cells)} cells, row 1 has {len(head)}; a number with a comma in it? write 1234.5"
            )
        yield n, cells


def _check_names(
    said: str, head: list[str], needed: Sequence[str], check_head: Callable[[list[str]], None] | None
) -> None:
    if len(head) == 1 and (other := next((sign for sign in SEPARATORS if sign in head[0]), "")):
        raise BadInput(
            f"{said}: row 1 is separated by {SEPARATORS[other]}; save it as CSV with commas between the columns"
        )
    for name in head:
        if head.count(name) > 1:
            raise BadInput(f"{said}: row 1 names the column '{shown(name)}' {head.count(name)} times, once is needed")
    if missing := [_lacking(name, head) for name in needed if name not in head]:
        raise BadInput(f"{said}: row 1 has no column {' and '.join(missing)}; needed: {', '.join(needed)}")
    if check_head:
        check_head(head)


def _refuse_preamble(
    said: str,
    rows: Iterator[tuple[int, list[str]]],
    needed: Sequence[str],
    check_head: Callable[[list[str]], None] | None,
) -> None:
    """Raise BadInput where one of ``rows`` names the columns, and a title or empty lines stand above it."""
    for n, cells in rows:
        try:
            _check_names(said, cells, needed, check_head)
        except BadInput:
            continue
        raise BadInput(f"{said}: the column names stand in row {n}; delete what is above them, they must be row 1")


def check_readable(file: Path, said: str, *, folder: bool = False, kind: str = "a CSV file") -> None:
    """Raise BadInput for a file that is not there, or that has no end: a pipe waits for a writer, some devices give for ever."""
    try:
        mode = file.stat().st_mode
    except FileNotFoundError:
        raise BadInput(f"{said}: the file does not exist") from None
    except (OSError, ValueError) as error:  # the second: a name with a zero byte
        raise BadInput(f"{said}: the file cannot be read ({getattr(error, 'strerror', error)})") from None
    if stat.S_ISDIR(mode) and not folder:
        raise BadInput(f"{said}: this is a folder, {kind} is needed")
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise BadInput(f"{said}: this is a device or a pipe, {kind} is needed")


def _rows(file: Path, said: str) -> Iterator[tuple[int, list[str]]]:
    n = 0
    check_readable(file, said)
    try:
        with file.open("rb") as begun:
            _refuse_other(said, begun.read(64))
        with file.open(newline="", encoding="utf-8-sig") as lines:
            for n, row in enumerate(csv.reader(lines, strict=True), 1):  # strict: an open quotation mark swallows rows
                cells = [c.strip() for c in row]
                if n == 1 or any(cells):
                    yield n, cells
    except OSError as error:
        raise BadInput(f"{said}: the file cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise BadInput(f"{said}: the file is no UTF-8 text; save it as CSV UTF-8") from None
    except csv.Error as error:
        raise BadInput(f"{said}: row {n + 1} cannot be read ({error}); is a quotation mark left open?") from None


def _refuse_other(said: str, start: bytes) -> None:
    """Raise BadInput where a file begins as something that is no CSV."""
    for sign, what in LOOKS.items():
        if re.match(sign, start, re.DOTALL):
            raise BadInput(f"{said}: this looks like {what}")


def _lacking(name: str, head: list[str]) -> str:
    near = get_close_matches(name, head, 1, 0.6)
    return f"{name} (is it '{shown(near[0])}'?)" if near else name


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence repeats them, the first of them where they are many."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(shown(name) for name in names[:NAMED]) + more


def cell(said: str, row: int, column: str, text: str) -> str:
    """Return the head of a sentence about a cell."""
    return f"{said}: row {row}, column {shown(column)} is '{shown(text)}'"


def number_in(said: str, row: int, column: str, text: str, low: float = -LARGEST, high: float = LARGEST) -> float:
    """Return a cell's number from ``low`` to ``high``, written as 1234.5; raises BadInput."""
    if NUMBER.fullmatch(text):
        if low <= float(text) <= high:
            return float(text)
        raise BadInput(f"{cell(said, row, column, text)}, {low:g} to {high:g} is allowed")
    where = cell(said, row, column, text)
    if text == "":
        raise BadInput(f"{said}: row {row}, column {shown(column)} is empty, a number is needed")
    if text.lower() in GAPS:
        raise BadInput(f"{where}, which says nothing; a number is needed")
    if GROUPED.fullmatch(text):
        raise BadInput(f"{where}, write the number without thousands separators, such as {_plain(text)}")
    if re.fullmatch(r"-?[0-9]+,[0-9]+", text):
        raise BadInput(f"{where}, write the number with a decimal point, such as {text.replace(',', '.')}")
    if hint := _amount(text):
        raise BadInput(f"{where}, {hint}")
    raise BadInput(f"{where}, a number is needed")


def whole_in(said: str, row: int, column: str, text: str, low: int = 0) -> int:
    """Return a cell's whole number of ``low`` or more; raises BadInput."""
    value = number_in(said, row, column, text)
    if value < low or value != int(value):
        raise BadInput(f"{cell(said, row, column, text)}, a whole number from {low} on is needed")
    return int(value)


def once(said: str, row: int, column: str, text: str, rows: dict[str, int]) -> None:
    """Note in ``rows`` where an id stands; raises BadInput where there is none or it has a row already."""
    if not text:
        raise BadInput(f"{said}: row {row}, column {column} is empty, an id is needed")
    if text in rows:
        raise BadInput(f"{cell(said, row, column, text)}, as in row {rows[text]}; one row each")
    rows[text] = row


def _amount(text: str) -> str:
    """Return how to write a number that stands beside a sign or a unit; nothing where there is no number."""
    found = AMOUNT.fullmatch(text)
    bare = _plain(found["number"]) if found else ""
    if not found or not NUMBER.fullmatch(bare):
        return ""
    unit = f"{found['before']}{found['after']}".strip(" .'()+-\u00a0\u202f").lower()
    if re.search("[-(\u2212\u2013]", found["before"]) or "-" in found["after"]:
        hint = f"write a negative number as -{bare}"
    elif unit == "%":
        hint = f"a number is needed, no percentage; as a share it is {float(bare) / 100:g}"
    elif unit in SCALES:
        hint = f"write it out, such as {float(bare) * SCALES[unit]:.0f}"
    elif unit in DOLLARS:
        hint = f"write the number without a currency sign, such as {bare}"
    else:
        hint = f"write the number alone, such as {bare}; if it is money, in USD"
    return hint


def _plain(text: str) -> str:
    """Return a number without what separates its thousands."""
    found = GROUPED.fullmatch(text)
    if not found:
        return text.replace(",", ".") if re.fullmatch(r"-?[0-9]+,[0-9]{1,2}", text) else text
    head, _, tail, decimals = found.groups()
    return head + re.sub("[^0-9]", "", tail) + (f".{decimals}" if decimals else "")
