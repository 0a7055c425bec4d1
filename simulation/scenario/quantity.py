"""Quantities as people type them: 4 %/month, 1,5 mio. USD/år, 3 years. What can mean two things, or is of another kind, is refused.

Money is converted between periods by a factor, a share that is lost or added by what is left of it. Days are read in `dates`.
"""

import re
from collections.abc import Callable
from enum import StrEnum
from math import inf
from typing import NamedTuple

from simulation.calendar import MONTH_WEEKS, QUARTER_WEEKS, WEEK_DAYS, YEAR_WEEKS
from simulation.scenario.csv_table import DOLLARS, SCALES
from simulation.scenario.currency import USD, words_of
from simulation.scenario.errors import BadInput, shown

PLAIN = re.compile(r"[+-]?(?=\.?[0-9])(0|[1-9][0-9]*)?(\.[0-9]*)?([eE][+-]?[0-9]{1,3})?")
ONE_GROUP = re.compile(r"(?P<head>[+-]?[1-9][0-9]{0,2})[.,](?P<tail>[0-9]{3})")  # 1.500: 1500 or 1.5
GROUPS = re.compile(
    r"(?P<whole>[+-]?[1-9][0-9]{0,2}(?P<sign>[ ,._'])[0-9]{3}(?:(?P=sign)[0-9]{3})*)(?:(?!(?P=sign))[.,](?P<rest>[0-9]+))?"
)
PER = r"(?: ?/ ?| per | pr\.? | an? | om )"
AMOUNT = re.compile(
    r"(?P<before>(?:[^\W\d_]{2,3}|[A-Z]{0,2}[$€£¥])?) ?(?P<number>[+-]?\.?[0-9](?:[0-9.,_' ]*[0-9])?)"
    rf"(?: ?(?P<scale>{'|'.join(sorted(SCALES, key=len, reverse=True))})(?![^\W\d_])\.?)?"
    rf" ?(?P<unit>(?:[%€£¥]|[^\W\d_]{{0,8}}\$|[^\W\d_]{{1,10}})?)\.?(?P<per>(?:{PER}[^\W\d_]+)*)",
    re.IGNORECASE,
)
ONE = re.compile(r"(?:an?|one|et|en) (?=[^\W\d_])", re.IGNORECASE)  # a quarter
YEARLY = re.compile(r"(?<![^\W\d_])(?P<of>[am]rr)(?![^\W\d_])", re.IGNORECASE)
RANGE = re.compile(r"[0-9.,]+ ?[%\w]{0,3} ?(?:-|\u2013|to|til|\.\.) ?[0-9.,]+.*")
ABOUT = re.compile(r"(?:[~≈<>]=?|ca\.?|about|around) ?(?P<rest>[0-9].*)", re.IGNORECASE)
SHARES = {"%": 0.01, "pct": 0.01, "percent": 0.01, "pp": 0.01, "bps": 0.0001}
WEEKS = {"day": 1 / WEEK_DAYS, "week": 1.0, "month": MONTH_WEEKS, "quarter": QUARTER_WEEKS, "year": YEAR_WEEKS}
TIMES = {
    "day": ("days", "dag", "dage", "dagen"),
    "week": ("weeks", "w", "uge", "uger", "ugen"),
    "month": ("months", "måned", "måneder", "måneden", "mdr"),
    "quarter": ("quarters", "kvartal", "kvartaler", "kvartalet"),
    "year": ("years", "y", "år", "året"),
}
PERIODS = {word: period for period, words in TIMES.items() for word in (period, *words)}
OTHER_MONEY = ("€", "eur", "£", "gbp", "¥", "jpy", "kr", "dkk", "sek", "nok", "chf", *DOLLARS)
SEATS = ("user", "licence", "license", "person")
SIZES = {1e9: "bn", 1e6: "M", 1e3: "k"}


