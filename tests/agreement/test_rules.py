"""The number of the rules is tied to the bytes of results: whoever changes them must raise it."""

import json
import os
from pathlib import Path

import pytest

from simulation.sources import RULES
from tests.agreement.digests import CASES, FILE, arithmetic, digest_of

WRITTEN = json.loads(FILE.read_text())
FAST = ("lively", "global clg", "adaptive slg", "shock platform_move")


def test_the_digests_are_those_of_todays_number():
    """`python -m tests.agreement.digests` writes them."""
    assert WRITTEN["rules"] == RULES and list(WRITTEN["digests"]) == list(CASES)


@pytest.mark.skipif(WRITTEN["arithmetic"] != arithmetic(), reason="this processor's mathematics rounds otherwise")
@pytest.mark.parametrize("case", [c if c in FAST else pytest.param(c, marks=pytest.mark.slow) for c in CASES])
def test_under_the_same_number_results_are_the_same_bytes(case):
    assert digest_of(case) == WRITTEN["digests"][case]


def test_the_digests_are_those_of_the_other_environment():
    """CI writes the digests in its first environment, and compares them in those of the lowest versions and the newest Python."""
    path = os.environ.get("FLYWHEEL_DIGEST")
    if not path:
        pytest.skip("FLYWHEEL_DIGEST names no file: nothing to compare with")
    digests = [digest_of(case) for case in ("lively", "global hybrid")]
    file = Path(path)
    if not file.exists():
        file.write_text("\n".join(digests))
    assert file.read_text().splitlines() == digests
