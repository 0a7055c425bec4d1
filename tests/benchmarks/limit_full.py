"""The practical limit of a full week: the rows a real run touches, its exponentials and its pushes, and no rule at all.

A real run of full CLG says how many rows each loop of each week has. The limit takes as many: two sweeps over everybody, for each loop
one cache line of as many records and as many exponentials, and a push to the contacts of as many people. For benchmarks only.
"""

import math
from typing import NamedTuple

import numba as nb
import numpy as np

from simulation.engine import Engine
from simulation.flywheel.desk import Rows
from simulation.people.columns import PERSON
from simulation.people.draws import bits, key_of
from simulation.people.network import Network
from simulation.scenario.records import records
from simulation.scenario.schema import World
from tests.benchmarks.limit import sweep
from tests.benchmarks.scale import told_by_week

TOLD = len(Rows)  # the last list: people whose contacts are told
LOOPS = np.array(  # list, exponentials and logarithms a row (a power is two), as the rules have them without a rival
    [
        (Rows.PROSPECTS, 1),  # attraction
        (Rows.ATTRACTED, 1),  # engagement
        (Rows.NEWCOMERS, 1),  # learning
        (Rows.NEWCOMERS, 5),  # adoption
        (Rows.CUSTOMERS, 6),  # retention
        (Rows.FORMERS, 1),  # win-back
        (Rows.TICKETS, 4),  # support
        (Rows.MEMBERS, 1),  # offering help
        (Rows.MEMBERS, 1),  # asking
        (Rows.MEMBERS, 0),  # becoming an expert
        (Rows.MEMBERS, 0),  # writing
        (Rows.MEMBERS, 0),  # who posted of late, by segment
        (Rows.MEMBERS, 0),  # and in the record
        (Rows.MEMBERS, 1),  # what is at stake, in the record
    ]
)


class Plan(NamedTuple):
    """What a real run touched: rows by week and list, one after another."""

    network: Network
    rows: np.ndarray  # int32
    first: np.ndarray  # int64 (weeks, lists + 1)


def plan_of(world: World, seed: int) -> Plan:
    """Return the plan of a real run: as many rows in each list of each week, but any rows; members in no order, as they join."""
    engine = Engine(world, key_of(seed, 0, 0))
    sizes = np.array([(*engine.desk.n, told) for told in told_by_week(engine)])
    rng, n = np.random.default_rng(seed), engine.n
    joined = rng.permutation(n).astype(np.int32)
    rows = [
        joined[:m]
        if which == Rows.MEMBERS
        else np.sort(rng.choice(n, m, replace=False, shuffle=False)).astype(np.int32)
        for week in sizes
        for which, m in enumerate(week)
    ]
    first = np.concatenate([[0], np.cumsum(sizes)])
    weeks = np.arange(len(sizes))[:, None] * sizes.shape[1] + np.arange(sizes.shape[1] + 1)
    return Plan(engine.network, np.concatenate(rows), first[weeks])


@nb.njit(nogil=True)
def visit(rows, people, exponentials, code):
    """Read and write one line of each row's record, with so many exponentials."""
    for j in range(rows.size):
        p, x = people[rows[j]], 0.0
        for k in range(exponentials):
            x += math.exp(-p.belonging - k)
        p.load = x
        code[j] = x > 1.0


@nb.njit(nogil=True)
def sweep_few(classes, found, key, bound):
    """List the rows of another class than 0 whose draw is below their bound, as tickets are looked for."""
    m = 0
    for i in range(classes.size):
        if classes[i] > 0:
            found[m] = i
            m += bits(key, i) < bound[classes[i]]
    return m


@nb.njit(nogil=True)
def push(rows, indptr, indices, heard, odds):
    """Tell the contacts of these rows, and look at the class of their bound."""
    for j in range(rows.size):
        for e in range(indptr[rows[j]], indptr[rows[j] + 1]):
            heard[indices[e]] += 1
            odds[indices[e]] |= 1


@nb.njit(nogil=True)
def weeks_of(indptr, indices, rows, first, loops, people, heard, odds, tickets, found, code, keys, bound):
    """Run all weeks of a plan."""
    for week in range(first.shape[0]):
        sweep(odds, found, keys[week], bound)
        sweep_few(tickets, found, keys[week], bound)
        for k in range(loops.shape[0]):
            a, b = first[week, loops[k, 0]], first[week, loops[k, 0] + 1]
            visit(rows[a:b], people, loops[k, 1], code)
        push(rows[first[week, -2] : first[week, -1]], indptr, indices, heard, odds)


def run(plan: Plan) -> None:
    """Do what the plan says; nothing is decided, and nothing is kept."""
    n, weeks = plan.network.n_people, plan.first.shape[0]
    found, code = np.zeros(n + 1, np.int32), np.zeros(n + 1, np.int8)
    odds, tickets, heard = np.zeros(n, np.uint8), np.zeros(n, np.uint8), np.zeros(n, np.int64)
    tickets[: n // 10] = 1  # who is a customer
    bound = np.full(256, np.uint64(0.02 * 2.0**64), np.uint64)
    keys = np.random.SeedSequence(1).generate_state(weeks, np.uint64)
    weeks_of(
        *plan.network, plan.rows, plan.first, LOOPS, records(n, PERSON), heard, odds, tickets, found, code, keys, bound
    )
