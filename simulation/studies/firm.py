"""A study's worlds as those of a firm that knows something of itself."""

from collections.abc import Collection, Sequence
from typing import Any

from simulation.knowns.worlds import Again, Firm, solve_again
from simulation.runs.session import Session
from simulation.scenario.errors import BadInput


def as_known(
    session: Session, points: Sequence[dict[str, Any]], else_they: str, held: Collection[str] = ()
) -> Again | None:
    """Return ``points`` solved again for the knowns of the scenario, as :func:`~simulation.knowns.worlds.solve_again` does; None without knowns.

    It is said of points that cannot be: ``else_they`` are left out, or whatever a study does. Raises BadInput where the firm has none of its numbers in any of them.
    """
    known, past = session.config.known, session.config.past
    if known is None or past is None:
        return None
    firm = Firm(known, past.motion, next(iter(session.worlds.values())))
    again = solve_again(session.each, firm, points, held)
    session.console.print(again.sentence(else_they), soft_wrap=True, markup=False, highlight=False)
    if not again.met.any():
        raise BadInput("known: in none of the worlds has the firm its numbers; known=null compares without them")
    return again
