"""The currency that a scenario's money is in: a label. Nothing is converted; names of settings and columns keep ``usd``.

It is in force while a command is at work: its sign stands before amounts, its letters in the names of units.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from simulation.scenario.csv_table import DOLLARS
from simulation.scenario.errors import shown

USD = "USD"
SIGNS = {USD: "$", "EUR": "€", "GBP": "£"}  # those that stand for one currency, the dollar by custom
WRITE = "write the three letters of a currency, such as EUR or DKK"
DOLLAR = re.compile(r"\bUSD\b|\b[Dd]ollars?\b")
MILLIONS = '.0,," M"'  # after the digits of a number format
_in_force: ContextVar[str] = ContextVar("currency", default=USD)


def code_of(given: Any) -> str:
    """Return the three letters of a currency, of which the sign may be given; raises ValueError where it is none."""
    text = str(given).strip()
    found = next((code for code, sign in SIGNS.items() if text == sign), text.upper())
    if not re.fullmatch("[A-Z]{3}", found):
        raise ValueError(f"currency={shown(text)}: {WRITE}")
    return found


def code_or_usd(given: Any) -> str:
    """Return the same; the dollar where it is none, of which the schema says so."""
    try:
        return code_of(given)
    except ValueError:
        return USD


def words_of(code: str) -> tuple[str, ...]:
    """Return what people write for a currency beside an amount, in lower case."""
    if code == USD:
        return DOLLARS
    crowns = ("kr",) if code in ("DKK", "SEK", "NOK") else ()
    return (code.lower(), *([SIGNS[code]] if code in SIGNS else []), *crowns)


Currency = Annotated[
    str, BeforeValidator(code_of), Field(json_schema_extra={"unit": "label of money; nothing is converted"})
]


@contextmanager
def written_in(code: str) -> Iterator[None]:
    """Write money in a currency, such as "EUR", within this block."""
    before = _in_force.set(code)
    try:
        yield
    finally:
        _in_force.reset(before)


def code() -> str:
    """Return the three letters of the currency in force."""
    return _in_force.get()


def sign() -> str:
    """Return what stands before an amount: "$", "€", "DKK" and a space at which no line breaks."""
    return SIGNS.get(_in_force.get(), f"{_in_force.get()}\N{NO-BREAK SPACE}")


def in_words(text: str) -> str:
    """Return a text about dollars in the letters of the currency; as it stands where that is the dollar."""
    code = _in_force.get()
    return text if code == USD else DOLLAR.sub(code, text.replace("A dollar", "One dollar"))


def cell_format() -> str:
    """Return the number format of whole amounts in a spreadsheet, debts in red."""
    mark = "[$$-409]" if _in_force.get() == USD else f"[${sign()}]"
    return f"{mark}#,##0;[Red]-{mark}#,##0"


def chart_format(tail: str = "") -> str:
    """Return the number format of amounts in an office chart, with what follows the digits, such as thousands left away."""
    mark = "$" if _in_force.get() == USD else f'"{sign()}"'
    return f"{mark}#,##0{tail};-{mark}#,##0{tail}"
