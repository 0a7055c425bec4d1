"""Which scenario files a command line chooses, and what is wrong with a choice."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from simulation.scenario.errors import BadInput, near, shown
from simulation.scenario.files import OWN, file_of, groups, options
from simulation.scenario.yaml_text import read_text

SEVERAL = ("motions", "rival")  # groups of which several files can be chosen
MOTION_WORDS = {"community": "clg", "product": "plg", "sales": "slg"}  # as community-led, sales_led begin
QUOTED_NAME = re.compile(r"\s*(?:'(?P<one>(?:[^'\\]|\\.)+)'|\"(?P<two>(?:[^\"\\]|\\.)+)\")\s*")
PLAIN_NAME = re.compile(r"\s*(?P<name>[^'\",\[\]{}$\s](?:[^\",\[\]{}$]*[^\",\[\]{}$\s])?)\s*")


def chosen_names(value: str) -> list[str] | None:
    """Return the names in what a group is given, one or a list; None where it is something else."""
    value = value.strip()
    if value[:1] == "[" and value[-1:] == "]":
        inside = value[1:-1].strip()
        items = inside.split(",") if inside else []
    else:
        items = [value]
    names = [_name(item) for item in items]
    return [name for name in names if name] if all(names) else None


def _name(item: str) -> str | None:
    """Return a name without its quotation marks, None where an item is no name."""
    if quoted := QUOTED_NAME.fullmatch(item):
        return re.sub(r"\\(.)", r"\1", quoted["one"] or quoted["two"])
    plain = PLAIN_NAME.fullmatch(item)
    return plain["name"] if plain else None


def matching(group: str, name: str) -> str | None:
    """Return the name of a file in a group as it is written, whatever the case that it is asked in."""
    have = options(group)
    if name in have:
        return name
    alike = [option for option in have if _folded(option) == _folded(name)]
    return alike[0] if len(alike) == 1 else None


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def chosen(overrides: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield (group, name) of each scenario file that a command line asks for and that exists."""
    for override in overrides:
        group, _, names = override.lstrip("+-").partition("=")
        if group in groups():
            yield from ((group, found) for name in chosen_names(names) or () if (found := matching(group, name)))


def using(overrides: tuple[str, ...], key: str) -> Path | None:
    """Return the chosen file in which ``${key}`` stands."""
    files = [file for place in chosen(overrides) if (file := file_of(*place))]
    return next((f for f in files if re.search(rf"\b{re.escape(key)}\b", read_text(f))), None)


def company(overrides: tuple[str, ...]) -> Path | None:
    """Return the file of the company that was chosen."""
    return next((file_of(*place) for place in chosen(overrides) if place[0] == "company"), None)


def check_choice(argument: str, group: str, value: str) -> None:
    """Raise BadInput where a group is given what is no name of one of its files, or several where one can be chosen."""
    said, names = shown(argument, 100), chosen_names(value)
    words = [matching(group, word) for word in re.split(r"[\s,;+&()\[\]]+", value.strip(" ()[]"))]
    unknown = [name for name in ([value] if names is None else names) if not matching(group, name)]
    if group in SEVERAL and unknown and all(words):
        instead = "" if "[" in value else ", or add --multirun for a command each"
        raise BadInput(f"{said}: write a list, {group}=[{','.join(filter(None, words))}]{instead}")
    if group != "motions" and names == []:
        raise BadInput(f"{said}: one {group} is needed; there are {', '.join(options(group))}")
    if group not in SEVERAL and len(names or words) > 1 and (names or all(words)):
        raise BadInput(f"{said}: one {group} can be chosen, such as {group}={names[0] if names else words[0]}")
    if unknown:
        raise BadInput(f"{said}: {_no_such(group, unknown)}")
    if names is None:
        raise BadInput(f"{said}: a file with this name cannot be chosen; give it one of letters, digits, _ and -")


def _no_such(group: str, names: list[str]) -> str:
    """Say that a group has no files of these names, which it has, and where one may lie."""
    have = options(group)
    words = {name: MOTION_WORDS.get(re.split("[-_ ]", name.casefold())[0]) for name in names if group == "motions"}
    if len(names) == 1 and not any(words.values()) and (where := _misplaced(group, names[0])):
        return where
    missing = " or ".join(f"'{shown(name)}'" for name in names)
    meant = [found for name in names if (found := words.get(name) or near(name, have))]
    end = f"; did you mean {' and '.join(meant)}?" if meant else "."
    return f"there is no {group} {missing}; there are {', '.join(have)}{end}"


def _misplaced(group: str, name: str) -> str | None:
    """Say how to choose a file that is asked by its path, or that does not lie where those of its group do."""
    bare = re.sub(r"\.ya?ml$", "", name.replace("\\", "/").rpartition("/")[2])
    if bare != name:
        there = matching(group, bare)
        return f"a {group} is chosen by its name: {group}={there}" if there else None
    home = OWN / group / f"{name}.yaml"
    folders = (folder for folder in (OWN / group, OWN, Path(), *sorted(OWN.glob("*/"))) if folder.is_dir())
    beside = (file for folder in folders for file in folder.iterdir() if file.name in (f"{name}.yaml", f"{name}.yml"))
    if found := next((file for file in beside if file != home), None):
        return f"{found} is not where a {group} is looked for; move it to {home}"
    if other := next((g for g in groups() if name in options(g)), None):
        return f"there is no {group} '{name}', it is a {other}: {other}={name}"
    return None
