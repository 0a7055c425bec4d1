"""Composing a scenario: the only file that imports hydra. Notebooks, tests and the command line come through here."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from math import prod
from typing import Any, NamedTuple, cast

from pydantic import ValidationError

from simulation.scenario.arguments import readable, without_repeats
from simulation.scenario.choices import SEVERAL, check_choice, chosen, matching
from simulation.scenario.contents import Files, check, said_in
from simulation.scenario.currency import code_or_usd, written_in
from simulation.scenario.dates import said_back
from simulation.scenario.errors import BadInput, nearest, shown
from simulation.scenario.files import groups, options, own_scenarios
from simulation.scenario.firm import Motion
from simulation.scenario.references import check_references, plus, times
from simulation.scenario.rivals import of_the_rival, settle_rivals
from simulation.scenario.schema import Config, World, leaves
from simulation.scenario.switches import set_path
from simulation.scenario.typed import read_numbers
from simulation.scenario.wording import composition_error, unfinished, validation_errors

WHOLE = ("study.over", "study.mechanisms", "study.subject_to", "study.rival")  # dicts that a user gives whole
KEY = re.compile(r"[^\W\d][\w -]*(\.[\w*][\w -]*)*")  # names of settings, in any letters
LEXED = re.compile(r"[A-Za-z_][\w-]*(\.([A-Za-z_][\w-]*|0|[1-9][0-9]*))*", re.ASCII)  # those that Hydra's grammar has
LONGEST_KEY = 200  # characters
MOST_COMMANDS = 1000  # of one --multirun


class Composed(NamedTuple):
    """A scenario, and what was read in another form than typed, a sentence each."""

    config: Config
    read: tuple[str, ...]


_composed: dict[tuple[str, ...], Composed] = {}


def _composing() -> tuple[type[Exception], ...]:
    """Return what Hydra and OmegaConf raise."""
    from hydra.errors import HydraException
    from omegaconf.errors import OmegaConfBaseException

    return HydraException, OmegaConfBaseException


def variants(*overrides: str) -> list[tuple[str, ...]]:
    """Return every combination of overrides with several values (``a=1,2``), by Hydra's own sweeper; raises BadInput."""
    from hydra._internal.core_plugins.basic_sweeper import BasicSweeper
    from hydra.core.override_parser.overrides_parser import OverridesParser

    typed, _ = without_repeats(overrides)  # each command says what was left away
    arguments = readable(typed, several=True)
    try:
        parsed = OverridesParser.create().parse_overrides(list(arguments))
        counts = [
            sum(1 for _ in islice(o.sweep_string_iterator(), MOST_COMMANDS + 1))
            for o in parsed
            if o.is_sweep_override()
        ]
    except _composing() as error:
        raise BadInput(composition_error(error, arguments, typed)) from None
    if prod(counts) > MOST_COMMANDS:
        raise BadInput(f"--multirun: more than {MOST_COMMANDS:,} commands; study=sweep runs many points in one")
    return [tuple(one) for batch in BasicSweeper.split_arguments(parsed, None) for one in batch]


def hydra_argument(argument: str) -> str:
    """Let pydantic judge keys, all at once: ``++`` switches Hydra's own check off for settings."""
    key = argument.partition("=")[0]
    return argument if argument[:1] in "+~-" or key in groups() else "++" + argument


def compose(*overrides: str) -> Config:
    """Return the scenario that these overrides make, such as ``"product.price_usd=20"``; raises BadInput."""
    return composed(*overrides).config


def composed(*given: str) -> Composed:
    """Return the scenario that these overrides make, with what was read in another form; raises BadInput."""
    if own_scenarios():  # a user's own files change between two calls
        return _compose(given)
    if given not in _composed:
        _composed[given] = _compose(given)
    return _composed[given]


