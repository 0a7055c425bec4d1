"""The files a scenario is made of: which there are, what they are called, where they lie."""

import os
import re
import unicodedata
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path

from simulation.scenario.errors import BadInput
from simulation.scenario.yaml_text import read_text

SHIPPED = next(
    folder
    for folder in (Path(__file__).parents[1] / "scenarios", Path(__file__).parents[2] / "scenarios")
    if folder.is_dir()
)
OWN = Path("scenarios")  # of the folder in which the user works
QUOTED_NAME = re.compile(r"\s*(?:'(?P<one>(?:[^'\\]|\\.)+)'|\"(?P<two>(?:[^\"\\]|\\.)+)\")\s*")
PLAIN_NAME = re.compile(r"\s*(?P<name>[^'\",\[\]{}$\s](?:[^\",\[\]{}$]*[^\",\[\]{}$\s])?)\s*")


def groups() -> list[str]:
    """Return the names of the groups of scenario files."""
    return sorted({p.name for folder in (SHIPPED, OWN) if folder.is_dir() for p in folder.iterdir() if p.is_dir()})


def options(group: str) -> list[str]:
    """Return the names of the files in a group."""
    return sorted({p.stem for folder in (SHIPPED, OWN) for p in (folder / group).glob("*.yaml")})


def about(group: str, option: str) -> str:
    """Return the first sentence of the comment that heads a scenario file, empty if it has none."""
    file = file_of(group, option)
    try:
        lines = read_text(file).splitlines() if file else []
    except BadInput:  # a file that nobody chose is no reason to give no help
        return ""
    comments = takewhile(lambda line: line.startswith("#"), lines)
    words = " ".join(line.lstrip("# ") for line in comments if "@package" not in line)
    return words.partition(". ")[0].rstrip(".")


def own_scenarios() -> bool:
    """Return whether the user's folder has scenarios besides those that came with the simulation."""
    return OWN.is_dir() and OWN.resolve() != SHIPPED.resolve()


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


def misplaced(group: str, name: str) -> str | None:
    """Say how to choose a file that is asked by its path, or that does not lie where those of its group do."""
    bare = re.sub(r"\.ya?ml$", "", name.replace("\\", "/").rpartition("/")[2])
    if bare != name:
        there = matching(group, bare)
        return f"a {group} is chosen by its name: {group}={there}" if there else None
    home = OWN / group / f"{name}.yaml"
    beside = [folder / f"{name}.{end}" for folder in (OWN / group, OWN, Path()) for end in ("yaml", "yml")]
    beside += [OWN / other / f"{name}.yaml" for other in groups()]
    if found := next((file for file in beside if file.is_file() and file != home), None):
        return f"{found} is not where a {group} is looked for; move it to {home}"
    if other := next((g for g in groups() if name in options(g)), None):
        return f"there is no {group} '{name}', it is a {other}: {other}={name}"
    return None


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


def file_of(group: str, name: str) -> Path | None:
    """Return the file of a choice: what came with the simulation comes first."""
    return next(
        (f for f in (SHIPPED / group / f"{name}.yaml", OWN / group / f"{name}.yaml") if os.path.lexists(f)), None
    )
