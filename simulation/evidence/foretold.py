"""A forecast with its 90 % interval, and how good it was."""

from typing import NamedTuple

import numpy as np

LEVEL = 0.9


class Foretold(NamedTuple):
    """A forecast of several times, (times,) each: its middle and the ends of its 90 % interval."""

    middle: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def inside(self, came: np.ndarray) -> np.ndarray:
        """Return at which times what came lies in the interval, bool."""
        return (self.low <= came) & (came <= self.high)

    def error(self, came: np.ndarray) -> float:
        """Return the root mean square error of the middle."""
        return float(np.sqrt(((self.middle - came) ** 2).mean()))

    def score(self, came: np.ndarray) -> float:
        """Return the mean interval score, in the unit of what came, less is better: width, and 20 times what lies outside.

        It is least in expectation for the true quantiles (Gneiting & Raftery 2007, JASA 102), so neither a wide interval nor a sure
        one is rewarded.
        """
        outside = np.clip(self.low - came, 0.0, None) + np.clip(came - self.high, 0.0, None)
        return float((self.high - self.low + 2 / (1 - LEVEL) * outside).mean())
