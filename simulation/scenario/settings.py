"""What the schema says of the setting at a path: its section, its unit, its bounds, whether it is a number."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from simulation.scenario import currency
from simulation.scenario.schema import Config, World
from simulation.scenario.units import Frozen

SHORT = {"ln": "log", "p": "chance", "sd": "spread"}  # in names of settings
SAYS_NOTHING = ("*", "segments", "motions", "market", "traits", "prices")  # of a path, beside what follows


def _kinds(kind: Any) -> Iterator[Any]:
    """Yield a type, what is said of it and the types inside a union."""
    yield kind
    if get_origin(kind) in (Annotated, Union, UnionType):
        for inner in get_args(kind):
            yield from _kinds(inner)


def said_of(model: type, path: Sequence[str]) -> list[Any]:
    """Return what the schema says of the setting at a path: its field, its types, and what is said of those."""
    kinds: list[Any] = [model]
    for name in ("rivals", *path) if path[:1] in (["rival"], ("rival",)) else path:  # of the only one
        inside: list[Any] = []
        for kind in kinds:
            if get_origin(kind) in (dict, list):  # names inside a dict are the user's
                inside.append(get_args(kind)[-1])
            elif isinstance(kind, type) and issubclass(kind, Frozen) and name in kind.model_fields:
                inside += [kind.model_fields[name], kind.model_fields[name].annotation]
        kinds = [k for kind in inside for k in _kinds(kind)]
    return kinds


def form_of(said: Sequence[Any]) -> str | None:
    """Return what a setting is by what the schema says of it: mapping, sequence or scalar; None where it may be several."""
    forms = {"mapping" for k in said if get_origin(k) is dict or (isinstance(k, type) and issubclass(k, Frozen))}
    forms |= {"sequence" for k in said if get_origin(k) is list}
    forms |= {"scalar" for k in said if k in (float, int, bool, str) or get_origin(k) is Literal}
    return forms.pop() if len(forms) == 1 else None


def section_at(model: type, path: Sequence[str]) -> type[Frozen] | None:
    """Return the section at a path, None where there is none."""
    kinds = said_of(model, path)
    return next((k for k in kinds if isinstance(k, type) and issubclass(k, Frozen)), None)


def unit(model: type[Frozen], where: str) -> str:
    """Return the unit of the setting at a dotted path, empty if it has none."""
    return unit_of(said_of(model, where.split(".")))


def kind(path: str) -> type:
    """Return what a setting of a point is: float, int, bool or str; dict where it is a section, a list or a dict."""
    model = World if path.partition(".")[0] == "motion" else Config
    said = (type(get_args(k)[0]) if get_origin(k) is Literal else k for k in said_of(model, path.split(".")))
    return next((k for k in said if k in (float, int, bool, str)), dict)


def extra_of(said: Sequence[Any]) -> dict[str, Any]:
    """Return unit, prior, grade and source in what the schema says of a setting, empty if it has none."""
    extras = (getattr(x, "json_schema_extra", None) for x in said)
    return next((extra for extra in extras if isinstance(extra, dict)), {})


def unit_of(said: Sequence[Any]) -> str:
    """Return the unit in what the schema says of a setting, empty if it has none."""
    return extra_of(said).get("unit") or ""


def flat(tree: dict[str, Any], head: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the path of each setting of a scenario with its value."""
    for name, value in tree.items():
        if isinstance(value, dict) and value:
            yield from flat(value, f"{head}{name}.")
        else:
            yield f"{head}{name}", value


def limits_of(said: Sequence[Any]) -> tuple[float, float]:
    """Return the bounds in what the schema says of a setting, infinite where it has none."""
    found = [m for x in said for m in (x, *getattr(x, "metadata", ()))]
    low = next((x.ge for x in found if hasattr(x, "ge")), float("-inf"))
    high = next((x.le for x in found if hasattr(x, "le")), float("inf"))
    return low, high


def motion_called(motion: str) -> str:
    """Return what a motion is called in sentences and tables, in words."""
    return motion.upper().replace("_", " ")


def setting_name(path: str) -> str:
    """Return a setting's name for a reader: its last two parts, as "weeks" or "fit" alone stand for many, in words."""
    *before, last = [part for part in path.split(".") if part not in SAYS_NOTHING] or path.split(".")[-1:]
    words = f"{before[-1]} {last}" if before else last
    if words.endswith("_sd_log"):
        words = f"{words.removesuffix('_sd_log')} spread, in logs"
    said = " ".join(SHORT.get(word, word) for word in words.replace("_", " ").split())
    return currency.in_words(said.replace(" usd", ", USD"))
