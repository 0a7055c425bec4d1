"""Buffers that the phases of a week share. The operating system lends their pages when they are first touched."""

import numpy as np

from simulation.flywheel.help import N_LEVELS


class Scratch:
    """Lists of rows, codes and running sums for a population of ``n`` in ``segments``."""

    def __init__(self, n: int, segments: int) -> None:
        def rows():
            return np.zeros(n + 1, np.int32)

        self.limits = np.zeros(256, np.uint64)  # bound of each class of the screen
        self.found, self.candidates, self.sizes = rows(), np.zeros((5, n + 1), np.int32), np.zeros(5, np.int64)
        self.ticket_limits, self.ticket_rows = np.zeros(32, np.uint64), rows()
        self.code, self.arrived, self.open_rows, self.present = np.zeros(n + 1, np.int8), rows(), rows(), rows()
        self.offers = np.zeros((n + 1, 2), np.int64)
        self.helper_groups = np.zeros(segments * N_LEVELS + 1, np.int64)
        self.helpers, self.helpers_upto = rows(), np.zeros(n + 1, np.int64)
        self.asked, self.got, self.pieces = (np.zeros(segments, np.int64) for _ in range(3))
        self.across = np.eye(segments)
        self.shares, self.parts = np.zeros((segments, N_LEVELS)), np.zeros((segments, N_LEVELS, segments))
