"""The files a scenario is made of: which there are, where they lie, what each says of itself."""

import os
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


def groups() -> list[str]:
    """Return the names of the groups of scenario files."""
    return sorted(p.name for p in SHIPPED.iterdir() if p.is_dir())


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


def file_of(group: str, name: str) -> Path | None:
    """Return the file of a choice: what came with the simulation comes first."""
    return next(
        (f for f in (SHIPPED / group / f"{name}.yaml", OWN / group / f"{name}.yaml") if os.path.lexists(f)), None
    )
