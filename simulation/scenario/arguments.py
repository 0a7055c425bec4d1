"""A command line as people type it, made readable to Hydra: dashes, names in any script and case, text without inner quotes."""

import re
from collections.abc import Iterable
from pathlib import Path

from simulation.scenario.choices import chosen_names, matching
from simulation.scenario.errors import BadInput, nearest, shown
from simulation.scenario.files import groups
from simulation.scenario.quantity import ONE_GROUP, PLAIN
from simulation.scenario.schema import Config, leaves
from simulation.scenario.settings import said_of
from simulation.scenario.typed import is_number

LONGEST, DEEPEST, MOST_DIGITS = 20_000, 20, 100  # of one argument: characters, brackets in brackets, digits of a number
OPTIONS = ("--help", "--multirun", "--cfg job", "--version")
WORDS = ("settings", "init", "report", "deck", "workbook")  # what may stand first in a command
QUOTED = re.compile(r"'([^'\\]|\\.)*'|\"([^\"\\]|\\.)*\"")
SIMPLE = re.compile(r"[0-9.]+ ?(%|[A-Za-z]+)")  # needs no quotation marks
PLAIN_NAME = re.compile(r"(?!(null|true|false|nan|inf)$)[a-z][\w-]*", re.ASCII | re.IGNORECASE)
SWEEP = re.compile(r"(choice|range|interval|glob|shuffle|sort|tag)\(")  # of Hydra's
COMMA = re.compile(r",(?![^\[{(]*[\]})])")  # outside brackets


def without_repeats(arguments: Iterable[str]) -> tuple[tuple[str, ...], list[str]]:
    """Return arguments with the last of each setting alone, and what was left away, a sentence each.

    Raises BadInput where two files of a group are chosen: which of them was meant nobody can say.
    """
    last: dict[str, str] = {}
    said = []
    for argument in arguments:
        key, equals, _ = argument.partition("=")
        name = key.strip().lstrip("+-\u2013\u2014") if equals else argument
        before = last.pop(name, argument)
        if before != argument and name in groups():
            raise BadInput(f"{_said(argument)}: {_said(before)} is chosen already; leave one away")
        if before != argument:
            said.append(f"{_said(argument)}: the last counts, {_said(before)} is left away")
        last[name] = argument
    return tuple(last.values()), said


def readable(arguments: Iterable[str], *, several: bool = False) -> tuple[str, ...]:
    """Return arguments as Hydra reads what was meant; raises BadInput for what nobody can read.

    ``several``: for --multirun, where commas outside brackets separate values.
    """
    found = []
    for argument in arguments:
        key, equals, value = _undashed(_checked(argument)).partition("=")
        key, value = key.strip(), value.strip()
        if not several and SWEEP.match(value):
            raise BadInput(f"{_said(argument)}: several values are for --multirun, a command each, or for study.over")
        parts = COMMA.split(value) if several else [value]
        values = (_value(key.lstrip("+"), part.strip(), several=several) for part in parts)
        found.append(f"{key}{equals}{','.join(values)}")
    return tuple(found)


def _said(argument: str) -> str:
    return shown(argument, 100)


def _checked(argument: str) -> str:
    """Return an argument on one line; raises BadInput for one that no parser should be given."""
    line = re.sub(r"[\n\r\t\u00a0\u202f]", " ", argument)
    if not line.isprintable():
        raise BadInput(f"{_said(argument)}: it holds a character that cannot be seen; type it anew")
    if len(line) > LONGEST:
        raise BadInput(f"{_said(line)}: it has {len(line):,} characters, {LONGEST:,} are read at most")
    if digits := re.search(rf"[0-9]{{{MOST_DIGITS},}}", line):
        raise BadInput(f"{_said(line)}: a number of {len(digits[0]):,} digits is more than anything here can be")
    depth = 0
    for sign in line:
        depth += (sign in "[{(") - (sign in "]})")
        if depth > DEEPEST:
            raise BadInput(f"{_said(line)}: more than {DEEPEST} brackets stand in each other")
    return line


def _undashed(argument: str) -> str:
    """Return an argument without the dashes that other programs want; raises BadInput for an option that is not there."""
    dashed = re.fullmatch(r"[-\u2013\u2014]{1,2}(?P<rest>[^-=].*)", argument)
    if not dashed:
        return argument
    rest = dashed["rest"]
    if rest in WORDS:
        raise BadInput(f"{_said(argument)}: write it first and without dashes, as in flywheel {rest}")
    option = f"--{rest.partition('=')[0]}"
    if "=" in rest and option in OPTIONS:
        raise BadInput(f"{_said(argument)}: write {option} alone, beside the settings")
    if "=" in rest:
        return rest
    if rest in groups() or rest in Config.model_fields or rest in leaves(Config):
        raise BadInput(f"{_said(argument)}: write {rest}=..., without dashes and with an equals sign")
    raise BadInput(
        f"{_said(argument)}: there is no such option; there are {', '.join(OPTIONS)}{nearest(argument, OPTIONS)}"
    )


def _value(key: str, value: str, *, several: bool) -> str:
    """Return a value as Hydra reads it: names as the files are called, text in quotation marks."""
    if key in groups():
        return _names(key, value)
    said = said_of(Config, key.split("."))
    text, number = str in said, is_number(said)
    if QUOTED.fullmatch(value) or value.lower() in ("", "null") or not (text or number):
        return value
    if value.startswith("${") or text:
        return _quoted(str(Path(value).expanduser()) if value.startswith("~/") else value)
    if value[:1] in ("[", "{") or re.match(r"\w+\(", value) or (several and "," in value):
        return value
    if PLAIN.fullmatch(value) and not ONE_GROUP.fullmatch(value):
        simple = float in said or re.fullmatch("-?[0-9]+", value)
    else:
        simple = SIMPLE.fullmatch(value)
    return value if simple else _quoted(value)


def _names(group: str, value: str) -> str:
    """Return the names of files that a group is given, as the files are called; what is none is left for a sentence."""
    names = chosen_names(value)
    files = [matching(group, name) for name in names or ()]
    if not files or not all(files):
        return value
    plain = [name if PLAIN_NAME.fullmatch(name) else _quoted(name) for name in filter(None, files)]
    return f"[{','.join(plain)}]" if value.startswith("[") else plain[0]


def _quoted(text: str) -> str:
    """Return a text in quotation marks, as Hydra's grammar escapes what stands in them."""
    inside = re.sub(r"(\\*)'", r"\1\1\'", text)
    return "'" + re.sub(r"(\\+)$", r"\1\1", inside) + "'"
