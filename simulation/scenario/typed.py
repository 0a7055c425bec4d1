"""Numbers as people type them: 75%, 20k, 3 years, 588 USD/seat/year. What can mean two things is refused with what to write."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

from simulation.calendar import MONTH_WEEKS, YEAR_WEEKS
from simulation.scenario.csv_table import DOLLARS, SCALES
from simulation.scenario.currency import USD, code_or_usd, words_of
from simulation.scenario.errors import BadInput, shown
from simulation.scenario.schema import Config
from simulation.scenario.settings import limits_of, said_of, unit_of

PLAIN = re.compile(r"[+-]?(?=\.?[0-9])(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
ONE_GROUP = re.compile(r"(?P<head>[+-]?[1-9][0-9]{0,2})[.,](?P<tail>[0-9]{3})")  # 1.500: 1500 or 1.5
GROUPS = re.compile(
    r"(?P<whole>[+-]?[1-9][0-9]{0,2}(?P<sign>[ ,._'])[0-9]{3}(?:(?P=sign)[0-9]{3})*)(?:(?!(?P=sign))[.,](?P<rest>[0-9]+))?"
)
AMOUNT = re.compile(
    r"(?P<before>(?:[^\W\d_]{2,3}|[A-Z]{0,2}[$€£¥])?) ?(?P<number>[+-]?\.?[0-9](?:[0-9.,_' ]*[0-9])?)"
    rf"(?: ?(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})(?![^\W\d_])\.?)?"
    r" ?(?P<unit>(?:[%€£¥]|[^\W\d_]{0,8}\$|[^\W\d_]{1,8})?)\.?(?P<per>(?:(?: ?/ ?| per | an? )[a-z]+)*)",
    re.IGNORECASE,
)
SHARES = {"%": 0.01, "pct": 0.01, "percent": 0.01, "pp": 0.01, "bps": 0.0001}
WEEKS = {"day": 1 / 7, "month": MONTH_WEEKS, "quarter": 3 * MONTH_WEEKS}
WEEKS |= dict.fromkeys(("week", "w"), 1.0) | dict.fromkeys(("year", "y"), float(YEAR_WEEKS))
OTHER_MONEY = ("€", "eur", "£", "gbp", "¥", "jpy", "kr", "dkk", "sek", "nok", "chf", *DOLLARS)
SEATS = ("user", "licence", "license", "person")
BUDGET = "budget.usd_per_account_per_week"  # may be given for all accounts together


class Setting(NamedTuple):
    """A setting with what is typed for it."""

    where: str  # as sentences name it
    text: str
    said: Sequence[Any]  # what the schema says of it
    accounts: int | None = None  # those that share a budget of the whole firm
    currency: str = USD  # in which the scenario's money is

    def refusal(self, why: str) -> BadInput:
        return BadInput(f"{self.where}={shown(self.text)}: {why}")

    @property
    def unit(self) -> str:
        return unit_of(self.said)

    @property
    def per(self) -> list[str]:
        """For what an amount of it is: by its name, or where that says nothing by its unit."""
        named = [word for part in self.where.rpartition(".")[2].split("_per_")[1:] for word in part.split("_")]
        unit = re.search(r"\b(?:per|a) (\w+)(?: and (\w+))?", self.unit)
        return named or [word for word in (unit.groups() if unit else ()) if word]


def is_number(said: Sequence[Any]) -> bool:
    """Return whether a setting takes numbers and no text, by what the schema says of it."""
    return (float in said or int in said) and str not in said


def read(
    where: str, text: str, said: Sequence[Any], accounts: int | None = None, currency: str = USD
) -> float | int | None:
    """Return the number that a text means for a setting of which the schema says ``said``, None if it means none.

    ``where`` names the setting in sentences, ``accounts`` are those that share a budget of the whole firm. Raises BadInput where
    a text can mean two numbers, or is an amount of which nobody knows for whom or how long, or of another ``currency``.
    """
    text = text.strip()
    if PLAIN.fullmatch(text) and not ONE_GROUP.fullmatch(text):
        value: float | None = float(text)
    elif found := AMOUNT.fullmatch(text):
        setting = Setting(where, text, said, accounts, currency)
        factor = _factor(setting, found)
        value = None if factor is None else _number(setting, found["number"], factor)
    else:
        value = None
    if value is None or float in said:
        return value
    return int(value) if value.is_integer() else None


def read_numbers(tree: dict[str, Any], said_in: Callable[[str, Any], str]) -> list[str]:
    """Read in place every text that stands where the schema wants a number; return what was read as what.

    ``said_in`` tells how a sentence about a value begins: with the file that gives it. Raises BadInput as ``read`` does.
    """
    found, currency = [], code_or_usd(tree.get("currency", USD))
    for place, name, path in list(_texts(tree, ())):
        text, where, said = place[name], ".".join(path), said_of(Config, _meant(path))
        if not is_number(said):
            continue
        try:
            value = read(where, text, said, _accounts(tree) if where == BUDGET else None, currency)
        except BadInput as error:
            raise BadInput(f"{said_in(where, text)}{error}") from None
        if value is not None:
            place[name] = value
            if not PLAIN.fullmatch(text.strip()):
                found.append(f"{where}={shown(text)}: read as {value:,.10g} ({unit_of(said).replace(USD, currency)})")
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
        names = ["rivals", "any", *names[2:]]
    return ["motions", "any", *names[1:]] if names[:1] == ["motion"] else names


def _accounts(tree: dict[str, Any]) -> int | None:
    """Return how many accounts a scenario's market has, None where that is not known yet."""
    market = tree.get("market")
    there = (market.get("accounts") or market.get("people")) if isinstance(market, dict) else None
    return there if isinstance(there, int) else None


