"""Random valid scenarios and what must hold of every run: ``uv run python -m tests.property.fuzz 5000``.

Scenario ``k`` is the same on every machine; ``uv run python -m tests.property.fuzz 1 --first k`` runs it alone.
"""

import argparse
import sys
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple, get_args

import annotated_types
import numpy as np
from pydantic import ValidationError

from simulation.mesa_model import GrowthModel
from simulation.metrics import METRICS, measure
from simulation.metrics.metric import Kind
from simulation.record import MONEY, Record
from simulation.scenario.compose import compose, options
from simulation.scenario.firm import KINDS, LEVERS, TASKS
from simulation.scenario.priors import _extra
from simulation.scenario.schema import FIXED, World
from simulation.scenario.switches import SWITCHES
from simulation.scenario.units import Frozen
from tests.property.test_accounting import check

SEED = 20_241
PER_BASE = 40  # scenarios drawn round each composition of files: composing takes longer than running
GROUPS = ("company", "platform", "rival", "shock", "loyalty")
MARKETS = [name for name in options("market") if name != "from_file"]
WHOLE = (
    "weeks",
    "interventions",
    "switches",
    "shares",
    "team_hours",
    "content_mix",
    "share",
    "network",
    "people",
    "accounts",
)
EXACT = 2**53  # whole numbers above it are not all floats
BOUNDS = {  # of each kind of metric
    Kind.SHARE: (0.0, 1.0),
    Kind.USD: (-np.inf, np.inf),  # a lifetime that costs more to serve than it pays is below zero
    Kind.USD_TOTAL: (-np.inf, np.inf),  # so is cash
    Kind.RATE: (-1.0, np.inf),
    Kind.MONTHS: (0.0, np.inf),
    Kind.WEEKS: (0.0, np.inf),
    Kind.COUNT: (0.0, np.inf),
    Kind.RATIO: (-np.inf, np.inf),
    Kind.INDEX: (-1.0, np.inf),
}
NOT_BELOW_ZERO = ("cac_", "revenue_usd", "budget_usd", "reproduction_number", "acquisition_per_new_arr", "support_usd")


class Leaf(NamedTuple):
    """A number or a yes or no of a scenario: its path, value, bounds and prior."""

    path: tuple[str, ...]
    value: Any
    low: float
    high: float
    prior: tuple[float, float] | None


@lru_cache(maxsize=4)
def base(k: int) -> World:
    """Return the ``k``-th composition of a company, market, platform, rival, shock, loyalty and motion."""
    rng = np.random.default_rng([SEED, 0, k])
    chosen = [f"{group}={rng.choice(options(group))}" for group in GROUPS]
    motion, market = rng.choice(options("motions")), rng.choice(MARKETS)
    market = "one_language" if chosen[0] == "company=bare" else market  # all of whose accounts are of one segment
    return compose(*chosen, f"market={market}", f"motions=[{motion}]").world(motion)


def leaves_of(node: Frozen, path: tuple[str, ...] = ()) -> Iterator[Leaf]:
    """Yield what may be drawn of a scenario, all but what must fit together."""
    for name, info in type(node).model_fields.items():
        value, here = getattr(node, name), (*path, name)
        if name in WHOLE:
            continue
        if isinstance(value, Frozen):
            yield from leaves_of(value, here)
        elif isinstance(value, dict):
            for key, part in value.items():
                if isinstance(part, Frozen):
                    yield from leaves_of(part, (*here, key))
        elif isinstance(value, bool):
            yield Leaf(here, value, 0, 1, None)
        elif isinstance(value, int | float):
            yield Leaf(here, value, *bounds_of(info), _extra(info).get("prior"))


def bounds_of(info: Any) -> tuple[float, float]:
    """Return the lowest and the highest value of a field, also of one that may be null."""
    noted = [
        m
        for part in (info, *get_args(info.annotation))
        for m in getattr(part, "metadata", None) or getattr(part, "__metadata__", ())
    ]
    noted += [m for field in noted for m in getattr(field, "metadata", ())]
    low = next(m.ge for m in noted if isinstance(m, annotated_types.Ge))
    return low, next(m.le for m in noted if isinstance(m, annotated_types.Le))


