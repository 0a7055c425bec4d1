"""A sample of what ``python -m tests.crash`` does whole: commands under faults, resumed, held against undisturbed ones."""

import re
import subprocess
import sys

import pytest


@pytest.mark.slow
def test_commands_that_are_killed_signalled_or_refused_lose_nothing():
    command = [sys.executable, "-m", "tests.crash", "compare", "sweep", "every=60"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *studies, last = done.stdout.splitlines()
    assert len(studies) == 4
    assert int(re.fullmatch(r"(\d+) faults, nothing lost", last)[1]) >= 12
