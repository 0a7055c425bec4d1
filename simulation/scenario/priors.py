"""What is uncertain: every number of the schema that carries a prior, with its value in the scenario as the mode."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple, get_args

import numpy as np

from simulation.scenario.errors import BadInput
from simulation.scenario.schema import World
from simulation.scenario.units import Frozen

SLACK = 1e-9  # of a range: even steps of a logarithm end beside its ends
WIDE = 4.0  # from this ratio of high to low on, a prior is triangular in the logarithm


class Prior(NamedTuple):
    """A triangular belief about one number; ``paths`` are its settings, the first is the one that is named."""

    name: str
    paths: dict[str, float]  # path -> its value relative to the first one's
    low: float
    high: float
    mode: float
    unit: str
    grade: str
    source: str

    @property
    def wide(self) -> bool:
        """Whether it is triangular in the logarithm."""
        return self.low > 0 and self.high / self.low >= WIDE

    def place(self, value: float) -> float:
        """Return at which share of the prior's width a value lies, 0 at its low end, 1 at its high end."""
        low, at, high = (math.log(v) if self.wide else v for v in (self.low, value, self.high))
        return (at - low) / (high - low)

    def at(self, place: float) -> float:
        """Return the value at a share of the prior's width."""
        low, high = (math.log(v) if self.wide else v for v in (self.low, self.high))
        value = low + place * (high - low)
        return min(max(math.exp(value) if self.wide else value, self.low), self.high)

    def quantile(self, u: np.ndarray) -> np.ndarray:
        """Return the quantiles at ``u`` in [0, 1], same shape."""
        from scipy.stats import triang

        low, mode, high = (math.log(v) if self.wide else v for v in (self.low, self.mode, self.high))
        values = triang.ppf(u, (mode - low) / (high - low), low, high - low)
        return np.clip(np.exp(values) if self.wide else values, self.low, self.high)  # exp(log(x)) may lie above x

    def settings(self, value: float) -> dict[str, float]:
        """Return the settings that give this number ``value``; segments keep their proportions."""
        return {path: value * ratio for path, ratio in self.paths.items()}


def priors(world: World) -> list[Prior]:
    """Return the priors of a scenario in the schema's order; raises BadInput where a value lies outside its prior."""
    found: dict[str, Prior] = {}
    for name, path, value, extra in _leaves(World, world, "", ""):
        low, high = extra["prior"]
        if name not in found:
            found[name] = Prior(name, {path: 1.0}, low, high, value, extra["unit"], extra["grade"], extra["source"])
        elif found[name].mode > 0:
            found[name].paths[path] = value / found[name].mode
    return [_around(prior) for prior in found.values() if prior.mode > 0]


def _around(prior: Prior) -> Prior:
    """Move a prior along with a scenario that sets its number outside the published range: same width, in the logarithm."""
    if prior.low <= prior.mode <= prior.high:
        return prior
    half = math.sqrt(prior.high / prior.low)
    return prior._replace(low=prior.mode / half, high=prior.mode * half)


def _leaves(model: type[Frozen], node: Any, name: str, path: str) -> Iterator[tuple[str, str, float, dict[str, Any]]]:
    for field, info in model.model_fields.items():
        value = getattr(node, field)
        if isinstance(value, Frozen):
            yield from _leaves(type(value), value, f"{name}{field}.", f"{path}{field}.")
        elif isinstance(value, dict) and value and all(isinstance(v, Frozen) for v in value.values()):
            for key, part in value.items():
                yield from _leaves(type(part), part, f"{name}{field}.*.", f"{path}{field}.{key}.")
        else:
            extra = _extra(info)
            if extra.get("prior"):
                yield f"{name}{field}", f"{path}{field}", float(value), extra


def _extra(info: Any) -> dict[str, Any]:
    """Return what :func:`number` noted of a field."""
    if isinstance(info.json_schema_extra, dict):
        return info.json_schema_extra
    for part in get_args(info.annotation):
        if isinstance(getattr(part, "json_schema_extra", None), dict):
            return part.json_schema_extra
    return {}


class Beyond(NamedTuple):
    """Values of a setting outside ``low`` to ``high``, the range that its prior holds plausible."""

    path: str
    low: float
    high: float
    values: list[float]


def beyond(world: World, asked: dict[str, list[Any]]) -> list[Beyond]:
    """Return the values, by setting, that lie outside what their priors hold plausible; a setting without a prior has none."""
    ranges = {
        path: (prior.low * ratio, prior.high * ratio)
        for prior in priors(world)
        for path, ratio in ({prior.name: 1.0} | prior.paths).items()
    }
    found = []
    for path, values in asked.items():
        low, high = ranges.get(path, (-math.inf, math.inf))
        outside = [v for v in values if isinstance(v, int | float) and not low * (1 - SLACK) <= v <= high * (1 + SLACK)]
        if outside:
            found.append(Beyond(path, low, high, outside))
    return found


def choose(world: World, names: list[str], said: str = "study.parameters") -> list[Prior]:
    """Return the priors named by the setting ``said``, all if none is; raises BadInput where a number has no prior."""
    from simulation.scenario.errors import nearest

    known = {prior.name: prior for prior in priors(world)}
    for name in names:
        if name not in known:
            raise BadInput(f"{said}: {name} has no prior{nearest(name, known)}")
    return [known[name] for name in names] if names else list(known.values())


def settings_at(known: list[Prior], unit: np.ndarray) -> list[dict[str, float]]:
    """Return the settings that each row of prior quantiles stands for."""
    found: list[dict[str, float]] = [{} for _ in unit]
    for prior, quantiles_of in zip(known, unit.T, strict=True):
        for settings, value in zip(found, prior.quantile(quantiles_of).tolist(), strict=True):
            settings.update(prior.settings(value))
    return found