def _factor(setting: Setting, found: re.Match[str]) -> float | None:
    """Return by what a text's number is multiplied for the words around it, None where they say nothing of the setting."""
    word, unit = (found["before"] + found["unit"]).casefold(), setting.unit
    scale = SCALES[found["scale"].lower()] if found["scale"] else 1.0
    per = [w.removesuffix("s") for w in re.findall(r"(?:/ ?|\b(?:per|an?) )([a-z]+)", found["per"].lower())]
    per = ["seat" if w in SEATS else w for w in per]
    if unit.startswith("USD"):
        own = words_of(setting.currency)
        if word in OTHER_MONEY and word not in own:
            raise setting.refusal(f"no currency is converted here; write it in {setting.currency}")
        return scale * _share_of(setting, found, per) if word in ("", *own) else None
    if not word and not per:
        return scale if scale == 1.0 or int in setting.said else None
    if scale == 1.0 and unit.startswith("share") and set(per) <= set(setting.per):
        return SHARES.get(word)
    if scale == 1.0 and unit.startswith("weeks") and not per:
        return WEEKS.get(word.removesuffix("s"))
    return None


def _share_of(setting: Setting, found: re.Match[str], per: Collection[str]) -> float:
    """Return what part of an amount of money ``per`` something is the setting's; raises BadInput where that is not known."""
    mine = setting.per
    ours, theirs = set(mine) - WEEKS.keys(), set(per) - WEEKS.keys()
    period, typed = (next((w for w in words if w in WEEKS), "") for words in (mine, per))
    if not per and not (found["scale"] and period):  # the sign alone: as the setting is
        return 1.0
    if bool(period) == bool(typed):
        weeks = WEEKS[period] / WEEKS[typed] if period else 1.0
        if ours == theirs:
            return weeks
        if setting.accounts and not theirs:
            return weeks / setting.accounts
    bare = f"{found['number']}{found['scale'] or ''} {setting.currency}"
    example = "/".join([bare, *(w for w in mine if w in ours), *([typed or "year"] if period else [])])
    together = f", or {bare}/{typed or 'year'} for all accounts" if setting.accounts else ""
    raise setting.refusal(
        f"{setting.currency} per {' and '.join(mine)} are needed; write {setting.where}={example}{together}"
    )


def _number(setting: Setting, digits: str, factor: float) -> float | None:
    """Return digits times a factor, None where they are no number; raises BadInput where they can be two."""
    if ONE_GROUP.fullmatch(digits):
        value = _one_group(setting, digits, factor)
    elif found := GROUPS.fullmatch(digits):
        value = float(re.sub("[^0-9+-]", "", found["whole"]) + "." + (found["rest"] or "0"))
    elif re.fullmatch(r"[+-]?[0-9]+,[0-9]+", digits):
        raise setting.refusal(
            f"write the number with a decimal point: {setting.where}={setting.text.replace(',', '.')}"
        )
    elif PLAIN.fullmatch(digits):
        value = float(digits)
    else:
        return None
    value = float(f"{value * factor:.15g}")  # 7 % is 0.07, not 0.07000000000000001
    return float(round(value)) if setting.unit.startswith("weeks") and factor != 1.0 else value


def _one_group(setting: Setting, digits: str, factor: float) -> float:
    """Return what 1.500 or 1,500 means where only one of its two meanings is allowed; raises BadInput where both are."""
    head, tail = digits[:-4], digits[-3:]
    low, high = limits_of(setting.said)
    large, small = float(head + tail), float(f"{head}.{tail}")
    fit = [
        x for x in (large, small) if low <= x * factor <= high and (float in setting.said or (x * factor).is_integer())
    ]
    if len(fit) < 2:
        return fit[0] if fit else small
    other = f"{small:g}" if tail[-1] == "0" else f"{small:g}0"  # not to be asked again
    one, two = (setting.text.replace(digits, x) for x in (f"{large:.0f}", other))
    raise setting.refusal(f"is it {large:.0f} or {small:g}? write {setting.where}={one} or {setting.where}={two}")
