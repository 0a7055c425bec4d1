"""The wheel of a motion, read from the record: who moved on by quarter, which share of whom, and after how long."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from simulation.calendar import QUARTER_WEEKS
from simulation.metrics.sums import ratios
from simulation.people.counts import MOVE_OF
from simulation.people.stages import BY_USERS, MOVES, N_DOORS, N_STAGES, Channel, Door, Stage
from simulation.runs.paired import quantiles
from simulation.runs.session import Runs, Session

YEAR_QUARTERS = 4
ALL = "all"
GROUPS = 1 + N_DOORS + 2  # all, by door, members no and yes
COLUMNS = ("people", "rate", "weeks")
CAME_IN, BOUGHT = (Stage.ATTRACTED, Stage.NEWCOMER), (Stage.NEWCOMER, Stage.CUSTOMER)
EXPERTS = (Stage.CUSTOMER, Stage.EXPERT)
UNPAID = (Channel.AMBIENT, Channel.RETURN)  # by themselves; what neither they nor users bring is paid for
BY_WHOM: dict[Channel, str] = {
    channel: f"attracted_{channel.name.lower()}" for channel in Channel if channel is not Channel.SEED
}
WEEKLY_MOVES = [f"{before.name}_to_{after.name}".lower() for before, after in MOVES]
STOCKS = [stage.name.lower() for stage in Stage]
SERIES = (*STOCKS, *WEEKLY_MOVES, *BY_WHOM.values())
GAINS = (
    "come in per person attracted",
    "buy per person who came in",
    "experts per customer won",
    "brought per expert and quarter",
)
TURN = "one turn"


class Flows(NamedTuple):
    """Moves of a motion by quarter, people of the real market; the first two axes are always (seeds, quarters)."""

    moved: np.ndarray  # float (..., moves, doors, member or not)
    weeks: np.ndarray  # float (..., moves, GROUPS): median time in the stage that was left, NaN where nobody moved
    stood: np.ndarray  # float (..., stages): who stood in a stage at the quarter's start or entered it
    by_door: (
        np.ndarray
    )  # float (..., stages, doors): the same by the door taken; NaN of a stage in which some came before today
    experts: np.ndarray  # float (...): mean over the quarter's weeks
    by_users: np.ndarray  # float (...): people attracted by talk, invites and users' content
    unpaid: np.ndarray  # float (...): people attracted by nobody
    weeks_last_year: np.ndarray  # float (seeds, 1, moves, GROUPS)

    def of(self, *moves: tuple[Stage, Stage]) -> np.ndarray:
        """Return how many people made any of these moves, shape (seeds, quarters)."""
        return self.moved[:, :, [MOVES.index(move) for move in moves]].sum(axis=(2, 3, 4))

    @property
    def attracted(self) -> np.ndarray:
        """People who heard of the product, shape (seeds, quarters)."""
        return self.of(*(move for move in MOVES if move[1] is Stage.ATTRACTED))

    @property
    def paid(self) -> np.ndarray:
        """Those of them for whom the firm paid: adverts, calls, its own content, seed members; shape (seeds, quarters)."""
        return self.attracted - self.by_users - self.unpaid

    def last_year(self) -> "Flows":
        """Return the mean quarter of the last year, or of what there is, as one quarter."""
        last = slice(-YEAR_QUARTERS, None)
        return Flows(*(of[:, last].mean(axis=1, keepdims=True) for of in self))._replace(weeks=self.weeks_last_year)

    def rate(self, move: tuple[Stage, Stage], door: int | None = None) -> np.ndarray:
        """Return the share of those who stood in the stage that made the move, shape (seeds, quarters); NaN where nobody stood.

        With a ``door``: of those who came in by it; on the way in, of all.
        """
        people = self.moved[:, :, MOVES.index(move)].sum(axis=3)
        stood = self.stood[:, :, move[0]]
        if door is None:
            return ratios(people.sum(axis=2), stood)
        return ratios(people[:, :, door], stood if move[0] is Stage.ATTRACTED else self.by_door[:, :, move[0], door])

    def gains(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Return by gain its two parts, shape (seeds, quarters): people, and by how many they are divided."""
        links = (self.attracted, self.of(CAME_IN), self.of(BOUGHT), self.of(EXPERTS))
        parts = [*((links[k + 1], links[k]) for k in range(3)), (self.by_users, self.experts)]
        turn = tuple(np.prod([part[side] for part in parts], axis=0) for side in (0, 1))
        return dict(zip(GAINS, parts, strict=True)) | {TURN: turn}


