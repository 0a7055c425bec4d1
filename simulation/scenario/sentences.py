"""One sentence an error, in the user's words; neither Hydra's nor pydantic's own text is shown."""

import re
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import ValidationError

from simulation.scenario.errors import nearest
from simulation.scenario.files import REFERENCE, company, groups, options, using
from simulation.scenario.quantity import Frozen
from simulation.scenario.schema import Config, World, leaves
from simulation.scenario.study import Study

SCALARS = ("float", "int", "bool", "str")  # branches of what a value may be
STUDIES = {str(get_args(s.model_fields["name"].annotation)[0]): s for s in get_args(get_args(Study)[0])}


def composition_error(error: Exception, overrides: tuple[str, ...]) -> str:
    """Say what is wrong with a command line that Hydra could not compose."""
    for argument in overrides:
        key, _, value = argument.lstrip("+~").partition("=")
        said = _choice(argument, key, value) if key in groups() else None
        if said := said or _unreadable(argument, key, value) or _misplaced(argument, key, value, str(error)):
            return f"{argument}: {said}"
    return _in_a_file(str(error), overrides)


def _choice(argument: str, group: str, value: str) -> str | None:
    """Say which file of a group does not exist."""
    have = options(group)
    for name in re.findall(r"[\w-]+", value) or [value]:
        if "=" in argument and name not in (*have, "[]"):
            return f"there is no {group} '{name}'; there are {', '.join(have)}{nearest(name, have)}"
    return None


def _unreadable(argument: str, key: str, value: str) -> str | None:
    """Say why an argument cannot be read."""
    if not key or "=" not in argument:
        return "write it as setting=value, such as weeks=260"
    if re.fullmatch(r"-?\d+,\d+", value):
        return f"write the number with a decimal point: {key}={value.replace(',', '.')}"
    if re.search(r"[{,]\s*(''|\"\")?\s*:", value):
        return "a name is missing before a colon"
    if not _readable(argument):
        return f"the value cannot be read; close brackets, and quote special characters: '{key}=\"...\"'"
    return None


def _misplaced(argument: str, key: str, value: str, text: str) -> str | None:
    """Say why a value cannot stand where it is put."""
    if text.startswith("Ambiguous value"):
        return f"write a list, {key}=[{value}], or add --multirun for a command each" if argument in text else None
    if value.startswith("[[") and key in groups():
        return f"names are needed, such as {key}=[{value.strip('[]')}]"
    if argument[:1] == "+" != argument[1:2]:
        return "leave the + away"
    unlike = (
        f"merging override ++{argument.lstrip('+')}" in text
    )  # a list for names with values, or the other way round
    if key in groups() or value.startswith("{"):
        return "a list is needed" if unlike else None
    section = None if key.startswith("study.") else _section(Config, key.split("."))
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


FOLLOWS = {  # what a scenario file takes from another setting is wrong with it; the other is said
    "product.reference_price_usd": "product.price_usd",
    "product.quality_ceiling": "product.quality",
    "rival.price_usd": "product.price_usd",
    "rival.quality": "product.quality",
    "behaviour.adoption.seller_patience_weeks": "behaviour.adoption.sales_cycle_weeks",
}


def _own(error: ValidationError) -> list[Any]:
    """Return the errors of settings that do not merely follow a wrong one."""
    wrong = {".".join(_names(e["loc"])) for e in error.errors()}
    return [e for e in error.errors() if FOLLOWS.get(".".join(_names(e["loc"]))) not in wrong]


def validation_errors(error: ValidationError, model: type[Frozen]) -> Iterator[str]:
    """Yield one sentence for each error that pydantic found."""
    said = set()
    for e in _own(error):
        names = _names(e["loc"])
        where = ".".join(names)
        given, kind, ctx = e["input"], e["type"], e.get("ctx", {})
        study = STUDIES.get(e["loc"][1]) if e["loc"][:1] == ("study",) and len(e["loc"]) > 1 else None
        of, path = (study, names[1:]) if study else (model, names)
        if study and e["loc"][-1] in SCALARS:  # it is none of what a value may be: once is enough
            if names not in said:
                yield f"{where}={_shown(given)}: a number, a text, true, false or null is needed"
            said.add(names)
        elif "[key]" in e["loc"]:
            allowed = re.findall(r"'(\w+)'", str(ctx.get("expected", "")))
            yield f"{'.'.join(names[:-1])}: there is no '{given}'{nearest(str(given), allowed)}"
        elif kind == "union_tag_invalid":
            expected = re.findall(r"'(\w+)'", ctx["expected_tags"])
            yield f"study.name={ctx['tag']}: there is no such study; choose one by study={'|'.join(expected)}"
        elif kind == "extra_forbidden" and study:
            yield f"{where}: the study {e['loc'][1]} has no such setting{_near(of, path, names)}"
        elif kind == "extra_forbidden":
            yield f"{where}: there is no such setting{nearest(where, [*_beside(of, names), *leaves(model)])}"
        elif kind == "missing":
            yield f"{where}: a value is needed" if where != "motions" else "motions=[]: at least one motion is needed"
        elif kind == "value_error":
            text = e["msg"].removeprefix("Value error, ")
            yield text if text.startswith(where) or not where else f"{where}: {text}"
        else:
            yield f"{where}={_shown(given)}: {_allowed(kind, given, ctx, of, path, where)}"


