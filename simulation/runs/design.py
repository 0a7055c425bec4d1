"""From settings to vary to points: grids, Latin hypercubes, Sobol sequences (scipy.stats.qmc)."""

from collections.abc import Mapping, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from simulation.scenario.csv_table import number_in, read_sheet
from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.scenario.study import Span, Value

DESIGN_SEED = 20_240_229  # a design is part of the plan: the same command has the same points
Axis = Sequence[Value] | Span


def value_at(tree: Any, path: str) -> Any:
    """Return the value at a dotted path of a nested dict; ``*`` takes the first name, ``motions.<name>`` the motion."""
    for name in path.split("."):
        tree = next(iter(tree.values())) if name == "*" else tree[name]
    return tree


def is_whole(base: World, path: str) -> bool:
    """Return whether the setting at ``path`` is a whole number."""
    head, _, rest = path.partition(".")
    if head == "motions":
        path = "motion." + rest.partition(".")[2]
    try:
        now = value_at(base.model_dump(), path)
    except (KeyError, TypeError):
        return False  # said in a sentence when the point is built
    return isinstance(now, int) and not isinstance(now, bool)


def scale(unit: np.ndarray, span: Span) -> np.ndarray:
    """Return numbers in [0, 1] as values of a span."""
    if span.log:
        return span.low * (span.high / span.low) ** unit
    return span.low + (span.high - span.low) * unit


def levels(axis: Axis, *, whole: bool) -> list[Value]:
    """Return the values of an axis of a grid."""
    if not isinstance(axis, Span):
        return list(axis)
    steps = scale(np.linspace(0, 1, axis.n) if axis.n > 1 else np.array([0.5]), axis)
    values = [round(v) if whole else float(f"{v:.12g}") for v in steps.tolist()]
    return list(dict.fromkeys(values))


def grid(over: Mapping[str, Axis], base: World) -> list[dict[str, Value]]:
    """Return every combination of the axes' values, the last axis fastest."""
    axes = [levels(axis, whole=is_whole(base, path)) for path, axis in over.items()]
    return [dict(zip(over, values, strict=True)) for values in product(*axes)]


def spread(over: Mapping[str, Span], n: int, kind: str, base: World) -> list[dict[str, Value]]:
    """Return ``n`` points of a ``latin_hypercube`` or ``sobol`` design."""
    from scipy.stats import qmc

    make = qmc.LatinHypercube if kind == "latin_hypercube" else qmc.Sobol
    unit = unit_points(make, len(over), n)
    columns = [scale(unit[:, k], span) for k, span in enumerate(over.values())]
    whole = [is_whole(base, path) for path in over]
    return [
        {path: round(c[i]) if w else float(c[i]) for path, c, w in zip(over, columns, whole, strict=True)}
        for i in range(n)
    ]


def unit_points(make: Any, dimensions: int, n: int) -> np.ndarray:
    """Return ``n`` points of the unit cube, shape (n, dimensions), the same every time."""
    import warnings

    with (
        warnings.catch_warnings()
    ):  # balance of a Sobol sequence needs a power of two; other lengths are the user's choice
        warnings.simplefilter("ignore", UserWarning)
        return make(d=dimensions, rng=np.random.default_rng(DESIGN_SEED)).random(n)


def sample(path: Path, n: int, asked: str) -> tuple[dict[str, np.ndarray], list[dict[str, Any]]]:
    """Read ``n`` worlds of a sample that ``calibrate`` wrote: a CSV, one column a setting, one line a world.

    Return columns and points; raises BadInput where the file cannot be used or holds fewer, with the setting that asks for ``n``.
    """
    said = f"study.posterior={path}"
    sheet = read_sheet(path, said)
    if not sheet.rows:
        raise BadInput(f"{said}: the file holds no sample")
    points: list[dict[str, Any]] = [
        {name: number_in(said, line, name, text) for name, text in row.items()} for line, row in sheet.rows[:n]
    ]
    if len(points) < n:
        raise BadInput(f"{said}: {asked}={n} asks for more worlds than the file holds, {len(points)}")
    return {name: np.array([p[name] for p in points]) for name in sheet.head}, points