def read(session, runs: Runs, point: int = 0) -> dict[str, Flows]:
    """Return the flows of a point by motion; none where the study does not keep moves and weeks, or no quarter is whole."""
    quarters = session.config.weeks // QUARTER_WEEKS
    if not {"weeks", "moves"} <= set(session.config.study.keep) or not quarters:
        return {}
    return {
        motion: _flows(session, runs, motion, point, quarters) for motion in runs.values if motion not in session.twins
    }


def _flows(session: Session, runs: Runs, motion: str, point: int, quarters: int) -> Flows:
    weekly = session.weeks(runs, motion, point, SERIES)
    table = session.moves(runs, motion, point)
    whole = table["quarter"] < quarters
    at = {name: column[whole] for name, column in table.items()}
    way = MOVE_OF[at["from_stage"], at["to_stage"]]
    seeds = len(weekly["customer"])
    moved = np.zeros((seeds, quarters, len(MOVES), N_DOORS, 2))
    np.add.at(moved, (at["run"], at["quarter"], way, at["door"], at["member"]), at["people"])
    by_quarter = {name: of[:, : quarters * QUARTER_WEEKS].reshape(seeds, quarters, -1) for name, of in weekly.items()}
    attracted = {channel: by_quarter[name].sum(axis=2) for channel, name in BY_WHOM.items()}
    first = np.stack([weekly[name][:, 0] for name in STOCKS], axis=-1)
    first -= np.sum(
        [weekly[name][:, 0, None] * _change(*move) for name, move in zip(WEEKLY_MOVES, MOVES, strict=True)], axis=0
    )
    stood, by_door = _stood(moved.sum(axis=4), first)
    late = at["quarter"] >= quarters - YEAR_QUARTERS
    last_year = {name: column[late] for name, column in at.items()}
    return Flows(
        session.weight * moved,
        _weeks(at, way, at["quarter"], (seeds, quarters)),
        session.weight * stood,
        session.weight * by_door,
        session.weight * by_quarter["expert"].mean(axis=2),
        session.weight * np.sum([attracted[c] for c in BY_USERS], axis=0),
        session.weight * np.sum([attracted[c] for c in UNPAID], axis=0),
        _weeks(last_year, way[late], np.zeros(late.sum(), int), (seeds, 1)),
    )