class Kind(StrEnum):
    """What a quantity is, in words; ``Asked.per`` tells money from money per time, or per seat and time."""

    MONEY = "an amount of money"
    SHARE = "a share"
    TIME = "a time"
    COUNT = "a count"
    HAZARD = "a hazard"
    NUMBER = "a plain number"  # ratios, powers, logits


class Asked(NamedTuple):
    """What a text has to mean."""

    kind: Kind
    unit: str  # of the value, as it is said back: "USD per seat and month"
    per: tuple[str, ...] = ()  # for what an amount of it is: seat, account, month, ...
    low: float = -inf
    high: float = inf
    whole: bool = False
    named: bool = False  # its name says for what it is: a bare amount is one of it
    grows: bool = False  # a share per time that is added, not lost
    accounts: int | None = None  # those that share an amount typed for all of them
    instead: str = ""  # the setting for a share of customers lost, where this is the hazard before what protects

    @property
    def period(self) -> str:
        return next((word for word in self.per if word in WEEKS), "")

    @property
    def needed(self) -> str:
        return f"a {'whole ' if self.whole else ''}number{f' ({self.unit})' if self.unit else ''} is needed"


class Quantity(NamedTuple):
    """What a text means, in base units, and the sentence that says it back."""

    value: float | int
    said: str


class NotRead(BadInput):
    """A text that means no such quantity; ``why`` is its sentence without the setting and the text."""

    def __init__(self, where: str, text: str, why: str) -> None:
        super().__init__(f"{where}={shown(text)}: {why}")
        self.why = why


class Given(NamedTuple):
    """What is typed where, and what is asked."""

    where: str  # as sentences name it
    text: str
    asked: Asked
    currency: str

    def refusal(self, why: str) -> BadInput:
        return BadInput(f"{self.where}={shown(self.text)}: {why}")

    def not_read(self, why: str) -> NotRead:
        return NotRead(self.where, self.text, f"{why}; {self.asked.needed}" if why else self.asked.needed)


class Typed(NamedTuple):
    """The parts of a text."""

    digits: str
    scale: float = 1.0
    word: str = ""  # unit: %, usd, weeks
    per: tuple[str, ...] = ()

    @property
    def period(self) -> str:
        return next((word for word in self.per if word in WEEKS), "")


def read(where: str, text: str, asked: Asked, currency: str = USD) -> Quantity:
    """Return what a text means, in the base unit of what is asked.

    ``where`` names the setting in sentences. Raises NotRead for a text that is no such quantity or out of bounds, BadInput for one
    that can mean two, for an amount of which nobody knows for whom or how long, and for another currency than ``currency``.
    """
    given = Given(where, text.strip(), asked, currency)
    yearly = YEARLY.search(given.text) if asked.kind is Kind.MONEY and asked.per == ("year",) else None
    typed = _typed(given, YEARLY.sub("", given.text).strip() if yearly else given.text)
    convert = _conversion(given, typed)
    value = _number(given, typed.digits, convert)
    if yearly and yearly["of"].lower() == "mrr":
        year = short(12 * value)
        raise given.refusal(f"that is of a month; x 12 = {year}? write {where}={year} {currency}")
    exact = value
    if asked.whole and asked.kind is Kind.TIME and typed.word:
        value = float(round(value))
    if not asked.low <= value <= asked.high:
        raise NotRead(where, given.text, allowed(asked.low, asked.high, asked.unit, value))
    if asked.whole and not value.is_integer():
        raise given.not_read("")
    rounded = f", rounded from {exact:.3g}" if exact != value else ""
    unit = asked.unit.replace(USD, currency)
    said = f"{where}={shown(given.text)}: read as {value:,.10g} ({unit}){rounded}"
    return Quantity(int(value) if asked.whole else value, said)


def allowed(low: float, high: float, unit: str, given: float) -> str:
    """Say which values are allowed, and what a percentage is as a share."""
    percent = f"; {given:g} % is {given / 100:g}" if high == 1 < given <= 100 else ""
    return f"{_exact(low)} to {_exact(high)}{f' ({unit})' if unit else ''} is allowed{percent}"


