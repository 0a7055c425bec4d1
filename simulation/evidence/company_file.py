"""A calibrated company as files: what was chosen, with what the data inform on top; its spending as a motion of its own."""

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from simulation.calendar import weeks_of
from simulation.evidence.exports import Exports
from simulation.evidence.months import after
from simulation.runs.store import placed
from simulation.scenario.choices import chosen
from simulation.scenario.compose import compose
from simulation.scenario.errors import BadInput
from simulation.scenario.files import OWN, SHIPPED
from simulation.scenario.schema import Config

PAID_BY = {"free_tier": "product_growth", "community": "community_team"}  # switches of a motion and their levers
FLOOR = 1e-6  # share of a lever that a switch needs, in a month without money for it
PLACES = ("market", "platform", "rival", "loyalty")  # groups whose choice belongs to a company
APART = ("weeks", "seeds", "rows", "jobs", "out", "cluster", "fresh", "motions", "study", "history")
MARK = "# study=calibrate: "  # a file without it is somebody's own


def targets(name: str) -> tuple[Path, Path, Path]:
    """Return where a company's scenario, the sample of its posterior and its motion go."""
    return OWN / "company" / f"{name}.yaml", OWN / "company" / f"{name}.posterior.csv", OWN / "motions" / f"{name}.yaml"


def check_targets(name: str, arguments: list[str], folder: Path, *, fresh: bool) -> None:
    """Raise BadInput where a file would be overwritten that the same command, with results in ``folder``, has not written.

    ``fresh`` overwrites what another calibration has written, nothing else.
    """
    if ("company", name) in chosen(tuple(arguments)):
        raise BadInput(f"study.company={name}: company={name} is what the calibration starts from; choose another name")
    for path in targets(name):
        shipped = SHIPPED / path.relative_to(OWN)
        if shipped.is_file() and shipped.resolve() != path.resolve():
            raise BadInput(
                f"study.company={name}: a {path.parent.name.removesuffix('s')} of this name comes with the simulation; "
                "choose another name"
            )
        mine = folder / placed(path.as_posix())
        same = path.is_file() and mine.is_file() and mine.read_bytes() == path.read_bytes()
        says = path if path.suffix == ".yaml" else targets(name)[0]  # the company's file names the sample
        if path.exists() and not (says.exists() and MARK in says.read_text(encoding="utf-8")):
            raise BadInput(f"study.company={name}: {path} was not written by calibrate; choose another name")
        if path.exists() and not same and not fresh:
            raise BadInput(f"study.company={name}: {path} exists; choose another name or add fresh=true")


def check_paid(name: str, motion: Mapping[str, Any], data: Exports) -> None:
    """Raise BadInput where a motion has what the company's spending never pays for."""
    for switch, lever in PAID_BY.items():
        if motion[switch] and data.spend_usd and not data.spend_usd.get(lever, np.zeros(1)).any():
            raise BadInput(
                f"spend.csv: nothing is spent on {lever}, which pays for {switch} of motions=[{name}]; add its months, or "
                f"write motions.{name}.{switch}=false"
            )


def shares_of(usd: Mapping[str, float], motion: Mapping[str, Any]) -> dict[str, float]:
    """Return sums of money by lever as shares that sum to 1.

    The lever that pays for a switch of ``motion`` keeps a trace in months without money for it.
    """
    total = sum(usd.values())
    shares = {k: v / total for k, v in usd.items()} if total > 0 else {k: 1 / len(usd) for k in usd}
    for switch, lever in PAID_BY.items():
        if motion[switch]:
            shares[lever] = max(shares[lever], FLOOR)
    total = sum(shares.values())
    shares = {k: round(v / total, 6) for k, v in shares.items()}
    largest = max(shares, key=shares.__getitem__)
    shares[largest] = round(shares[largest] + 1.0 - sum(shares.values()), 6)
    return shares


def unlaunched(motion: Mapping[str, Any], shares: dict[str, float]) -> dict[str, Any]:
    """Return a motion that spends by ``shares`` from the first week to the last, as data say it did."""
    still = {"launch": motion["launch"] | {"weeks": 0}, "adaptive": {"weeks": 0, "step": 0.0}}
    return {**motion, "shares": shares, **still}


def company_yaml(
    name: str,
    config: Config,
    arguments: list[str],
    data: Exports,
    informed: Mapping[str, float],
    history: Mapping[str, Any],
) -> str:
    """Return the company's scenario: choices and settings of the command, ``informed`` (value by path), the past that ends today."""
    places = [(group, choice) for group, choice in chosen(tuple(arguments)) if group in ("company", *PLACES)]
    base = compose(*(f"{group}={choice}" for group, choice in places))
    tree = _differing(base.model_dump(exclude=set(APART)), config.model_dump(exclude=set(APART)))
    accounts = config.market.accounts or config.market.people
    _put(tree, "market.accounts", accounts)
    if data.spend_usd and accounts:
        usd = sum(v.sum() for v in data.spend_usd.values()) / weeks_of(len(data.months))
        _put(tree, "budget.usd_per_account_per_week", float(f"{usd / accounts:.6g}"))
    if config.start is None:
        _put(tree, "start", f"{after(data.months[-1])}-01")  # today is the day after the exports
    for path, value in informed.items():
        _put(tree, path, float(f"{value:.6g}"))
    company = next((choice for group, choice in places if group == "company"), "reference")
    defaults = [company, *({f"override /{group}": choice} for group, choice in places if group in PLACES)]
    head = (
        "# @package _global_",
        f"{MARK}medians of what the exports of {data.months[0]} to {data.months[-1]} inform.",
        f"# The sample of the posterior: study.posterior={targets(name)[1]}, in compare and study=uncertainty.",
    )
    return (
        "\n".join(head) + "\n" + yaml.safe_dump({"defaults": defaults} | tree | {"history": history}, sort_keys=False)
    )


def motion_yaml(name: str, of: str, motion: Mapping[str, Any], data: Exports) -> str | None:
    """Return the company's own mix as a motion; without its spending, ``motion`` where it is not as ``of`` ships."""
    usd = {lever: float(series.sum()) for lever, series in data.spend_usd.items()}
    if sum(usd.values()):
        said = f"mean spending of the exports of {data.months[0]} to {data.months[-1]}."
        motion = unlaunched(motion, shares_of(usd, motion))
    elif motion != compose(f"motions=[{of}]").motions[of].model_dump():
        said = f"{of} with what the command changed."
    else:
        return None
    return f"# @package motions.{name}\n{MARK}{said}\n" + yaml.safe_dump(dict(motion), sort_keys=False)


def _differing(base: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
    """Return what of ``mine`` is not as in ``base``, section by section."""
    found: dict[str, Any] = {}
    for key, value in mine.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            if inner := _differing(base[key], value):
                found[key] = inner
        elif key not in base or base[key] != value:
            found[key] = copy.deepcopy(value)
    return found


def _put(tree: dict[str, Any], path: str, value: Any) -> None:
    *heads, last = path.split(".")
    for head in heads:
        tree = tree.setdefault(head, {})
    tree[last] = value
