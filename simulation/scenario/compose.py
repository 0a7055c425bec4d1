"""Composing a scenario: the only file that imports hydra. Notebooks, tests and the command line come through here."""

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.files import SHIPPED, check, chosen, groups, options, own_scenarios
from simulation.scenario.firm import Motion
from simulation.scenario.schema import Config, World, leaves
from simulation.scenario.sentences import composition_error, validation_errors
from simulation.scenario.switches import set_path

WHOLE = ("study.over", "study.mechanisms", "study.subject_to", "study.rival")  # dicts that a user gives whole
_composed: dict[tuple[str, ...], Config] = {}


def variants(*overrides: str) -> list[tuple[str, ...]]:
    """Return every combination of overrides with several values (``a=1,2``), by Hydra's own sweeper; raises BadInput."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from hydra.errors import HydraException

    try:
        parsed = OverridesParser.create().parse_overrides(list(overrides))
        return [tuple(one) for batch in BasicSweeper.split_arguments(parsed, None) for one in batch]
    except HydraException as error:
        raise BadInput(composition_error(error, tuple(overrides))) from None


def hydra_argument(argument: str) -> str:
    """Let pydantic judge keys, all at once: ``++`` switches Hydra's own check off for settings."""
    key, _, value = argument.partition("=")
    if key == "out":
        argument = f"out={_literal(value)}"
    return argument if argument[:1] in "+~-" or key in groups() else "++" + argument


def _literal(name: str) -> str:
    """Return a folder's name as one word of Hydra's grammar, whatever stands in it; null and what is quoted as it is."""
    if name in ("", "null") or re.fullmatch(r"'.*'|\".*\"", name):
        return name
    return "'" + re.sub(r"(\\*)('|$)", lambda m: 2 * m[1] + ("\\'" if m[2] else ""), name) + "'"


def compose(*overrides: str) -> Config:
    """Return the scenario that these overrides make, such as ``"product.price_usd=20"``; raises BadInput."""
    given, overrides = overrides, _with_own(_with_file(overrides))
    if overrides in _composed and not own_scenarios():  # a user's own files change between two calls
        return _composed[overrides]
    for override in given:
        if re.match(r"[+~]*hydra[./]", override):
            raise BadInput(f"{override}: Hydra's own settings do nothing here; out=... names the folder of the results")
    _check_arguments(given)
    check(overrides)
    from hydra import compose as hydra_compose
    from hydra import initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra
    from hydra.errors import HydraException
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    OmegaConf.register_new_resolver("times", _times, replace=True)
    OmegaConf.register_new_resolver("plus", _plus, replace=True)
    try:
        GlobalHydra.instance().clear()
        with initialize_config_dir(str(SHIPPED), version_base="1.3"):
            paths = [f"hydra.searchpath=[{Path('scenarios').resolve()}]"] if own_scenarios() else []
            tree = hydra_compose("config", [*paths, *map(hydra_argument, overrides)])
            tree = OmegaConf.to_container(tree, resolve=True)
    except (
        HydraException,
        OmegaConfBaseException,
        ValueError,
        TypeError,
    ) as error:  # the last two: a group is given no names
        raise BadInput(composition_error(error, given)) from None
    _check_motions(given, tree)
    config = validate(tree)
    _composed[overrides] = config
    return config


def _check_arguments(overrides: tuple[str, ...]) -> None:
    """Raise BadInput for arguments of which Hydra would take a part, or nothing, without a word."""
    before: dict[str, str] = {}
    for override in overrides:
        key, _, value = override.lstrip("+").partition("=")
        bare = re.sub(r"\s", "", value)
        if key in groups() and key != "motions":
            _check_choice(override, key, bare)
            if before.setdefault(key, override) != override:
                raise BadInput(f"{override}: {before[key]} is chosen already; leave one away")
        if bare == "{}" and key not in ("switches", *WHOLE):
            raise BadInput(f"{override}: nothing is given, so nothing would change; leave it away")
        if key == "study.name" or (key == "study" and re.search(r"[{,]name:", bare)):
            asked = re.split(r"[{,]name:", bare)[-1].partition(",")[0].rstrip("}")
            named = asked if asked in options("study") else "|".join(options("study"))
            raise BadInput(f"{override}: choose a study by study={named}")


def _check_choice(override: str, group: str, value: str) -> None:
    """Raise BadInput where a list is given to a group of which one file can be chosen, of several names or of none."""
    if re.fullmatch(r"\[.*,.*\]", value):
        raise BadInput(f"{override}: one {group} can be chosen, such as {group}={value.strip('[]').split(',')[0]}")
    if value == "[]":
        raise BadInput(f"{override}: one {group} is needed; there are {', '.join(options(group))}")


