"""One sentence an error, in the user's words; neither Hydra's nor pydantic's own text is shown."""

import difflib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from simulation.scenario.choices import company, using
from simulation.scenario.currency import in_words
from simulation.scenario.errors import nearest, shown
from simulation.scenario.files import groups, options
from simulation.scenario.firm import Product
from simulation.scenario.quantity import allowed
from simulation.scenario.schema import Config, leaves
from simulation.scenario.settings import limits_of, said_of, section_at, unit, unit_of
from simulation.scenario.study import Study
from simulation.scenario.typed import CHURN, MONTHLY_CHURN, is_number, why_not
from simulation.scenario.units import Frozen
from simulation.scenario.yaml_text import REFERENCE

MOST = 20  # errors that are said
SCALARS = ("float", "int", "bool", "str")  # branches of what a value may be
STUDIES = {str(get_args(s.model_fields["name"].annotation)[0]): s for s in get_args(get_args(Study)[0])}


def composition_error(error: Exception, overrides: tuple[str, ...], typed: tuple[str, ...]) -> str:
    """Say what is wrong with a command line that Hydra could not compose; ``typed`` are the overrides as they were typed."""
    for argument, as_typed in zip(overrides, typed, strict=True):
        key, _, value = argument.lstrip("+~").partition("=")
        if said := _unreadable(argument, key, value) or _misplaced(argument, key, value, str(error)):
            return f"{shown(as_typed, 100)}: {said}"
    return _in_a_file(str(error), typed)


def _unreadable(argument: str, key: str, value: str) -> str | None:
    """Say why an argument cannot be read."""
    if not key or "=" not in argument:
        return "write it as setting=value, such as weeks=260"
    if re.search(r"[{,]\s*(''|\"\")?\s*:", value):
        return "a name is missing before a colon"
    if not _readable(argument):
        return f"the value cannot be read; close brackets, and quote special characters: '{shown(key)}=\"...\"'"
    return None


def _misplaced(argument: str, key: str, value: str, text: str) -> str | None:
    """Say why a value cannot stand where it is put."""
    if text.startswith("Ambiguous value"):
        return (
            f"write a list, {key}=[{shown(value)}], or add --multirun for a command each" if argument in text else None
        )
    if argument[:1] == "+" != argument[1:2]:
        return "leave the + away"
    unlike = (
        f"merging override ++{argument.lstrip('+')}" in text
    )  # a list for names with values, or the other way round
    if key in groups() or value.startswith("{"):
        return "a list is needed" if unlike else None
    section = None if key.startswith("study.") else section_at(Config, key.split("."))
    if section:
        return _such_as(key, section)
    return "names with values are needed" if unlike else None


def _in_a_file(text: str, overrides: tuple[str, ...]) -> str:
    """Say what is wrong with a scenario file, where the command line is not to blame."""
    key = re.search(r"Interpolation key '([\w.]+)' not found", text)
    if key:
        return _interpolation(key[1], overrides)
    at = re.search(r"full_key: ([\w.]+)", text)
    if at:
        file = _said_in(overrides, at[1]) or using(overrides, at[1].rpartition(".")[2])
        return f"{file or 'a scenario file'}: {at[1]}: the reference in it leads nowhere; write {REFERENCE}"
    missing = re.search(r"Could not (?:find|load) '([\w/]+)'", text)
    if missing:
        group, _, name = missing[1].rpartition("/")
        return f"a scenario file asks for {group or 'the file'} '{name}', which does not exist{nearest(name, options(group))}"
    return f"the scenario cannot be composed: {text.splitlines()[0]}"


def _interpolation(key: str, overrides: tuple[str, ...]) -> str:
    """Say which value a scenario file asks for that no file gives."""
    mine = company(overrides)
    if key in leaves(Config) and mine:
        return f"{mine}: {key} has no value; begin the file with defaults: [reference], which gives every setting one"
    file = _said_in(overrides, f"${{{key}}}") or using(overrides, key) or "a scenario file"
    return f"{file}: ${{{key}}} stands for a setting that does not exist{nearest(key, leaves(Config))}"