def _weeks(at: dict[str, np.ndarray], way: np.ndarray, period: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the median weeks in the stage that was left, of all who moved and of each group, shape (*shape, moves, GROUPS)."""
    whole = (*shape, len(MOVES))
    place = np.ravel_multi_index((at["run"], period, way), whole)
    groups = (np.full(place.size, -1), at["door"], N_DOORS + at["member"])
    found = np.full((np.prod(whole), GROUPS), np.nan)
    for group in groups:
        cells = place * GROUPS + group + 1
        known, weeks = medians(cells, at["stayed"], at["people"])
        found.reshape(-1)[known] = weeks
    return found.reshape(*whole, GROUPS)


def medians(cells: np.ndarray, values: np.ndarray, times: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each cell that there is, and the (lower) median of its ``values``, of which each stands there so many ``times``."""
    if not cells.size:
        return cells, values
    order = np.lexsort((values, cells))
    known, first, place = np.unique(cells[order], return_index=True, return_inverse=True)
    upto = np.cumsum(times[order])
    ends = upto[np.append(first[1:], upto.size) - 1]
    starts = np.append(0, ends[:-1])
    past_half = upto - starts[place] >= (ends - starts)[place] / 2
    _, middle = np.unique(place[past_half], return_index=True)
    return known, values[order][past_half][middle]


def _change(before: Stage, after: Stage) -> np.ndarray:
    """Return by how much a move changes each stock, shape (stages,)."""
    return (np.arange(N_STAGES) == after) * 1.0 - (np.arange(N_STAGES) == before)


def _stood(moved: np.ndarray, first: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who stood in each stage at a quarter's start or entered it, shape (seeds, quarters, stages), and by door.

    ``moved``: (seeds, quarters, moves, doors); ``first``: the stocks at the start, (seeds, stages). Who was there then came in by
    a door that is not known.
    """
    entered, left = (np.zeros((*moved.shape[:2], N_STAGES, N_DOORS)) for _ in range(2))
    for k, (before, after) in enumerate(MOVES):
        left[:, :, before] += moved[:, :, k]
        entered[:, :, after] += moved[:, :, k]

    def there(start: np.ndarray, into: np.ndarray, out: np.ndarray) -> np.ndarray:
        stock = start[:, None] + np.cumsum(into - out, axis=1)
        return np.concatenate([start[:, None], stock[:, :-1]], axis=1) + into

    doors = np.where(first[..., None] > 0, np.nan, np.zeros(N_DOORS))
    return there(first, entered.sum(axis=3), left.sum(axis=3)), there(doors, entered, left)


def rows(motion: str, flows: Flows) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``flywheel.csv``: a quarter and a move, of all, by door and by membership."""
    for quarter in range(flows.moved.shape[1]):
        for k, (before, after) in enumerate(MOVES):
            people, weeks = flows.moved[:, quarter, k], flows.weeks[:, quarter, k]
            groups = {(ALL, ALL): (people.sum(axis=(1, 2)), flows.rate((before, after))[:, quarter], weeks[:, 0])}
            for door in list(Door)[1:]:
                rate = flows.rate((before, after), door)[:, quarter]
                groups[door.name.lower(), ALL] = (people[:, door].sum(axis=1), rate, weeks[:, 1 + door])
            for member, said in enumerate(("no", "yes")) if people[:, :, 1].any() else ():
                nobody_knows = np.full(len(people), np.nan)  # membership changes within a stage
                groups[ALL, said] = (people[:, :, member].sum(axis=1), nobody_knows, weeks[:, 1 + N_DOORS + member])
            for (door_name, member_of), columns in groups.items():
                if columns[0].any():
                    yield {
                        "motion": motion, "quarter": quarter + 1, "from": before.name.lower(), "to": after.name.lower(),
                        "door": door_name, "member": member_of, **_intervals(dict(zip(COLUMNS, columns, strict=True))),
                    }  # fmt: skip


def _intervals(columns: dict[str, np.ndarray]) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, values in columns.items():
        low, mid, high = quantiles(values)
        found |= {name: mid, f"{name}_low": low, f"{name}_high": high}
    return found


def gain_rows(motion: str, flows: Flows) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``gains.csv``: a quarter and a gain; all seeds together, so that gains multiply to that of one turn."""
    for quarter in range(flows.moved.shape[1]):
        for name, value, low, high in pooled(flows, quarter):
            yield {"motion": motion, "quarter": quarter + 1, "gain": name, "value": value, "low": low, "high": high}


def pooled(flows: Flows, quarter: int) -> Iterator[tuple[str, float, float, float]]:
    """Yield each gain of a quarter with its interval over seeds: value, low, high; NaN where there is nothing to divide by."""
    turn = 1.0
    for name, (top, low) in flows.gains().items():
        together = float(ratios(top[:, quarter].sum(), low[:, quarter].sum()))
        turn *= together if name != TURN else 1.0
        least, _, most = quantiles(ratios(top[:, quarter], low[:, quarter]))
        yield name, turn if name == TURN else together, least, most
