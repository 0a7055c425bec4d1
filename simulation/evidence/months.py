"""Months as exports write them: YYYY-MM; whatever else a spreadsheet makes of a date is refused with what to write."""

import re
from datetime import date, timedelta

from simulation.scenario.csv_table import cell
from simulation.scenario.errors import BadInput

MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 1900, 2199
SERIAL = re.compile(r"([2-7][0-9]{4})(\.[0-9]+)?")  # days since the spreadsheet's day 0: 1954 to 2119
DAY_ZERO = date(1899, 12, 30)
WRITE = "write the month as YYYY-MM"
ORDER = ", the order of day, month and year cannot be known"
NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def check_month(said: str, row: int, column: str, text: str) -> None:
    """Raise BadInput where a cell is no month written as YYYY-MM, with the month it may stand for."""
    where = cell(said, row, column, text)
    if not MONTH.fullmatch(text):
        raise BadInput(f"{where}, {_meant(text)}")
    if not FIRST_YEAR <= int(text[:4]) <= LAST_YEAR:
        raise BadInput(f"{where}, a year from {FIRST_YEAR} to {LAST_YEAR} is needed")


def after(month: str) -> str:
    """Return the month that follows."""
    year, m = int(month[:4]), int(month[5:])
    return f"{year + m // 12}-{m % 12 + 1:02d}"


def before(month: str) -> str:
    """Return the month that precedes."""
    year, m = int(month[:4]), int(month[5:])
    return f"{year - (m == 1)}-{(m - 2) % 12 + 1:02d}"


def _meant(text: str) -> str:
    """Return what to write for a cell that may stand for a month, with a guess only where there is no other."""
    if found := SERIAL.fullmatch(text):
        day = DAY_ZERO + timedelta(days=int(found[1]))
        return f"a spreadsheet's number of a day; {WRITE}, such as {day:%Y-%m}"
    if found := re.fullmatch(r"(?:q([1-4])\D{0,2}(\d{4})|(\d{4})\D{0,2}q([1-4]))", text.lower()):
        year, quarter = found[2] or found[3], int(found[1] or found[4])
        months = ", ".join(f"{year}-{3 * quarter - 2 + k:02d}" for k in range(3))
        return f"a quarter; {WRITE}, with a row for each of {months}"
    return WRITE + (_of_numbers(text) if re.fullmatch(r"[\dTZ:./ -]+", text) else _of_words(text))


def _of_numbers(text: str) -> str:
    """Return what a date of numbers may mean."""
    if found := re.fullmatch(r"(\d{4})\D?(\d{1,2})(\D.*)?|(\d{1,2})\D(\d{4})", text):
        return _such_as(found[1] or found[5], int(found[2] or found[4]))
    if found := re.fullmatch(r"(\d{1,2})\D(\d{1,2})\D(\d{4})(\D.*)?", text):
        one, other = sorted((int(found[1]), int(found[2])))
        if one != other <= 12:
            return f": {found[3]}-{one:02d} or {found[3]}-{other:02d}, the order of day and month cannot be known"
        return _such_as(found[3], one)
    return ORDER if re.fullmatch(r"\d{1,2}(\D)\d{1,2}\1\d{1,2}", text) else ""


def _of_words(text: str) -> str:
    """Return what a month by its English name may mean: two digits beside it may be a year or a day."""
    words = re.findall(r"[a-z]+|\d+", text.lower())
    numbers = [w for w in words if w.isdigit()]
    months = [NAMES.index(w[:3]) + 1 for w in words if w[:3] in NAMES]
    if len(months) != 1 or not numbers:
        return ""
    if years := [n for n in numbers if len(n) == 4]:
        return _such_as(years[0], months[0])
    if len(numbers) == 1 and len(numbers[0]) <= 2:
        month = f"20{int(numbers[0]):02d}-{months[0]:02d}"
        return f": {month} if {numbers[0]} is the year and no day, which cannot be known"
    return ORDER


def _such_as(year: str, month: int) -> str:
    return f", such as {year}-{month:02d}" if FIRST_YEAR <= int(year) <= LAST_YEAR and 1 <= month <= 12 else ""
