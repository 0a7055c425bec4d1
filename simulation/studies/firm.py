"""A study's worlds as those of a firm that knows something of itself."""

import os
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from simulation.knowns.beside import (
    EVALUATIONS,
    Beside,
    Drawn,
    Own,
    beginnings,
    checked,
    one_beside,
    own_world,
    still_free,
)
from simulation.knowns.carriers import assumed
from simulation.knowns.worlds import NEAR, Again, Firm, not_held_to, solve_again
from simulation.runs.observed import begins
from simulation.runs.output import say
from simulation.runs.session import Session
from simulation.scenario.errors import BadInput
from simulation.scenario.priors import Prior
from simulation.scenario.settings import setting_name

NOWHERE = "known: in none of the worlds has the firm its numbers; known=null compares without them"
CHECKED = 24  # worlds of a design that are held against markets which no search has seen


def as_known(
    session: Session, points: Sequence[dict[str, Any]], else_they: str, held: Collection[str] = ()
) -> Again | None:
    """Return ``points`` solved again for the knowns of the scenario, as :func:`~simulation.knowns.worlds.solve_again` does; None without knowns.

    It is said of points that cannot be: ``else_they`` are left out, or whatever a study does. Raises BadInput where the firm has none of its numbers in any of them.
    """
    if (firm := _firm(session)) is None:
        return None
    again = solve_again(session.each, session.each_kept, firm, points, held)
    say(session.console, again.sentence(else_they))
    if not again.met.any():
        raise BadInput(NOWHERE)
    return again


def _firm(session: Session) -> Firm | None:
    known, past = session.config.known, session.config.past
    if known is None or past is None:
        return None
    return Firm(known, past.motion, next(iter(session.worlds.values())))


class Designed:
    """Worlds of designs as a study has them: as drawn; of a firm that knows something of itself, each solved again beside its own.

    ``priors`` are those that are free, of those that were asked for.
    """

    def __init__(self, session: Session, asked: list[Prior]) -> None:
        """Say what of ``asked`` the firm's knowns leave no freedom; raises BadInput where that is all."""
        self._session, self.priors = session, asked
        self._own: Own | None = None
        self._solved: list[Beside] = []
        self._alone: dict[str, list[tuple[float, np.ndarray]]] = {}
        if (firm := _firm(session)) is None:
            return
        self._own = session.each(own_world, [(firm,)])[0]
        drawn = still_free(self._own, asked)
        self.priors = drawn.free
        for sentence in (*_bound(drawn), *_assumed(firm)):
            say(session.console, sentence)
        if not self.priors:
            raise BadInput(
                "study.parameters: the firm's knowns leave none of them free; name others, or known=null does without"
            )

    @property
    def known(self) -> bool:
        """Whether worlds are solved again."""
        return self._own is not None

    def ahead(self, alone: int, others: int) -> None:
        """Say how long solving will take, if it is long: worlds in which one number is moved, and others."""
        if self._own is None:
            return
        left = 1 - min(len(self._session.store.observed(begins(one_beside))) / (alone + others), 1)
        looks = EVALUATIONS * (alone / 2 + others) * left
        seconds = self._own.seconds * looks / (self._session.config.jobs or os.cpu_count() or 1)
        self._session.foretell(
            f"{alone + others:,} worlds are solved again for what the firm knows of itself, which takes {{}}, and their runs more",
            seconds,
        )

    def alone(
        self, points: Sequence[dict[str, Any]], moved: Sequence[Prior | None]
    ) -> tuple[list[dict[str, Any]], np.ndarray]:
        """Return points in each of which one number at most is ``moved``, and in which of them the firm has its numbers."""
        found = self._solve(points, None)
        if found:
            for prior, point, of in zip(moved, points, found, strict=True):
                if prior and of.met:
                    value = next(iter(point.values()))
                    self._alone.setdefault(prior.name, []).append((prior.place(value), of.x))
        return self._as_run(points, found)

    def at(
        self, points: Sequence[dict[str, Any]], priors: Sequence[Prior], unit: np.ndarray
    ) -> tuple[list[dict[str, Any]], np.ndarray]:
        """Return the points at quantiles ``unit``, shape (points, priors), and in which of them the firm has its numbers."""
        start = beginnings(self._own, self._alone, priors, unit) if self._own else None
        return self._as_run(points, self._solve(points, start))

    def _solve(self, points: Sequence[dict[str, Any]], start: np.ndarray | None) -> list[Beside]:
        if self._own is None:
            return []
        starts = np.zeros((len(points), self._own.slopes.shape[0])) if start is None else start
        found = [
            Beside(settings, np.array(x), met)
            for settings, x, met in self._session.each_kept(
                one_beside,
                [(self._own, p, x) for p, x in zip(points, starts, strict=True)],
                [[p, x.tolist()] for p, x in zip(points, starts, strict=True)],
                foretold=True,
            )
        ]
        self._solved += found
        return found

    def _as_run(self, points: Sequence[dict[str, Any]], found: list[Beside]) -> tuple[list[dict[str, Any]], np.ndarray]:
        if self._own is None:
            return list(points), np.ones(len(points), bool)
        return [of.settings for of in found], np.array([of.met for of in found])

    def close(self) -> None:
        """Say in how many worlds the firm has its numbers, and hold some of them against markets that no search has seen."""
        if self._own is None:
            return
        met = [of for of in self._solved if of.met]
        missed = not_held_to(self._own.firm)
        places = np.unique(np.linspace(0, len(met) - 1, CHECKED).round().astype(int))
        held = [met[k].settings for k in places]
        seen = self._session.each_kept(checked, [(self._own, of, missed) for of in held], held)
        say(self._session.console, sentence(len(self._solved), len(met), seen, missed))


def sentence(worlds: int, met: int, seen: Sequence[tuple[bool, float]], missed: Sequence[str]) -> str:
    """Say how many worlds are the firm's, and how near those are that were held against fresh markets."""
    text = f"{worlds:,} worlds were solved again beside the firm's own: in {met:,} it has the same numbers within {100 * NEAR:.0f} %"
    if met < worlds:
        text += f", {worlds - met:,} cannot have them and are left out"
    there = sum(ok for ok, _ in seen)
    text += f"; of {len(seen)} held against markets that no search has seen {there} have them within {100 * NEAR:.0f} % or two standard errors"
    text += f", the farthest of a world's numbers typically {100 * np.median([off for _, off in seen]):.0f} % off"
    return text + (f"; not held, since the scenario itself does not meet it: {', '.join(missed)}" if missed else "")


def _bound(drawn: Drawn) -> Iterable[str]:
    """Say what is not drawn though it was asked for, and what is free in part alone."""
    said = {"solved for it": drawn.solved, "following from it at once": drawn.follows}
    if parts := [f"{why}: {_names(of)}" for why, of in said.items() if of]:
        yield f"not drawn, as what the firm knows of itself leaves no freedom; {'; '.join(parts)}"
    if drawn.shared:
        yield f"free only in how they stand to what is solved together with them: {_names(drawn.shared)}"


def _names(priors: Sequence[Prior]) -> str:
    return ", ".join(setting_name(prior.name) for prior in priors)


def _assumed(firm: Firm) -> Iterable[str]:
    if not (firm.known.sources or firm.known.carried_by):
        source = assumed(firm.known, firm.motion).replace("_", " ")
        yield (
            f"where new customers came from the firm does not say: in every world {source} is held to bring what there are more or fewer than in "
            "the reference; known.carried_by=... holds another source to it"
        )
