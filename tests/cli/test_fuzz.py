"""Random mistakes in commands and scenario files: a sentence each, never a traceback (more: python -m tests.cli.fuzz)."""

import pytest

from tests.cli.fuzz import fuzz


@pytest.mark.slow
def test_no_random_mistake_is_answered_with_a_traceback():
    tally = fuzz(150, seed=1)
    assert tally.wrong == []
    assert tally.codes[0] and tally.codes[2]