def _check_motions(overrides: tuple[str, ...], tree: dict[str, Any]) -> None:
    """Raise BadInput where a motion is chosen twice, or a setting is one of a motion that is not chosen."""
    asked = [name for group, name in chosen(overrides) if group == "motions"]
    for name in asked:
        if asked.count(name) > 1:
            raise BadInput(f"motions=[{','.join(asked)}]: {name} stands there twice, once is enough")
    known = [m for m, of in tree.get("motions", {}).items() if m in asked or not isinstance(of, dict) or _whole(of)]
    given = [(o.lstrip("+").partition("=")[0], "") for o in overrides]
    swept = tree["study"].get("over") if isinstance(tree.get("study"), dict) else None
    given += [(str(path), "study.over.") for path in swept] if isinstance(swept, dict) else []
    for path, head in given:
        section, _, rest = path.partition(".")
        name, _, rest = rest.partition(".")
        if section == "motions" and name == "*":
            raise BadInput(f"{head}{path}: write motion.{rest} in study.over, it reaches every motion")
        if section == "motions" and name and name not in known:
            near = "; add it there" if name in options("motions") else nearest(name, known)
            raise BadInput(f"{head}{path}: '{name}' is not among motions=[{','.join(known)}]{near}")


def _whole(motion: dict[str, Any]) -> bool:
    """Return whether nothing is missing of a motion: settings of one that is not chosen make a part of one."""
    return motion.keys() >= Motion.model_fields.keys()


def _with_file(overrides: tuple[str, ...]) -> tuple[str, ...]:
    """A network file brings its own people: take the default number back, unless the user gave one as well."""
    given = {o.lstrip("+~").partition("=")[0] for o in overrides}
    if "market.network.file" in given and "market.network.kind" not in given:
        kind = () if "market" in given else ("market.network.kind=file",)
        people = () if "market.people" in given else ("market.people=null",)
        overrides = (*kind, *people, *overrides)
    return overrides


def _with_own(overrides: tuple[str, ...]) -> tuple[str, ...]:
    """Names and values that the user gives a study replace those of its file; Hydra alone would add to them."""
    study = next((o.partition("=")[2] for o in overrides if o.startswith("study=")), "compare")
    found = []
    for override in overrides:
        key, _, value = override.partition("=")
        if key in WHOLE and value.startswith("{") and _stands_in(study, key.partition(".")[2]):
            found.append("~" + key)
        found.append(override)
    return tuple(found)


def _stands_in(study: str, key: str) -> bool:
    for folder in (Path("scenarios"), SHIPPED):
        file = folder / "study" / f"{study}.yaml"
        if file.is_file():
            return re.search(rf"^  {key}:", file.read_text(encoding="utf-8"), re.MULTILINE) is not None
    return False


def _times(value: Any, factor: float) -> Any:
    """``${times:...}`` in scenario files: a price as a share of another; what is no number is left to the schema."""
    return round(value * factor, 6) if isinstance(value, int | float) else value


def _plus(value: Any, more: float) -> Any:
    """``${plus:...}`` in scenario files: a time that follows another one."""
    return value + more if isinstance(value, int | float) else value


def validate(tree: dict[str, Any]) -> Config:
    """Return the checked scenario; raises BadInput with one sentence an error, all errors at once."""
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, Config))) from None


def as_world(config: World | None, motion: str, settings: dict[str, Any]) -> World:
    """Return what a run is told: ``config`` or the reference scenario under ``motion``, with ``settings`` on top."""
    base = config or compose(f"motions=[{motion}]").world(motion)
    if not settings:
        return base
    tree = base.model_dump()  # a copy to its last leaf
    for path, value in settings.items():
        try:
            if path.startswith("switches."):  # a scenario names only those that it turns
                tree["switches"][path.partition(".")[2]] = value
            else:
                set_path(tree, path.replace("__", "."), value)
        except (KeyError, TypeError):
            raise BadInput(validation_path(path)) from None
    try:
        return World.model_validate(tree)
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, World))) from None


def world_at(base: World, motion: str, settings: dict[str, Any]) -> World:
    """Return ``base`` with ``settings`` on top; ``motions.<name>.`` reaches one motion, ``motion.`` each; raises BadInput."""
    head, mine = f"motions.{motion}", {}
    for path, value in settings.items():
        if path.startswith(f"{head}.") or path == head:
            mine[f"motion{path.removeprefix(head)}"] = value
        elif not path.startswith("motions."):
            mine[path] = value
    try:
        return as_world(base, motion, mine)
    except BadInput as error:
        if mine.keys() <= settings.keys():
            raise
        raise BadInput(re.sub(r"(?<![\w.])motion(?=[.:=]| is a )", head, str(error))) from None  # as it was written


def validation_path(path: str) -> str:
    """Return the sentence for a path that does not exist."""
    return f"{path}: there is no such setting{nearest(path, leaves(World))}"
