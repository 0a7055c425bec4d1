"""Every setting as a command has it, for a reader: value, unit, where it is set and what stands beside it, prior and source."""

import json
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from simulation.scenario.arguments import readable, without_repeats
from simulation.scenario.compose import compose
from simulation.scenario.contents import Files, check
from simulation.scenario.currency import in_words, written_in
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.files import SHIPPED
from simulation.scenario.schema import Config
from simulation.scenario.settings import extra_of, flat, said_of, unit_of
from simulation.scenario.yaml_text import read_text

NOT_SET = "as the schema has it"


class Listed(NamedTuple):
    """A setting. ``remark`` is the comment beside it in the file that sets it, empty where there is none."""

    path: str
    value: Any
    unit: str
    place: str
    remark: str
    prior: str

    @property
    def given(self) -> str:
        """The setting as a command line gives it."""
        plain = self.value == str(self.value)
        return (
            f"{self.path}={self.value if plain else json.dumps(self.value, ensure_ascii=False, separators=(',', ':'))}"
        )

    def __str__(self) -> str:
        beside = f": {self.remark}" if self.remark else ""
        more = f"; {self.prior}" if self.prior else ""
        return f"{f'{self.given}  {self.unit}'.rstrip()}\n    {self.place}{beside}{more}"


def settings_page(*arguments: str) -> str:
    """Return the settings of a command, two lines each; words, arguments without ``=``, are looked for. Raises BadInput."""
    words = [a.casefold() for a in arguments if "=" not in a]
    overrides = [a for a in arguments if "=" in a]
    config = compose(*overrides)
    with written_in(config.currency):
        found = list(listed(config, *overrides))
    asked = [s for s in found if all(word in " ".join(map(str, s)).casefold() for word in words)]
    if not asked:
        known = {part for s in found for part in (s.path, *s.path.split("."))}
        raise BadInput(
            f"settings {' '.join(words)}: no setting has this in its name, unit or remark{nearest(words[0], known)}"
        )
    return "\n".join(map(str, asked))


def listed(config: Config, *overrides: str) -> Iterator[Listed]:
    """Yield each setting of ``config``, composed with ``overrides``."""
    arguments = readable(without_repeats(overrides)[0])
    files = check(arguments)
    keys = [a.lstrip("+~").partition("=")[0] for a in arguments]
    for path, value in flat(config.model_dump(mode="json")):
        said = said_of(Config, path.split("."))
        typed = any(f"{path}.".startswith(f"{key}.") for key in keys if key)
        place, remark = ("the command line", "") if typed else _place(files, path, value)
        yield Listed(path, value, in_words(unit_of(said)), place, remark, _prior(extra_of(said)))


def _place(files: Files, path: str, value: Any) -> tuple[str, str]:
    """Return the file and line that set a value, and the comment there."""
    there = [of for of in reversed(files.values()) if path in of.places]
    gives = (of for of in there if of.places[path].text in (str(value), json.dumps(value)))
    of = next(gives, there[0] if there else None)
    if of is None:
        return NOT_SET, ""
    line = of.places[path].line
    name = of.file if SHIPPED not in of.file.parents else Path("scenarios") / of.file.relative_to(SHIPPED)
    return f"{name.as_posix()}, line {line}", _lines(of.file)[line - 1].partition(" #")[2].strip(" #")


@lru_cache(maxsize=256)
def _lines(file: Path) -> list[str]:
    return read_text(file).splitlines()


def _prior(extra: dict[str, Any]) -> str:
    if not extra.get("prior"):
        return ""
    low, high = extra["prior"]
    return f"plausible {low:g} to {high:g}, grade {extra['grade']} ({extra['source']})"
