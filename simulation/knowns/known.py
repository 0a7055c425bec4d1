"""What a firm knows of itself, as it is typed: on the command line, in a small YAML file, or when asked at a terminal."""

import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from simulation.scenario import currency
from simulation.scenario.choices import matching
from simulation.scenario.errors import BadInput, nearest, shown
from simulation.scenario.files import options
from simulation.scenario.firm import LEVERS
from simulation.scenario.known import SOURCES, Known
from simulation.scenario.quantity import PLAIN, Kind, read
from simulation.scenario.schema import leaves
from simulation.scenario.settings import said_of
from simulation.scenario.typed import asked_of, is_number
from simulation.scenario.wording import validation_errors
from simulation.scenario.yaml_text import read_yaml

NEEDED = tuple(name for name, field in Known.model_fields.items() if field.is_required())
SECTIONS = ("spending", "sources")
CURRENCY = "currency"  # of the amounts in a file: no known, but what they are written in
QUESTIONS = {
    "price_usd": "list price of a seat a month, USD",
    "accounts": "accounts in your market that could buy",
    "customers": "customers today",
    "new_customers": "new customers in the last 12 months",
    "budget_usd_per_year": "go-to-market budget a year, USD",
    "like": f"whose spending yours is most like ({', '.join(options('motions'))})",
    "seats": "seats of a new customer, mean",
    "arpa_usd": "revenue of a customer a year, USD",
    "monthly_churn": "customers lost a month, failed payments included, such as 2%",
    "gross_margin": "gross margin, such as 78%",
    **{f"sources.{name}": f"share of new customers by {name.replace('_', ' ')}, such as 30%" for name in SOURCES},
    "sales_cycle_weeks": "weeks from first meeting to contract",
    "free_to_paid": "share of free users who pay in the end",
    "members": "members of your community",
}


def known(arguments: Iterable[str], file: str | None) -> tuple[Known, list[str]]:
    """Return what ``arguments`` (``name=value`` each) and a YAML file say, the arguments before the file; and what was read as what.

    Where something is missing that is needed and somebody sits at a terminal, the rest is asked. Raises BadInput.
    """
    texts = _of_file(Path(file)) if file else {}
    texts.pop(CURRENCY, None)
    for argument in arguments:
        name, equals, text = (part.strip() for part in argument.partition("="))
        name = name.removeprefix("known.")
        if not equals or not text:
            raise BadInput(f"{shown(argument, 100)}: write it as name=value, such as price_usd=49")
        texts |= _mapping(name, text) if name in SECTIONS or text.startswith("{") else {name: text}
    _check_names(texts)
    if _missing(texts) and sys.stdin.isatty():
        texts |= _asked(texts)
    if missing := _missing(texts):
        what = "a value is" if len(missing) == 1 else "values are"
        raise BadInput(f"{', '.join(missing)}: {what} needed; write {missing[0]}=...")
    tree: dict[str, Any] = {}
    read_as = []
    for path, text in texts.items():
        section, _, name = path.rpartition(".")
        inside = tree.setdefault(section, {}) if section else tree
        inside[name], *said = _value(path, text)
        read_as += said
    try:
        return Known.model_validate(tree), read_as
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, Known))) from None


def currency_in(file: str | None) -> str:
    """Return the currency that a file of knowns says its amounts are in, as it is written; dollars where it says none."""
    return _of_file(Path(file)).get(CURRENCY, currency.USD) if file else currency.USD


def _check_names(texts: Iterable[str]) -> None:
    """Raise BadInput for the first name that no known has."""
    names = [*leaves(Known), *(f"sources.{name}" for name in SOURCES), *(f"spending.{name}" for name in LEVERS)]
    names = [name for name in names if name not in SECTIONS]
    for path in texts:
        if path not in names:
            raise BadInput(f"{shown(path)}: there is no such known{nearest(path, names)}")


def _missing(texts: Mapping[str, str]) -> list[str]:
    spends = "like" in texts or any(path.startswith("spending.") for path in texts)
    return [name for name in NEEDED if name not in texts] + ([] if spends else ["like"])


def _of_file(file: Path) -> dict[str, str]:
    """Return what a file says as it is written, by path; under ``known`` or at once."""
    places = read_yaml(file).places
    found = {
        path.removeprefix("known."): place for path, place in places.items() if path not in ("", "known", *SECTIONS)
    }
    texts = {path: place.text for path, place in found.items() if path not in SECTIONS}
    if bad := next((path for path, place in found.items() if place.form != "scalar" and path not in SECTIONS), None):
        raise BadInput(f"{file}, line {found[bad].line}: {bad}: one value is needed, no list and no names")
    return texts


def _mapping(name: str, text: str) -> dict[str, str]:
    """Return ``spending={sales: 0.6, content: 0.4}`` as a path and a text each."""
    try:
        inside = yaml.load(text, yaml.BaseLoader)  # noqa: S506 - the base loader makes texts alone
    except yaml.YAMLError:
        inside = None
    if not isinstance(inside, dict) or not all(isinstance(value, str) and value for value in inside.values()):
        raise BadInput(f"{name}={shown(text)}: names with values are needed, such as {name}={{{_first(name)}: 0.6}}")
    return {f"{name}.{key}": value for key, value in inside.items()}


def _first(section: str) -> str:
    return SOURCES[0] if section == "sources" else "sales"


def _asked(texts: Mapping[str, str]) -> dict[str, str]:
    """Ask what is not given; nothing is typed where it is not known."""
    print("What is not known is left empty.")
    asked: dict[str, str] = {}
    with suppress(EOFError):  # whoever ends it there has said what is known
        for path, question in QUESTIONS.items():
            head = path.rpartition(".")[0]
            if path not in texts and not (head and any(name.startswith(f"{head}.") for name in texts)):
                asked[path] = input(f"{currency.in_words(question)}: ").strip()
    return {path: text for path, text in asked.items() if text}


def _value(path: str, text: str) -> tuple[Any, ...]:
    """Return the value of a known as it is typed, and what it was read as where that is not plain; raises BadInput for none."""
    said = said_of(Known, path.split("."))
    if is_number(said):
        asked = asked_of(path, said)
        quantity = read(
            path, text, asked._replace(named=asked.kind is not Kind.SHARE), currency.code()
        )  # of a month or a year is always said
        return (quantity.value,) if PLAIN.fullmatch(text) else (quantity.value, quantity.said)
    if path != "like":
        return (text,)
    if (motion := matching("motions", text)) is None:
        have = options("motions")
        raise BadInput(f"like={shown(text)}: there is no such motion; there are {', '.join(have)}{nearest(text, have)}")
    return (motion,)