def short(value: float) -> str:
    """Return an amount as people write it: 2.04M."""
    size = next((size for size in SIZES if abs(value) >= size), 1)
    return f"{value / size:.6g}{SIZES.get(size, '')}"


def _exact(bound: float) -> str:
    return f"{bound:g}" if float(f"{bound:g}") == bound else str(bound)


def _typed(given: Given, text: str) -> Typed:
    """Return the parts of a text; raises NotRead where it is no number with a unit."""
    text = re.sub("[\u00a0\u202f]", " ", text)
    if PLAIN.fullmatch(text) and not ONE_GROUP.fullmatch(text):
        return Typed(text)
    found = AMOUNT.fullmatch(ONE.sub("1 ", text, count=1) if ONE.match(text) else text)
    if not found:
        if RANGE.fullmatch(text):
            raise given.not_read("this is a range, and what hangs on it is for study=uncertainty")
        raise given.not_read(f"write {about['rest']} alone" if (about := ABOUT.fullmatch(text)) else "")
    scale = SCALES[found["scale"].lower()] if found["scale"] else 1.0
    per = (word.casefold() for word in re.findall(rf"{PER}([^\W\d_]+)", found["per"], re.IGNORECASE))
    word = (found["before"] + found["unit"]).casefold()
    return Typed(found["number"], scale, word, tuple(PERIODS.get(w) or _thing(w) for w in per))


def _thing(word: str) -> str:
    """Return a word without its plural; who has a seat is one."""
    one = word.removesuffix("s")
    return "seat" if one in SEATS else one


def _conversion(given: Given, typed: Typed) -> Callable[[float], float]:
    """Return what makes the value out of the digits; raises NotRead and BadInput as ``read`` does."""
    kind, word, asked = given.asked.kind, typed.word, given.asked
    own = words_of(given.currency)
    letters = len(word) == 3 and word.upper() in given.text  # as currencies are written
    if kind is Kind.MONEY and word not in own and (word in OTHER_MONEY or letters):
        raise given.refusal(f"no currency is converted here; write it in {given.currency}")
    if word in own or word in SHARES or word in PERIODS:
        found = Kind.MONEY if word in own else Kind.SHARE if word in SHARES else Kind.TIME
        if kind is Kind.HAZARD and found is Kind.SHARE and asked.instead:
            why = f"this is a hazard a week before what protects, no share of customers lost; write {asked.instead}={given.text}"
            raise NotRead(given.where, given.text, why)
        if kind is not found:
            raise given.not_read(f"this is {found}")
    elif word and not (kind is Kind.COUNT and _thing(word) == _thing(asked.unit.partition(" ")[0])):
        raise given.not_read("")
    makers = {Kind.MONEY: _money, Kind.SHARE: _share, Kind.TIME: _time}
    return makers.get(kind, _plain)(given, typed)


def _plain(given: Given, typed: Typed) -> Callable[[float], float]:
    if not set(typed.per) <= set(given.asked.per) or (typed.scale != 1 and given.asked.kind is Kind.HAZARD):
        raise given.not_read("")
    return lambda x: x * typed.scale


def _money(given: Given, typed: Typed) -> Callable[[float], float]:
    """Money is for what it is named, or for all accounts; raises BadInput where that is not known."""
    asked = given.asked
    ours, theirs = ({w for w in per if w not in WEEKS} for per in (asked.per, typed.per))
    large = typed.scale != 1 and asked.period not in ("", "year")  # thousands a week or month are hardly meant
    if not typed.per and (asked.named or not asked.per) and not large:
        return lambda x: x * typed.scale
    if bool(asked.period) == bool(typed.period):
        weeks = WEEKS[asked.period] / WEEKS[typed.period] if asked.period else 1.0
        if ours == theirs:
            return lambda x: x * typed.scale * weeks
        if asked.accounts and not theirs:
            return lambda x: x * typed.scale * weeks / (asked.accounts or 1)
    if not asked.per:
        raise given.not_read(f"this is {given.currency} per {' and '.join(typed.per)}")
    sized = typed.digits + {1e3: "k", 1e6: "M", 1e9: "bn"}.get(typed.scale, "")
    bare, period = f"{sized} {given.currency}", typed.period or "year"
    example = "/".join([bare, *(w for w in asked.per if w in ours), *([period] if asked.period else [])])
    together = f", or {bare}/{period} for all accounts" if asked.accounts else ""
    needed = f"{given.currency} per {' and '.join(asked.per)} are needed"
    raise given.refusal(f"{needed}; write {given.where}={example}{together}")


