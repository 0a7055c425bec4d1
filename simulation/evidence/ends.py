"""Which end of its range a value is near: near is within a tenth of the range's width, so a little luck or another rule takes it out."""

from simulation.evidence.targets import Target

NEAR = 0.1  # of the range's width
BOUNDS = {
    ("V01a", "high"),
    ("V01c", "high"),
    ("V10b", "low"),
    ("V28b", "low"),
}  # nothing lies beyond: R2, shares, errors


def near_end(target: Target, value: float) -> str:
    """Return ``low`` or ``high``, empty where a value lies further from both, or where nothing can lie beyond that end."""
    reach = NEAR * (target.high - target.low)
    for end, at in (("low", target.low), ("high", target.high)):
        if abs(value - at) <= reach and (target.id, end) not in BOUNDS:
            return end
    return ""
