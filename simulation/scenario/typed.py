"""Settings typed with their unit: 75%, 20k, 3 years, 588 USD/seat/year, read as what the schema says they are."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from simulation.scenario.currency import USD, code, code_or_usd
from simulation.scenario.errors import BadInput
from simulation.scenario.quantity import PLAIN, Asked, Kind, NotRead, read
from simulation.scenario.schema import Config
from simulation.scenario.settings import limits_of, said_of, unit_of

BUDGET = "budget.usd_per_account_per_week"  # may be given for all accounts together
KINDS = {"USD": Kind.MONEY, "share": Kind.SHARE, "week": Kind.TIME, "hazard": Kind.HAZARD}  # by how units begin
CHURN = "churn_per_week"
MONTHLY_CHURN = "known.monthly_churn"  # what people know of it, solved for by `flywheel init`


def is_number(said: Sequence[Any]) -> bool:
    """Return whether a setting takes numbers and no text, by what the schema says of it."""
    return (float in said or int in said) and str not in said


def asked_of(where: str, said: Sequence[Any], accounts: int | None = None) -> Asked:
    """Return what a setting asks for, by its name and what the schema says of it; ``accounts`` share the budget."""
    unit, name = unit_of(said), where.rpartition(".")[2]
    kind = next((kind for start, kind in KINDS.items() if unit.startswith(start)), None)
    kind = kind or (Kind.NUMBER if float in said else Kind.COUNT)
    named = [word for part in name.split("_per_")[1:] for word in part.split("_")]
    of = re.search(r"\b(?:per|a) (\w+)(?: and (\w+))?", unit)
    per = tuple(named or [word for word in (of.groups() if of else ()) if word])
    low, high = limits_of(said)
    return Asked(
        kind, unit, per, low, high, float not in said, True, "growth" in name,
        accounts if where == BUDGET else None, MONTHLY_CHURN if name == CHURN else "",
    )  # fmt: skip


def read_numbers(tree: dict[str, Any], said_in: Callable[[str, Any], str]) -> list[str]:
    """Read in place every text that stands where the schema wants a number; return what was read as what.

    ``said_in`` tells how a sentence about a value begins: with the file that gives it. What means no such number is left as it
    is, for the sentences of all that is wrong together. Raises BadInput for what can mean two.
    """
    found, currency = [], code_or_usd(tree.get("currency", USD))
    for place, name, path in list(_values(tree, ())):
        text, where = place[name], ".".join(path)
        said = said_of(Config, meant(where))
        if not is_number(said):
            continue
        if isinstance(text, float):  # to YAML, 1e3 is no whole number
            place[name] = text if float in said or not text.is_integer() else int(text)
            continue
        try:
            quantity = read(where, text, asked_of(where, said, _accounts(tree)), currency)
        except NotRead:
            continue
        except BadInput as error:
            raise BadInput(f"{said_in(where, text)}{error}") from None
        place[name] = quantity.value
        if not PLAIN.fullmatch(text.strip()) or float(text) != quantity.value:  # 1.500 weeks are 1,500
            found.append(quantity.said)
    return found


def why_not(where: str, text: str, said: Sequence[Any]) -> str:
    """Say why a text is no value of a setting."""
    try:
        read(where, text, asked_of(where, said), code())
    except NotRead as error:
        return error.why
    return asked_of(where, said).needed


def _values(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, Any, tuple[str, ...]]]:
    """Yield what holds a text or a number with a point, under which name, and its path."""
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, dict | list):
            yield from _values(value, (*path, str(name)))
        elif isinstance(value, float) or (isinstance(value, str) and "${" not in value):
            yield tree, name, (*path, str(name))


def meant(where: str) -> list[str]:
    """Return the path of the setting for which a value is: axes, changes on the way and the study's rival name another one."""
    names = where.split(".")
    if names[:2] == ["study", "over"]:
        names = names[2:-1] if names[-1].isdigit() or names[-1] in ("low", "high") else names[2:]
    elif changed := re.fullmatch(r"(?P<of>.*\b(?:interventions|plan))\.\d+\.set\.(?P<path>.+)", where):
        names = changed["path"].split(".")
        names = ["motion", *names] if changed["of"].endswith("plan") else names
    elif names[:2] == ["study", "rival"]:
        names = ["rivals", "any", *names[2:]]
    return ["motions", "any", *names[1:]] if names[:1] == ["motion"] else names


def _accounts(tree: dict[str, Any]) -> int | None:
    """Return how many accounts a scenario's market has, None where that is not known yet."""
    market = tree.get("market")
    there = (market.get("accounts") or market.get("people")) if isinstance(market, dict) else None
    return there if isinstance(there, int) else None
