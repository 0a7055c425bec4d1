"""Hints to memory: what a loop over scattered rows needs some rows further on is fetched while it works on this one.

A hint changes nothing. Where code is interpreted, or numba is another than this was written for, it is nothing.
"""

import numpy as np

from simulation.compiled import INTERPRETED, part

AHEAD, AHEAD_CONTACTS = 16, 4  # places in a list
LINE_BYTES = 64
TO_WRITE, KEEP, DATA = 1, 3, 1  # what LLVM's intrinsic is told


@part
def _nothing(array, row):
    """Do nothing: there is no memory to wait for, or no way to ask."""


def _hint():
    """Return a function for compiled code that asks for all cache lines of ``array[row]``; a place outside of it does no harm."""
    from llvmlite import ir
    from numba.core import cgutils, types
    from numba.extending import intrinsic
    from numba.np.arrayobj import make_array

    def emit(context, builder, signature, arguments):
        array, row = arguments
        kind = ir.FunctionType(ir.VoidType(), [cgutils.voidptr_t, *[cgutils.int32_t] * 3])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [cgutils.voidptr_t], kind)
        items = make_array(signature.args[0])(context, builder, array).data
        start = builder.bitcast(builder.gep(items, [row]), cgutils.voidptr_t)
        item_bytes = context.get_abi_sizeof(context.get_data_type(signature.args[0].dtype))
        for offset in range(0, item_bytes, LINE_BYTES):
            line = builder.gep(start, [cgutils.intp_t(offset)])
            builder.call(prefetch, [line, *(cgutils.int32_t(x) for x in (TO_WRITE, KEEP, DATA))])
        return context.get_dummy_value()

    @intrinsic
    def hint(typing_context, array, row):  # noqa: ARG001 - numba gives it
        return types.void(array, types.intp), emit

    return hint


try:
    hint = _nothing if INTERPRETED else _hint()
except ImportError:
    hint = _nothing


@part
def fetch_person(rows, j, n, p):
    """Ask for the record of a person some places further on in a list of ``n``."""
    if j + AHEAD < n:
        hint(p, np.int64(rows[j + AHEAD]))


@part
def fetch_mover(rows, code, j, n, p):
    """Do as :func:`fetch_person` where the outcome is not 0: of who stays as they are nothing is written."""
    if j + AHEAD < n and code[j + AHEAD] != 0:
        hint(p, np.int64(rows[j + AHEAD]))


@part
def fetch(rows, j, n, town):
    """Do as :func:`fetch_person`, and ask for what that person hears and where the contacts stand."""
    fetch_person(rows, j, n, town.people)
    if j + AHEAD < n:
        row = np.int64(rows[j + AHEAD])
        hint(town.net.heard, row)
        if town.terms.remembered > 0:
            hint(town.net.lag, 2 * row)
        hint(town.net.indptr, row)


@part
def fetch_customer(rows, j, n, town):
    """Do as :func:`fetch`, and ask for the life and the referrer of somebody nearer by, whose record is here by then."""
    fetch(rows, j, n, town)
    if j + AHEAD // 2 < n:
        row = np.int64(rows[j + AHEAD // 2])
        hint(town.counts.lives, np.int64(town.people.life[row]))
        hint(town.people, np.int64(town.people.referrer[row]))


@part
def fetch_ends(row, net):
    """Ask for where the list of the contacts of ``row`` begins and ends."""
    hint(net.indices, net.indptr[row])
    hint(net.indices, net.indptr[row + 1] - 1)


@part
def fetch_contacts(rows, code, last, j, n, town):
    """Ask for what :func:`memory.tell` writes of the contacts of a row some places further on, if its outcome is 1 to ``last``."""
    net = town.net
    if j + AHEAD < n and 0 < code[j + AHEAD] <= last:
        hint(net.indptr, np.int64(rows[j + AHEAD]))
    if j + 2 * AHEAD_CONTACTS < n and 0 < code[j + 2 * AHEAD_CONTACTS] <= last:
        fetch_ends(np.int64(rows[j + 2 * AHEAD_CONTACTS]), net)
    if j + AHEAD_CONTACTS < n and 0 < code[j + AHEAD_CONTACTS] <= last:
        row = np.int64(rows[j + AHEAD_CONTACTS])
        for e in range(net.indptr[row], net.indptr[row + 1]):
            contact = np.int64(net.indices[e])
            hint(net.heard, contact)
            hint(net.odds, contact)
            if town.terms.remembered > 0:
                hint(net.lag, 2 * contact)
