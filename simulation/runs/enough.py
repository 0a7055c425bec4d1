"""What may be said of how many: an interval, a winner and a title need enough simulated markets, and customers in them."""

from collections.abc import Mapping
from typing import NamedTuple

from simulation.scenario.settings import motion_called

LEAST_MARKETS = 10
LEAST_CUSTOMERS = 30  # won in the median market
CONFIDENCE = 0.90  # two-sided, of who is ahead


class Limits(NamedTuple):
    """Which motions may be compared, and a sentence on what may not be said, empty where all may."""

    inside: tuple[str, ...]
    sentence: str

    @property
    def compares(self) -> bool:
        """Whether a title may say that one is better than another."""
        return len(self.inside) > 1


def limits(markets: int, won: Mapping[str, float], cases: str = "simulated markets") -> Limits:
    """Return what ``markets`` simulated markets allow; ``won``: customers in the median market, by motion."""
    if markets < LEAST_MARKETS:
        return Limits((), f"{markets} {singular(cases, markets)}, too few to say who is better")
    outside = [m for m, n in won.items() if not n >= LEAST_CUSTOMERS]
    said = ", ".join(
        f"{motion_called(m)} wins {f'{won[m]:,.0f}' if won[m] == won[m] else 'no known number of'}" for m in outside
    )
    return Limits(
        tuple(m for m in won if m not in outside), f"outside the comparison: {said} customers" if outside else ""
    )


def singular(cases: str, n: int) -> str:
    """Return the name of cases for their number."""
    return cases.removesuffix("s") if n == 1 else cases


def seen_in(known: int, of: int, cases: str = "simulated markets") -> str:
    """Return in how many cases there is a value, empty where in all."""
    return "" if known == of else f"in {known} of {of} {cases}"


def what_is_drawn(middle: str, seeds: int, each: str, bands: str = "Bands: 50 % and 90 %") -> str:
    """Say what lines and bands stand for; from fewer seeds than an interval takes there are no bands."""
    return f"{middle} of {seeds} {each}. " + (
        f"{bands} of {each}." if seeds >= LEAST_MARKETS else f"Too few {each} for bands."
    )


def is_ahead(won: int, lost: int) -> bool:
    """Return whether ``won`` of ``won + lost``, enough of them, is more than luck: the exact 90 % interval lies above one half.

    Clopper & Pearson 1934, Biometrika 26; where both are equally good it is said in error in at most 5 % of comparisons.
    """
    from scipy.special import betaincinv  # scipy.stats takes a second to load

    return won + lost >= LEAST_MARKETS and won > lost and betaincinv(won, lost + 1, (1 - CONFIDENCE) / 2) > 0.5
