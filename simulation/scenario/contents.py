"""What stands in scenario files, and what is wrong with one, before Hydra composes them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from simulation.scenario.choices import SEVERAL, chosen
from simulation.scenario.errors import BadInput, nearest, shown
from simulation.scenario.files import OWN, SHIPPED, file_of, groups, options, own_scenarios
from simulation.scenario.quantity import ONE_GROUP, NotRead, read
from simulation.scenario.schema import Config, World
from simulation.scenario.settings import form_of, said_of
from simulation.scenario.typed import asked_of, is_number, meant
from simulation.scenario.yaml_text import Place, YamlText, read_yaml

ENTRY = re.compile(r"(?:(?:override|optional) +)*(?P<path>[^@]+?)(?:@(?P<package>\S+))?")
OF_A_COMMAND = ("jobs", "out", "cluster", "fresh", "figures")  # how a command is run, where it writes, what it deletes
ASKED = {
    "motions": "them on the command line, such as motions=[clg,plg]",
    "study": "it on the command line, such as study=sweep",
}
NEEDED = {
    "mapping": "names with values are needed",
    "sequence": "a list is needed",
    "scalar": "one value is needed, no list and no names",
}
NOTHING = {"scalar": ("", "~", "null", "Null", "NULL"), "mapping": (), "sequence": ()}  # pydantic says what is missing
SECTIONS = {"motions": "motions", "rival": "rivals"}  # where a file's settings stand under its name
PACKAGES = {("rival", "none"): "rivals"}
FILES = ("market.network.file", "market.network.traits_file", "figures.style")
FILES += tuple(f"study.{name}" for name in ("posterior", "data", "edges", "adoptions", "cohorts", "forum"))


class Contents(NamedTuple):
    """A file of a scenario: its names with values, the section that they belong to, and where each setting stands."""

    file: Path
    tree: dict[str, Any]
    package: str
    places: dict[str, Place]  # by the setting's path in the scenario

    def at(self, path: str) -> str:
        """Return the head of a sentence about a setting."""
        return f"{self.file}, line {self.places[path].line}: "


Files = dict[tuple[str, str], Contents]  # by group and name; a file stands behind those it begins with


def check(overrides: tuple[str, ...]) -> Files:
    """Return what stands in the files that make a scenario: those chosen and those to which defaults lead.

    Raises BadInput for the first that cannot be used.
    """
    found: Files = {}
    root = _contents("", "config")
    for entry in root.tree["defaults"]:
        key, names = next(iter(entry.items())) if isinstance(entry, dict) else ("", entry)
        for name in names if isinstance(names, list) else [names]:
            if name != "_self_":
                found |= _check(key, name, (), {}, asked=False)
    found["", "config"] = root
    for group, name in chosen(overrides):
        found |= _check(group, name, (), {})
    return found


def said_in(files: Files, path: str, value: Any) -> str:
    """Return the head of a sentence about a setting's value: the file and line that give it or its section, empty if none does."""
    there = [of for (group, _), of in reversed(files.items()) if group]
    own = [of for of in there if SHIPPED not in of.file.parents]  # what came with the simulation is right by itself
    exact = [of.at(path) for of in there if path in of.places and of.places[path].text == str(value)]
    given = [of.at(p) for p in (path, path.rpartition(".")[0]) for of in own if p in of.places]
    return next(iter(exact + given), "")


def _contents(group: str, name: str) -> Contents:
    file = file_of(group, name)
    if file is None:
        raise BadInput(f"{OWN / group / name}.yaml: the file does not exist")
    changed = file.stat() if file.is_file() else None
    read_in = _read(file, changed and (changed.st_mtime_ns, changed.st_size, changed.st_ino))
    package = read_in.package or group
    head = "" if package in ("", "_global_") else f"{package}."
    places = {f"{head}{path}" if path else package: place for path, place in read_in.places.items()}
    return Contents(file, read_in.tree, package, places)


@lru_cache(maxsize=256)
def _read(file: Path, _changed: tuple[int, ...] | None) -> YamlText:
    return read_yaml(file)


def _check(group: str, name: str, before: tuple[tuple[str, str], ...], found: Files, *, asked: bool = True) -> Files:
    """Return ``found`` with a file and those to which its defaults lead; raises BadInput for the first that cannot be used."""
    if (group, name) in before:
        way = " -> ".join("/".join(place) for place in (*before[before.index((group, name)) :], (group, name)))
        raise BadInput(
            f"{file_of(*before[-1])}: defaults lead in a circle: {way}; start from another file, such as reference"
        )
    of = _contents(group, name)
    file, tree = of.file, of.tree
    shadowed = OWN / group / f"{name}.yaml"
    if asked and own_scenarios() and shadowed.is_file() and file != shadowed:
        raise BadInput(f"{shadowed}: '{name}' is a {group} that comes with the simulation; give the file another name")
    _check_package(of, group, name)
    defaults = tree.get("defaults", [])
    if not isinstance(defaults, list):
        raise BadInput(
            f"{file}: defaults: {shown(str(defaults))}: a list is needed: defaults: [{shown(str(defaults))}]"
        )
    for section in (k for k, v in tree.items() if v is None and k in World.model_fields):
        raise BadInput(f"{file}: {section}: a value or settings are needed, nothing is given")
    _check_settings(of, group)
    for entry in defaults:
        for there, choice, instead in _places(file, group, entry):
            if (there, choice) in found and not instead:  # it would take back what came in between
                root = file_of(*(*before, (group, name))[0])
                raise BadInput(
                    f"{root}: defaults: {there}/{choice} comes in a second time, by {group}/{name}; leave one away"
                )
            if (there, choice) not in found:
                _check(there, choice, (*before, (group, name)), found, asked=asked)
    found[group, name] = of
    return found