def drawn(rng: np.random.Generator, leaf: Leaf) -> Any:
    """Return a value of a leaf: from its prior, near its value, far from it, or at a bound."""
    if isinstance(leaf.value, bool):
        return bool(rng.integers(2))
    how = rng.random()
    if how < 0.5 and leaf.prior:
        value = rng.uniform(*leaf.prior)
    elif how < 0.9:
        value = (abs(leaf.value) or min(leaf.high, 1.0)) * np.exp(rng.normal(0, 0.7 if how < 0.7 else 2.5))
        value = -value if leaf.low < 0 and rng.integers(2) else value
    else:
        value = rng.choice([leaf.low, leaf.high, rng.uniform(leaf.low, leaf.high)])
    value = min(max(float(value), leaf.low), leaf.high)
    return round(value) if isinstance(leaf.value, int) else value


def parts(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, float]:
    """Return shares over some of the names that sum to 1."""
    some = [name for name in names if rng.random() < 0.6] or [rng.choice(names)]
    cuts = rng.dirichlet(np.ones(len(some))).round(6).tolist()
    cuts[int(np.argmax(cuts))] += 1.0 - sum(cuts)
    return dict(zip(some, cuts, strict=True))


def put(tree: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Set a value in a tree of settings."""
    for name in path[:-1]:
        tree = tree[name]
    tree[path[-1]] = value


def scenario(k: int) -> World:
    """Return the ``k``-th random scenario; what the schema refuses is drawn again."""
    for attempt in range(100):
        rng = np.random.default_rng([SEED, 1, k, attempt])
        start = base(k // PER_BASE)
        tree = start.model_dump()
        known = list(leaves_of(start))
        share = rng.choice([0.02, 0.1, 0.4])
        for leaf in known:
            if rng.random() < share:
                put(tree, leaf.path, drawn(rng, leaf))
        tree["weeks"] = int(rng.choice([rng.integers(1, 60), rng.integers(60, 130)], p=[0.9, 0.1]))
        people = int(rng.choice([1, rng.integers(2, 40), rng.integers(40, 250)], p=[0.02, 0.2, 0.78]))
        accounts = int(np.exp(rng.uniform(np.log(people), np.log(1e6))))
        tree["market"] |= {
            "people": people,
            "accounts": rng.choice([accounts, 1_000_000_000, None], p=[0.9, 0.05, 0.05]),
        }
        kind = str(rng.choice(["small_world", "heavy_tailed"]))
        degree = int(2 * rng.integers(0, 20)) if rng.random() < 0.95 else 1000
        tree["market"]["network"] |= {"kind": kind, "degree": degree, "p_rewire": rng.random(), "p_triad": rng.random()}
        for name, shares in zip(
            tree["market"]["segments"], rng.dirichlet(np.ones(len(tree["market"]["segments"]))), strict=True
        ):
            tree["market"]["segments"][name]["share"] = float(shares)
        if rng.random() < 0.7:
            tree["motion"] |= {
                "shares": parts(rng, LEVERS),
                "team_hours": parts(rng, TASKS),
                "content_mix": parts(rng, KINDS),
            }
        for name in rng.choice(list(SWITCHES), rng.choice([0, 0, 1, 4]), replace=False):
            tree["switches"][str(name)] = False
        tree["interventions"] += [intervention(rng, known, tree["weeks"]) for _ in range(rng.choice([0, 0, 1, 3]))]
        try:
            world = World.model_validate(tree)
            world.timeline()
        except (ValidationError, ValueError):
            continue
        return world
    raise RuntimeError(f"scenario {k}: a hundred draws and none is valid")


def intervention(rng: np.random.Generator, known: list[Leaf], weeks: int) -> dict[str, Any]:
    """Return a change of one setting for a while or for good."""
    free = [leaf for leaf in known if not ".".join(leaf.path).startswith(FIXED)]
    leaf = free[rng.integers(len(free))]
    length = None if rng.integers(2) else int(rng.integers(1, 30))
    return {"week": int(rng.integers(weeks)), "for_weeks": length, "set": {".".join(leaf.path): drawn(rng, leaf)}}


def broken(k: int) -> list[str]:
    """Run the ``k``-th scenario and return what does not hold of it."""
    try:
        with warnings.catch_warnings(), np.errstate(all="warn"):
            warnings.simplefilter("error", RuntimeWarning)
            world = scenario(k)
            model = GrowthModel(world, rng=k)
            record = model.run()
            check(model)
            return [*of_money(model, record), *of_customers(record), *of_metrics(record)]
    except Exception as error:  # noqa: BLE001  # whatever it is: it is the finding
        at = traceback.extract_tb(error.__traceback__)
        here = next((f for f in reversed(at) if "/simulation/" in f.filename or "accounting" in f.filename), at[-1])
        return [f"{type(error).__name__} at {here.filename.rpartition('/')[2]}:{here.lineno} ({here.line}): {error}"]


def of_money(model: GrowthModel, record: Record) -> Iterator[str]:
    """Every cent is whole and booked once; cash is gross margin less all that was booked."""
    cents = {name: record.series(name) for name in MONEY}
    for name, series in cents.items():
        if not np.isfinite(series).all() or (series != np.round(series)).any():
            yield f"money: {name} is not in whole cents"
        elif name != "cash_cents" and series.min() < 0:
            yield f"money: {name} is below zero"
    levers = sum(cents[f"{lever}_cents"].sum() for lever in LEVERS)
    tags = cents["acquisition_cents"].sum() + cents["retention_cents"].sum() - orders(model, record).sum()
    if max(levers, tags, *(np.abs(series).sum() for series in cents.values())) >= EXACT:
        return  # sums of floats are exact below only
    if not levers == tags == model.firm.budget_cents:
        yield f"money: levers {levers}, tags {tags}, paid out {model.firm.budget_cents}"
    margins = [world.product.gross_margin for world in in_force(model, record)]
    cost = cents["acquisition_cents"] + cents["retention_cents"] + cents["support_cents"]
    if (cents["cash_cents"] != np.round(cents["revenue_cents"] * margins) - cost).any():
        yield "money: cash is not gross margin less cost"


def in_force(model, record: Record) -> list:
    """Return the settings of each week."""
    worlds = model.config.timeline()
    return [worlds[max(start for start in worlds if start <= week)] for week in range(record.weeks.shape[0])]


def orders(model, record: Record) -> np.ndarray:
    """Return the cents that handling orders took, each week: they are booked beside the budget."""
    prices = [100 * world.prices.order_usd for world in in_force(model, record)]
    return np.round(record.series("adopted_door_direct") * record.weight * prices)


def of_customers(record: Record) -> Iterator[str]:
    """Customers are those who came less those who left; events are whole and never below zero."""
    won = np.cumsum(sum(record.series(f"adopted_door_{d}") for d in ("none", "community", "trial", "sales", "direct")))
    lost = np.cumsum(sum(record.series(c) for c in ("left", "failed_payment", "switched")))
    if (won - lost != record.series("customer") + record.series("expert")).any():
        yield "customers: won less lost are not those who are there"
    if won[-1] != record.lives.size:
        yield "customers: won are not the lives"


def of_metrics(record: Record) -> Iterator[str]:
    """Every metric holds what its kind says, and those that are made of each other agree."""
    found = measure(record)
    for name, value in found.items():
        low, high = (
            (-np.inf, np.inf) if name.endswith("_net_flow") else BOUNDS[METRICS[name].kind]
        )  # more may go than come
        low = 0.0 if name.startswith(NOT_BELOW_ZERO) else low
        if np.isinf(value):
            yield f"metric: {name} is infinite"
        elif value < low - 1e-9 or value > high + 1e-9:
            yield f"metric: {name}={value} is outside {low:g} to {high:g}"
    weight = record.weight
    if found["customers_end"] > found["new_customers"] + 1e-6 * weight:
        yield "metric: more customers at the end than were won"
    for name in ("customers_end", "members_end"):
        if found[name] > weight * record.weeks[0, :7].sum() * (1 + 1e-9):
            yield f"metric: {name} is more than all accounts"
    if found["cac_usd"] < found["cac_acquisition_usd"] * (1 - 1e-9):
        yield "metric: the fully loaded CAC is below the acquisition-only one"


def main(arguments: list[str]) -> int:
    """Run scenarios and say what is broken, by kind; return how many kinds are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenarios", type=int)
    parser.add_argument("--first", type=int, default=0)
    asked = parser.parse_args(arguments)
    kinds: Counter[str] = Counter()
    examples: dict[str, tuple[int, str]] = {}
    for k in range(asked.first, asked.first + asked.scenarios):
        for finding in broken(k):
            kind = finding.partition("=")[0][:100]
            kinds[kind] += 1
            examples.setdefault(kind, (k, finding))
        if sys.stderr.isatty() or (k + 1) % 500 == 0:
            print(f"{k + 1 - asked.first} of {asked.scenarios}", file=sys.stderr)
    for kind, n in kinds.most_common():
        k, finding = examples[kind]
        print(f"{n} times, first in scenario {k}: {finding}")
    print(f"{asked.scenarios} scenarios, {len(kinds)} kinds of broken invariants")
    return len(kinds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
