"""What metrics and settings are called on figures, with their units."""

import re
from collections.abc import Iterable

from matplotlib.axis import Axis

from simulation.metrics.metric import Kind, Metric
from simulation.scenario import currency
from simulation.scenario.settings import motion_called

SCALES = {Kind.SHARE: 100, Kind.RATE: 100, Kind.USD_TOTAL: 1e-6}  # of what is drawn, in the units of the metrics
APART = re.compile(r"(?<=\d) (?=(?:%|M)(?!\w))")  # a number and its unit
HYPHEN = re.compile(r"(?<=[A-Z\d])-(?=[A-Z\d])|(?<!\w)-(?=\S)")
LONGEST = 12  # letters of a motion's name beside a line


def axis_name(metric: Metric) -> str:
    """Return a metric's name for an axis, with its unit."""
    return ", ".join(filter(None, (metric.called, metric.unit)))


def capital(text: str) -> str:
    """Return a text that begins a sentence."""
    return text[:1].upper() + text[1:]


def whole(text: str) -> str:
    """Return a text of which no line ends between a number and its unit."""
    return APART.sub("\N{NO-BREAK SPACE}", text)


def unbroken(text: str) -> str:
    """Return a text as :func:`whole`, for a page that breaks lines itself: nor after a minus, within a date or a short name."""
    return HYPHEN.sub("\N{NON-BREAKING HYPHEN}", whole(text))


def write_ticks(axis: Axis, kind: Kind) -> None:
    """Write the ticks of an axis of raw values in the unit of their kind: shares in percent, large money in millions."""
    axis.set_major_formatter(lambda v, _: _tick(v, kind))


def _tick(value: float, kind: Kind) -> str:
    sign, size = "-" if value < 0 else "", f"{abs(value) * SCALES.get(kind, 1):,.10g}"
    return f"{sign}{currency.sign()}{size}" if kind is Kind.USD else sign + size


def motion_name(motion: str) -> str:
    """Return what a motion is called on figures; of a long name the initials, which :func:`in_full` explains."""
    if len(motion) <= LONGEST or "_" not in motion:
        return motion_called(motion)
    *first, last = motion.upper().split("_")
    return "".join(word[:1] for word in first) + "-" + last


def in_full(motions: Iterable[str]) -> str:
    """Return what shortened names stand for, empty where none is shortened."""
    long = [m for m in motions if len(m) > LONGEST and "_" in m]
    return "".join(f" {motion_name(m)}: {' '.join(m.split('_')[:-1])} {m.split('_')[-1].upper()}." for m in long)
