"""One sentence an error, in the user's words; neither Hydra's nor pydantic's own text is shown."""

import re
from collections.abc import Iterator, Sequence
from typing import Any, get_args, get_origin

from pydantic import ValidationError

from simulation.scenario.errors import nearest
from simulation.scenario.files import REFERENCE, company, groups, options, using
from simulation.scenario.quantity import Frozen
from simulation.scenario.schema import Config, leaves

UNIONS = ("Span", "float", "int", "bool", "str")  # branches of what a swept setting may be


def composition_error(error: Exception, overrides: tuple[str, ...]) -> str:
    """Say what is wrong with a command line that Hydra could not compose."""
    for argument in overrides:
        key, _, value = argument.lstrip("+~").partition("=")
        if key in groups():
            have = options(key)
            asked = re.findall(r"[\w-]+", value)
            for name in asked:
                if name not in have and name != "null":
                    return f"{argument}: there is no {key} '{name}'; there are {', '.join(have)}{nearest(name, have)}"
        if "=" not in argument:
            return f"{argument}: write it as setting=value, such as weeks=260"
        if re.fullmatch(r"-?\d+,\d+", value):
            return f"{argument}: write the number with a decimal point: {key}={value.replace(',', '.')}"
        if not _readable(argument):
            return (
                f"{argument}: the value cannot be read; close brackets, and quote special characters: '{key}=\"...\"'"
            )
    return _in_a_file(str(error), overrides)


def _in_a_file(text: str, overrides: tuple[str, ...]) -> str:
    """Say what is wrong with a scenario file, where the command line is not to blame."""
    key = re.search(r"Interpolation key '([\w.]+)' not found", text)
    if key:
        return _interpolation(key[1], overrides)
    at = re.search(r"full_key: ([\w.]+)", text)
    if at:
        file = using(overrides, at[1].rpartition(".")[2])
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
    file = using(overrides, key) or "a scenario file"
    return f"{file}: ${{{key}}} stands for a setting that does not exist{nearest(key, leaves(Config))}"


def _readable(argument: str) -> bool:
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        OverridesParser.create().parse_override(argument)
    except HydraException:
        return False
    return True


def validation_errors(error: ValidationError, model: type[Frozen]) -> Iterator[str]:
    """Yield one sentence for each error that pydantic found."""
    for e in error.errors():
        if _other_branch(e):
            continue
        where = ".".join(str(p) for p in _location(e["loc"]) if p != "[key]")
        given, kind, ctx = e["input"], e["type"], e.get("ctx", {})
        if "[key]" in e["loc"]:
            parent = ".".join(str(p) for p in e["loc"][:-2])
            allowed = re.findall(r"'(\w+)'", str(ctx.get("expected", "")))
            yield f"{parent}: there is no '{given}'{nearest(str(given), allowed)}"
        elif kind == "union_tag_invalid":
            expected = re.findall(r"'(\w+)'", ctx["expected_tags"])
            yield f"study.name={ctx['tag']}: there is no such study; choose one by study={'|'.join(expected)}"
        elif kind == "extra_forbidden" and e["loc"][:1] == ("study",):
            yield f"{where}: the study {e['loc'][1]} has no such setting"
        elif kind == "extra_forbidden":
            yield f"{where}: there is no such setting{nearest(where, _known(model, where))}"
        elif kind == "missing":
            yield f"{where}: a value is needed" if where != "motions" else "motions=[]: at least one motion is needed"
        elif kind == "value_error":
            text = e["msg"].removeprefix("Value error, ")
            yield text if text.startswith(where) or not where else f"{where}: {text}"
        else:
            yield f"{where}={_shown(given)}: {_allowed(kind, given, ctx, model, where)}"


def _other_branch(e: Any) -> bool:
    """Return whether an error only says that a swept setting is not of the other kind: a list, or low and high."""
    if e["loc"][:1] != ("study",):
        return False
    of_list = any(str(p).startswith("list[") for p in e["loc"])
    of_span = any("Span" in str(p) for p in e["loc"])
    return (
        (of_list and isinstance(e["input"], dict))
        or (of_span and not isinstance(e["input"], dict | int | float) and "low" not in e["loc"])
        or (of_span and e["type"] == "model_type")
    )


def _location(loc: tuple) -> tuple:
    """Return where an error is, in the user's words: pydantic names the kind of study and of a value in between."""
    if loc[:1] == ("study",):
        loc = (loc[0], *loc[2:])
    return tuple(p for p in loc if not (isinstance(p, str) and (p in UNIONS or "[" in p)))


def _shown(value: Any) -> str:
    return (
        {True: "true", False: "false", None: "null"}.get(value, str(value))
        if isinstance(value, bool | type(None))
        else str(value)
    )


def _allowed(kind: str, given: Any, ctx: dict, model: type[Frozen], where: str) -> str:
    if isinstance(given, str) and re.fullmatch(r"-?\d+,\d+", given):
        return f"write the number with a decimal point: {where}={given.replace(',', '.')}"
    of = unit(model, where)
    of = f" ({of})" if of else ""
    if "ge" in ctx or "le" in ctx or kind in ("greater_than_equal", "less_than_equal"):
        low, high = _bounds(model, where)
        return f"{low:g} to {high:g}{of} is allowed"
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
    return {"dict_type": "names with values are needed", "list_type": "a list is needed"}.get(
        kind, "this cannot be used"
    )


def _said_of(model: type, where: str) -> list[Any]:
    """Return what the schema says of the setting at a dotted path: its field, and what stands inside an optional one."""
    kind: Any = model
    field: Any = None
    for name in where.split("."):
        if get_origin(kind) is dict:  # names inside a dict are the user's
            field = kind = get_args(kind)[1]
            continue
        sections = [k for k in (kind, *get_args(kind)) if isinstance(k, type) and issubclass(k, Frozen)]
        field = sections[0].model_fields.get(name) if sections else None
        kind = getattr(field, "annotation", None)
    inside = [m for k in (field, *get_args(kind)) for m in getattr(k, "__metadata__", ())]
    return [field, *inside] if field else inside


def unit(model: type[Frozen], where: str) -> str:
    """Return the unit of the setting at a dotted path, empty if it has none."""
    extras = (getattr(x, "json_schema_extra", None) for x in _said_of(model, where))
    return next((extra["unit"] for extra in extras if isinstance(extra, dict) and extra.get("unit")), "")


def _bounds(model: type, where: str) -> tuple[float, float]:
    found = [m for x in _said_of(model, where) for m in (x, *getattr(x, "metadata", ()))]
    low = next((x.ge for x in found if hasattr(x, "ge")), float("-inf"))
    high = next((x.le for x in found if hasattr(x, "le")), float("inf"))
    return low, high


def _known(model: type[Frozen], where: str) -> list[str]:
    """Return the settings a misspelt path may have meant; inside a dict, with the user's own names."""
    parts = where.split(".")
    inside = _inner(model, parts[:-1])
    own = [".".join([*parts[:-1], name]) for name in inside.model_fields] if inside else []
    return own + leaves(model)


def _inner(model: type, parts: Sequence[str]):
    for name in parts:
        fields = getattr(model, "model_fields", None)
        if fields is None:
            continue
        if name not in fields:
            return None
        kind = fields[name].annotation
        inner = [a for a in get_args(kind) if isinstance(a, type) and issubclass(a, Frozen)]
        model = inner[0] if inner else kind
        if isinstance(model, type) and inner:
            continue
    return model if isinstance(model, type) and issubclass(model, Frozen) else None
