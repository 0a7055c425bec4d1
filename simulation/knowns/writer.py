"""A firm as files: its company and its motion, each value with its unit and where it comes from."""

import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from simulation.knowns.solved import Found, Judged
from simulation.scenario import currency
from simulation.scenario.errors import BadInput
from simulation.scenario.files import OWN, SHIPPED
from simulation.scenario.known import Known
from simulation.scenario.quantity import ONE_GROUP
from simulation.scenario.schema import Config
from simulation.scenario.settings import unit

MARK = "# flywheel init: "  # a file without it is somebody's own
# These follow another setting, by the reference's own files.
FOLLOW = ("product.reference_price_usd", "behaviour.adoption.seller_patience_weeks")


def targets(name: str) -> tuple[Path, Path]:
    """Return where a firm's company and motion go."""
    return OWN / "company" / f"{name}.yaml", OWN / "motions" / f"{name}.yaml"


def check_targets(name: str, *, fresh: bool) -> None:
    """Raise BadInput where a file would be overwritten; ``fresh`` overwrites what init has written, nothing else."""
    for path in targets(name):
        there = next(folder for folder in path.absolute().parents if folder.exists())
        if not there.is_dir() or not os.access(there, os.W_OK):
            what = "a folder" if there.is_dir() else "a file"
            raise BadInput(f"{name}: {path} cannot be written, {there.name} is {what} in which nothing can be put")
        shipped = SHIPPED / path.relative_to(OWN)
        if shipped.is_file() and shipped.resolve() != path.resolve():
            what = "company" if path.parent.name == "company" else "motion"
            raise BadInput(f"{name}: a {what} of this name comes with the simulation; choose another name")
        if path.exists() and MARK not in path.read_text(encoding="utf-8", errors="replace"):
            raise BadInput(f"{name}: {path} was not written by init; choose another name")
        if path.exists() and not fresh:
            raise BadInput(f"{name}: {path} exists; choose another name or add fresh=true")


def write(name: str, known: Known, found: Found, judged: Sequence[Judged]) -> None:
    """Write both files."""
    company, motion = targets(name)
    for path, text in ((company, company_yaml(name, known, found, judged)), (motion, motion_yaml(name, known, found))):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def company_yaml(name: str, known: Known, found: Found, judged: Sequence[Judged]) -> str:
    """Return the firm's scenario: what was said, what was solved for it, and the past that ends today."""
    lines = [
        "# @package _global_",
        f"{MARK}a firm's own numbers, and settings under which the simulated one has them. Whatever is not here",
        "# is the reference company's.",
        "# As simulated today, in the mean over markets that the search had not seen:",
        *(f"#   {j.row.label.strip()}: {j.mean:,.4g} ({'met' if j.met else 'not met'})" for j in judged),
        "defaults:",
        "  - reference",
        *([f"currency: {currency.code()}"] if currency.code() != currency.USD else []),
        *_nested(found),
        f"history: {{motion: {name}, weeks: {found.weeks}}}   # from the first customer to today; customers: {known.customers} in place of weeks looks again",
        "known:   # as said; worlds of study=uncertainty, regimes and sensitivity are solved again for it",
        *(
            f"  {line}"
            for line in yaml.safe_dump(known.model_dump(mode="json", exclude_none=True), sort_keys=False).splitlines()
        ),
    ]
    return "\n".join(lines) + "\n"


def _nested(found: Found) -> Iterator[str]:
    """Yield settings section by section, each with unit and origin."""
    tree: dict[str, Any] = {}
    for path in (path for path in found.settings if path not in FOLLOW):
        *heads, last = path.split(".")
        inside = tree
        for head in heads:
            inside = inside.setdefault(head, {})
        inside[last] = path
    yield from _lines(tree, "", found)


def _lines(tree: Mapping[str, Any], indent: str, found: Found) -> Iterator[str]:
    for name, inside in tree.items():
        if isinstance(inside, dict):
            yield f"{indent}{name}:"
            yield from _lines(inside, f"{indent}  ", found)
        else:
            origin = f"solved for: {found.solved[inside]}" if inside in found.solved else "follows from what was said"
            yield f"{indent}{name}: {_number(found.settings[inside])}   # {currency.in_words(unit(Config, inside))}; {origin}"


def _number(value: float) -> str:
    """Return a number that can be read in one way: without a power of ten, and not with three digits behind the point alone."""
    text = f"{value:.12f}".rstrip("0") if isinstance(value, float) else str(value)
    return f"{text}0" if text.endswith(".") or ONE_GROUP.fullmatch(text) else text


def motion_yaml(name: str, known: Known, found: Found) -> str:
    """Return the firm's way of spending."""
    said = "shares as said" if known.spending else f"shares of {known.like}"
    hours = f", the rest like {known.like or 'hybrid'}"
    head = (
        f"# @package motions.{name}",
        f"{MARK}how the firm spends its budget, the same in every week of the past: {said}{hours}.",
        "# shares: of the budget, by lever; team_hours and content_mix: of the team's hours and of the money for content.",
    )
    return "\n".join(head) + "\n" + yaml.safe_dump(found.motion.model_dump(mode="json"), sort_keys=False)
