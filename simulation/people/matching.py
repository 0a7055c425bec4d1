"""Whether the ids of two files are of the same people; what a spreadsheet does to ids, and what it left of them."""

import re
from collections.abc import Callable, Iterable, Mapping

from simulation.scenario.csv_table import shown
from simulation.scenario.errors import BadInput

POWER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE][+][0-9]+")  # 1.23E+15: the last digits of a long id are gone
MANGLED: dict[str, Callable[[str], str]] = {  # what else happens to an id, and how it reads without
    "in upper or lower case": str.casefold,
    "with .0 behind": lambda name: name.removesuffix(".0"),
    "without leading zeros": lambda name: name.lstrip("0") or "0",
    "with blanks in it": lambda name: "".join(name.split()),
}
FEWEST = 0.5  # of the ids that match only when they are mended: so many are no accident


def check_uncut(said: str, ids: Iterable[str]) -> None:
    """Raise BadInput where an id is a long number that a spreadsheet has rounded: it may be of several people."""
    if name := next((name for name in ids if POWER.fullmatch(name)), None):
        raise BadInput(
            f"{said}: the id '{shown(name)}' is a long number that a spreadsheet has cut short, it may be of several "
            "people; export ids as text"
        )


def check_alike(edges: str, ties: Mapping[str, int], traits: str, rows: Mapping[str, int]) -> None:
    """Raise BadInput where traits would miss their people: no id matches, or many do only when they are mended.

    ``edges`` and ``traits`` are how sentences call the files, ``ties`` the ids of the first and ``rows`` the ids of the
    second with their rows.
    """
    lost = [name for name in rows if name not in ties]
    for how, plain in MANGLED.items():
        if found := _mended(lost, ties, plain):
            name, twin = found[0]
            if len(found) >= FEWEST * len(lost):
                raise BadInput(
                    f"{traits}: row {rows[name]}, id '{shown(name)}' is '{shown(twin)}' in {edges}, {how} in one of them, "
                    f"{len(found)} of {len(rows)} ids so; write ids alike in both"
                )
    if len(lost) == len(rows):
        raise BadInput(
            f"{traits}: none of its {len(rows)} ids, such as '{shown(lost[0])}', is in {edges}, which has ids such as "
            f"'{shown(next(iter(ties)))}'; the files are of different people, or their ids are written in two ways"
        )


def _mended(lost: Iterable[str], ties: Iterable[str], plain: Callable[[str], str]) -> list[tuple[str, str]]:
    """Return the ids that are found only when both files are read by ``plain``, each with its twin."""
    twins = {plain(name): name for name in ties}
    return [(name, twins[plain(name)]) for name in lost if plain(name) in twins]
