"""The files a scenario is made of: which there are, and what is wrong with one, before Hydra reads it."""

import re
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.schema import Config, World

SHIPPED = next(
    folder
    for folder in (Path(__file__).parents[1] / "scenarios", Path(__file__).parents[2] / "scenarios")
    if folder.is_dir()
)
OWN = Path("scenarios")  # of the folder in which the user works
REFERENCE = "${product.price_usd} or ${times:${product.price_usd},0.5}"  # as it is said to users
ENTRY = re.compile(r"(?:(?:override|optional) +)*(?P<path>[^@ ]+)(?:@\S+)?")


def groups() -> list[str]:
    """Return the names of the groups of scenario files."""
    return sorted({p.name for folder in (SHIPPED, OWN) if folder.is_dir() for p in folder.iterdir() if p.is_dir()})


def options(group: str) -> list[str]:
    """Return the names of the files in a group."""
    return sorted({p.stem for folder in (SHIPPED, OWN) for p in (folder / group).glob("*.yaml")})


def about(group: str, option: str) -> str:
    """Return the first sentence of the comment that heads a scenario file, empty if it has none."""
    file = _file(group, option)
    if not file:
        return ""
    comments = takewhile(lambda line: line.startswith("#"), file.read_text(encoding="utf-8").splitlines())
    words = " ".join(line.lstrip("# ") for line in comments if "@package" not in line)
    return words.partition(". ")[0].rstrip(".")


def own_scenarios() -> bool:
    """Return whether the user's folder has scenarios besides those that came with the simulation."""
    return OWN.is_dir() and OWN.resolve() != SHIPPED.resolve()


def chosen(overrides: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (group, name) of each scenario file that a command line asks for and that exists."""
    for override in overrides:
        group, _, names = override.lstrip("+").partition("=")
        if group in groups():
            yield from ((group, name) for name in re.findall(r"[\w-]+", names) if _file(group, name))


def check(overrides: tuple[str, ...]) -> None:
    """Raise BadInput for the first file that cannot be used, among those chosen and those their defaults lead to."""
    for group, name in chosen(overrides):
        _check(group, name, ())


def using(overrides: tuple[str, ...], key: str) -> Path | None:
    """Return the chosen file in which ``${key}`` stands."""
    files = [file for place in chosen(overrides) if (file := _file(*place))]
    return next((f for f in files if re.search(rf"\b{re.escape(key)}\b", f.read_text(encoding="utf-8"))), None)


def company(overrides: tuple[str, ...]) -> Path | None:
    """Return the file of the company that was chosen."""
    return next((_file(*place) for place in chosen(overrides) if place[0] == "company"), None)


def _file(group: str, name: str) -> Path | None:
    """Return the file of a choice, as Hydra finds it: what came with the simulation comes first."""
    return next((f for f in (SHIPPED / group / f"{name}.yaml", OWN / group / f"{name}.yaml") if f.is_file()), None)


def _read(file: Path) -> dict[str, Any]:
    """Return what stands in a file; raises BadInput where it is no YAML with names and values."""
    import yaml
    from omegaconf import OmegaConf
    from omegaconf.errors import OmegaConfBaseException

    try:
        tree: Any = OmegaConf.to_container(OmegaConf.load(file), resolve=False)
    except yaml.MarkedYAMLError as error:
        opened = "flow" in (error.context or "")  # a bracket: where it opens tells more than where the file ends
        mark = (error.context_mark if opened else None) or error.problem_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise BadInput(
            f"{file}{line}: this is no YAML ({error.problem}); close what is open, indent by spaces"
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise BadInput(f"{file}: the file is no text in UTF-8") from None
    except OSError as error:
        raise BadInput(f"{file}: {'a name with a value is needed' if not error.errno else error.strerror}") from None
    except OmegaConfBaseException:
        raise BadInput(f"{file}: a reference is not closed; write {REFERENCE}") from None
    if not isinstance(tree, dict):
        raise BadInput(f"{file}: the file holds a list, names with values are needed, such as weeks: 260")
    return tree


def _check(group: str, name: str, before: tuple[tuple[str, str], ...]) -> None:
    file = _file(group, name)
    if (group, name) in before:
        way = " -> ".join("/".join(place) for place in (*before[before.index((group, name)) :], (group, name)))
        raise BadInput(
            f"{_file(*before[-1])}: defaults lead in a circle: {way}; start from another file, such as reference"
        )
    shadowed = OWN / group / f"{name}.yaml"
    if own_scenarios() and shadowed.is_file() and file != shadowed:
        raise BadInput(f"{shadowed}: '{name}' is a {group} that comes with the simulation; give the file another name")
    tree = _read(file)
    _check_package(file, group, name)
    defaults = tree.get("defaults", [])
    if not isinstance(defaults, list):
        raise BadInput(f"{file}: defaults: {defaults}: a list is needed: defaults: [{defaults}]")
    for section in (k for k, v in tree.items() if v is None and k in World.model_fields):
        raise BadInput(f"{file}: {section}: a value or settings are needed, nothing is given")
    for entry in defaults:
        for place in _places(file, group, entry):
            _check(*place, (*before, (group, name)))


def _check_package(file: Path, group: str, name: str) -> None:
    """Where no section of the settings is called as the group is, the first line says where the settings belong."""
    package = f"motions.{name}" if group == "motions" else "_global_"
    if group == "motions" or group not in Config.model_fields:
        text = file.read_text(encoding="utf-8")
        if not re.search(rf"^# *@package +{re.escape(package)} *$", text, re.MULTILINE):
            raise BadInput(f"{file}: the first line must be '# @package {package}'")


def _places(file: Path, group: str, entry: Any) -> Iterator[tuple[str, str]]:
    """Yield (group, name) of each file that an entry of a defaults list names; raises BadInput where one does not exist.

    ``optional`` and ``override`` are no reason to be silent: a misspelt name would be left out without a word.
    """
    key, value = next(iter(entry.items())) if isinstance(entry, dict) and entry else (None, entry)
    names = value if key is not None and isinstance(value, list) else [value]
    if (isinstance(entry, dict) and len(entry) != 1) or not all(isinstance(n, str | None) for n in names):
        raise BadInput(f"{file}: defaults: {entry}: a name is needed, or a group and a name, such as /platform: forum")
    for name in names:
        if name in (None, "_self_"):
            continue
        said = f"{file}: defaults: {name}" if key is None else f"{file}: defaults: {key}: {name}"
        path = _path(name) if key is None else f"{_path(str(key))}/{_path(name)}"
        there, _, choice = (path[1:] if path.startswith("/") else f"{group}/{path}").rpartition("/")
        if there not in groups():
            known = [f"/{g}" for g in groups()]
            raise BadInput(
                f"{said}: there is no group '{_path(str(key or there))}'{nearest('/' + there.rpartition('/')[2], known)}"
            )
        if choice not in options(there):
            raise BadInput(
                f"{said}: there is no {there} '{choice}'; there are {', '.join(options(there))}{nearest(choice, options(there))}"
            )
        override = str(key or "").startswith("override ")
        if override and there == "motions" and group == "company":
            raise BadInput(
                f"{said}: a company sets no motions; choose them on the command line, such as motions=[clg,plg]"
            )
        if key is not None and not override and path.startswith("/") and (there, choice) != (group, file.stem):
            instead = choice if there == group else f"override /{there}: {choice}"
            raise BadInput(f"{said}: a {there} is chosen already; write {instead}")
        yield there, choice


def _path(text: str) -> str:
    """Return where a file is, without ``optional``, ``override`` and the section its settings go to."""
    found = ENTRY.fullmatch(text.strip())
    return found["path"] if found else text