def unfinished(product: Any, overrides: tuple[str, ...]) -> str | None:
    """Say which value a company's file leaves open that begins from nothing, None where there is no such file or value."""
    needed = [name for name, field in Product.model_fields.items() if field.is_required()]
    missing = [name for name in needed if isinstance(product, dict) and name not in product]
    return _interpolation(f"product.{missing[0]}", overrides) if missing and company(overrides) else None


def _said_in(overrides: tuple[str, ...], text: str) -> str | None:
    """Return the argument with a reference in which a text stands."""
    return next((o for o in overrides if text in o and "${" in o), None)


def _readable(argument: str) -> bool:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True


def validation_errors(
    error: ValidationError,
    model: type[Frozen],
    said: Callable[[str, Any], str] = lambda *_: "",
    follows: Mapping[str, str] | None = None,
) -> Iterator[str]:
    """Yield one sentence for each of the first errors that pydantic found, none for a setting that only follows a wrong one.

    ``said`` tells how a sentence about a setting's value begins, ``follows`` which setting follows which.
    """
    found = list(_sentences(error, model))
    wrong = {where for where, _, _ in found}
    for where, given, sentence in found:
        if (follows or {}).get(where) not in wrong:
            yield f"{said(where, given)}{sentence}"
    if (more := error.error_count() - MOST) > 0:
        yield f"and {more:,} more"


def _sentences(error: ValidationError, model: type[Frozen]) -> Iterator[tuple[str, Any, str]]:
    """Yield where an error is, what is given there, and the sentence."""
    told = set()
    for e in error.errors()[:MOST]:
        names = _names(e["loc"])
        path = ".".join(names)
        where = shown(path, 100)
        given, kind, ctx = e["input"], e["type"], e.get("ctx", {})
        study = STUDIES.get(e["loc"][1]) if e["loc"][:1] == ("study",) and len(e["loc"]) > 1 else None
        of, inside = (study, names[1:]) if study else (model, names)
        if study and e["loc"][-1] in SCALARS:  # it is none of what a value may be: once is enough
            if names in told:
                continue
            told.add(names)
            text = f"{where}={_shown(given)}: a number, a text, true, false or null is needed"
        elif "[key]" in e["loc"]:
            allowed = re.findall(r"'(\w+)'", str(ctx.get("expected", "")))
            text = f"{shown('.'.join(names[:-1]), 100)}: there is no '{_shown(given)}'{nearest(str(given), allowed)}"
        elif kind == "union_tag_invalid":
            expected = re.findall(r"'(\w+)'", ctx["expected_tags"])
            text = f"study.name={shown(ctx['tag'])}: there is no such study; choose one by study={'|'.join(expected)}"
        elif kind == "extra_forbidden" and study:
            text = f"{where}: the study {e['loc'][1]} has no such setting{_near(of, inside, names)}"
        elif kind == "extra_forbidden":
            text = f"{where}: there is no such setting{_instead(names, of, given)}"
        elif kind == "missing":
            text = f"{where}: a value is needed" if path != "motions" else "motions=[]: at least one motion is needed"
        elif kind == "value_error":
            text = shown(e["msg"].removeprefix("Value error, "), 390)
            text = text if text.startswith(where) or not where else f"{where}: {text}"
        else:
            text = f"{where}={_shown(given)}: {_allowed(kind, given, ctx, of, inside, where)}"
        yield path, given, text