def _names(loc: tuple) -> tuple[str, ...]:
    """Return where an error is, in the user's words: pydantic names the kind of study, axis and value in between."""
    if loc[:1] == ("study",):
        loc = (loc[0], *loc[2:])
        loc = loc[:3] + loc[4:] if loc[1:2] == ("over",) else loc
        loc = loc[:-1] if loc[-1] in SCALARS else loc
    return tuple(str(p) for p in loc if p != "[key]")


def _shown(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if isinstance(value, bool | type(None))
        else str(value)
    )


def _allowed(kind: str, given: Any, ctx: dict, model: type[Frozen], path: Sequence[str], where: str) -> str:
    if isinstance(given, str) and re.fullmatch(r"-?\d+,\d+", given):
        return f"write the number with a decimal point: {where}={given.replace(',', '.')}"
    of = _unit(_said_of(model, path))
    of = f" ({of})" if of else ""
    if "ge" in ctx or "le" in ctx or kind in ("greater_than_equal", "less_than_equal"):
        low, high = _bounds(model, path)
        return f"{_exact(low)} to {_exact(high)}{of} is allowed"
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
    section = _section(model, path)
    if kind == "model_type" and section:
        return _such_as(where, section)
    if kind == "list_type" and path[:1] == ("over",):
        return f"a list is needed, such as [{_shown(given)}], or low and high"
    return {"dict_type": "names with values are needed", "list_type": "a list is needed"}.get(
        kind, "this cannot be used"
    )


def _exact(bound: float) -> str:
    return f"{bound:g}" if float(f"{bound:g}") == bound else str(bound)


def _such_as(where: str, section: type[Frozen]) -> str:
    """Say how to set what is inside a section, given at once or value by value."""
    needed = [name for name, field in section.model_fields.items() if field.is_required()]
    if where.startswith(("study.", "interventions")):
        return f"{' and '.join(needed)} are needed, as in {{{', '.join(f'{name}: ...' for name in needed)}}}"
    one = next(leaf for leaf in leaves(section) if unit(section, leaf))
    return f"{where} is a section; set one of its values, such as {where}.{one}=..."


def _kinds(kind: Any) -> Iterator[Any]:
    """Yield a type, what is said of it and the types inside a union."""
    yield kind
    if get_origin(kind) in (Annotated, Union, UnionType):
        for inner in get_args(kind):
            yield from _kinds(inner)


def _said_of(model: type, path: Sequence[str]) -> list[Any]:
    """Return what the schema says of the setting at a path: its field, its types, and what is said of those."""
    kinds: list[Any] = [model]
    for name in path:
        inside: list[Any] = []
        for kind in kinds:
            if get_origin(kind) in (dict, list):  # names inside a dict are the user's
                inside.append(get_args(kind)[-1])
            elif isinstance(kind, type) and issubclass(kind, Frozen) and name in kind.model_fields:
                inside += [kind.model_fields[name], kind.model_fields[name].annotation]
        kinds = [k for kind in inside for k in _kinds(kind)]
    return kinds


def _section(model: type, path: Sequence[str]) -> type[Frozen] | None:
    """Return the section at a path, None where there is none."""
    kinds = _said_of(model, path)
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, Frozen)), None)


def unit(model: type[Frozen], where: str) -> str:
    """Return the unit of the setting at a dotted path, empty if it has none."""
    return _unit(_said_of(model, where.split(".")))


def kind(path: str) -> type:
    """Return what a setting of a point is: float, int, bool or str; dict where it is a section, a list or a dict."""
    model = World if path.partition(".")[0] == "motion" else Config
    said = (type(get_args(k)[0]) if get_origin(k) is Literal else k for k in _said_of(model, path.split(".")))
    return next((k for k in said if k in (float, int, bool, str)), dict)


def _unit(said: Sequence[Any]) -> str:
    extras = (getattr(x, "json_schema_extra", None) for x in said)
    return next((extra["unit"] for extra in extras if isinstance(extra, dict) and extra.get("unit")), "")


def _bounds(model: type, path: Sequence[str]) -> tuple[float, float]:
    found = [m for x in _said_of(model, path) for m in (x, *getattr(x, "metadata", ()))]
    low = next((x.ge for x in found if hasattr(x, "ge")), float("-inf"))
    high = next((x.le for x in found if hasattr(x, "le")), float("inf"))
    return low, high


def _beside(model: type[Frozen], names: Sequence[str]) -> list[str]:
    """Return the settings beside a misspelt one, with the user's own names in them."""
    inside = _section(model, names[:-1])
    return [".".join([*names[:-1], name]) for name in inside.model_fields] if inside else []


def _near(study: type[Frozen], path: Sequence[str], names: Sequence[str]) -> str:
    """Return the nearest match beside a misspelt setting of a study; what all begin with is no likeness."""
    inside = _section(study, path[:-1])
    near = nearest(path[-1], [name for name in inside.model_fields if name != "name"] if inside else [])
    return near.replace("did you mean ", f"did you mean {'.'.join([*names[:-1], ''])}")