def _check_package(of: Contents, group: str, name: str) -> None:
    """Raise BadInput where a file's settings would not go to the section of its group, or to the whole scenario."""
    if group in SEVERAL and "." in name:
        raise BadInput(
            f"{of.file}: dots part the names of settings; give the {group.removesuffix('s')} a name without dots"
        )
    package = PACKAGES.get((group, name)) or (f"{SECTIONS[group]}.{name}" if group in SECTIONS else "_global_")
    allowed = (package,) if group in SECTIONS or group not in Config.model_fields else (package, group)
    if group and of.package not in allowed:
        raise BadInput(f"{of.file}: the first line must be '# @package {package}'")


def _check_settings(of: Contents, group: str) -> None:
    """Raise BadInput for a setting that is not for scenario files, and for a number that could be two.

    A file is handed on among colleagues: it says what a market or a company is. How a command runs, where it writes and
    what it deletes is for the command line and config.yaml; which motions are compared and what is asked of them as well,
    so that no file tips a comparison. Files that it names lie beside it, for it knows no other folder.
    """
    for path, place in of.places.items():
        head = path.partition(".")[0]
        if head in OF_A_COMMAND or head == "hydra" or "_target_" in path.split("."):
            why = f"write {path}=... on the command line" if head in OF_A_COMMAND else "leave it away"
            raise BadInput(f"{of.at(path)}{shown(path)}: this is no setting of a scenario; {why}")
        if head in ASKED and head != group:
            raise BadInput(f"{of.at(path)}{_for_the_command_line(group, head)}")
        if path in FILES and _elsewhere(place.text):
            raise BadInput(
                f"{of.at(path)}{path}: a scenario file names files of the folder in which the command is given; "
                f"write {path}=... on the command line"
            )
        said = said_of(Config, path.split("."))
        if (form := form_of(said)) in NEEDED and form != place.form and place.text not in NOTHING[place.form]:
            raise BadInput(f"{of.at(path)}{shown(path)}: {NEEDED[form]}")
        if ONE_GROUP.fullmatch(place.text) and is_number(said := said_of(Config, meant(path))):
            try:
                read(path, place.text, asked_of(path, said))  # to YAML, 1.500 is 1.5
            except NotRead:
                continue
            except BadInput as error:
                raise BadInput(f"{of.at(path)}{error}") from None


def _for_the_command_line(group: str, asked: str) -> str:
    instead = ASKED.get(asked, f"it on the command line, such as {asked}=...")
    return f"a {group.removesuffix('s')} sets no {asked}; choose {instead}"


def _elsewhere(file: str) -> bool:
    """Return whether a file may lie in another folder than the one in which the command is given."""
    return Path(file).is_absolute() or not {"..", "~"}.isdisjoint(Path(file).parts) or "${" in file


def _places(file: Path, group: str, entry: Any) -> Iterator[tuple[str, str, bool]]:
    """Yield (group, name, whether it overrides another choice) of each file that an entry of a defaults list names.

    Raises BadInput where one does not exist: ``optional`` and ``override`` are no reason to be silent, a misspelt name would be
    left out without a word.
    """
    key, value = next(iter(entry.items())) if isinstance(entry, dict) and entry else (None, entry)
    names = value if key is not None and isinstance(value, list) else [value]
    if (isinstance(entry, dict) and len(entry) != 1) or not all(isinstance(n, str) for n in names):
        raise BadInput(f"{file}: defaults: {entry}: a name is needed, or a group and a name, such as /platform: forum")
    override = str(key or "").startswith("override ")
    for name in names:
        if name == "_self_":
            continue
        said = f"{file}: defaults: {name}" if key is None else f"{file}: defaults: {key}: {name}"
        path = _path(said, name, group) if key is None else f"{_path(said, str(key), group)}/{_path(said, name, group)}"
        there, _, choice = (path[1:] if path.startswith("/") else f"{group}/{path}").rpartition("/")
        if there not in groups():
            known = [f"/{g}" for g in groups()]
            raise BadInput(
                f"{said}: there is no group '{_path(said, str(key or there), group)}'{nearest('/' + there.rpartition('/')[2], known)}"
            )
        if choice not in options(there):
            raise BadInput(
                f"{said}: there is no {there} '{choice}'; there are {', '.join(options(there))}{nearest(choice, options(there))}"
            )
        if there != group and (group == "motions" or (there in ASKED and group != "study")):
            raise BadInput(f"{said}: {_for_the_command_line(group, there)}")
        if (
            key is not None
            and path.startswith("/")
            and (there, choice) != (group, file.stem)
            and override == (there == group)
        ):
            instead = choice if there == group else f"override /{there}: {choice}"
            raise BadInput(f"{said}: a {there} is chosen already; write {instead}")
        if len(names) > 1 and there not in SEVERAL:
            raise BadInput(f"{said}: one {there} can be chosen")
        yield there, choice, override


def _path(said: str, text: str, group: str) -> str:
    """Return where a file is, without ``optional``, ``override`` and the section its settings go to."""
    found = ENTRY.fullmatch(text.strip())
    if found and found["package"] not in (None, "_here_", group):
        raise BadInput(f"{said}: settings go where those of the file go; write @_here_")
    return found["path"] if found else text
