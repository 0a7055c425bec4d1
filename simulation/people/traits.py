"""Who people are from the start: fixed traits, each one named draw a row, so no trait depends on another's."""

import math
from pathlib import Path
from typing import NamedTuple

import numpy as np

from simulation.compiled import jit
from simulation.people.draws import Purpose, key_of, uniform
from simulation.scenario.csv_table import cell, number_in, rows_of
from simulation.scenario.errors import BadInput, nearest
from simulation.scenario.market import Market

LARGEST = 1e6  # seats of an account; also the most that a file may say of a trait
AS_OTHERS = 2048  # the mean readiness, as columns hold it
MOST_TRIES = 64  # of a rejection that succeeds in 95 % of tries and more
GAMMA_DRAWS = 2 * MOST_TRIES + 1  # of a row


class Traits(NamedTuple):
    """Columns of fixed traits, one value a row."""

    segment: np.ndarray  # uint8, index into market.segments
    size_seats: np.ndarray  # float32, potential seats, 1 to LARGEST
    need: np.ndarray  # float32, logit units
    fit: np.ndarray  # float32, hidden, log-hazard units
    aptitude: np.ndarray  # float32, mean 1
    affinity: np.ndarray  # float32, median 1
    helpfulness: np.ndarray  # float32, median 1
    readiness: np.ndarray  # uint16, in 2,048ths of the mean


BOUNDS = {  # what a file or a notebook may give; ln affinity is taken
    "size_seats": (1.0, LARGEST),
    "need": (-50.0, LARGEST),
    "fit": (-50.0, LARGEST),
    "aptitude": (0.0, LARGEST),
    "affinity": (1e-6, LARGEST),
    "helpfulness": (0.0, LARGEST),
}


@jit
def normal(u):
    """Return the standard normal quantile of ``u`` (Acklam's rational approximation, relative error < 1.2e-9)."""
    u = min(max(u, 1e-300), 1.0 - 1e-16)
    if u < 0.02425 or u > 0.97575:
        q = math.sqrt(-2.0 * math.log(u if u < 0.5 else 1.0 - u))
        top = (
            (((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838) * q - 2.549732539343734) * q
            + 4.374664141464968
        ) * q + 2.938163982698783
        low = (
            ((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996) * q + 3.754408661907416
        ) * q + 1.0
        return top / low if u < 0.5 else -top / low
    q = u - 0.5
    r = q * q
    top = (
        (
            (((-3.969683028665376e01 * r + 2.209460984245205e02) * r - 2.759285104469687e02) * r + 1.383577518672690e02)
            * r
            - 3.066479806614716e01
        )
        * r
        + 2.506628277459239
    ) * q
    low = (
        (((-5.447609879822406e01 * r + 1.615858368580409e02) * r - 1.556989798598866e02) * r + 6.680131188771972e01) * r
        - 1.328068155288572e01
    ) * r + 1.0
    return top / low


@jit
def _fill_normal(phase, out, mean, sd, exponential):
    for i in range(out.size):
        z = mean + sd * normal(uniform(phase, i))
        out[i] = math.exp(z) if exponential else z


@jit
def _fill_gamma(phase, out, shape, mean):
    """Fill ``out`` with integers of a gamma of that shape and mean (Marsaglia & Tsang 2000), each by draws of its row alone."""
    d = (shape + 1.0 if shape < 1.0 else shape) - 1.0 / 3.0
    most = np.float64(np.iinfo(out.dtype).max)
    for i in range(out.size):
        found = d
        for k in range(MOST_TRIES):
            z = normal(uniform(phase, GAMMA_DRAWS * i + 2 * k))
            v = (1.0 + z / math.sqrt(9.0 * d)) ** 3
            if v > 0.0:
                u = uniform(phase, GAMMA_DRAWS * i + 2 * k + 1)
                if math.log(u) < 0.5 * z * z + d * (1.0 - v + math.log(v)):
                    found = d * v
                    break
        if shape < 1.0:
            found *= uniform(phase, GAMMA_DRAWS * i + 2 * MOST_TRIES) ** (1.0 / shape)
        out[i] = np.uint16(min(most, math.floor(mean * found / shape + 0.5)))


@jit
def _fill_segments(stay, choose, edges, homophily, out):
    """A row takes the segment of its place along the network with probability ``homophily``, else one by share."""
    n = out.size
    for i in range(n):
        u = (i + 0.5) / n if uniform(stay, i) < homophily else uniform(choose, i)
        s = 0
        while s < edges.size - 1 and u >= edges[s]:
            s += 1
        out[i] = s


def draw_traits(market: Market, n: int, key: int | np.uint64) -> Traits:
    """Return the traits of ``n`` people under ``key``."""

    def phase(purpose):
        return key_of(key, 0, purpose)

    t = market.traits
    edges = np.cumsum([s.share for s in market.segments.values()])
    floats = {name: np.empty(n, np.float32) for name in Traits._fields[1:-1]}
    columns = Traits(segment=np.zeros(n, np.uint8), readiness=np.full(n, AS_OTHERS, np.uint16), **floats)
    _fill_segments(phase(Purpose.HOMOPHILY), phase(Purpose.SEGMENT), edges, market.homophily, columns.segment)
    _fill_normal(phase(Purpose.SIZE), columns.size_seats, math.log(t.size_median_seats), t.size_sd_log, True)
    _fill_normal(phase(Purpose.NEED), columns.need, 0.0, t.need_sd, False)
    _fill_normal(phase(Purpose.FIT), columns.fit, 0.0, t.fit_sd, False)
    _fill_normal(phase(Purpose.APTITUDE), columns.aptitude, -0.5 * t.aptitude_sd_log**2, t.aptitude_sd_log, True)
    _fill_normal(phase(Purpose.AFFINITY), columns.affinity, 0.0, t.affinity_sd_log, True)
    _fill_normal(phase(Purpose.HELPFULNESS), columns.helpfulness, 0.0, t.helpfulness_sd_log, True)
    if t.readiness_variance > 0:
        _fill_gamma(phase(Purpose.READINESS), columns.readiness, 1.0 / t.readiness_variance, AS_OTHERS)
    np.clip(columns.size_seats, np.float32(1), np.float32(LARGEST), out=columns.size_seats)
    return columns


def read_traits(path: Path, columns: Traits, ids: dict[str, int], segments: list[str]) -> list[str]:
    """Overwrite traits with those of a CSV file: a column ``id`` and any of the traits' names; return what was set aside.

    Raises BadInput with file, row and column where a value cannot be used.
    """
    said = f"market.network.traits_file={path}"
    rows = rows_of(path, said, ("id",))
    _, head = next(rows)
    at = head.index("id")
    known = [(k, name, getattr(columns, name)) for k, name in enumerate(head) if name in Traits._fields]
    for n, row in rows:
        for k, name, column in known:
            if row[k]:  # an empty cell keeps the drawn trait
                column[ids[row[at]]] = _trait(said, n, name, row[k], segments)
    ignored = [name for name in head if name != "id" and name not in Traits._fields]
    return [f"{path}: further columns ignored: {', '.join(ignored)}"] if ignored else []


def _trait(said: str, row: int, name: str, text: str, segments: list[str]) -> float:
    """Return the trait that a cell holds, a segment as its place."""
    if name == "segment":
        if text not in segments:
            raise BadInput(f"{cell(said, row, name, text)}; {', '.join(segments)} are allowed{nearest(text, segments)}")
        return segments.index(text)
    return number_in(said, row, name, text, *BOUNDS[name])