def _compose(given: tuple[str, ...], apart: str = "") -> Composed:
    """Return the scenario; ``apart`` is the motion, among those given, that the past alone had."""
    typed, left_away = without_repeats(given) if not apart else (given, [])
    arguments = readable(typed)
    _check_arguments(arguments)
    files = check(arguments)
    keys = {a.lstrip("+~").partition("=")[0] for a in arguments} - {*groups()}

    def said(path: str, value: Any) -> str:
        """The file that gives a setting its value, as a sentence begins; the command line needs no telling."""
        given = any(f"{path}.".startswith(f"{key}.") or f"{key}.".startswith(f"{path}.") for key in keys if key)
        return "" if given else said_in(files, path, value)

    try:
        tree = _tree(_with_own(_with_file(arguments), files), files)
        past = _motion_of_the_past(tree, said)
        if past and past != apart and past not in tree["motions"]:
            others = tuple(a for a in given if a.partition("=")[0] != "motions")
            return _compose((*others, f"motions=[{','.join([*tree['motions'], past])}]"), past)
        _let_past_spend(tree, past, apart)
        settle_rivals(tree)
        follows = check_references(tree, said)
        read = read_numbers(tree, said)
        tree = _resolved(tree)
    except _composing() as error:
        raise BadInput(composition_error(error, arguments, typed)) from None
    except ValueError as error:
        raise BadInput(str(error)) from None
    _check_motions(arguments, tree)
    if open_ := unfinished(tree["product"], arguments):
        raise BadInput(open_)
    with written_in(code_or_usd(tree.get("currency"))):
        config = validate(tree, said, follows)
    weeks = {f"motions.{name}.plan": [i.week for i in motion.plan] for name, motion in config.motions.items()}
    weeks["interventions"] = [i.week for i in config.interventions]
    return Composed(
        config, (*left_away, *read, *said_back(tree, config.start, getattr(config.study, "by", None), weeks))
    )


def _motion_of_the_past(tree: dict[str, Any], said: Callable[[str, Any], str]) -> str | None:
    """Return the motion of the firm's past, whose file has to be read although it may be none of those compared."""
    history = tree.get("history")
    name = history.get("motion") if isinstance(history, dict) and not history.get("spending") else None
    if not isinstance(name, str) or name in tree["motions"]:
        return name if isinstance(name, str) else None
    check_choice(f"{said('history.motion', name)}history.motion={name}", "motions", name)
    return matching("motions", name)


def _let_past_spend(tree: dict[str, Any], past: str | None, apart: str) -> None:
    """Tell the past how its motion spends; ``apart`` is none of those compared."""
    if past:
        tree["history"] |= {"motion": past, "spending": copy.deepcopy(tree["motions"][past])}
    tree.get("motions", {}).pop(apart, None)


def _tree(overrides: tuple[str, ...], files: Files) -> dict[str, Any]:
    """Return the scenario as Hydra composes it out of the files that were read, references not yet followed."""
    from hydra import compose as hydra_compose
    from hydra import initialize
    from hydra.core.global_hydra import GlobalHydra
    from hydra.core.override_parser.overrides_parser import OverridesParser
    from omegaconf import OmegaConf

    GlobalHydra.instance().clear()
    apart = [o for o in overrides if KEY.fullmatch(key := o.partition("=")[0]) and not LEXED.fullmatch(key)]
    with _stored(files), initialize(config_path=None, version_base="1.3"):
        tree = hydra_compose("config", [hydra_argument(o) for o in overrides if o not in apart])
    for override in apart:  # names in letters that Hydra's grammar does not have
        key, _, value = override.partition("=")
        OmegaConf.update(tree, key, OverridesParser.create().parse_override(f"x={value}").value(), force_add=True)
    return cast("dict[str, Any]", OmegaConf.to_container(tree, resolve=False))


@contextmanager
def _stored(files: Files) -> Iterator[None]:
    """Let Hydra find what was read, and nothing else: no file is opened twice, or by a name that it cannot spell."""
    from hydra.core.config_store import ConfigStore

    store = ConfigStore.instance()
    before, store.repo = store.repo, dict(store.repo)
    try:
        for (group, name), of in files.items():
            store.store(name, of.tree, group or None, of.package)
        yield
    finally:
        store.repo = before


def _resolved(tree: dict[str, Any]) -> dict[str, Any]:
    """Return a tree with every reference followed."""
    from omegaconf import OmegaConf

    OmegaConf.register_new_resolver("times", times, replace=True)
    OmegaConf.register_new_resolver("plus", plus, replace=True)
    return cast("dict[str, Any]", OmegaConf.to_container(OmegaConf.create(tree), resolve=True))


