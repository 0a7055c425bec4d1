"""Which test falls when a number of behaviour is wrong: ``python -m tools.mutate settings=[help.tiring] tests=[tests/switches]``.

Each number of ``simulation/scenario/behaviour.py`` (all, if none is named) is set to zero and to its opposite in every world
that a test makes, whatever the test sets; where bounds forbid these, to the nearest and to the farthest end of them. The tests
(those of directions, switches and books if none are named; with ``slow=true`` their slow ones too) run until one falls. ``docs/mutants.csv`` gets a line
a mutant: the test that fell, or none: it **survived**, and nothing proves that number. A line is kept as it ends, the same
command goes on after a kill; a line of other sources or other tests is run again where it is asked for.
"""

import csv
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from simulation.scenario.behaviour import Behaviour
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.schema import leaves
from simulation.scenario.units import Frozen
from simulation.sources import DECIDING, hash_of
from tools.asked import Names, read
from tools.mutant import VARIABLE
from tools.rows import world_of

ROOT = Path(__file__).parents[1]
FILE = ROOT / "docs" / "mutants.csv"
TESTS = ("tests/directions", "tests/switches", "tests/property")


class Asked(Frozen):
    """What is mutated and which tests may notice."""

    settings: Names
    tests: Names
    slow: bool = False


class Mutant(NamedTuple):
    """A number of behaviour at another value than it ships with."""

    setting: str
    to: str  # zero or opposite, or the end of the bounds that stands for it
    value: float


class Line(NamedTuple):
    """What became of a mutant under some tests; ``fell``: the first test that did, empty where it survived."""

    setting: str
    to: str
    value: str
    tests: str  # as pytest is told
    fell: str
    sources: str


def mutants(names: Sequence[str]) -> Iterator[Mutant]:
    """Yield the mutants of the numbers named, all if none is; raises BadInput where there is no such number."""
    known = leaves(Behaviour)
    for name in names:
        if name not in known:
            raise BadInput(f"settings: there is no {name} in behaviour{nearest(name, known)}")
    shipped = world_of("clg").behaviour
    for name in names or known:
        section, leaf = name.split(".")
        of = getattr(shipped, section)
        yield from _of(name, float(getattr(of, leaf)), *_bounds(type(of), leaf))


def _of(name: str, value: float, low: float, high: float) -> Iterator[Mutant]:
    """Yield a number at zero and at its opposite, or at what its bounds allow in their stead."""
    if value != 0:
        yield Mutant(name, "zero", 0.0) if low <= 0 <= high else Mutant(name, "nearest end to zero", low)
    if value != 0 and low <= -value <= high:
        yield Mutant(name, "opposite", -value)
    else:
        yield Mutant(
            name, "farthest end: its opposite is out of bounds", max(low, high, key=lambda end: abs(end - value))
        )


def _bounds(section: type[Frozen], leaf: str) -> tuple[float, float]:
    found = {type(m).__name__: m for m in section.model_fields[leaf].metadata}
    return float(found["Ge"].ge), float(found["Le"].le)


def words(tests: Sequence[str], slow: bool) -> list[str]:
    """Tell pytest the tests that may notice, all that are meant as proofs if none is named; raises BadInput where one is not there."""
    for test in tests:
        if not (ROOT / test.partition("::")[0]).exists():
            raise BadInput(f"tests: there is no {test}")
    return [*(tests or TESTS), *([] if slow else ["-m", "not slow"])]


def run(mutant: Mutant | None, tests: Sequence[str]) -> str:
    """Return the first test that falls, empty where none does; raises RuntimeError where pytest itself does not end well."""
    said = f"{mutant.setting}={mutant.value!r}" if mutant else ""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-o",
        "addopts=",
        "-x",
        "-q",
        "-rfE",
        "-p",
        "tools.mutant",
        "--no-header",
        *tests,
    ]
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {VARIABLE: said}, capture_output=True, text=True, check=False
    )
    fell = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
    if done.returncode > 1 and not fell:
        raise RuntimeError(f"{said}: pytest ended with {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return fell[1] if fell else ""


def kept(file: Path) -> dict[tuple[str, ...], Line]:
    """Return the lines of a file by setting, mutant and tests; one that a kill cut off is left away."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = list(csv.reader(text[: text.rfind("\n") + 1].splitlines()))[1:]
    return {(*line[:2], line[3]): Line(*line) for line in lines}


def write(lines: Sequence[Line], file: Path) -> None:
    """Write all lines, those of a number together; a file beside it takes its place whole."""
    beside = file.with_suffix(".part")
    with beside.open("w", newline="", encoding="utf-8") as out:
        table = csv.writer(out, lineterminator="\n")
        table.writerow(Line._fields)
        table.writerows(lines)
    beside.replace(file)


def main(arguments: Sequence[str], file: Path = FILE) -> int:
    """Run the mutants that are asked for and not known; 0, or 2 for input that cannot be used."""
    try:
        asked = read(arguments, Asked)
        todo, tests = list(mutants(asked.settings)), words(asked.tests, asked.slow)
    except BadInput as error:
        print(error, file=sys.stderr)
        return 2
    sources = hash_of(DECIDING)
    lines = kept(file)
    if fell := run(None, tests):
        print(f"{fell} falls without any mutant: no test says anything before it is mended", file=sys.stderr)
        return 2
    for mutant in todo:
        key = (mutant.setting, mutant.to, " ".join(tests))
        if key not in lines or lines[key].sources != sources:
            lines[key] = Line(mutant.setting, mutant.to, repr(mutant.value), key[2], run(mutant, tests), sources)
            write(list(lines.values()), file)
        line = lines[key]
        print(f"{line.setting} to {line.value} ({line.to}): {line.fell or 'SURVIVED'}", flush=True)
    alive = sum(not line.fell for line in lines.values())
    print(f"{len(lines) - alive} of {len(lines)} mutants in {file.name} fell, {alive} survived")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