def _share(given: Given, typed: Typed) -> Callable[[float], float]:
    """A share lost or added in a period is that of another one by what is left of it."""
    asked, unit = given.asked, SHARES.get(typed.word, 1.0)
    if typed.scale != 1 or not set(typed.per) <= set(WEEKS if asked.period else asked.per):
        raise given.not_read("")
    if asked.period and not typed.per and not asked.named:
        percent = "" if typed.word or re.match(r"[+-]?0?[.,]|[+-]?0$", typed.digits) else " %"
        choices = " or ".join(f"{given.where}={given.text}{percent}/{period}" for period in ("month", "year"))
        raise given.refusal(f"{'percent, ' if percent else ''}a month or a year? write {choices}")
    power = WEEKS[asked.period] / WEEKS[typed.period] if typed.period and asked.period else 1.0
    sign = 1 if asked.grows else -1

    def convert(x: float) -> float:
        share = x * unit
        if power == 1.0:
            return share
        if not 0 <= share <= 1:
            raise given.refusal(f"a share of 0 to 1 a {typed.period} is needed")
        return sign * ((1 + sign * share) ** power - 1)

    return convert


def _time(given: Given, typed: Typed) -> Callable[[float], float]:
    """Times are weeks."""
    if typed.per or typed.scale != 1:
        raise given.not_read("")
    if not typed.word and not given.asked.named:
        choices = " or ".join(f"{given.where}={given.text} {period}" for period in ("weeks", "months"))
        raise given.refusal(f"weeks or months? write {choices}")
    weeks = WEEKS[PERIODS[typed.word]] if typed.word else 1.0
    return lambda x: x * weeks


def _number(given: Given, digits: str, convert: Callable[[float], float]) -> float:
    """Return the value of digits; raises NotRead where they are no number, BadInput where they can be two."""
    if found := ONE_GROUP.fullmatch(digits):
        return _one_group(given, digits, found["head"], found["tail"], convert)
    if found := GROUPS.fullmatch(digits):
        value = float(re.sub("[^0-9+-]", "", found["whole"]) + "." + (found["rest"] or "0"))
    elif PLAIN.fullmatch(point := re.sub(r"(?<=[0-9]),(?=[0-9]+$)", ".", digits)):
        value = float(point)
    else:
        raise given.not_read("")
    return _rounded(convert(value))


def _rounded(value: float) -> float:
    return float(f"{value:.15g}")  # 7 % is 0.07, not 0.07000000000000001


def _one_group(given: Given, digits: str, head: str, tail: str, convert: Callable[[float], float]) -> float:
    """Return what 1.500 or 1,500 means where only one of its two meanings is allowed; raises BadInput where both are."""
    asked = given.asked
    large, small = float(head + tail), float(f"{head}.{tail}")
    values = {x: _rounded(convert(x)) for x in (large, small)}
    fit = [
        x for x, value in values.items() if asked.low <= value <= asked.high and (not asked.whole or value.is_integer())
    ]
    if len(fit) < 2:
        return values[fit[0] if fit else small]
    other = f"{small:g}" if tail[-1] == "0" else f"{small:g}0"  # not to be asked again
    one, two = (f"{given.where}={given.text.replace(digits, x)}" for x in (f"{large:.0f}", other))
    raise given.refusal(f"is it {large:.0f} or {small:g}? write {one} or {two}")
