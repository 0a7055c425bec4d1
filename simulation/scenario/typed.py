"""Numbers as people type them: 75%, 20k, 3 years. What could mean two things is refused, what cannot be read is left."""

import re
from collections.abc import Iterator, Sequence
from typing import Any

from simulation.scenario.errors import BadInput, shown
from simulation.scenario.schema import Config
from simulation.scenario.settings import limits_of, said_of, unit_of

PLAIN = re.compile(r"[+-]?(0|[1-9][0-9]*)?(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
WITH_WORD = re.compile(r"(?P<number>[+-]?[0-9]+(\.[0-9]+)?) ?(?P<word>%|[^\W\d_]+)")
ONE_GROUP = re.compile(r"(?P<head>[+-]?[1-9][0-9]{0,2})[.,](?P<tail>[0-9]{3})")  # 1.500: 1500 or 1.5
GROUPS = re.compile(r"[+-]?[1-9][0-9]{0,2}(([.,])[0-9]{3}(\2[0-9]{3})+|([ _'])[0-9]{3}(\4[0-9]{3})*)")
TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mio": 1e6, "million": 1e6, "millions": 1e6, "bn": 1e9, "billion": 1e9}
WEEKS = {
    **dict.fromkeys(("week", "weeks", "w"), 1.0),
    **dict.fromkeys(("month", "months"), 52 / 12),
    **dict.fromkeys(("quarter", "quarters"), 13.0),
    **dict.fromkeys(("year", "years", "y"), 52.0),
}


def is_number(said: Sequence[Any]) -> bool:
    """Return whether a setting takes numbers and no text, by what the schema says of it."""
    return (float in said or int in said) and str not in said


def read(where: str, text: str, said: Sequence[Any]) -> float | int | None:
    """Return the number that a text can mean where the schema says ``said``, None if it means none.

    Raises BadInput where it can mean two.
    """
    text = text.strip()
    if ONE_GROUP.fullmatch(text):
        return _grouped(where, text, said)
    if GROUPS.fullmatch(text):
        value = float(re.sub(r"[^0-9+-]", "", text))
    elif text and PLAIN.fullmatch(text) and any(c.isdigit() for c in text):
        value = float(text)
    else:
        found = WITH_WORD.fullmatch(text)
        factor = _factor(where, found["word"], unit_of(said)) if found else None
        if not found or factor is None:
            return None
        value = float(found["number"]) * factor
        value = float(f"{value:.15g}")  # 7 % is 0.07, not 0.07000000000000001
        if factor == WEEKS["month"]:
            value = float(round(value))
    if float in said:
        return value
    return int(value) if value.is_integer() else None


def read_numbers(tree: dict[str, Any]) -> list[str]:
    """Read in place every text that stands where the schema wants a number; return what was read as what.

    Raises BadInput for a text that can mean two numbers.
    """
    found = []
    for place, name, path in list(_texts(tree, ())):
        text, where = place[name], ".".join(path)
        said = said_of(Config, _meant(path))
        if is_number(said) and (value := read(where, text, said)) is not None:
            place[name] = value
            if not PLAIN.fullmatch(text.strip()):
                found.append(f"{where}={shown(text)}: read as {value:,.15g}")
    return found


def _texts(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[Any, Any, tuple[str, ...]]]:
    """Yield what holds a text, under which name, and its path."""
    for name, value in tree.items() if isinstance(tree, dict) else enumerate(tree):
        if isinstance(value, dict | list):
            yield from _texts(value, (*path, str(name)))
        elif isinstance(value, str) and "${" not in value:
            yield tree, name, (*path, str(name))


def _meant(path: tuple[str, ...]) -> list[str]:
    """Return the path of the setting for which a value is: axes, dated changes and the study's rival name another one."""
    names = ".".join(path).split(".")
    if path[:2] == ("study", "over"):
        names = path[2].split(".") if len(path) > 2 else []
    elif path[:1] == ("interventions",) and path[2:3] == ("set",):
        names = names[3:]
    elif path[:2] == ("study", "rival"):
        names = ["rival", *names[2:]]
    return ["motions", "any", *names[1:]] if names[:1] == ["motion"] else names


def _factor(where: str, word: str, unit: str) -> float | None:
    """Return what a number is multiplied by that has ``word`` behind it."""
    if word == "%":
        return 0.01 if unit.startswith("share") else None
    if unit.startswith("weeks"):
        return WEEKS.get(word.casefold())
    if unit.startswith(("share", "ratio", "week")) or "_per_" in where.rpartition(".")[2]:
        return None  # 1.5M of a budget: a week's or a year's?
    return TIMES.get(word.casefold())


def _grouped(where: str, text: str, said: Sequence[Any]) -> float | int | None:
    """Return what 1.500 or 1,500 means where only one of its two meanings is allowed; raises BadInput where both are."""
    found = ONE_GROUP.fullmatch(text)
    if not found:
        return None
    low, high = limits_of(said)
    large, small = float(found["head"] + found["tail"]), float(f"{found['head']}.{found['tail']}")
    meant = [x for x in (large, small) if low <= x <= high and (float in said or x.is_integer())]
    if len(meant) < 2:
        value = meant[0] if meant else small
        return value if float in said else int(value) if value.is_integer() else None
    other = f"{small:g}" if len(f"{small:g}".partition(".")[2]) < 3 else f"{small:g}0"  # not to be asked again
    raise BadInput(
        f"{where}={shown(text)}: is it {large:.0f} or {small:g}? write {where}={large:.0f} or {where}={other}"
    )
