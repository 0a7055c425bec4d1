"""Whatever is tried in a notebook, Python lives and the books are kept; in a process of its own, since else the tests die."""

import subprocess
import sys

import pytest


def meddle(first, seeds):
    """Return how many things were tried, and how many were taken, under so many seeds."""
    done = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-m", "tests.agreement.meddle", str(first), str(seeds)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    ran, tried, taken = map(int, done.stdout.split())
    assert ran == seeds
    return tried, taken


def test_meddling_with_a_few_models_breaks_none():
    tried, taken = meddle(0, 2)
    assert tried > 500
    assert 0.05 * tried < taken < 0.5 * tried  # some writes are allowed, most are refused


@pytest.mark.slow
def test_meddling_with_many_models_breaks_none():
    tried, _ = meddle(1000, 100)
    assert tried > 30_000  # enough of it; how many hangs on what there is to reach