def _check_arguments(overrides: tuple[str, ...]) -> None:
    """Raise BadInput for arguments of which Hydra would take a part, or nothing, without a word."""
    for override in overrides:
        key, equals, value = override.lstrip("+~").partition("=")
        bare = re.sub(r"\s", "", value)
        if re.match(r"hydra(?![\w-])", key):
            raise BadInput(
                f"{shown(override, 100)}: Hydra's own settings do nothing here; out=... names the folder of the results"
            )
        if override[:1] == "~" and key in groups():
            raise BadInput(f"{shown(override, 100)}: a {key} is needed; write {key}=... to choose another one")
        if equals and key and (not KEY.fullmatch(key) or len(key) > LONGEST_KEY):
            raise BadInput(f"{shown(key)}: there is no such setting{nearest(key, [*groups(), *leaves(Config)])}")
        if bare == "{}" and key not in ("switches", *WHOLE):
            raise BadInput(f"{shown(override, 100)}: nothing is given, so nothing would change; leave it away")
        if key == "study.name" or (key == "study" and re.search(r"[{,]name:", bare)):
            asked = re.split(r"[{,]name:", bare)[-1].partition(",")[0].strip("}'")
            named = asked if asked in options("study") else "|".join(options("study"))
            raise BadInput(f"{shown(override, 100)}: choose a study by study={named}")
        if key in groups() and equals and override[:1] not in "+~":
            check_choice(override, key, value)


def _check_motions(overrides: tuple[str, ...], tree: dict[str, Any]) -> None:
    """Raise BadInput where a motion or a rival is chosen twice, or a setting is one of a motion that is not chosen."""
    for group in SEVERAL:
        asked = [name for of, name in chosen(overrides) if of == group]
        if twice := [name for name in asked if asked.count(name) > 1]:
            raise BadInput(f"{group}=[{','.join(asked)}]: {twice[0]} stands there twice, once is enough")
    asked = [name for group, name in chosen(overrides) if group == "motions"]
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
    return motion.keys() >= {name for name, field in Motion.model_fields.items() if field.is_required()}


def _with_file(overrides: tuple[str, ...]) -> tuple[str, ...]:
    """A network file brings its own people: take the default number back, unless the user gave one as well."""
    given = {o.lstrip("+~").partition("=")[0] for o in overrides}
    if "market.network.file" in given and "market.network.kind" not in given:
        kind = () if "market" in given else ("market.network.kind=file",)
        people = () if "market.people" in given else ("market.people=null",)
        overrides = (*kind, *people, *overrides)
    return overrides


def _with_own(overrides: tuple[str, ...], files: Files) -> tuple[str, ...]:
    """Names and values that the user gives a study replace those of its file; Hydra alone would add to them."""
    study = next((name for group, name in chosen(overrides) if group == "study"), "compare")
    found = []
    for override in overrides:
        key, _, value = override.partition("=")
        if key in WHOLE and value.startswith("{") and key in files["study", study].places:
            found.append("~" + key)
        found.append(override)
    return tuple(found)


def validate(tree: dict[str, Any], said: Callable[[str, Any], str], follows: dict[str, str]) -> Config:
    """Return the checked scenario; raises BadInput with one sentence an error, all errors at once.

    ``said`` tells how a sentence about a setting's value begins: with the file that gives it. What is wrong with a setting is
    not said again of those that follow it.
    """
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, Config, said, follows))) from None


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
                set_path(tree, of_the_rival(path.replace("__", "."), tree["rivals"]), value)
        except (KeyError, TypeError):
            raise BadInput(validation_path(path)) from None
        except ValueError as error:
            raise BadInput(str(error)) from None
    try:
        return World.model_validate(tree)
    except ValidationError as error:
        raise BadInput("\n".join(validation_errors(error, World))) from None


def one_rival(world: World | Config, **settings: Any) -> dict[str, Any]:
    """Return the setting that gives ``world`` one rival that is like us but for ``settings``, whatever rivals it has."""
    ours = {"price_usd": world.product.price_usd, "quality": world.product.quality}
    like_us = compose("rival=like_us").rivals["like_us"].model_dump()
    return {"rivals": {"rival": like_us | ours | settings}}


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