def _instead(names: Sequence[str], of: type[Frozen], given: Any) -> str:
    """Say what may be meant by a setting that does not exist."""
    where = ".".join(names)
    if "churn" in names[-1].casefold():
        lost = f"={given}" if isinstance(given, str) else ""
        return f"; a share of customers lost is {MONTHLY_CHURN}{lost}, market.segments.smaller.{CHURN} a hazard a week before what protects"
    if where in leaves(of):  # as on the command line
        section, _, leaf = where.rpartition(".")
        return f"; in a file it stands in its section, as in {section}: {{{leaf}: ...}}"
    misspelt = difflib.get_close_matches(where, of.model_fields, 1, 0.8)  # budgets is the budget, not a study's
    if not misspelt and any(where in study.model_fields for study in STUDIES.values()):
        return f"; did you mean study.{where}?"
    return nearest(where, [*(_beside(of, names) if len(names) > 1 else groups()), *leaves(of)])


def _names(loc: tuple) -> tuple[str, ...]:
    """Return where an error is, in the user's words: pydantic names the kind of study, axis and value in between."""
    if loc[:1] == ("study",):
        loc = (loc[0], *loc[2:])
        loc = loc[:3] + loc[4:] if loc[1:2] == ("over",) else loc
        loc = loc[:-1] if loc[-1] in SCALARS else loc
    return tuple(str(p) for p in loc if p != "[key]")


def _shown(value: Any) -> str:
    if isinstance(value, bool | type(None)):
        return {True: "true", False: "false", None: "null"}[value]
    return shown(str(value))


def _allowed(kind: str, given: Any, ctx: dict, model: type[Frozen], path: Sequence[str], where: str) -> str:
    said = said_of(model, path)
    if isinstance(given, str) and is_number(said):
        return in_words(why_not(where, given, said))
    of = in_words(unit_of(said))
    if "ge" in ctx or "le" in ctx or kind in ("greater_than_equal", "less_than_equal"):
        return allowed(*limits_of(said), of, given)
    of = f" ({of})" if of else ""
    if kind in ("float_type", "float_parsing", "finite_number"):
        return f"a number{of} is needed"
    if kind.startswith("int"):
        return f"a whole number{of} is needed"
    if kind.startswith("bool"):
        return "true or false is needed"
    if kind == "string_type":
        return "a text is needed"
    if kind == "literal_error":
        expected = re.findall(r"'(\w+)'", ctx["expected"])
        return f"{', '.join(expected)} are allowed{nearest(str(given), expected)}"
    section = section_at(model, path)
    if kind == "model_type" and section:
        return _such_as(where, section)
    if kind == "list_type" and path[:1] == ("over",):
        return f"a list is needed, such as [{_shown(given)}], or low and high"
    return {"dict_type": "names with values are needed", "list_type": "a list is needed"}.get(
        kind, "this cannot be used"
    )


def _such_as(where: str, section: type[Frozen]) -> str:
    """Say how to set what is inside a section, given at once or value by value."""
    if where == "history":
        return "write history={motion: slg, weeks: 104}, or customers: 1500 in place of weeks"
    needed = [name for name, field in section.model_fields.items() if field.is_required()]
    if where.startswith(("study.", "interventions")):
        return f"{' and '.join(needed)} are needed, as in {{{', '.join(f'{name}: ...' for name in needed)}}}"
    one = next(leaf for leaf in leaves(section) if unit(section, leaf))
    return f"{where} is a section; set one of its values, such as {where}.{one}=..."


def _beside(model: type[Frozen], names: Sequence[str]) -> list[str]:
    """Return the settings beside a misspelt one, with the user's own names in them."""
    inside = section_at(model, names[:-1])
    return [".".join([*names[:-1], name]) for name in inside.model_fields] if inside else []


def _near(study: type[Frozen], path: Sequence[str], names: Sequence[str]) -> str:
    """Return the nearest match beside a misspelt setting of a study; what all begin with is no likeness."""
    inside = section_at(study, path[:-1])
    near = nearest(path[-1], [name for name in inside.model_fields if name != "name"] if inside else [])
    return near.replace("did you mean ", f"did you mean {'.'.join([*names[:-1], ''])}")
