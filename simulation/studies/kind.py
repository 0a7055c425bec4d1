"""The kind of a real community, found by ``study=validate study.forum=... study.kind_rounds=...``: six numbers, a table, a file."""

from collections.abc import Callable
from typing import Any

import numpy as np
import yaml
from rich.table import Table

from simulation.evidence.community import everybody, observe_community
from simulation.evidence.experiments import EXPERIMENTS, FIRST_SEED
from simulation.evidence.forum import Forum
from simulation.evidence.kinds import CLOSE, KIND, Fit, Statistics, fit, of_forum, of_runs
from simulation.runs.output import say
from simulation.runs.session import Session
from simulation.scenario.priors import Prior, priors
from simulation.scenario.schema import World, tree
from simulation.studies.screen import show

COMMUNITY = next(e for e in EXPERIMENTS if e.name == "community")
MOST_PEOPLE, ON = 100_000, 0.01  # ON: a number of the kind that is off as shipped has a prior where it is not
SAID = {
    "top_1_percent": "answers by the top 1 % of posters",
    "top_10_percent": "answers by the top 10 %",
    "posted_once": "posted once",
    "ever_answered": "ever answered",
    "experts": "gave ten answers or more",
    "gone_in_first_month": "posted for the last time in their first month",
    "answers_of_posts": "answers, of all posts",
}


def find_kind(
    session: Session,
    forum: Forum,
    parts: list[dict[str, Any]],
    world_of: Callable[[Session, str, dict[str, Any]], World],
    rounds: int,
) -> None:
    """Search the kind at the forum's own number of posters, as far as ``MOST_PEOPLE`` allow; write kind.csv and kind.yaml, print both.

    ``parts``: what the shipped community did; ``world_of`` gives the scenario at an experiment's settings.
    """
    target, shipped = of_forum(forum), of_runs(parts)
    simulated, seen = everybody(parts)[0].posts.size / len(parts), int(forum.histograms["posts"][1].sum())
    people = int(min(MOST_PEOPLE, round(COMMUNITY.settings["market.people"] * seen / simulated)))
    size = COMMUNITY.settings | {"market.people": people, "market.accounts": people}
    (motion,) = COMMUNITY.motions

    def observe(points: list[dict[str, float]]) -> list[Statistics]:
        items = [(world_of(session, motion, size | point), FIRST_SEED) for point in points]
        return [of_runs([part]) for part in session.each(observe_community, items)]

    known = _priors(world_of(session, motion, size | dict.fromkeys(KIND[2:], ON)))
    for found in fit(target, observe, known, rounds):
        say(session.console, f"kind: {found.tried} points tried, {_apart(found.found, target):.3f} apart at most")
    _tell(session, target, shipped, found, people)


def _priors(world: World) -> list[Prior]:
    by_name = {prior.name: prior for prior in priors(world)}
    return [by_name[name] for name in KIND]


def _apart(found: Statistics, target: Statistics) -> float:
    return float(np.nanmax(np.abs(np.subtract(found, target))))


def _tell(session: Session, target: Statistics, shipped: Statistics, found: Fit, people: int) -> None:
    lines = list(zip(Statistics._fields, target, shipped, found.found, strict=True))
    session.store.csv(
        "kind.csv", [dict(zip(("statistic", "seen", "shipped", "found"), line, strict=True)) for line in lines]
    )
    kind = {name: float(f"{value:.4g}") for name, value in found.settings.items()}
    session.store.text("kind.yaml", yaml.safe_dump(tree(kind), sort_keys=False))
    near = "as near as is asked for" if _apart(found.found, target) <= CLOSE else f"{CLOSE:g} is asked for"
    table = Table(title=f"the community's kind, {people:,} people: {near}", title_justify="left")
    for name in ("", "seen", "as shipped", "found"):
        table.add_column(name, justify="right" if name else "left")
    for name, *shares in lines:
        table.add_row(SAID[name], *(f"{share:.2f}" for share in shares))
    show(session.console, table)
    said = ", ".join(f"{name}={value:g}" for name, value in kind.items())
    say(session.console, f"its numbers are in kind.yaml: {said}")
